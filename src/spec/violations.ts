/** One rule of the specification that a driver can break and a device can notice. */
export interface ViolationInfo {
  readonly code: string;
  /** Section, without the document's name. */
  readonly section: string;
  /** What the event's `index` counts, where it is a place in the ring. */
  readonly at?: 'descriptor' | 'available';
  /** How `value` is meant, where it is not a plain count or index. */
  readonly value?: 'address' | 'features' | 'status';
  /** What happened, in plain words; `{index}` and `{value}` stand for the event's fields. */
  readonly text: string;
  /** Whether the device can stop over it until it is reset; its status tells whether it did. */
  readonly fatal: boolean;
}

/** Every violation; an event's `code` is an index into this list. Append only. */
export const VIOLATIONS = [
  {
    code: 'headOutOfRange',
    section: '2.7.13.2',
    at: 'available',
    text: 'The available ring names descriptor {value} as a chain’s head, but the queue has no such descriptor.',
    fatal: true,
  },
  {
    code: 'nextOutOfRange',
    section: '2.7.5.2',
    at: 'descriptor',
    text: 'Descriptor {index} continues at descriptor {value}, which is beyond the end of the table.',
    fatal: true,
  },
  {
    code: 'chainLoop',
    section: '2.7.5.2',
    at: 'descriptor',
    text: 'The chain that starts at descriptor {index} loops: it is longer than the queue.',
    fatal: true,
  },
  {
    code: 'addressOutsideRam',
    section: '2.7.5',
    value: 'address',
    at: 'descriptor',
    text: 'Descriptor {index} points to {value}, where the guest has no memory.',
    fatal: true,
  },
  {
    code: 'zeroLength',
    section: '2.7.5',
    at: 'descriptor',
    text: 'Descriptor {index} has length zero.',
    fatal: true,
  },
  {
    code: 'readableAfterWritable',
    section: '2.7.4.2',
    at: 'descriptor',
    text: 'Descriptor {index} is for the device to read, but follows one that it may write.',
    fatal: true,
  },
  {
    code: 'availIndexJump',
    section: '2.7.13.3',
    text: 'The available index moved by {value} at once, more than the queue has entries.',
    fatal: true,
  },
  {
    code: 'indirectNotNegotiated',
    section: '2.7.5.3.1',
    at: 'descriptor',
    text: 'Descriptor {index} is INDIRECT, but VIRTIO_F_INDIRECT_DESC was not negotiated.',
    fatal: true,
  },
  {
    code: 'indirectBadLength',
    section: '2.7.5.3.1',
    at: 'descriptor',
    text: 'The indirect table of descriptor {index} has {value} bytes, not a multiple of 16.',
    fatal: true,
  },
  {
    code: 'indirectNested',
    section: '2.7.5.3.1',
    at: 'descriptor',
    text: 'Descriptor {index} of an indirect table is itself INDIRECT.',
    fatal: true,
  },
  {
    code: 'ringOutsideRam',
    section: '2.7.1',
    value: 'address',
    text: 'A ring area at {value} lies outside the guest’s memory.',
    fatal: true,
  },
  {
    code: 'ringMisaligned',
    section: '2.7.1',
    value: 'address',
    text: 'A ring area at {value} is not aligned as it must be.',
    fatal: true,
  },
  {
    code: 'queueSizeNotPowerOfTwo',
    section: '2.7',
    text: 'Queue size {value} is not a power of two.',
    fatal: false,
  },
  {
    code: 'queueSizeTooLarge',
    section: '4.1.4.3.2',
    text: 'Queue size {value} is more than the device allows.',
    fatal: false,
  },
  {
    code: 'notifyBeforeDriverOk',
    section: '3.1.1',
    text: 'The driver notified queue {index} before it set DRIVER_OK.',
    fatal: false,
  },
  {
    code: 'featureNotOffered',
    section: '2.2.1',
    value: 'features',
    text: 'The driver accepted feature bits that the device does not offer: {value}.',
    fatal: false,
  },
  {
    code: 'version1NotAccepted',
    section: '6.1',
    text: 'The driver set FEATURES_OK without accepting VIRTIO_F_VERSION_1.',
    fatal: false,
  },
  {
    code: 'statusBitCleared',
    section: '2.1.1',
    value: 'status',
    text: 'The driver cleared status bits {value} without a reset.',
    fatal: false,
  },
  {
    code: 'requestTooShort',
    section: '5.2.6.1',
    text: 'A request of queue entry {index} is too short for its header or status ({value} bytes).',
    fatal: true,
  },
  {
    code: 'requestMissingStatus',
    section: '5.2.6',
    text: 'Request {index} has no writable byte for its status.',
    fatal: true,
  },
  {
    code: 'busMasterOff',
    section: '4.1.4',
    text: 'The device may not read guest memory: PCI bus mastering is off.',
    fatal: false,
  },
  {
    code: 'requestNoReadable',
    section: '5.2.6',
    text: 'Request {index} has no readable part: its header is missing.',
    fatal: true,
  },
  {
    code: 'indirectEmpty',
    section: '2.7.5.3.1',
    at: 'descriptor',
    text: 'The indirect table of descriptor {index} is empty.',
    fatal: true,
  },
  {
    code: 'queueEnableNotOne',
    section: '4.1.4.3.2',
    text: 'The driver wrote {value} to queue_enable; only 1 is allowed.',
    fatal: true,
  },
  {
    code: 'requestHeaderShort',
    section: '5.2.6',
    text: 'Request {index} has a header of {value} bytes, not 16.',
    fatal: true,
  },
  {
    code: 'indirectAndNext',
    section: '2.7.5.3.1',
    text: 'Descriptor {index} is INDIRECT and NEXT at once.',
    fatal: false,
  },
  {
    code: 'scsiConfigTooLarge',
    section: '5.6.4',
    text: 'The driver wrote {value} to offset {index} of the configuration: more than the device can do.',
    fatal: true,
  },
  {
    code: 'packedAreaOutsideRam',
    section: '2.8.10.1',
    value: 'address',
    text: 'A part of the packed ring at {value} lies outside the guest’s memory.',
    fatal: true,
  },
  {
    code: 'packedAreaMisaligned',
    section: '2.8.11',
    value: 'address',
    text: 'A part of the packed ring at {value} is not aligned as it must be.',
    fatal: false,
  },
  {
    code: 'packedOverrun',
    section: '2.8.16',
    at: 'descriptor',
    text: 'Descriptor {index} was made available again while {value} descriptors, all that the ring has room for, are still with the device.',
    fatal: true,
  },
  {
    code: 'packedListTooLong',
    section: '2.8.17',
    at: 'descriptor',
    text: 'The list that starts at descriptor {index} is longer than the device allows: it has {value} descriptors or more.',
    fatal: true,
  },
  {
    code: 'packedListIncomplete',
    section: '2.8.17',
    at: 'descriptor',
    text: 'Descriptor {index} belongs to a list that is available, but is itself not marked as available (flags {value}).',
    fatal: false,
  },
  {
    code: 'packedReadableAfterWritable',
    section: '2.8.17',
    at: 'descriptor',
    text: 'Descriptor {index} is for the device to read, but follows one that it may write.',
    fatal: true,
  },
  {
    code: 'packedZeroLength',
    section: '2.8.4',
    at: 'descriptor',
    text: 'Descriptor {index} has length zero.',
    fatal: true,
  },
  {
    code: 'packedAddressOutsideRam',
    section: '2.8.4',
    value: 'address',
    at: 'descriptor',
    text: 'Descriptor {index} points to {value}, where the guest has no memory.',
    fatal: true,
  },
  {
    code: 'packedIndirectNotNegotiated',
    section: '2.8.19',
    at: 'descriptor',
    text: 'Descriptor {index} is INDIRECT, but VIRTIO_F_INDIRECT_DESC was not negotiated.',
    fatal: false,
  },
  {
    code: 'packedIndirectBadLength',
    section: '2.8.7',
    at: 'descriptor',
    text: 'The indirect table of descriptor {index} has {value} bytes, not a multiple of 16 above zero.',
    fatal: true,
  },
  {
    code: 'packedIndirectInList',
    section: '2.8.19',
    at: 'descriptor',
    text: 'Descriptor {index} is INDIRECT and part of a list that NEXT links.',
    fatal: false,
  },
  {
    code: 'packedIndirectFlags',
    section: '2.8.19',
    at: 'descriptor',
    text: 'Descriptor {index} of an indirect table has flags {value}; only WRITE is allowed there.',
    fatal: false,
  },
  {
    code: 'packedEventFlags',
    section: '2.8.10',
    text: 'The driver’s event flags are {value}, which has no meaning here.',
    fatal: false,
  },
  {
    code: 'notifyNoQueue',
    section: '2.9',
    text: 'The driver notified queue {value}, which the device has not.',
    fatal: false,
  },
  {
    code: 'notificationWithoutData',
    section: '2.9',
    text: 'VIRTIO_F_NOTIFICATION_DATA was negotiated, but the notification of queue {index} has no room for data.',
    fatal: false,
  },
  {
    code: 'notificationDataWrong',
    section: '2.9',
    text: 'The notification says that the next place in the ring is {value}, but it is {index}.',
    fatal: false,
  },
  {
    code: 'queueResetNotNegotiated',
    section: '2.6.1',
    text: 'The driver reset queue {index}, but VIRTIO_F_RING_RESET was not negotiated.',
    fatal: false,
  },
  {
    code: 'statusAfterFailed',
    section: '2.1.1',
    value: 'status',
    text: 'The driver set status bits {value} after FAILED without a reset.',
    fatal: false,
  },
  {
    code: 'statusStepMissing',
    section: '3.1.1',
    value: 'status',
    text: 'The driver set status bits {value} before it was through with an earlier step.',
    fatal: false,
  },
  {
    code: 'featuresTooLate',
    section: '3.1.1',
    value: 'features',
    text: 'The driver changed feature bits {value} after FEATURES_OK.',
    fatal: false,
  },
  {
    code: 'featureRequirement',
    section: '2.2.1',
    text: 'The driver accepted feature bit {index} without bit {value}, which that requires.',
    fatal: false,
  },
  {
    code: 'availFlags',
    section: '2.7.7.1',
    text: 'The available ring’s flags are {value}, which has no meaning with the features that were negotiated.',
    fatal: false,
  },
  {
    code: 'controlTooShort',
    section: '5.1.9.5',
    text: 'Control command {index} is too short ({value} bytes), or has no byte for the answer.',
    fatal: true,
  },
  {
    code: 'packetTooShort',
    section: '5.1.9.2',
    text: 'Packet {index} has {value} readable bytes: there is nothing to send behind its header.',
    fatal: true,
  },
  {
    code: 'scsiHeaderSize',
    section: '5.6.6.1',
    text: 'Request {index} has no room for its header or its response ({value} readable bytes).',
    fatal: true,
  },
  {
    code: 'receiveNotWritable',
    section: '5.1.9.3',
    text: 'Receive buffer {index} has no writable part.',
    fatal: true,
  },
  {
    code: 'hintTooShort',
    section: '5.5.6.5',
    text: 'Free page hint {index} has a command number of {value} bytes.',
    fatal: true,
  },
  {
    code: 'iommuHeadTail',
    section: '5.13.6',
    text: 'Request {index} has {value} readable bytes, or no room for its tail: both take four.',
    fatal: true,
  },
  {
    code: 'cryptoRequest',
    section: '5.9',
    text: 'Request {index}, with {value} readable bytes, is no request: parts of it are missing or do not fit.',
    fatal: true,
  },
  {
    code: 'memRequest',
    section: '5.15.6',
    text: 'Request {index}, with {value} readable bytes, is too short, has no room for its response, or is of a kind that is not known.',
    fatal: true,
  },
  {
    code: 'pmemRequest',
    section: '5.19.6',
    text: 'There is no request, or request {index} has no readable or no writable part.',
    fatal: true,
  },
  {
    code: 'ninepRequest',
    section: '2.7.4',
    text: 'Request {index}, with {value} readable bytes, is no 9P message, or has no room for its answer.',
    fatal: true,
  },
] as const satisfies readonly ViolationInfo[];

/** Names of the violations. */
export type ViolationCode = (typeof VIOLATIONS)[number]['code'];
/** Index of a violation in `VIOLATIONS`. */
export const VIOLATION_INDEX = Object.fromEntries(
  VIOLATIONS.map((v, i) => [v.code, i]),
) as Readonly<Record<ViolationCode, number>>;
