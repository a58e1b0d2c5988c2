import { assert } from '../../base/assert.ts';
import { allOnes } from '../../base/bits.ts';
import type { DeviceFacts, DeviceType, QtreeLine } from '../../journal/device-facts.ts';
import { ACTOR, NONE } from '../../journal/schema.ts';
import type { MachineTopology } from '../../journal/topology.ts';
import { type JournalWriter, silentJournal } from '../../journal/writer.ts';
import { AddressSpace } from '../../memory/address-space.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import { MemoryRegion } from '../../memory/memory-region.ts';
import type { Platform } from '../../spec/platform.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import type { Chardev, Chardevs } from '../backends/chardev.ts';
import type { FileKind, Fsdevs } from '../backends/fs.ts';
import { type InputHandler, InputRouter } from '../backends/input.ts';
import type { Network } from '../backends/net.ts';
import { type Completion, complete } from '../monitor/complete.ts';
import { Monitor } from '../monitor/monitor.ts';
import { Qmp, type QmpAnswer } from '../monitor/qmp/qmp.ts';
import { qtreeLines } from '../monitor/qtree.ts';
import type { RunState } from '../monitor/target.ts';
import type { MemoryFormat } from '../monitor/xp.ts';
import { BootOrder } from '../qdev/boot-index.ts';
import type { Bus } from '../qdev/bus.ts';
import type { CpuServices, DeviceContext, Standby } from '../qdev/context.ts';
import { Device } from '../qdev/device.ts';
import type { HotplugHandler } from '../qdev/hotplug.ts';
import { addRegion } from '../qdev/regions.ts';
import { ConfigError } from '../qom/errors.ts';
import { Container, type QObject } from '../qom/object.ts';
import { copied, fieldsOf, type State, setFields } from '../qom/state.ts';
import type { TypeRegistry } from '../qom/type.ts';
import { Answered, Asked, type Question } from './answered.ts';
import { BackEnds } from './back-ends.ts';
import type { Arch, Board, BuildSite, PlugRule } from './boards/board.ts';
import { checkBootFiles, checkThreads } from './boot-files.ts';
import { readSplit, writeSplit } from './bus-access.ts';
import { catalogOf } from './catalog/catalog.ts';
import { LoadedTypes } from './catalog/loaded-types.ts';
import type { CommandLine } from './command-line.ts';
import { addDevice, type DeviceRequest } from './device-add.ts';
import { deviceFacts } from './device-facts.ts';
import { deviceTypes } from './device-types.ts';
import type { Drives } from './drives.ts';
import { checkEarlyGlobals } from './early-globals.ts';
import { applyGlobals, checkGlobals } from './globals.ts';
import { answer } from './help/answer.ts';
import type { Host } from './host.ts';
import { checkVga } from './host-options.ts';
import { removeDevice } from './hotplug.ts';
import {
  type Accelerator,
  checkCpu,
  chooseAccelerator,
  type MachineSettings,
  machineSettings,
} from './machine-options.ts';
import { allocateRam, findRam, followRam, showRam } from './machine-ram.ts';
import { showSettings } from './machine-values.ts';
import { isMadeLate, makeObject, type ObjectHome, type ObjectRequest } from './objects.ts';
import { parseCommandLine } from './options.ts';
import { entriesOf } from './opts.ts';
import { createRegistry } from './registry.ts';
import { resolveObject } from './resolve.ts';
import {
  type Happening,
  History,
  loadObjects,
  loadRam,
  type Snapshot,
  saveObjects,
  saveRam,
} from './snapshot.ts';
import { type Place, StartLog } from './start-log.ts';
import { topologyOf } from './topology.ts';

/** Region of a bus access that nothing decodes. */
const NO_REGION = 0xffff;
/** Interrupt inputs that the CPUs see. */
const INPUTS = 256;
/** Ports that I/O instructions reach. */
const IO_PORTS = 0x1_0000;

/** Characters of stderr that are kept: a guest can make devices complain for ever. */
const MAX_STDERR = 2 ** 18;

/** What a snapshot keeps of the machine itself, beside its parts. */
const MOVING = ['runState', 'stderr'] as const;

