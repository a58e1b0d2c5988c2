import type { Overlay } from '../backends/block.ts';
import { type Connect, type SocketAddress, unreachable } from '../backends/byte-link.ts';
import { type Chardev, Chardevs } from '../backends/chardev.ts';
import { type FileKind, Fsdevs } from '../backends/fs.ts';
import { Network } from '../backends/net.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { State } from '../qom/state.ts';
import { Origins } from './back-end-facts.ts';
import {
  addChardev,
  type ChardevHome,
  parallelChardevs,
  portChardev,
  serialChardevs,
} from './chardevs.ts';
import type { CommandLine, DeviceOption, Located, PortOption } from './command-line.ts';
import { Drives } from './drives.ts';
import type { Host } from './host.ts';
import {
  addNetdev,
  addNetOption,
  addNicOption,
  type NetHome,
  NicTable,
  netdevOptions,
} from './netdevs.ts';
import { entriesOf, lastValue, switchValue } from './opts.ts';
import { NOWHERE, type StartLog } from './start-log.ts';
import { throttleFault } from './throttle.ts';

/** Consoles of the page's stand for what QEMU shows in a window. */
const WINDOW = 'vc:80Cx24C';

/** A monitor and where it is reached. */
export interface MonitorPort {
  readonly chardev: Chardev;
  /** For programs (`control`) or for people. */
  readonly mode: 'control' | 'readline';
  /** Whether answers to programs are laid out for people. */
  readonly pretty: boolean;
}

/** Everything behind a machine's devices: drives, networks, character devices, file systems. */
export class BackEnds implements NetHome, ChardevHome {
  readonly network = new Network();
  readonly nics = new NicTable();
  readonly chardevs = new Chardevs();
  readonly fsdevs: Fsdevs;
  readonly drives: Drives;
  readonly objects: QObject;
  readonly log: StartLog;
  readonly origins: Origins;
  /** Back ends of the serial ports, undefined where a port has none. */
  serials: readonly (Chardev | undefined)[] = [];
  /** Back ends of the parallel ports. */
  parallels: readonly Chardev[] = [];
  /** The monitors, in the order of the line. */
  readonly monitors: MonitorPort[] = [];
  /** The test server's socket, or undefined. */
  qtest: Chardev | undefined;
  /** Devices that options other than `-device` ask for. */
  readonly devices: DeviceOption[] = [];
  readonly #host: Host;
  readonly #line: CommandLine;

  constructor(host: Host, log: StartLog, objects: QObject, line: CommandLine) {
    this.#host = host;
    this.#line = line;
    this.log = log;
    this.origins = new Origins(log);
    this.objects = objects;
    this.fsdevs = new Fsdevs(
      (name) => this.#kindOf(name),
      throttleFault,
      (directory) => host.sharedFiles?.(directory),
    );
    this.drives = new Drives(host, log, line.machine, this.origins);
    this.drives.snapshot = line.snapshot;
    this.drives.hasGroup = (name) => objects.children.get(name)?.type.name === 'throttle-group';
  }

  saveState(): State {
    return {
      network: this.network.saveState(),
      chardevs: this.chardevs.list().map((chardev) => chardev.saveState()),
      overlays: this.#overlays().map((overlay) => overlay.saveState()),
    };
  }

  loadState(state: State): void {
    this.network.loadState(state.network as State);
    const chardevs = this.chardevs.list();
    for (const [i, saved] of (state.chardevs as State[]).entries()) chardevs[i]?.loadState(saved);
    const overlays = this.#overlays();
    for (const [i, saved] of (state.overlays as State[]).entries()) overlays[i]?.loadState(saved);
  }

