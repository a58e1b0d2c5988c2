import { isPowerOfTwo } from '../../../base/bits.ts';
import {
  VIRTIO_MEM_BYTES as BYTES,
  VIRTIO_MEM_F as F,
  VIRTIO_MEM_REQ as REQ,
  VIRTIO_MEM_RESP as RESP,
  VIRTIO_MEM_CONFIG,
} from '../../../spec/mem.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import type { MemoryBackend } from '../../backends/memory.ts';
import { ConfigError } from '../../qom/errors.ts';
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
} from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { ObjectInit, TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import type { MemoryDevice } from '../memory-device.ts';
import { Blocks } from './blocks.ts';

const QUEUE_SIZE = 128;
const MIN_BLOCK = 2 ** 20;
/** Bytes of a page of the host's. */
const PAGE = 4096;
/** Bytes of a large page of the host's: a block is such a page where nobody says otherwise. */
const DEFAULT_BLOCK = 2 * 2 ** 20;

/** Every machine is one node: `-numa` is not modelled. */
const NUMA_NODES = 1;

const quotedHex = (bytes: number) => `0x${bytes.toString(16)}`;

/** Property `size`: bytes that are plugged. */
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
  /** The blocks, once the device lies somewhere. */
  #blocks: Blocks | undefined;
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

  /** Bytes that are plugged; the driver sees to that. */
  get pluggedBytes(): number {
    return this.#blocks?.pluggedBytes ?? 0;
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
    if (!changed || !this.realized) return;
    this.#resizeUsable(false);
    this.notifyConfig();
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
    this.#blocks = new Blocks(this.memoryAddress, memdev.bytes, this.#blockSize);
    this.#resizeUsable(true);
    this.addQueue('guest-request', QUEUE_SIZE, (vq) => this.#requests(vq));
  }

  /** The usable part follows what is asked for; it shrinks only where nothing can be plugged in it. */
  #resizeUsable(mayShrink: boolean): void {
    const { memdev, 'requested-size': requested } = this.props;
    const block = this.#blockSize;
    const wanted = Math.min(memdev?.bytes ?? 0, requested + this.#usableExtent);
    const usable = requested === 0 ? 0 : Math.ceil(wanted / block) * block;
    if (this.#blocks && (mayShrink || usable > this.#blocks.usable)) this.#blocks.usable = usable;
  }

  /** Carries out the driver's requests (VIRTIO 1.4 §5.15.6). */
  #requests(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const bytes = new Uint8Array(BYTES.request);
      const { head, writableLength } = element;
      const length = element.read(0, bytes);
      const answer =
        this.#faultOf(length, writableLength) ?? this.#answer(new DataView(bytes.buffer));
      if (typeof answer === 'string') {
        const message = `virtio-mem protocol violation: ${answer}`;
        this.violate(vq.index, 'memRequest', head, length, message);
        vq.discard(element);
        return;
      }
      element.write(answer);
      vq.push(element, answer.length);
      vq.notify();
    }
  }

  #faultOf(length: number, room: number): string | undefined {
    if (length < BYTES.request) return `invalid request size: ${BYTES.request}`;
    return room < BYTES.response ? `not enough space for response: ${room}` : undefined;
  }

  /** A response, or what is wrong with the request in QEMU's words. */
  #answer(request: DataView): Uint8Array | string {
    const type = request.getUint16(0, true);
    const address = request.getBigUint64(8, true);
    const count = request.getUint16(16, true);
    const blocks = this.#blocks;
    const response = new Uint8Array(BYTES.response);
    const view = new DataView(response.buffer);
    const before = this.pluggedBytes;
    let answer: number = RESP.ACK;
    if (type === REQ.PLUG || type === REQ.UNPLUG) {
      const limit = this.props['requested-size'];
      answer = blocks?.change(address, count, type === REQ.PLUG, limit) ?? RESP.ERROR;
    } else if (type === REQ.UNPLUG_ALL) {
      blocks?.clear();
      this.#resizeUsable(true);
    } else if (type === REQ.STATE) {
      const state = blocks?.state(address, count);
      if (state === undefined) answer = RESP.ERROR;
      else view.setUint16(8, state, true);
    } else return `unknown request type: ${type}`;
    view.setUint16(0, answer, true);
    if (this.pluggedBytes !== before) this.#tellSize();
    return response;
  }

  /** Tells the management side how much is plugged now. */
  #tellSize(): void {
    const known = this.maker ?? this;
    this.context.emit('MEMORY_DEVICE_SIZE_CHANGE', {
      ...(known.id === '' ? {} : { id: known.id }),
      size: this.pluggedBytes,
      'qom-path': known.path,
    });
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

  override saveState(): State {
    return { ...super.saveState(), blocks: this.#blocks?.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    if (state.blocks) this.#blocks?.loadState(state.blocks as State);
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
    return packConfig(
      VIRTIO_MEM_CONFIG,
      {
        block_size: block,
        node_id: node,
        addr: memaddr,
        region_size: total,
        usable_region_size: this.#blocks?.usable ?? 0,
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