/** An event of QMP's, without its time. */
export interface MachineEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Bytes of the firmware that the line names, or undefined. */
function firmwareBytes({ machineTree }: CommandLine, host: Host): number | undefined {
  const { firmware } = machineTree;
  return typeof firmware === 'string' ? host.openImage(firmware)?.length : undefined;
}

/** A virtual machine, built from a QEMU command line. */
export class Machine implements DeviceContext {
  readonly type: Board;
  /** What the program was called by: `qemu-system-x86_64`. */
  readonly program: string;
  readonly ram: GuestRam;
  readonly journal: JournalWriter;
  /** What was said while it was built: QEMU's warnings, then what is not modelled. */
  readonly warnings: readonly string[];
  /** What QEMU has printed on stderr so far, with line ends; a guest that makes devices complain for ever is cut short. */
  stderr: string;
  runState: RunState;
  readonly registry: TypeRegistry;
  readonly memory = new AddressSpace('memory', MemoryRegion.container('system'));
  readonly io = new AddressSpace('I/O', MemoryRegion.io('io', IO_PORTS));
  readonly addressSpaces = new Set([this.memory, this.io]);
  readonly ramRegion: MemoryRegion | undefined;
  readonly standbys = new Map<string, Standby>();
  readonly bounce = { busy: false };
  readonly sole = new Map<string, Device>();
  readonly cpu: CpuServices = {};
  readonly input = new InputRouter();
  readonly backEnds: BackEnds;
  /** False while the machine is built. */
  started = false;
  readonly accelerator: Accelerator;
  readonly cpus: number;
  readonly bigEndian: boolean;
  /** Root of the composition tree. */
  readonly root: QObject;
  readonly sysbus: Bus;
  readonly types: LoadedTypes;
  /** Devices by the number that events call them by. */
  readonly devices: Device[] = [];
  readonly #platform: BuildSite['platform'] = { virtioMmio: [] };
  /** Called whenever an interrupt input changed. */
  onInterrupt: () => void = () => {};

  /** Called whenever a device drives a platform interrupt input, changed or not. */
  onInput: (line: number, level: boolean) => void = () => {};

  /** Called whenever there is an event to take. */
  onEvent: () => void = () => {};

  /** What the board's firmware would do; undefined where another runs, or nothing can. */
  readonly #firmware: Board['firmware'];
  readonly #host: Host;
  /** What happened since it was built; undefined for a machine that nobody sees. */
  #history: History | undefined;
  readonly #objects: QObject;
  readonly #events: MachineEvent[] = [];
  readonly bootOrder = new BootOrder();
  #anonymous = 0;
  readonly #busCounts = new Map<string, number>();
  readonly #monitor: Monitor;
  readonly #qmp = new Qmp(this);
  readonly #atStart: (() => void)[] = [];
  readonly #plugRules: PlugRule[] = [];
  #deviceTypes: readonly DeviceType[] | undefined;
  /** Interrupt inputs, a bit each: as lines stand, and what messages have latched. */
  readonly #lines = new Uint32Array(INPUTS / 32);
  readonly #latched = new Uint32Array(INPUTS / 32);
  /** While the machine is built, complaints belong to the option that is worked on. */
  #log: StartLog | undefined;
  /** While a command is carried out, complaints are for whoever gave it. */
  #hear: ((message: string) => void) | undefined;

  /** Builds the machine that `commandLine` describes. Throws ConfigError whose message is what QEMU prints. */
  static build(commandLine: string | readonly string[], host: Host): Machine {
    const log = new StartLog();
    try {
      const machine = new Machine(parseCommandLine(commandLine, log), host, log);
      machine.#history = new History(commandLine);
      return machine;
    } catch (error) {
      if (error instanceof Asked) throw Machine.#answer(error.question, log, host);
      throw error instanceof ConfigError ? log.refuse(error) : error;
    }
  }

