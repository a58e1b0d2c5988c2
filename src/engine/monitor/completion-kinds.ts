/** What an argument of a command names, as far as the monitor can complete it. */
export type CompletionKind =
  /** A device type, then its properties. */
  | 'device-options'
  | 'device-id'
  | 'object-options'
  | 'object-id'
  | 'chardev-id'
  | 'netdev-id'
  /** A network back end or NIC. */
  | 'net-name'
  /** A path of the composition tree. */
  | 'path'
  /** A property of the object that the argument before names. */
  | 'property'
  /** The path of a virtio device. */
  | 'virtio-path';

/** Names of the command that explains the others. */
export const HELP_NAMES: readonly string[] = ['help', '?'];
