import { alignUp } from '../../base/bits.ts';
import { bytesSource } from '../../engine/backends/byte-source.ts';
import { Machine } from '../../engine/machine/machine.ts';
import { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { LEGACY_PAGE, legacyAreas } from '../../guest/transport/legacy-rings.ts';
import { JournalRing, RING } from '../../journal/ring.ts';
import { JournalWriter, silentJournal } from '../../journal/writer.ts';
import {
  PACKED,
  RING_EVENT_FLAGS_DESC,
  SPLIT,
  STATUS,
  VIRTIO_F,
  VIRTQ_DESC_F_AVAIL,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_USED,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
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
import { Random } from './random.ts';
import { GOOD_REQUESTS, type GoodRequest } from './requests.ts';
import type { Target, Way } from './targets.ts';

const MIB = 2 ** 20;
const RAM_END = 4 * MIB;
/** What the driver uses: the last piece of RAM, so that whatever runs on from there runs out of it. */
const ARENA = 3 * MIB;
/** RAM that nothing may touch. */
const CANARY = { from: MIB, to: ARENA } as const;
const RINGS = 8;
/** Entries of the largest ring that a driver can ask for: QEMU's VIRTQUEUE_MAX_SIZE. */
const MOST_ENTRIES = 1024;
/** Bytes from one ring to the next: room for the largest, so that what lies in one is never in another. */
const RING_STRIDE = alignUp(
  ringAreas(0, MOST_ENTRIES).device + SPLIT.usedRing(MOST_ENTRIES),
  LEGACY_PAGE,
);
const BUFFERS = { from: ARENA + RINGS * RING_STRIDE, to: ARENA + 0xe_0000 } as const;
const TABLES = { from: ARENA + 0xe_0000, to: RAM_END } as const;
const DEVFN = 4 << 3;
/** Longer than this nothing may take, in ms. */
const PATIENCE = 30_000;
const DISK_BYTES = 1 << 18;

const VERSION_1 = 1n << BigInt(VIRTIO_F.VIRTIO_F_VERSION_1);
const RING_PACKED = 1n << BigInt(VIRTIO_F.VIRTIO_F_RING_PACKED);
/** Features without which more can go wrong. */
const ALWAYS = VERSION_1 | RING_PACKED;

const WIDTHS = [1, 2, 4] as const;
const LENGTHS = [0, 1, 2, 8, 16, 24, 511, 512, 4096, 0x1_0000, 0x7fff_ffff, 0xffff_ffff] as const;
const GOOD_LENGTHS = [1, 4, 8, 16, 24, 64, 512, 513, 1024, 4096] as const;
const VALUES = [
  ...[0, 1, 2, 3, 4, 7, 8, 15, 16, 0x7f, 0x80, 0xff, 0x100, 0x3ff, 0x400, 0x401, 0x7fff, 0x8000],
  ...[0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff],
] as const;

/** Where a ring of `size` entries lies from `desc` on, in the layout that a legacy driver must choose. */
function ringAreas(desc: number, size: number): Areas {
  const { avail, used } = legacyAreas(desc, size);
  return { desc, driver: avail, device: used };
}

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

interface Ring {
  areas: Areas;
  size: number;
  /** Free-running index of a split ring; place in a packed one. */
  next: number;
  desc: number;
  wrap: boolean;
}

/**
 * A driver that does whatever a guest can do, to one device of a machine of its own. Where it is
 * `guarded`, the addresses that it names all lie in its arena or outside RAM, so that the rest of RAM
 * must stay as it is; else nothing that it writes makes sense.
 */
export class HostileDriver {
  readonly #target: Target;
  readonly #random: Random;
  readonly #machine: Machine;
  readonly #transport: TransportDriver;
  readonly #guarded: boolean;
  readonly #ram: DataView;
  readonly #canary: Uint8Array;
  readonly #journal: JournalRing | undefined;
  readonly #rings: Ring[] = [];
  readonly #good: readonly GoodRequest[];
  #packed = false;

  constructor(target: Target, seed: number) {
    this.#target = target;
    const random = new Random(seed);
    this.#random = random;
    this.#guarded = !random.once(3);
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
    const words = new Uint32Array(ram.buffer, CANARY.from, (CANARY.to - CANARY.from) / 4);
    for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 0x9e37_79b1);
    this.#canary = new Uint8Array(words.length * 4);
    this.#canary.set(new Uint8Array(ram.buffer, CANARY.from, this.#canary.length));
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
      this.#step();
      const took = performance.now() - begin;
      if (took > PATIENCE) throw new Error(`one request took ${took} ms`);
    }
    this.#checkCanary();
    this.#revive();
    this.#checkCanary();
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
    else if (what < 88) this.#scribble();
    else if (what < 92) this.#register();
    else if (what < 94) this.#configuration();
    else if (what < 96) this.#do([this.#transport.notify(random.pick(VALUES) & 0xffff)]);
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
    this.#packed = (features & RING_PACKED) !== 0n && !transport.legacy;
    const count = Math.min(RINGS, this.#vdev.queues.length);
    for (let queue = 0; queue < count; queue++) this.#setUp(queue, false);
    this.#do([transport.writeStatus(ready | DRIVER_OK)]);
  }

  #setUp(queue: number, hostile: boolean): void {
    const random = this.#random;
    const transport = this.#transport;
    const offered = this.#vdev.queues[queue]?.vq.maxSize ?? 1;
    const size = transport.legacy || !random.once(4) ? offered : 1 + random.below(offered);
    const desc = ARENA + queue * RING_STRIDE;
    new Uint8Array(this.#ram.buffer, desc, RING_STRIDE).fill(0);
    // A driver that says where each area is keeps them where they are, whatever size it asks for next.
    const areas = ringAreas(desc, transport.legacy ? size : MOST_ENTRIES);
    let told: Areas = areas;
    if (hostile && !this.#guarded)
      told = {
        desc: this.#anyAddress(),
        driver: this.#anyAddress(),
        device: this.#anyAddress(),
      };
    else if (hostile)
      told = { ...areas, device: random.pick([areas.device, RAM_END - 4, RAM_END]) };
    const wanted = hostile && random.once(2) ? random.pick(VALUES) & 0xffff : size;
    this.#do(transport.setUpQueue(queue, wanted, told, hostile ? random.below(3) : 1));
    // Where the device decides by its size, a table is as long as the device takes it to be.
    const entries = Math.max(size, this.#vdev.queues[queue]?.vq.size ?? 0);
    this.#rings[queue] = {
      areas: transport.legacy ? ringAreas(desc, entries) : areas,
      size,
      next: 0,
      desc: 0,
      wrap: true,
    };
  }

  /** Makes one chain available, and mostly tells. */
  #request(queue: number): void {
    const random = this.#random;
    const ring = this.#rings[queue];
    if (!ring) return;
    const template = this.#good.length > 0 && !random.once(8) ? random.pick(this.#good) : undefined;
    const index = template && !random.once(8) ? template.queue : queue;
    const chosen = this.#rings[index] ?? ring;
    const inTable = random.once(3);
    const readable = random.once(30) ? 0 : 1 + random.below(3);
    const writable = random.once(30) || template?.writable === 0 ? 0 : 1 + random.below(3);
    const long = random.once(200) ? random.below(300) : 0;
    const count = Math.max(1, readable + writable + long);
    const table = inTable ? TABLES.from + 16 * random.below(0x1000) : 0;
    if (inTable) {
      const room = Math.min(count, Math.floor((TABLES.to - table) / 16));
      this.#chain(table, room, room, 0, readable, template, false);
      const length = this.#hostile(60) ? random.pick(LENGTHS) : 16 * room;
      this.#offer(chosen, 1, () =>
        this.#putDescriptor(
          chosen,
          0,
          this.#hostile(60) ? this.#address() : table,
          length,
          VIRTQ_DESC_F_INDIRECT,
          0,
        ),
      );
    } else
      this.#offer(chosen, count, () =>
        this.#chain(chosen.areas.desc, chosen.size, count, chosen.desc, readable, template, true),
      );
    if (!random.once(5)) this.#do([this.#transport.notify(index)]);
  }

  /** Whether the next thing is made wrong, once in `times`. */
  #hostile(times: number): boolean {
    return this.#random.once(times);
  }

  /** Puts `count` descriptors at `base`, a ring of `size` of them, from place `first` on. */
  #chain(
    base: number,
    size: number,
    count: number,
    first: number,
    readable: number,
    template: GoodRequest | undefined,
    inRing: boolean,
  ): void {
    const random = this.#random;
    let at = 0;
    for (let i = 0; i < count; i++) {
      const place = (first + i) % size;
      const writes = i >= readable;
      let address = BUFFERS.from + 16 * random.below((BUFFERS.to - BUFFERS.from - 8192) / 16);
      let length = random.once(2) ? 1 + random.below(600) : random.pick(GOOD_LENGTHS);
      if (template && !writes) {
        const rest = template.readable.length - at;
        length = i === readable - 1 ? Math.max(1, rest) : Math.max(1, Math.min(rest, 16));
        for (let b = 0; b < length; b++)
          this.#ram.setUint8(
            address + b,
            random.once(24) ? random.word() & 0xff : (template.readable[at + b] ?? 0),
          );
        at += length;
      } else if (template && i === count - 1 && random.once(2))
        length = Math.max(1, template.writable);
      if (this.#hostile(100)) address = this.#address();
      if (this.#hostile(100)) length = random.pick(LENGTHS);
      let flags =
        (writes ? VIRTQ_DESC_F_WRITE : 0) | (i + 1 < count && inRing ? VIRTQ_DESC_F_NEXT : 0);
      let next = (first + i + 1) % size;
      if (!inRing && i + 1 < count && !this.#packed) flags |= VIRTQ_DESC_F_NEXT;
      if (this.#hostile(120)) flags ^= 1 << random.below(16);
      if (this.#guarded && inRing) flags &= ~VIRTQ_DESC_F_INDIRECT;
      if (this.#hostile(120)) next = random.word() & 0xffff;
      this.#put(base + 16 * place, address, length, flags, next, inRing);
    }
  }

  #putDescriptor(
    ring: Ring,
    n: number,
    address: number,
    length: number,
    flags: number,
    next: number,
  ) {
    const at = ring.areas.desc + 16 * ((ring.desc + n) % ring.size);
    this.#put(at, address, length, flags, next, true);
  }

  #put(at: number, address: number, length: number, flags: number, next: number, inRing: boolean) {
    const ram = this.#ram;
    if (at < ARENA || at + 16 > RAM_END) return;
    ram.setUint32(at, address % 2 ** 32, true);
    ram.setUint32(at + 4, Math.floor(address / 2 ** 32) >>> 0, true);
    ram.setUint32(at + 8, length, true);
    if (this.#packed) {
      const marks = this.#wrap(at) ? VIRTQ_DESC_F_AVAIL : VIRTQ_DESC_F_USED;
      ram.setUint16(at + PACKED.descId, next, true);
      ram.setUint16(at + PACKED.descFlags, inRing ? flags | marks : flags, true);
    } else {
      ram.setUint16(at + 12, flags, true);
      ram.setUint16(at + 14, next, true);
    }
  }

  /** Wrap counter with which the packed ring that has a descriptor at `at` makes it available. */
  #wrap(at: number): boolean {
    const ring = this.#rings[Math.floor((at - ARENA) / RING_STRIDE)];
    if (!ring) return true;
    const place = (at - ring.areas.desc) / 16;
    return place >= ring.desc ? ring.wrap : !ring.wrap;
  }

  /** Writes a chain's descriptors, and makes them available. */
  #offer(ring: Ring, count: number, write: () => void): void {
    const random = this.#random;
    const first = ring.desc;
    write();
    ring.desc += count;
    while (ring.desc >= ring.size) {
      ring.desc -= ring.size;
      ring.wrap = !ring.wrap;
    }
    if (this.#packed) return;
    const { driver } = ring.areas;
    const head = this.#hostile(200) ? random.word() & 0xffff : first;
    this.#ram.setUint16(driver + SPLIT.availEntry(ring.next % ring.size), head, true);
    const far = random.once(20);
    const jump = random.below(far ? 0x1_0000 : 64);
    ring.next = (ring.next + (this.#hostile(1000) ? jump : 1)) & 0xffff;
    this.#ram.setUint16(driver + SPLIT.availIdx, ring.next, true);
  }

  /** An address that a descriptor should not have. */
  #address(): number {
    const random = this.#random;
    switch (random.below(6)) {
      case 0:
        return RAM_END - random.below(64);
      case 1:
        return RAM_END + random.below(1 << 20);
      case 2:
        return random.word() * 2 ** 32 + random.word();
      case 3:
        return ARENA + random.below(RAM_END - ARENA);
      case 4:
        return 2 ** 32 - 1 - random.below(4096);
      default:
        return this.#guarded ? 2 ** 53 - 1 : this.#anyAddress();
    }
  }

  #anyAddress(): number {
    const random = this.#random;
    return random.pick([
      0,
      random.below(RAM_END),
      RAM_END - random.below(256),
      ARENA + random.below(RAM_END - ARENA),
      ARENA + 4096 * random.below(64),
      random.word(),
      random.word() * 2 ** 20,
    ]);
  }

  /** Spoils what lies in a ring. */
  #scribble(): void {
    const random = this.#random;
    const ring = this.#rings[random.below(this.#rings.length)];
    if (!ring) return;
    const { desc, driver, device } = ring.areas;
    const ram = this.#ram;
    switch (random.below(5)) {
      case 0:
        ram.setUint16(driver + 2 * random.below(ring.size + 3), random.pick(VALUES), true);
        break;
      case 1:
        ram.setUint16(device + 2 * random.below(4 * ring.size + 3), random.pick(VALUES), true);
        break;
      case 2:
        ram.setUint32(desc + 16 * random.below(ring.size) + 8, random.pick(LENGTHS), true);
        break;
      case 3:
        if (this.#packed) {
          ram.setUint16(driver, random.word(), true);
          ram.setUint16(driver + 2, random.pick([0, 1, RING_EVENT_FLAGS_DESC, 3]), true);
        } else ram.setUint16(driver + SPLIT.usedEvent(ring.size), random.word(), true);
        break;
      default:
        if (!this.#guarded)
          ram.setUint32(desc + 4 * random.below(4 * ring.size), random.word(), true);
        else ram.setUint16(driver, random.below(2), true);
    }
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
      this.#write(range.space, at, width, random.once(2) ? random.pick(VALUES) : random.word());
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
          : this.#transport.writeConfig(offset, width, random.pick(VALUES)),
      ]);
      return;
    }
    if (random.once(4)) this.#vector();
    else {
      const offset = random.below(256 / width) * width;
      const writes = random.once(2) && !(this.#guarded && (offset < 0x40 || offset >= 0x84));
      this.#do(
        writes
          ? pciConfigWrite(DEVFN, offset, width, random.pick(VALUES))
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
    const { areas } = ring;
    const ram = this.#ram;
    const data = BUFFERS.from;
    readable.forEach((byte, i) => {
      ram.setUint8(data + i, byte);
    });
    const answer = data + 8192;
    const both = readable.length > 0 && writable > 0;
    // A size that the device chose: never more descriptors than a ring of one has.
    const pieces = [
      { address: data, length: readable.length, flags: 0 },
      { address: answer, length: writable, flags: VIRTQ_DESC_F_WRITE },
    ].filter(({ length }) => length > 0);
    if (both && ring.size < 2) return;
    ram.setUint8(answer + Math.max(0, writable - 1), 0xee);
    this.#offer(ring, pieces.length, () => {
      for (const [i, { address, length, flags }] of pieces.entries())
        this.#putDescriptor(
          ring,
          i,
          address,
          length,
          flags | (i + 1 < pieces.length ? VIRTQ_DESC_F_NEXT : 0),
          i + 1,
        );
    });
    if (!this.#packed) {
      ram.setUint16(areas.driver + SPLIT.availEntry(0), 0, true);
      ram.setUint16(areas.driver + SPLIT.availIdx, 1, true);
    }
    this.#do([this.#transport.notify(queue)]);
    const used = this.#packed
      ? (ram.getUint16(areas.desc + PACKED.descFlags, true) & VIRTQ_DESC_F_USED) !== 0
      : ram.getUint16(areas.device + SPLIT.usedIdx, true) === 1;
    if (!used) throw new Error(`after a reset a good request of queue ${queue} is not answered`);
    const told = ram.getUint8(answer + writable - 1);
    if (status !== undefined && told !== status)
      throw new Error(`after a reset a good request ends with status ${told}`);
  }

  #checkCanary(): void {
    if (!this.#guarded || this.#target.takesPages) return;
    const { length } = this.#canary;
    const now = Buffer.from(this.#ram.buffer, CANARY.from, length);
    if (now.equals(this.#canary)) return;
    const at = now.findIndex((byte, i) => byte !== this.#canary[i]);
    throw new Error(`RAM at 0x${(CANARY.from + at).toString(16)} was written to`);
  }

  /** Takes everything out of the journal, so that it never fills. */
  #drain({ header }: JournalRing): void {
    this.#machine.journal.flush();
    header[RING.tail] = header[RING.head] ?? 0;
    header[RING.sideTail] = header[RING.sideHead] ?? 0;
  }
}