  /**
   * The machine that a snapshot was made of, as it was then. What happens to it before that moment is
   * not recorded again; the journal goes on with the clock that it had.
   */
  static restore(snapshot: Snapshot, host: Host): Machine {
    const { journal } = host;
    const recording = journal.on;
    journal.on = false;
    try {
      const machine = Machine.build(snapshot.commandLine, host);
      for (const happening of snapshot.happenings) machine.#repeat(happening);
      loadObjects(machine.root, snapshot.objects);
      machine.#loadState(copied(snapshot.machine));
      loadRam(machine.ram, snapshot.ram);
      return machine;
    } finally {
      journal.on = recording;
    }
  }

  /** All that `restore` needs to go on from here. The guest must rest. */
  save(): Snapshot {
    assert(this.#history, 'this machine answers questions only');
    const { commandLine, happenings } = this.#history;
    return {
      commandLine,
      happenings,
      objects: saveObjects(this.root),
      machine: copied(this.#saveState()),
      ram: saveRam(this.ram),
    };
  }

  #repeat(happening: Happening): void {
    if ('hmp' in happening) this.monitor(happening.hmp);
    else if ('qmp' in happening) this.qmp(happening.qmp);
    else if ('paired' in happening) this.standbys.get(happening.paired)?.pair();
    else {
      const device = this.root.at(happening.gone);
      if (device instanceof Device) device.unplug();
    }
  }

  #saveState(): State {
    return {
      ...fieldsOf(this as Machine, MOVING),
      bounce: this.bounce.busy,
      lines: this.#lines,
      latched: this.#latched,
      events: this.#events,
      clock: this.journal.clock,
      format: this.#monitor.format,
      ...this.backEnds.saveState(),
      inputs: this.input.handlers.map((handler) => (handler as unknown as QObject).path),
    };
  }

