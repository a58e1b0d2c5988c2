import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { Moment } from '../../journal/fold/moment.ts';
import type { RunContent } from '../../journal/run-record.ts';
import type { EventStore } from '../../journal/store.ts';
import type {
  DeviceFacts,
  DeviceType,
  ImageFacts,
  MachineNotice,
  MachineReply,
  QtreeLine,
  Trial,
} from '../../protocol/messages.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { Continuation } from './continuation.ts';
import type { FrameSource } from './frames.ts';
import type { VcpuGlance } from './gate.ts';
import type { HeldRun } from './held-run.ts';
import { type Deed, MachineRoom, type Threads } from './machine-room.ts';
import { Questions } from './questions.ts';
import type { Goal } from './run-control.ts';
import { RunShelf } from './run-shelf.ts';
import type { Completion, Continued, Session, SessionState, Speed } from './session.ts';

/** What the session needs of the program around it. */
export interface SessionParts extends Threads {
  readonly frames: FrameSource;
  /** Milliseconds of a clock that never goes back, for what a frame costs. */
  readonly now: () => number;
  /** Milliseconds since 1970, for scripts that ask. */
  readonly time: () => number;
  /** 32 random bits: all that is random in a machine or a script comes of them. */
  readonly seed: () => number;
}

const OFF: VcpuGlance = { state: 'off', waits: false, rests: true };

