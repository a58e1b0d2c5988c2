import { hi32, lo32 } from '../../base/bits.ts';
import { S390_INPUT } from '../../spec/channel-io.ts';
import { DEVICE_CONFIG } from '../../spec/regions.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import {
  DIAG500_VIRTIO_CCW_NOTIFY,
  VIRTIO_CCW_CMD,
  VIRTIO_FEATURE_DESC,
  VIRTIO_FEATURE_DESC_BYTES,
  VIRTIO_REV_INFO,
  VIRTIO_REV_INFO_BYTES,
  VIRTIO_THININT_AREA,
  VIRTIO_THININT_AREA_BYTES,
  type VirtioCcwCommand,
  VQ_CONFIG_BLOCK,
  VQ_CONFIG_BLOCK_BYTES,
  VQ_INFO_BLOCK,
  VQ_INFO_BLOCK_BYTES,
  VQ_INFO_BLOCK_LEGACY,
  VQ_INFO_BLOCK_LEGACY_BYTES,
} from '../../spec/virtio-ccw.ts';
import { CommandRejected, type Subchannel } from '../bus/channel.ts';
import type { GuestContext } from '../context.ts';
import type { DmaBuffer } from '../dma.ts';
import type { AccessSize } from '../hal.ts';
import { DeviceError, type SplitAreas } from '../virtqueue/queue.ts';
import { LEGACY_PAGE } from './legacy-rings.ts';
import { ISR, VirtioTransport } from './virtio-transport.ts';

/** Revisions that this driver speaks, best first (VIRTIO 1.4 §4.3.2.1). */
const REVISIONS = [2, 1, 0] as const;
/** READ_STATUS came with revision 2 (VIRTIO 1.4 §4.3.2.3). */
const READS_STATUS = 2;
/** Bytes of a configuration that are read where nobody knows its layout. */
const UNKNOWN_CONFIG_BYTES = 256;
/** Bytes of indicators: a bit for each of the 64 queues that a device can have. */
const INDICATOR_BYTES = 8;
/** Interruption subclass of adapter interruptions. */
const SUBCLASS = 1;

/** How the device tells of used buffers: classic indicators, or those of adapter interruptions. */
export type IndicatorKind = 'classic' | 'adapter';

/** What the device sets before it interrupts (VIRTIO 1.4 §4.3.2.6). */
interface IndicatorMemory {
  /** Bits of queues. */
  readonly queues: DmaBuffer;
  /** Adapter interruptions only: set where any bit of `queues` is. */
  readonly summary: DmaBuffer;
  readonly config: DmaBuffer;
}

/** A device behind a subchannel, driven by channel programs and DIAGNOSE 500 (VIRTIO 1.4 §4.3). */
export class VirtioCcw extends VirtioTransport {
  readonly deviceId: number;
  readonly interruptInputs = [S390_INPUT.io];
  /** The subchannel. */
  readonly subchannel: Subchannel;
  /** Revision of the transport that was agreed on; 0 is the legacy interface. */
  readonly revision: number;
  /** How the device tells of used buffers; known once it was reset. */
  indicators: IndicatorKind;
  readonly #memory: IndicatorMemory;
  /** By queue: what the last notification answered, to be given with the next (VIRTIO 1.4 §4.3.3.2). */
  readonly #cookies: number[] = [];
  /** The status as it was written last, for revisions that cannot read it. */
  #status = 0;
  /** The configuration as one command read it, while a field of it is looked at. */
  #snapshot: Uint8Array | undefined;

