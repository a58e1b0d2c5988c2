import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import { Folder } from '../../journal/fold/folder.ts';
import type { Moment } from '../../journal/fold/moment.ts';
import type { RunContent } from '../../journal/run-record.ts';
import { EventStore } from '../../journal/store.ts';
import type {
  DeviceFacts,
  DeviceType,
  ImageFacts,
  ImageSource,
  MachineMemory,
  MachineNotice,
  MachineReply,
  QtreeLine,
  Trial,
} from '../../protocol/messages.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { FrameSource } from './frames.ts';
import { Gate, type VcpuGlance } from './gate.ts';
import { JournalTap } from './journal-tap.ts';
import { JournalWalk } from './journal-walk.ts';
import { MachineLink } from './machine-link.ts';
import { type Brake, type Goal, RunControl } from './run-control.ts';
import type {
  Completion,
  Continued,
  ScriptProblem,
  Session,
  SessionState,
  Speed,
} from './session.ts';
import { type VcpuEnd, VcpuLink } from './vcpu-link.ts';
import type { WorkerPort } from './worker-port.ts';

/** What the session needs of the program around it. */
export interface SessionParts {
  readonly spawnMachine: () => WorkerPort;
  readonly spawnVcpu: () => WorkerPort;
  readonly frames: FrameSource;
  /** Milliseconds of a clock that never goes back, for what a frame costs. */
  readonly now: () => number;
}

/** How long a guest has to obey a stop, in ms, before its thread is ended. */
const STOP_MS = 1_000;

const NO_RUNS: SessionState['runs'] = [];

const OFF: VcpuGlance = { state: 'off', waits: false, rests: true };

/** A machine that was built, and what the page needs to watch it. */
interface Live {
  readonly memory: MachineMemory;
  readonly gate: Gate;
  readonly tap: JournalTap;
}

/** A run of a script, from its start to the moment when the machine has let go of it. */
interface Run {
  readonly over: Promise<void>;
  /** Set by a stop: how the run ends is nobody's news. */
  stopped: boolean;
  /** Its thread was ended from outside. */
  lost: boolean;
}

/** The session: threads, run control and journal behind one handle. */
export class LiveSession implements Session {
  readonly store = new EventStore();
  readonly #folder = new Folder(this.store);
  readonly #parts: SessionParts;
  readonly #vcpu: VcpuLink;
  readonly #walk: JournalWalk;
  readonly #control: RunControl;
  readonly #listeners = new Set<() => void>();
  readonly #images = new Map<string, ImageSource['content']>();
  /** Names of images that the machine thread does not have yet. */
  readonly #unsent = new Set<string>();
  #machine: MachineLink;
  #live: Live | undefined;
  #run: Run | undefined;
  /** What must not overlap: builds, resets and starts, one after another. */
  #queue: Promise<unknown> = Promise.resolve();
  #disposed = false;

