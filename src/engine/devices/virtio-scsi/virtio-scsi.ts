import type { BackendOp } from '../../../journal/schema.ts';
import {
  VIRTIO_SCSI_CMD_RESP as CMD_RESP,
  VIRTIO_SCSI_CTRL_BYTES as CTRL_BYTES,
  VIRTIO_SCSI_EVENT as EVENT,
  VIRTIO_SCSI_EVT_RESET as RESET,
  VIRTIO_SCSI_S as S,
  VIRTIO_SCSI_T as T,
  VIRTIO_SCSI_CMD_REQ,
  VIRTIO_SCSI_EVENT_BYTES,
  VIRTIO_SCSI_F,
  VIRTIO_SCSI_LUN_AT,
  VIRTIO_SCSI_LUN_BYTES,
} from '../../../spec/scsi.ts';
import { STATUS, VIRTIO_F } from '../../../spec/virtio.ts';
import type { Device } from '../../qdev/device.ts';
import type { QObject } from '../../qom/object.ts';
import { bit, bool, link, u32 } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { featureMask } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { type ScsiBus, ScsiDevice } from '../scsi/scsi-bus.ts';
import { SENSE, senseBytes } from '../scsi/sense.ts';
import type { ScsiAnswer, ScsiTask, ScsiTransfer } from '../scsi/unit.ts';
import { layoutOf, type RequestLayout } from './request.ts';
import { manageTasks, unitAddress } from './task-management.ts';
import { AUTO_QUEUES, VirtioScsiCommon } from './virtio-scsi-common.ts';

const PROPERTIES = {
  num_queues: u32(AUTO_QUEUES),
  virtqueue_size: u32(256),
  seg_max_adjust: bool(true),
  max_sectors: u32(0xffff),
  cmd_per_lun: u32(128),
  hotplug: bit(true),
  param_change: bit(true),
  iothread: link<QObject>('iothread'),
} as const;

const EVENT_QUEUE = 1;
/** Numbers of units up to this one are written as they are. */
const SMALL_LUNS = 256;

/** A command that a unit took in, and the chain that it came in. */
interface Request {
  readonly vq: VirtQueue;
  readonly element: VirtQueueElement;
  readonly layout: RequestLayout;
  readonly unit: ScsiDevice;
  readonly task: ScsiTask;
}

/** SCSI host with a bus of its own (VIRTIO 1.4 §5.6). */
export class VirtioScsi extends VirtioScsiCommon<typeof PROPERTIES> {
  readonly deviceName = 'virtio-scsi';
  #units: ScsiBus | undefined;
  /** An event found no buffer: the next one says so. */
  #missedEvents = false;
  /** Number of the next request at a drive. */
  #requestId = 0;

