import type { Moment } from '../../journal/fold/moment.ts';
import type { EventStore } from '../../journal/store.ts';
import type {
  DeviceFacts,
  DeviceType,
  ImageFacts,
  MachineMemory,
  QtreeLine,
  Trial,
} from '../../protocol/messages.ts';
import type { MachineTopology } from '../../protocol/topology.ts';

/** Events a second, or `Infinity` for as fast as it goes. */
export type Speed = number;

/** How the run stands, as the person sees it. */
export type RunState =
  /** Nothing has run since the machine was built or reset. */
  'idle' | 'running' | 'paused' | 'ended' | 'failed';

/** A message about the script, with its place in the source (1-based) where it is known. */
export interface ScriptProblem {
  readonly phase: 'compile' | 'run';
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * What the page knows, replaced at most once per animation frame. Everything about the machine's
 * past and present is in `moment`, the fold of the journal at the cursor.
 */
export interface SessionState {
  readonly phase: 'starting' | 'ready' | 'broken';
  /** A fault of this program, shown as such (`phase` is `broken`). */
  readonly fault: string | undefined;
  /** The command line that the machine was built from. */
  readonly commandLine: string;
  /** QEMU's sentence about the last command line that was refused; the machine before it goes on. */
  readonly refused: string | undefined;
  /** Option of that line that the sentence is about, counted from 0, where it is about one. */
  readonly refusedOption: number | undefined;
  /** What QEMU says to the last command line, where that was a question (`-device help`). */
  readonly answered: string | undefined;
  readonly warnings: readonly string[];
  readonly topology: MachineTopology | undefined;
  readonly memory: MachineMemory | undefined;
  readonly images: readonly ImageFacts[];
  readonly run: RunState;
  readonly speed: Speed;
  /** The vCPU itself: halted for an interrupt, waiting for credit, … */
  readonly vcpu: 'off' | 'running' | 'waitsForCredit' | 'halted' | 'exit';
  /** Count of events that the picture has folded; `moment.at`. */
  readonly cursor: number;
  /** Count of events that happened. */
  readonly length: number;
  /** Oldest event still held. */
  readonly first: number;
  readonly moment: Moment;
  readonly problem: ScriptProblem | undefined;
}

/** Words that may replace what stands at the end of a monitor line, from `start` on. */
export interface Completion {
  readonly start: number;
  readonly candidates: readonly string[];
}

/** The page's one handle on machine, vCPU and journal. No React, no DOM beyond workers and frames. */
export interface Session {
  getState(): SessionState;
  subscribe(listener: () => void): () => void;
  /** The merged journal, for tables and narration. */
  readonly store: EventStore;
  /** Fold at any held event count, for previews; cheap near a checkpoint. */
  momentAt(at: number): Moment;
  /** Builds a machine from a QEMU command line; a refused one sets `refused` and changes nothing else. */
  build(commandLine: string): Promise<boolean>;
  /** Makes an image of the user's known under its name, for `file=`. */
  addImage(name: string, content: Blob | Uint8Array): void;
  /** Runs `source` from the start on a machine as it is, or goes on after a pause. */
  run(source: string): void;
  pause(): void;
  /** Advances the picture by exactly one event, starting `source` if nothing runs. */
  step(source: string): void;
  /** Moves the picture one event back. */
  stepBack(): void;
  /** Moves the cursor to any held event count. Pauses. */
  seek(at: number): void;
  /** Power cycle: same command line, empty RAM, empty journal; disks keep what the guest wrote. */
  reset(): Promise<void>;
  setSpeed(speed: Speed): void;
  /** An image as guests left it, to be saved as a file; undefined where there is none of that name. */
  imageContent(name: string): Promise<Blob | undefined>;
  /** Drops what guests wrote to an image. The machine goes on, and reads the image as it was. */
  restoreImage(name: string): Promise<void>;
  /** One line for the human monitor; answers its output, as QEMU prints it. */
  monitor(line: string): Promise<string>;
  /** What would come of a command line; the machine and its run are not touched. */
  tryLine(commandLine: string): Promise<Trial>;
  /** The device types that this machine's program knows. */
  deviceTypes(): Promise<readonly DeviceType[]>;
  /** All about the device at a QOM path; undefined where there is none. */
  device(path: string): Promise<DeviceFacts | undefined>;
  /** `info qtree`, each line with what it is about. */
  qtree(): Promise<readonly QtreeLine[]>;
  /** What could stand at the end of an unfinished monitor line. */
  complete(line: string): Promise<Completion>;
  dispose(): void;
}
