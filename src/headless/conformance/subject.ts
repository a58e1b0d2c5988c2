import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type ByteSource, bytesSource } from '../../engine/backends/byte-source.ts';
import type { Host } from '../../engine/machine/host.ts';
import { type StartResult, startMachine } from '../../engine/machine/start.ts';
import { silentJournal } from '../../journal/writer.ts';
import { openImage } from '../files.ts';

const SECTOR = 512;

/** The disk of the recorded runs: every sector holds its number and the complement, over and over. */
function recordedDisk(): ByteSource {
  const bytes = new Uint8Array(2048 * SECTOR);
  const words = new BigUint64Array(bytes.buffer);
  for (let i = 0; i < words.length; i += 2) {
    const sector = BigInt(((i * 8) / SECTOR) | 0);
    words[i] = sector;
    words[i + 1] = ~sector;
  }
  return bytesSource(bytes);
}

/** The machine's surroundings as they were when the folder was recorded. */
export function recordedHost(folder: string): Host {
  return {
    journal: silentJournal(),
    allocateRam(bytes) {
      // More than this no host of the recorded runs gave.
      if (bytes > 2 ** 33) throw new RangeError('too much');
      return new SharedArrayBuffer(bytes);
    },
    openImage(name) {
      const path = join(folder, name);
      if (existsSync(path) && statSync(path).isFile()) return openImage(path);
      return name === 'img/disk.raw' ? recordedDisk() : undefined;
    },
    random: (into) => into.fill(0),
  };
}

/** Starts a recorded command line. */
export function start(argv: readonly string[], folder: string): StartResult {
  return startMachine(argv, recordedHost(folder));
}
