import { assert } from '../../base/assert.ts';
import { allOnes } from '../../base/bits.ts';
import { ACTOR, NONE } from '../../journal/schema.ts';
import type { MachineTopology } from '../../journal/topology.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import { AddressSpace, type Mapping } from '../../memory/address-space.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import { Monitor } from '../monitor/monitor.ts';
import { Qmp, type QmpAnswer } from '../monitor/qmp/qmp.ts';
import type { Bus } from '../qdev/bus.ts';
import type { DeviceContext } from '../qdev/context.ts';
import { Device } from '../qdev/device.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { Board } from './boards/board.ts';
import { addDevice, type DeviceRequest } from './device-add.ts';
import { Drives } from './drives.ts';
import { applyGlobals, checkGlobals } from './globals.ts';
import type { Host } from './host.ts';
import { makeObject } from './objects.ts';
import { checkCpu, type MachineConfig, parseCommandLine } from './options.ts';
import { createRegistry } from './registry.ts';
import { resolveObject } from './resolve.ts';
import { StartLog } from './start-log.ts';
import { topologyOf } from './topology.ts';

/** Region of a bus access that nothing decodes. */
const NO_REGION = 0xffff;

/** An event of QMP's, without its time. */
export interface MachineEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** A virtual machine, built from a QEMU command line. */
export class Machine implements DeviceContext {
  readonly type: Board;
  readonly ram: GuestRam;
  readonly journal: JournalWriter;
  /** What was said while it was built: QEMU's warnings, then what is not modelled. */
  readonly warnings: readonly string[];
  /** Those of them that QEMU prints, as they stand on stderr. */
  readonly stderr: string;
  readonly registry: TypeRegistry;
  readonly memory = new AddressSpace();
  readonly io = new AddressSpace();
  readonly bounce = { busy: false };
  /** Root of the composition tree. */
  readonly root: QObject;
  readonly sysbus: Bus;
  readonly drives: Drives;
  /** Devices by the number that events call them by. */
  readonly devices: Device[] = [];
  /** Called whenever `irqLevel` changed. */
  onInterrupt: () => void = () => {};

  /** Called whenever there is an event to take. */
  onEvent: () => void = () => {};

  readonly #host: Host;
  readonly #events: MachineEvent[] = [];
  readonly #bootIndexes = new Set<number>();
  readonly #busCounts = new Map<string, number>();
  readonly #monitor: Monitor;
  readonly #qmp = new Qmp(this);
  #irqLevel = 0;
  /** While the machine is built, complaints belong to the option that is worked on. */
  #log: StartLog | undefined;

  /** Builds the machine that `commandLine` describes. Throws ConfigError whose message is what QEMU prints. */
  static build(commandLine: string | readonly string[], host: Host): Machine {
    const log = new StartLog();
    try {
      return new Machine(parseCommandLine(commandLine, log), host, log);
    } catch (error) {
      throw error instanceof ConfigError ? log.refuse(error) : error;
    }
  }

