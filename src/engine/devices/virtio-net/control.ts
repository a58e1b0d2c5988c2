import {
  VIRTIO_NET_ACK as ACK,
  VIRTIO_NET_CTRL as CTRL,
  VIRTIO_NET_CTRL_MAC as MAC,
  VIRTIO_NET_CTRL_MQ as MQ,
  VIRTIO_NET_CTRL_ANNOUNCE_ACK,
  VIRTIO_NET_CTRL_VLAN as VLAN,
} from '../../../spec/net.ts';
import type { ReceiveFilter } from './receive-filter.ts';
import { type RssLimits, rssPairs } from './rss.ts';

const ADDRESS = 6;
/** Bytes of class and command. */
export const CONTROL_HEADER = 2;

/** What control commands change. */
export interface ControlTarget {
  readonly filter: ReceiveFilter;
  readonly littleEndian: boolean;
  /** Pairs that may be used now: one where the driver did not negotiate more. */
  readonly pairLimit: number;
  /** How many of them are used. */
  activePairs: number;
  /** What MQ_RSS_CONFIG and MQ_HASH_CONFIG may ask for. */
  readonly rss: RssLimits;
  /** Takes the driver's answer to an announcement that is pending; false where none is. */
  announced(): boolean;
  setAddress(mac: Uint8Array): void;
}

/** Carries out one command, class and command first; what the device answers (VIRTIO 1.4 §5.1.9.5). */
export function control(target: ControlTarget, request: Uint8Array): number {
  const [group, command = 0] = request;
  const data = request.subarray(CONTROL_HEADER);
  return done(target, group, command, data) ? ACK.OK : ACK.ERR;
}

function done(
  target: ControlTarget,
  group: number | undefined,
  command: number,
  data: Uint8Array,
): boolean {
  const { filter, littleEndian } = target;
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  switch (group) {
    case CTRL.RX:
      return data.length >= 1 && filter.setMode(command, data[0] !== 0);
    case CTRL.MAC:
      return command === MAC.ADDR_SET
        ? setAddress(target, data)
        : command === MAC.TABLE_SET && setTable(target, data);
    case CTRL.VLAN:
      if (data.length < 2 || (command !== VLAN.ADD && command !== VLAN.DEL)) return false;
      return filter.setVlan(view.getUint16(0, littleEndian), command === VLAN.ADD);
    case CTRL.ANNOUNCE:
      return command === VIRTIO_NET_CTRL_ANNOUNCE_ACK && target.announced();
    case CTRL.MQ:
      return setPairs(target, command, view);
    // Offloads are the business of back ends that know the packet header, and none here does.
    default:
      return false;
  }
}

function setAddress(target: ControlTarget, data: Uint8Array): boolean {
  if (data.length !== ADDRESS) return false;
  target.setAddress(data);
  return true;
}

/** Two lists of addresses, each behind its length; they fill the command. */
function setTable({ filter, littleEndian }: ControlTarget, data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const lists: Uint8Array[] = [];
  let at = 0;
  while (lists.length < 2) {
    if (at + 4 > data.length) return false;
    const bytes = view.getUint32(at, littleEndian) * ADDRESS;
    at += 4;
    if (at + bytes > data.length) return false;
    lists.push(data.subarray(at, at + bytes));
    at += bytes;
  }
  const [unicast, multicast] = lists;
  if (at !== data.length || !unicast || !multicast) return false;
  filter.setTable(unicast, multicast);
  return true;
}

function setPairs(target: ControlTarget, command: number, view: DataView): boolean {
  const { littleEndian, pairLimit, rss } = target;
  let pairs = 0;
  if (command === MQ.VQ_PAIRS_SET)
    pairs = view.byteLength < 2 || !rss.multiqueue ? 0 : view.getUint16(0, littleEndian);
  else if (command === MQ.RSS_CONFIG || command === MQ.HASH_CONFIG)
    pairs = rssPairs(rss, view, command === MQ.RSS_CONFIG, littleEndian);
  if (pairs < 1 || pairs > pairLimit) return false;
  target.activePairs = pairs;
  return true;
}
