import type { ByteLink, Connect, SocketAddress } from './byte-link.ts';
import type { NetClient } from './net.ts';

/** Bytes of the length in front of each packet, the most significant first. */
const LENGTH = 4;
/** Longest packet; a length beyond ends the connection. */
const MAX_PACKET = 0x1_1000;

/** Joins a back end with whoever is behind a stream socket: packets travel with their lengths in front. */
export class NetSocket {
  readonly #client: NetClient;
  readonly #link: ByteLink | undefined;
  #waiting = new Uint8Array(0);

  constructor(client: NetClient, address: SocketAddress, connect: Connect) {
    this.#client = client;
    this.#link = connect(address, {
      opened: () => {
        this.#waiting = new Uint8Array(0);
      },
      received: (bytes) => this.#take(bytes),
      closed: () => {},
    });
    client.onSent = () => {
      this.#link?.flow(true);
      this.#deliver();
    };
    client.receiver = { receive: (packet) => this.#send(packet) };
  }

  /** The back end is gone. */
  end(): void {
    this.#link?.end();
  }

  #send(packet: Uint8Array): boolean {
    const frame = new Uint8Array(LENGTH + packet.length);
    new DataView(frame.buffer).setUint32(0, packet.length);
    frame.set(packet, LENGTH);
    this.#link?.send(frame);
    return true;
  }

  #take(bytes: Uint8Array): void {
    const all = new Uint8Array(this.#waiting.length + bytes.length);
    all.set(this.#waiting);
    all.set(bytes, this.#waiting.length);
    this.#waiting = all;
    this.#deliver();
  }

  /** Hands over the packets that are complete, until one has to wait. */
  #deliver(): void {
    for (;;) {
      const all = this.#waiting;
      if (all.length < LENGTH) return;
      const length = new DataView(all.buffer, all.byteOffset).getUint32(0);
      if (length > MAX_PACKET) {
        this.#waiting = new Uint8Array(0);
        this.#link?.end();
        return;
      }
      if (all.length < LENGTH + length) return;
      this.#waiting = all.subarray(LENGTH + length);
      const packet = all.slice(LENGTH, LENGTH + length);
      if (!this.#client.send(packet, true)) {
        this.#link?.flow(false);
        return;
      }
    }
  }
}
