import { hi32 } from '../base/bits.ts';
import { utf8Encode } from '../base/utf8.ts';
import { JournalRing, RING } from './ring.ts';
import {
  ACTOR,
  type Actor,
  BACKEND_OPS,
  type BackendOp,
  EVENTS,
  INTERRUPT,
  type InterruptStep,
  LOG_LEVELS,
  type LogLevel,
  RECORD_WORDS,
  RULES,
  type Rule,
  SPACE,
  type Space,
} from './schema.ts';

const MEM_WRITE = EVENTS.memWrite.code;
/** Longest text of one event, in UTF-16 units; what is longer ends in an ellipsis. */
export const MAX_TEXT = 4096;
/** Longest write that is one event, in bytes; a longer one becomes several. */
export const MAX_DATA = 1 << 16;

/**
 * The producer's end of one journal ring. Every method records one event and is called only
 * where `on` is true, so that a path that is not recorded pays for one test.
 *
 * Records become visible to the consumer at `flush()`; `handOver()` flushes and publishes the
 * clock, and must precede whatever makes earlier events visible to another thread (a mailbox
 * word, a published ring index). `receive()` takes the other thread's clock over.
 *
 * A writer goes on where the last one of its ring stopped: a thread may be replaced. Until then the
 * consumer waits for what a thread marked before it was ended.
 */
export class JournalWriter {
  /** Whether events are wanted. Mirrors the ring's `enabled` word; refreshed by `refresh()`. */
  on: boolean;
  /** Logical clock of this thread: the clock of its newest event, unsigned 32 bits that wrap. */
  clock: number;
  /** Called when the ring is full; true when room was made, false to drop the event. */
  waitForRoom: () => boolean = () => false;

  readonly ring: JournalRing;
  readonly #records: Uint32Array;
  readonly #header: Int32Array;
  readonly #side: Uint8Array;
  readonly #mask: number;
  readonly #capacity: number;
  /** Free-running count of records written, published or not. */
  #head: number;
  /** The consumer's tail as last read. */
  #tail: number;
  /** Free-running count of side bytes written. */
  #sideHead: number;
  /** Register reads that wait for their value; nothing from `#openHead` on is published meanwhile. */
  #open = 0;
  #openHead = 0;

  constructor(ring: JournalRing) {
    this.ring = ring;
    this.#records = ring.records;
    this.#header = ring.header;
    this.#side = ring.side;
    this.#mask = ring.mask;
    this.#capacity = ring.mask + 1;
    this.on = ring.header[RING.enabled] === 1;
    this.#head = Atomics.load(ring.header, RING.head);
    this.#tail = Atomics.load(ring.header, RING.tail);
    this.#sideHead = Atomics.load(ring.header, RING.sideHead);
    this.clock = Atomics.load(ring.header, RING.clock) >>> 0;
    // What a predecessor marked and did not publish never comes.
    this.mark();
  }

