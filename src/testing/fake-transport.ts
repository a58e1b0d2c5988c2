import { GuestContext } from '../guest/context.ts';
import { GuestMemory, type Pace, UNPACED } from '../guest/guest-memory.ts';
import {
  type AccessSize,
  type BusSpace,
  firstAsserted,
  GuestDeadlock,
  type Hal,
} from '../guest/hal.ts';
import { VirtioTransport } from '../guest/transport/virtio-transport.ts';
import type { SplitAreas } from '../guest/virtqueue/queue.ts';
import type { LogLevel } from '../journal/schema.ts';
import { type JournalWriter, silentJournal } from '../journal/writer.ts';
import { GuestRam } from '../memory/guest-ram.ts';
import { PC_PCI, type Platform } from '../spec/platform.ts';
import { STATUS, VIRTIO_F } from '../spec/virtio.ts';
import { FakePackedQueue, type FakeQueue, FakeSplitQueue } from './fake-queue.ts';

/** A Hal without a machine: RAM, interrupt inputs that the test sets, and what was logged. */
export class FakeHal implements Hal {
  readonly ram: GuestMemory;
  readonly platform: Platform = { pci: PC_PCI, virtioMmio: [] };
  readonly output: string[] = [];
  readonly lines: number[] = [];
  /** Asserted lines among inputs 0 to 31, a bit each. */
  level = 0;
  /** Inputs with a message that was not taken. */
  readonly latched = new Set<number>();
  /** Called when the guest halts; true where it has raised an input. */
  onHalt: () => boolean = () => false;
  /** Called at every script line. */
  onLine: (line: number) => void = () => {};

  constructor(
    megabytes = 32,
    journal: JournalWriter = silentJournal(),
    pace: Pace = UNPACED,
    base = 0,
  ) {
    const ram = new GuestRam(new SharedArrayBuffer(megabytes << 20), base);
    this.ram = new GuestMemory(ram, journal, pace);
  }

  read(_space: BusSpace, _addr: number, size: AccessSize): number {
    return 2 ** (8 * size) - 1;
  }

  write(): void {}

  interrupts(word: number): number {
    let bits = word === 0 ? this.level : 0;
    for (const input of this.latched) if (input >>> 5 === word) bits |= 1 << (input & 31);
    return bits >>> 0;
  }

  waitForInterrupt(inputs: readonly number[]): number {
    for (;;) {
      const input = firstAsserted(this, inputs);
      if (input !== undefined) return input;
      if (!this.onHalt()) throw new GuestDeadlock('nobody raises an interrupt');
    }
  }

  takeInterrupt(input: number): void {
    this.latched.delete(input);
  }

  channel(): number {
    return 3;
  }

  hypercall(): number {
    return -38;
  }

  log(level: LogLevel, text: string): void {
    this.output.push(level === 'log' ? text : `${level}: ${text}`);
  }

  line(line: number): void {
    this.lines.push(line);
    this.onLine(line);
  }
}

/** What a fake device answers to a request: the bytes it writes. */
export type Answer = (readable: Uint8Array, room: number) => Uint8Array;

/** What a fake device is made of. */
export interface FakeDeviceOptions {
  readonly deviceId?: number;
  /** Feature bits that it offers; VERSION_1 where left out. */
  readonly features?: readonly number[];
  readonly maxQueueSize?: number;
  readonly config?: Uint8Array;
  /** Answers each request within the notification; without it, the test answers by hand. */
  readonly answer?: Answer;
}

/** Input that the fake device raises. */
export const FAKE_INPUT = 11;

/** A transport with a device behind it that lives in plain JavaScript. */
export class FakeTransport extends VirtioTransport {
  readonly deviceId: number;
  readonly interruptInputs = [FAKE_INPUT];
  readonly queues: FakeQueue[] = [];
  /** Notifications, as queue numbers, and what went along with each. */
  readonly doorbells: number[] = [];
  readonly doorbellData: number[] = [];
  /** Queues that the driver took back one by one. */
  readonly resets: number[] = [];
  /** Status values that the driver wrote. */
  readonly statuses: number[] = [];
  /** Features that the driver accepted, by half. */
  readonly accepted = [0, 0];
  /** Features that the device will not have, whatever it offers. */
  refuses = false;
  configGeneration = 0;
  queueCount = 1;
  readonly #hal: FakeHal;
  readonly #options: FakeDeviceOptions;
  #status = 0;
  #isr = 0;

