import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { ByteSource } from '../engine/backends/byte-source.ts';
import type { Machine } from '../engine/machine/machine.ts';
import { RunFileError } from '../journal/run-check.ts';
import { runHead } from '../journal/run-file.ts';
import type { RunMaking, StartImage } from '../journal/run-making.ts';
import type { RunContent, TopologyVersion } from '../journal/run-record.ts';
import type { EventStore } from '../journal/store.ts';
import { partsOfRun } from '../protocol/run-facts.ts';
import { UsageError } from './options.ts';

/** Bytes of an image that are read at a time. */
const PIECE = 1 << 20;

/** What is known of a run when its script is about to start. */
interface RunStart extends Pick<RunContent, 'name' | 'commandLine' | 'source'> {
  /** Of all that is random in the machine. */
  readonly seed: number;
  /** Of all that is left to chance in the script. */
  readonly chance: { readonly seed: number; readonly time: number };
  /** Images that the machine opened, as they are on disk. */
  readonly images: ReadonlyMap<string, ByteSource>;
  /** Count of events so far. */
  readonly at: number;
}

/** What a run's file says beside the journal: to be begun before the script runs. */
export class RunSaver {
  readonly #machine: Machine;
  readonly #run: RunStart;
  readonly #start: TopologyVersion;

  constructor(machine: Machine, run: RunStart) {
    this.#machine = machine;
    this.#run = run;
    this.#start = this.#topology();
  }

  /** Writes the run that `store` is the journal of. Throws UsageError where that cannot be. */
  write(path: string, store: EventStore): void {
    const { ram, platform } = this.#machine;
    const { name, commandLine, source } = this.#run;
    const end = this.#topology();
    const topologies = end.plugs > this.#start.plugs ? [this.#start, end] : [end];
    const memory = {
      ramBase: ram.base,
      ramSize: ram.size,
      ...(ram.windows && { ramWindows: ram.windows }),
      platform,
    };
    const making = this.#making();
    try {
      const parts = partsOfRun({ name, commandLine, source, topologies, memory, making, store });
      writeFileSync(path, Buffer.concat([runHead(), gzipSync(Buffer.concat([...parts]))]));
    } catch (error) {
      // The system's errors have codes: no such folder, no room, not allowed.
      if (!(error instanceof RunFileError || (error instanceof Error && 'code' in error)))
        throw error;
      throw new UsageError(`cannot save ${path}: ${error.message}`);
    }
  }

  #making(): RunMaking {
    const { seed, source, chance, at, images } = this.#run;
    return {
      seed,
      acts: [{ doing: { kind: 'script', source, chance }, at, actions: 0 }],
      images: [...images].map(([name, image]) => startImage(name, image)),
    };
  }

  #topology(): TopologyVersion {
    return { plugs: this.#machine.journal.plugs, topology: this.#machine.topology() };
  }
}

function startImage(name: string, image: ByteSource): StartImage {
  const hash = createHash('sha256');
  for (let at = 0; at < image.length; at += PIECE) {
    const piece = new Uint8Array(Math.min(PIECE, image.length - at));
    image.read(at, piece);
    hash.update(piece);
  }
  return { name, size: image.length, sha256: hash.digest('hex'), changes: [] };
}
