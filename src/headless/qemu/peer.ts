import { StringDecoder } from 'node:string_decoder';
import type { ByteLinkEnd } from '../../engine/backends/byte-link.ts';

/** Who talks in text at the program's end of a connection. */
export interface Peer {
  /** Somebody is at the other end. */
  open(): void;
  /** Takes what came, in pieces of any size. */
  receive(text: string): void;
  /** Nobody is there any more. */
  close(): void;
}

/** Makes the bytes of a connection the text that `peer` talks; `after` is called when it was told something. */
export function textEnd(peer: Peer, after: () => void): ByteLinkEnd {
  let decoder = new StringDecoder('utf8');
  return {
    opened() {
      decoder = new StringDecoder('utf8');
      peer.open();
    },
    received(bytes) {
      peer.receive(decoder.write(Buffer.from(bytes)));
      after();
    },
    closed: () => peer.close(),
  };
}
