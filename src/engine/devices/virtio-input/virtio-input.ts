import { VIRTIO_INPUT_CONFIG as CONFIG, VIRTIO_INPUT_CONFIG_HEAD } from '../../../spec/input.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { str } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import { configSizeOf, type InputReport, reportsFit, serialReport } from './reports.ts';

const QUEUE_SIZE = 64;

const PROPERTIES = { serial: str() } as const;

/** What every input device has in common: it answers questions, and reports events (VIRTIO 1.4 §5.8). */
export abstract class VirtioInput<P = unknown> extends VirtioDevice<P & typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.INPUT;
  readonly deviceName = 'virtio-input';
  #reports: readonly InputReport[] = [];
  /** The question that is answered; written by the driver. */
  #select = 0;
  #subsel = 0;

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
    this.addQueue('eventq', QUEUE_SIZE, this.unprocessed);
    this.addQueue('statusq', QUEUE_SIZE, this.unprocessed);
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
