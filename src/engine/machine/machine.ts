import { assert } from '../../base/assert.ts';
import type { DeviceFacts, DeviceType, QtreeLine } from '../../journal/device-facts.ts';
import { NONE } from '../../journal/schema.ts';
import type { MachineTopology } from '../../journal/topology.ts';
import { type JournalWriter, silentJournal } from '../../journal/writer.ts';
import { AddressSpace } from '../../memory/address-space.ts';
import type { GuestRam } from '../../memory/guest-ram.ts';
import { MemoryRegion } from '../../memory/memory-region.ts';
import type { Platform } from '../../spec/platform.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import type { Chardevs } from '../backends/chardev.ts';
import type { FileKind, Fsdevs } from '../backends/fs.ts';
import { InputRouter } from '../backends/input.ts';
import type { Network } from '../backends/net.ts';
import { type Completion, complete } from '../monitor/complete.ts';
import type { QmpAnswer } from '../monitor/qmp/qmp.ts';
import { qtreeLines } from '../monitor/qtree.ts';
import type { RunState } from '../monitor/target.ts';
import { BootOrder } from '../qdev/boot-index.ts';
import type { Bus } from '../qdev/bus.ts';
import type { CpuServices, DeviceContext, Standby } from '../qdev/context.ts';
import { Device } from '../qdev/device.ts';
import type { HotplugHandler } from '../qdev/hotplug.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import { AddedDevices } from './added-devices.ts';
import { AddedObjects } from './added-objects.ts';
import { Answered, Asked, type Question } from './answered.ts';
import { BackEnds } from './back-ends.ts';
import type { Arch, Board, PlugRule } from './boards/board.ts';
import { checkBootFiles } from './boot-files.ts';
import { buildBoard } from './build-board.ts';
import { BusAccess } from './bus-access.ts';
import { catalogOf } from './catalog/catalog.ts';
import { LoadedTypes } from './catalog/loaded-types.ts';
import type { CommandLine } from './command-line.ts';
import { CpuInputs } from './cpu-inputs.ts';
import { checkCpus } from './cpu-options.ts';
import type { DeviceRequest } from './device-add.ts';
import { deviceFacts } from './device-facts.ts';
import { deviceTypes } from './device-types.ts';
import type { Drives } from './drives.ts';
import { checkEarlyGlobals } from './early-globals.ts';
import { applyGlobals, checkGlobals } from './globals.ts';
import { answer } from './help/answer.ts';
import type { Host } from './host.ts';
import { checkVga } from './host-options.ts';
import { removeDevice } from './hotplug.ts';
import { type Accelerator, chooseAccelerator, machineSettings } from './machine-options.ts';
import { followRam, makeRam } from './machine-ram.ts';
import { MachineState } from './machine-state.ts';
import { type MachineEvent, Management } from './management.ts';
import { Messages } from './messages.ts';
import { isMadeLate, type ObjectRequest } from './objects.ts';
import { parseCommandLine } from './options.ts';
import { createRegistry } from './registry.ts';
import { resolveObject } from './resolve.ts';
import { showChardevs } from './shown-chardevs.ts';
import { History, putBack, type Snapshot, snapshotOf } from './snapshot.ts';
import { StartLog } from './start-log.ts';
import { topologyOf } from './topology.ts';

/** Ports that I/O instructions reach. */
const IO_PORTS = 0x1_0000;

/** A virtual machine, built from a QEMU command line. */
export class Machine implements DeviceContext {
  readonly type: Board;
  /** What the program was called by: `qemu-system-x86_64`. */
  readonly program: string;
  readonly ram: GuestRam;
  readonly journal: JournalWriter;
  /** What was said while it was built: QEMU's warnings, then what is not modelled. */
  readonly warnings: readonly string[];
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
  /** What a guest is told of the machine. */
  readonly platform: Platform;
  /** Called whenever an interrupt input changed. */
  onInterrupt: () => void = () => {};

  /** Called whenever a device drives a platform interrupt input, changed or not. */
  onInput: (line: number, level: boolean) => void = () => {};

  /** Called whenever there is an event to take. */
  onEvent: () => void = () => {};

  /** What the board's firmware would do; undefined where another runs, or nothing can. */
  readonly #firmware: Board['firmware'];
  readonly #host: Host;
  readonly bootOrder = new BootOrder();
  readonly #busCounts = new Map<string, number>();
  readonly #atStart: (() => void)[] = [];
  readonly #plugRules: PlugRule[] = [];
  #deviceTypes: readonly DeviceType[] | undefined;
  readonly #inputs = new CpuInputs(() => this.onInterrupt());
  readonly #bus: BusAccess;
  readonly #messages: Messages;
  readonly #management: Management;
  readonly #addedObjects: AddedObjects;
  readonly #addedDevices: AddedDevices;
  readonly #state: MachineState;

