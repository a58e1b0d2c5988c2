import type { SocketAddress } from './chardev.ts';

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

/** Opens the connection that leads to `address`; undefined where the host has no sockets. */
export type Connect = (address: SocketAddress, end: ByteLinkEnd) => ByteLink | undefined;
