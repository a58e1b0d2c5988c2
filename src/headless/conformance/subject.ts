import { unreachable } from '../../engine/backends/byte-link.ts';
import { type ByteSource, bytesSource } from '../../engine/backends/byte-source.ts';
import type { FileKind } from '../../engine/backends/fs.ts';
import type { Host } from '../../engine/machine/host.ts';
import { type StartResult, startMachine } from '../../engine/machine/start.ts';
import { silentJournal } from '../../journal/writer.ts';

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

/** What the recorded runs found by a name, as far as it matters. */
const RECORDED_FILES: Readonly<Record<string, FileKind>> = {
  '/dev': 'directory',
  '/dev/null': 'device',
  '/dev/zero': 'device',
  '/tmp': 'directory',
  img: 'directory',
  'img/disk.raw': 'file',
  'img/halt-x86.bin': 'file',
  'img/halt-aarch64.bin': 'file',
  'img/halt-riscv64.bin': 'file',
  'img/s390proxy.img': 'file',
  run: 'directory',
  share: 'directory',
};

/** Sockets at whose other end somebody was: whoever recorded, and a server of vhost-user. */
const RECORDED_SOCKETS = ['QMP.sock', 'QTEST.sock', 'run/vu.sock'];

/** The machine's surroundings as they were when the answers were recorded. */
function recordedHost(): Host {
  return {
    journal: silentJournal(),
    allocateRam(bytes) {
      // More than this no host of the recorded runs gave.
      if (bytes > 2 ** 33) throw new RangeError('too much');
      return new SharedArrayBuffer(bytes);
    },
    openImage(name) {
      if (name === 'img/disk.raw') return recordedDisk();
      // Firmware that only halts, and kernels, of which nothing is run.
      return RECORDED_FILES[name] === 'file' ? bytesSource(new Uint8Array(65536)) : undefined;
    },
    fileKind: (name) => RECORDED_FILES[name],
    socketFault: (address) =>
      address.server || RECORDED_SOCKETS.includes(address.path ?? '')
        ? undefined
        : unreachable(address),
    random: (into) => into.fill(0),
  };
}

/** Starts a recorded command line; `host` replaces parts of its surroundings. */
export function start(argv: readonly string[], host: Partial<Host> = {}): StartResult {
  return startMachine(argv, { ...recordedHost(), ...host });
}