  private constructor(config: MachineConfig, host: Host, log: StartLog) {
    this.#host = host;
    this.#log = log;
    this.type = config.machine;
    this.journal = host.journal;
    this.registry = createRegistry(config.machine.arch);
    host.registerTypes?.(this.registry);
    this.registry.created = (object) => applyGlobals(object, config.globals);
    this.root = this.#container();
    const objects = this.root.addChild('objects', this.#container());
    for (const request of config.objects)
      objects.addChild(request.id, makeObject(this.registry, this, request));
    this.drives = new Drives(host, log);
    for (const option of config.blockdevs)
      log.at(option.location, () => this.drives.addNode(option));
    for (const option of config.drives) log.at(option.location, () => this.drives.addDrive(option));
    this.ram = new GuestRam(allocateRam(config, host), config.machine.ramBase);
    const ram = objects.addChild(
      config.machine.ramId,
      this.registry.create('memory-backend-ram', this),
    );
    ram.addRegions(config.machine.ramId);
    this.sysbus = this.#buildBoard(config);
    this.#addDevices(config, log);
    checkGlobals(config.globals, this.registry, log);
    this.warnings = log.warnings;
    this.stderr = log.stderr;
    this.#log = undefined;
    this.#monitor = new Monitor(this);
    if (this.journal.on) this.journal.flush();
  }

  /** Platform interrupt inputs that are asserted now, one bit each (0 to 31), unsigned. */
  get irqLevel(): number {
    return this.#irqLevel;
  }

  /** One bus read of the guest, of `size` bytes; unsigned. Recorded. */
  read(space: 'memory' | 'io', addr: number, size: 1 | 2 | 4): number {
    if (space === 'memory') {
      const offset = this.ram.offsetOf(addr, size);
      if (offset >= 0) return this.ram.readAt(offset, size);
    }
    const bus = space === 'memory' ? this.memory : this.io;
    const slot = this.journal.on ? this.#record(bus, false, space, addr, size, 0) : -1;
    const value = readSplit(bus, addr, size, space === 'memory' ? 0 : 0xff);
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
    writeSplit(bus, addr, size, written);
  }

  /** `system_reset`: everything returns to its state after power-on; RAM and disks keep their bytes. */
  reset(): void {
    this.sysbus.resetAll();
  }

  /** Executes one line of the human monitor; what it prints, with line ends. */
  monitor(line: string): string {
    return this.#monitor.execute(line);
  }

  /** Executes one request of the machine protocol, `{execute, arguments, id}`; errors are answers. */
  qmp(request: unknown): QmpAnswer {
    return this.#qmp.execute(request);
  }

  /** Tells the management side that something happened: `DEVICE_DELETED` and the like. */
  emit(event: string, data: Readonly<Record<string, unknown>> = {}): void {
    this.#events.push(Object.keys(data).length > 0 ? { event, data } : { event });
    this.onEvent();
  }

  /** Events since the last call, oldest first. */
  takeEvents(): MachineEvent[] {
    return this.#events.splice(0);
  }

  /** The qdev tree as it is now. */
  topology(): MachineTopology {
    const paths = this.devices.map(({ path }) => path);
    return topologyOf(this.type.type, this.ram.size, this.sysbus, paths);
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
    else if (this.journal.on) this.journal.log('device', 'device', message);
  }

  openImage(name: string): ByteSource | undefined {
    return this.#host.openImage(name);
  }

  random(into: Uint8Array): void {
    this.#host.random(into);
  }

  setInterrupt(line: number, level: boolean): void {
    const mask = (1 << line) >>> 0;
    const before = this.#irqLevel;
    this.#irqLevel = (level ? before | mask : before & ~mask) >>> 0;
    if (this.#irqLevel !== before) this.onInterrupt();
  }

  #container(): QObject {
    return this.registry.create('container', this);
  }

  #buildBoard(config: MachineConfig): Bus {
    const machine = this.root.addChild('machine', this.registry.create(config.machine.type, this));
    const unattached = machine.addChild('unattached', this.#container());
    machine.addChild('peripheral', this.#container());
    machine.addChild('peripheral-anon', this.#container());
    const sysbus = unattached.addChild('sysbus', this.registry.create('System', this) as Bus);
    sysbus.busName = 'main-system-bus';
    const { machine: board, cpu = '', cpus, defaults } = config;
    if (board.cpu) checkCpu(board, cpu);
    board.build({
      context: this,
      root: this.root,
      machine,
      unattached,
      sysbus,
      cpu,
      cpuInfo: board.cpu,
      cpus,
      options: config.machineOptions,
      defaults,
    });
    return sysbus;
  }

  /** Devices in QEMU's order: of the line, then those that drives ask for, then JSON. */
  #addDevices({ devices }: MachineConfig, log: StartLog): void {
    const add = (location: string, request: DeviceRequest) =>
      log.at(location, () => addDevice(this.#home(), request));
    for (const option of devices) if (!option.json) add(option.location, option);
    for (const { interface: kind, id, location } of this.drives.list)
      if (kind === 'virtio') {
        const entries = Object.entries({ driver: 'virtio-blk-pci', drive: id });
        add(location, { id: undefined, entries: entries.map(([key, value]) => ({ key, value })) });
      }
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
      bootIndexes: this.#bootIndexes,
      resolve: (property: string, id: string, type: string) =>
        type === 'drive' ? this.drives.resolve(id) : resolveObject(this.root, property, id, type),
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
    const mapping = bus.find(addr);
    if (!mapping) return journal.register(write, space, addr, size, value, NONE, NO_REGION, 0);
    const offset = addr - mapping.base;
    const { dev, region } = mapping.handler;
    return journal.register(write, space, addr, size, value, dev, region, offset);
  }
}

function allocateRam({ ramBytes, machine }: MachineConfig, host: Host): SharedArrayBuffer {
  const none = () =>
    new ConfigError(`cannot set up guest memory '${machine.ramId}': Cannot allocate memory`);
  if (ramBytes > machine.maxRamBytes) throw none();
  try {
    return host.allocateRam(ramBytes);
  } catch (error) {
    throw error instanceof RangeError ? none() : error;
  }
}

/** Bytes of the first piece of an access: as QEMU splits it, by the alignment of its offset in a range. */
function pieceSize(mapping: Mapping | undefined, addr: number, size: number): number {
  const offset = addr - (mapping?.base ?? 0);
  let piece = size === 3 ? 2 : size;
  while (offset % piece !== 0) piece >>= 1;
  return piece;
}

/** `nothing`: byte that is read where nothing decodes. QEMU's memory reads zeros there, its ports ones. */
function readSplit(bus: AddressSpace, addr: number, size: number, nothing: 0 | 0xff): number {
  const mapping = bus.find(addr);
  const piece = pieceSize(mapping, addr, size);
  const value = mapping
    ? mapping.handler.read(addr - mapping.base, piece)
    : nothing && allOnes(piece);
  if (piece === size) return value;
  return value + readSplit(bus, addr + piece, size - piece, nothing) * 2 ** (8 * piece);
}

function writeSplit(bus: AddressSpace, addr: number, size: number, value: number): void {
  const mapping = bus.find(addr);
  const piece = pieceSize(mapping, addr, size);
  const unit = 2 ** (8 * piece);
  mapping?.handler.write(addr - mapping.base, piece, value % unit);
  if (piece < size) writeSplit(bus, addr + piece, size - piece, Math.floor(value / unit));
}
