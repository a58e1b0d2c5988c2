import { hex } from '../../base/bits.ts';
import { flagNames, ISR_BITS } from '../../spec/constants.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_MAGIC } from '../../spec/virtio-mmio.ts';
import {
  type Access,
  accepts,
  arrow,
  doorbell,
  offers,
  type Say,
  selectsFeatures,
  status,
} from './register-words.ts';
import { address, bytesText, combined, list } from './words.ts';

/** The queue that the Queue registers of a memory-mapped device mean. */
const queueOf = ({ seen }: Access) => seen(VIRTIO_MMIO.QueueSel);

/** A register that is about the selected queue: told by its value, in decimal where it is a count. */
const ofQueue =
  (text: (access: Access, queue: number) => string, shown?: (value: number) => string): Say =>
  (access) => ({
    title: arrow(access, shown ? shown(access.value) : hex(access.value)),
    text: text(access, queueOf(access)),
    section: OLD.includes(access.name) ? '4.2.4' : '4.2.3.2',
    queue: queueOf(access),
  });

/** Registers that version 1 alone has. */
const OLD: readonly string[] = ['GuestPageSize', 'QueueAlign', 'QueuePFN'];

/** One half of the address of an area of the selected queue. */
const area = (half: 'lower' | 'upper', what: string): Say =>
  ofQueue(
    (_, queue) => `The ${half} half of the address of the ${what} of queue ${queue}.`,
    (value) => hex(value, 8),
  );

/** What is said of the registers of a memory-mapped device; of the rest, the line in the table. */
export const MMIO_SAYS: Readonly<Partial<Record<keyof typeof VIRTIO_MMIO, Say>>> = {
  MagicValue: (access) => ({
    title: arrow(access),
    text:
      access.value === VIRTIO_MMIO_MAGIC
        ? 'These are the letters “virt”: registers of virtio-mmio begin here.'
        : 'These are not the letters “virt”: no virtio-mmio here.',
    section: '4.2.2',
  }),
  Version: (access) => ({
    title: arrow(access, String(access.value)),
    text:
      access.value === 1 ? 'The legacy interface.' : `Version ${access.value} of the registers.`,
    section: access.value === 1 ? '4.2.4' : '4.2.2',
  }),
  DeviceID: (access) => ({
    title: arrow(access, String(access.value)),
    text:
      access.value === 0
        ? 'There is no device in this slot.'
        : `A virtio device is here, of ID ${access.value}.`,
    section: '4.2.2',
  }),
  DeviceFeaturesSel: selectsFeatures('shows', 'DeviceFeatures', '4.2.2'),
  DriverFeaturesSel: selectsFeatures('means', 'DriverFeatures', '4.2.2'),
  DeviceFeatures: offers(({ seen }) => seen(VIRTIO_MMIO.DeviceFeaturesSel)),
  DriverFeatures: accepts(({ seen }) => seen(VIRTIO_MMIO.DriverFeaturesSel)),
  QueueSel: (access) => ({
    title: arrow(access, String(access.value)),
    text: `From here on the Queue registers mean queue ${access.value}.`,
    section: '4.2.3.2',
    queue: access.value,
  }),
  QueueNumMax: ofQueue(
    ({ value }, queue) =>
      value === 0 ? `There is no queue ${queue}.` : `Queue ${queue} can have ${value} entries.`,
    String,
  ),
  QueueNum: ofQueue(({ value }, queue) => `Queue ${queue} gets ${value} entries.`, String),
  QueueReady: ofQueue(({ value, write }, queue) => {
    if (!write) return `Queue ${queue} is ${value === 1 ? '' : 'not '}in use.`;
    return value === 1
      ? `Queue ${queue} is set up: the device may use it from DRIVER_OK on.`
      : `The driver takes queue ${queue} back.`;
  }, String),
  QueueReset: ofQueue(
    ({ value, write }, queue) =>
      write
        ? `Asks for a reset of queue ${queue} alone.`
        : `Queue ${queue} is ${value === 1 ? '' : 'not '}being reset.`,
    String,
  ),
  QueueDescLow: area('lower', 'descriptor area'),
  QueueDescHigh: area('upper', 'descriptor area'),
  QueueDriverLow: area('lower', 'driver area'),
  QueueDriverHigh: area('upper', 'driver area'),
  QueueDeviceLow: area('lower', 'device area'),
  QueueDeviceHigh: area('upper', 'device area'),
  GuestPageSize: (access) => ({
    title: arrow(access, String(access.value)),
    text: `QueuePFN counts in pages of ${bytesText(access.value)}.`,
    section: '4.2.4',
  }),
  QueueAlign: ofQueue(
    ({ value }, queue) => `The used ring of queue ${queue} begins at a multiple of ${value} bytes.`,
    String,
  ),
  QueuePFN: ofQueue((access, queue) => {
    const { value, write } = access;
    const page = pageOf(access);
    if (value === 0)
      return write ? `The driver takes queue ${queue} back.` : `Queue ${queue} is not set up.`;
    const where = page === 0 ? `page ${value}` : `${address(value * page)}, page ${value}`;
    return write
      ? `The whole of queue ${queue} is at ${where}: descriptor table, available ring, used ring.`
      : `Queue ${queue} is at ${where}.`;
  }),
  QueueNotify: (access) => ({ ...doorbell(access), section: '4.2.3.3' }),
  ConfigGeneration: (access) => ({
    title: arrow(access, String(access.value)),
    text: 'If it is the same before and after, what was read of the configuration belongs together.',
    section: '2.5.1',
  }),
  Status: status,
  InterruptStatus: (access) => {
    const causes = ISR_BITS.entries.filter(({ value }) => access.value & value);
    const why = list(causes.map(({ doc }) => doc)) || 'This device has nothing to tell';
    return {
      title: arrow(access, combined(flagNames(ISR_BITS, access.value))),
      text: `${causes.length > 0 ? 'It says: ' : ''}${why}.`,
      section: '4.2.3.4',
      tone: 'interrupt',
    };
  },
  InterruptACK: (access) => ({
    title: arrow(access, combined(flagNames(ISR_BITS, access.value))),
    text: 'The driver has handled these causes; the interrupt line falls when none is left.',
    section: '4.2.3.4.1',
    tone: 'interrupt',
  }),
};

/** Bytes of a page, as the driver last said. */
function pageOf({ seen }: Access): number {
  return seen(VIRTIO_MMIO.GuestPageSize);
}
