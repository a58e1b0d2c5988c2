import { bytesSource } from '../../engine/backends/byte-source.ts';
import { Machine } from '../../engine/machine/machine.ts';
import { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { JournalRing, RING } from '../../journal/ring.ts';
import { JournalWriter, silentJournal } from '../../journal/writer.ts';
import { STATUS, VIRTIO_F, VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import type { Access } from '../differential/access.ts';
import { BARS, PC_FIRMWARE } from '../differential/configurations.ts';
import { pciConfigRead, pciConfigWrite } from '../differential/pci-config.ts';
import {
  type Areas,
  legacyPci,
  mmio,
  modernPci,
  type TransportDriver,
} from '../differential/transports.ts';
import { Addresses } from './addresses.ts';
import { BUFFERS, Canary, clearRing, placeRing, RAM_END, RINGS } from './arena.ts';
import { DriverRing } from './driver-ring.ts';
import { Random } from './random.ts';
import { GOOD_REQUESTS, type GoodRequest } from './requests.ts';
import { RingDeeds } from './ring-deeds.ts';
import type { Target, Way } from './targets.ts';

const DEVFN = 4 << 3;
/** More time of processors than this nothing may take, in ms: what one thread may, and the other meanwhile. */
const PATIENCE = 60_000;
const DISK_BYTES = 1 << 18;

const VERSION_1 = 1n << BigInt(VIRTIO_F.VIRTIO_F_VERSION_1);
const RING_PACKED = 1n << BigInt(VIRTIO_F.VIRTIO_F_RING_PACKED);
/** Features without which more can go wrong. */
const ALWAYS = VERSION_1 | RING_PACKED;

const WIDTHS = [1, 2, 4] as const;

/** What a way leads through. */
function transportOf(way: Way): TransportDriver {
  switch (way) {
    case 'modern':
    case 'packed':
      return modernPci(BARS.modern, 4);
    case 'legacy':
      return legacyPci(BARS.io);
    default:
      return mmio(0xfeb0_0e00, way === 'mmio1');
  }
}

/**
 * A driver that does whatever a guest can do, to one device of a machine of its own. Where it is
 * `guarded`, the addresses that it names all lie in its arena or outside RAM, so that the rest of RAM
 * must stay as it is; else nothing that it writes makes sense.
 */
export class HostileDriver {
  readonly #target: Target;
  readonly #random: Random;
  readonly #addresses: Addresses;
  readonly #deeds: RingDeeds;
  readonly #machine: Machine;
  readonly #transport: TransportDriver;
  readonly #guarded: boolean;
  readonly #ram: DataView;
  readonly #canary: Canary | undefined;
  readonly #journal: JournalRing | undefined;
  readonly #rings: DriverRing[] = [];
  readonly #good: readonly GoodRequest[];

  constructor(target: Target, seed: number) {
    this.#target = target;
    const random = new Random(seed);
    this.#random = random;
    this.#guarded = !random.once(3);
    this.#addresses = new Addresses(random, this.#guarded);
    this.#journal = random.once(4) ? JournalRing.create(1 << 12, 1 << 18) : undefined;
    const disk = new Uint8Array(DISK_BYTES);
    this.#machine = Machine.build(`qemu-system-x86_64 ${target.line}`, {
      journal: this.#journal ? new JournalWriter(this.#journal) : silentJournal(),
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: () => bytesSource(disk),
      random: (into) => into.fill(0x5a),
    });
    const { ram } = this.#machine;
    this.#transport = transportOf(target.way);
    this.#ram = new DataView(ram.buffer, 0, RAM_END);
    this.#deeds = new RingDeeds(random, this.#addresses, this.#ram, this.#guarded);
    if (this.#guarded && !target.takesPages) this.#canary = new Canary(ram.buffer);
    this.#good = GOOD_REQUESTS[target.kind] ?? [];
  }

  /** The device; another one once the machine was restored from a snapshot. */
  get #vdev(): VirtioDevice {
    const found = this.#machine.devices
      .map((device) => device.children.get('virtio-backend') ?? device)
      .find((device) => device instanceof VirtioDevice);
    if (!found) throw new Error('no device');
    return found;
  }

  /** Does `count` hostile things, then has the device reset and serve a good request. Throws where something is wrong. */
  round(count: number): void {
    if (this.#random.once(8)) this.#machine.reset();
    this.#firmware();
    this.#bringUp(this.#someFeatures());
    for (let i = 0; i < count; i++) {
      const begin = performance.now();
      const before = process.cpuUsage();
      this.#step();
      if (performance.now() - begin < PATIENCE) continue;
      // A busy machine lets a request wait: work counts, this thread's and, at worst, that of others.
      const { user, system } = process.cpuUsage(before);
      const took = (user + system) / 1000;
      if (took > PATIENCE) throw new Error(`one request took ${took} ms`);
    }
    this.#canary?.check();
    this.#revive();
    this.#canary?.check();
    if (this.#journal) this.#drain(this.#journal);
  }

  #step(): void {
    const random = this.#random;
    const { broken, disabled, status } = this.#vdev;
    // Drivers let go of a device that is lost; some of them at once.
    if ((broken || disabled || !(status & STATUS.DRIVER_OK)) && random.once(4)) {
      this.#firmware();
      this.#bringUp(this.#someFeatures());
      return;
    }
    const what = random.below(100);
    if (what < 84) this.#request(random.below(this.#rings.length));
    else if (what < 88) {
      const ring = this.#rings[random.below(this.#rings.length)];
      if (ring) this.#deeds.scribble(ring);
    } else if (what < 92) this.#register();
    else if (what < 94) this.#configuration();
    else if (what < 96) this.#do([this.#transport.notify(random.edge() & 0xffff)]);
    else if (what < 97) this.#do(this.#transport.acknowledge());
    else if (what < 98) this.#setUp(random.below(this.#rings.length), true);
    else if (what < 99) this.#do(this.#transport.resetQueue(random.below(this.#rings.length)));
    else if (random.once(2)) this.#do([this.#transport.writeStatus(random.word() & 0xff)]);
    else this.#bringUp(this.#someFeatures());
  }

  // What a driver does

  #do(accesses: readonly Access[]): void {
    for (const access of accesses) {
      if (access.op === 'read') this.#read(access.space, access.address, access.width);
      else if (access.op === 'write')
        this.#write(access.space, access.address, access.width, access.value);
    }
  }

  #read(space: 'memory' | 'io', address: number, width: number): number {
    const value = this.#machine.read(space, address, width === 8 ? 4 : (width as 1 | 2 | 4));
    if (!(value >= 0 && value < 2 ** (8 * width)))
      throw new Error(`${width} bytes at ${address.toString(16)} read as ${value}`);
    return value;
  }

  #write(space: 'memory' | 'io', address: number, width: number, value: number): void {
    this.#machine.write(space, address, width === 8 ? 4 : (width as 1 | 2 | 4), value % 2 ** 32);
  }

  #firmware(): void {
    if (!this.#target.way.startsWith('mmio')) this.#do(PC_FIRMWARE);
  }

  #someFeatures(): bigint {
    const { deviceFeatures } = this.#vdev;
    const random = this.#random;
    const mask = BigInt(random.word()) | (BigInt(random.word()) << 32n);
    if (random.once(3)) return deviceFeatures;
    if (random.once(16)) return mask;
    return deviceFeatures & (mask | ALWAYS);
  }

  #bringUp(features: bigint): void {
    const transport = this.#transport;
    const { ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK } = STATUS;
    const ready = transport.legacy ? ACKNOWLEDGE | DRIVER : ACKNOWLEDGE | DRIVER | FEATURES_OK;
    this.#do([
      transport.writeStatus(0),
      ...transport.prepare,
      transport.writeStatus(ACKNOWLEDGE | DRIVER),
      ...transport.writeFeatures(
        Number(features & 0xffff_ffffn),
        Number((features >> 32n) & 0xffff_ffffn),
      ),
      transport.writeStatus(ready),
    ]);
    const count = Math.min(RINGS, this.#vdev.queues.length);
    for (let queue = 0; queue < count; queue++) this.#setUp(queue, false);
    this.#do([transport.writeStatus(ready | DRIVER_OK)]);
  }

  #setUp(queue: number, hostile: boolean): void {
    const random = this.#random;
    const transport = this.#transport;
    const offered = this.#vdev.queues[queue]?.vq.maxSize ?? 1;
    const size = transport.legacy || !random.once(4) ? offered : 1 + random.below(offered);
    clearRing(this.#ram.buffer, queue);
    const areas = placeRing(queue, transport.legacy, size);
    const told = hostile ? this.#wrongAreas(areas) : areas;
    const wanted = hostile && random.once(2) ? random.edge() & 0xffff : size;
    this.#do(transport.setUpQueue(queue, wanted, told, hostile ? random.below(3) : 1));
    // The device may know another size now, and another format.
    const { size: known = size, packed = false } = this.#vdev.queues[queue]?.vq ?? {};
    const placed = placeRing(queue, transport.legacy, Math.max(size, known));
    this.#rings[queue] = new DriverRing(this.#ram, placed, size, packed);
  }

  /** Where a ring should not be. */
  #wrongAreas({ desc, driver, device }: Areas): Areas {
    if (this.#guarded)
      return { desc, driver, device: this.#random.pick([device, RAM_END - 4, RAM_END]) };
    const addresses = this.#addresses;
    return { desc: addresses.any(), driver: addresses.any(), device: addresses.any() };
  }

  /** Makes one chain available, and mostly tells. */
  #request(queue: number): void {
    const random = this.#random;
    const ring = this.#rings[queue];
    if (!ring) return;
    const template = this.#good.length > 0 && !random.once(8) ? random.pick(this.#good) : undefined;
    const index = template && !random.once(8) ? template.queue : queue;
    const chosen = this.#rings[index] ?? ring;
    this.#deeds.offer(chosen, template);
    if (!random.once(5)) this.#do([this.#transport.notify(index)]);
  }

  /** Reads or writes any register in any width. */
  #register(): void {
    const random = this.#random;
    const range = random.pick(this.#transport.ranges);
    const offset = random.once(2) ? random.pick(range.known) : random.below(range.size);
    const at = range.address + offset;
    const width = random.pick(WIDTHS);
    if (random.once(2)) this.#read(range.space, at, width);
    // Where RAM is guarded, no register is told an address.
    else if (!this.#guarded || !this.#placesQueue(range.name, offset))
      this.#write(range.space, at, width, random.once(2) ? random.edge() : random.word());
  }

  /** Whether a register decides where a queue lies. */
  #placesQueue(range: string, offset: number): boolean {
    if (range === 'common') return offset >= 0x16 && offset < 0x38;
    if (range === 'registers')
      return offset >= 0x28 && offset < 0xac && (offset < 0x44 || offset >= 0x80);
    return range === 'legacy' && offset >= 4 && offset < 0x10;
  }

  /** Reads or writes configuration: the device's, or a PCI function's. */
  #configuration(): void {
    const random = this.#random;
    const width = random.pick(WIDTHS);
    if (this.#target.way.startsWith('mmio') || random.once(3)) {
      const offset = random.below(0x60);
      this.#do([
        random.once(2)
          ? this.#transport.readConfig(offset, width)
          : this.#transport.writeConfig(offset, width, random.edge()),
      ]);
      return;
    }
    if (random.once(4)) this.#vector();
    else {
      const offset = random.below(256 / width) * width;
      const writes = random.once(2) && !(this.#guarded && (offset < 0x40 || offset >= 0x84));
      this.#do(
        writes
          ? pciConfigWrite(DEVFN, offset, width, random.edge())
          : pciConfigRead(DEVFN, offset, width),
      );
    }
  }

  /** Programs an MSI-X vector, and gives it to somebody. */
  #vector(): void {
    const random = this.#random;
    const at = BARS.msix + 16 * random.below(8);
    const address = random.once(4)
      ? random.word() | 0x8000_0000
      : BUFFERS.from + 4 * random.below(64);
    this.#write('memory', at, 4, address >>> 0);
    this.#write('memory', at + 8, 4, random.word());
    this.#write('memory', at + 12, 4, random.below(2));
    this.#do(pciConfigWrite(DEVFN, 0x9a, 2, random.pick([0, 0x8000, 0xc000])));
    const queue = random.once(3) ? undefined : random.below(this.#rings.length);
    this.#do(this.#transport.assignVector(queue, random.below(10)));
  }

  // What must hold

  /** After a reset by its driver the device works as if nothing had been. */
  #revive(): void {
    this.#firmware();
    const { deviceFeatures } = this.#vdev;
    this.#bringUp(deviceFeatures & ALWAYS);
    const { status } = this.#vdev;
    const wanted =
      STATUS.ACKNOWLEDGE |
      STATUS.DRIVER |
      STATUS.DRIVER_OK |
      (this.#transport.legacy ? 0 : STATUS.FEATURES_OK);
    if (status !== wanted) throw new Error(`after a reset the status is ${status}, not ${wanted}`);
    const [request] = this.#good;
    if (request) this.#serve(request);
  }

  #serve({ queue, readable, writable, status }: GoodRequest): void {
    const ring = this.#rings[queue];
    if (!ring) return;
    const ram = this.#ram;
    const data = BUFFERS.from;
    readable.forEach((byte, i) => {
      ram.setUint8(data + i, byte);
    });
    const answer = data + 8192;
    // A size that the device chose: never more descriptors than a ring of one has.
    const pieces = [
      { address: data, length: readable.length, flags: 0 },
      { address: answer, length: writable, flags: VIRTQ_DESC_F_WRITE },
    ].filter(({ length }) => length > 0);
    if (pieces.length > ring.size) return;
    ram.setUint8(answer + Math.max(0, writable - 1), 0xee);
    for (const [i, { address, length, flags }] of pieces.entries()) {
      const goesOn = i + 1 < pieces.length ? VIRTQ_DESC_F_NEXT : 0;
      ring.put(i, { address, length, flags: flags | goesOn, next: i + 1 });
    }
    ring.advance(pieces.length);
    if (!ring.packed) ring.announce(0);
    this.#do([this.#transport.notify(queue)]);
    if (!ring.firstUsed)
      throw new Error(`after a reset a good request of queue ${queue} is not answered`);
    const told = ram.getUint8(answer + writable - 1);
    if (status !== undefined && told !== status)
      throw new Error(`after a reset a good request ends with status ${told}`);
  }

  /** Takes everything out of the journal, so that it never fills. */
  #drain({ header }: JournalRing): void {
    this.#machine.journal.flush();
    header[RING.tail] = header[RING.head] ?? 0;
    header[RING.sideTail] = header[RING.sideHead] ?? 0;
  }
}
