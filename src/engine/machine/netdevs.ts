import type { Chardevs } from '../backends/chardev.ts';
import type { NetClient, NetKind } from '../backends/net.ts';
import { ConfigError } from '../qom/errors.ts';
import type { Origins } from './back-end-facts.ts';
import type { Located } from './command-line.ts';
import { type SocketHome, socketClient } from './netdev-sockets.ts';
import { type Entry, lastValue } from './opts.ts';
import { NETDEV_SCHEMA } from './qapi/netdev.ts';
import { type Visited, visitOpts } from './qapi/visit.ts';
import type { StartLog } from './start-log.ts';
import { userNetwork } from './user-network.ts';

/** What making network back ends needs of the machine. */
export interface NetHome extends SocketHome {
  readonly chardevs: Chardevs;
  readonly nics: NicTable;
  readonly log: StartLog;
  readonly origins: Origins;
}

/** A NIC that the board is to make (`-nic`, `-net nic`). */
export interface NicRequest {
  readonly name: string | undefined;
  /** Undefined where the board chooses. */
  readonly model: string | undefined;
  readonly mac: Uint8Array;
  readonly peer: NetClient | undefined;
  /** PCI address. */
  readonly addr: string | undefined;
  readonly vectors: number | undefined;
  /** Option of the line that asked for it; undefined where nobody did. */
  readonly option: number | undefined;
}

/** Most NICs that a board is asked for. */
const MAX_NICS = 8;

/** The NICs that boards are asked for, and whether they made them. */
export class NicTable {
  readonly requests: NicRequest[] = [];
  readonly #made = new Set<NicRequest>();
  #next = 0;

  /** Throws ConfigError where there are too many. */
  add(request: NicRequest): void {
    if (this.requests.length === MAX_NICS) throw new ConfigError('too many NICs');
    this.requests.push(request);
  }

  /** The board has made it. */
  markMade(request: NicRequest): void {
    this.#made.add(request);
  }