  /** Builds the machine that `commandLine` describes. Throws ConfigError whose message is what QEMU prints. */
  static build(commandLine: string | readonly string[], host: Host): Machine {
    const log = new StartLog();
    try {
      const machine = new Machine(parseCommandLine(commandLine, log), host, log);
      machine.#management.history = new History(commandLine);
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
      putBack(snapshot, machine, machine.#state);
      return machine;
    } finally {
      journal.on = recording;
    }
  }

  /** All that `restore` needs to go on from here. The guest must rest. */
  save(): Snapshot {
    const { history } = this.#management;
    assert(history, 'this machine answers questions only');
    return snapshotOf(this, history, this.#state);
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
    this.type = config.machine;
    this.program = log.program;
    this.runState = config.paused ? 'prelaunch' : 'running';
    this.bigEndian = config.machine.arch === 's390x';
    this.journal = host.journal;
    this.#messages = new Messages(log, host.journal);
    this.#management = new Management(this, this.#messages, () => this.onEvent());
    this.registry = createRegistry(config.machine.arch, config.machine);
    this.types = new LoadedTypes(this.registry, catalogOf(config.machine.arch), this);
    host.registerTypes?.(this.registry);
    this.registry.created = (object) =>
      applyGlobals(
        object,
        config.globals,
        (property, id, type) => this.resolve(property, id, type),
        log.closed ? undefined : log,
      );
    this.root = this.registry.create('container', this);
    this.root.addChild('machine', this.registry.create(config.machine.type, this));
    const objects = this.root.addChild('objects', this.registry.create('container', this));
    const { vga, optionOf } = config;
    if (vga !== undefined)
      log.about(optionOf.get('vga'), () =>
        checkVga(vga, (type) => this.registry.find(type) !== undefined),
      );
    this.backEnds = new BackEnds(host, log, objects, config);
    this.network.setRunning(!config.paused);
    showChardevs(this.chardevs, this);
    this.#addedObjects = new AddedObjects(this, objects, this.backEnds.origins);
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
    checkCpus(config, settings, log);
    checkBootFiles(config, host, true, log);
    const { ram, region, bytes } = makeRam(config, settings, this.#addedObjects.home, host, log);
    this.ram = ram;
    this.ramRegion = region;
    this.#bus = new BusAccess(ram, this.memory, this.io, this.journal);
    const built = buildBoard(this, config, settings, bytes, this.#plugRules);
    this.sysbus = built.sysbus;
    this.platform = built.platform;
    this.drives.checkOrphans();
    this.#addedDevices = new AddedDevices(this);
    const devices = [...config.devices, ...this.backEnds.devices];
    this.#addedDevices.addOptions(devices, this.drives.list, log);
    checkBootFiles(config, host, false, log);
    this.backEnds.complain();
    checkGlobals(config.globals, this.registry, log);
    this.warnings = log.warnings;
    this.#messages.start();
    this.started = true;
    for (const work of this.#atStart.splice(0)) work();
    followRam(this.ram, this.memory);
    this.#state = new MachineState(
      this,
      this.#inputs,
      this.#management,
      this.#messages,
      this.backEnds,
    );
    if (this.journal.on) this.journal.flush();
  }

  /** What QEMU has printed on stderr so far, with line ends; a guest that makes devices complain for ever is cut short. */
  get stderr(): string {
    return this.#messages.stderr;
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

  /** Interrupt inputs that are asserted now, one bit each: bit n of `word` (0 to 7) is input 32 * word + n. */
  interruptWord(word: number): number {
    return this.#inputs.word(word);
  }

  /** The CPU takes the message that `input` has latched, or the interruption that it stands for. Recorded. */
  takeInterrupt(input: number): void {
    if (this.journal.on) this.journal.interrupt(NONE, NONE, 'taken', input, 'always');
    this.#inputs.take(input);
    this.cpu.takeInterruption?.(input);
  }

  /** One bus read of the guest, of `size` bytes; unsigned. Recorded. */
  read(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4): number {
    return this.#bus.read(space, addr, size);
  }

  /** One bus write of the guest, of `size` bytes. Recorded before devices act on it. */
  write(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4, value: number): void {
    this.#bus.write(space, addr, size, value);
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
    this.#inputs.reset();
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
    return this.#management.hmp(line);
  }

  /** Executes one request of the machine protocol, `{execute, arguments, id}`; errors are answers. */
  qmp(request: unknown): QmpAnswer {
    return this.#management.qmp(request);
  }

  /** What could stand at the end of an unfinished monitor line. */
  complete(line: string): Completion {
    return complete(this, line);
  }

  /** `device_add`. Throws ConfigError with QEMU's sentence. */
  addDevice(request: DeviceRequest): void {
    this.#addedDevices.add(request);
  }

  /** `device_del`. Throws ConfigError with QEMU's sentence. */
  removeDevice(name: string): void {
    removeDevice(this.root, name);
  }

  /** `object_add`. Throws ConfigError with QEMU's sentence. */
  addObject(request: ObjectRequest): void {
    this.#addedObjects.add(request);
  }

  /** `object_del`. Throws ConfigError with QEMU's sentence. */
  removeObject(id: string): void {
    this.#addedObjects.remove(id);
  }

  /** A line on stderr. */
  printError(line: string): void {
    this.#messages.printError(line);
  }

  note(message: string): void {
    this.#messages.note(message);
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
    this.#management.emit(event, data);
  }

  /** Events since the last call, oldest first. */
  takeEvents(): MachineEvent[] {
    return this.#management.takeEvents();
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
    this.#messages.report(message);
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
    this.#inputs.drive(line, level);
  }

  latchInterrupt(input: number): void {
    this.#inputs.latch(input);
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
}
