import { hi32, TWO_32 } from '../base/bits.ts';
import { utf8Encode } from '../base/utf8.ts';
import { SPLIT, VIRTQ_DESC_F_AVAIL, VIRTQ_DESC_F_USED } from '../spec/virtio.ts';
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
import { SHORT } from './short-records.ts';

/** Addresses from here on do not fit a short record. */
const SHORT_ADDRESSES = 2 ** 48;
/** Records that `mark` speaks for beforehand, so that not each of many has to be marked. */
const MARK_AHEAD = 1 << 16;
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
  /** Count of plug events. */
  plugs = 0;
  /** Called when the ring is full; true when room was made, false to drop the event. */
  waitForRoom: () => boolean = () => false;

  readonly ring: JournalRing;
  readonly #words: Uint32Array;
  readonly #header: Int32Array;
  readonly #side: Uint8Array;
  readonly #mask: number;
  /** Free-running count of words written, published or not. */
  #head: number;
  /** Up to where words may be written without a look at the consumer or at the ring's end. */
  #limit: number;
  /** Clock of the newest record; and the one up to which work counts as marked. */
  #newest: number;
  #marked = 0;
  /** Free-running count of side bytes written. */
  #sideHead: number;
  /** Register reads that wait for their value; nothing from `#openHead` on is published meanwhile. */
  #open = 0;
  #openHead = 0;
  /** Clock of the record before those. */
  #openBefore = 0;

  constructor(ring: JournalRing) {
    this.ring = ring;
    this.#words = ring.words;
    this.#header = ring.header;
    this.#side = ring.side;
    this.#mask = ring.mask;
    this.on = ring.header[RING.enabled] === 1;
    this.#head = this.#limit = Atomics.load(ring.header, RING.head);
    this.#sideHead = Atomics.load(ring.header, RING.sideHead);
    this.clock = Atomics.load(ring.header, RING.clock) >>> 0;
    // What a predecessor marked and did not publish never comes.
    this.#newest = Atomics.load(ring.header, RING.shown);
    ring.header[RING.marked] = this.#newest;
    this.#marked = this.clock | 0;
  }

  /** Reads `enabled` again; to be called where the run control may have changed it. */
  refresh(): void {
    this.on = Atomics.load(this.#header, RING.enabled) === 1;
  }

  /** Makes all records visible to the consumer, up to a register read that waits for its value. */
  flush(): void {
    const header = this.#header;
    header[RING.marked] = this.#newest;
    this.#marked = this.clock | 0;
    header[RING.clock] = this.clock | 0;
    header[RING.sideHead] = this.#sideHead;
    Atomics.store(header, RING.head, this.#published());
    header[RING.shown] = this.#open > 0 ? this.#openBefore : this.#newest;
  }

  /**
   * To be called before a store that shows this thread's work to another one without a flush: the
   * consumer then knows that causes are still to come, and waits for them.
   */
  mark(): void {
    if (((this.#newest - this.#marked) | 0) > 0) this.#markAhead();
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
    const before = this.#newest;
    const w = this.#begin(
      write ? EVENTS.regWrite.code : EVENTS.regRead.code,
      ACTOR.driver,
      size,
      region,
    );
    if (w < 0) return -1;
    const r = this.#words;
    r[w + 2] = dev;
    r[w + 3] = offset;
    r[w + 4] = addr;
    r[w + 5] = hi32(addr);
    r[w + 6] = value;
    r[w + 7] = 0;
    r[w + 8] = SPACE[space];
    if (!write && this.#open++ === 0) {
      this.#openHead = (this.#head - RECORD_WORDS) | 0;
      this.#openBefore = before;
    }
    return w;
  }

  /** Completes the newest open `regRead` with the value that the device answered. */
  setValue(slot: number, value: number): void {
    if (slot < 0) return;
    this.#words[slot + 6] = value;
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
    if (size === 2 && addr < SHORT_ADDRESSES) {
      const at = this.#room(4, 1);
      if (at < 0) return;
      const words = this.#words;
      words[at] = SHORT.write2 | (actor << 8) | (2 << 12) | upper(addr);
      words[at + 1] = this.#tick(1);
      words[at + 2] = addr;
      words[at + 3] = (oldLo & 0xffff) | (newLo << 16);
    } else this.#memWriteWide(actor, addr, size, oldLo, oldHi, newLo, newHi);
  }

  #memWriteWide(
    actor: number,
    addr: number,
    size: number,
    oldLo: number,
    oldHi: number,
    newLo: number,
    newHi: number,
  ): void {
    const words = this.#words;
    if (addr < SHORT_ADDRESSES && size <= 4) {
      const at = this.#room(5, 1);
      if (at < 0) return;
      words[at] = SHORT.write4 | (actor << 8) | (size << 12) | upper(addr);
      words[at + 1] = this.#tick(1);
      words[at + 2] = addr;
      words[at + 3] = oldLo;
      words[at + 4] = newLo;
      return;
    }
    const at = this.#begin(EVENTS.memWrite.code, actor, size, 0);
    if (at < 0) return;
    words[at + 2] = addr;
    words[at + 3] = hi32(addr);
    words[at + 4] = oldLo;
    words[at + 8] = newLo;
    if (size <= 4) return;
    words[at + 5] = oldHi;
    words[at + 9] = newHi;
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
    if (addr >= SHORT_ADDRESSES) {
      const before = new Uint8Array(old.buffer, old.byteOffset + 4 * oldAt, 16);
      const after = new Uint8Array(Uint32Array.of(new0, new1, new2, new3).buffer);
      this.#written(actor, addr, before, after);
      return;
    }
    const at = this.#room(11, 1);
    if (at < 0) return;
    const words = this.#words;
    words[at] = SHORT.write16 | (actor << 8) | upper(addr);
    words[at + 1] = this.#tick(1);
    words[at + 2] = addr;
    words[at + 3] = old[oldAt] as number;
    words[at + 4] = old[oldAt + 1] as number;
    words[at + 5] = old[oldAt + 2] as number;
    words[at + 6] = old[oldAt + 3] as number;
    words[at + 7] = new0;
    words[at + 8] = new1;
    words[at + 9] = new2;
    words[at + 10] = new3;
  }

  /**
   * The driver is about to offer a chain of one descriptor in a split ring below 4 GiB: writes of the
   * descriptor at `desc`, whose words are at `at` of `ram`, and of the available ring's entry at
   * `entry`, from `before` to `head`.
   */
  posted(
    ram: Uint32Array,
    at: number,
    desc: number,
    addr: number,
    len: number,
    tail: number,
    entry: number,
    before: number,
    head: number,
  ): void {
    const w = this.#room(13, 2);
    if (w < 0) return;
    const words = this.#words;
    words[w] = SHORT.posted;
    words[w + 1] = this.#tick(2);
    words[w + 2] = desc;
    words[w + 3] = ram[at] as number;
    words[w + 4] = ram[at + 1] as number;
    words[w + 5] = ram[at + 2] as number;
    words[w + 6] = ram[at + 3] as number;
    words[w + 7] = addr;
    words[w + 8] = addr < TWO_32 ? 0 : hi32(addr);
    words[w + 9] = len;
    words[w + 10] = tail;
    words[w + 11] = entry;
    words[w + 12] = before | (head << 16);
  }

  /** Bytes of the longest write that is one event. */
  get longestWrite(): number {
    return Math.max(16, Math.min(MAX_DATA, (this.ring.sideMask + 1) >> 2));
  }

  /** A write of any length; short ones become `memWrite`, very long ones several events. `before` and `after` have the same length. */
  bytesWritten(actor: number, addr: number, before: Uint8Array, after: Uint8Array): void {
    const most = this.longestWrite;
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
      const w = this.#begin(EVENTS.memWrite.code, actor, length & 15, 0);
      if (w < 0) return;
      this.#words[w + 2] = addr;
      this.#words[w + 3] = hi32(addr);
      for (let i = 0; i < 4; i++) {
        this.#words[w + 4 + i] = word(before, i * 4);
        this.#words[w + 8 + i] = word(after, i * 4);
      }
      return;
    }
    const at = this.#payload(length * 2);
    if (at < 0) return;
    const w = this.#begin(EVENTS.dataWrite.code, actor, 0, 0);
    if (w < 0) return;
    this.#store(at, before);
    this.#store(at + length, after);
    this.#words[w + 2] = addr;
    this.#words[w + 3] = hi32(addr);
    this.#words[w + 4] = length;
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
    const at = this.#room(6, 1);
    if (at < 0) return;
    const words = this.#words;
    words[at] = SHORT.popped | (head << 16);
    words[at + 1] = this.#tick(1);
    words[at + 2] = dev | (queue << 16);
    words[at + 3] = (availIdx & 0xffff) | (count << 16);
    words[at + 4] = readable;
    words[at + 5] = writable;
  }

  chainPushed(dev: number, queue: number, head: number, usedIdx: number, length: number): void {
    const w = this.#begin(EVENTS.chainPushed.code, ACTOR.device, 0, head);
    if (w < 0) return;
    const r = this.#words;
    r[w + 2] = dev | (queue << 16);
    r[w + 3] = usedIdx;
    r[w + 4] = length;
  }

  /**
   * The device is about to return a chain in a split ring of `size` entries, a power of two, whose
   * used ring is at `used`: writes of the entry, which held `oldId` and `oldLength`, and of the index,
   * which becomes `usedIdx`; and `chainPushed`.
   */
  returned(
    dev: number,
    queue: number,
    head: number,
    usedIdx: number,
    length: number,
    oldId: number,
    oldLength: number,
    used: number,
    size: number,
  ): void {
    if (used >= SHORT_ADDRESSES) {
      const entry = used + SPLIT.usedEntry((usedIdx - 1) & (size - 1));
      this.memWrite(ACTOR.device, entry, 8, oldId, oldLength, head, length);
      const before = (usedIdx - 1) & 0xffff;
      this.memWrite(ACTOR.device, used + SPLIT.usedIdx, 2, before, 0, usedIdx, 0);
      this.chainPushed(dev, queue, head, usedIdx, length);
      return;
    }
    const at = this.#room(8, 3);
    if (at < 0) return;
    const words = this.#words;
    words[at] = SHORT.returned | ((31 - Math.clz32(size)) << 12) | (head << 16);
    words[at + 1] = this.#tick(3);
    words[at + 2] = dev | (queue << 16);
    words[at + 3] = usedIdx | upper(used);
    words[at + 4] = length;
    words[at + 5] = oldId;
    words[at + 6] = oldLength;
    words[at + 7] = used;
  }

  /**
   * The device is about to return a chain in a packed ring: a write of the 8 bytes at `addr`, which
   * held `oldLength` and `oldTail`, to `length`, `id` and the flags AVAIL and USED as `marked` says; and
   * `chainPushed` with `place`.
   */
  returnedPacked(
    dev: number,
    queue: number,
    id: number,
    place: number,
    length: number,
    oldLength: number,
    oldTail: number,
    addr: number,
    marked: boolean,
  ): void {
    if (addr >= SHORT_ADDRESSES) {
      const tail = id | (marked ? (VIRTQ_DESC_F_AVAIL | VIRTQ_DESC_F_USED) << 16 : 0);
      this.memWrite(ACTOR.device, addr, 8, oldLength, oldTail, length, tail);
      this.chainPushed(dev, queue, id, place, length);
      return;
    }
    const at = this.#room(8, 2);
    if (at < 0) return;
    const words = this.#words;
    words[at] = SHORT.returnedPacked | (marked ? 1 << 12 : 0) | (id << 16);
    words[at + 1] = this.#tick(2);
    words[at + 2] = dev | (queue << 16);
    words[at + 3] = place | upper(addr);
    words[at + 4] = length;
    words[at + 5] = oldLength;
    words[at + 6] = oldTail;
    words[at + 7] = addr;
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
    const r = this.#words;
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
    this.plugs++;
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
    const r = this.#words;
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
    const r = this.#words;
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
    const r = this.#words;
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
    const r = this.#words;
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
    const r = this.#words;
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
    const r = this.#words;
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
    const r = this.#words;
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

  /** Word offset of a fresh usual record with words 0 and 1 set and the rest stale, or -1 where it is dropped. */
  #begin(kind: number, actor: number, size: number, aux: number): number {
    const at = this.#room(RECORD_WORDS, 1);
    if (at < 0) return -1;
    this.#words[at] = kind | (actor << 8) | (size << 12) | (aux << 16);
    this.#words[at + 1] = this.#tick(1);
    return at;
  }

  /** Where the next `count` words lie, which are taken now; -1 where they are not to be had and `events` are lost. */
  #room(count: number, events: number): number {
    if (((this.#limit - this.#head) | 0) < count && !this.#makeRoom(count, events)) return -1;
    const head = this.#head;
    this.#head = (head + count) | 0;
    return head & this.#mask;
  }

  /** The clock of the first of `events` that are recorded together; the thread's clock is that of the last one. */
  #tick(events: number): number {
    const clock = (this.clock + 1) >>> 0;
    this.clock = events === 1 ? clock : (clock + events - 1) >>> 0;
    this.#newest = clock | 0;
    return clock;
  }

  #markAhead(): void {
    this.#marked = (this.#newest + MARK_AHEAD) | 0;
    this.#header[RING.marked] = this.#marked;
  }

  /** How far the consumer may read. */
  #published(): number {
    return this.#open > 0 ? this.#openHead : this.#head;
  }

  #makeRoom(count: number, events: number): boolean {
    const size = this.#mask + 1;
    const at = this.#head & this.#mask;
    const left = size - at;
    const skipped = left < count ? left : 0;
    let tail = 0;
    const full = () => {
      tail = Atomics.load(this.#header, RING.tail);
      return ((this.#head + skipped + count - tail) | 0) > size;
    };
    if (full() && !this.#waitWhile(full, events)) return false;
    if (skipped > 0) {
      this.#words[at] = SHORT.pad;
      this.#head = (this.#head + skipped) | 0;
    }
    const end = (this.#head - (this.#head & this.#mask) + size) | 0;
    const free = (tail + size) | 0;
    this.#limit = ((free - end) | 0) < 0 ? free : end;
    return true;
  }

  /** Lets the consumer make room; false, and `events` more are lost, where it cannot or will not. */
  #waitWhile(full: () => boolean, events: number): boolean {
    this.flush();
    while (full()) {
      // All that is published is consumed and it is still full: waiting would never end.
      const hopeless = Atomics.load(this.#header, RING.tail) === this.#published();
      if ((hopeless || !this.waitForRoom()) && full()) return this.#drop(events);
    }
    return true;
  }

  #drop(events: number): false {
    Atomics.add(this.#header, RING.dropped, events);
    return false;
  }

  #plain(kind: number, actor: number, aux: number, w2 = 0, w3 = 0, w4 = 0, w5 = 0): void {
    const w = this.#begin(kind, actor, 0, aux);
    if (w < 0) return;
    const r = this.#words;
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
    this.#words[w + 2] = w2;
    this.#commit(w, at, bytes.length);
  }

  /** Free-running position of `length` free side bytes, or -1 where the event is dropped. */
  #payload(length: number): number {
    const size = this.ring.sideMask + 1;
    const full = () =>
      ((this.#sideHead + length - Atomics.load(this.#header, RING.sideTail)) | 0) > size;
    const fits = length > size ? this.#drop(1) : !full() || this.#waitWhile(full, 1);
    return fits ? this.#sideHead >>> 0 : -1;
  }

  #store(at: number, bytes: Uint8Array): void {
    const start = at & this.ring.sideMask;
    const first = Math.min(bytes.length, this.#side.length - start);
    this.#side.set(bytes.subarray(0, first), start);
    if (first < bytes.length) this.#side.set(bytes.subarray(first), 0);
  }

  #commit(w: number, at: number, length: number): void {
    this.#words[w + 10] = at;
    this.#words[w + 11] = length;
    this.#sideHead = (at + length) | 0;
  }
}

/** Bits 32 to 47 of an address, in the upper half of a word. */
function upper(addr: number): number {
  return addr < TWO_32 ? 0 : (addr / TWO_32) << 16;
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
