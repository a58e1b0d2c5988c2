import { hex } from '../../base/bits.ts';
import { utf8Encode } from '../../base/utf8.ts';
import {
  VIRTIO_BLK_CONFIG,
  VIRTIO_BLK_F,
  VIRTIO_BLK_HEADER,
  VIRTIO_BLK_ID_BYTES,
  VIRTIO_BLK_S,
  VIRTIO_BLK_SECTOR,
  VIRTIO_BLK_T,
} from '../../spec/blk.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import type { DmaAllocator, DmaBuffer } from '../dma.ts';
import type { VirtioTransport } from '../transport/virtio-transport.ts';
import { DeviceError, type VirtQueue } from '../virtqueue/queue.ts';
import { type DriverOptions, VirtioDriver } from './virtio-driver.ts';

/** What the status byte holds until the device has written it. */
const POISON = 0xff;

/** The device answered a request with a status other than OK. */
export class BlkError extends Error {
  override readonly name = 'BlkError';
  /** The status byte: `VIRTIO_BLK_S_IOERR`, `VIRTIO_BLK_S_UNSUPP`. */
  readonly status: number;

  /** @internal */
  constructor(what: string, status: number) {
    const names = Object.entries(VIRTIO_BLK_S);
    const name = names.find(([, value]) => value === status)?.[0];
    const answer = status === POISON ? 'no status' : hex(status, 2);
    super(`${what}: the device answered ${name ? `VIRTIO_BLK_S_${name}` : answer}`);
    this.status = status;
  }
}

/** One request under way: 16 bytes of header, the data, one byte of status (VIRTIO 1.4 §5.2.6). */
export class BlkRequest {
  /** `VIRTIO_BLK_T_IN`, `VIRTIO_BLK_T_OUT`, … */
  readonly type: number;
  /** First sector. */
  readonly sector: number;
  readonly #header: DmaBuffer;
  readonly #data: DmaBuffer | undefined;
  readonly #status: DmaBuffer;
  #answer: { readonly status: number; readonly bytes: Uint8Array } | undefined;

  /** @internal */
  constructor(dma: DmaAllocator, type: number, sector: number, length: number) {
    if (!Number.isSafeInteger(sector) || sector < 0)
      throw new RangeError(`${sector} is not the number of a sector`);
    if (!Number.isSafeInteger(length) || length < 0)
      throw new RangeError(`a request cannot have ${length} bytes of data`);
    this.type = type;
    this.sector = sector;
    this.#header = dma.alloc(VIRTIO_BLK_HEADER);
    this.#header.u32(0, type).u32(4, 0).u64(8, sector);
    this.#data = length > 0 ? dma.alloc(length) : undefined;
    this.#status = dma.alloc(1).u8(0, POISON);
  }

  /** Whether the device has answered. */
  get done(): boolean {
    return this.#answer !== undefined;
  }

