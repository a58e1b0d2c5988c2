import { ConfigError } from '../qom/errors.ts';
import { custom, type Property } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import { PacketQueue, type PacketReceiver, type WaitingPacket } from './packet-queue.ts';

/** Kinds of network clients, as `info network` prints them after `type=`. */
export type NetKind =
  | 'nic'
  | 'user'
  | 'tap'
  | 'l2tpv3'
  | 'socket'
  | 'stream'
  | 'dgram'
  | 'bridge'
  | 'hubport'
  | 'vhost-user'
  | 'vhost-vdpa';

/** Kinds that lead out of the machine. */
const HOST_KINDS: readonly NetKind[] = ['user', 'tap', 'socket', 'stream', 'dgram', 'vhost-user'];
/** First and last value of the last byte of a MAC address that QEMU gives. */
const MAC_FIRST = 0x56;
const MAC_LAST = 0xfe;
/** The first five bytes of such an address. */
const MAC_BASE = [0x52, 0x54, 0x00, 0x12, 0x34] as const;

/** A filter between a back end and its NIC. */
export interface NetFilter {
  readonly id: string;
  readonly type: string;
  /** As `info network` prints them. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** One end of a network link: a queue of a NIC, or of a back end. */
export class NetClient {
  readonly kind: NetKind;
  /** The back end's id, or the NIC's name. */
  readonly name: string;
  /** What the client is numbered by where it has no name: a device type, a back end's kind. */
  readonly model: string;
  /** Which queue of its back end or NIC it is. */
  queueIndex = 0;
  /** Text of `info network` behind the kind. */
  info = '';
  /** The other end, or undefined. */
  peer: NetClient | undefined;
  /** In the order in which packets from the back end pass them. */
  readonly filters: NetFilter[] = [];
  /** Moves with `set_link`. */
  linkDown = false;
  /** Called when the link went up or down; set by a NIC that its driver asks about it. */
  onLink: () => void = () => {};
  /** Called when a packet that waited is gone; set by whoever sends such. */
  onSent: () => void = () => {};
  /** Called when it was taken out of the network. */
  onRemove: () => void = () => {};
  /** What takes the packets that its peer sends; they are lost where it is undefined. */
  receiver: PacketReceiver | undefined;
  /** The receiver had no room: packets wait until `flush`. */
  #full = false;
  /** Packets from the peer. */
  readonly #incoming = new PacketQueue((packet) => this.#take(packet));
  readonly #network: Network;

  constructor(network: Network, kind: NetKind, name: string, model: string) {
    this.#network = network;
    this.kind = kind;
    this.name = name;
    this.model = model;
  }

  /** Whether a packet to the peer would arrive, or be lost, at once. */
  get canSend(): boolean {
    const { peer } = this;
    if (!this.#network.running) return false;
    return !peer || (!peer.#full && (peer.receiver?.canReceive?.() ?? true));
  }

  /** Sends a packet to the peer; false where it waits there. `tell`: whether `onSent` is called once it is gone. */
  send(packet: Uint8Array, tell = false): boolean {
    const { peer } = this;
    if (this.linkDown || !peer) return true;
    return peer.#incoming.send(this, packet, this.canSend, tell);
  }

  /** There is room again: takes what waits. */
  flush(): void {
    this.#full = false;
    this.peer?.receiver?.flushOnward?.();
    this.#incoming.flush();
  }

  /** Takes what other ports of the peer's hub hold back. */
  flushIncoming(): void {
    this.#incoming.flush();
  }

  /** Forgets what it sent and the peer has not taken. */
  purgeSent(): void {
    if (this.peer) this.peer.#incoming.purge(this);
  }

  /** What a snapshot keeps; `numberOf` is the number of a client. */
  saveState(numberOf: (client: NetClient) => number): State {
    const waiting = this.#incoming.waiting.map(({ sender, ...rest }) => ({
      ...rest,
      sender: numberOf(sender as NetClient),
    }));
    return { linkDown: this.linkDown, full: this.#full, waiting };
  }

