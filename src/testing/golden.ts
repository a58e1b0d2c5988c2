import { readFileSync } from 'node:fs';
import { bytesSource } from '../engine/backends/byte-source.ts';
import type { Host } from '../engine/machine/host.ts';
import { silentJournal } from '../journal/writer.ts';

/** Texts share a table of lines: pairs of a first line and how many follow it in the table, itself included. */
type Runs = readonly number[];

interface SnapshotFile {
  readonly lines: readonly string[];
  readonly sessions: readonly {
    readonly name: string;
    readonly snapshots: readonly {
      readonly label: string;
      readonly hmp: Readonly<Record<string, Runs>>;
    }[];
  }[];
}

/** What a real QEMU's monitor printed, by command. */
type Answers = ReadonlyMap<string, string>;

/** A command line that was given to a real QEMU. */
export interface GoldenCommandLine {
  readonly line: string;
  /** Exit status; absent where it started. */
  readonly exit?: number;
  readonly stderr: string;
}

function load(name: string): unknown {
  return JSON.parse(readFileSync(`${import.meta.dirname}/golden/${name}.json`, 'utf8'));
}

function unpack(lines: readonly string[], files: Readonly<Record<string, Runs>>): Answers {
  const text = (runs: Runs) => {
    let out = '';
    for (let i = 0; i < runs.length; i += 2)
      for (let k = 0; k < (runs[i + 1] ?? 0); k++) out += `${lines[(runs[i] ?? 0) + k]}\n`;
    return out;
  };
  return new Map(Object.entries(files).map(([command, runs]) => [command, text(runs)]));
}

/** What the monitor said at each `SNAPSHOT` mark of a recorded driver session, by session and label. */
export function goldenSnapshots(): ReadonlyMap<string, ReadonlyMap<string, Answers>> {
  const { lines, sessions } = load('monitor-snapshots') as SnapshotFile;
  return new Map(
    sessions.map(({ name, snapshots }) => [
      name,
      new Map(snapshots.map(({ label, hmp }) => [label, unpack(lines, hmp)])),
    ]),
  );
}

/** Right and wrong command lines, and what QEMU 7.2 made of them. */
export function goldenCommandLines(): readonly GoldenCommandLine[] {
  return (load('command-lines') as { cases: GoldenCommandLine[] }).cases;
}

/** One access to an I/O port, and the value that was written or that QEMU 7.2 answered. */
export interface PortAccess {
  readonly write: boolean;
  readonly port: number;
  readonly size: 1 | 2 | 4;
  readonly value: number;
}

/** A session at the configuration ports of a pc machine. */
export function goldenConfigPorts(): { line: string; accesses: PortAccess[] } {
  const { line, ops } = load('pci-config-ports') as { line: string; ops: string };
  const accesses = ops.split('\n').map((op) => {
    const [kind, port = '', size, value = ''] = op.split(' ');
    return {
      write: kind === 'w',
      port: Number.parseInt(port, 16),
      size: Number(size) as PortAccess['size'],
      value: Number.parseInt(value, 16),
    };
  });
  return { line, accesses };
}

/** A host with one image, `img/disk.raw` (1 MiB of zeros, as in the golden runs), and no journal. */
export function goldenHost(): Host {
  const disk = bytesSource(new Uint8Array(2 ** 20));
  return {
    journal: silentJournal(),
    allocateRam(bytes) {
      // A golden run asked for 100,000,000 GiB: that much is never to be had.
      if (bytes > 2 ** 31) throw new RangeError('too much');
      return new SharedArrayBuffer(bytes);
    },
    openImage: (name) => (name === 'img/disk.raw' ? disk : undefined),
    random: (into) => into.fill(0),
  };
}