  /** Reads `enabled` again; to be called where the run control may have changed it. */
  refresh(): void {
    this.on = Atomics.load(this.#header, RING.enabled) === 1;
  }

  /** Makes all records visible to the consumer, up to a register read that waits for its value. */
  flush(): void {
    this.mark();
    this.#header[RING.clock] = this.clock | 0;
    this.#header[RING.sideHead] = this.#sideHead;
    Atomics.store(this.#header, RING.head, this.#published());
  }

  /**
   * To be called before a store that shows this thread's work to another one without a flush: the
   * consumer then knows that causes are still to come, and waits for them.
   */
  mark(): void {
    this.#header[RING.marked] = this.#records[
      ((this.#head - 1) & this.#mask) * RECORD_WORDS + 1
    ] as number;
  }

  /** Flushes, and publishes the clock for a thread that is about to see this thread's work. */
  handOver(): void {
    this.flush();
  }

  /** Takes over the clock that came with a hand-over, as signed or unsigned 32 bits. */
  receive(clock: number): void {
    if (((clock - this.clock) | 0) > 0) this.clock = clock >>> 0;
  }

  /**
   * A register access that leaves the guest. Returns a slot, or -1 where the event was dropped.
   * A read must be completed with `setValue`: until then, or until the guest's next access,
   * neither it nor what follows is published.
   */
  register(
    write: boolean,
    space: Space,
    addr: number,
    size: number,
    value: number,
    dev: number,
    region: number,
    offset: number,
  ): number {
    // Accesses of the guest do not nest, only their decoded forms do: a read that is still open has failed.
    if (space !== 'pciConfig') this.#open = 0;
    const w = this.#begin(
      write ? EVENTS.regWrite.code : EVENTS.regRead.code,
      ACTOR.driver,
      size,
      region,
    );
    if (w < 0) return -1;
    const r = this.#records;
    r[w + 2] = dev;
    r[w + 3] = offset;
    r[w + 4] = addr;
    r[w + 5] = hi32(addr);
    r[w + 6] = value;
    r[w + 7] = 0;
    r[w + 8] = SPACE[space];
    if (!write && this.#open++ === 0) this.#openHead = (this.#head - 1) | 0;
    return w;
  }

  /** Completes the newest open `regRead` with the value that the device answered. */
  setValue(slot: number, value: number): void {
    if (slot < 0) return;
    this.#records[slot + 6] = value;
    if (this.#open > 0) this.#open--;
  }

  /** A write of 1, 2, 4 or 8 bytes to guest memory, as little-endian halves. */
  memWrite(
    actor: number,
    addr: number,
    size: number,
    oldLo: number,
    oldHi: number,
    newLo: number,
    newHi: number,
  ): void {
    const w = this.#begin(MEM_WRITE, actor, size, 0);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = addr;
    r[w + 3] = hi32(addr);
    r[w + 4] = oldLo;
    r[w + 8] = newLo;
    if (size <= 4) return;
    r[w + 5] = oldHi;
    r[w + 9] = newHi;
  }

  /** A write of 16 bytes: a descriptor. `old` holds the four words before. */
  memWrite16(
    actor: number,
    addr: number,
    old: Uint32Array,
    oldAt: number,
    new0: number,
    new1: number,
    new2: number,
    new3: number,
  ): void {
    const w = this.#begin(MEM_WRITE, actor, 0, 0);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = addr;
    r[w + 3] = hi32(addr);
    r[w + 4] = old[oldAt] ?? 0;
    r[w + 5] = old[oldAt + 1] ?? 0;
    r[w + 6] = old[oldAt + 2] ?? 0;
    r[w + 7] = old[oldAt + 3] ?? 0;
    r[w + 8] = new0;
    r[w + 9] = new1;
    r[w + 10] = new2;
    r[w + 11] = new3;
  }

  /** A write of any length; short ones become `memWrite`, very long ones several events. `before` and `after` have the same length. */
  bytesWritten(actor: number, addr: number, before: Uint8Array, after: Uint8Array): void {
    const most = Math.max(16, Math.min(MAX_DATA, (this.ring.sideMask + 1) >> 2));
    for (let at = 0; at < after.length; at += most)
      this.#written(
        actor,
        addr + at,
        before.subarray(at, at + most),
        after.subarray(at, at + most),
      );
  }

  #written(actor: number, addr: number, before: Uint8Array, after: Uint8Array): void {
    const { length } = after;
    if (length <= 16) {
      const w = this.#begin(MEM_WRITE, actor, length & 15, 0);
      if (w < 0) return;
      this.#records[w + 2] = addr;
      this.#records[w + 3] = hi32(addr);
      for (let i = 0; i < 4; i++) {
        this.#records[w + 4 + i] = word(before, i * 4);
        this.#records[w + 8 + i] = word(after, i * 4);
      }
      return;
    }
    const at = this.#payload(length * 2);
    if (at < 0) return;
    const w = this.#begin(EVENTS.dataWrite.code, actor, 0, 0);
    if (w < 0) return;
    this.#store(at, before);
    this.#store(at + length, after);
    this.#records[w + 2] = addr;
    this.#records[w + 3] = hi32(addr);
    this.#records[w + 4] = length;
    this.#commit(w, at, length * 2);
  }

  chainPopped(
    dev: number,
    queue: number,
    head: number,
    availIdx: number,
    readable: number,
    writable: number,
    count: number,
  ): void {
    const w = this.#begin(EVENTS.chainPopped.code, ACTOR.device, 0, head);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = availIdx;
    r[w + 4] = readable;
    r[w + 5] = writable;
    r[w + 6] = count;
  }

  chainPushed(dev: number, queue: number, head: number, usedIdx: number, length: number): void {
    const w = this.#begin(EVENTS.chainPushed.code, ACTOR.device, 0, head);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = usedIdx;
    r[w + 4] = length;
  }

  /** `sent` by the driver, or left out because of `rule`; `actor` is who decided. */
  notification(
    actor: Actor,
    dev: number,
    queue: number,
    sent: boolean,
    rule: Rule,
    desc = 0,
  ): void {
    this.#plain(
      EVENTS.notification.code,
      ACTOR[actor],
      sent ? 1 : 0,
      dev | (queue << 16),
      RULES.indexOf(rule),
      desc,
      hi32(desc),
    );
  }

  interrupt(dev: number, queue: number, step: InterruptStep, line: number, rule: Rule): void {
    this.#plain(
      EVENTS.interrupt.code,
      ACTOR.device,
      INTERRUPT[step],
      dev | (queue << 16),
      line,
      RULES.indexOf(rule),
    );
  }

