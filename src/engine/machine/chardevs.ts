import type { Connect, Outside, SocketAddress } from '../backends/byte-link.ts';
import { Chardev, type Chardevs } from '../backends/chardev.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { Origins } from './back-end-facts.ts';
import { chardevForm } from './chardev-forms.ts';
import type { ChardevOption, PortOption } from './command-line.ts';
import { type Entry, lastValue, optNumber, optSize, switchValue } from './opts.ts';
import { NOWHERE, type StartLog } from './start-log.ts';

/** What making character back ends needs of the machine. */
export interface ChardevHome {
  readonly chardevs: Chardevs;
  /** `/objects`: TLS credentials stand there. */
  readonly objects: QObject;
  readonly log: StartLog;
  readonly origins: Origins;
  /** Whether the host lets a file be written at `path`. */
  canWrite(path: string): boolean;
  /** Whether something of the host's can be opened at `path`. */
  exists(path: string): boolean;
  /** Why a socket cannot be had, or undefined; `served` where whoever runs the machine is at its other end. */
  socketFault(address: SocketAddress, served: boolean): string | undefined;
  readonly connect: Connect;
}

type Get = (key: string) => string | undefined;

/** Old names of back ends. */
const ALIASES: Readonly<Record<string, string>> = { tty: 'serial', parport: 'parallel' };

/** Makes a back end: checks its options, and returns what `info chardev` shows of it. Throws ConfigError. */
type Make = (get: Get, home: ChardevHome, option: ChardevOption) => string;

const named = (name: string) => () => name;

const BACKENDS: Readonly<Record<string, Make>> = {
  null: named('null'),
  pty: () => 'pty:/dev/pts/0',
  msmouse: named('msmouse'),
  wctablet: named('wctablet'),
  testdev: named('testdev'),
  'qemu-vdagent': named('qemu-vdagent'),
  vc: named('vc'),
  braille: () => refuse('brlapi__openConnection: connect: No such file or directory'),
  ringbuf,
  memory: ringbuf,
  stdio(_get, { chardevs }) {
    if (chardevs.list().some(({ backend }) => backend === 'stdio'))
      refuse('cannot use stdio by multiple character devices');
    return 'stdio';
  },
  file(get, { canWrite }) {
    const path = get('path') ?? refuse('chardev: file: no filename given');
    if (!canWrite(path)) refuse(`Could not open '${path}': No such file or directory`);
    return 'file';
  },
  pipe: (get, home) => opened(get, home, 'pipe', 'pipe'),
  serial: (get, home) => opened(get, home, 'serial', 'serial/tty'),
  parallel: (get, home) => opened(get, home, 'parallel', 'parallel'),
  udp(get) {
    if (!get('port')) refuse('chardev: udp: remote port not specified');
    return 'udp';
  },
  spicevmc(get) {
    if (get('name') === undefined) refuse('chardev: spice channel: no name given');
    return 'spicevmc';
  },
  spiceport(get) {
    if (get('name') === undefined) refuse('chardev: spice port: no name given');
    return refuse('spice not enabled');
  },
  dbus(get) {
    if (get('name') === undefined) refuse('chardev: dbus: no name given');
    return refuse('D-Bus display is not in use');
  },
  mux(get, { chardevs }) {
    const under = get('chardev') ?? refuse('chardev: mux: no chardev given');
    const base = chardevs.find(under);
    if (!base) return refuse(`mux: base chardev ${under} not found`);
    base.claim(get);
    return 'mux';
  },
  socket,
};

function refuse(message: string): never {
  throw new ConfigError(message);
}

function ringbuf(get: Get, _home: ChardevHome, { entries }: ChardevOption): string {
  const size = get('size');
  const bytes = size === undefined ? 65536n : optSize('size', size);
  if (bytes === 0n || (bytes & (bytes - 1n)) !== 0n)
    refuse('size of ringbuf chardev must be power of two');
  return lastValue(entries, 'backend') ?? 'ringbuf';
}

function opened(get: Get, { exists }: ChardevHome, name: string, spoken: string): string {
  const path = get('path') ?? refuse(`chardev: ${spoken}: no device path given`);
  if (!exists(path)) refuse(`Could not open '${path}': No such file or directory`);
  return name;
}

/** A socket: nobody is at its other end, unless it is the program's own. */
function socket(get: Get, home: ChardevHome, { id, served }: ChardevOption): string {
  const [path, host, port, fd] = ['path', 'host', 'port', 'fd'].map(get);
  if ([path, host, fd].filter((one) => one).length > 1)
    refuse("None or one of 'path', 'fd' or 'host' option required.");
  if (host && !port) refuse('chardev: socket: no port given');
  const flag = (key: string) => switchValue(key, get(key), false);
  const [server, websocket] = [flag('server'), flag('websocket')];
  const credentials = get('tls-creds');
  if (get('tls-authz') !== undefined && credentials === undefined)
    refuse("'tls_authz' option requires 'tls_creds' option");
  if (websocket && !server) refuse('Websocket client is not implemented');
  const reconnect = get('reconnect');
  if (server && reconnect !== undefined)
    refuse("'reconnect' option is incompatible with socket in server listen mode");
  if (!server && get('wait') !== undefined)
    refuse("'wait' option is incompatible with socket in client connect mode");
  if (credentials !== undefined && !home.objects.children.has(credentials))
    refuse(`No TLS credentials with id '${credentials}'`);
  if (!path && port === undefined && (fd === undefined || !/^\d+$/.test(fd)))
    refuse('Unable to parse FD number ');
  const address = socketAddress(get);
  const fault = home.socketFault(address, served === true);
  if (fault === undefined && !server) return connectedName(address);
  const name = `disconnected:${addressName(get, address, websocket)}`;
  if (fault === undefined) return `${name},server=on`;
  if (server || reconnect === undefined || optNumber('reconnect', reconnect) === 0n) refuse(fault);
  home.log.unplaced(() => home.log.print(`Unable to connect character device ${id}: ${fault}`));
  return name;
}

