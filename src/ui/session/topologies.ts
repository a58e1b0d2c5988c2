import type { TopologyVersion } from '../../journal/run-record.ts';
import type { MachineTopology } from '../../protocol/topology.ts';

/** What a machine has been, by its count of plug events. */
export class Topologies {
  readonly #versions: TopologyVersion[];

  constructor(versions: readonly TopologyVersion[] = []) {
    this.#versions = [...versions];
  }

  /** In order of their counts. */
  get versions(): readonly TopologyVersion[] {
    return this.#versions;
  }

  get newest(): MachineTopology | undefined {
    return this.#versions.at(-1)?.topology;
  }

  /** The machine is `topology` from so many plug events on. Counts never go down. */
  add({ plugs, topology }: TopologyVersion): void {
    const last = this.#versions.at(-1);
    if (last && last.plugs > plugs) return;
    // Views keep what they made of an object.
    if (last && JSON.stringify(last.topology) === JSON.stringify(topology)) return;
    if (last?.plugs === plugs) this.#versions.pop();
    this.#versions.push({ plugs, topology });
  }

  /** The machine after so many plug events; what came before the first version looks like that. */
  at(plugs: number): MachineTopology | undefined {
    const version = this.#versions.findLast((one) => one.plugs <= plugs);
    return (version ?? this.#versions[0])?.topology;
  }
}