  #phase: SessionState['phase'] = 'starting';
  #fault: string | undefined;
  #commandLine = '';
  #refused: string | undefined;
  #refusedOption: number | undefined;
  #answered: string | undefined;
  #warnings: readonly string[] = [];
  #topology: MachineTopology | undefined;
  #facts: readonly ImageFacts[] = [];
  #lineBreakpoints: readonly number[] = [];
  #eventBreakpoints: readonly EventBreakpoint[] = [];
  #glance: VcpuGlance = OFF;
  #problem: ScriptProblem | undefined;
  #shownProblem: ScriptProblem | undefined;
  #state: SessionState;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    const brake: Brake = {
      grant: (actions) => this.#live?.gate.grant(actions),
      free: () => this.#live?.gate.free(),
      hold: () => this.#live?.gate.hold(),
      watch: (lines, any) => this.#live?.gate.watch(lines, any),
    };
    this.#walk = new JournalWalk(this.store, (at) => this.#folder.momentAt(at));
    this.#control = new RunControl(brake, this.#walk);
    this.#vcpu = new VcpuLink(parts.spawnVcpu);
    this.#machine = this.#startMachine();
    this.#state = this.#snapshot();
  }

  getState(): SessionState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  momentAt(at: number): Moment {
    return this.#folder.momentAt(at);
  }

  addImage(name: string, content: Blob | Uint8Array): void {
    this.#images.set(name, content);
    this.#unsent.add(name);
  }

  build(commandLine: string): Promise<boolean> {
    return this.#exclusively(() => this.#build(commandLine));
  }

  async reset(): Promise<void> {
    await this.#exclusively(async () => {
      await this.#stopRun();
      if (!this.#live || this.#phase === 'broken') await this.#build(this.#commandLine);
      else await this.#adopt(await this.#machine.request({ kind: 'reset' }), this.#commandLine);
    });
  }

  run(source: string): void {
    const { run } = this.#control;
    if (run === 'paused') this.#control.resume();
    else if (run !== 'running') this.#start(source);
    this.#wake();
  }

  pause(): void {
    this.#control.pause();
    this.#wake();
  }

  step(source: string): void {
    this.#go(source, { kind: 'events', count: 1 });
  }

  stepBack(): void {
    this.seek(this.#control.cursor - 1);
  }

  stepLine(source: string): void {
    this.#go(source, { kind: 'line' });
  }

  stepOver(source: string): void {
    this.#go(source, { kind: 'action' });
  }

  stepBackLine(): void {
    this.seek(this.#walk.previousLine(this.#control.cursor));
  }

  stepBackOver(): void {
    this.seek(this.#walk.previousAction(this.#control.cursor));
  }

  runToLine(source: string, line: number): void {
    this.#go(source, { kind: 'line', line });
  }

  setLineBreakpoints(lines: readonly number[]): void {
    this.#lineBreakpoints = [...new Set(lines)].sort((a, b) => a - b);
    this.#setBreakpoints();
  }

  setEventBreakpoints(list: readonly EventBreakpoint[]): void {
    this.#eventBreakpoints = [...list];
    this.#setBreakpoints();
  }

  async continueFrom(_source: string): Promise<Continued> {
    return { kind: 'refused', message: 'Runs cannot be repeated yet' };
  }

  async poke(_addr: number, _bytes: Uint8Array): Promise<boolean> {
    return false;
  }

  showRun(_id: number): void {}

  dropRun(_id: number): void {}

  openRun(_run: RunContent): number {
    return 0;
  }

  runContent(_id: number): RunContent | undefined {
    return undefined;
  }

  seek(at: number): void {
    this.#control.seek(at);
    this.#wake();
  }

  setSpeed(speed: Speed): void {
    this.#control.setSpeed(speed);
    this.#wake();
  }

  async monitor(line: string): Promise<string> {
    if (!this.#live) return '';
    const reply = await this.#machine.request({ kind: 'monitor', line });
    if (reply.kind !== 'monitor') return 'message' in reply ? reply.message : '';
    if (JSON.stringify(reply.topology) !== JSON.stringify(this.#topology)) {
      this.#topology = reply.topology;
      // Whoever asked looks at the machine as soon as the answer is there.
      this.#publish();
    }
    this.#wake();
    return reply.output;
  }

  async tryLine(commandLine: string): Promise<Trial> {
    const images = this.#unsentImages();
    const reply = await this.#machine.request({ kind: 'try', commandLine, images });
    this.#markSent(images);
    if (reply.kind === 'tried') return reply.trial;
    return { kind: 'refused', message: 'message' in reply ? reply.message : '' };
  }

  async deviceTypes(): Promise<readonly DeviceType[]> {
    const reply = this.#live && (await this.#machine.request({ kind: 'types' }));
    return reply?.kind === 'types' ? reply.types : [];
  }

  async device(path: string): Promise<DeviceFacts | undefined> {
    const reply = this.#live && (await this.#machine.request({ kind: 'device', path }));
    return reply?.kind === 'device' ? reply.facts : undefined;
  }

  async qtree(): Promise<readonly QtreeLine[]> {
    const reply = this.#live && (await this.#machine.request({ kind: 'qtree' }));
    return reply?.kind === 'qtree' ? reply.lines : [];
  }

  async complete(line: string): Promise<Completion> {
    const reply = this.#live && (await this.#machine.request({ kind: 'complete', line }));
    return reply?.kind === 'completed' ? reply : { start: line.length, candidates: [] };
  }

  async imageContent(name: string): Promise<Blob | undefined> {
    const reply = await this.#machine.request({ kind: 'image', name });
    return reply.kind === 'image' && reply.content instanceof Blob ? reply.content : undefined;
  }

  async restoreImage(name: string): Promise<void> {
    await this.#machine.request({ kind: 'restoreImage', name });
  }

  dispose(): void {
    this.#disposed = true;
    this.#live?.gate.stop();
    this.#vcpu.close();
    this.#machine.close();
    this.#parts.frames.dispose();
    this.#listeners.clear();
  }

  async #build(commandLine: string): Promise<boolean> {
    if (this.#phase === 'broken') {
      this.#machine.close();
      await this.#stopRun();
      this.#machine = this.#startMachine();
    }
    const images = this.#unsentImages();
    const reply = await this.#machine.request({ kind: 'build', commandLine, images });
    this.#markSent(images);
    return this.#adopt(reply, commandLine);
  }

  #unsentImages(): ImageSource[] {
    return [...this.#unsent].map((name) => ({ name, content: this.#images.get(name)! }));
  }

  #markSent(images: readonly ImageSource[]): void {
    for (const { name, content } of images)
      if (this.#images.get(name) === content) this.#unsent.delete(name);
  }

  /** Takes over the machine that was built, if one was. */
  async #adopt(reply: MachineReply, commandLine: string): Promise<boolean> {
    this.#refused = reply.kind === 'refused' ? reply.message : undefined;
    this.#refusedOption = reply.kind === 'refused' ? reply.option : undefined;
    this.#answered = reply.kind === 'answered' ? reply.text : undefined;
    if (reply.kind === 'failed') this.#break(reply.message);
    if (reply.kind !== 'built') {
      if (this.#phase === 'starting') this.#phase = 'ready';
      this.#publish();
      return false;
    }
    await this.#stopRun();
    const { memory } = reply;
    this.store.clear();
    this.#control.reset();
    this.#live = {
      memory,
      gate: new Gate(memory.control),
      tap: new JournalTap(memory, this.store),
    };
    this.#machine.wake = () => this.#live?.gate.wakeMachine();
    this.#phase = 'ready';
    this.#fault = undefined;
    this.#commandLine = commandLine;
    this.#topology = reply.topology;
    this.#warnings = reply.warnings;
    this.#facts = reply.images;
    this.#problem = undefined;
    this.#shownProblem = undefined;
    this.#glance = OFF;
    this.#frame(this.#parts.now());
    return true;
  }

  /** Moves on to a goal, starting `source` where nothing runs and nothing is left to show. */
  #go(source: string, goal: Goal): void {
    if (this.#control.live || this.#control.behind) this.#control.go(goal);
    else this.#start(source, goal);
    this.#wake();
  }

  #setBreakpoints(): void {
    this.#walk.setLineBreakpoints(this.#lineBreakpoints);
    this.#walk.setEventBreakpoints(this.#eventBreakpoints);
    this.#control.setBreakpoints(this.#lineBreakpoints, this.#eventBreakpoints.length > 0);
    this.#wake();
  }

  #start(source: string, goal?: Goal): void {
    void this.#exclusively(async () => {
      // Pressed again before the first press had begun.
      if (this.#control.live) {
        if (goal) this.#control.go(goal);
        return;
      }
      await this.#run?.over;
      const live = this.#live;
      if (!live || this.#phase === 'broken') return;
      live.gate.arm();
      this.#problem = undefined;
      this.#shownProblem = undefined;
      this.#control.begin(goal);
      const run: Run = { over: this.#follow(source, live), stopped: false, lost: false };
      this.#run = run;
      this.#wake();
    });
  }

  /** Runs a script to its end, and until the machine knows that no vCPU runs. */
  async #follow(source: string, live: Live): Promise<void> {
    void this.#machine.request({ kind: 'vcpu', running: true });
    const end = await this.#vcpu.run(source, live.memory);
    const run = this.#run;
    live.gate.markOff();
    if (run?.stopped) this.#control.abandon();
    else {
      this.#problem = problemOf(end);
      this.#control.end(end.kind === 'ended' ? 'ended' : 'failed');
    }
    this.#wake();
    await this.#machine.request({ kind: 'vcpu', running: false, lost: run?.lost === true });
    this.#run = undefined;
    this.#wake();
  }

  /** Ends the run, if there is one, by force where it does not obey. */
  async #stopRun(): Promise<void> {
    const run = this.#run;
    if (!run) return;
    run.stopped = true;
    this.#live?.gate.stop();
    const timer = setTimeout(() => {
      run.lost = true;
      this.#vcpu.kill('the script did not stop');
    }, STOP_MS);
    await run.over;
    clearTimeout(timer);
  }

  #startMachine(): MachineLink {
    for (const name of this.#images.keys()) this.#unsent.add(name);
    return new MachineLink(
      this.#parts.spawnMachine(),
      (notice) => this.#notice(notice),
      (message) => this.#break(message),
    );
  }

  /** The machine's own doings: devices that left, `stop` and `cont` at the monitor. */
  #machineEvents({ events, topology }: Extract<MachineNotice, { kind: 'events' }>): void {
    if (JSON.stringify(topology) !== JSON.stringify(this.#topology)) this.#topology = topology;
    for (const { event } of events)
      if (event === 'STOP' && this.#control.run === 'running') this.#control.pause();
      else if (event === 'RESUME' && this.#control.run === 'paused') this.#control.resume();
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
    void this.#stopRun();
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
    let drained = 0;
    if (this.#live) {
      const { gate, tap } = this.#live;
      // Before the journal: what the vCPU did before it came to this state is in it then.
      this.#glance = gate.glance();
      drained = tap.drain();
      const { first, length } = this.store;
      this.#control.frame(now, { first, length, more: tap.more }, this.#glance);
    }
    if (this.#control.run === 'failed') this.#shownProblem = this.#problem;
    if (this.#control.active) this.#wake();
    const state = this.#snapshot();
    this.#live?.tap.learn(drained, this.#parts.now() - begin);
    this.#publish(state);
  };

  #publish(state = this.#snapshot()): void {
    if (same(state, this.#state)) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }

  #snapshot(): SessionState {
    const { cursor, run, speed } = this.#control;
    return {
      phase: this.#phase,
      fault: this.#fault,
      commandLine: this.#commandLine,
      refused: this.#refused,
      refusedOption: this.#refusedOption,
      answered: this.#answered,
      warnings: this.#warnings,
      topology: this.#topology,
      memory: this.#live?.memory,
      images: this.#facts,
      run,
      speed,
      vcpu: this.#glance.state,
      cursor,
      length: this.store.length,
      first: this.store.first,
      moment: this.#folder.momentAt(cursor),
      problem: this.#shownProblem,
      store: this.store,
      live: this.#live !== undefined,
      runs: NO_RUNS,
      shownRun: 0,
      stopped: this.#control.stopped,
      lineBreakpoints: this.#lineBreakpoints,
      eventBreakpoints: this.#eventBreakpoints,
    };
  }
}

function problemOf(end: VcpuEnd): ScriptProblem | undefined {
  if (end.kind === 'ended') return undefined;
  if (end.kind === 'lost') return { phase: 'run', message: end.message };
  const { phase, message, line, column } = end;
  return {
    phase,
    message,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

function same(a: SessionState, b: SessionState): boolean {
  return (Object.keys(a) as (keyof SessionState)[]).every((key) => Object.is(a[key], b[key]));
}
