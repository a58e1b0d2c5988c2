import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { MemoryFacts, RunContent } from '../../journal/run-record.ts';
import { HeldRun, RunJournal } from './held-run.ts';
import type { RunSummary, Speed } from './session.ts';

/** Runs of machines that are gone, at most: each may hold a million events. */
const MOST_KEPT = 3;

/** All runs that the page holds, which of them is the machine's, and which one is shown. */
export class RunShelf {
  #runs: readonly HeldRun[] = [];
  #live: HeldRun | undefined;
  #shown: HeldRun;
  #lastId = 0;
  #summaries: readonly RunSummary[] = [];
  #speed: Speed | undefined;
  #sampling = false;
  #lines: readonly number[] = [];
  #events: readonly EventBreakpoint[] = [];
  /** Called with each run that is forgotten. */
  onDrop: (run: HeldRun) => void = () => {};

  constructor() {
    // Nothing has been built: what is shown is empty.
    this.#shown = new HeldRun(0, undefined, new RunJournal());
  }

  /** The machine's run. */
  get live(): HeldRun | undefined {
    return this.#live;
  }

  get shown(): HeldRun {
    return this.#shown;
  }

  get summaries(): readonly RunSummary[] {
    return this.#summaries;
  }

  get lineBreakpoints(): readonly number[] {
    return this.#lines;
  }

  get eventBreakpoints(): readonly EventBreakpoint[] {
    return this.#events;
  }

  find(id: number): HeldRun | undefined {
    return this.#runs.find((run) => run.id === id);
  }

  /** A machine was made: its run takes the place of the live one, and its journal, and is shown. */
  replaceLive(content: Omit<RunContent, 'store' | 'name'>): HeldRun {
    const before = this.#live ?? (this.#runs.length === 0 ? this.#shown : undefined);
    // Views of the journal go on with the one that they have.
    before?.store.clear();
    const run = this.#make(content, before?.journal ?? new RunJournal());
    if (this.#live) this.#drop(this.#live);
    this.#live = run;
    this.#shown = run;
    return run;
  }

  /** The machine's run stays without it. */
  keepLive(): void {
    this.#live?.disconnect();
    this.#live = undefined;
    this.#changed();
  }

  /** A machine was made again: its run stands beside the others, and is not shown yet. */
  addLive(content: Omit<RunContent, 'store' | 'name'>): HeldRun {
    this.#live = this.#make(content, new RunJournal());
    return this.#live;
  }

  /** Forgets the machine's run, which is not shown. */
  dropLive(): void {
    const live = this.#live;
    live?.disconnect();
    this.#live = undefined;
    if (live) this.#drop(live);
  }

  /** Takes a run over that was made elsewhere. */
  add(content: RunContent): HeldRun {
    const run = new HeldRun(
      ++this.#lastId,
      content,
      new RunJournal(content.store, content.folder),
      true,
    );
    this.#settle(run);
    this.#runs = [...this.#runs, run];
    run.control.open(run.store.length);
    this.#changed();
    return run;
  }

  show(run: HeldRun): void {
    if (run === this.#shown) return;
    if (this.#shown.control.run === 'running') this.#shown.control.pause();
    this.#shown = run;
  }

  /** Forgets a run that is not the machine's. */
  drop(run: HeldRun): void {
    if (run === this.#live) return;
    this.#drop(run);
    if (run === this.#shown) this.#shown = this.#live ?? this.#runs.at(-1) ?? this.#shown;
  }

  /** Forgets the oldest of those that the machine made, if there are too many; `run` stays. */
  makeRoom(run: HeldRun): void {
    const kept = this.#runs.filter((one) => !one.opened && one !== this.#live && one !== run);
    for (const one of kept.slice(0, Math.max(0, kept.length + 1 - MOST_KEPT))) this.drop(one);
  }

  /** No machine of before can be made again. */
  forgetOrigins(): void {
    for (const run of this.#runs) if (!run.opened) run.origin = undefined;
  }

  setSpeed(speed: Speed, sampling: boolean): void {
    this.#speed = speed;
    this.#sampling = sampling;
    for (const run of [...this.#runs, this.#shown]) run.control.setSpeed(speed, sampling);
  }

  setBreakpoints(lines: readonly number[], events: readonly EventBreakpoint[]): void {
    this.#lines = lines;
    this.#events = events;
    for (const run of [...this.#runs, this.#shown]) this.#settle(run);
  }

  /** What holds for every run. */
  #settle(run: HeldRun): void {
    if (this.#speed !== undefined) run.control.setSpeed(this.#speed, this.#sampling);
    run.journal.walk.setLineBreakpoints(this.#lines);
    run.journal.walk.setEventBreakpoints(this.#events);
    run.control.setBreakpoints(this.#lines, this.#events.length > 0);
  }

  #make(content: Omit<RunContent, 'store' | 'name'>, journal: RunJournal): HeldRun {
    const id = ++this.#lastId;
    const memory = factsOf(content.memory);
    const run = new HeldRun(id, { ...content, memory, name: `Run ${id}` }, journal);
    this.#settle(run);
    this.#runs = [...this.#runs, run];
    this.#changed();
    return run;
  }

  #drop(run: HeldRun): void {
    this.#runs = this.#runs.filter((one) => one !== run);
    this.onDrop(run);
    this.#changed();
  }

  #changed(): void {
    this.#summaries = this.#runs.map(({ summary }) => summary);
  }
}

/** The facts alone: a run that is kept must not keep its machine's memory. */
function factsOf({ ramBase, ramSize, ramWindows, platform }: MemoryFacts): MemoryFacts {
  return { ramBase, ramSize, platform, ...(ramWindows && { ramWindows }) };
}