  /** `clientAt`: the client of a number. */
  loadState(state: State, clientAt: (number: number) => NetClient | undefined): void {
    this.linkDown = state.linkDown as boolean;
    this.#full = state.full as boolean;
    const waiting = state.waiting as (Omit<WaitingPacket, 'sender'> & { sender: number })[];
    this.#incoming.loadWaiting(
      waiting.flatMap(({ sender, ...rest }) => {
        const client = clientAt(sender);
        return client ? [{ ...rest, sender: client }] : [];
      }),
    );
  }

  #take(packet: Uint8Array): boolean {
    if (this.linkDown) return true;
    if (this.#full) return false;
    const taken = this.receiver?.receive(packet) ?? true;
    if (!taken) this.#full = true;
    return taken;
  }
}

/** What a hub does with a packet that comes in at one of its ports. */
class PortReceiver implements PacketReceiver {
  readonly #hub: Hub;
  readonly #port: NetClient;

  constructor(hub: Hub, port: NetClient) {
    this.#hub = hub;
    this.#port = port;
  }

  get #others(): readonly NetClient[] {
    return this.#hub.ports.filter((port) => port !== this.#port);
  }

  canReceive(): boolean {
    return this.#others.some((port) => port.canSend);
  }

  receive(packet: Uint8Array): boolean {
    for (const port of this.#others) port.send(packet);
    return true;
  }

  flushOnward(): void {
    for (const port of this.#others) port.flushIncoming();
  }
}

/** A port of a hub, and what is plugged into it as its `peer`. */
export interface Hub {
  readonly id: number;
  /** Newest first, as QEMU prints them. */
  readonly ports: NetClient[];
}

/** How a NIC introduces itself to the network. */
export interface NicRequest {
  /** Device type as `info network` prints it. */
  readonly model: string;
  /** The device's id, or '' for `MODEL.N`. */
  readonly id: string;
  /** What `netdev=` named: one client a queue; [] where there is none. */
  readonly peers: readonly NetClient[];
  /** Six bytes; all zero where QEMU is to choose, and then filled in. */
  readonly mac: Uint8Array;
}

/** A NIC that is plugged in: its clients, one a queue (one where it has no back end). */
export interface Nic {
  readonly name: string;
  /** Address in use. */
  readonly mac: Uint8Array;
  /** Address that it came with. */
  readonly hardwareMac: Uint8Array;
  readonly clients: readonly NetClient[];
  /** Called when the machine starts or stops. */
  onRunState: () => void;
  /** Called when the guest is asked to make itself known to the network. */
  onAnnounce: () => void;
}

/** All network clients of a machine, its hubs, and the MAC addresses that are taken. */
export class Network {
  /** In the order in which they were made. */
  readonly clients: NetClient[] = [];
  /** Newest first. */
  readonly hubs: Hub[] = [];
  readonly #macUsers = new Map<number, number>();
  readonly #nics: Nic[] = [];
  /** Whether the guest runs: while it does not, packets wait. Moves with `setRunning`. */
  running = true;

  /** Every client but NICs that is called `name`: the queues of one back end. */
  find(name: string): NetClient[] {
    return this.clients.filter((client) => client.name === name && client.kind !== 'nic');
  }

  /** Makes a client and links it with `peer`; without a name it is `MODEL.N`. */
  add(kind: NetKind, model: string, name: string | undefined, peer?: NetClient): NetClient {
    const made = this.clients.filter((client) => client.model === model).length;
    const client = new NetClient(this, kind, name ?? `${model}.${made}`, model);
    client.peer = peer;
    if (peer) peer.peer = client;
    this.clients.push(client);
    return client;
  }

  /** A new port on hub `id`, which is made where there is none. Without a name it is `hubNportM`. */
  addHubPort(id: number, name: string | undefined, peer?: NetClient): NetClient {
    let hub = this.hubs.find((candidate) => candidate.id === id);
    if (!hub) {
      hub = { id, ports: [] };
      this.hubs.unshift(hub);
    }
    const port = this.add('hubport', 'hub', name ?? `hub${id}port${hub.ports.length}`, peer);
    port.receiver = new PortReceiver(hub, port);
    hub.ports.unshift(port);
    return port;
  }

  /** Plugs a NIC in, and gives it a MAC address where it has none (all bytes zero). */
  addNic({ model, id, peers, mac }: NicRequest): Nic {
    this.claimMac(mac);
    const [first, ...more] = peers;
    const clients = [this.add('nic', model, id === '' ? undefined : id, first)];
    const name = clients[0]?.name ?? '';
    for (const peer of more) clients.push(this.add('nic', model, name, peer));
    clients.forEach((client, index) => {
      client.queueIndex = index;
    });
    const nothing = () => {};
    const nic = {
      name,
      mac,
      hardwareMac: mac.slice(),
      clients,
      onRunState: nothing,
      onAnnounce: nothing,
    };
    this.#nics.push(nic);
    showMac(nic);
    return nic;
  }

  /** Takes a NIC out; back ends that were deleted meanwhile go with it. */
  removeNic(nic: Nic): void {
    const { clients, mac } = nic;
    this.#nics.splice(this.#nics.indexOf(nic), 1);
    if (isOurs(mac)) this.#count(mac[5] ?? 0, -1);
    for (const client of clients) {
      client.purgeSent();
      if (client.peer) client.peer.peer = undefined;
      client.peer = undefined;
      this.clients.splice(this.clients.indexOf(client), 1);
    }
  }

  saveState(): State {
    const { clients, running } = this;
    return {
      running,
      clients: clients.map((client) => client.saveState((other) => clients.indexOf(other))),
    };
  }

  /** Nobody is told: what follows from it has been saved too. */
  loadState(state: State): void {
    this.running = state.running as boolean;
    for (const [i, saved] of (state.clients as State[]).entries())
      this.clients[i]?.loadState(saved, (number) => this.clients[number]);
  }

  /** The machine starts or stops. */
  setRunning(running: boolean): void {
    if (running === this.running) return;
    this.running = running;
    for (const nic of this.#nics) nic.onRunState();
  }

  /** Makes NICs known to the network, all or those of these names: what QEMU sends at once, without its repetitions. */
  announce(names?: readonly string[]): void {
    for (const nic of this.#nics) {
      if (names && !names.includes(nic.name)) continue;
      nic.clients[0]?.send(announcement(nic.hardwareMac));
      nic.onAnnounce();
    }
  }

  /** Takes the queues of back end `name` out. A NIC that uses it keeps it as a dead link until it goes itself. */
  removeBackend(name: string): void {
    for (const client of this.find(name)) {
      const { peer } = client;
      if (peer?.kind === 'nic') {
        peer.linkDown = true;
        peer.onLink();
      } else if (peer) peer.peer = undefined;
      this.clients.splice(this.clients.indexOf(client), 1);
      client.onRemove();
      for (const hub of this.hubs)
        if (hub.ports.includes(client)) hub.ports.splice(hub.ports.indexOf(client), 1);
    }
  }

  /** Switches the link of every queue called `name`, and of the NIC at its other end. False where there is none. */
  setLink(name: string, up: boolean): boolean {
    const clients = this.clients.filter((client) => client.name === name);
    for (const client of clients) {
      client.linkDown = !up;
      if (client.peer?.kind === 'nic') client.peer.linkDown = !up;
    }
    clients[0]?.onLink();
    clients[0]?.peer?.onLink();
    return clients.length > 0;
  }

  /** Takes note of a MAC address; one of all zeros becomes the first of QEMU's own that is free. */
  claimMac(mac: Uint8Array): void {
    if (mac.every((byte) => byte === 0)) {
      mac.set(MAC_BASE);
      mac[5] = 0xff;
      for (let last = MAC_LAST; last >= MAC_FIRST; last--)
        if (!this.#macUsers.get(last)) mac[5] = last;
    }
    if (isOurs(mac)) this.#count(mac[5] ?? 0, 1);
  }

  /** What QEMU warns of once the machine stands, without prefix: hubs and clients that lead nowhere. */
  complaints(): string[] {
    const complaints: string[] = [];
    for (const { id, ports } of this.hubs) {
      for (const port of ports)
        if (!port.peer) complaints.push(`hub port ${port.name} has no peer`);
      const kinds = ports.map(({ peer }) => peer?.kind);
      const nic = kinds.includes('nic');
      const host = HOST_KINDS.some((kind) => kinds.includes(kind));
      if (host && !nic) complaints.push(`hub ${id} with no nics`);
      if (nic && !host) complaints.push(`hub ${id} is not connected to host network`);
    }
    for (const { kind, name, peer } of this.clients)
      if (!peer) complaints.push(`${kind === 'nic' ? 'nic' : 'netdev'} ${name} has no peer`);
    return complaints;
  }

  #count(last: number, by: number): void {
    this.#macUsers.set(last, (this.#macUsers.get(last) ?? 0) + by);
  }
}

/** A reverse ARP request with which a NIC tells switches where it is. */
function announcement(mac: Uint8Array): Uint8Array {
  const packet = new Uint8Array(60);
  packet.fill(0xff, 0, 6);
  packet.set(mac, 6);
  // RARP; Ethernet and IPv4 addresses of 6 and 4 bytes; request.
  packet.set([0x80, 0x35, 0, 1, 0x08, 0, 6, 4, 0, 3], 12);
  packet.set(mac, 22);
  packet.set(mac, 32);
  return packet;
}

/** Whether an address is one of those that QEMU gives. */
function isOurs(mac: Uint8Array): boolean {
  return MAC_BASE.every((byte, i) => mac[i] === byte);
}

/** Puts a NIC's model and address into `info network`; again whenever a driver changes the address. */
export function showMac({ clients, mac }: Nic): void {
  const [first] = clients;
  if (first) first.info = `model=${first.model},macaddr=${macText(mac)}`;
}

/** An address as text: `52:54:00:12:34:56`. */
export function macText(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** The network of the machine whose services a device got as its context. */
export function networkOf(context: unknown): Network {
  return (context as { readonly network: Network }).network;
}

/** Property `mac`: six bytes, all zero until QEMU chooses. */
export function macAddress(): Property<Uint8Array> {
  return custom<Uint8Array>({
    type: 'str',
    default: new Uint8Array(6),
    description: 'Ethernet 6-byte MAC Address, example: 52:54:00:12:34:56',
    parse(text, { name, type }) {
      if (!/^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(text))
        throw new ConfigError(`Property '${type}.${name}' doesn't take value '${text}'`);
      return Uint8Array.from(text.split(/[:-]/), (pair) => Number.parseInt(pair, 16));
    },
    print: (mac) => `"${macText(mac)}"`,
    toJson: macText,
  });
}

/** Property `netdev`: the queues of a back end, by its id; [] where none is set. */
export function netdev(): Property<readonly NetClient[]> {
  return custom<readonly NetClient[]>({
    type: 'str',
    default: [],
    description: 'ID of a netdev to use as a backend',
    names: ['netdev'],
    parse(text, { name, type, resolve }) {
      const queues = resolve(text, 'netdev') as readonly NetClient[];
      if (queues.length === 0)
        throw new ConfigError(`Property '${type}.${name}' can't find value '${text}'`);
      if (queues.some(({ peer }) => peer))
        throw new ConfigError(`Property '${type}.${name}' can't take value '${text}', it's in use`);
      queues.forEach((queue, index) => {
        queue.queueIndex = index;
      });
      return queues;
    },
    print: ([first]) => `"${first?.name ?? ''}"`,
    toJson: ([first]) => first?.name ?? '',
  });
}
