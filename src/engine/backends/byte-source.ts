/** Bytes of an image, read synchronously: an array, a file of the user's, a file on disk. Never written. */
export interface ByteSource {
  /** Length in bytes. */
  readonly length: number;
  /** Copies bytes from `position` on into `into`, as many as fit and exist; returns how many. May throw on a read error. */
  read(position: number, into: Uint8Array): number;
}

/** An image in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    length: bytes.length,
    read(position, into) {
      const part = bytes.subarray(position, position + into.length);
      into.set(part);
      return part.length;
    },
  };
}
