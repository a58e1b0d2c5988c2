import { existsSync, fstatSync, statSync } from 'node:fs';
import { connect, createServer, type Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import type { ByteLink, ByteLinkEnd } from '../../engine/backends/byte-link.ts';
import { type SocketAddress, unreachable } from '../../engine/backends/chardev.ts';

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
  end: ByteLinkEnd,
  failed: (reason: string) => void,
): ByteLink {
  const { path, host, port, fd, server } = address;
  const target = path === undefined ? { host: host || '127.0.0.1', port: Number(port) } : { path };
  const name = path ?? `${host}:${port}`;
  if (server) {
    const listener = createServer((socket) => line.take(socket));
    const line = new SocketLine(end, listener);
    listener.on('error', ({ message }) => failed(`Failed to bind socket to ${name}: ${message}`));
    listener.listen(target);
    return line;
  }
  const line = new SocketLine(end);
  if (fd !== undefined) line.take(new Socket({ fd }));
  else {
    const socket = connect(target);
    socket.on('error', ({ message }) => {
      if (socket.connecting) failed(`Failed to connect to '${name}': ${message}`);
    });
    socket.once('connect', () => line.take(socket));
  }
  return line;
}

/** The program's own terminal, or what stands for it. */
export function stdio(end: ByteLinkEnd): ByteLink {
  const { stdin, stdout } = process;
  stdin.on('data', (bytes: Uint8Array) => end.received(bytes));
  setImmediate(() => end.opened());
  return {
    send: (bytes) => void stdout.write(bytes),
    flow: (on) => void (on ? stdin.resume() : stdin.pause()),
    end: (done) => done?.(),
  };
}

/** A connection whose socket comes and goes. */
class SocketLine implements ByteLink {
  readonly #end: ByteLinkEnd;
  readonly #listener: Server | undefined;
  #socket: Socket | undefined;

  constructor(end: ByteLinkEnd, listener?: Server) {
    this.#end = end;
    this.#listener = listener;
  }

  /** One client at a time: another has to come back later. */
  take(socket: Socket): void {
    if (this.#socket) {
      socket.destroy();
      return;
    }
    this.#socket = socket;
    socket.on('data', (bytes) => this.#end.received(bytes));
    // Whoever leaves without a word has left all the same.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#socket = undefined;
      this.#end.closed();
    });
    this.#end.opened();
  }

  send(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  flow(on: boolean): void {
    if (on) this.#socket?.resume();
    else this.#socket?.pause();
  }

  end(done: () => void = () => {}): void {
    this.#listener?.close();
    if (!this.#socket) {
      done();
      return;
    }
    this.#socket.end(done);
    setTimeout(done, LAST_WORDS).unref();
  }
}
