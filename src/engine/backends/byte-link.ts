/** Where a socket leads: a path, a host and a port, or a descriptor that the program inherited. */
export interface SocketAddress {
  readonly path?: string;
  readonly host?: string;
  readonly port?: string;
  readonly fd?: number;
  /** Whether it waits for others to connect. */
  readonly server: boolean;
}

/** What QEMU says of a socket at whose other end nobody is. */
export function unreachable({ path, host, port, fd }: SocketAddress): string {
  if (fd !== undefined) return `File descriptor '${fd}' is not a socket`;
  return path === undefined
    ? `Failed to connect to '${host}:${port}': Connection refused`
    : `Failed to connect to '${path}': No such file or directory`;
}

/** The machine's end of a connection to somebody outside. */
export interface ByteLinkEnd {
  /** Somebody is at the other end. */
  opened(): void;
  /** Bytes came, in pieces of any size. */
  received(bytes: Uint8Array): void;
  /** Nobody is there any more. */
  closed(): void;
}

/** A connection to somebody outside, who comes and goes. */
export interface ByteLink {
  /** Sends bytes; they are lost where nobody is there. */
  send(bytes: Uint8Array): void;
  /** Whether bytes are to come now, or wait outside. */
  flow(on: boolean): void;
  /** Ends it, once all is sent; `done` is called then. */
  end(done?: () => void): void;
}

/** What of the host's a connection may lead to: a socket, a file that is written, the program's own terminal. */
export type Outside = SocketAddress | OutputFile | 'stdio';

/** A file that is written from its start, or behind what it holds. */
export interface OutputFile {
  readonly file: string;
  readonly append: boolean;
}

/** Opens a connection; undefined where the host has nothing of the kind. */
export type Connect = (outside: Outside, end: ByteLinkEnd) => ByteLink | undefined;
