import { existsSync, fstatSync, statSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { dirname } from 'node:path';
import { type SocketAddress, unreachable } from '../../engine/backends/chardev.ts';

/** Who talks at this end of a connection. */
export interface Peer {
  /** Somebody is at the other end. */
  open(): void;
  /** Takes what came, in pieces of any size. */
  receive(text: string): void;
  /** Nobody is there any more. */
  close(): void;
}

/** The other end of a connection. */
export interface Connection {
  /** Lost where nobody is there. */
  send(text: string): void;
  /** Sends what waits, and ends; calls `done` then, or soon where nobody reads. */
  end(done: () => void): void;
}

/** How long the other end may take to read the last words, in ms. */
const LAST_WORDS = 200;

/** Why a socket cannot be had, in QEMU's words, as far as it can be told beforehand; undefined where it can. */
export function socketFault(address: SocketAddress): string | undefined {
  const { path, fd, server } = address;
  if (fd !== undefined) return isSocket(() => fstatSync(fd)) ? undefined : unreachable(address);
  if (path === undefined) return undefined;
  if (server)
    return existsSync(dirname(path))
      ? undefined
      : `Failed to bind socket to ${path}: No such file or directory`;
  if (!existsSync(path)) return unreachable(address);
  return isSocket(() => statSync(path))
    ? undefined
    : `Failed to connect to '${path}': Connection refused`;
}

function isSocket(stat: () => { isSocket(): boolean }): boolean {
  try {
    return stat().isSocket();
  } catch {
    return false;
  }
}

/** Connects to `address`, or waits there for one client after another. `failed` is told why it cannot. */
export function openConnection(
  address: SocketAddress,
  peer: Peer,
  failed: (reason: string) => void,
): Connection {
  const line = new SocketLine(peer);
  const { path, host, port, fd, server } = address;
  const target = path === undefined ? { host: host || '127.0.0.1', port: Number(port) } : { path };
  const name = path ?? `${host}:${port}`;
  if (server) {
    const listener = createServer((socket) => line.take(socket));
    listener.on('error', ({ message }) => failed(`Failed to bind socket to ${name}: ${message}`));
    listener.listen(target);
  } else if (fd === undefined) {
    const socket = connect(target);
    socket.on('error', ({ message }) => {
      if (socket.connecting) failed(`Failed to connect to '${name}': ${message}`);
    });
    socket.once('connect', () => line.take(socket));
  } else line.take(new Socket({ fd }));
  return line;
}

/** The program's own terminal, or what stands for it. */
export function stdio(peer: Peer): Connection {
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => peer.receive(text));
  setImmediate(() => peer.open());
  return {
    send: (text) => void process.stdout.write(text),
    end: (done) => done(),
  };
}

/** A connection whose socket comes and goes. */
class SocketLine implements Connection {
  readonly #peer: Peer;
  #socket: Socket | undefined;

  constructor(peer: Peer) {
    this.#peer = peer;
  }

  /** One client at a time: another has to come back later. */
  take(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#peer.receive(text));
    // Whoever leaves without a word has left all the same.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#peer.close();
    });
    this.#peer.open();
  }

  send(text: string): void {
    this.#socket?.write(text);
  }

  end(done: () => void): void {
    if (!this.#socket) {
      done();
      return;
    }
    this.#socket.end(done);
    setTimeout(done, LAST_WORDS);
  }
}
