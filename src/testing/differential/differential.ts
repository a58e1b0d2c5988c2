import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Access, describeAccess } from './access.ts';
import type { Action } from './actions.ts';
import type { Configuration } from './configurations.ts';
import { expand } from './expand.ts';
import { OurMachine } from './our-machine.ts';
import { RealMachine, RealMachineGone } from './real-machine.ts';

const DISK_BYTES = 1 << 20;

/** A disk in which every sector is another. */
export function patternedDisk(): Uint8Array {
  const bytes = new Uint8Array(DISK_BYTES);
  const words = new Uint32Array(bytes.buffer);
  words.forEach((_, i) => {
    words[i] = Math.imul(i + 1, 0x9e37_79b1);
  });
  return bytes;
}

/** A real QEMU and our machine, given the same sessions. */
export class Pair {
  readonly #configuration: Configuration;
  readonly #folder: string;
  #real: RealMachine | undefined;
  #ours: OurMachine | undefined;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#folder = mkdtempSync(join(tmpdir(), 'differential-'));
  }

  /** Runs a session on both; what differs, and the accesses up to there, or undefined where they agree. */
  async compare(actions: readonly Action[]): Promise<string | undefined> {
    const accesses = expand(this.#configuration, actions);
    await this.#start();
    try {
      const ours = (await this.#ours?.session(accesses)) ?? [];
      const real = (await this.#real?.session(accesses)) ?? [];
      const at = accesses.findIndex((_, i) => real[i] !== ours[i]);
      if (at < 0) return undefined;
      // What a session has left behind is not the same any more.
      await this.#stop();
      return difference(accesses, at, real[at] ?? '', ours[at] ?? '');
    } catch (error) {
      await this.#stop();
      if (!(error instanceof RealMachineGone)) throw error;
      return difference(accesses, accesses.length - 1, error.message, '');
    }
  }

  async close(): Promise<void> {
    await this.#stop();
    rmSync(this.#folder, { recursive: true });
  }

  async #start(): Promise<void> {
    if (this.#real) return;
    const { program, line } = this.#configuration;
    const image = join(this.#folder, 'disk');
    writeFileSync(image, patternedDisk());
    this.#real = await RealMachine.start(this.#configuration, image, this.#folder);
    this.#ours = new OurMachine(`${program} -nodefaults ${line}`, patternedDisk());
  }

  async #stop(): Promise<void> {
    await this.#real?.close();
    this.#real = undefined;
    this.#ours = undefined;
  }
}

/** Accesses that are shown before the one that was answered differently. */
const TRACE = 60;

function difference(accesses: readonly Access[], at: number, real: string, ours: string): string {
  const trace = accesses.slice(Math.max(0, at - TRACE), at + 1).map(describeAccess);
  const [a, b] = nearby(real, ours);
  return `${trace.join('\n')}\nQEMU: ${a}\nours: ${b}`;
}

/** The part of two long answers in which they differ first. */
function nearby(a: string, b: string): readonly [string, string] {
  if (a.length < 100 && b.length < 100) return [a, b];
  let at = 0;
  while (a[at] === b[at]) at++;
  const from = Math.max(0, at - (at % 2) - 16);
  const part = (text: string) =>
    `…${text.slice(from, from + 96)} at byte 0x${(at >> 1).toString(16)}`;
  return [part(a), part(b)];
}
