import { Folder } from '../../journal/fold/folder.ts';
import type { Act, StartImage } from '../../journal/run-making.ts';
import type { MemoryFacts, RunContent } from '../../journal/run-record.ts';
import { EventStore } from '../../journal/store.ts';
import type { MachineMemory } from '../../protocol/messages.ts';
import { Gate } from './gate.ts';
import { JournalTap } from './journal-tap.ts';
import { JournalWalk } from './journal-walk.ts';
import { RunControl } from './run-control.ts';
import type { RunSummary, ScriptProblem } from './session.ts';
import { Topologies } from './topologies.ts';

/** A journal and what reads it. */
export class RunJournal {
  readonly store: EventStore;
  readonly folder: Folder;
  readonly walk: JournalWalk;

  constructor(store = new EventStore(), folder = new Folder(store)) {
    this.store = store;
    this.folder = folder;
    this.walk = new JournalWalk(store, (at) => this.folder.momentAt(at));
  }
}

/** A machine that is there, and what the page needs to watch it. */
export interface LiveMachine {
  readonly memory: MachineMemory;
  readonly gate: Gate;
  readonly tap: JournalTap;
}

/** What a machine was made with, so that it can be made again. */
export interface Origin {
  /** Of all that is random in it. */
  readonly seed: number;
  /** What images were like: as the machine thread knows it by a number, or as a file says. */
  readonly images: number | readonly StartImage[];
}

/** A run as the session holds it: its journal, where the picture stands in it, and its machine if that is there. */
export class HeldRun {
  readonly id: number;
  readonly name: string;
  readonly commandLine: string;
  readonly journal: RunJournal;
  readonly control: RunControl;
  readonly topologies: Topologies;
  readonly memory: MemoryFacts | undefined;
  /** The script that was started last. */
  source: string;
  machine: LiveMachine | undefined;
  /** Undefined where the machine cannot be made again. */
  origin: Origin | undefined;
  /** It came from a file. */
  readonly opened: boolean;
  readonly acts: Act[];
  branch: RunSummary['branch'];
  /** Why the script failed; and the same as soon as the picture has come there. */
  problem: ScriptProblem | undefined;
  shownProblem: ScriptProblem | undefined;
  readonly summary: RunSummary;

  constructor(
    id: number,
    content: Omit<RunContent, 'store'> | undefined,
    journal: RunJournal,
    opened = false,
  ) {
    this.id = id;
    this.name = content?.name ?? '';
    this.commandLine = content?.commandLine ?? '';
    this.source = content?.source ?? '';
    this.memory = content?.memory;
    this.opened = opened;
    this.origin = content?.making;
    this.acts = [...(content?.making?.acts ?? [])];
    this.topologies = new Topologies(content?.topologies);
    this.journal = journal;
    this.control = new RunControl(
      {
        grant: (actions) => this.machine?.gate.grant(actions),
        free: () => this.machine?.gate.free(),
        sample: (actions) => this.machine?.gate.sample(actions),
        hold: () => this.machine?.gate.hold(),
        watch: (lines, any) => this.machine?.gate.watch(lines, any),
      },
      journal.walk,
    );
    this.summary = summaryOf(this);
  }

  get store(): EventStore {
    return this.journal.store;
  }

  /** Takes the machine over, whose journal begins here. */
  connect(memory: MachineMemory, origin: Origin): void {
    this.origin = origin;
    this.machine = {
      memory,
      gate: new Gate(memory.control),
      tap: new JournalTap(memory, this.store),
    };
  }

  /** The machine goes; what it did stays. */
  disconnect(): void {
    this.machine = undefined;
    this.control.detach();
  }

  /** The script that ran last before a count of events, or is about to run there. */
  sourceAt(at: number): string | undefined {
    const act = this.acts.findLast((one) => one.at <= at && one.doing.kind === 'script');
    if (act?.doing.kind === 'script') return act.doing.source;
    // Of a run that does not say what was done, the last one is all that is known.
    return this.origin ? undefined : this.source || undefined;
  }

  get content(): RunContent | undefined {
    const { name, commandLine, source, memory, store } = this;
    if (!memory) return undefined;
    return { name, commandLine, source, topologies: this.topologies.versions, memory, store };
  }
}

/** The same object for the life of a run, so that a list of them changes only when runs come and go. */
function summaryOf(run: HeldRun): RunSummary {
  return {
    id: run.id,
    name: run.name,
    opened: run.opened,
    get length() {
      return run.store.length;
    },
    get live() {
      return run.machine !== undefined;
    },
    get branch() {
      return run.branch;
    },
  };
}
