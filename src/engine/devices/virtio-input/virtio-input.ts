import {
  VIRTIO_INPUT_CONFIG as CONFIG,
  VIRTIO_INPUT_CONFIG_HEAD,
  VIRTIO_INPUT_EVENT_BYTES,
} from '../../../spec/input.ts';
import { STATUS, VIRTIO_ID } from '../../../spec/virtio.ts';
import { str } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { configSizeOf, EV, type InputReport, reportsFit, serialReport } from './reports.ts';

const QUEUE_SIZE = 64;
/** Code of the event that ends a report. */
const SYN_REPORT = 0;

const PROPERTIES = { serial: str() } as const;

/** What every input device has in common: it answers questions, and reports events (VIRTIO 1.4 §5.8). */
export abstract class VirtioInput<P = unknown> extends VirtioDevice<P & typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.INPUT;
  readonly deviceName = 'virtio-input';
  #reports: readonly InputReport[] = [];
  /** The question that is answered; written by the driver. */
  #select = 0;
  #subsel = 0;
  /** Whether the driver takes events. */
  #active = false;
  /** Events of the report that is being put together. */
  #report: Uint8Array[] = [];

  override get configSize(): number {
    return configSizeOf(this.#reports);
  }

  /** What the device can answer. Throws RealizeError where it cannot be. */
  protected abstract describe(): readonly InputReport[];

  protected override realizeDevice(): void {
    const { serial } = this.values as { serial: string };
    this.#reports = [...this.describe(), ...(serial === '' ? [] : [serialReport(serial)])];
    // QEMU 7.2 aborts here; the sentence is ours.
    if (!reportsFit(this.#reports)) this.fail('serial must not be longer than 128 bytes');
    // New buffers for events: none ever waits for them.
    this.addQueue('eventq', QUEUE_SIZE, () => {});
    this.addQueue('statusq', QUEUE_SIZE, (vq) => this.#takeStatus(vq));
  }

  /** The driver is ready for events, or no more. */
  protected activeChanged(_active: boolean): void {}

  #setActive(active: boolean): void {
    if (active === this.#active) return;
    this.#active = active;
    this.#report = [];
    this.activeChanged(active);
  }

  protected override statusChanging(status: number): void {
    if (status & STATUS.DRIVER_OK) this.#setActive(true);
  }

  protected override resetDevice(): void {
    this.#setActive(false);
  }

  override unrealize(): void {
    super.unrealize();
    this.#setActive(false);
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      select: this.#select,
      subsel: this.#subsel,
      active: this.#active,
      report: this.#report,
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#select = state.select as number;
    this.#subsel = state.subsel as number;
    this.#active = state.active as boolean;
    this.#report = state.report as Uint8Array[];
  }

  /** Adds an event to the report (VIRTIO 1.4 §5.8.6). */
  protected add(type: number, code: number, value: number): void {
    if (!this.#active) return;
    const bytes = new Uint8Array(VIRTIO_INPUT_EVENT_BYTES);
    const view = new DataView(bytes.buffer);
    const little = !this.bigEndian;
    view.setUint16(0, type, little);
    view.setUint16(2, code, little);
    view.setInt32(4, value, little);
    this.#report.push(bytes);
  }

  /** Ends the report and sends it, an event a buffer; without room for all of it, it is lost whole. */
  protected sendReport(): void {
    if (!this.#active) return;
    this.add(EV.SYN, SYN_REPORT, 0);
    const report = this.#report;
    this.#report = [];
    const vq = this.queues[0]?.vq;
    if (!vq) return;
    const buffers: VirtQueueElement[] = [];
    for (const _ of report) {
      const element = vq.pop();
      if (element) buffers.push(element);
      else {
        for (const unused of buffers.reverse()) vq.unpop(unused);
        return;
      }
    }
    buffers.forEach((element, i) => {
      vq.push(element, element.write(report[i] ?? new Uint8Array(0)));
    });
    vq.notify();
  }

  /** What the driver tells: lights of a keyboard, which nobody sees. */
  #takeStatus(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const bytes = new Uint8Array(VIRTIO_INPUT_EVENT_BYTES);
      const length = element.read(0, bytes);
      const type = new DataView(bytes.buffer).getUint16(0, !this.bigEndian);
      if (type !== EV.LED)
        this.context.printError(`virtio_input_hid_handle_status: unknown type ${type}`);
      vq.push(element, length);
    }
    vq.notify();
  }

  override readConfig(): Uint8Array {
    const config = new Uint8Array(this.configSize);
    const answer = this.#reports.find(
      ({ select, subsel }) => select === this.#select && subsel === this.#subsel,
    );
    if (!answer) return config;
    config[CONFIG.select.offset] = answer.select;
    config[CONFIG.subsel.offset] = answer.subsel;
    config[CONFIG.size.offset] = answer.bytes.length;
    config.set(answer.bytes, VIRTIO_INPUT_CONFIG_HEAD);
    return config;
  }

  override writeConfig(config: Uint8Array): void {
    this.#select = config[CONFIG.select.offset] ?? 0;
    this.#subsel = config[CONFIG.subsel.offset] ?? 0;
    this.notifyConfig();
  }
}

/** The abstract input device. */
export const VIRTIO_INPUT_TYPE: TypeInfo = {
  name: 'virtio-input-device',
  parent: 'virtio-device',
  abstract: true,
  properties: PROPERTIES,
};
