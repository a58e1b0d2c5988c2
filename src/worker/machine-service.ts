import { SeededRandom } from '../base/seeded-random.ts';
import { Answered } from '../engine/machine/answered.ts';
import type { Host } from '../engine/machine/host.ts';
import { StartRefused } from '../engine/machine/start-log.ts';
import { ConfigError } from '../engine/qom/errors.ts';
import { JournalRing } from '../journal/ring.ts';
import type { TopologyVersion } from '../journal/run-record.ts';
import { ACTOR } from '../journal/schema.ts';
import { JournalWriter, silentJournal } from '../journal/writer.ts';
import type { GuestRam } from '../memory/guest-ram.ts';
import { CONTROL } from '../protocol/control.ts';
import type {
  DeviceFacts,
  DeviceType,
  ImageSource,
  MachineEvent,
  MachineMemory,
  MachineNotice,
  MachineReply,
  MachineRequest,
  QtreeLine,
  Trial,
} from '../protocol/messages.ts';
import type { MachineTopology } from '../protocol/topology.ts';
import type { Platform } from '../spec/platform.ts';
import type { BusTarget } from './channel/bus-target.ts';
import { ExitServer } from './channel/exit-server.ts';
import { ServeLoop, type Thread } from './channel/serve-loop.ts';
import { describe } from './describe.ts';
import { type Files, type FrozenShelf, ImageShelf } from './image-shelf.ts';
import { RamPool } from './ram-pool.ts';

/** What the service needs of a machine. */
export interface ServedMachine extends BusTarget {
  readonly ram: GuestRam;
  readonly platform: Platform;
  readonly warnings: readonly string[];
  monitor(line: string): string;
  qmp(request: unknown): object;
  complete(line: string): { readonly start: number; readonly candidates: readonly string[] };
  takeEvents(): readonly MachineEvent[];
  /** Called whenever there is an event to take. */
  onEvent: () => void;
  cont(): void;
  topology(): MachineTopology;
  deviceTypes(): readonly DeviceType[];
  deviceFacts(path: string): DeviceFacts | undefined;
  qtree(): readonly QtreeLine[];
}

/** All that the service needs of the thread around it. */
export interface MachineEnvironment {
  /** Throws ConfigError with QEMU's sentence. */
  build(commandLine: string, host: Host): ServedMachine;
  readonly files: Files;
  readonly thread: Thread;
  /** A zeroed buffer of at least `bytes` bytes. Throws RangeError where that much cannot be had. */
  allocate(bytes: number): SharedArrayBuffer;
  post(message: MachineReply | MachineNotice): void;
}

/** Events that a journal ring holds; the guest waits while the machine's is more than half full. */
const RING_EVENTS = 1 << 16;
/** Payload bytes that a ring holds: half of it takes one request of 4 MiB, as it was and as it is. */
const RING_BYTES = 1 << 24;
/** Shortest time between two notices about images while a guest writes, in ms. */
const IMAGES_EVERY_MS = 500;

interface Running {
  readonly commandLine: string;
  readonly machine: ServedMachine;
  readonly server: ExitServer;
  /** Its RAM, or undefined once a runaway thread may write to it for ever. */
  ram: SharedArrayBuffer | undefined;
}

/** The machine thread without the thread: builds machines, serves their guests, answers the page. */
export class MachineService {
  readonly #env: MachineEnvironment;
  readonly #shelf: ImageShelf;
  readonly #pool: RamPool;
  readonly #loop: ServeLoop;
  #running: Running | undefined;
  #vcpuRuns = false;
  /** The machine before, while its vCPU may still use its RAM. */
  #retired: Running | undefined;
  #toldImages = '';
  #toldImagesAt = 0;
  /** What images were like when machines started, by the names that were given to it. */
  readonly #starts = new Map<number, { shelf: FrozenShelf; opened: ReadonlySet<string> }>();
  #lastStart = 0;
  /** The machine has events that the page was not told. */
  #eventsWait = false;
  /** What the machine has been since the page was told. */
  #topologies: TopologyVersion[] = [];