  /** @internal Enables the subchannel and agrees on a revision. `legacy`: on none but 0. */
  constructor(
    context: GuestContext,
    subchannel: Subchannel,
    deviceId: number,
    { legacy = false, indicators = 'adapter' as IndicatorKind } = {},
  ) {
    super(context);
    this.subchannel = subchannel;
    this.deviceId = deviceId;
    this.indicators = indicators;
    const dma = context.dma;
    this.#memory = {
      queues: dma.alloc(INDICATOR_BYTES),
      summary: dma.alloc(1),
      config: dma.alloc(INDICATOR_BYTES),
    };
    // A revision holds until the subchannel is disabled (VIRTIO 1.4 §4.3.2.1.1).
    subchannel.enable(false);
    subchannel.enable();
    this.revision = this.#agree(legacy ? [0] : REVISIONS);
    // Adapter interruptions came with VIRTIO 1 (VIRTIO 1.4 §4.3.3.1.3).
    if (this.legacy) this.indicators = 'classic';
    context.interrupts.register(this, `ccw ${subchannel.id}`);
  }

  override get legacy(): boolean {
    return this.revision === 0;
  }

  /** @internal Interruptions are taken before anybody is asked. */
  override get latched(): boolean {
    return true;
  }

  override get status(): number {
    if (this.revision < READS_STATUS) return this.#status;
    this.#command('READ_STATUS', 1);
    this.#status = this.subchannel.data.u8(0);
    return this.#status;
  }

  override set status(value: number) {
    if (value === 0) this.#command('VDEV_RESET', 0);
    else {
      this.subchannel.data.u8(0, value);
      // A status that the device does not take is what it was before (VIRTIO 1.4 §4.3.2.3.1).
      if (!this.#accepts('WRITE_STATUS', 1)) return;
    }
    this.#status = value;
  }

  override reset(): void {
    super.reset();
    this.#cookies.length = 0;
    this.#setIndicators();
  }

  /** READ_VQ_CONF does not tell the count: queues are asked for until one has no entries. */
  override get queueCount(): number {
    let count = 0;
    while (this.maxQueueSize(count) > 0) count++;
    return count;
  }

  /** Always 0: one command reads the whole configuration, so that none is needed (VIRTIO 1.4 §4.3.2.5). */
  override get configGeneration(): number {
    return 0;
  }

  override readConfig(offset: number, size: AccessSize): number {
    const bytes = this.#snapshot ?? this.#readStart(offset + size);
    if (offset + size > bytes.length)
      throw new RangeError(`the device’s configuration has no ${size} bytes at ${offset}`);
    const order = this.bigEndian ? 0 : size - 1;
    let value = 0;
    for (let i = 0; i < size; i++) value = value * 256 + bytes[offset + Math.abs(order - i)]!;
    return value;
  }

  override writeConfig(offset: number, size: AccessSize, value: number): void {
    const { data } = this.subchannel;
    // The command writes from the start: what comes before must stay as it is.
    if (offset > 0) this.#readStart(offset);
    for (let i = 0; i < size; i++) {
      const shift = this.bigEndian ? size - 1 - i : i;
      data.u8(offset + i, Math.floor(value / 256 ** shift) & 0xff);
    }
    this.#command('WRITE_CONF', offset + size);
  }

  override stableConfig<T>(read: () => T): T {
    const fields = Object.values(DEVICE_CONFIG[this.deviceId] ?? {});
    const ends = fields.map(({ offset, width }) => offset + width);
    return this.stableConfigTo(ends.length > 0 ? Math.max(...ends) : UNKNOWN_CONFIG_BYTES, read);
  }

  /** One command reads all that is looked at, and no more than that (VIRTIO 1.4 §4.3.1.4). */
  protected override stableConfigTo<T>(end: number, read: () => T): T {
    this.#snapshot = this.#readStart(end);
    try {
      return read();
    } finally {
      this.#snapshot = undefined;
    }
  }

  override notify(index: number, next = 0): void {
    const data = this.agreed.has(VIRTIO_F.VIRTIO_F_NOTIFICATION_DATA) ? next * 0x1_0000 : 0;
    const cookie = this.#cookies[index] ?? 0;
    const { hal } = this.context;
    const { id } = this.subchannel;
    const answer = hal.hypercall(DIAG500_VIRTIO_CCW_NOTIFY, id, data + index, cookie);
    if (answer < 0) throw new DeviceError(`nobody takes notifications of ${this.subchannel}`);
    this.#cookies[index] = answer;
  }

  /** @internal */
  override acknowledge(): number {
    const { queues, summary, config } = this.#memory;
    // Status first: while it is pending the device would set indicators and not interrupt again.
    if (this.subchannel.interrupted) this.subchannel.test();
    let cause = 0;
    if (this.indicators === 'classic') cause |= takeBits(queues) ? ISR.QUEUE : 0;
    else if (takeBits(summary) && takeBits(queues)) cause |= ISR.QUEUE;
    return cause | (takeBits(config) ? ISR.CONFIG : 0);
  }

  override toString(): string {
    return `virtio-ccw (revision ${this.revision}) ${this.subchannel}`;
  }

  protected override readFeatures(half: 0 | 1): number {
    const { data } = this.subchannel;
    data.u8(VIRTIO_FEATURE_DESC.index.offset, half);
    this.#command('READ_FEAT', VIRTIO_FEATURE_DESC_BYTES);
    return this.#littleEndian(VIRTIO_FEATURE_DESC.features.offset);
  }

  protected override writeFeatures(half: 0 | 1, bits: number): void {
    if (half === 1 && this.legacy) return;
    const { data } = this.subchannel;
    data.write([bits, bits >>> 8, bits >>> 16, bits >>> 24].map((byte) => byte & 0xff));
    data.u8(VIRTIO_FEATURE_DESC.index.offset, half);
    this.#command('WRITE_FEAT', VIRTIO_FEATURE_DESC_BYTES);
  }

  protected override maxQueueSize(index: number): number {
    const { data } = this.subchannel;
    data.u16(VQ_CONFIG_BLOCK.index.offset, index);
    this.#command('READ_VQ_CONF', VQ_CONFIG_BLOCK_BYTES);
    return data.u16(VQ_CONFIG_BLOCK.max_queue_size.offset);
  }

  protected override get fixedQueueSizes(): boolean {
    return this.legacy;
  }

  protected override enableQueue(index: number, size: number, areas: SplitAreas): void {
    const { data } = this.subchannel;
    if (this.legacy) {
      const { queue, align, index: number, size: entries } = VQ_INFO_BLOCK_LEGACY;
      data.u64(queue.offset, areas.desc).u32(align.offset, LEGACY_PAGE);
      data.u16(number.offset, index).u16(entries.offset, size);
      this.#command('SET_VQ', VQ_INFO_BLOCK_LEGACY_BYTES);
      return;
    }
    const { desc, res0, index: number, size: entries, driver, device } = VQ_INFO_BLOCK;
    data.u32(desc.offset, hi32(areas.desc)).u32(desc.offset + 4, lo32(areas.desc));
    data.u32(res0.offset, 0).u16(number.offset, index).u16(entries.offset, size);
    data.u64(driver.offset, areas.avail).u64(device.offset, areas.used);
    this.#command('SET_VQ', VQ_INFO_BLOCK_BYTES);
  }

  /** The first of `revisions` that the device takes; who takes none is a legacy one (VIRTIO 1.4 §4.3.2.1.3). */
  #agree(revisions: readonly number[]): number {
    const { data } = this.subchannel;
    for (const revision of revisions) {
      data.u16(VIRTIO_REV_INFO.revision.offset, revision).u16(VIRTIO_REV_INFO.length.offset, 0);
      if (this.#accepts('SET_VIRTIO_REV', VIRTIO_REV_INFO_BYTES)) return revision;
    }
    return 0;
  }

  /** Tells the device where to say what it interrupts for (VIRTIO 1.4 §4.3.2.6). */
  #setIndicators(): void {
    const { queues, summary, config } = this.#memory;
    for (const memory of [queues, summary, config]) memory.fill(0);
    if (this.indicators === 'adapter' && !this.#setAdapterIndicators()) this.indicators = 'classic';
    if (this.indicators === 'classic') this.#setAddress('SET_IND', queues);
    this.#setAddress('SET_CONF_IND', config);
  }

  /** False where the device has none (VIRTIO 1.4 §4.3.2.6.3). */
  #setAdapterIndicators(): boolean {
    const { data } = this.subchannel;
    const { summary_indicator, indicator, bit_nr, isc } = VIRTIO_THININT_AREA;
    data.u64(summary_indicator.offset, this.#memory.summary.addr);
    data.u64(indicator.offset, this.#memory.queues.addr).u64(bit_nr.offset, 0);
    data.u8(isc.offset, SUBCLASS);
    return this.#accepts('SET_IND_ADAPTER', VIRTIO_THININT_AREA_BYTES);
  }

  #setAddress(command: 'SET_IND' | 'SET_CONF_IND', { addr }: DmaBuffer): void {
    this.subchannel.data.u64(0, addr);
    this.#command(command, 8);
  }

  /** The first `length` bytes of the configuration. */
  #readStart(length: number): Uint8Array {
    this.subchannel.data.part(0, length).fill(0);
    this.subchannel.run({ command: VIRTIO_CCW_CMD.READ_CONF, count: length, anyLength: true });
    return this.subchannel.data.bytes(0, length);
  }

  #littleEndian(offset: number): number {
    const bytes = this.subchannel.data.bytes(offset, 4);
    return new DataView(bytes.buffer).getUint32(0, true);
  }

  /** Whether the device carries the command out and does not reject it. */
  #accepts(name: VirtioCcwCommand, count: number): boolean {
    try {
      this.#command(name, count);
      return true;
    } catch (error) {
      if (!(error instanceof CommandRejected)) throw error;
      return false;
    }
  }

  #command(name: VirtioCcwCommand, count: number): void {
    this.subchannel.run({ command: VIRTIO_CCW_CMD[name], count });
  }
}

/** Whether any bit was set; clears them. */
function takeBits(memory: DmaBuffer): boolean {
  let set = false;
  for (let at = 0; at < memory.length; at++)
    if (memory.u8(at) !== 0) {
      memory.u8(at, 0);
      set = true;
    }
  return set;
}
