import { hex } from '../../base/bits.ts';
import { VIRTIO_BLK_CONFIG, VIRTIO_BLK_SECTOR } from '../../spec/blk.ts';
import { bitsOf, featureBit, flagNames, ISR_BITS, STATUS_BITS } from '../../spec/constants.ts';
import type { Register } from '../../spec/registers.ts';
import { STATUS, VIRTIO_ID } from '../../spec/virtio.ts';
import { deviceName, type Telling, type Tone } from './narration-types.ts';
import { bytesText, combined, list } from './words.ts';

/** What a register access comes down to; the rest is the same for all. */
export interface Said {
  readonly title: string;
  readonly text: string;
  readonly section?: string;
  readonly document?: string;
  readonly tone?: Tone;
  readonly queue?: number;
}

/** An access to a known register. */
export interface Access {
  readonly telling: Telling<'regRead' | 'regWrite'>;
  readonly write: boolean;
  readonly name: string;
  readonly register: Register;
  readonly value: number;
  /**
   * Value last seen of another register of the same region; 0, as after a reset, where none was.
   */
  readonly seen: (register: Register) => number;
}

/** How an access to one register is told. */
export type Say = (access: Access) => Said;

/** `name ← value` of a write, `name is value` of a read. */
export const arrow = ({ name, write, value }: Access, shown = hex(value)) =>
  write ? `${name} ← ${shown}` : `${name} is ${shown}`;
/** Names of the feature bits in one 32-bit half, by its number. */
export function features({ telling, value }: Access, half: number): string {
  const id = telling.names.virtioId(telling.event.dev);
  const names = bitsOf(value).map(
    (bit) => featureBit(id, bit + 32 * half)?.name ?? `bit ${bit + 32 * half}`,
  );
  return names.length === 0 ? 'none' : list(names, 24);
}

/** What the device offers, of the half of its feature bits that was selected. */
export const offers =
  (half: (access: Access) => number): Say =>
  (access) => ({
    title: arrow(access, hex(access.value, 8)),
    text: `The device offers, of bits ${32 * half(access)} to ${32 * half(access) + 31}: ${features(access, half(access))}.`,
    section: '2.2',
  });

/** What the driver accepts, of the half of the feature bits that was selected. */
export const accepts =
  (half: (access: Access) => number): Say =>
  (access) => ({
    title: arrow(access, hex(access.value, 8)),
    text: `The driver accepts, of bits ${32 * half(access)} to ${32 * half(access) + 31}: ${features(access, half(access))}.`,
    section: '2.2.1',
  });

/** Which half of the feature bits a register `what` shows or means; `verb` says which of the two. */
export const selectsFeatures =
  (verb: 'shows' | 'means', what: string, section: string): Say =>
  (access) => ({
    title: arrow(access, String(access.value)),
    text: access.write
      ? `Chooses which feature bits ${what} ${verb}: ${32 * access.value} to ${32 * access.value + 31}.`
      : `Feature bits ${32 * access.value} to ${32 * access.value + 31} are chosen.`,
    section,
  });

/** The device status field. */
export const status: Say = (access) => {
  const { write, value, telling, seen, register } = access;
  const title = arrow(access, combined(flagNames(STATUS_BITS, value)));
  const name = deviceName(telling.names, telling.event.dev);
  if (write && value === 0)
    return {
      title: 'Reset',
      text: `Writing 0 to ${access.name} resets ${name}.`,
      section: '2.4',
    };
  if (!write) {
    if (value === 0) return { title, text: `${name} is in its reset state.`, section: '2.4' };
    if (seen(register) & STATUS.FEATURES_OK && !(value & STATUS.FEATURES_OK))
      return {
        title,
        text: 'FEATURES_OK did not stay set: the device refuses the features that the driver chose.',
        section: '2.2.2',
      };
    const needs = value & STATUS.DEVICE_NEEDS_RESET;
    const text = needs
      ? `${name} has met an error and stays silent until it is reset.`
      : `${name} says how far its driver has come.`;
    return { title, text, section: needs ? '2.1.2' : '2.1' };
  }
  const fresh = value & ~(telling.before.devices.get(telling.event.dev)?.status ?? 0);
  const docs = STATUS_BITS.entries
    .filter((bit) => fresh & bit.value)
    .map((bit) => `${bit.doc} (${bit.name})`);
  const more =
    fresh & STATUS.FEATURES_OK ? ' Reading it back tells whether the device agrees.' : '';
  const text = docs.length === 0 ? 'Writes the status that it had.' : `Says: ${list(docs)}.${more}`;
  return { title, text, section: '3.1.1' };
};

/** The ISR status, which a read clears. */
export const isr: Say = (access) => {
  const causes = ISR_BITS.entries.filter(({ value }) => access.value & value).map(({ doc }) => doc);
  const why = causes.length === 0 ? 'This device has nothing to tell' : `It says: ${list(causes)}`;
  return {
    title: arrow(access, combined(flagNames(ISR_BITS, access.value))),
    text: `${why}. Reading it clears it and lowers the interrupt line.`,
    section: '4.1.4.5',
    tone: 'interrupt',
  };
};

/** An available-buffer notification by a register. */
export const doorbell: Say = (access) => {
  const queue = access.value & 0xffff;
  const { telling } = access;
  return {
    title: `Doorbell of queue ${queue}`,
    text: `The driver tells ${deviceName(telling.names, telling.event.dev)} that queue ${queue} has new available buffers.`,
    section: '4.1.5.2',
    tone: 'notification',
    queue,
  };
};

/** Chapters of VIRTIO 1.4 that lay out a device’s configuration, by virtio ID. */
const CONFIG_SECTION: Readonly<Record<number, string>> = {
  [VIRTIO_ID.NET]: '5.1.4',
  [VIRTIO_ID.BLOCK]: '5.2.4',
  [VIRTIO_ID.CONSOLE]: '5.3.4',
  [VIRTIO_ID.ENTROPY]: '5.4.4',
  [VIRTIO_ID.BALLOON]: '5.5.4',
  [VIRTIO_ID.SCSI]: '5.6.4',
  [VIRTIO_ID.GPU]: '5.7.4',
  [VIRTIO_ID.INPUT]: '5.8.4',
  [VIRTIO_ID.CRYPTO]: '5.9.5',
  [VIRTIO_ID.SOCKET]: '5.10.4',
  [VIRTIO_ID.FS]: '5.11.4',
  [VIRTIO_ID.IOMMU]: '5.13.4',
  [VIRTIO_ID.MEM]: '5.15.4',
  [VIRTIO_ID.PMEM]: '5.19.4',
};

/** A field of the device’s own configuration. */
export const config: Say = (access) => {
  const { telling, register, name, value, write } = access;
  const { event } = telling;
  const whole = event.size >= register.width;
  const half = event.offset === register.offset ? 'lower' : 'upper';
  const capacity = register.doc === VIRTIO_BLK_CONFIG.capacity.doc && whole;
  const part = whole ? '' : ` (${half} ${event.size} of ${register.width} bytes)`;
  return {
    title: write ? `${name}${part} ← ${value}` : `${name}${part} is ${value}`,
    text: `${register.doc}${capacity ? `: ${bytesText(value * VIRTIO_BLK_SECTOR)}` : ''}.`,
    section: CONFIG_SECTION[telling.names.virtioId(event.dev) ?? 0] ?? '2.5',
  };
};
