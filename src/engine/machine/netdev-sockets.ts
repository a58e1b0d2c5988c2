import type { Connect, SocketAddress } from '../backends/byte-link.ts';
import type { NetClient, Network } from '../backends/net.ts';
import { NetSocket } from '../backends/net-socket.ts';
import { ConfigError } from '../qom/errors.ts';
import type { Visited } from './qapi/visit.ts';

/** What making sockets needs of the machine. */
export interface SocketHome {
  readonly network: Network;
  readonly connect: Connect;
  /** Why a socket cannot be had, or undefined; `served` where whoever runs the machine is at its other end. */
  socketFault(address: SocketAddress, served: boolean): string | undefined;
}

function refuse(message: string): never {
  throw new ConfigError(message);
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/** Makes the back end of a socket; who is at its other end, the host knows. Throws ConfigError with QEMU's sentence. */
export function socketClient(
  home: SocketHome,
  type: 'socket' | 'stream' | 'dgram',
  id: string,
  options: Visited,
  peer: NetClient | undefined,
): NetClient {
  const { info, address } =
    type === 'socket'
      ? plainSocket(home, id, options)
      : type === 'stream'
        ? { info: '', address: streamAddress(options) }
        : { info: datagramInfo(options), address: undefined };
  const client = home.network.add(type, type, id, peer);
  client.info = info;
  if (address) {
    const link = new NetSocket(client, address, home.connect);
    client.onRemove = () => link.end();
  }
  return client;
}

interface SocketPlan {
  readonly info: string;
  /** Undefined where datagrams are exchanged, which no host of ours does. */
  readonly address: SocketAddress | undefined;
}

/** `-netdev socket`. Throws ConfigError with QEMU's sentence. */
function plainSocket(home: SocketHome, id: string, options: Visited): SocketPlan {
  const { listen, connect, mcast, udp, localaddr } = options;
  const fd = text(options.fd);
  const ways = [fd, listen, connect, mcast, udp].filter((way) => way);
  if (ways.length !== 1) refuse('exactly one of listen=, connect=, mcast= or udp= is required');
  if (localaddr !== undefined && !mcast && !udp)
    refuse('localaddr= is only valid with mcast= or udp=');
  if (udp && localaddr === undefined) refuse('localaddr= is mandatory with udp=');
  if (fd !== undefined) return inheritedSocket(home, id, fd);
  const address = hostAndPort(text(listen ?? connect) ?? '', listen !== undefined);
  if (address) return { info: '', address };
  return { info: `socket: ${udp ? `udp=${udp}` : `mcast=${mcast}`}`, address: undefined };
}

/** A socket that the program was started with. Throws ConfigError with QEMU's sentence. */
function inheritedSocket(home: SocketHome, id: string, fd: string): SocketPlan {
  if (!/^\d+$/.test(fd)) refuse(`Invalid file descriptor number '${fd}'`);
  const address = { fd: Number(fd), server: false };
  if (home.socketFault(address, true) !== undefined)
    refuse(`${id}: Can't use file descriptor ${fd}: Bad file descriptor`);
  return { info: `socket: fd=${fd}`, address };
}

/** `HOST:PORT`; undefined where it is none. */
function hostAndPort(where: string, server: boolean): SocketAddress | undefined {
  const [, host, port] = /^(.*):(\d+)$/.exec(where) ?? [];
  return host === undefined || port === undefined ? undefined : { host, port, server };
}

/** Where `-netdev stream` leads; undefined where it is no address of ours. */
function streamAddress(options: Visited): SocketAddress | undefined {
  const { type, host, port, path } = options.addr as Visited;
  const server = options.server === true;
  if (type === 'unix') return { path: String(path), server };
  return type === 'inet' ? { host: String(host), port: String(port), server } : undefined;
}

/** Text of `info network` for `-netdev dgram`. Throws ConfigError with QEMU's sentence. */
function datagramInfo(options: Visited): string {
  const [local, remote] = [options.local, options.remote] as (Visited | undefined)[];
  if (!local && !remote) refuse('dgram requires local= parameter');
  return local?.type === 'inet' && remote?.type === 'inet'
    ? `udp=${local.host}:${local.port}/${remote.host}:${remote.port}`
    : '';
}
