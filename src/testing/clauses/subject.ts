import { bytesSource } from '../../engine/backends/byte-source.ts';
import { Machine } from '../../engine/machine/machine.ts';
import { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import type { EventKind, EventOf } from '../../journal/schema.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { VIRTIO_BLK_SECTOR, VIRTIO_BLK_T } from '../../spec/blk.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import type { Port, PortName } from './port.ts';
import { PORTS } from './ports.ts';
import { Bytes, PackedRing, type Piece, type Ring, SplitRing } from './ring.ts';

/** Ring formats. */
export type Format = 'split' | 'packed';

/** Where a subject's rings, requests and indirect tables lie, from the start of RAM. */
const RINGS = 0x10_0000;
const RING_ROOM = 0x1_0000;
const REQUESTS = 0x20_0000;
const TABLES = 0x30_0000;

const bit = (feature: number) => 1n << BigInt(feature);

/** Features of a driver that wants nothing special. */
export const PLAIN = bit(VIRTIO_F.VIRTIO_F_VERSION_1);

/** A status byte that no device writes. */
const UNTOUCHED = 0xff;

/** One request in guest memory. */
export interface Request {
  /** The chain, readable pieces first. */
  readonly pieces: readonly Piece[];
  readonly data: Piece;
  /** Address of the status byte. */
  readonly status: number;
}

/** A machine with one virtio-blk device of two queues, driven by hand. */
export class Subject {
  readonly port: Port;
  readonly format: Format;
  readonly bytes: Bytes;
  /** What was negotiated last. */
  accepted = 0n;
  readonly #store = new EventStore();
  readonly #reader: JournalReader;
  readonly #ramBase: number;
  #nextRequest: number;
  #nextTable: number;

  /** `more` is added to the device's properties. */
  constructor(name: PortName, format: Format, more = '') {
    const { line, open } = PORTS[name];
    const ring = JournalRing.create(1 << 14, 1 << 20);
    this.#reader = new JournalReader([ring], this.#store);
    const journal = new JournalWriter(ring);
    journal.waitForRoom = () => this.#reader.drain() > 0;
    const properties = `drive=d0${format === 'packed' ? ',packed=on' : ''}${more}`;
    const drive = '-drive if=none,id=d0,file=disk.img,format=raw';
    const machine = Machine.build(`${line.replace('DEVICE', `${drive} -device`)},${properties}`, {
      journal,
      allocateRam: (size) => new SharedArrayBuffer(size),
      openImage: () => bytesSource(Uint8Array.from({ length: 1 << 16 }, (_, i) => (i >> 9) + 1)),
      random: (into) => into.fill(4),
    });
    const device = [...everything(machine)].find((object) => object instanceof VirtioDevice);
    if (!device) throw new Error('the machine has no virtio device');
    this.port = open(machine, device);
    this.format = format;
    this.bytes = new Bytes(machine.ram, this.port.bigEndian);
    this.#ramBase = machine.ram.base;
    this.#nextRequest = this.#ramBase + REQUESTS;
    this.#nextTable = this.#ramBase + TABLES;
  }

  /** What a driver of this interface and ring format accepts at least. */
  get plain(): bigint {
    if (this.port.legacy) return 0n;
    return this.format === 'packed' ? PLAIN | bit(VIRTIO_F.VIRTIO_F_RING_PACKED) : PLAIN;
  }

  /** Every status bit of a driver that is done. */
  get live(): number {
    const legacy = STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.DRIVER_OK;
    return this.port.legacy ? legacy : legacy | STATUS.FEATURES_OK;
  }

  /** Resets and negotiates `features` besides what must be; answers whether the device agreed. */
  negotiate(features: readonly number[] = []): boolean {
    const { port } = this;
    port.reset();
    port.setStatus(STATUS.ACKNOWLEDGE);
    port.setStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER);
    this.accepted = features.reduce((set, feature) => set | bit(feature), this.plain);
    port.accept(this.accepted);
    if (port.legacy) return true;
    port.setStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FEATURES_OK);
    return (port.status() & STATUS.FEATURES_OK) !== 0;
  }

  /** Gives the device a queue. */
  queue(index = 0, size = 8): Ring {
    const { port } = this;
    const entries = port.legacy ? port.queueMax(index) : size;
    const { ram } = port.machine;
    const base = port.ringAddress?.(index) ?? this.#ramBase + RINGS + index * RING_ROOM;
    const ring =
      this.format === 'packed'
        ? new PackedRing(ram, base, entries)
        : new SplitRing(ram, base, entries, port.bigEndian);
    port.setQueue(index, entries, ring.areas);
    return ring;
  }

  /** A whole initialization with queue 0; the device is live. */
  start(features: readonly number[] = [], size = 8): Ring {
    if (!this.negotiate(features)) throw new Error('the device refused the features');
    const ring = this.queue(0, size);
    this.port.setStatus(this.live);
    this.port.told();
    return ring;
  }

  /** A read of one sector, its parts in separate pieces. */
  request(sector = 1, type: number = VIRTIO_BLK_T.IN): Request {
    const header = this.#nextRequest;
    this.#nextRequest += 2 * VIRTIO_BLK_SECTOR;
    const data = { addr: header + 64, len: VIRTIO_BLK_SECTOR, writable: type === VIRTIO_BLK_T.IN };
    const status = data.addr + data.len;
    this.bytes.set32(header, type);
    this.bytes.set32(header + 4, 0);
    this.bytes.set64(header + 8, sector);
    this.bytes.put(data.addr, new Uint8Array(data.len).fill(type === VIRTIO_BLK_T.OUT ? 0x5a : 0));
    this.bytes.put(status, Uint8Array.of(UNTOUCHED));
    const pieces = [{ addr: header, len: 16 }, data, { addr: status, len: 1, writable: true }];
    return { pieces, data, status };
  }

  /** A place for an indirect table. */
  table(): number {
    const at = this.#nextTable;
    this.#nextTable += 0x400;
    return at;
  }

  /** Whether the device has served the request, and rightly. */
  served({ data, status }: Request, sector = 1): boolean {
    if (this.bytes.bytes(status, 1)[0] !== 0) return false;
    return !data.writable || this.bytes.bytes(data.addr, 1)[0] === sector + 1;
  }

  /** Whether the device has not touched the request. */
  untouched({ status }: Request): boolean {
    return this.bytes.bytes(status, 1)[0] === UNTOUCHED;
  }

  /** Every event of `kind` so far. */
  events<K extends EventKind>(kind: K): EventOf<K>[] {
    this.port.machine.journal.flush();
    this.#reader.drain();
    const found: EventOf<K>[] = [];
    for (let i = this.#store.first; i < this.#store.length; i++) {
      const event = this.#store.get(i);
      if (event.kind === kind) found.push(event as unknown as EventOf<K>);
    }
    return found;
  }
}

/** Every object of a machine's composition tree. */
function* everything(machine: Machine): Generator<Machine['root']> {
  const waiting = [machine.root];
  for (let object = waiting.pop(); object; object = waiting.pop()) {
    yield object;
    waiting.push(...object.children.values());
  }
}
