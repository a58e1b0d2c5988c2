import { hi32 } from '../base/bits.ts';
import { GapTally, PIECE, type QueueTally, type RegisterTally } from './gap-tally.ts';
import { MemoryWriter } from './memory-writer.ts';
import { ACTOR, EVENTS, GAP } from './schema.ts';

/** Answers bytes of guest memory, or undefined where there is none; not kept. */
type ReadMemory = (addr: number, length: number) => Uint8Array | undefined;

/** Leaves most events out for a time, and tells at its end what is so then. */
export class GapWriter extends MemoryWriter {
  /** Whether most events are not recorded now. */
  get inGap(): boolean {
    return this.gap !== undefined;
  }

  /** From here on most events are not recorded; `tell`: whether and how the journal is to say so. */
  beginGap(tell: boolean | 'start'): void {
    if (this.gap) return;
    if (tell) this.gapStep(tell === 'start' ? GAP.start : GAP.begin, 0, 0);
    this.gap = new GapTally();
    this.limit = this.head;
    this.lineTold = this.line;
  }

  /**
   * Records again, and tells what is so after the gap. `read` answers bytes of guest memory, or undefined
   * where there is none. Returns what was not recorded.
   */
  endGap(read: ReadMemory): GapTally | undefined {
    const { gap } = this;
    if (!gap) return undefined;
    this.gap = undefined;
    for (const { addr, length } of gap.written) this.memoryIs(addr, length, read);
    for (const [desc, count] of gap.unsent)
      this.plain(EVENTS.unsent.code, ACTOR.recorder, 0, desc, hi32(desc), count);
    for (const [key, queue] of gap.queues) if (queue.moved) this.queueIs(key, queue);
    for (const [key, level] of gap.inputs)
      this.plain(EVENTS.input.code, ACTOR.recorder, level ? 1 : 0, key / 2 ** 16, key & 0xffff);
    for (const register of gap.registers.values()) this.registerIs(register);
    return gap;
  }

  /** All that a gap was is told: so many guest actions and events were not recorded. */
  gapEnded(actions: number, events: number): void {
    this.gapStep(GAP.end, actions, events);
  }

  private gapStep(step: number, actions: number, events: number): void {
    const w = this.begin(EVENTS.gap.code, ACTOR.recorder, 0, step);
    if (w < 0) return;
    const r = this.words;
    r[w + 2] = this.line;
    r[w + 3] = actions;
    r[w + 4] = hi32(actions);
    r[w + 5] = events;
    r[w + 6] = hi32(events);
  }

  private memoryIs(addr: number, length: number, read: ReadMemory): void {
    const most = Math.max(PIECE, this.longestWrite);
    for (let from = addr; from < addr + length; from += most) {
      const size = Math.min(most, addr + length - from);
      const bytes = read(from, size);
      if (bytes) this.dataIs(from, bytes);
      else for (let at = from; at < from + size; at += PIECE) this.pieceIs(at, read(at, PIECE));
    }
  }

  private registerIs({ dev, region, offset, size, value, write }: RegisterTally): void {
    const w = this.begin(EVENTS.register.code, ACTOR.recorder, size, region);
    if (w < 0) return;
    this.words.set([dev, offset, value, hi32(value), write ? 1 : 0], w + 2);
  }

  private pieceIs(addr: number, bytes: Uint8Array | undefined): void {
    if (bytes) this.dataIs(addr, bytes);
  }

  private dataIs(addr: number, bytes: Uint8Array): void {
    const at = this.payload(bytes.length);
    if (at < 0) return;
    const w = this.begin(EVENTS.dataWrite.code, ACTOR.recorder, 0, 0);
    if (w < 0) return;
    this.store(at, bytes);
    this.words[w + 2] = addr;
    this.words[w + 3] = hi32(addr);
    this.words[w + 4] = bytes.length;
    this.commit(w, at, bytes.length);
  }

  private queueIs(key: number, queue: QueueTally): void {
    const { returned } = queue;
    const flight = [queue.usedBefore, returned.length, ...returned, ...queue.taken.flat()];
    const bytes = new Uint8Array(Uint32Array.from(flight).buffer);
    const at = this.payload(bytes.length);
    if (at < 0) return;
    const { availIdx, usedIdx, popped, pushed, sent, unsent, raised, quiet } = queue;
    const moved = (availIdx < 0 ? 0 : 1) | (usedIdx < 0 ? 0 : 2);
    const w = this.begin(EVENTS.queueState.code, ACTOR.recorder, 0, moved);
    if (w < 0) return;
    this.store(at, bytes);
    const indices = Math.max(0, availIdx) | (Math.max(0, usedIdx) << 16);
    this.words.set([key, indices, popped, pushed, sent, unsent, raised, quiet], w + 2);
    this.commit(w, at, bytes.length);
  }
}
