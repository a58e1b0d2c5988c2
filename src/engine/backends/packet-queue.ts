/** Most packets that wait where their sender does not care what becomes of them. */
const MAX_WAITING = 10_000;

/** What takes packets at one end of a link. */
export interface PacketReceiver {
  /** Whether a packet would be taken now; absent: always. */
  canReceive?(): boolean;
  /** Takes a packet, or drops it; false where it must wait for `flush`. The bytes are the sender's. */
  receive(packet: Uint8Array): boolean;
  /** It hands packets on to others: what waits for them is tried again. */
  flushOnward?(): void;
}

/** A packet that waits, and whom to tell once it is delivered. */
interface Waiting {
  readonly sender: object;
  readonly packet: Uint8Array;
  readonly sent: (() => void) | undefined;
}

/** Packets on their way to one end of a link, in order. */
export class PacketQueue {
  #waiting: Waiting[] = [];
  #delivering = false;
  /** Hands one packet over; false where it cannot be taken now. */
  readonly #deliver: (packet: Uint8Array) => boolean;

  constructor(deliver: (packet: Uint8Array) => boolean) {
    this.#deliver = deliver;
  }

  /**
   * Delivers a packet, or keeps it where `ready` says that it cannot be taken; false where it is kept.
   * `sent` is called once a kept packet is gone.
   */
  send(sender: object, packet: Uint8Array, ready: boolean, sent?: () => void): boolean {
    // A packet that causes another one to the same place: the order stays.
    if (this.#delivering || !ready || !this.#hand(packet)) {
      if (sent || this.#waiting.length < MAX_WAITING)
        this.#waiting.push({ sender, packet: packet.slice(), sent });
      return false;
    }
    this.flush();
    return true;
  }

  /** Delivers what waits, as long as it is taken. */
  flush(): void {
    if (this.#delivering) return;
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      if (!this.#hand(next.packet)) {
        this.#waiting.unshift(next);
        return;
      }
      next.sent?.();
    }
  }

  /** Forgets what `sender` has waiting. */
  purge(sender: object): void {
    const gone = this.#waiting.filter((waiting) => waiting.sender === sender);
    this.#waiting = this.#waiting.filter((waiting) => waiting.sender !== sender);
    for (const { sent } of gone) sent?.();
  }

  #hand(packet: Uint8Array): boolean {
    this.#delivering = true;
    try {
      return this.#deliver(packet);
    } finally {
      this.#delivering = false;
    }
  }
}
