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

/** Who sends packets. */
export interface PacketSender {
  /** Called when a packet that waited is gone, where the sender wanted to know. */
  onSent(): void;
}

/** A packet that waits, whose it is, and whether that one wants to know when it is gone. */
export interface WaitingPacket {
  readonly sender: PacketSender;
  readonly packet: Uint8Array;
  readonly tell: boolean;
}

/** Packets on their way to one end of a link, in order. */
export class PacketQueue {
  #waiting: WaitingPacket[] = [];
  #delivering = false;
  /** Hands one packet over; false where it cannot be taken now. */
  readonly #deliver: (packet: Uint8Array) => boolean;

  constructor(deliver: (packet: Uint8Array) => boolean) {
    this.#deliver = deliver;
  }

  /** Packets that wait, oldest first. */
  get waiting(): readonly WaitingPacket[] {
    return this.#waiting;
  }

  /** Has other packets wait. */
  loadWaiting(waiting: readonly WaitingPacket[]): void {
    this.#waiting = [...waiting];
  }

  /**
   * Delivers a packet, or keeps it where `ready` says that it cannot be taken; false where it is kept.
   * `tell`: whether the sender wants to know when a kept packet is gone.
   */
  send(sender: PacketSender, packet: Uint8Array, ready: boolean, tell: boolean): boolean {
    // A packet that causes another one to the same place: the order stays.
    if (this.#delivering || !ready || !this.#hand(packet)) {
      if (tell || this.#waiting.length < MAX_WAITING)
        this.#waiting.push({ sender, packet: packet.slice(), tell });
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
      if (next.tell) next.sender.onSent();
    }
  }

  /** Forgets what `sender` has waiting. */
  purge(sender: PacketSender): void {
    const gone = this.#waiting.filter((waiting) => waiting.sender === sender);
    this.#waiting = this.#waiting.filter((waiting) => waiting.sender !== sender);
    for (const { tell } of gone) if (tell) sender.onSent();
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
