import { isPowerOfTwo } from '../../base/bits.ts';
import { VIRTIO_MEM_F as F, VIRTIO_MEM_CONFIG } from '../../spec/mem.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import type { MemoryBackend } from '../backends/memory.ts';
import { ConfigError } from '../qom/errors.ts';
import {
  bool,
  custom,
  link,
  onOffAuto,
  type Property,
  type PropertyTable,
  size,
  u32,
  u64,
} from '../qom/property.ts';
import type { ObjectInit, TypeInfo } from '../qom/type.ts';
import { packConfig } from '../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../virtio/virtio-device.ts';
import type { MemoryDevice } from './memory-device.ts';

const QUEUE_SIZE = 128;
const MIN_BLOCK = 2 ** 20;
/** Bytes of a page of the host's. */
const PAGE = 4096;
/** Bytes of a large page of the host's: a block is such a page where nobody says otherwise. */
const DEFAULT_BLOCK = 2 * 2 ** 20;

/** Every machine is one node: `-numa` is not modelled. */
const NUMA_NODES = 1;

const quotedHex = (bytes: number) => `0x${bytes.toString(16)}`;

/** Bytes that are plugged; the driver sees to that. */
const plugged: Property<number> = {
  ...custom<number>({ type: 'size', default: 0, parse: Number, print: String }),
  read: (object) => (object as VirtioMem).pluggedBytes,
};

const blockSize: Property<number> = {
  ...custom<number>({
    type: 'size',
    default: 0,
    parse(text, context) {
      const bytes = size(0).parse(text, context);
      if (bytes < MIN_BLOCK)
        throw new ConfigError(
          `'${context.name}' property has to be at least ${quotedHex(MIN_BLOCK)}`,
        );
      if (!isPowerOfTwo(bytes))
        throw new ConfigError(`'${context.name}' property has to be a power of two`);
      return bytes;
    },
    print: String,
    toJson: (bytes) => bytes || DEFAULT_BLOCK,
  }),
  store(object, bytes) {
    if ((object as VirtioMem).realized) throw new ConfigError("'block-size' cannot be changed");
    object.values['block-size'] = bytes;
  },
};

const requestedSize: Property<number> = {
  ...custom<number>({
    type: 'size',
    default: 0,
    parse: (text, context) => size(0).parse(text, context),
    print: String,
  }),
  store: (object, bytes) => (object as VirtioMem).request(bytes),
};

const PROPERTIES = {
  memaddr: u64(0n),
  node: u32(0),
  prealloc: bool(false),
  memdev: link<MemoryBackend>('memory-backend'),
} as const;
/** x86 guests once read unplugged memory, so there the user may let them. */
const LEGACY_PROPERTIES = { 'unplugged-inaccessible': onOffAuto('auto') } as const;
const INSTANCE_PROPERTIES = {
  size: plugged,
  'block-size': blockSize,
  'requested-size': requestedSize,
} as const;

type Properties = typeof PROPERTIES & typeof LEGACY_PROPERTIES & typeof INSTANCE_PROPERTIES;

/** Memory that grows and shrinks in blocks (VIRTIO 1.4 §5.15). */
class VirtioMem extends VirtioDevice<Properties> implements MemoryDevice {
  readonly deviceId = VIRTIO_ID.MEM;
  readonly deviceName = 'virtio-mem';
  /** Bytes beyond the request that a guest may use too: two sections of its memory. */
  readonly #usableExtent: number;
  readonly #legacy: boolean;
  /** Bytes that are plugged: none, since the driver's requests are not processed yet. */
  readonly pluggedBytes = 0;
  #inaccessible = true;

  constructor(init: ObjectInit, legacy: boolean) {
    super(init);
    this.#legacy = legacy;
    this.#usableExtent = 2 * (legacy ? 128 : 512) * 2 ** 20;
  }

  get memoryAddress(): bigint {
    return this.props.memaddr;
  }

  set memoryAddress(address: bigint) {
    this.values.memaddr = address;
  }

  get alignment(): number {
    return this.#blockSize;
  }

