import { closeSync, existsSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type ByteSource, bytesSource } from '../engine/backends/byte-source.ts';
import type { FileKind } from '../engine/backends/fs.ts';
import { HELLO_IMAGE_NAME, helloImage } from '../lessons/hello-image.ts';

/** Opens what `file=` names: a file on disk, or the built-in image where there is none of its name. */
export function openImage(name: string): ByteSource | undefined {
  if (existsSync(name)) return fileSource(name);
  return name === HELLO_IMAGE_NAME ? bytesSource(helloImage()) : undefined;
}

/** What the host has by a name. */
export function fileKind(name: string): FileKind | undefined {
  const facts = statSync(name, { throwIfNoEntry: false });
  if (!facts) return name === HELLO_IMAGE_NAME ? 'file' : undefined;
  if (facts.isDirectory()) return 'directory';
  return facts.isFile() ? 'file' : 'device';
}

/** A file that is read on demand and never written. Undefined where it cannot be opened, or is no file. */
function fileSource(path: string): ByteSource | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  const facts = fstatSync(file);
  if (!facts.isFile()) {
    closeSync(file);
    return undefined;
  }
  return {
    length: facts.size,
    read(position, into) {
      let done = 0;
      while (done < into.length) {
        const got = readSync(file, into, done, into.length - done, position + done);
        if (got === 0) break;
        done += got;
      }
      return done;
    },
  };
}