  constructor(hal: FakeHal, options: FakeDeviceOptions = {}) {
    const context = new GuestContext(hal);
    super(context);
    this.#hal = hal;
    this.#options = options;
    this.deviceId = options.deviceId ?? 0;
    context.interrupts.register(this, this);
  }

  /** Bytes that the device has not given away: for tests of leaks. */
  get freeMemory(): number {
    return this.dma.available;
  }

  override get status(): number {
    return this.#status;
  }

  override set status(value: number) {
    this.statuses.push(value);
    this.#status = this.refuses ? value & ~STATUS.FEATURES_OK : value;
    if (value === 0) this.queues.length = 0;
  }

  /** Raises the input with these ISR bits. */
  interrupt(cause = 1): void {
    this.#isr |= cause;
    this.#hal.level |= 1 << FAKE_INPUT;
  }

  /** Sets status bits as a device that gives up does. */
  breakDown(): void {
    this.#status |= STATUS.DEVICE_NEEDS_RESET;
    this.interrupt(3);
  }

  /** Answers every available request of queue `index` with the device's model. */
  serve(index: number): void {
    const queue = this.queues[index];
    const answer = this.#options.answer;
    if (!queue || !answer) return;
    let served = false;
    for (let chain = queue.take(); chain; chain = queue.take()) {
      const room = chain.writable.reduce((sum, { length }) => sum + length, 0);
      queue.answer(chain, answer(chain.readable, room));
      served = true;
    }
    if (queue.eventIdx) queue.wantNext();
    if (served && queue.wantsInterrupt()) this.interrupt();
  }

  override readConfig(offset: number, size: AccessSize): number {
    const bytes = this.#options.config ?? new Uint8Array();
    return Array.from({ length: size }, (_, i) => bytes[offset + i] ?? 0).reduceRight(
      (value, byte) => value * 256 + byte,
      0,
    );
  }

  override writeConfig(offset: number, size: AccessSize, value: number): void {
    const bytes = this.#options.config ?? new Uint8Array();
    for (let i = 0; i < size; i++) bytes[offset + i] = Math.floor(value / 256 ** i) % 256;
  }

  override notify(index: number, next = 0): void {
    this.doorbells.push(index);
    this.doorbellData.push(next);
    this.serve(index);
  }

  resetQueue(index: number): void {
    this.resets.push(index);
    delete this.queues[index];
  }

  override acknowledge(): number {
    const cause = this.#isr;
    this.#isr = 0;
    this.#hal.level &= ~(1 << FAKE_INPUT);
    return cause;
  }

  protected override readFeatures(half: 0 | 1): number {
    const offered = this.#options.features ?? [VIRTIO_F.VIRTIO_F_VERSION_1];
    const bits = offered.filter((bit) => Math.floor(bit / 32) === half);
    return bits.reduce((sum, bit) => sum + 2 ** (bit % 32), 0);
  }

  protected override writeFeatures(half: 0 | 1, bits: number): void {
    this.accepted[half] = bits;
  }

  protected override maxQueueSize(index: number): number {
    return index < this.queueCount ? (this.#options.maxQueueSize ?? 256) : 0;
  }

  protected override enableQueue(index: number, size: number, areas: SplitAreas): void {
    const has = (bit: number) => this.agreed.has(bit);
    const Queue = has(VIRTIO_F.VIRTIO_F_RING_PACKED) ? FakePackedQueue : FakeSplitQueue;
    const { ram } = this.#hal.ram;
    this.queues[index] = new Queue(ram, size, areas, undefined, has(VIRTIO_F.VIRTIO_F_EVENT_IDX));
  }
}

/** Requests of the block device answered from `disk`, a plain array. */
export function blockModel(disk: Uint8Array, id = 'FAKE'): Answer {
  return (request, room) => {
    const header = new DataView(request.buffer, request.byteOffset);
    const type = header.getUint32(0, true);
    const from = Number(header.getBigUint64(8, true)) * 512;
    const answer = (data: ArrayLike<number>, status: number) =>
      Uint8Array.from([...Array.from(data), status]);
    const data = request.subarray(16);
    if (type === 0) {
      if (from + room - 1 > disk.length) return answer(new Uint8Array(room - 1), 1);
      return answer(disk.subarray(from, from + room - 1), 0);
    }
    if (type === 1) {
      if (from + data.length > disk.length) return answer([], 1);
      disk.set(data, from);
      return answer([], 0);
    }
    if (type === 4) return answer([], 0);
    if (type === 8)
      return answer(
        Uint8Array.from({ length: 20 }, (_, i) => id.charCodeAt(i) || 0),
        0,
      );
    return answer([], 2);
  };
}