  get #blockSize(): number {
    return this.props['block-size'] || DEFAULT_BLOCK;
  }

  /** Asks the guest for another number of bytes. Throws ConfigError where it cannot be that. */
  request(bytes: number): void {
    if (this.realized) {
      const block = this.#blockSize;
      const most = this.props.memdev?.bytes ?? 0;
      if (bytes % block !== 0)
        throw new ConfigError(
          `'requested-size' has to be multiples of 'block-size' (${quotedHex(block)})`,
        );
      if (bytes > most)
        throw new ConfigError(
          `'requested-size' cannot exceed the memory backend size(${quotedHex(most)})`,
        );
    }
    const changed = bytes !== this.props['requested-size'];
    this.values['requested-size'] = bytes;
    if (changed && this.realized) this.notifyConfig();
  }

  deviceMemory(): MemoryBackend {
    const { memdev } = this.props;
    if (!memdev) this.fail("'memdev' property must be set");
    return memdev;
  }

  override get configSize(): number {
    return VIRTIO_MEM_CONFIG.requested_size.offset + VIRTIO_MEM_CONFIG.requested_size.width;
  }

  protected override realizeDevice(): void {
    const { props } = this;
    const { memdev, node } = props;
    if (!memdev) this.fail("'memdev' property is not set");
    if (memdev.mapped) this.fail(`'memdev' property specifies a busy memdev: ${memdev.name}`);
    if (memdev.readonly) this.fail("'memdev' property specifies an unsupported memdev");
    if (node >= NUMA_NODES)
      this.fail(
        `'node' property has value '${node}', which exceedsthe number of numa nodes: ${NUMA_NODES}`,
      );
    this.#settleAccess(memdev);
    this.#checkSizes(memdev);
    memdev.mapped = true;
    this.values['block-size'] = this.#blockSize;
    this.addQueue('guest-request', QUEUE_SIZE, this.unprocessed);
  }

  /** What a guest finds where nothing is plugged. */
  #settleAccess({ sharesZeroPage }: MemoryBackend): void {
    if (!this.#legacy) return;
    const wish = this.props['unplugged-inaccessible'];
    if (wish === 'auto') this.values['unplugged-inaccessible'] = sharesZeroPage ? 'off' : 'on';
    else if (wish === 'off' && !sharesZeroPage)
      this.context.report(
        "warning: 'unplugged-inaccessible' property set to 'off' with a memdev that does not support the shared zeropage.",
      );
    this.#inaccessible = this.props['unplugged-inaccessible'] === 'on';
  }

  #checkSizes(memdev: MemoryBackend): void {
    const block = this.#blockSize;
    if (block < PAGE)
      this.fail(`'block-size' property has to be at least the page size (${quotedHex(PAGE)})`);
    if (block < DEFAULT_BLOCK)
      this.context.report(
        `warning: 'block-size' property is smaller than the default block size (${DEFAULT_BLOCK / 2 ** 20} MiB)`,
      );
    if (this.props['requested-size'] % block !== 0)
      this.fail(
        `'requested-size' property has to be multiples of 'block-size' (${quotedHex(block)})`,
      );
    if (this.memoryAddress % BigInt(block) !== 0n)
      this.fail(`'memaddr' property has to be multiples of 'block-size' (${quotedHex(block)})`);
    if (memdev.bytes % block !== 0)
      this.fail(
        `'memdev' property memdev size has to be multiples of'block-size' (${quotedHex(block)})`,
      );
  }

  override unrealize(): void {
    super.unrealize();
    if (this.props.memdev) this.props.memdev.mapped = false;
  }

  protected override offerFeatures(common: bigint): bigint {
    const features = common | featureMask(F.VIRTIO_MEM_F_ACPI_PXM);
    if (!this.#inaccessible) return features;
    return features | featureMask(F.VIRTIO_MEM_F_UNPLUGGED_INACCESSIBLE);
  }

  override readConfig(): Uint8Array {
    const { node, memaddr, memdev, 'requested-size': requested } = this.props;
    const total = memdev?.bytes ?? 0;
    const block = this.#blockSize;
    const wanted = Math.min(total, requested + this.#usableExtent);
    return packConfig(
      VIRTIO_MEM_CONFIG,
      {
        block_size: block,
        node_id: node,
        addr: memaddr,
        region_size: total,
        usable_region_size: requested === 0 ? 0 : Math.ceil(wanted / block) * block,
        plugged_size: this.pluggedBytes,
        requested_size: requested,
      },
      this.configSize,
    );
  }
}

/** The type of the memory device; `legacy` on an architecture whose guests read unplugged memory. */
export function virtioMemType(legacy: boolean): TypeInfo {
  const properties: PropertyTable = legacy ? { ...PROPERTIES, ...LEGACY_PROPERTIES } : PROPERTIES;
  return {
    name: 'virtio-mem',
    parent: 'virtio-device',
    properties,
    instanceProperties: INSTANCE_PROPERTIES,
    create: (init) => new VirtioMem(init, legacy),
  };
}
