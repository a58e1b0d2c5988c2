import { NONE } from '../../../journal/schema.ts';
import {
  VIRTIO_SCSI_CONFIG as CONFIG,
  VIRTIO_SCSI_CDB_DEFAULT,
  VIRTIO_SCSI_SENSE_DEFAULT,
} from '../../../spec/scsi.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import type { State } from '../../qom/state.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';

/** Control and event queue. */
const FIXED_QUEUES = 2;
/** Queues that a transport has room for. */
const MAX_QUEUES = 1024;
const MAX_QUEUE_SIZE = 1024;
/** `num_queues` that stands for "as the transport likes". */
export const AUTO_QUEUES = 0xffff_ffff;
/** `seg_max` where it does not follow the queues' size. */
const LEGACY_SEG_MAX = 126;
const EVENT_BYTES = 16;
const MAX_TARGET = 255;
const MAX_LUN = 16383;
const MAX_SENSE = 65536;
const MAX_CDB = 256;

/** What every SCSI host is configured with. */
export interface ScsiHostValues {
  num_queues: number;
  readonly virtqueue_size: number;
  readonly seg_max_adjust?: boolean;
  readonly max_sectors: number;
  readonly cmd_per_lun: number;
}

/** What is done where the driver notifies a queue. */
export interface ScsiHandlers {
  readonly control: (vq: VirtQueue) => void;
  readonly event: (vq: VirtQueue) => void;
  readonly request: (vq: VirtQueue) => void;
}

/** What the SCSI hosts share, wherever commands are carried out (VIRTIO 1.4 §5.6). */
export abstract class VirtioScsiCommon<P = unknown> extends VirtioDevice<P> {
  readonly deviceId = VIRTIO_ID.SCSI;
  /** Bytes of sense data and of a CDB; set by the driver. */
  protected senseSize = VIRTIO_SCSI_SENSE_DEFAULT;
  protected cdbSize = VIRTIO_SCSI_CDB_DEFAULT;

  override get configSize(): number {
    return CONFIG.max_lun.offset + CONFIG.max_lun.width;
  }

  get #host(): ScsiHostValues {
    return this.values as unknown as ScsiHostValues;
  }

  /** Checks what all hosts are configured with, and adds the queues. Throws RealizeError. */
  protected addScsiQueues({ control, event, request }: ScsiHandlers): void {
    const host = this.#host;
    if (host.num_queues === AUTO_QUEUES) host.num_queues = 1;
    const { num_queues: queues, virtqueue_size: size } = host;
    if (queues === 0 || queues > MAX_QUEUES - FIXED_QUEUES)
      this.fail(
        `Invalid number of queues (= ${queues}), must be a positive integer less than ${MAX_QUEUES - FIXED_QUEUES}.`,
      );
    if (size <= 2) this.fail(`invalid virtqueue_size property (= ${size}), must be > 2`);
    // QEMU 7.2 aborts here; the sentence is ours.
    if (size > MAX_QUEUE_SIZE)
      this.fail(`invalid virtqueue_size property (= ${size}), must be <= ${MAX_QUEUE_SIZE}`);
    this.addQueue('controlq', size, control);
    this.addQueue('eventq', size, event);
    for (let i = 0; i < queues; i++) this.addQueue(`requestq${i}`, size, request);
  }

  override readConfig(): Uint8Array {
    const host = this.#host;
    return packConfig(
      CONFIG,
      {
        num_queues: host.num_queues,
        seg_max: host.seg_max_adjust ? host.virtqueue_size - 2 : LEGACY_SEG_MAX,
        max_sectors: host.max_sectors,
        cmd_per_lun: host.cmd_per_lun,
        event_info_size: EVENT_BYTES,
        sense_size: this.senseSize,
        cdb_size: this.cdbSize,
        max_channel: 0,
        max_target: MAX_TARGET,
        max_lun: MAX_LUN,
      },
      this.configSize,
    );
  }

  /** The driver chooses how long sense data and CDBs are (VIRTIO 1.4 §5.6.4). */
  override writeConfig(config: Uint8Array): void {
    const view = new DataView(config.buffer, config.byteOffset, config.length);
    const sense = view.getUint32(CONFIG.sense_size.offset, true);
    const cdb = view.getUint32(CONFIG.cdb_size.offset, true);
    if (sense >= MAX_SENSE || cdb >= MAX_CDB) {
      this.violate(
        NONE,
        'scsiConfigTooLarge',
        sense >= MAX_SENSE ? CONFIG.sense_size.offset : CONFIG.cdb_size.offset,
        sense >= MAX_SENSE ? sense : cdb,
        'bad data written to virtio-scsi configuration space',
      );
      return;
    }
    this.senseSize = sense;
    this.cdbSize = cdb;
  }

  override saveState(): State {
    return { ...super.saveState(), senseSize: this.senseSize, cdbSize: this.cdbSize };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.senseSize = state.senseSize as number;
    this.cdbSize = state.cdbSize as number;
  }

  protected override resetDevice(): void {
    this.senseSize = VIRTIO_SCSI_SENSE_DEFAULT;
    this.cdbSize = VIRTIO_SCSI_CDB_DEFAULT;
  }
}
