/** One option of a command line: `-device virtio-rng-pci`. Never changed in place. */
export interface DocumentOption {
  /** Names it for as long as it lives: edits of its text, its place and other options keep the key. */
  readonly key: number;
  /** Without dashes: `device`. A bare word (an image) is `hda`, as QEMU takes it. */
  readonly name: string;
  /** Undefined where the option has none. Unquoted. */
  readonly argument: string | undefined;
}

/** What the person makes: a machine, as the command line that builds it. Never changed in place. */
export interface MachineDocument {
  /** `qemu-system-x86_64`, … */
  readonly program: string;
  /** In the order of the line; `DeviceNode.option` counts them. */
  readonly options: readonly DocumentOption[];
}

/** A person's text or wish that no document can be made of; the message is for them. */
export class DocumentError extends Error {}
