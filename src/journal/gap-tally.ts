import { PCI_PORTS } from '../spec/pci-ports.ts';
import { REGION_INDEX, RESET_BY_DRIVER } from '../spec/region-names.ts';
import { ACTOR, INTERRUPT, NONE } from './schema.ts';

/** Bytes of a piece of guest memory that is looked at as a whole. */
export const PIECE = 512;
/** Pieces written lately, so that not each write has to look into a set. */
const LATELY = 1 << 12;

/** What `GapTally.access` returns for a write. */
export const NO_READ = -1;

/** The newest access to a register: as in `RegisterMoment`. */
export interface RegisterTally {
  readonly dev: number;
  readonly region: number;
  readonly offset: number;
  readonly size: number;
  value: number;
  readonly write: boolean;
}

const registerKeyOf = (dev: number, region: number, offset: number): string =>
  `${dev}:${region}:${offset}`;

const PORTS = REGION_INDEX['pci-config-ports'];
const CONFIG = REGION_INDEX['pci-config'];

/** Heads for which there is room at first. */
const HEADS = 256;
/** An index that is as it was before the gap. */
const AS_BEFORE = -1;

/** A queue's buffers in the device's hands, and what was counted, while nothing was recorded. */
export class QueueTally {
  /** Free-running indices after the newest chain taken and returned, and `usedIdx` before that; or -1. */
  availIdx = AS_BEFORE;
  usedIdx = AS_BEFORE;
  usedBefore = AS_BEFORE;
  popped = 0;
  pushed = 0;
  sent = 0;
  unsent = 0;
  raised = 0;
  quiet = 0;
  /** By head: when it was taken, from 1, or 0 where it is not in flight; and `availIdx` before. */
  #turns = new Int32Array(HEADS);
  #from = new Int32Array(HEADS);
  /** By head: 1 where it was in flight before the gap, and came back. */
  #back = new Uint8Array(HEADS);
  #turn = 0;
  #disabled = false;

  /** Whether anything happened that the journal does not tell. */
  get moved(): boolean {
    const { popped, pushed, sent, unsent, raised, quiet } = this;
    return popped + pushed + sent + unsent + raised + quiet > 0;
  }

