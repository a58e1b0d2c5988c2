import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Machine } from '../engine/machine/machine.ts';
import { RunFileError } from '../journal/run-check.ts';
import { runHead } from '../journal/run-file.ts';
import type { RunContent, TopologyVersion } from '../journal/run-record.ts';
import type { EventStore } from '../journal/store.ts';
import { partsOfRun } from '../protocol/run-facts.ts';
import { UsageError } from './options.ts';

/** What a run's file says beside the journal: to be begun before the script runs. */
export class RunSaver {
  readonly #machine: Machine;
  readonly #facts: Pick<RunContent, 'name' | 'commandLine' | 'source'>;
  readonly #start: TopologyVersion;

  constructor(machine: Machine, facts: Pick<RunContent, 'name' | 'commandLine' | 'source'>) {
    this.#machine = machine;
    this.#facts = facts;
    this.#start = this.#topology();
  }

  /** Writes the run that `store` is the journal of. Throws UsageError where that cannot be. */
  write(path: string, store: EventStore): void {
    const { ram, platform } = this.#machine;
    const end = this.#topology();
    const topologies = end.plugs > this.#start.plugs ? [this.#start, end] : [end];
    const memory = {
      ramBase: ram.base,
      ramSize: ram.size,
      ...(ram.windows && { ramWindows: ram.windows }),
      platform,
    };
    try {
      const parts = partsOfRun({ ...this.#facts, topologies, memory, store });
      writeFileSync(path, Buffer.concat([runHead(), gzipSync(Buffer.concat([...parts]))]));
    } catch (error) {
      // The system's errors have codes: no such folder, no room, not allowed.
      if (!(error instanceof RunFileError || (error instanceof Error && 'code' in error)))
        throw error;
      throw new UsageError(`cannot save ${path}: ${error.message}`);
    }
  }

  #topology(): TopologyVersion {
    return { plugs: this.#machine.journal.plugs, topology: this.#machine.topology() };
  }
}
