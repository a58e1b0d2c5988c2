import { startMachine } from '../src/engine/machine/start.ts';
import { silentJournal } from '../src/journal/writer.ts';
import { median } from './report.ts';

const SIZES = [50, 100, 200];

/** A line of `count` disks: eight functions a slot, from slot 2 on. */
function line(count: number): string {
  const words = ['-M pc -m 64 -nodefaults'];
  for (let i = 0; i < count; i++) {
    const address = `${(2 + (i >> 3)).toString(16)}.${i & 7}`;
    words.push(
      `-blockdev driver=null-co,node-name=n${i},size=1048576`,
      `-device virtio-blk-pci,id=d${i},drive=n${i},addr=${address},multifunction=on`,
    );
  }
  return words.join(' ');
}

/** How long command lines of several sizes take to become a machine. */
export interface BuildTimes {
  /** Milliseconds by number of devices, medians. */
  readonly ms: Readonly<Record<number, number>>;
  /** Time a device of the longest line, over time a device of one half as long: 1 where building is linear. */
  readonly growth: number;
}

/** Builds machines of 50, 100 and 200 devices, in turn. */
export function buildTimes(rounds: number): BuildTimes {
  const times = new Map<number, number[]>(SIZES.map((size) => [size, []]));
  for (let round = 0; round <= rounds; round++)
    for (const size of SIZES) {
      const ram = new SharedArrayBuffer(64 * 2 ** 20);
      const text = line(size);
      const start = performance.now();
      const result = startMachine(text, {
        journal: silentJournal(),
        allocateRam: () => ram,
        openImage: () => undefined,
        random: (into) => into.fill(0),
      });
      const took = performance.now() - start;
      if (!('machine' in result)) throw new Error(result.stderr);
      if (round > 0) times.get(size)?.push(took);
    }
  const ms = Object.fromEntries([...times].map(([size, all]) => [size, median(all)]));
  return { ms, growth: (ms[200] ?? 0) / (ms[100] ?? 1) / 2 };
}