  /** Heads that were in flight before and came back. */
  get returned(): number[] {
    return [...this.#back.keys()].filter((head) => this.#back[head] === 1);
  }

  /** Heads that were taken and are in flight, in order, each with `availIdx` before it, or -1. */
  get taken(): (readonly [head: number, before: number])[] {
    const turns = this.#turns;
    const heads = [...turns.keys()].filter((head) => (turns[head] ?? 0) > 0);
    heads.sort((a, b) => (turns[a] ?? 0) - (turns[b] ?? 0));
    return heads.map((head) => [head, this.#from[head] ?? AS_BEFORE]);
  }

  pop(head: number, availIdx: number): void {
    if (head >= this.#turns.length) this.#grow(head);
    this.popped++;
    this.#turns[head] = ++this.#turn;
    this.#from[head] = this.availIdx;
    this.availIdx = availIdx & 0xffff;
  }

  push(head: number, usedIdx: number): void {
    if (head >= this.#turns.length) this.#grow(head);
    this.pushed++;
    this.usedBefore = this.usedIdx;
    this.usedIdx = usedIdx & 0xffff;
    if (this.#turns[head] === 0) this.#back[head] = 1;
    else this.#turns[head] = 0;
  }

  /** The queue was taken back: the device has nothing, and begins anew. Counts stay until it is set up again. */
  disable(): void {
    this.#disabled = true;
    this.availIdx = this.usedIdx = this.usedBefore = AS_BEFORE;
    this.#turns.fill(0);
    this.#back.fill(0);
  }

  enable(): void {
    if (!this.#disabled) return;
    this.#disabled = false;
    this.popped = this.pushed = this.sent = this.unsent = this.raised = this.quiet = 0;
  }

  #grow(head: number): void {
    const size = 2 ** Math.ceil(Math.log2(head + 1));
    const [turns, from, back] = [this.#turns, this.#from, this.#back];
    this.#turns = new Int32Array(size);
    this.#from = new Int32Array(size);
    this.#back = new Uint8Array(size);
    this.#turns.set(turns);
    this.#from.set(from);
    this.#back.set(back);
  }
}

/**
 * What a thread does while nothing is recorded, as far as it is needed to go on recording: counts, the
 * state of queues and interrupt inputs, and which memory was written.
 */
export class GapTally {
  /** Events that were not recorded, and those of them that are guest actions. */
  events = 0;
  actions = 0;
  /** By device | queue << 16. */
  readonly queues = new Map<number, QueueTally>();
  /** Notifications that the driver left out, by the address of the queue's descriptor area. */
  readonly unsent = new Map<number, number>();
  /** Interrupt inputs that changed: device << 16 | input. */
  readonly inputs = new Map<number, boolean>();
  /** The newest access to each register, by device, region and offset. */
  readonly registers = new Map<string, RegisterTally>();
  /** Reads whose value is still to come, the innermost last. */
  #reads: (RegisterTally | undefined)[] = [];
  readonly #pieces = new Set<number>();
  readonly #lately = new Float64Array(LATELY).fill(-1);
  /** The queue that was asked for last. */
  #key = -1;
  #queue = new QueueTally();

  queue(dev: number, queue: number): QueueTally {
    const key = dev | (queue << 16);
    if (key === this.#key) return this.#queue;
    let tally = this.queues.get(key);
    if (!tally) {
      tally = new QueueTally();
      this.queues.set(key, tally);
    }
    this.#key = key;
    this.#queue = tally;
    return tally;
  }

  /** `size` bytes at `addr` are about to be written. */
  wrote(actor: number, addr: number, size: number): void {
    if (actor === ACTOR.driver) this.actions++;
    const first = Math.floor(addr / PIECE);
    const last = Math.floor((addr + size - 1) / PIECE);
    for (let piece = first; piece <= last; piece++) {
      const at = piece % LATELY;
      if (this.#lately[at] === piece) continue;
      this.#lately[at] = piece;
      this.#pieces.add(piece);
    }
  }

  interrupt(dev: number, queue: number, step: number, line: number): void {
    if (step === INTERRUPT.taken) this.actions++;
    if (step === INTERRUPT.raised || step === INTERRUPT.lowered)
      this.inputs.set(dev * 2 ** 16 + line, step === INTERRUPT.raised);
    if (queue === NONE || step === INTERRUPT.lowered) return;
    const tally = this.queue(dev, queue);
    if (step === INTERRUPT.raised || step === INTERRUPT.message) tally.raised++;
    else tally.quiet++;
  }

  /**
   * An access to a register; `decoded`: in the form that another access has been decoded to. Returns what
   * `valueRead` asks for.
   */
  access(register: RegisterTally, decoded: boolean): number {
    if (!decoded) {
      this.actions++;
      this.#reads = [];
    }
    const { dev, region, offset, write } = register;
    if (dev !== NONE) {
      this.registers.set(registerKeyOf(dev, region, offset), register);
      this.#alsoDecoded(register);
    }
    return write ? NO_READ : this.#reads.push(dev === NONE ? undefined : register);
  }

  /** The value of the read that `access` returned `read` for. */
  valueRead(read: number, value: number): void {
    const register = this.#reads[read - 1];
    if (!register) return;
    register.value = value;
    this.#alsoDecoded(register);
  }

  /** What is reached through CONFIG_DATA, under the address that CONFIG_ADDRESS holds: as `fold-events.ts` has it. */
  #alsoDecoded({ dev, region, offset, size, value, write }: RegisterTally): void {
    if (region !== PORTS || offset < PCI_PORTS.CONFIG_DATA.offset) return;
    const selected = this.registers.get(registerKeyOf(dev, PORTS, PCI_PORTS.CONFIG_ADDRESS.offset));
    if (selected?.size !== 4 || selected.value < 0x8000_0000) return;
    const at = ((selected.value & 0xff_ffff) | (offset & 3)) >>> 0;
    const decoded = { dev, region: CONFIG, offset: at, size, value, write };
    this.registers.set(registerKeyOf(dev, CONFIG, at), decoded);
  }

  notification(dev: number, queue: number, sent: boolean, desc: number): void {
    if (dev === NONE) this.unsent.set(desc, (this.unsent.get(desc) ?? 0) + 1);
    else if (sent) this.queue(dev, queue).sent++;
    else this.queue(dev, queue).unsent++;
  }

  /** A queue was set up or taken back, as the journal tells. */
  configured(dev: number, queue: number, enabled: boolean): void {
    const tally = this.queue(dev, queue);
    if (enabled) tally.enable();
    else tally.disable();
  }

  /** A device was reset, by its driver or as a whole, as the journal tells; or it came or went. */
  forgetDevice(dev: number, byDriver: boolean): void {
    for (const [key, register] of this.registers)
      if (register.dev === dev && (!byDriver || RESET_BY_DRIVER.has(register.region)))
        this.registers.delete(key);
    for (const [key, tally] of this.queues) if ((key & 0xffff) === dev) tally.disable();
  }

  /** Memory that was written, as ranges in ascending order. */
  get written(): { readonly addr: number; readonly length: number }[] {
    const ranges: { addr: number; length: number }[] = [];
    for (const piece of [...this.#pieces].sort((a, b) => a - b)) {
      const last = ranges.at(-1);
      if (last && last.addr + last.length === piece * PIECE) last.length += PIECE;
      else ranges.push({ addr: piece * PIECE, length: PIECE });
    }
    return ranges;
  }
}