  /** What QEMU warns of once the machine stands, without prefix. */
  complaints(): string[] {
    return this.requests
      .filter((request) => !this.#made.has(request))
      .map(
        ({ name, model }) =>
          `requested NIC (${name ?? 'anonymous'}, model ${model ?? 'unspecified'}) was not created (not supported by this machine?)`,
      );
  }

  /** A name for a back end without one. QEMU's end in two random digits; ours in zeros. */
  generateName(): string {
    return `#net${this.#next++}00`;
  }
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

/** Reads a `-netdev` as options in a row. Throws ConfigError with QEMU's sentence. */
export function netdevOptions({ id, entries }: Pick<Located, 'id' | 'entries'>): Visited {
  return visitOpts(NETDEV_SCHEMA, 'Netdev', id, withNetwork(entries));
}

/** `net=10.0.2.0/24` may also be written with `ipv6-net=`, which is two options to QEMU. */
function withNetwork(entries: readonly Entry[]): Entry[] {
  return entries.flatMap((entry) => {
    if (entry.key !== 'ipv6-net') return [entry];
    const [prefix = '', length] = entry.value.split('/');
    return [
      { key: 'ipv6-prefix', value: prefix },
      ...(length === undefined ? [] : [{ key: 'ipv6-prefixlen', value: length }]),
    ];
  });
}

/** Makes a `-netdev`. Throws ConfigError with QEMU's sentence. */
export function addNetdev(home: NetHome, options: Visited): void {
  const id = String(options.id);
  if (home.network.clients.some(({ kind, name }) => kind !== 'nic' && name === id))
    refuse(`Duplicate ID '${id}'`);
  makeClients(home, id, options, undefined);
  home.origins.note(...home.network.find(id));
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Makes the queues of a back end; `peer` is the hub's port that it plugs into. */
function makeClients(
  home: NetHome,
  id: string,
  options: Visited,
  peer: NetClient | undefined,
): NetClient {
  const { network } = home;
  const type = String(options.type) as NetKind | 'vde' | 'netmap' | 'none';
  switch (type) {
    case 'user': {
      const user = userNetwork(options);
      const client = network.add('user', 'user', id, peer);
      client.info = `net=${user.net},restrict=${user.restrict ? 'on' : 'off'}`;
      return client;
    }
    case 'hubport': {
      const named = text(options.netdev);
      const under = named === undefined ? undefined : network.find(named)[0];
      if (named !== undefined && !under) refuse(`netdev '${named}' not found`);
      if (under?.peer) refuse(`netdev '${named}' is in use`);
      return network.addHubPort(Number(options.hubid), id, under);
    }
    case 'vhost-user':
      return vhostUser(home, id, options);
    case 'socket':
    case 'stream':
    case 'dgram':
      return socketClient(home, type, id, options, peer);
    case 'tap':
      if (options.fd !== undefined) return refuse(`invalid fd '${options.fd}'`);
      return refuse('could not open /dev/net/tun: No such file or directory');
    case 'bridge':
      return refuse('bridge helper failed');
    case 'vde':
      return refuse('Could not open vde: No such file or directory');
    case 'l2tpv3':
      return refuse('could not bind socket err=99');
    case 'vhost-vdpa': {
      const device = text(options.vhostdev);
      if (device === undefined && options.vhostfd === undefined)
        refuse('vhost-vdpa: neither vhostdev= nor vhostfd= was specified');
      return refuse(`Could not open '${device}': No such file or directory`);
    }
    default:
      return refuse(`network backend '${type}' is not compiled into this binary`);
  }
}

/** A back end in another process: one queue a client. */
function vhostUser({ network, chardevs }: NetHome, id: string, options: Visited): NetClient {
  const name = String(options.chardev);
  const chardev = chardevs.find(name);
  if (!chardev) return refuse(`chardev "${name}" not found`);
  if (chardev.backend !== 'socket') refuse(`chardev "${name}" is not reconnectable`);
  const queues = Number(options.queues ?? 1n);
  if (queues < 1 || queues > 1024) refuse(`vhost-user number of queues must be in range [1, 1024]`);
  chardev.claim(network);
  const clients = Array.from({ length: queues }, (_, i) => {
    const client = network.add('vhost-user', 'vhost_user', id);
    client.info = `vhost-user${i} to ${name}`;
    client.queueIndex = i;
    return client;
  });
  return clients[0] as NetClient;
}

/** Makes a `-nic`: a back end and a NIC on it. Throws ConfigError with QEMU's sentence. */
export function addNicOption(home: NetHome, { id, entries }: Located): void {
  const type = lastValue(entries, 'type');
  if (type === 'none') return;
  if (home.nics.requests.length === MAX_NICS)
    refuse('no more on-board/default NIC slots available');
  const backend = entries.filter(({ key }) => key !== 'mac' && key !== 'model');
  if (type === undefined) backend.push({ key: 'type', value: 'user' });
  const name = id ?? home.nics.generateName();
  const mac = claimMac(home, lastValue(entries, 'mac'));
  addNetdev(home, visitOpts(NETDEV_SCHEMA, 'Netdev', name, withNetwork(backend)));
  home.nics.add({
    name: undefined,
    model: lastValue(entries, 'model'),
    mac,
    peer: home.network.find(name)[0],
    addr: undefined,
    // `-nic` says so whether or not it was asked.
    vectors: 0,
    option: home.log.option,
  });
}

/** A NIC's address: the user's, or the next free one. Throws ConfigError with QEMU's sentence. */
function claimMac({ network }: NetHome, given: string | undefined): Uint8Array {
  const mac = new Uint8Array(6);
  if (given !== undefined) {
    const bytes = parseMac(given);
    if (!bytes) return refuse('invalid syntax for ethernet address');
    if (((bytes[0] ?? 0) & 1) === 1) refuse('NIC cannot have multicast MAC address');
    mac.set(bytes);
  }
  network.claimMac(mac);
  return mac;
}

/** `52:54:00:12:34:56`, or the last bytes of one (`1`) behind QEMU's own. */
function parseMac(given: string): Uint8Array | undefined {
  if (/^[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}$/i.test(given))
    return Uint8Array.from(given.split(/[:-]/), (byte) => Number.parseInt(byte, 16));
  const offset = /^(?:0[xX])?[0-9a-fA-F]{1,6}$/.test(given) ? Number(given) : Number.NaN;
  if (!Number.isInteger(offset)) return undefined;
  return Uint8Array.of(0x52, 0x54, 0, (offset >> 16) & 255, (offset >> 8) & 255, offset & 255);
}

/** Makes a `-net`: a NIC or a back end, plugged into hub 0. Throws ConfigError with QEMU's sentence. */
export function addNetOption(home: NetHome, { id, entries }: Located): void {
  const type = lastValue(entries, 'type');
  if (type === 'none') return;
  const options = visitOpts(NETDEV_SCHEMA, 'Netdev', id ?? home.nics.generateName(), entries);
  if (type === 'nic') {
    addNetNic(home, id, options);
    return;
  }
  if (type === 'hubport') refuse("network backend 'hubport' is only supported with -netdev/-nic");
  const port = home.network.addHubPort(0, undefined);
  home.origins.note(makeClients(home, String(options.id), options, port));
}

function addNetNic(home: NetHome, id: string | undefined, options: Visited): void {
  const { network } = home;
  if (home.nics.requests.length === MAX_NICS) refuse('too many NICs');
  const named = text(options.netdev);
  const peer = named === undefined ? network.addHubPort(0, undefined) : network.find(named)[0];
  if (!peer) refuse(`netdev '${named}' not found`);
  const mac = text(options.macaddr);
  const vectors = options.vectors as bigint | undefined;
  if (vectors !== undefined && vectors > 0x7ff_ffffn) refuse(`invalid # of vectors: ${vectors}`);
  home.nics.add({
    name: id ?? home.nics.generateName(),
    model: text(options.model),
    mac: claimMac(home, mac),
    peer,
    addr: text(options.addr),
    vectors: vectors === undefined ? undefined : Number(vectors),
    option: home.log.option,
  });
}