  protected override realizeDevice(): void {
    this.addScsiQueues({
      control: (vq) => this.#control(vq),
      event: () => this.#tellMissed(),
      request: (vq) => this.#commands(vq),
    });
    const bus = this.addOwnBus<ScsiBus>('SCSI');
    bus.hotplugHandler = { plug: (device) => this.#plugged(device) };
    bus.onChange = (unit, { asc, ascq }) => {
      if (this.accepted(VIRTIO_SCSI_F.VIRTIO_SCSI_F_CHANGE))
        this.#tell(EVENT.PARAM_CHANGE, asc | (ascq << 8), unit);
    };
    bus.onRemove = (unit) => {
      if (this.accepted(VIRTIO_SCSI_F.VIRTIO_SCSI_F_HOTPLUG)) this.#moved(unit, RESET.REMOVED);
    };
    this.#units = bus;
    if (this.props.iothread) this.requireIoeventfd();
  }

  protected override offerFeatures(common: bigint): bigint {
    const { hotplug, param_change } = this.props;
    return (
      common |
      (hotplug ? featureMask(VIRTIO_SCSI_F.VIRTIO_SCSI_F_HOTPLUG) : 0n) |
      (param_change ? featureMask(VIRTIO_SCSI_F.VIRTIO_SCSI_F_CHANGE) : 0n)
    );
  }

  protected override resetDevice(): void {
    super.resetDevice();
    this.#units?.resetAll();
    this.#missedEvents = false;
  }

  override saveState(): State {
    return { ...super.saveState(), missedEvents: this.#missedEvents, requestId: this.#requestId };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#missedEvents = state.missedEvents as boolean;
    this.#requestId = state.requestId as number;
  }

  /** Takes every available command in, then carries them out in order. */
  #commands(vq: VirtQueue): void {
    const requests: Request[] = [];
    for (let element = vq.pop(); element; element = vq.pop()) {
      const request = this.#accept(vq, element);
      if (request === 'broken') {
        for (const { element: unfinished } of requests) vq.discard(unfinished);
        return;
      }
      if (request) requests.push(request);
    }
    for (const request of requests) this.#carryOut(request);
  }

  /** Gives a command to its unit; undefined where it is answered already. */
  #accept(vq: VirtQueue, element: VirtQueueElement): Request | 'broken' | undefined {
    const requestBytes = VIRTIO_SCSI_CMD_REQ + this.cdbSize;
    const layout = this.#layout(vq, element, requestBytes, CMD_RESP + this.senseSize);
    if (!layout) return 'broken';
    const finish = (response: number) => {
      this.#respond({ vq, element, layout }, response);
      return undefined;
    };
    if (layout.out > 0 && layout.in > 0) return finish(S.FAILURE);
    const bytes = new Uint8Array(requestBytes);
    element.read(0, bytes);
    const address = unitAddress(bytes, VIRTIO_SCSI_LUN_AT.command);
    const unit = address && this.#units?.unitAt(address.target, address.lun);
    if (!unit) return finish(S.BAD_TARGET);
    const task = unit.task(bytes.subarray(VIRTIO_SCSI_CMD_REQ), address.lun);
    const direction = layout.out > 0 ? 'toDevice' : layout.in > 0 ? 'fromDevice' : 'none';
    const { command } = task;
    if (command && command.direction !== 'none') {
      const room = layout.out + layout.in;
      if (command.direction !== direction || command.transfer > room) return finish(S.OVERRUN);
    }
    return { vq, element, layout, unit, task };
  }

  #carryOut(request: Request): void {
    const { unit, task } = request;
    const answer = task.run(this.#transferOf(request));
    this.#respond(request, S.OK, answer);
    if (answer.sense) unit.attentionReported();
  }

