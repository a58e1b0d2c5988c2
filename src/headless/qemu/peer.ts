import { StringDecoder } from 'node:string_decoder';
import type { Chardev } from '../../engine/backends/chardev.ts';

/** Who talks in text at the program's end of a connection. */
export interface Peer {
  /** Somebody is at the other end. */
  open(): void;
  /** Takes what came, in pieces of any size. */
  receive(text: string): void;
  /** Nobody is there any more. */
  close(): void;
}

/** Most bytes that a peer is told at once. */
const ROOM = 1 << 16;

/** Lets `peer` talk in text on a character back end; `after` is called when it was told something. */
export function attachPeer(
  chardev: Chardev,
  peerOf: (send: (text: string) => void) => Peer,
  after: () => void,
): void {
  const peer = peerOf((text) => chardev.write(Buffer.from(text)));
  let decoder = new StringDecoder('utf8');
  chardev.frontEnd = {
    room: ROOM,
    receive(bytes) {
      peer.receive(decoder.write(Buffer.from(bytes)));
      after();
    },
    opened(open) {
      decoder = new StringDecoder('utf8');
      if (open) peer.open();
      else peer.close();
    },
  };
  if (chardev.isOpen) peer.open();
}
