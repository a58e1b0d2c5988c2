import { VIRTIO_ID } from '../../spec/virtio.ts';

/** What a device keeps buffers for until somebody outside brings it something. */
export interface Input {
  /** What the buffers are called: `receive buffer`. */
  readonly buffers: string;
  /** What it waits for. */
  readonly what: string;
  /** Where the specification says so. */
  readonly section: string;
  /** Kind of back end that brings it, where one must be there. */
  readonly from?: 'netdev' | 'chardev';
  /** The device reads these buffers; all others it fills. */
  readonly read?: true;
  /** What comes while there is no buffer cannot be put anywhere, and the driver misses it. */
  readonly receives?: true;
}

/** A queue by its number; `last`: number of the device's last queue. */
type Rule = (queue: number, last: number) => Input | undefined;

const PACKET: Input = {
  buffers: 'receive buffer',
  what: 'a packet',
  section: '5.1.9.3',
  from: 'netdev',
  receives: true,
};
const BYTES: Input = {
  buffers: 'receive buffer',
  what: 'bytes from its character device',
  section: '5.3.6',
  from: 'chardev',
  receives: true,
};
const CONTROL: Input = {
  buffers: 'control buffer',
  what: 'news of its ports',
  section: '5.3.6.2',
};
const events = (section: string, what = 'an event'): Input => ({
  buffers: 'event buffer',
  what,
  section,
});

/** Queues whose buffers the device fills when something comes from outside, by virtio ID (VIRTIO 1.4 §5). */
const INPUTS: Readonly<Record<number, Rule>> = {
  // Receive queues are the even ones; the control queue is the last one.
  [VIRTIO_ID.NET]: (queue, last) =>
    queue % 2 === 0 && (queue === 0 || queue !== last) ? PACKET : undefined,
  // Ports from the second on come behind the two control queues.
  [VIRTIO_ID.CONSOLE]: (queue) => (queue === 2 ? CONTROL : queue % 2 === 0 ? BYTES : undefined),
  [VIRTIO_ID.BALLOON]: (queue) =>
    queue === 2
      ? {
          buffers: 'buffer of statistics',
          what: 'somebody to ask for them',
          section: '5.5.6.3',
          read: true,
        }
      : undefined,
  [VIRTIO_ID.SCSI]: (queue) => (queue === 1 ? events('5.6.6.3') : undefined),
  [VIRTIO_ID.INPUT]: (queue) => (queue === 0 ? events('5.8.6', 'a key or a movement') : undefined),
  [VIRTIO_ID.SOCKET]: (queue) =>
    queue === 0
      ? { buffers: 'receive buffer', what: 'a packet', section: '5.10.6', receives: true }
      : queue === 2
        ? events('5.10.6')
        : undefined,
  [VIRTIO_ID.IOMMU]: (queue) => (queue === 1 ? events('5.13.6', 'a fault') : undefined),
};

/** What a queue's device waits for from outside, or undefined where it answers by itself. */
export function inputOf(
  virtioId: number | undefined,
  queue: number,
  last: number,
): Input | undefined {
  return INPUTS[virtioId ?? 0]?.(queue, last);
}

/** Devices that tell their driver what to do by their configuration, before it gives them any buffer. */
const BY_CONFIG: readonly number[] = [VIRTIO_ID.BALLOON, VIRTIO_ID.MEM];

/** Whether the driver of such a device may sleep without having given it a buffer. */
export function toldByConfig(virtioId: number | undefined): boolean {
  return BY_CONFIG.includes(virtioId ?? 0);
}

/** Section that says that the device fills each buffer of a queue; undefined where it need not. */
export function filledBy(
  virtioId: number | undefined,
  input: Input | undefined,
): string | undefined {
  if (virtioId === VIRTIO_ID.ENTROPY) return '5.4.6';
  return input?.read ? undefined : input?.section;
}