  status(dev: number, old: number, now: number): void {
    this.#plain(EVENTS.status.code, ACTOR.device, 0, dev, old, now);
  }

  /** Features as two 32-bit halves. */
  features(dev: number, which: 'offered' | 'accepted', lo: number, hi: number): void {
    this.#plain(EVENTS.features.code, ACTOR.device, which === 'offered' ? 0 : 1, dev, 0, lo, hi);
  }

  queueConfig(
    dev: number,
    queue: number,
    enabled: boolean,
    packed: boolean,
    size: number,
    desc: number,
    driver: number,
    device: number,
  ): void {
    const w = this.#begin(EVENTS.queueConfig.code, ACTOR.device, 0, enabled ? 1 : 0);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = size | (packed ? 1 << 16 : 0);
    r[w + 4] = desc;
    r[w + 5] = hi32(desc);
    r[w + 6] = driver;
    r[w + 7] = hi32(driver);
    r[w + 8] = device;
    r[w + 9] = hi32(device);
  }

  configChange(dev: number, generation: number): void {
    this.#plain(EVENTS.configChange.code, ACTOR.device, 0, dev, generation);
  }

  plug(dev: number, realized: boolean, path: string): void {
    this.#text(EVENTS.plug.code, ACTOR.device, realized ? 1 : 0, dev, path);
  }

  reset(actor: Actor, dev: number): void {
    this.#plain(EVENTS.reset.code, ACTOR[actor], actor === 'driver' ? 0 : 1, dev);
  }

  backendRequest(
    dev: number,
    queue: number,
    op: BackendOp,
    id: number,
    position: number,
    length: number,
  ): void {
    const w = this.#begin(EVENTS.backendRequest.code, ACTOR.device, 0, BACKEND_OPS.indexOf(op));
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = id;
    r[w + 4] = position;
    r[w + 5] = hi32(position);
    r[w + 6] = length;
  }

  backendCompletion(
    dev: number,
    queue: number,
    op: BackendOp,
    id: number,
    status: number,
    length: number,
  ): void {
    const w = this.#begin(EVENTS.backendCompletion.code, ACTOR.backend, 0, BACKEND_OPS.indexOf(op));
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = id;
    r[w + 4] = status;
    r[w + 6] = length;
  }

  scriptLine(line: number): void {
    this.#plain(EVENTS.scriptLine.code, ACTOR.driver, 0, line);
  }

  log(actor: Actor, level: LogLevel, text: string): void {
    this.#text(EVENTS.log.code, ACTOR[actor], LOG_LEVELS.indexOf(level), 0, text);
  }