  constructor(env: MachineEnvironment) {
    this.#env = env;
    this.#shelf = new ImageShelf(env.files);
    this.#pool = new RamPool((bytes) => env.allocate(bytes));
    this.#loop = new ServeLoop(env.thread, () => {
      this.#tellImages(IMAGES_EVERY_MS);
      this.#tellEvents();
    });
  }

  /** Handles one request and posts its reply. Never throws. */
  handle(request: MachineRequest): void {
    const { id } = request;
    try {
      this.#env.post(this.#reply(request));
    } catch (error) {
      if (error instanceof Answered) this.#env.post({ id, kind: 'answered', text: error.text });
      else if (error instanceof ConfigError) this.#env.post({ id, ...refusal(error) });
      else this.#env.post({ id, kind: 'failed', message: describe(error) });
    }
  }

  #reply(request: MachineRequest): MachineReply {
    const { id } = request;
    switch (request.kind) {
      case 'build':
        this.#shelve(request.images);
        if (request.start !== undefined) this.#backTo(request.start);
        return this.#build(id, request.commandLine, request.seed);
      case 'try':
        this.#shelve(request.images);
        return { id, kind: 'tried', trial: this.#try(request.commandLine) };
      case 'types':
        return { id, kind: 'types', types: this.#machine().machine.deviceTypes() };
      case 'device': {
        const facts = this.#machine().machine.deviceFacts(request.path);
        return { id, kind: 'device', facts };
      }
      case 'qtree':
        return { id, kind: 'qtree', lines: this.#machine().machine.qtree() };
      case 'reset':
        return this.#build(id, this.#machine().commandLine, request.seed);
      case 'forgetStart':
        this.#starts.delete(request.start);
        return { id, kind: 'done' };
      case 'opened': {
        const start = this.#starts.get(request.start);
        const images = start && this.#shelf.opened(start.opened, start.shelf, request.mostChanges);
        return { id, kind: 'opened', images };
      }
      case 'poke':
        return { id, kind: 'poked', done: this.#poke(request.addr, request.bytes) };
      case 'monitor':
        return this.#monitor(id, request.line);
      case 'complete':
        return { id, kind: 'completed', ...this.#machine().machine.complete(request.line) };
      case 'vcpu':
        this.#switchVcpu(request.running, request.lost === true);
        return { id, kind: 'done' };
      case 'image':
        return { id, kind: 'image', content: this.#shelf.content(request.name) };
      case 'restoreImage':
        this.#shelf.restore(request.name);
        this.#tellImages(0);
        return { id, kind: 'done' };
    }
  }

  #shelve(images: readonly ImageSource[]): void {
    for (const image of images) this.#shelf.add(image);
  }

  #backTo(start: number): void {
    const found = this.#starts.get(start);
    if (!found)
      throw new ConfigError('What was on the disks at the start of that run is not known any more');
    this.#shelf.thaw(found.shelf);
    this.#tellImages(0);
  }

  #poke(addr: number, bytes: Uint8Array): boolean {
    const { ram, journal } = this.#machine().machine;
    const at = ram.offsetOf(addr, bytes.length);
    if (at < 0 || bytes.length === 0) return false;
    if (journal.on)
      journal.bytesWritten(ACTOR.user, addr, ram.u8.slice(at, at + bytes.length), bytes);
    ram.u8.set(bytes, at);
    journal.handOver();
    return true;
  }

  /** Builds a machine that never runs, and lets go of it: it may read images, and RAM not at all. */
  #try(commandLine: string): Trial {
    const borrowed: SharedArrayBuffer[] = [];
    const random = new SeededRandom(0);
    try {
      const machine = this.#env.build(commandLine, {
        allocateRam: (bytes) => {
          const ram = this.#pool.borrow(bytes);
          borrowed.push(ram);
          return ram;
        },
        openImage: (name) => {
          const image = this.#shelf.open(name);
          return image && { length: image.length, read: (at, into) => image.read(at, into) };
        },
        random: (into) => random.fill(into),
        journal: silentJournal(),
      });
      const { warnings } = machine;
      const qtree = machine.qtree().map(({ text }) => `${text}\n`);
      return { kind: 'stands', topology: machine.topology(), qtree: qtree.join(''), warnings };
    } catch (error) {
      if (error instanceof ConfigError) return refusal(error);
      throw error;
    } finally {
      for (const ram of borrowed) this.#pool.release(ram);
    }
  }

  #build(id: number, commandLine: string, seed: number): MachineReply {
    const random = new SeededRandom(seed);
    const start = { shelf: this.#shelf.freeze(), opened: new Set<string>() };
    const ring = JournalRing.create(RING_EVENTS, RING_BYTES);
    const journal = new JournalWriter(ring);
    let ram: SharedArrayBuffer | undefined;
    let machine: ServedMachine;
    try {
      machine = this.#env.build(commandLine, {
        allocateRam: (bytes) => {
          ram = this.#pool.allocate(bytes);
          return ram;
        },
        openImage: (name) => {
          const image = this.#shelf.open(name);
          if (image) start.opened.add(name);
          return image;
        },
        random: (into) => random.fill(into),
        journal,
      });
    } catch (error) {
      if (ram) this.#pool.release(ram);
      throw error;
    }
    const memory: MachineMemory = {
      ram: machine.ram.buffer as SharedArrayBuffer,
      ramBase: machine.ram.base,
      ramSize: machine.ram.size,
      ramWindows: machine.ram.windows,
      platform: machine.platform,
      control: new SharedArrayBuffer(CONTROL.words * 4),
      machineJournal: ring.buffer,
      vcpuJournal: JournalRing.create(RING_EVENTS, RING_BYTES).buffer,
    };
    machine.onEvent = () => {
      this.#eventsWait = true;
    };
    const server = new ExitServer(new Int32Array(memory.control), machine, {
      onFault: (error) => this.#fault(error),
      onPlug: () => this.#noteTopology(machine),
    });
    this.#loop.stop();
    if (this.#vcpuRuns) this.#retired = this.#running;
    else if (this.#running?.ram) this.#pool.release(this.#running.ram);
    this.#running = { commandLine, machine, server, ram: memory.ram };
    this.#topologies = [];
    const topology = { plugs: journal.plugs, topology: machine.topology() };
    const images = this.#shelf.facts();
    this.#toldImages = JSON.stringify(images);
    this.#starts.set(++this.#lastStart, start);
    return {
      ...{ id, kind: 'built', topology, start: this.#lastStart },
      ...{ memory, warnings: machine.warnings, images },
    };
  }

  #monitor(id: number, line: string): MachineReply {
    const { machine, server } = this.#machine();
    const output = line.trimStart().startsWith('{') ? qmp(machine, line) : machine.monitor(line);
    server.publishInterrupts();
    machine.journal.handOver();
    this.#tellEvents();
    const topology = { plugs: machine.journal.plugs, topology: machine.topology() };
    return { id, kind: 'monitor', output, topology };
  }

  #switchVcpu(running: boolean, lost: boolean): void {
    const current = this.#machine();
    this.#vcpuRuns = running;
    if (running) {
      current.machine.cont();
      current.machine.journal.refresh();
      // What firmware did comes before all that the guest does.
      current.server.publishInterrupts();
      current.machine.journal.handOver();
      this.#tellEvents();
      this.#loop.start(current.server);
      return;
    }
    this.#loop.stop();
    current.server.clear();
    this.#tellImages(0);
    if (lost) (this.#retired ?? current).ram = undefined;
    if (this.#retired?.ram) this.#pool.release(this.#retired.ram);
    this.#retired = undefined;
  }

  #machine(): Running {
    if (!this.#running) throw new ConfigError('There is no machine');
    return this.#running;
  }

  #noteTopology(machine: ServedMachine): void {
    this.#topologies.push({ plugs: machine.journal.plugs, topology: machine.topology() });
  }

  #tellEvents(): void {
    if (!this.#running || !(this.#eventsWait || this.#topologies.length > 0)) return;
    this.#eventsWait = false;
    const { machine } = this.#running;
    this.#noteTopology(machine);
    const topologies = this.#topologies.splice(0);
    this.#env.post({ kind: 'events', events: machine.takeEvents(), topologies });
  }

  #fault(error: unknown): void {
    this.#loop.stop();
    this.#env.post({ kind: 'fault', message: describe(error) });
  }

  #tellImages(every: number): void {
    const now = this.#env.thread.now();
    if (now - this.#toldImagesAt < every) return;
    this.#toldImagesAt = now;
    const images = this.#shelf.facts();
    const told = JSON.stringify(images);
    if (told === this.#toldImages) return;
    this.#toldImages = told;
    this.#env.post({ kind: 'images', images });
  }
}

/** What is said of a line that makes no machine. */
function refusal(error: ConfigError): Extract<Trial, { kind: 'refused' }> {
  const message =
    error instanceof Answered
      ? 'asks for help only, so there is no machine to build'
      : error.message;
  const option = error instanceof StartRefused ? error.option : undefined;
  return { kind: 'refused', message, ...(option !== undefined && { option }) };
}

/** Marks the digits of an integer that a number cannot hold, so that they stand in the text unquoted. */
const DIGITS = '\u0000';

/** A request of the machine protocol as text, and its answer. */
function qmp(machine: ServedMachine, text: string): string {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch (error) {
    return `Not a QMP request: ${describe(error)}\n`;
  }
  const answer = JSON.stringify(
    machine.qmp(request),
    (_, value: unknown) => (typeof value === 'bigint' ? `${DIGITS}${value}${DIGITS}` : value),
    2,
  );
  return `${answer.replace(/"\\u0000(-?\d+)\\u0000"/g, '$1')}\n`;
}
