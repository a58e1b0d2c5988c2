import { VIRTIO_NET_CTRL_RX as RX } from '../../../spec/net.ts';
import { macText } from '../../backends/net.ts';
import type { State } from '../../qom/state.ts';

/** Most addresses of the table; more count as "any". */
const TABLE_ENTRIES = 64;
/** Bytes of an address. */
const ADDRESS = 6;
/** VLAN identifiers are below this. */
const VLANS = 4096;
const ETHERTYPE_AT = 12;
const ETHERTYPE_VLAN = 0x8100;

const keyOf = (bytes: Uint8Array, at: number) => bytes.subarray(at, at + ADDRESS).join();

/** One half of the address table: those that are wanted, or all where the driver named too many. */
interface Addresses {
  readonly known: ReadonlySet<string>;
  readonly overflow: boolean;
}

const NO_ADDRESSES: Addresses = { known: new Set(), overflow: false };

/** Which packets the driver wants to see (VIRTIO 1.4 §5.1.9.5.1). Everything, until it says otherwise. */
export class ReceiveFilter {
  /** Switches by RX command. */
  readonly #on = new Set<number>();
  #unicast = NO_ADDRESSES;
  #multicast = NO_ADDRESSES;
  readonly #vlans = new Uint8Array(VLANS);
  #vlansFiltered = false;

  constructor() {
    this.reset();
  }

  /** Back to taking everything; VLANs follow with `filterVlans`. */
  reset(): void {
    this.#on.clear();
    this.#on.add(RX.PROMISC);
    this.#unicast = NO_ADDRESSES;
    this.#multicast = NO_ADDRESSES;
  }

  saveState(): State {
    return {
      on: this.#on,
      unicast: this.#unicast,
      multicast: this.#multicast,
      vlans: this.#vlans,
      vlansFiltered: this.#vlansFiltered,
    };
  }

  loadState(state: State): void {
    this.#on.clear();
    for (const mode of state.on as Set<number>) this.#on.add(mode);
    this.#unicast = state.unicast as Addresses;
    this.#multicast = state.multicast as Addresses;
    this.#vlans.set(state.vlans as Uint8Array);
    this.#vlansFiltered = state.vlansFiltered as boolean;
  }

  /** Whether VLANs are filtered, as the driver negotiated: none passes then until it is added. */
  filterVlans(filtered: boolean): void {
    this.#vlansFiltered = filtered;
    this.#vlans.fill(filtered ? 0 : 1);
  }

  /** Switches a mode; false where there is no such mode. */
  setMode(command: number, on: boolean): boolean {
    if (command > RX.NOBCAST) return false;
    if (on) this.#on.add(command);
    else this.#on.delete(command);
    return true;
  }

  /** Lets a VLAN through, or not; false where there is no such VLAN. */
  setVlan(id: number, passes: boolean): boolean {
    if (id >= VLANS) return false;
    this.#vlans[id] = passes ? 1 : 0;
    return true;
  }

  /** Takes the addresses of MAC_TABLE_SET, six bytes each (VIRTIO 1.4 §5.1.9.5.2). */
  setTable(unicast: Uint8Array, multicast: Uint8Array): void {
    this.#unicast = addresses(unicast, TABLE_ENTRIES);
    this.#multicast = addresses(multicast, TABLE_ENTRIES - this.#unicast.known.size);
  }

  /** What `query-rx-filter` tells of it. Tables come with the newest entry first. */
  facts(): object {
    const on = this.#on;
    const state = (none: number, all: number) =>
      on.has(none) ? 'none' : on.has(all) ? 'all' : 'normal';
    const table = ({ known }: Addresses) =>
      [...known].reverse().map((key) => macText(Uint8Array.from(key.split(','), Number)));
    const passing = [...this.#vlans.keys()].filter((id) => this.#vlans[id] === 1).reverse();
    return {
      promiscuous: on.has(RX.PROMISC),
      unicast: state(RX.NOUNI, RX.ALLUNI),
      multicast: state(RX.NOMULTI, RX.ALLMULTI),
      // QEMU 7.2 has it the wrong way round.
      'broadcast-allowed': on.has(RX.NOBCAST),
      'unicast-overflow': this.#unicast.overflow,
      'multicast-overflow': this.#multicast.overflow,
      vlan: this.#vlansFiltered ? (passing.length > 0 ? 'normal' : 'none') : 'all',
      'unicast-table': table(this.#unicast),
      'multicast-table': table(this.#multicast),
      'vlan-table': passing,
    };
  }

  /** Whether the packet, an Ethernet frame, passes for a device with this address. */
  passes(packet: Uint8Array, own: Uint8Array): boolean {
    const on = this.#on;
    if (on.has(RX.PROMISC)) return true;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
    if (packet.length < ETHERTYPE_AT + 4) return false;
    if (view.getUint16(ETHERTYPE_AT) === ETHERTYPE_VLAN)
      if (!this.#vlans[view.getUint16(ETHERTYPE_AT + 2) % VLANS]) return false;
    const target = keyOf(packet, 0);
    if (((packet[0] ?? 0) & 1) === 0) {
      if (on.has(RX.NOUNI)) return false;
      const { known, overflow } = this.#unicast;
      return on.has(RX.ALLUNI) || overflow || target === keyOf(own, 0) || known.has(target);
    }
    if (packet.subarray(0, ADDRESS).every((byte) => byte === 0xff)) return !on.has(RX.NOBCAST);
    if (on.has(RX.NOMULTI)) return false;
    const { known, overflow } = this.#multicast;
    return on.has(RX.ALLMULTI) || overflow || known.has(target);
  }
}

function addresses(bytes: Uint8Array, room: number): Addresses {
  const count = bytes.length / ADDRESS;
  if (count > room) return { known: new Set(), overflow: true };
  const known = new Set(Array.from({ length: count }, (_, i) => keyOf(bytes, i * ADDRESS)));
  return { known, overflow: false };
}