  /** What guests wrote to images; drives may share it. */
  #overlays(): readonly Overlay[] {
    return [...new Set(this.drives.backends().map(({ overlay }) => overlay))];
  }

  canWrite = (path: string): boolean => {
    const folder = path.slice(0, path.lastIndexOf('/')) || '/';
    return !this.#host.fileKind || folder === '/' || this.#kindOf(folder) === 'directory';
  };

  exists = (path: string): boolean =>
    path === '/dev/null' || this.#host.openImage(path) !== undefined;

  socketFault = (address: SocketAddress, served: boolean): string | undefined => {
    if (this.#host.socketFault) return this.#host.socketFault(address);
    const there = address.fd === undefined && (served || address.server);
    return there ? undefined : unreachable(address);
  };

  connect: Connect = (address, end) => this.#host.connect?.(address, end);

  /** Whether an option made a character back end of that id, even where it is gone. */
  hasOptionChardev(id: string): boolean {
    return this.#line.chardevs.some((option) => option.id === id);
  }

  /** Those that properties of the machine may name. Throws ConfigError with QEMU's sentence. */
  makeEarly(): void {
    const { log } = this;
    const line = this.#line;
    const ports = this.#defaultMonitor();
    for (const option of [...line.chardevs, ...ports])
      log.at(option.location, () => addChardev(this, option));
    for (const option of line.fsdevs)
      log.at(option.location, () => this.origins.note(this.fsdevs.add(parametersOf(option))));
    for (const option of line.blockdevs)
      log.at(option.location, () => this.drives.addNode(option.options));
    for (const option of line.drives) log.at(option.location, () => this.drives.addDrive(option));
    const { defaults, without, machine } = line;
    this.drives.addDefaults(
      (['cdrom', 'floppy', 'sdcard'] as const).filter(
        (kind) => defaults && !without.has(kind) && !machine.defaults?.without?.includes(kind),
      ),
    );
  }

  /** The others, before `makeObjects` and behind it. Throws ConfigError with QEMU's sentence. */
  makeLate(makeObjects: () => void): void {
    const { log } = this;
    const line = this.#line;
    const { qtest } = line;
    if (qtest) log.at(qtest.location, () => this.#addQtest(qtest.text));
    this.#makeNetwork();
    makeObjects();
    for (const option of line.monitors) log.at(option.location, () => this.#attachMonitor(option));
    const [serial, parallel] = this.#defaultPorts();
    this.serials = serialChardevs(this, [...line.serials, ...serial]);
    this.parallels = parallelChardevs(this, [...line.parallels, ...parallel]);
    for (const option of line.debugcons) log.at(option.location, () => this.#addDebugcon(option));
  }

  /** What QEMU warns of once the machine stands. */
  complain(): void {
    const { vga, machine } = this.#line;
    if (vga !== undefined && vga !== 'none' && !machine.defaults?.vga)
      this.log.warn(
        'A -vga option was passed but this machine type does not use that option; No VGA device has been created',
      );
    // Of a network that nobody asked for, it says nothing.
    if (this.#isDefaultNet) return;
    for (const text of [...this.network.complaints(), ...this.nics.complaints()])
      this.log.warn(text);
  }

  get #isDefaultNet(): boolean {
    const { defaults, without } = this.#line;
    return defaults && !without.has('net');
  }

  #makeNetwork(): void {
    const { log } = this;
    const { modernNetdevs, netdevs, nics, nets } = this.#line;
    for (const { location, options } of modernNetdevs)
      log.at(location, () => addNetdev(this, options));
    for (const option of netdevs)
      log.at(option.location, () => addNetdev(this, netdevOptions(option)));
    for (const option of nics) log.at(option.location, () => addNicOption(this, option));
    const standard = this.#isDefaultNet ? ['nic', 'user'].map(plainNet) : [];
    for (const option of [...nets, ...standard])
      log.at(option.location, () => addNetOption(this, option));
  }

  #attachMonitor({ id, entries }: Located): void {
    const mode = lastValue(entries, 'mode') ?? 'readline';
    if (mode !== 'readline' && mode !== 'control')
      throw new ConfigError(`Parameter 'mode' does not accept value '${mode}'`);
    const name = lastValue(entries, 'chardev') ?? id;
    if (name === undefined) throw new ConfigError("Parameter 'chardev' is missing");
    const chardev = this.chardevs.find(name);
    if (!chardev) throw new ConfigError(`chardev "${name}" not found`);
    chardev.claim(this);
    const pretty = switchValue('pretty', lastValue(entries, 'pretty'), false);
    this.monitors.push({ chardev, mode, pretty });
  }

  /** The test server's socket. */
  #addQtest(text: string): void {
    this.qtest = portChardev(this, 'qtest', text, true);
    if (!this.qtest) throw new ConfigError(`Failed to initialize device for qtest: "${text}"`);
    this.qtest.claim(this);
  }

  /** Whether the board has a thing that no option asked for or against. */
  #has(thing: 'serial' | 'parallel'): boolean {
    const { defaults, without, machine } = this.#line;
    return defaults && !without.has(thing) && !machine.defaults?.without?.includes(thing);
  }

  /** A window for the monitor is a character device like any other. */
  #defaultMonitor(): Located[] {
    const { defaults, without, nographic } = this.#line;
    if (!defaults || without.has('monitor')) return [];
    const backend = nographic ? 'stdio' : 'vc';
    if (nographic && this.#has('serial')) return [];
    const entries = [{ key: 'backend', value: backend }];
    return [{ location: NOWHERE, id: 'compat_monitor0', entries, warnings: [] }];
  }

  #defaultPorts(): [serial: PortOption[], parallel: PortOption[]] {
    const { nographic, without } = this.#line;
    const port = (text: string): PortOption => ({ location: NOWHERE, text });
    const terminal = without.has('monitor') ? 'stdio' : 'mon:stdio';
    return [
      this.#has('serial') ? [port(nographic ? terminal : WINDOW)] : [],
      this.#has('parallel') ? [port(nographic ? 'null' : WINDOW)] : [],
    ];
  }

  #addDebugcon({ location, text }: PortOption): void {
    if (!portChardev(this, 'debugcon', text))
      throw new ConfigError(`invalid character backend '${text}'`);
    if (this.devices.length > 0) throw new ConfigError('already have a debugcon device');
    this.devices.push({
      location,
      id: 'debugcon',
      entries: entriesOf({ driver: 'isa-debugcon', chardev: 'debugcon' }),
      warnings: [],
      json: undefined,
    });
  }

  #kindOf(name: string): FileKind | undefined {
    if (this.#host.fileKind) return this.#host.fileKind(name);
    // A host that has no directories lends an empty one to every name.
    return this.#host.openImage(name) ? 'file' : 'directory';
  }
}

function plainNet(type: string): Located {
  return {
    location: NOWHERE,
    id: undefined,
    entries: [{ key: 'type', value: type }],
    warnings: [],
  };
}

function parametersOf({ id, entries }: Located): Map<string, string> {
  const all = entries.map(({ key, value }) => [key, value] as const);
  return new Map(id === undefined ? all : [['id', id] as const, ...all]);
}