/** The session: threads, run control and journals behind one handle. */
export class LiveSession implements Session {
  readonly #parts: SessionParts;
  readonly #runs = new RunShelf();
  readonly #room: MachineRoom;
  readonly #questions: Questions;
  readonly #listeners = new Set<() => void>();
  /** A run is being repeated: its machine is nobody's business until it has come there. */
  #continuation: Continuation | undefined;
  /** What must not overlap: builds, starts and whatever else is done to the machine, one after another. */
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  #phase: SessionState['phase'] = 'starting';
  #fault: string | undefined;
  #commandLine = '';
  #refused: string | undefined;
  #refusedOption: number | undefined;
  #answered: string | undefined;
  #warnings: readonly string[] = [];
  /** The machine as it is now. */
  #now: MachineTopology | undefined;
  #facts: readonly ImageFacts[] = [];
  #glance: VcpuGlance = OFF;
  #state: SessionState;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#room = new MachineRoom(parts, {
      notice: (notice) => this.#notice(notice),
      fault: (message) => this.#break(message),
      wake: () => this.#wake(),
    });
    this.#questions = new Questions(this.#room, () => this.#runs.live !== undefined);
    this.#runs.onDrop = ({ origin }) => {
      const start = origin?.images;
      if (typeof start === 'number') void this.#room.link.request({ kind: 'forgetStart', start });
    };
    this.#state = this.#snapshot();
  }

  get store(): EventStore {
    return this.#runs.shown.store;
  }

  getState(): SessionState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  momentAt(at: number): Moment {
    return this.#runs.shown.journal.folder.momentAt(at);
  }

  addImage(name: string, content: Blob | Uint8Array): void {
    this.#room.images.add(name, content);
  }

  build(commandLine: string): Promise<boolean> {
    this.#continuation?.abort();
    return this.#exclusively(() => this.#build(commandLine));
  }

  async reset(): Promise<void> {
    this.#continuation?.abort();
    await this.#exclusively(async () => {
      await this.#room.stopScript();
      if (!this.#runs.live || this.#phase === 'broken') await this.#build(this.#commandLine);
      else {
        const seed = this.#parts.seed();
        const reply = await this.#room.link.request({ kind: 'reset', seed });
        await this.#adopt(reply, this.#commandLine, seed);
      }
    });
  }

  run(source: string): void {
    const { control, machine } = this.#runs.shown;
    if (control.run === 'paused' || (!machine && control.behind)) control.resume();
    else if (control.run !== 'running') this.#start(source);
    this.#wake();
  }

  pause(): void {
    this.#continuation?.abort();
    this.#runs.shown.control.pause();
    this.#wake();
  }

  step(source: string): void {
    this.#go(source, { kind: 'events', count: 1 });
  }

  stepBack(): void {
    this.seek(this.#runs.shown.control.cursor - 1);
  }

  stepLine(source: string): void {
    this.#go(source, { kind: 'line' });
  }

  stepOver(source: string): void {
    this.#go(source, { kind: 'action' });
  }

  stepBackLine(): void {
    const { journal, control } = this.#runs.shown;
    this.seek(journal.walk.previousLine(control.cursor));
  }

  stepBackOver(): void {
    const { journal, control } = this.#runs.shown;
    this.seek(journal.walk.previousAction(control.cursor));
  }

  runToLine(source: string, line: number): void {
    this.#go(source, { kind: 'line', line });
  }

  seek(at: number): void {
    this.#runs.shown.control.seek(at);
    this.#wake();
  }

  setSpeed(speed: Speed, sampling = false): void {
    this.#runs.setSpeed(speed, sampling);
    // A slider that is held must not jump back until the next frame.
    this.#publish();
    this.#wake();
  }

  setLineBreakpoints(lines: readonly number[]): void {
    const sorted = [...new Set(lines)].sort((a, b) => a - b);
    this.#runs.setBreakpoints(sorted, this.#runs.eventBreakpoints);
    this.#wake();
  }

  setEventBreakpoints(list: readonly EventBreakpoint[]): void {
    this.#runs.setBreakpoints(this.#runs.lineBreakpoints, [...list]);
    this.#wake();
  }

  continueFrom(source: string): Promise<Continued> {
    const { shown } = this.#runs;
    shown.control.pause();
    return this.#exclusively(async () => {
      if (this.#phase !== 'ready') return { kind: 'refused', message: 'There is no machine' };
      // The first screen does without it.
      const { Continuation } = await import('./continuation.ts');
      const continuation = new Continuation(this.#room, this.#runs);
      this.#continuation = continuation;
      try {
        const { live } = this.#runs;
        const came = await continuation.carryOut(shown, source);
        // Nothing was done where it was refused at once.
        if (came.kind === 'refused' && live === this.#runs.live) return came;
        return this.#arrive(came);
      } finally {
        this.#continuation = undefined;
        this.#frame(this.#parts.now());
      }
    });
  }

  poke(addr: number, bytes: Uint8Array): Promise<boolean> {
    return this.#exclusively(async () => {
      const { live, shown } = this.#runs;
      if (!live || live !== shown || live.control.run === 'running' || live.control.behind)
        return false;
      const reply = await this.#act(live, { kind: 'poke', addr, bytes: bytes.slice() });
      return reply.kind === 'poked' && reply.done;
    });
  }

  showRun(id: number): void {
    const run = this.#runs.find(id);
    if (run && (!this.#continuation || run !== this.#runs.live)) this.#runs.show(run);
    this.#wake();
  }

  dropRun(id: number): void {
    const run = this.#runs.find(id);
    if (run) this.#runs.drop(run);
    this.#wake();
  }

  openRun(content: RunContent): number {
    const run = this.#runs.add(content);
    this.#runs.show(run);
    this.#wake();
    return run.id;
  }

  runContent(id: number): RunContent | undefined {
    return this.#runs.find(id)?.content;
  }

  async savedRun(id: number): Promise<RunContent | undefined> {
    const run = this.#runs.find(id);
    const { makingOf } = await import('./making.ts');
    const making = run && (await makingOf(run, this.#room));
    const content = run?.content;
    return content && { ...content, folder: run.journal.folder, ...(making && { making }) };
  }

  async obstacle(id: number): Promise<string | undefined> {
    const run = this.#runs.find(id);
    const { obstacleTo } = await import('./making.ts');
    return run && (await obstacleTo(run, this.#room.images));
  }

  monitor(line: string): Promise<string> {
    return this.#exclusively(async () => {
      const { live } = this.#runs;
      if (!live) return '';
      const reply = await this.#act(live, { kind: 'monitor', line });
      if (reply.kind === 'monitor') return reply.output;
      return 'message' in reply ? (reply.message ?? '') : '';
    });
  }

  async restoreImage(name: string): Promise<void> {
    await this.#exclusively(async () => {
      const { live } = this.#runs;
      if (live) await this.#act(live, { kind: 'restoreImage', name });
      else await this.#room.link.request({ kind: 'restoreImage', name });
    });
  }

  tryLine(commandLine: string): Promise<Trial> {
    return this.#questions.tryLine(commandLine);
  }

  deviceTypes(): Promise<readonly DeviceType[]> {
    return this.#questions.deviceTypes();
  }

  device(path: string): Promise<DeviceFacts | undefined> {
    return this.#questions.device(path);
  }

  qtree(): Promise<readonly QtreeLine[]> {
    return this.#questions.qtree();
  }

  complete(line: string): Promise<Completion> {
    return this.#questions.complete(line);
  }

  statementLines(source: string): Promise<readonly number[] | undefined> {
    return this.#room.statementLines(source);
  }

  imageContent(name: string): Promise<Blob | undefined> {
    return this.#questions.imageContent(name);
  }

  dispose(): void {
    this.#disposed = true;
    this.#continuation?.abort();
    this.#runs.live?.machine?.gate.stop();
    this.#room.close();
    this.#parts.frames.dispose();
    this.#listeners.clear();
  }

  async #build(commandLine: string): Promise<boolean> {
    if (this.#phase === 'broken') {
      await this.#room.startAnew();
      this.#runs.forgetOrigins();
    }
    const seed = this.#parts.seed();
    return this.#adopt(await this.#room.build(commandLine, seed), commandLine, seed);
  }

  /** Takes over the machine that was built, if one was. */
  async #adopt(reply: MachineReply, commandLine: string, seed: number): Promise<boolean> {
    this.#refused = reply.kind === 'refused' ? reply.message : undefined;
    this.#refusedOption = reply.kind === 'refused' ? reply.option : undefined;
    this.#answered = reply.kind === 'answered' ? reply.text : undefined;
    if (reply.kind === 'failed') this.#break(reply.message);
    if (reply.kind !== 'built') {
      if (this.#phase === 'starting') this.#phase = 'ready';
      this.#publish();
      return false;
    }
    await this.#room.stopScript();
    const { memory, topology, warnings, images } = reply;
    const run = this.#runs.replaceLive({ commandLine, source: '', topologies: [topology], memory });
    this.#room.connect(run, reply, seed);
    this.#glance = OFF;
    this.#phase = 'ready';
    this.#fault = undefined;
    this.#commandLine = commandLine;
    this.#warnings = warnings;
    this.#facts = images;
    this.#frame(this.#parts.now());
    return true;
  }

  /** Shows where a repetition has led. */
  #arrive(came: Continued): Continued {
    const { live } = this.#runs;
    if (!live) return came;
    this.#runs.show(live);
    this.#commandLine = live.commandLine;
    // Run control learns how long the journal is.
    this.#frame(this.#parts.now());
    live.control.seek(came.kind === 'refused' ? live.store.length : came.at);
    return came;
  }

  /** Moves on to a goal, starting `source` where nothing runs and nothing is left to show. */
  #go(source: string, goal: Goal): void {
    const { control, machine } = this.#runs.shown;
    if (control.live || control.behind || !machine) control.go(goal);
    else this.#start(source, goal);
    this.#wake();
  }

  #start(source: string, goal?: Goal): void {
    void this.#exclusively(async () => {
      const { live, shown } = this.#runs;
      if (!live || live !== shown) return;
      // Pressed again before the first press had begun.
      if (live.control.live) {
        if (goal) live.control.go(goal);
        return;
      }
      if (!live.machine || this.#phase === 'broken') return;
      const chance = { seed: this.#parts.seed(), time: this.#parts.time() };
      const start = { kind: 'script', source, chance } as const;
      this.#room.note(live, start);
      await this.#room.launch(live, start);
      live.control.begin(goal);
      this.#wake();
    });
  }

  /** Does something to the machine, as its person does, and shows it where the picture showed all. */
  async #act(run: HeldRun, deed: Deed): Promise<MachineReply> {
    const { control } = run;
    const follows = control.run !== 'running' && !control.behind;
    const reply = await this.#room.act(run, deed);
    if (follows) control.follow();
    // Whoever asked looks at the machine as soon as the answer is there.
    this.#frame(this.#parts.now());
    return reply;
  }

  /** The machine's own doings: devices that left, `stop` and `cont` at the monitor. */
  #machineEvents({ events, topologies }: Extract<MachineNotice, { kind: 'events' }>): void {
    const { live } = this.#runs;
    if (!live) return;
    for (const version of topologies) live.topologies.add(version);
    // What is repeated moves as it is told.
    if (this.#continuation) return;
    const { control } = live;
    for (const { event } of events)
      if (event === 'STOP' && control.run === 'running') control.pause();
      else if (event === 'RESUME' && control.run === 'paused') control.resume();
  }

  #notice(notice: MachineNotice): void {
    if (notice.kind === 'images') this.#facts = notice.images;
    else if (notice.kind === 'events') this.#machineEvents(notice);
    else this.#break(notice.message);
    this.#wake();
  }

  /** A fault of this program: it is shown, and the next build or reset starts a new machine thread. */
  #break(message: string): void {
    this.#phase = 'broken';
    this.#fault = message;
    this.#continuation?.abort();
    void this.#room.stopScript();
    this.#wake();
  }

  #exclusively<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(task);
    this.#queue = result.catch((error: unknown) => this.#break(String(error)));
    return result;
  }

  #wake(): void {
    if (!this.#disposed) this.#parts.frames.request(this.#frame);
  }

  readonly #frame = (now: number): void => {
    if (this.#disposed) return;
    const begin = this.#parts.now();
    const { live, shown } = this.#runs;
    let drained = 0;
    if (live?.machine) {
      const { gate, tap } = live.machine;
      // Before the journal: what the vCPU did before it came to this state is in it then.
      this.#glance = gate.glance();
      drained = tap.drain();
      const { first, length, payloadsAdded: payloads } = live.store;
      live.control.frame(now, { first, length, more: tap.more, payloads }, this.#glance);
      if (live.control.run === 'failed') live.shownProblem = live.problem;
    }
    if (shown !== live) {
      const { first, length } = shown.store;
      shown.control.frame(now, { first, length, more: false, payloads: 0 }, OFF);
    }
    if (live?.control.active || shown.control.active) this.#wake();
    const state = this.#snapshot();
    live?.machine?.tap.learn(drained, this.#parts.now() - begin);
    this.#publish(state);
    // When all else is done, so that it is not taken for the cost of events.
    if (live?.machine?.tap.settle(drained)) this.#wake();
  };

  #publish(state = this.#snapshot()): void {
    if (same(state, this.#state)) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #snapshot(): SessionState {
    const { shown, live } = this.#runs;
    const { cursor, run, speed, sampling, stopped } = shown.control;
    const { store, machine } = shown;
    const moment = shown.journal.folder.momentAt(cursor);
    if (!this.#continuation && live) this.#now = live.topologies.newest;
    return {
      phase: this.#phase,
      fault: this.#fault,
      commandLine: this.#commandLine,
      refused: this.#refused,
      refusedOption: this.#refusedOption,
      answered: this.#answered,
      warnings: this.#warnings,
      topology: shown.topologies.at(moment.plugs),
      machine: this.#now,
      memory: machine?.memory,
      memoryFacts: shown.memory,
      images: this.#facts,
      run,
      speed,
      sampling,
      vcpu: machine ? this.#glance.state : 'off',
      cursor,
      length: store.length,
      first: store.first,
      moment,
      source: shown.sourceAt(cursor),
      problem: shown.shownProblem,
      forced: this.#room.forced,
      store,
      live: machine !== undefined,
      runs: this.#runs.summaries,
      shownRun: shown.id,
      stopped,
      lineBreakpoints: this.#runs.lineBreakpoints,
      eventBreakpoints: this.#runs.eventBreakpoints,
    };
  }
}

function same(a: SessionState, b: SessionState): boolean {
  return (Object.keys(a) as (keyof SessionState)[]).every((key) => Object.is(a[key], b[key]));
}
