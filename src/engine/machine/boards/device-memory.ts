import type { MemoryRegion } from '../../../memory/memory-region.ts';
import { MemoryRegion as Region } from '../../../memory/memory-region.ts';
import type { MemoryBackend } from '../../backends/memory.ts';
import { isMemoryDevice, type MemoryDevice } from '../../devices/memory-device.ts';
import type { Device } from '../../qdev/device.ts';
import type { HotplugHandler } from '../../qdev/hotplug.ts';
import { addRegion } from '../../qdev/regions.ts';
import { ConfigError, RealizeError } from '../../qom/errors.ts';
import { VirtioPci } from '../../transports/virtio-pci/virtio-pci.ts';
import type { BuildSite } from './board.ts';

const GIB = 2 ** 30;
/** Most slots that ACPI can tell of. */
const MAX_SLOTS = 256;

/** A device's memory in its place. */
interface Plugged {
  readonly device: Device;
  readonly base: bigint;
  /** First byte behind it. */
  readonly end: bigint;
  readonly memory: MemoryBackend;
}

/** Where a board has room for memory that comes later, and what it says where it has none. */
export interface DeviceMemoryOptions {
  /** Guest-physical address of the first byte behind the board's own memory. */
  readonly behind: number;
  /** Whether a place without room is said to be switched off, or to be missing. */
  readonly absent: 'not enabled' | 'not supported';
  /** Sentence for more slots than firmware can tell of. */
  tooMany(slots: number): string;
}

const ABSENT = {
  'not enabled':
    'memory devices (e.g. for memory hotplug) are not enabled, please specify the maxmem option',
  'not supported': 'memory devices (e.g. for memory hotplug) are not supported by the machine',
};

const hex = (value: bigint | number) => `0x${value.toString(16)}`;
const roundUp = (value: bigint, to: bigint) => ((value + to - 1n) / to) * to;

/** Room for memory devices behind a machine's RAM: finds them places, and shows them there. */
class DeviceMemory implements HotplugHandler {
  readonly #options: DeviceMemoryOptions;
  /** Bytes that devices may have together. */
  readonly #total: bigint;
  readonly #region: MemoryRegion | undefined;
  readonly #base: bigint;
  /** Ascending by address. */
  readonly #plugged: Plugged[] = [];

  constructor(site: BuildSite, options: DeviceMemoryOptions) {
    this.#options = options;
    const total = Math.max(0, site.maxRamBytes - site.ramBytes);
    this.#total = BigInt(total);
    const base = Math.ceil(options.behind / GIB) * GIB;
    this.#base = BigInt(base);
    if (total === 0) return;
    if (site.ramSlots > MAX_SLOTS) throw new ConfigError(options.tooMany(site.ramSlots));
    // Each slot may begin at the next gibibyte.
    const region = Region.container('device-memory', total + site.ramSlots * GIB);
    this.#region = addRegion(site.machine, region);
    site.context.memory.root.addSubregion(base, region);
  }

  prePlug(device: Device): void {
    const memory = memoryOf(device);
    const { hotplugHandler } = device.parentBus ?? {};
    if (!hotplugHandler && device.hotplugged)
      throw new RealizeError('hotplug of virtio based memory devices not supported on this bus.');
    memory.memoryAddress = this.#placeFor(memory);
    hotplugHandler?.prePlug?.(device);
  }

  plug(device: Device): void {
    device.parentBus?.hotplugHandler?.plug?.(device);
    const inner = memoryOf(device);
    const [memory, base] = [inner.deviceMemory(), inner.memoryAddress];
    this.#plugged.push({ device, base, end: base + BigInt(memory.bytes), memory });
    this.#plugged.sort((a, b) => (a.base < b.base ? -1 : 1));
    this.#region?.addSubregion(Number(base - this.#base), memory.region);
  }

  unplugRequest(): never {
    throw new ConfigError('virtio based memory devices cannot be unplugged.');
  }

  /** Address for a device that is not there yet. Throws RealizeError with QEMU's sentence. */
  #placeFor(device: MemoryDevice): bigint {
    const memory = device.deviceMemory();
    const size = BigInt(memory.bytes);
    const region = this.#region;
    if (!region) throw new RealizeError(ABSENT[this.#options.absent]);
    const used = this.#plugged.reduce((sum, { base, end }) => sum + end - base, 0n);
    if (used + size > this.#total)
      throw new RealizeError(
        `not enough space, currently ${hex(used)} in use of total space for memory devices ${hex(this.#total)}`,
      );
    const align = BigInt(Math.max(memory.alignment, device.alignment));
    const hint = device.memoryAddress;
    if (hint % align !== 0n)
      throw new RealizeError(`address must be aligned to ${hex(align)} bytes`);
    if (size % align !== 0n)
      throw new RealizeError(`backend memory size must be multiple of ${hex(align)}`);
    const limit = this.#base + BigInt(region.size);
    if (hint !== 0n) {
      if (hint < this.#base || hint + size > limit)
        throw new RealizeError(
          `can't add memory device [${hex(hint)}:${hex(size)}], usable range for memory devices [${hex(this.#base)}:${hex(region.size)}]`,
        );
      const holder = this.#plugged.find(({ base, end }) => hint < end && base < hint + size);
      if (holder)
        throw new RealizeError(
          `address range conflicts with memory device id='${holder.device.id || '(unnamed)'}'`,
        );
      return hint;
    }
    let at = roundUp(this.#base, align);
    for (const { base, end } of this.#plugged)
      if (at < end && base < at + size) at = roundUp(end, align);
    if (at + size > limit)
      throw new RealizeError(
        'could not find position in guest address space for memory device - memory fragmented due to alignments',
      );
    return at;
  }
}

function memoryOf(device: Device): MemoryDevice {
  const inner = device instanceof VirtioPci ? device.vdev : device;
  if (!isMemoryDevice(inner)) throw new RealizeError(`${device.type.name} has no memory`);
  return inner;
}

/** Gives a board room for memory devices, of which `-m maxmem=` and `slots=` say how much there is. */
export function addDeviceMemory(site: BuildSite, options: DeviceMemoryOptions): void {
  const memory = new DeviceMemory(site, options);
  site.handlers.push((device) =>
    device instanceof VirtioPci && isMemoryDevice(device.vdev) ? memory : undefined,
  );
}