  /** `code` is an index into `VIOLATIONS`. */
  violation(dev: number, queue: number, code: number, index: number, value: number): void {
    this.#plain(
      EVENTS.violation.code,
      ACTOR.device,
      code,
      (dev | (queue << 16)) >>> 0,
      index >>> 0,
      value >>> 0,
      hi32(value),
    );
  }

  /** `inputs`: those waited for, 0 to 255; `input`: the one that ended it. */
  vcpuWait(step: 'halt' | 'wake', inputs: readonly number[], input: number): void {
    const w = this.#begin(EVENTS.vcpuWait.code, ACTOR.driver, 0, step === 'halt' ? 0 : 1);
    if (w < 0) return;
    const r = this.#records;
    r.fill(0, w + 2, w + RECORD_WORDS);
    const { fields } = EVENTS.vcpuWait;
    r[w + fields.input.at] = input;
    for (const wanted of inputs) {
      const at = w + (wanted < 32 ? fields.mask.at : fields.mask1.at - 1 + (wanted >>> 5));
      r[at] = r[at]! | (1 << (wanted & 31));
    }
  }

  /** `cc`: the condition code, or the negative of a program interruption code. */
  channel(dev: number, op: number, schid: number, address: number, cc: number): void {
    const w = this.#begin(EVENTS.channel.code, ACTOR.driver, 0, op);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev;
    r[w + 3] = schid;
    r[w + 4] = address;
    r[w + 5] = hi32(address);
    r[w + 6] = Math.max(0, cc);
    r[w + 7] = Math.max(0, -cc);
  }

  ccw(dev: number, command: number, flags: number, count: number, cda: number, addr: number): void {
    const w = this.#begin(EVENTS.ccw.code, ACTOR.device, 0, command);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev;
    r[w + 3] = flags;
    r[w + 4] = count;
    r[w + 5] = cda;
    r[w + 6] = hi32(cda);
    r[w + 7] = addr;
    r[w + 8] = hi32(addr);
  }

  channelStatus(
    dev: number,
    ctrl: number,
    dstat: number,
    cstat: number,
    residual: number,
    cpa: number,
    sense: number,
  ): void {
    const w = this.#begin(EVENTS.channelStatus.code, ACTOR.device, 0, ctrl);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev;
    r[w + 3] = dstat;
    r[w + 4] = cstat;
    r[w + 5] = residual;
    r[w + 6] = cpa;
    r[w + 7] = hi32(cpa);
    r[w + 8] = sense;
  }

  /** Arguments are whole numbers below 2^53, `result` is signed. */
  hypercall(dev: number, subcode: number, a: number, b: number, c: number, result: number): void {
    const w = this.#begin(EVENTS.hypercall.code, ACTOR.driver, 0, subcode & 0xffff);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = dev;
    r[w + 3] = a;
    r[w + 4] = hi32(a);
    r[w + 5] = b;
    r[w + 6] = hi32(b);
    r[w + 7] = c;
    r[w + 8] = hi32(c);
    r[w + 9] = result;
  }

  script(step: 'start' | 'end' | 'fail', line: number, text: string): void {
    this.#text(
      EVENTS.script.code,
      ACTOR.driver,
      step === 'start' ? 0 : step === 'end' ? 1 : 2,
      line,
      text,
    );
  }

  /** Word offset of a fresh record with words 0 and 1 set and the rest stale, or -1 where it is dropped. */
  #begin(kind: number, actor: number, size: number, aux: number): number {
    const head = this.#head;
    if (((head - this.#tail) | 0) >= this.#capacity && !this.#makeRoom()) return -1;
    const w = (head & this.#mask) * RECORD_WORDS;
    const r = this.#records;
    r[w] = kind | (actor << 8) | (size << 12) | (aux << 16);
    const clock = (this.clock + 1) >>> 0;
    this.clock = clock;
    r[w + 1] = clock;
    this.#head = (head + 1) | 0;
    return w;
  }

  /** How far the consumer may read. */
  #published(): number {
    return this.#open > 0 ? this.#openHead : this.#head;
  }

  #makeRoom(): boolean {
    const full = () => {
      this.#tail = Atomics.load(this.#header, RING.tail);
      return ((this.#head - this.#tail) | 0) >= this.#capacity;
    };
    return !full() || this.#waitWhile(full);
  }

  /** Lets the consumer make room; false, and one event more is lost, where it cannot or will not. */
  #waitWhile(full: () => boolean): boolean {
    this.flush();
    while (full()) {
      // All that is published is consumed and it is still full: waiting would never end.
      const hopeless = Atomics.load(this.#header, RING.tail) === this.#published();
      if ((hopeless || !this.waitForRoom()) && full()) return this.#drop();
    }
    return true;
  }

  #drop(): false {
    Atomics.add(this.#header, RING.dropped, 1);
    return false;
  }

  #plain(kind: number, actor: number, aux: number, w2 = 0, w3 = 0, w4 = 0, w5 = 0): void {
    const w = this.#begin(kind, actor, 0, aux);
    if (w < 0) return;
    const r = this.#records;
    r[w + 2] = w2;
    r[w + 3] = w3;
    r[w + 4] = w4;
    r[w + 5] = w5;
  }

  #text(kind: number, actor: number, aux: number, w2: number, text: string): void {
    const bytes = utf8Encode(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
    const at = this.#payload(bytes.length);
    if (at < 0) return;
    const w = this.#begin(kind, actor, 0, aux);
    if (w < 0) return;
    this.#store(at, bytes);
    this.#records[w + 2] = w2;
    this.#commit(w, at, bytes.length);
  }

  /** Free-running position of `length` free side bytes, or -1 where the event is dropped. */
  #payload(length: number): number {
    const size = this.ring.sideMask + 1;
    const full = () =>
      ((this.#sideHead + length - Atomics.load(this.#header, RING.sideTail)) | 0) > size;
    const fits = length > size ? this.#drop() : !full() || this.#waitWhile(full);
    return fits ? this.#sideHead >>> 0 : -1;
  }

  #store(at: number, bytes: Uint8Array): void {
    const start = at & this.ring.sideMask;
    const first = Math.min(bytes.length, this.#side.length - start);
    this.#side.set(bytes.subarray(0, first), start);
    if (first < bytes.length) this.#side.set(bytes.subarray(first), 0);
  }

  #commit(w: number, at: number, length: number): void {
    this.#records[w + 10] = at;
    this.#records[w + 11] = length;
    this.#sideHead = (at + length) | 0;
  }
}

function word(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] ?? 0) |
      ((bytes[at + 1] ?? 0) << 8) |
      ((bytes[at + 2] ?? 0) << 16) |
      ((bytes[at + 3] ?? 0) << 24)) >>>
    0
  );
}

/** A writer that records nothing, for code that runs without a journal. */
export function silentJournal(): JournalWriter {
  const writer = new JournalWriter(JournalRing.create(1, 1));
  writer.on = false;
  return writer;
}
