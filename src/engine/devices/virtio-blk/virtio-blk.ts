import { join64 } from '../../../base/bits.ts';
import { utf8Encode } from '../../../base/utf8.ts';
import type { BackendOp } from '../../../journal/schema.ts';
import {
  VIRTIO_BLK_CONFIG as CONFIG,
  VIRTIO_BLK_F,
  VIRTIO_BLK_HEADER,
  VIRTIO_BLK_ID_BYTES,
  VIRTIO_BLK_S,
  VIRTIO_BLK_SECTOR,
  VIRTIO_BLK_T,
} from '../../../spec/blk.ts';
import { STATUS, VIRTIO_F, VIRTIO_ID } from '../../../spec/virtio.ts';
import type { BlockBackend, DriveHolder } from '../../backends/block.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import {
  NO_MEDIUM,
  releaseDrive,
  settleBlockSizes,
  settleGeometry,
  takeDrive,
  wantsWriteCache,
} from '../block/conf.ts';
import { blkConfig, blkConfigSize, checkLimits, settleQueues } from './config.ts';
import { MAX_REQUEST_SECTORS, PROPERTIES } from './properties.ts';

/** The legacy barrier flag of a request type. */
const BARRIER = 0x8000_0000;
/** Bytes of one discard or write-zeroes segment (VIRTIO 1.4 §5.2.6). */
const SEGMENT = 16;
const SEGMENT_F_UNMAP = 1;
/** Legacy request type: a SCSI command (VIRTIO 1.4 §5.2.6.3). */
const SCSI_COMMAND = 2;
/** `errors` of a SCSI command that failed. */
const SCSI_FAILED = Uint8Array.of(255, 0, 0, 0);
/** Reads or writes that are held together before they go to the drive. */
const MAX_MERGE = 32;
const GEOMETRY_LIMITS = { cyls: 65535, heads: 255, secs: 255 };
const WCE_FEATURES = featureMask(VIRTIO_BLK_F.VIRTIO_BLK_F_FLUSH);

/** One request: its chain, and where its data lies on the disk. */
interface Request {
  readonly vq: VirtQueue;
  readonly element: VirtQueueElement;
  /** 512-byte sector of the first byte. */
  readonly sector: number;
}

/** Block device (VIRTIO 1.4 §5.2). */
export class VirtioBlk extends VirtioDevice<typeof PROPERTIES> implements DriveHolder {
  readonly deviceId = VIRTIO_ID.BLOCK;
  readonly deviceName = 'virtio-blk';
  /** Reads or writes (all of one kind) of the batch being handled, not sent to the drive yet. */
  #pending: Request[] = [];
  #pendingWrites = false;
  /** Ends what the drive was asked for, in the order of asking. */
  readonly #inFlight: (() => void)[] = [];
  /** Number of the next request at the back end. */
  #requestId = 0;

  get drive(): BlockBackend {
    return this.props.drive as BlockBackend;
  }

  get tray(): BlockBackend | undefined {
    return this.props.drive;
  }

  override get configSize(): number {
    return blkConfigSize(this.props);
  }

