import type { Platform } from '../spec/platform.ts';
import type { Folder } from './fold/folder.ts';
import type { RunMaking } from './run-making.ts';
import type { EventStore } from './store.ts';
import type { MachineTopology } from './topology.ts';

/** The machine as it was from some number of plug events on. */
export interface TopologyVersion {
  /** Count of plug events (`Moment.plugs`) from which it holds. */
  readonly plugs: number;
  readonly topology: MachineTopology;
}

/** Where a machine's guest memory lies: what reading addresses in a journal needs. */
export interface MemoryFacts {
  /** Guest-physical address of RAM byte 0. */
  readonly ramBase: number;
  /** Bytes. */
  readonly ramSize: number;
  /** Guest-physical addresses that RAM lies behind, and where in it; absent where it is one piece. */
  readonly ramWindows?: readonly { base: number; size: number; offset: number }[];
  readonly platform: Platform;
}

/** All that is known of one machine's life, from its start on: enough to show each of its moments. */
export interface RunContent {
  readonly name: string;
  readonly commandLine: string;
  /** The script that ran last; '' where none did. */
  readonly source: string;
  /** In order of `plugs`; the first holds from the start. */
  readonly topologies: readonly TopologyVersion[];
  readonly memory: MemoryFacts;
  /** Absent where not all of it is known: then the machine cannot be had again. */
  readonly making?: RunMaking;
  readonly store: EventStore;
  /** A fold of `store` that has been there already, where there is one. */
  readonly folder?: Folder;
}