  /** What was read; empty for other requests. Throws `BlkError` where the device failed. */
  get bytes(): Uint8Array {
    if (!this.#answer) throw new Error(`${this} is not done yet`);
    if (this.#answer.status !== VIRTIO_BLK_S.OK) throw new BlkError(`${this}`, this.#answer.status);
    return this.#answer.bytes;
  }

  toString(): string {
    const name = Object.entries(VIRTIO_BLK_T).find(([, value]) => value === this.type)?.[0];
    return `VIRTIO_BLK_T_${name ?? this.type} of sector ${this.sector}`;
  }

  /** @internal */
  fill(bytes: Uint8Array): void {
    this.#data?.write(bytes);
  }

  /** @internal Descriptors of the request; returns the head. */
  addTo(queue: VirtQueue, indirect: boolean): number {
    const data = this.#data ? [this.#data] : [];
    const out = this.type === VIRTIO_BLK_T.OUT;
    return queue.add({
      readable: [this.#header, ...(out ? data : [])],
      writable: [...(out ? [] : data), this.#status],
      indirect,
    });
  }

  /** @internal Bytes that the device writes: the data, unless it reads them, and the status. */
  get room(): number {
    const data = this.type === VIRTIO_BLK_T.OUT ? 0 : (this.#data?.length ?? 0);
    return data + this.#status.length;
  }

  /**
   * @internal The device has returned the chain, having written `length` bytes: takes the answer and
   * frees the memory. What lies beyond is nobody's answer, the status neither (VIRTIO 1.4 §2.7.8.3).
   */
  finish(dma: DmaAllocator, length = this.room): void {
    const data = Math.min(length, this.room - this.#status.length);
    const bytes = data > 0 ? this.#data?.bytes(0, data) : undefined;
    const status = length < this.room ? POISON : this.#status.u8(0);
    this.#answer = { status, bytes: bytes ?? new Uint8Array() };
    this.free(dma);
  }

  /** @internal Gives the memory back; the device must not have it. */
  free(dma: DmaAllocator): void {
    for (const buffer of [this.#header, this.#data, this.#status]) if (buffer) dma.free(buffer);
  }
}

/**
 * Driver of the block device (VIRTIO 1.4 §5.2): whole requests (`read`, `write`, `flush`,
 * `getId`), or several in flight: `start…`, `submit`, then `next` as the device finishes them.
 */
export class VirtioBlk extends VirtioDriver {
  static readonly deviceId = VIRTIO_ID.BLOCK;
  /** `requestq1` (VIRTIO 1.4 §5.2.2). */
  readonly queue: VirtQueue;
  /** Requests under way, by the head of their chain. */
  readonly #pending = new Map<number, BlkRequest>();
  #capacity: number;
  /** Requests that finished while another one was waited for. */
  readonly #finished: BlkRequest[] = [];

  /** Takes the device over. `options`: features to ask for. */
  constructor(transport: VirtioTransport, options?: DriverOptions) {
    super(transport, [VIRTIO_BLK_F.VIRTIO_BLK_F_FLUSH, VIRTIO_BLK_F.VIRTIO_BLK_F_RO], options);
    this.#capacity = this.#readCapacity();
    transport.onConfigChange(() => {
      this.#capacity = this.#readCapacity();
    });
    this.queue = transport.queue(0);
    this.ready();
  }

  /** Size of the disk, in sectors of 512 bytes, as the device has told it last (VIRTIO 1.4 §5.2.4). */
  get capacity(): number {
    return this.#capacity;
  }

  /** Whether the device refuses to write (VIRTIO 1.4 §5.2.3). */
  get readOnly(): boolean {
    return this.features.has(VIRTIO_BLK_F.VIRTIO_BLK_F_RO);
  }

  /** Reads `count` sectors. Throws `BlkError` where the device fails. */
  read(sector: number, count = 1): Uint8Array {
    return this.#run(this.startRead(sector, count));
  }

  /** Writes whole sectors; a text is padded with zeros. Throws `BlkError` where the device fails. */
  write(sector: number, content: Uint8Array | string): void {
    this.#run(this.startWrite(sector, content));
  }

  /** Makes everything that was written so far permanent. Throws `BlkError` where the device fails. */
  flush(): void {
    this.#run(this.#start(VIRTIO_BLK_T.FLUSH, 0, 0));
  }

  /** The serial number that the device goes by, at most 20 characters. */
  getId(): string {
    const bytes = this.#run(this.#start(VIRTIO_BLK_T.GET_ID, 0, VIRTIO_BLK_ID_BYTES));
    const end = bytes.indexOf(0);
    return String.fromCharCode(...(end < 0 ? bytes : bytes.subarray(0, end)));
  }

  /** Prepares the reading of `count` sectors; the device sees it at `submit`. */
  startRead(sector: number, count = 1): BlkRequest {
    return this.#start(VIRTIO_BLK_T.IN, sector, count * VIRTIO_BLK_SECTOR);
  }

  /** Prepares the writing of whole sectors; the device sees it at `submit`. */
  startWrite(sector: number, content: Uint8Array | string): BlkRequest {
    const bytes = typeof content === 'string' ? padded(utf8Encode(content)) : content;
    if (bytes.length === 0 || bytes.length % VIRTIO_BLK_SECTOR !== 0)
      throw new RangeError(`${bytes.length} bytes are not whole sectors of ${VIRTIO_BLK_SECTOR}`);
    return this.#start(VIRTIO_BLK_T.OUT, sector, bytes.length, bytes);
  }

  /** Makes all prepared requests available, and notifies the device once. */
  submit(): void {
    this.queue.publish();
    this.queue.notify();
  }

  /** Waits for whichever request the device finishes next: not always in the order of submission. */
  next(): BlkRequest {
    const earlier = this.#finished.shift();
    if (earlier) return earlier;
    const { head, length } = this.queue.wait();
    const request = this.#pending.get(head);
    if (!request) throw new DeviceError(`the device returned ${head}, which is no request`);
    this.#pending.delete(head);
    // Many a legacy device says a wrong length (VIRTIO 1.4 §2.7.8.1).
    const { dma, legacy } = this.transport;
    request.finish(dma, legacy ? request.room : length);
    return request;
  }

  #start(type: number, sector: number, length: number, bytes?: Uint8Array): BlkRequest {
    const { dma } = this.transport;
    const request = new BlkRequest(dma, type, sector, length);
    let head: number;
    try {
      if (bytes) request.fill(bytes);
      head = request.addTo(this.queue, this.indirect);
    } catch (error) {
      request.free(dma);
      throw error;
    }
    this.#pending.set(head, request);
    this.queue.offer(head);
    return request;
  }

  #readCapacity(): number {
    return this.transport.config(VIRTIO_BLK_CONFIG.capacity);
  }

  #run(request: BlkRequest): Uint8Array {
    this.submit();
    const others: BlkRequest[] = [];
    while (!request.done) {
      const next = this.next();
      if (next !== request) others.push(next);
    }
    this.#finished.push(...others);
    return request.bytes;
  }
}

function padded(bytes: Uint8Array): Uint8Array {
  const sectors = Math.max(1, Math.ceil(bytes.length / VIRTIO_BLK_SECTOR));
  const whole = new Uint8Array(sectors * VIRTIO_BLK_SECTOR);
  whole.set(bytes);
  return whole;
}