  protected override realizeDevice(): void {
    const { props } = this;
    if (!props.drive) this.fail('drive property not set');
    if (!props.drive.inserted) this.fail(NO_MEDIUM);
    settleQueues(props, (message) => this.fail(message));
    takeDrive(
      this,
      this.drive,
      { sharesWrites: props['share-rw'], writeCache: props['write-cache'] },
      () => {
        settleGeometry(props, this.drive, GEOMETRY_LIMITS);
        settleBlockSizes(props);
        checkLimits(props, (message) => this.fail(message));
        if (props.iothread) this.requireIoeventfd();
      },
    );
    this.drive.onResize = () => this.notifyConfig();
    for (let i = 0; i < props['num-queues']; i++)
      this.addQueue(`requestq${i}`, props['queue-size'], (vq) => this.#handle(vq));
  }

  override unrealize(): void {
    super.unrealize();
    this.drive.onResize = () => {};
    releaseDrive(this, this.drive);
  }

  protected override offerFeatures(common: bigint): bigint {
    const { props } = this;
    let features = common;
    const offer = (bit: number, when = true) => {
      if (when) features |= featureMask(bit);
    };
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_SEG_MAX);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_GEOMETRY);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_TOPOLOGY);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_BLK_SIZE);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_CONFIG_WCE, props['config-wce']);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_DISCARD, props.discard);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_WRITE_ZEROES, props['write-zeroes']);
    const modern = (features & featureMask(VIRTIO_F.VIRTIO_F_VERSION_1)) !== 0n;
    if (modern && props.scsi)
      this.fail('Please set scsi=off for virtio-blk devices in order to use virtio 1.0');
    if (!modern) {
      features &= ~featureMask(VIRTIO_F.VIRTIO_F_ANY_LAYOUT);
      this.values.any_layout = false;
      offer(VIRTIO_BLK_F.VIRTIO_BLK_F_SCSI);
    }
    offer(
      VIRTIO_BLK_F.VIRTIO_BLK_F_FLUSH,
      this.#writeback || (props['x-enable-wce-if-config-wce'] && props['config-wce']),
    );
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_RO, this.drive.options.readOnly);
    offer(VIRTIO_BLK_F.VIRTIO_BLK_F_MQ, props['num-queues'] > 1);
    return features;
  }

  protected override resetDevice(): void {
    this.#pending = [];
    this.#writeback = this.#initialWriteback;
  }

  protected override statusChanging(status: number): void {
    // A driver that cannot switch the cache gets writeback exactly if it can flush (VIRTIO 1.4 §5.2.5.2).
    if (status & STATUS.DRIVER_OK && !this.accepted(VIRTIO_BLK_F.VIRTIO_BLK_F_CONFIG_WCE))
      this.#writeback = (this.driverFeatures & WCE_FEATURES) !== 0n;
  }

  override readConfig(): Uint8Array {
    return blkConfig(this.props, this.drive.length, this.#writeback).subarray(0, this.configSize);
  }

  override writeConfig(config: Uint8Array): void {
    this.#writeback = config[CONFIG.writeback.offset] !== 0;
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      requestId: this.#requestId,
      writeCache: this.drive.writeCache,
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#requestId = state.requestId as number;
    this.drive.writeCache = state.writeCache as boolean;
  }

  /** Takes every available request; notifications are off meanwhile (VIRTIO 1.4 §2.7.10). */
  #handle(vq: VirtQueue): void {
    if (vq.isEmpty()) {
      // Off and on again is on.
      if (vq.notification) vq.setNotification(true);
      return;
    }
    const wanted = vq.notification;
    do {
      if (wanted) vq.setNotification(false);
      for (let element = vq.pop(); element; element = vq.pop())
        if (!this.#request(vq, element)) break;
      if (wanted) vq.setNotification(true);
    } while (!vq.isEmpty());
    this.#submit();
    // A drive answers later: what the batch began ends after all of it was looked at.
    for (const finish of this.#inFlight.splice(0)) finish();
  }

  /** Begins one request (VIRTIO 1.4 §5.2.6); false where its chain is no request and the device broke. */
  #request(vq: VirtQueue, element: VirtQueueElement): boolean {
    const { head } = element;
    const broken = (code: Parameters<typeof this.violate>[1], value: number, message: string) => {
      this.violate(vq.index, code, head, value, message);
      vq.discard(element);
      return false;
    };
    if (element.readableCount < 1)
      return broken('requestNoReadable', 0, 'virtio-blk missing headers');
    if (element.writableCount < 1)
      return broken('requestMissingStatus', 0, 'virtio-blk missing headers');
    const header = new Uint8Array(VIRTIO_BLK_HEADER);
    if (element.read(0, header) < VIRTIO_BLK_HEADER)
      return broken(
        'requestHeaderShort',
        element.readableLength,
        'virtio-blk request outhdr too short',
      );
    const view = new DataView(header.buffer);
    const type = this.#field(view, 0, 4);
    const sector = this.#field(view, 8, 8);
    const request = { vq, element, sector };
    // OUT is a direction bit that some types carry besides; BARRIER is ignored.
    switch ((type & ~(VIRTIO_BLK_T.OUT | BARRIER)) >>> 0) {
      case VIRTIO_BLK_T.IN:
        this.#transfer(request, (type & VIRTIO_BLK_T.OUT) !== 0);
        return true;
      case VIRTIO_BLK_T.FLUSH:
        if (this.#pendingWrites) this.#submit();
        this.#atBackend(request, 'flush', 0, 0, () => {});
        return true;
      case VIRTIO_BLK_T.GET_ID:
        this.#getId(request);
        return true;
      case SCSI_COMMAND:
        this.#scsiCommand(request);
        return true;
      case VIRTIO_BLK_T.DISCARD & ~VIRTIO_BLK_T.OUT:
      case VIRTIO_BLK_T.WRITE_ZEROES & ~VIRTIO_BLK_T.OUT: {
        const bytes = element.readableLength - VIRTIO_BLK_HEADER;
        if (!(type & VIRTIO_BLK_T.OUT) || bytes > SEGMENT)
          this.#complete(request, VIRTIO_BLK_S.UNSUPP);
        else if (bytes < SEGMENT)
          return broken(
            'requestTooShort',
            bytes,
            'virtio-blk discard/write_zeroes header too short',
          );
        else this.#discardOrZero(request, (type & ~BARRIER) >>> 0 === VIRTIO_BLK_T.WRITE_ZEROES);
        return true;
      }
      default:
        this.#complete(request, VIRTIO_BLK_S.UNSUPP);
        return true;
    }
  }

  #transfer(request: Request, write: boolean): void {
    const length = dataLength(request.element, write);
    if (!this.#inRange(request.sector, length)) {
      this.#complete(request, VIRTIO_BLK_S.IOERR);
      return;
    }
    const full = this.#pending.length === MAX_MERGE || !this.props['request-merging'];
    if (this.#pending.length > 0 && (full || write !== this.#pendingWrites)) this.#submit();
    this.#pending.push(request);
    this.#pendingWrites = write;
  }

  /** Sends the held reads or writes to the drive, in the order of their sectors. */
  #submit(): void {
    const requests = this.#pending;
    const write = this.#pendingWrites;
    this.#pending = [];
    this.#pendingWrites = false;
    if (requests.length > 1) requests.sort((a, b) => a.sector - b.sector);
    for (const request of requests) {
      const { element } = request;
      const bytes = new Uint8Array(dataLength(element, write));
      const position = request.sector * VIRTIO_BLK_SECTOR;
      this.#atBackend(request, write ? 'write' : 'read', position, bytes.length, () => {
        if (!write) {
          this.drive.read(position, bytes);
          element.write(bytes);
          return;
        }
        element.read(VIRTIO_BLK_HEADER, bytes);
        this.drive.write(position, bytes);
      });
    }
  }

  #getId(request: Request): void {
    const { element } = request;
    const serial = utf8Encode(this.props.serial);
    const room = Math.min(dataLength(element, false), VIRTIO_BLK_ID_BYTES);
    const id = new Uint8Array(Math.min(serial.length + 1, room));
    id.set(serial.subarray(0, id.length));
    element.write(id);
    this.#complete(request, VIRTIO_BLK_S.OK);
  }

  /** A raw image takes no SCSI commands; the driver learns so, or that its buffers are too few. */
  #scsiCommand(request: Request): void {
    const { element } = request;
    const { readableCount, writableCount } = element;
    if (readableCount < 2 || writableCount < 3) {
      this.#complete(request, VIRTIO_BLK_S.IOERR);
      return;
    }
    // The header of the answer is the last segment but one.
    const header = readableCount + writableCount - 2;
    let at = 0;
    for (let i = readableCount; i < header; i++) at += element.segments[2 * i + 1] ?? 0;
    element.write(SCSI_FAILED.subarray(0, element.segments[2 * header + 1]), at);
    this.#complete(request, VIRTIO_BLK_S.UNSUPP);
  }

  /** A number of a request, in the driver's byte order. */
  #field(view: DataView, at: number, width: 4 | 8): number {
    const little = !this.bigEndian;
    const first = view.getUint32(at, little);
    if (width === 4) return first;
    const second = view.getUint32(at + 4, little);
    return little ? join64(first, second) : join64(second, first);
  }

  #discardOrZero(request: Request, zero: boolean): void {
    const segment = new Uint8Array(SEGMENT);
    request.element.read(VIRTIO_BLK_HEADER, segment);
    const view = new DataView(segment.buffer);
    const sector = this.#field(view, 0, 8);
    const count = this.#field(view, 8, 4);
    const flags = this.#field(view, 12, 4);
    const limit = this.props[zero ? 'max-write-zeroes-sectors' : 'max-discard-sectors'];
    const unknown = (flags & ~SEGMENT_F_UNMAP) !== 0 || (!zero && flags !== 0);
    if (count > limit || !this.#inRange(sector, count * VIRTIO_BLK_SECTOR)) {
      this.#complete(request, VIRTIO_BLK_S.IOERR);
      return;
    }
    if (unknown) {
      this.#complete(request, VIRTIO_BLK_S.UNSUPP);
      return;
    }
    const position = sector * VIRTIO_BLK_SECTOR;
    const length = count * VIRTIO_BLK_SECTOR;
    // A raw image has nothing to give back: a discard leaves its bytes as they are.
    this.#atBackend(request, zero ? 'writeZeroes' : 'discard', position, length, () => {
      if (zero) this.drive.zero(position, length);
    });
  }

  /** Has the drive do `work`, once the driver's batch was read, and complete the request; a drive that fails or is read-only answers IOERR. */
  #atBackend(
    request: Request,
    op: BackendOp,
    position: number,
    length: number,
    work: () => void,
  ): void {
    const { journal, dev } = this;
    const queue = request.vq.index;
    const id = this.#requestId++;
    if (journal.on) journal.backendRequest(dev, queue, op, id, position, length);
    const changes = op === 'write' || op === 'discard' || op === 'writeZeroes';
    this.#inFlight.push(() => {
      let status: number = VIRTIO_BLK_S.OK;
      if (changes && this.drive.options.readOnly) status = VIRTIO_BLK_S.IOERR;
      else
        try {
          work();
        } catch {
          status = VIRTIO_BLK_S.IOERR;
        }
      if (journal.on) journal.backendCompletion(dev, queue, op, id, status, length);
      this.#complete(request, status);
    });
  }

  /** Writes the status byte, the last writable one, and returns the chain. */
  #complete({ vq, element }: Request, status: number): void {
    element.write(Uint8Array.of(status), element.writableLength - 1);
    vq.push(element, element.writableLength);
    vq.notify();
  }

  #inRange(sector: number, bytes: number): boolean {
    const sectors = Math.floor(bytes / VIRTIO_BLK_SECTOR);
    const total = this.drive.length / VIRTIO_BLK_SECTOR;
    const block = this.props.logical_block_size;
    if (sectors > MAX_REQUEST_SECTORS || sector % (block / VIRTIO_BLK_SECTOR) !== 0) return false;
    return bytes % block === 0 && sector <= total && sectors <= total - sector;
  }

  /** Whether the cache is in writeback mode. The driver may change it through `writeback`. */
  get #writeback(): boolean {
    return this.drive.writeCache;
  }

  set #writeback(enabled: boolean) {
    this.drive.writeCache = enabled;
  }

  get #initialWriteback(): boolean {
    return wantsWriteCache(this.drive, this.props['write-cache']);
  }
}

/** Bytes of a request's data: without header and status byte. */
function dataLength(element: VirtQueueElement, write: boolean): number {
  return write ? element.readableLength - VIRTIO_BLK_HEADER : element.writableLength - 1;
}

/** The type of the block device. */
export const VIRTIO_BLK_TYPE: TypeInfo = {
  name: 'virtio-blk-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  // No firmware looks at the boot order.
  instanceProperties: { bootindex: BOOT_INDEX },
  create: (init) => new VirtioBlk(init),
};
