/** A wrong command line, option or property: the host's fault, not the guest's. The message is QEMU's exact text. */
export class ConfigError extends Error {
  override readonly name: string = 'ConfigError';
}

/** A device could not be realized. The message is QEMU's exact text. */
export class RealizeError extends ConfigError {
  override readonly name = 'RealizeError';
}