  #loadState(state: State): void {
    setFields(this as Machine, MOVING, state);
    this.bounce.busy = state.bounce as boolean;
    this.#lines.set(state.lines as Uint32Array);
    this.#latched.set(state.latched as Uint32Array);
    this.#events.splice(0, Number.POSITIVE_INFINITY, ...(state.events as MachineEvent[]));
    this.journal.receive(state.clock as number);
    this.#monitor.format = state.format as MemoryFormat;
    this.backEnds.loadState(state);
    for (const path of (state.inputs as string[]).reverse())
      this.input.activate(this.root.at(path) as unknown as InputHandler);
  }

  /** What the program says to a question: an empty machine knows its types. */
  static #answer(question: Question, log: StartLog, host: Host): ConfigError {
    const { types, registry } = Machine.#empty(log.arch, host);
    const program = { arch: log.arch as Arch, types, registry };
    const { text, stderr } = log.at(question.location, () => answer(program, question));
    return new Answered(text, log.stderr + stderr);
  }

  /** A machine without anything, which nobody hears of. */
  static #empty(arch: string, host: Host): Machine {
    const line = [`qemu-system-${arch}`, '-M', 'none', '-nodefaults'];
    const unheard = new StartLog();
    const quiet = { ...host, journal: silentJournal() };
    return new Machine(parseCommandLine(line, unheard), quiet, unheard);
  }

  private constructor(config: CommandLine, host: Host, log: StartLog) {
    this.#host = host;
    this.#log = log;
    this.type = config.machine;
    this.program = log.program;
    this.runState = config.paused ? 'prelaunch' : 'running';
    this.bigEndian = config.machine.arch === 's390x';
    this.journal = host.journal;
    this.registry = createRegistry(config.machine.arch, config.machine);
    this.types = new LoadedTypes(this.registry, catalogOf(config.machine.arch), this);
    host.registerTypes?.(this.registry);
    this.registry.created = (object) =>
      applyGlobals(
        object,
        config.globals,
        (property, id, type) => this.resolve(property, id, type),
        this.#log,
      );
    this.root = this.#container();
    this.root.addChild('machine', this.registry.create(config.machine.type, this));
    const objects = this.root.addChild('objects', this.#container());
    this.#objects = objects;
    const { vga, optionOf } = config;
    if (vga !== undefined)
      log.about(optionOf.get('vga'), () =>
        checkVga(vga, (type) => this.registry.find(type) !== undefined),
      );
    this.backEnds = new BackEnds(host, log, objects, config);
    this.network.setRunning(!config.paused);
    this.chardevs.onChange = (chardev, there) => this.#showChardev(chardev, there);
    const makeObjects = (late: boolean) => {
      for (const request of config.objects)
        if (isMadeLate(request) === late) log.at(request.location, () => this.addObject(request));
    };
    makeObjects(false);
    this.backEnds.makeEarly();
    const settings = machineSettings(config, this.registry, log);
    this.accelerator = chooseAccelerator(config, log);
    this.#firmware =
      this.accelerator !== 'qtest' && config.machineTree.firmware === undefined
        ? this.type.firmware
        : undefined;
    this.cpus = settings.cpus;
    checkEarlyGlobals(config.globals, this.registry, config.machine.type, log);
    this.backEnds.makeLate(() => makeObjects(true));
    const { machine: board } = config;
    log.about(optionOf.get('cpu'), () => {
      if (board.cpu) checkCpu(board, settings.cpu ?? '');
    });
    const sizeOf = (name: string) => host.openImage(name)?.length;
    log.about(optionOf.get('smp'), () =>
      checkThreads(config, settings.cpu, settings.topology.threads, log),
    );
    checkBootFiles(config, sizeOf, true, log);
    const backend = log.about(optionOf.get('memory-backend'), () =>
      findRam(objects, config, settings),
    );
    const ramBytes = (backend?.bytes ?? settings.ramBytes) + (board.extraRamBytes ?? 0);
    this.ram = log.about(optionOf.get('memory'), () => allocateRam(board, ramBytes, host));
    if (ramBytes > 0) this.ramRegion = showRam(this.#objectHome(), backend, board, ramBytes);
    this.sysbus = this.#buildBoard(config, { ...settings, ramBytes });
    this.drives.checkOrphans();
    this.#addDevices(config, log);
    checkBootFiles(config, sizeOf, false, log);
    this.backEnds.complain();
    checkGlobals(config.globals, this.registry, log);
    this.warnings = log.warnings;
    this.stderr = log.stderr;
    this.#log = undefined;
    log.close((text) => this.report(text));
    this.started = true;
    for (const work of this.#atStart.splice(0)) work();
    followRam(this.ram, this.memory);
    this.#monitor = new Monitor(this);
    if (this.journal.on) this.journal.flush();
  }

  get drives(): Drives {
    return this.backEnds.drives;
  }

  get network(): Network {
    return this.backEnds.network;
  }

  get chardevs(): Chardevs {
    return this.backEnds.chardevs;
  }

  get fsdevs(): Fsdevs {
    return this.backEnds.fsdevs;
  }

  /** What a guest is told of the machine. */
  get platform(): Platform {
    return this.#platform;
  }

  /** Interrupt inputs that are asserted now, one bit each: bit n of `word` (0 to 7) is input 32 * word + n. */
  interruptWord(word: number): number {
    return ((this.#lines[word] ?? 0) | (this.#latched[word] ?? 0)) >>> 0;
  }

  /** The CPU takes the message that `input` has latched, or the interruption that it stands for. Recorded. */
  takeInterrupt(input: number): void {
    if (this.journal.on) this.journal.interrupt(NONE, NONE, 'taken', input, 'always');
    this.#setInput(this.#latched, input, false);
    this.cpu.takeInterruption?.(input);
  }

  /** One bus read of the guest, of `size` bytes; unsigned. Recorded. */
  read(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4): number {
    if (space === 'memory') {
      const offset = this.ram.offsetOf(addr, size);
      if (offset >= 0) return this.ram.readAt(offset, size);
    }
    const bus = space === 'memory' ? this.memory : this.io;
    const slot = this.journal.on ? this.#record(bus, false, space, addr, size, 0) : -1;
    const value = readSplit(bus, this.ram, addr, size, space === 'memory' ? 0 : 0xff);
    if (slot >= 0) this.journal.setValue(slot, value);
    return value;
  }

  /** One bus write of the guest, of `size` bytes. Recorded before devices act on it. */
  write(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4, value: number): void {
    const written = size === 4 ? value >>> 0 : value & allOnes(size);
    if (space === 'memory') {
      const offset = this.ram.offsetOf(addr, size);
      if (offset >= 0) {
        if (this.journal.on)
          this.journal.memWrite(
            ACTOR.driver,
            addr,
            size,
            this.ram.readAt(offset, size),
            0,
            written,
            0,
          );
        this.ram.writeAt(offset, size, written);
        return;
      }
    }
    const bus = space === 'memory' ? this.memory : this.io;
    if (this.journal.on) this.#record(bus, true, space, addr, size, written);
    writeSplit(bus, this.ram, addr, size, written);
  }

  /** Lets the guest run. */
  cont(): void {
    if (this.runState === 'running') return;
    if (this.runState === 'prelaunch') this.#firmware?.(this);
    this.runState = 'running';
    this.network.setRunning(true);
    this.emit('RESUME');
  }

  /** Stops the guest where it runs. */
  stop(): void {
    if (this.runState !== 'running') return;
    this.runState = 'paused';
    this.network.setRunning(false);
    this.emit('STOP');
  }

  /** `system_reset`: everything returns to its state after power-on; RAM and disks keep their bytes. */
  reset(): void {
    this.emit('RESET', { guest: false, reason: 'host-qmp-system-reset' });
    for (let input = 0; input < INPUTS; input++) this.#setInput(this.#latched, input, false);
    this.sysbus.resetAll();
  }

  /** `quit`: ends the program; false where the machine is no program of its own. */
  quit(): boolean {
    if (!this.#host.quit) return false;
    this.emit('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' });
    this.#host.quit();
    return true;
  }

  /** Executes one line of the human monitor; what it prints, with line ends. */
  monitor(line: string): string {
    this.#history?.hmp(line);
    let complaints = '';
    const text = this.#commanded(
      (message) => {
        complaints += `${message}\n`;
      },
      () => this.#monitor.execute(line),
    );
    return complaints + text;
  }

  /** Executes one request of the machine protocol, `{execute, arguments, id}`; errors are answers. */
  qmp(request: unknown): QmpAnswer {
    this.#history?.qmp(request);
    const hear = this.#hear ?? ((message) => this.printError(message));
    return this.#commanded(hear, () => this.#qmp.execute(request));
  }

  #commanded<T>(hear: (message: string) => void, work: () => T): T {
    const outer = this.#hear;
    this.#hear = hear;
    try {
      return work();
    } finally {
      this.#hear = outer;
    }
  }

  /** What could stand at the end of an unfinished monitor line. */
  complete(line: string): Completion {
    return complete(this, line);
  }

  /** `device_add`. Throws ConfigError with QEMU's sentence. */
  addDevice(request: DeviceRequest): void {
    addDevice(this.#home(), request);
  }

  /** `device_del`. Throws ConfigError with QEMU's sentence. */
  removeDevice(name: string): void {
    removeDevice(this.root, name);
  }

  /** `object_add`. Throws ConfigError with QEMU's sentence. */
  addObject(request: ObjectRequest): void {
    this.backEnds.origins.note(makeObject(this.#objectHome(), request));
  }

  /** `object_del`. Throws ConfigError with QEMU's sentence. */
  removeObject(id: string): void {
    const object = this.#objects.children.get(id);
    if (!object) throw new ConfigError(`object '${id}' not found`);
    if ('inUse' in object && object.inUse)
      throw new ConfigError(`object '${id}' is in use, can not be deleted`);
    this.#objects.removeChild(object);
  }

  /** A line on stderr. */
  printError(line: string): void {
    this.#print(`${line}\n`);
    this.note(line);
  }

  #print(text: string): void {
    if (this.stderr.length < MAX_STDERR) this.stderr += text;
  }

  note(message: string): void {
    if (this.journal.on) this.journal.log('device', 'device', message);
  }

  handlerOf(device: Device): HotplugHandler | undefined {
    for (const rule of this.#plugRules) {
      const handler = rule(device);
      if (handler) return handler;
    }
    return this.type.handlerOf?.(device);
  }

  /** Tells the management side that something happened: `DEVICE_DELETED` and the like. */
  emit(event: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#history?.event(event, data);
    this.#events.push(Object.keys(data).length > 0 ? { event, data } : { event });
    this.onEvent();
  }

  /** Events since the last call, oldest first. */
  takeEvents(): MachineEvent[] {
    return this.#events.splice(0);
  }

  /** The qdev tree as it is now. */
  topology(): MachineTopology {
    return topologyOf(this);
  }

  /** Every type that `-device` can make here. */
  deviceTypes(): readonly DeviceType[] {
    const { arch } = this.type;
    this.#deviceTypes ??= deviceTypes(
      this.registry,
      catalogOf(arch),
      Machine.#empty(arch, this.#host),
    );
    return this.#deviceTypes;
  }

  /** All about the device at a canonical path; undefined where there is none. */
  deviceFacts(path: string): DeviceFacts | undefined {
    const found = this.root.at(path);
    return found instanceof Device ? deviceFacts(found) : undefined;
  }

  /** `info qtree`, each line with what it is about. */
  qtree(): QtreeLine[] {
    return qtreeLines(this.sysbus);
  }

  whenStarted(work: () => void): void {
    if (this.started) work();
    else this.#atStart.push(work);
  }

  numberDevice(device: { readonly path: string }): number {
    assert(device instanceof Device && this.devices.length < NONE, 'too many devices');
    return this.devices.push(device) - 1;
  }

  numberBus(type: string): number {
    const count = this.#busCounts.get(type) ?? 0;
    this.#busCounts.set(type, count + 1);
    return count;
  }

  report(message: string): void {
    if (this.#log) this.#log.print(message);
    else if (this.#hear) this.#hear(message);
    else {
      this.#print(`${this.program}: ${message}\n`);
      this.note(message);
    }
  }

  resolve(property: string, id: string, type: string): unknown {
    if (type === 'drive') return this.drives.resolve(id);
    if (type === 'netdev') return this.network.find(id);
    if (type === 'chardev') return this.chardevs.find(id);
    return resolveObject(this.root, property, id, type);
  }

  openImage(name: string): ByteSource | undefined {
    return this.#host.openImage(name);
  }

  /** What the host has by a name, as far as it can tell. */
  fileKind(name: string): FileKind | undefined {
    if (this.#host.fileKind) return this.#host.fileKind(name);
    return this.#host.openImage(name) && 'file';
  }

  random(into: Uint8Array): void {
    this.#host.random(into);
  }

  setInterrupt(line: number, level: boolean): void {
    this.onInput(line, level);
    this.#setInput(this.#lines, line, level);
  }

  latchInterrupt(input: number): void {
    this.#setInput(this.#latched, input, true);
  }

  /**
   * A channel I/O instruction, `op` of `CHANNEL_OP`: its condition code, or the negative of a program
   * interruption code. Where there is no channel subsystem, nothing is operational. Recorded.
   */
  channel(op: number, schid: number, address: number): number {
    const cc = this.cpu.channel?.(op, schid, address);
    if (cc !== undefined) return cc;
    if (this.journal.on) this.journal.channel(NONE, op, schid, address, 3);
    return 3;
  }

  /** DIAGNOSE 500: the guest's register 2, signed; -38 where there is no such call. Recorded. */
  hypercall(subcode: number, a: number, b: number, c: number): number {
    const result = this.cpu.hypercall?.(subcode, a, b, c);
    if (result !== undefined) return result;
    if (this.journal.on) this.journal.hypercall(NONE, subcode, a, b, c, -38);
    return -38;
  }

  #setInput(inputs: Uint32Array, input: number, on: boolean): void {
    const word = input >>> 5;
    const bit = 1 << (input & 31);
    const before = this.interruptWord(word);
    const old = inputs[word];
    if (old === undefined) return;
    inputs[word] = on ? old | bit : old & ~bit;
    if (this.interruptWord(word) !== before) this.onInterrupt();
  }

  #objectHome(): ObjectHome {
    return {
      registry: this.registry,
      context: this,
      objects: this.#objects,
      resolve: (property, id, type) => this.resolve(property, id, type),
    };
  }

  /** Shows a character back end in the tree of objects, or takes it out. */
  #showChardev({ id, backend }: Chardev, there: boolean): void {
    const home =
      this.root.children.get('chardevs') ?? this.root.addChild('chardevs', this.#container());
    const shown = home.children.get(id);
    if (shown) home.removeChild(shown);
    const type = this.registry.find(`chardev-${backend}`);
    if (there && type)
      home.addChild(id, new Container({ type, registry: this.registry, context: this }));
  }

  #container(): QObject {
    return this.registry.create('container', this);
  }

  #buildBoard(config: CommandLine, settings: MachineSettings): Bus {
    const machine = this.root.at('/machine');
    assert(machine, 'no machine');
    const { memoryBackend = config.machine.ramId } = settings;
    showSettings(machine, settings, this.#objects.at(memoryBackend));
    const unattached = machine.addChild('unattached', this.#container());
    machine.addChild('peripheral', this.#container());
    machine.addChild('peripheral-anon', this.#container());
    const sysbus = unattached.addChild('sysbus', this.registry.create('System', this) as Bus);
    sysbus.busName = 'main-system-bus';
    const { machine: board, defaults } = config;
    const { cpu = '', cpus } = settings;
    addRegion(unattached, this.memory.root);
    addRegion(unattached, this.io.root);
    board.build({
      context: this,
      platform: this.#platform,
      root: this.root,
      machine,
      unattached,
      sysbus,
      cpu,
      cpuInfo: board.cpu,
      ram: this.ramRegion,
      ramBytes: settings.ramBytes,
      maxRamBytes: settings.maxRamBytes,
      ramSlots: settings.ramSlots,
      handlers: this.#plugRules,
      cpus,
      options: settings.options,
      firmwareBytes: firmwareBytes(config, this.#host),
      defaults,
      backEnds: this.backEnds,
      without: config.without,
      vga: config.vga,
      optionOf: config.optionOf,
    });
    if (this.ramRegion && !this.ramRegion.shown)
      this.memory.root.addSubregion(board.ramBase, this.ramRegion);
    return sysbus;
  }

  /** Devices in QEMU's order: of the line, then those that drives ask for, then JSON. */
  #addDevices({ devices: asked }: CommandLine, log: StartLog): void {
    const add = (location: Place, request: DeviceRequest) =>
      log.at(location, () => addDevice(this.#home(), request, location.option));
    const devices = [...asked, ...this.backEnds.devices];
    for (const option of devices) if (!option.json) add(option.location, option);
    for (const { interface: kind, id, location } of this.drives.list)
      if (kind === 'virtio')
        add(location, { id: undefined, entries: entriesOf({ driver: 'virtio-blk', drive: id }) });
    for (const option of devices) if (option.json) add(option.location, option);
  }

  #home() {
    const at = (path: string): QObject => {
      const found = this.root.at(path);
      assert(found, `no ${path}`);
      return found;
    };
    return {
      registry: this.registry,
      sysbus: this.sysbus,
      peripheral: at('/machine/peripheral'),
      peripheralAnon: at('/machine/peripheral-anon'),
      context: this,
      started: this.started,
      standbys: this.standbys,
      dynamicSysBus: this.type.dynamicSysBus ?? [],
      bootOrder: this.bootOrder,
      numberAnonymous: () => this.#anonymous++,
      resolve: (property: string, id: string, type: string) => this.resolve(property, id, type),
    };
  }

  /** Records a bus access; returns the slot for its value. */
  #record(
    bus: AddressSpace,
    write: boolean,
    space: 'memory' | 'io',
    addr: number,
    size: number,
    value: number,
  ): number {
    const { journal } = this;
    const range = bus.find(addr);
    if (!range?.handler)
      return journal.register(write, space, addr, size, value, NONE, NO_REGION, 0);
    const offset = addr - range.base;
    const { dev, region, origin = 0 } = range.handler;
    return journal.register(write, space, addr, size, value, dev, region, offset + origin);
  }
}
