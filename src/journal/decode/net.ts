import { hex } from '../../base/bits.ts';
import {
  VIRTIO_NET_ACK,
  VIRTIO_NET_CTRL,
  VIRTIO_NET_CTRL_ANNOUNCE_ACK,
  VIRTIO_NET_CTRL_MAC,
  VIRTIO_NET_CTRL_MQ,
  VIRTIO_NET_CTRL_RX,
  VIRTIO_NET_CTRL_VLAN,
  VIRTIO_NET_F,
  VIRTIO_NET_HDR,
  VIRTIO_NET_HDR_LEGACY,
  VIRTIO_NET_HDR_MRG,
} from '../../spec/net.ts';
import { VIRTIO_F } from '../../spec/virtio.ts';
import { count, digits, FieldReader, mac, nameIn, nameOf } from './field-reader.ts';
import { type DecodedRequest, has, type RequestContext, type RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

/** Bytes of two addresses and a type. */
const ETHERNET = 14;
/** Types of frames that have a name here. */
const ETHERTYPES = { IPv4: 0x0800, ARP: 0x0806, VLAN: 0x8100, IPv6: 0x86dd } as const;

const COMMANDS: Readonly<Record<number, Readonly<Record<string, number>>>> = {
  [VIRTIO_NET_CTRL.RX]: VIRTIO_NET_CTRL_RX,
  [VIRTIO_NET_CTRL.MAC]: VIRTIO_NET_CTRL_MAC,
  [VIRTIO_NET_CTRL.VLAN]: VIRTIO_NET_CTRL_VLAN,
  [VIRTIO_NET_CTRL.ANNOUNCE]: { ACK: VIRTIO_NET_CTRL_ANNOUNCE_ACK },
  [VIRTIO_NET_CTRL.MQ]: VIRTIO_NET_CTRL_MQ,
  [VIRTIO_NET_CTRL.GUEST_OFFLOADS]: { SET: 0 },
};

/** A packet with its header, or a control command, by the queue (VIRTIO 1.4 §5.1.9). */
export const decodeNet: RequestDecoder = (readable, writable, context) => {
  const { queue } = context;
  if (queue === 'controlq') return control(readable, writable);
  if (queue.startsWith('transmitq')) return packet(readable, context, '5.1.9.2', 'send');
  if (queue.startsWith('receiveq')) return packet(writable, context, '5.1.9.3', 'receive');
  return undefined;
};

function packet(
  side: Side,
  context: RequestContext,
  section: string,
  way: 'send' | 'receive',
): DecodedRequest {
  const reader = new FieldReader(side);
  // Without either, num_buffers is not there (VIRTIO 1.4 §5.1.9.1).
  const long =
    has(context, VIRTIO_F.VIRTIO_F_VERSION_1) || has(context, VIRTIO_NET_F.VIRTIO_NET_F_MRG_RXBUF);
  const end = long ? VIRTIO_NET_HDR_MRG : VIRTIO_NET_HDR_LEGACY;
  for (const [name, { offset, width, doc }] of Object.entries(VIRTIO_NET_HDR))
    if (offset < end) reader.number(name, width, doc);
  const length = reader.left;
  if (length >= ETHERNET) {
    reader.bytes('destination', 'Where the frame goes', mac, 6);
    reader.bytes('source', 'Where it comes from', mac, 6);
  }
  const typeAt = reader.at;
  const type = length >= ETHERNET ? side.bytes(typeAt, 2) : undefined;
  const number = type && (type[0] ?? 0) * 256 + (type[1] ?? 0);
  if (number !== undefined)
    reader.bytes('ethertype', 'What it carries, big-endian', () => nameIn(ETHERTYPES, number), 2);
  reader.data(length >= ETHERNET ? 'payload' : 'frame', 'The rest of the frame');
  const kind = number === undefined ? '' : (nameOf(ETHERTYPES, number) ?? hex(number));
  const title =
    way === 'send'
      ? `send ${count(length)}${kind ? `, ${kind}` : ''}`
      : `room for a packet of ${count(length)}`;
  return { title, section, fields: reader.fields };
}

/** Class, command and what it is about; then the acknowledgement (VIRTIO 1.4 §5.1.9.5). */
function control(readable: Side, writable: Side): DecodedRequest {
  const driver = new FieldReader(readable);
  const group = driver.named('class', 1, 'What the command is about', VIRTIO_NET_CTRL);
  const commands = COMMANDS[group ?? -1] ?? {};
  const command = driver.named('command', 1, 'What to do', commands);
  if (group === VIRTIO_NET_CTRL.RX) driver.number('on', 1, '1: on, 0: off');
  else if (group === VIRTIO_NET_CTRL.VLAN) driver.number('vlan', 2, 'Number of the VLAN');
  else if (group === VIRTIO_NET_CTRL.MAC && command === VIRTIO_NET_CTRL_MAC.ADDR_SET)
    driver.bytes('mac', 'The new address', mac, 6);
  else if (group === VIRTIO_NET_CTRL.MAC)
    for (const name of ['unicast', 'multicast']) {
      const entries = driver.number(`${name} entries`, 4, 'Addresses that follow') ?? 0;
      driver.bytes(name, 'Addresses to let in', addresses, Math.min(6 * entries, driver.left));
    }
  else if (group === VIRTIO_NET_CTRL.MQ && command === VIRTIO_NET_CTRL_MQ.VQ_PAIRS_SET)
    driver.number('virtqueue_pairs', 2, 'Pairs of queues in use');
  else if (group === VIRTIO_NET_CTRL.GUEST_OFFLOADS)
    driver.number('offloads', 8, 'Features, a bit each', hex);
  driver.bytes('data', 'More about it');
  const device = new FieldReader(writable);
  device.named('ack', 1, 'How it went', VIRTIO_NET_ACK);
  const words = [nameOf(VIRTIO_NET_CTRL, group), nameOf(commands, command)];
  return {
    title: words.filter(Boolean).join(' ') || 'unknown command',
    section: '5.1.9.5',
    fields: [...driver.fields, ...device.fields],
  };
}

function addresses(bytes: Uint8Array): string {
  if (bytes.length > 6 * 4) return `${Math.floor(bytes.length / 6)} addresses`;
  const found: string[] = [];
  for (let i = 0; i + 6 <= bytes.length; i += 6) found.push(mac(bytes.subarray(i, i + 6)));
  return found.join(', ') || digits(bytes);
}
