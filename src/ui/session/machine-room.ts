import type { Doing } from '../../journal/run-making.ts';
import type { ImageSource, MachineNotice, MachineReply } from '../../protocol/messages.ts';
import type { HeldRun } from './held-run.ts';
import { ImageSupply } from './image-supply.ts';
import { MachineLink } from './machine-link.ts';
import { atRest } from './rest.ts';
import { ScriptRun } from './script-run.ts';
import { VcpuLink } from './vcpu-link.ts';
import type { WorkerPort } from './worker-port.ts';

/** The threads that the page can start. */
export interface Threads {
  readonly spawnMachine: () => WorkerPort;
  readonly spawnVcpu: () => WorkerPort;
}

/** Who is told of what the threads do by themselves. */
interface Listener {
  notice(notice: MachineNotice): void;
  /** A fault of this program. */
  fault(message: string): void;
  /** Something changed that a frame should look at. */
  wake(): void;
}

/** A doing other than a script's start, which takes the machine thread alone. */
export type Deed = Exclude<Doing, { kind: 'script' }>;
type ScriptStart = Extract<Doing, { kind: 'script' }>;

/** How long a guest has to come to rest or to obey a stop, in ms. */
const STOP_MS = 1_000;

/** The threads of machine and vCPU, and all that is done to them. Its methods must not overlap. */
export class MachineRoom {
  readonly images = new ImageSupply();
  readonly #threads: Threads;
  readonly #listener: Listener;
  readonly #vcpu: VcpuLink;
  #link: MachineLink;
  #script: ScriptRun | undefined;
  #forced = false;

  constructor(threads: Threads, listener: Listener) {
    this.#threads = threads;
    this.#listener = listener;
    this.#vcpu = new VcpuLink(threads.spawnVcpu);
    this.#link = this.#startMachine();
  }

  /** The way to the machine thread. */
  get link(): MachineLink {
    return this.#link;
  }

  /** Whether a script runs, or the machine has not let go of it yet. */
  get busy(): boolean {
    return this.#script !== undefined;
  }

  /** Replaces the machine thread, which is broken. */
  async startAnew(): Promise<void> {
    this.#link.close();
    await this.stopScript();
    this.images.startAnew();
    this.#link = this.#startMachine();
  }

  /** Builds a machine: on images as they are, on those of an earlier one as they were at its start, or on `on`. */
  async build(
    commandLine: string,
    seed: number,
    on?: number | readonly ImageSource[],
  ): Promise<MachineReply> {
    const images = on === undefined ? this.images.unsent : typeof on === 'number' ? [] : on;
    const reply = await this.#link.request({
      ...{ kind: 'build', commandLine, images, seed },
      ...(typeof on === 'number' && { start: on }),
    });
    this.images.sent(images);
    return reply;
  }

  /** `run` is that of the machine that was built last. */
  connect(run: HeldRun, built: Extract<MachineReply, { kind: 'built' }>, seed: number): void {
    run.connect(built.memory, { seed, images: built.start });
    this.#link.wake = () => run.machine?.gate.wakeMachine();
  }

  /** Starts a script on a machine that has none, without any credit. */
  async launch(run: HeldRun, start: ScriptStart): Promise<void> {
    await this.#script?.over;
    const { machine } = run;
    if (!machine) return;
    run.source = start.source;
    run.problem = undefined;
    run.shownProblem = undefined;
    machine.gate.arm();
    this.#forced = false;
    // Before the vCPU: firmware has done its work when a guest begins.
    await this.#link.request({ kind: 'vcpu', running: true });
    const script = new ScriptRun(run, machine);
    this.#script = script;
    script.follow(this.#vcpu, start, async () => {
      this.#listener.wake();
      await this.#link.request({ kind: 'vcpu', running: false, lost: script.lost });
      if (this.#script === script) this.#script = undefined;
      this.#listener.wake();
    });
  }

  /** Lines of a script that have a statement; see `VcpuLink.lines`. */
  statementLines(source: string): Promise<readonly number[] | undefined> {
    return this.#vcpu.lines(source);
  }

  /** Whether the script that was stopped last had to be ended by force; until the next one starts. */
  get forced(): boolean {
    return this.#forced;
  }

  /** Ends the script, if one runs, by force where it does not obey. */
  async stopScript(): Promise<void> {
    const script = this.#script;
    if (!script) return;
    script.stop();
    const timer = setTimeout(() => {
      script.lost = true;
      this.#forced = true;
      this.#vcpu.kill('the script did not stop');
    }, STOP_MS);
    await script.over;
    clearTimeout(timer);
  }

  /** Takes the guest from run control and waits until it rests; one that does not is waited for no longer than that. */
  async suspend({ machine }: HeldRun): Promise<void> {
    if (!machine) return;
    machine.gate.suspend();
    let patient = true;
    const timer = setTimeout(() => {
      patient = false;
    }, STOP_MS);
    await atRest(
      machine,
      () => {},
      () => patient,
    );
    clearTimeout(timer);
  }

  /** Remembers what is about to be done, at the place where all that happened is in the journal. */
  note(run: HeldRun, doing: Doing): void {
    run.machine?.tap.drainAll();
    const at = run.store.length;
    run.acts.push({ doing, at, actions: run.journal.folder.momentAt(at).actions });
  }

  /** Does something to a machine whose guest rests. */
  async perform(run: HeldRun, deed: Deed): Promise<MachineReply> {
    const reply = await this.#link.request(deed);
    if (reply.kind === 'monitor') run.topologies.add(reply.topology);
    return reply;
  }

  /** Does something to a machine between two actions of its guest, as its person does. */
  async act(run: HeldRun, deed: Deed): Promise<MachineReply> {
    await this.suspend(run);
    this.note(run, deed);
    const reply = await this.perform(run, deed);
    run.machine?.tap.drainAll();
    run.machine?.gate.release();
    return reply;
  }

  close(): void {
    this.#vcpu.close();
    this.#link.close();
  }

  #startMachine(): MachineLink {
    return new MachineLink(
      this.#threads.spawnMachine(),
      (notice) => this.#listener.notice(notice),
      (message) => this.#listener.fault(message),
    );
  }
}
