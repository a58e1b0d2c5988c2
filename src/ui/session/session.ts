import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Moment } from '../../journal/fold/moment.ts';
import type { MemoryFacts, RunContent } from '../../journal/run-record.ts';
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

/** Why the picture stopped by itself. */
export type StopReason =
  /** A breakpoint in the script, or the line that was run to; the line is about to be executed. */
  | { readonly kind: 'line'; readonly line: number }
  /** `event` was the last thing to happen. */
  | { readonly kind: 'event'; readonly breakpoint: EventBreakpoint; readonly event: number };

/** One of the runs that the page holds: a machine's life from its start on. */
export interface RunSummary {
  readonly id: number;
  readonly name: string;
  /** Count of events. */
  readonly length: number;
  /** Whether its machine is there and may go on. */
  readonly live: boolean;
  /** Whether it came from a file. */
  readonly opened: boolean;
  /** The run that it repeats, if it does, and the count of events from which it goes its own way. */
  readonly branch: { readonly of: number; readonly at: number } | undefined;
}

/** How "continue from here" went. The machine is paused, unless there is none. */
export type Continued =
  /** All that had happened up to event count `at` happened again. */
  | { readonly kind: 'same'; readonly at: number }
  /** The script was changed: from event count `at` on it does something else, and there it stands. */
  | { readonly kind: 'edited'; readonly at: number }
  /** The machine did not repeat itself: event `at` is another one than the recorded one. */
  | { readonly kind: 'differs'; readonly at: number }
  /** Nothing was done; why, as a sentence. */
  | { readonly kind: 'refused'; readonly message: string };

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
  /** The machine at the cursor. */
  readonly topology: MachineTopology | undefined;
  /** The machine as it is now, whatever is shown: what edits are about. */
  readonly machine: MachineTopology | undefined;
  /** Shared memory of the machine, where its run is shown. */
  readonly memory: MachineMemory | undefined;
  /** Where guest memory lies in the shown run. */
  readonly memoryFacts: MemoryFacts | undefined;
  readonly images: readonly ImageFacts[];
  readonly run: RunState;
  readonly speed: Speed;
  /** At full speed: whether only samples of what happens are recorded, so that the guest runs as fast as it can. */
  readonly sampling: boolean;
  /** The vCPU itself: halted for an interrupt, waiting for credit, … */
  readonly vcpu: 'off' | 'running' | 'waitsForCredit' | 'halted' | 'exit';
  /** Count of events that the picture has folded; `moment.at`. */
  readonly cursor: number;
  /** Count of events that happened. */
  readonly length: number;
  /** Oldest event still held. */
  readonly first: number;
  readonly moment: Moment;
  /** The script that ran last up to the cursor; undefined before the first, and where a file does not say. */
  readonly source: string | undefined;
  readonly problem: ScriptProblem | undefined;
  /** The last script did not obey when it was told to stop: its thread was ended by force. */
  readonly forced: boolean;
  /** The journal of the shown run. Another object when another run is shown. */
  readonly store: EventStore;
  /** Whether the shown run is that of the machine, so that it can go on. */
  readonly live: boolean;
  readonly runs: readonly RunSummary[];
  /** `RunSummary.id` of the run that is shown. */
  readonly shownRun: number;
  /** Why the picture stands where it stands; undefined where nothing but a person stopped it. */
  readonly stopped: StopReason | undefined;
  /** Lines with a breakpoint, ascending, from 1. */
  readonly lineBreakpoints: readonly number[];
  readonly eventBreakpoints: readonly EventBreakpoint[];
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
  /** The merged journal of the shown run, for tables and narration; `SessionState.store`. */
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
  /** To the next line of the script, starting `source` if nothing runs. */
  stepLine(source: string): void;
  /** Over a device's turn, which one access of the guest sets off: to the guest's next action. */
  stepOver(source: string): void;
  stepBackLine(): void;
  stepBackOver(): void;
  /** Goes on, as fast as it goes, until the script is about to execute `line` or a breakpoint is met. */
  runToLine(source: string, line: number): void;
  setLineBreakpoints(lines: readonly number[]): void;
  setEventBreakpoints(list: readonly EventBreakpoint[]): void;
  /**
   * Brings machine and script to the cursor again, and keeps the run so far beside it: what comes next
   * is a branch of it. Everything that a person did is done again at its place, with images as they were;
   * `source` may be another script than then.
   */
  continueFrom(source: string): Promise<Continued>;
  /** Writes to guest RAM, as the person's doing; false unless the machine rests and the picture shows its newest event. */
  poke(addr: number, bytes: Uint8Array): Promise<boolean>;
  showRun(id: number): void;
  /** Forgets a run that is not live; the live one is shown instead where it was shown. */
  dropRun(id: number): void;
  /** Takes a run over, shows it, and returns its id. */
  openRun(run: RunContent): number;
  /** A run as the page holds it; undefined where there is none of that id. */
  runContent(id: number): RunContent | undefined;
  /** The same with what it came of, as far as that can be told: for saving. */
  savedRun(id: number): Promise<RunContent | undefined>;
  /** Why a run cannot be continued, as a sentence; undefined where it can. */
  obstacle(id: number): Promise<string | undefined>;
  /** Moves the cursor to any held event count. Pauses. */
  seek(at: number): void;
  /** Power cycle: same command line, empty RAM, empty journal; disks keep what the guest wrote. */
  reset(): Promise<void>;
  setSpeed(speed: Speed, sampling?: boolean): void;
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
  /** Lines of a script with a statement to stop at, ascending; undefined where it does not compile. */
  statementLines(source: string): Promise<readonly number[] | undefined>;
  /** What could stand at the end of an unfinished monitor line. */
  complete(line: string): Promise<Completion>;
  dispose(): void;
}
