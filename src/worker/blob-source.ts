import type { ByteSource } from '../engine/backends/byte-source.ts';

/** Bytes that are read of a file at a time, so that a run of sectors costs one read. */
const WINDOW = 256 << 10;

/** A file of the user's, read on demand and never as a whole. Workers only; a read throws where the file has changed or gone. */
export function blobSource(blob: Blob): ByteSource {
  const reader = new FileReaderSync();
  let windowAt = -1;
  let window = new Uint8Array();
  const load = (at: number): void => {
    if (at === windowAt) return;
    windowAt = -1;
    window = new Uint8Array(reader.readAsArrayBuffer(blob.slice(at, at + WINDOW)));
    windowAt = at;
  };
  return {
    length: blob.size,
    read(position, into) {
      let done = 0;
      while (done < into.length && position + done < blob.size) {
        const at = position + done;
        load(at - (at % WINDOW));
        const part = window.subarray(at - windowAt, at - windowAt + into.length - done);
        if (part.length === 0) break;
        into.set(part, done);
        done += part.length;
      }
      return done;
    },
  };
}