  /** Writes a command's response and returns its chain (VIRTIO 1.4 §5.6.6.1). */
  #respond(
    { vq, element, layout }: Pick<Request, 'vq' | 'element' | 'layout'>,
    response: number,
    answer?: ScsiAnswer,
  ): void {
    const sense = answer?.sense ? senseBytes(answer.sense).subarray(0, this.senseSize) : undefined;
    const bytes = new Uint8Array(CMD_RESP + (sense?.length ?? 0));
    const view = new DataView(bytes.buffer);
    const little = !this.bigEndian;
    view.setUint32(0, sense?.length ?? 0, little);
    view.setUint32(4, answer?.residual ?? 0, little);
    bytes[10] = answer?.status ?? 0;
    bytes[11] = response;
    if (sense) bytes.set(sense, CMD_RESP);
    element.write(bytes);
    vq.push(element, layout.written);
    vq.notify();
  }

  #transferOf({ vq, element, layout }: Request): ScsiTransfer {
    return {
      size: layout.out + layout.in,
      fetch: (into) => element.read(layout.outAt, into),
      store: (bytes) => element.write(bytes, layout.inAt),
      atDrive: (op, position, length, work) => this.#atDrive(vq.index, op, position, length, work),
    };
  }

  #atDrive(
    queue: number,
    op: BackendOp,
    position: number,
    length: number,
    work: () => void,
  ): boolean {
    const { journal, dev } = this;
    const id = this.#requestId++;
    if (journal.on) journal.backendRequest(dev, queue, op, id, position, length);
    let done = true;
    try {
      work();
    } catch {
      done = false;
    }
    if (journal.on) journal.backendCompletion(dev, queue, op, id, done ? 0 : 1, length);
    return done;
  }

  /** Carries out control requests (VIRTIO 1.4 §5.6.6.2). */
  #control(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const bytes = new Uint8Array(element.readableLength);
      element.read(0, bytes);
      const little = !this.bigEndian;
      const type = bytes.length < 4 ? undefined : new DataView(bytes.buffer).getUint32(0, little);
      const known = type === T.TMF || type === T.AN_QUERY || type === T.AN_SUBSCRIBE;
      const { request, response } = type === T.TMF ? CTRL_BYTES.tmf : CTRL_BYTES.asynchronous;
      const wanted = type === undefined ? 4 : known ? request : 0;
      const layout = this.#layout(vq, element, wanted, known ? response : 0);
      if (!layout) return;
      if (known) {
        // Nothing is ever told asynchronously: no event, and all is well.
        const answer = new Uint8Array(response);
        const units = this.#units;
        if (type === T.TMF && units)
          answer[0] = manageTasks(units, bytes.subarray(0, request), little);
        element.write(answer);
      }
      vq.push(element, known ? layout.written : 0);
      vq.notify();
    }
  }

  /** Layout of a chain; undefined where it is too short, and the device broke. */
  #layout(
    vq: VirtQueue,
    element: VirtQueueElement,
    request: number,
    response: number,
  ): RequestLayout | undefined {
    const anyLayout = this.accepted(VIRTIO_F.VIRTIO_F_ANY_LAYOUT);
    const layout = layoutOf(element, request, response, anyLayout);
    if (layout) return layout;
    const message = 'wrong size for virtio-scsi headers';
    this.violate(vq.index, 'scsiHeaderSize', element.head, element.readableLength, message);
    vq.discard(element);
    return undefined;
  }

  #plugged(device: Device): void {
    if (!(device instanceof ScsiDevice)) return;
    if (this.accepted(VIRTIO_SCSI_F.VIRTIO_SCSI_F_HOTPLUG)) this.#moved(device, RESET.RESCAN);
  }

  /** A unit came or went. */
  #moved(unit: ScsiDevice, reason: number): void {
    this.#tell(EVENT.TRANSPORT_RESET, reason, unit);
    this.#units?.raise(SENSE.reportedLunsChanged);
  }

  /** There are buffers for events again: the driver hears that some were missed. */
  #tellMissed(): void {
    if (this.#missedEvents) this.#tell(EVENT.NO_EVENT, 0);
  }

  /** Tells the driver of an event (VIRTIO 1.4 §5.6.6.3). */
  #tell(event: number, reason: number, unit?: ScsiDevice): void {
    if (!(this.status & STATUS.DRIVER_OK)) return;
    const vq = this.queues[EVENT_QUEUE]?.vq;
    const element = vq?.pop();
    if (!vq || !element) {
      this.#missedEvents = true;
      return;
    }
    const layout = this.#layout(vq, element, 0, VIRTIO_SCSI_EVENT_BYTES);
    if (!layout) return;
    const bytes = new Uint8Array(VIRTIO_SCSI_EVENT_BYTES);
    const view = new DataView(bytes.buffer);
    const little = !this.bigEndian;
    view.setUint32(0, (event | (this.#missedEvents ? EVENT.EVENTS_MISSED : 0)) >>> 0, little);
    this.#missedEvents = false;
    if (unit) bytes.set(lunBytes(unit), 4);
    view.setUint32(12, reason, little);
    element.write(bytes);
    vq.push(element, layout.written);
    vq.notify();
  }
}

/** A unit's address as events tell it. */
function lunBytes({ address: [, target, lun] }: ScsiDevice): Uint8Array {
  const bytes = new Uint8Array(VIRTIO_SCSI_LUN_BYTES);
  bytes.set([1, target, lun < SMALL_LUNS ? 0 : (lun >> 8) | 0x40, lun & 0xff]);
  return bytes;
}

/** The abstract root of SCSI hosts. */
export const VIRTIO_SCSI_COMMON_TYPE: TypeInfo = {
  name: 'virtio-scsi-common',
  parent: 'virtio-device',
  abstract: true,
};

/** The type of the SCSI host whose commands are carried out here. */
export const VIRTIO_SCSI_TYPE: TypeInfo = {
  name: 'virtio-scsi-device',
  parent: 'virtio-scsi-common',
  properties: PROPERTIES,
  create: (init) => new VirtioScsi(init),
};
