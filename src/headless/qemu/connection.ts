import { closeSync, existsSync, fstatSync, openSync, statSync, writeSync } from 'node:fs';
import { connect, createServer, type Server, Socket } from 'node:net';
import { dirname } from 'node:path';
import {
  type ByteLink,
  type ByteLinkEnd,
  type OutputFile,
  type Outside,
  type SocketAddress,
  unreachable,
} from '../../engine/backends/byte-link.ts';

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

/** Opens what leads outside. `failed` is told why a socket cannot be had after all. */
export function openLink(
  outside: Outside,
  end: ByteLinkEnd,
  failed: (reason: string) => void,
): ByteLink {
  if (outside === 'stdio') return stdio(end);
  return 'file' in outside ? outputFile(outside) : openSocket(outside, end, failed);
}

/** Connects to `address`, or waits there for one client after another. */
function openSocket(
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
  const socket = fd === undefined ? connect(target) : new Socket({ fd });
  socket.on('error', ({ message }) => {
    if (socket.connecting) failed(`Failed to connect to '${name}': ${message}`);
  });
  // What is sent meanwhile waits until the connection stands.
  line.take(socket);
  return line;
}

/** The program's own terminal, or what stands for it. */
function stdio(end: ByteLinkEnd): ByteLink {
  const { stdin, stdout } = process;
  stdin.on('data', (bytes: Uint8Array) => end.received(bytes));
  return {
    send: (bytes) => void stdout.write(bytes),
    flow: (on) => void (on ? stdin.resume() : stdin.pause()),
    end: (done) => done?.(),
  };
}

function outputFile({ file, append }: OutputFile): ByteLink {
  const descriptor = openSync(file, append ? 'a' : 'w');
  let open = true;
  return {
    send(bytes) {
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
    },
    flow() {},
    end(done) {
      if (open) closeSync(descriptor);
      open = false;
      done?.();
    },
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
