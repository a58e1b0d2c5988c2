import { utf8Encode } from '../../../base/utf8.ts';
import {
  VIRTIO_INPUT_CFG as CFG,
  VIRTIO_INPUT_CONFIG_HEAD,
  VIRTIO_INPUT_CONFIG_MAX,
} from '../../../spec/input.ts';

/** Event types of Linux's input layer, whose words the device uses (VIRTIO 1.4 §5.8). */
export const EV = { SYN: 0x00, KEY: 0x01, REL: 0x02, ABS: 0x03, LED: 0x11, REP: 0x14 } as const;
/** Codes of relative axes. */
export const REL = { X: 0x00, Y: 0x01, WHEEL: 0x08 } as const;
/** Codes of absolute axes. */
export const ABS = { X: 0x00, Y: 0x01 } as const;

/** What an input device answers to one question of its driver. */
export interface InputReport {
  readonly select: number;
  readonly subsel: number;
  /** At most 128 bytes. */
  readonly bytes: Uint8Array;
}

/** The device's name, with the zero that QEMU sends along. */
export function nameReport(name: string): InputReport {
  return { select: CFG.ID_NAME, subsel: 0, bytes: utf8Encode(`${name}\0`) };
}

/** The device's serial number. */
export function serialReport(serial: string): InputReport {
  return { select: CFG.ID_SERIAL, subsel: 0, bytes: utf8Encode(serial) };
}

/** Bus, vendor, product and version, 16 bits each. */
export function idReport(...ids: readonly [number, number, number, number]): InputReport {
  const bytes = Uint8Array.from(ids.flatMap((id) => [id & 0xff, id >> 8]));
  return { select: CFG.ID_DEVIDS, subsel: 0, bytes };
}

/** Which codes of an event type the device sends or takes, a bit each. */
export function bitsReport(type: number, codes: Iterable<number>): InputReport {
  const all = [...codes];
  const bytes = new Uint8Array(1 + (Math.max(0, ...all) >> 3));
  for (const code of all) bytes[code >> 3] = (bytes[code >> 3] ?? 0) | (1 << (code & 7));
  return { select: CFG.EV_BITS, subsel: type, bytes };
}

/** Range of an absolute axis: minimum, maximum, fuzz, flat, resolution. */
export function axisReport(axis: number, minimum: number, maximum: number): InputReport {
  const bytes = new Uint8Array(20);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, minimum, true);
  view.setUint32(4, maximum, true);
  return { select: CFG.ABS_INFO, subsel: axis, bytes };
}

/** Bytes of the configuration space: room for the longest answer. */
export function configSizeOf(reports: readonly InputReport[]): number {
  return VIRTIO_INPUT_CONFIG_HEAD + Math.max(0, ...reports.map(({ bytes }) => bytes.length));
}

/** Whether every answer fits into its field. */
export function reportsFit(reports: readonly InputReport[]): boolean {
  return reports.every(({ bytes }) => bytes.length <= VIRTIO_INPUT_CONFIG_MAX);
}