/** What a back end leads to outside the machine; undefined where it leads nowhere. */
function outsideOf(backend: string, get: Get): Outside | undefined {
  if (backend === 'socket') return socketAddress(get);
  if (backend === 'stdio') return 'stdio';
  const path = get('path');
  if (backend !== 'file' || path === undefined) return undefined;
  return { file: path, append: switchValue('append', get('append'), false) };
}

/** Where the options of a socket lead. */
function socketAddress(get: Get): SocketAddress {
  const [path, host, port, fd] = ['path', 'host', 'port', 'fd'].map(get);
  const server = switchValue('server', get('server'), false);
  if (path) return { path, server };
  return port === undefined ? { fd: Number(fd), server } : { host: host ?? '', port, server };
}

/** How `info chardev` calls a socket whose other end is there. */
function connectedName({ path, host, port }: SocketAddress): string {
  if (path !== undefined) return 'unix:';
  return port === undefined ? 'unix:' : `tcp:${host}:${port}`;
}

/** The address of a socket as `info chardev` prints it. */
function addressName(get: Get, { path, host, port }: SocketAddress, websocket: boolean): string {
  const flag = (key: string) => switchValue(key, get(key), false);
  const tight = flag('tight') || get('tight') === undefined;
  if (path !== undefined)
    return `unix:${path}${flag('abstract') ? `,abstract=on${tight ? ',tight=on' : ''}` : ''}`;
  const old = flag('telnet') ? 'telnet' : flag('tn3270') ? 'tn3270' : undefined;
  return `${old ?? (websocket ? 'websocket' : 'tcp')}:${host || '0.0.0.0'}:${port}`;
}

/** Makes the back end of a `-chardev`. Throws ConfigError with QEMU's sentence. */
export function addChardev(home: ChardevHome, option: ChardevOption): Chardev {
  const { id, entries } = option;
  const get: Get = (key) => lastValue(entries, key);
  const name = get('backend');
  if (id === undefined) return refuse('chardev: no id specified');
  if (name === undefined) return refuse(`chardev: "${id}" missing backend`);
  const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
  if (alias !== undefined)
    home.log.warn(`The alias '${name}' is deprecated, use '${alias}' instead`);
  const backend = alias ?? name;
  const make = Object.hasOwn(BACKENDS, backend) ? BACKENDS[backend] : undefined;
  if (!make) return refuse(`'${backend}' is not a valid char driver name`);
  const filename = make(get, home, option);
  const logfile = get('logfile');
  if (logfile !== undefined && !home.canWrite(logfile))
    refuse(`Could not create '${logfile}': No such file or directory`);
  const muxed = switchValue('mux', get('mux'), false);
  const made = home.chardevs.add(new Chardev(muxed ? `${id}-base` : id, backend, filename));
  const outside = outsideOf(backend, get);
  if (outside) made.join(outside, home.connect);
  if (!muxed) {
    home.origins.note(made);
    return made;
  }
  const mux = home.chardevs.add(new Chardev(id, 'mux', 'mux'));
  made.claim(mux);
  home.origins.note(mux);
  return mux;
}

/** Makes or finds what `-serial` and the like name; undefined, its complaint printed, where there is none. */
export function portChardev(
  home: ChardevHome,
  label: string,
  text: string,
  served = false,
): Chardev | undefined {
  if (text.startsWith('chardev:')) return home.chardevs.find(text.slice(8));
  try {
    const entries: readonly Entry[] = chardevForm(text);
    const option = { location: NOWHERE, id: label, entries, warnings: [], served };
    const chardev = addChardev(home, option);
    // The monitor is on a multiplexer's first place.
    if (chardev.backend === 'mux') chardev.claim(home);
    return chardev;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (error.message !== '') home.log.print(error.message);
    return undefined;
  }
}

/** Most parallel ports. */
const PARALLELS = 3;

/** Makes the serial ports' back ends; undefined for `none`. Throws ConfigError. */
export function serialChardevs(
  home: ChardevHome,
  ports: readonly PortOption[],
): (Chardev | undefined)[] {
  return ports.map(({ location, text }, i) =>
    home.log.at(location, () =>
      text === 'none' ? undefined : connected(home, 'serial device', `serial${i}`, text),
    ),
  );
}

/** Makes the parallel ports' back ends. Throws ConfigError. */
export function parallelChardevs(home: ChardevHome, ports: readonly PortOption[]): Chardev[] {
  const made: Chardev[] = [];
  for (const { location, text } of ports)
    home.log.at(location, () => {
      if (text === 'none') return;
      if (made.length === PARALLELS) refuse('too many parallel ports');
      made.push(connected(home, 'parallel device', `parallel${made.length}`, text));
    });
  return made;
}

function connected(home: ChardevHome, what: string, label: string, text: string): Chardev {
  const chardev = portChardev(home, label, text);
  return chardev ?? refuse(`could not connect ${what} to character backend '${text}'`);
}
