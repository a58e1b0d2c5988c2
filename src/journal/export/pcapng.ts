import { utf8Encode } from '../../base/utf8.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { type Packet, packetsOf } from './packets.ts';
import type { ExportSource } from './source.ts';

/** Block types and magic numbers of draft-tuexen-opsawg-pcapng. */
const BLOCK = { section: 0x0a0d_0d0a, interface: 1, packet: 6 } as const;
const BYTE_ORDER = 0x1a2b_3c4d;
const LINKTYPE_ETHERNET = 1;
/** Options: of any block, of a section, of an interface, of a packet. */
const OPTION = {
  end: 0,
  comment: 1,
  userApplication: 4,
  interfaceName: 2,
  interfaceDescription: 3,
  resolution: 9,
  packetFlags: 2,
} as const;
/** Bits 0 and 1 of a packet's flags. */
const DIRECTION = { inbound: 1, outbound: 2 } as const;
/** Timestamps count microseconds: 10^-6. */
const MICROSECONDS = 6;

const ABOUT =
  'Frames as they crossed the virtqueues of virtio-net devices, without virtio_net_hdr: a sent one when the device took it, a received one when it was used. The journal has no wall clock: a microsecond stands for an event. Requests of other devices are not packets, and are not here.';

/** The Ethernet frames of all network devices as a pcapng file; one interface a device. */
export function* exportPcapng(source: ExportSource): Generator<Uint8Array> {
  yield block(BLOCK.section, sectionHeader(), [
    [OPTION.userApplication, utf8Encode('Virtio Playground')],
    [OPTION.comment, utf8Encode(ABOUT)],
  ]);
  const interfaces = new Map<number, number>();
  for (const packet of packetsOf(source)) {
    if (!packet) {
      yield new Uint8Array();
      continue;
    }
    if (!interfaces.has(packet.dev)) {
      interfaces.set(packet.dev, interfaces.size);
      yield interfaceBlock(source.names.device(packet.dev) ?? `device ${packet.dev}`);
    }
    yield packetBlock(packet, interfaces.get(packet.dev) ?? 0);
  }
}

/** Whether a machine with these devices can have packets: it has a network device. */
export function hasPackets(
  devices: number,
  virtioId: (dev: number) => number | undefined,
): boolean {
  for (let dev = 0; dev < devices; dev++) if (virtioId(dev) === VIRTIO_ID.NET) return true;
  return false;
}

type Option = readonly [code: number, value: Uint8Array];

function sectionHeader(): Uint8Array {
  const body = new Uint8Array(16);
  const view = new DataView(body.buffer);
  view.setUint32(0, BYTE_ORDER, true);
  view.setUint16(4, 1, true);
  view.setUint16(6, 0, true);
  // Of unknown length: the file is written while it is made.
  view.setBigInt64(8, -1n, true);
  return body;
}

function interfaceBlock(name: string): Uint8Array {
  const body = new Uint8Array(8);
  new DataView(body.buffer).setUint16(0, LINKTYPE_ETHERNET, true);
  return block(BLOCK.interface, body, [
    [OPTION.interfaceName, utf8Encode(name)],
    [OPTION.interfaceDescription, utf8Encode('virtio-net device, as its driver sees it')],
    [OPTION.resolution, Uint8Array.of(MICROSECONDS)],
  ]);
}

function packetBlock({ event, queue, sent, frame }: Packet, interfaceId: number): Uint8Array {
  const body = new Uint8Array(20 + padded(frame.length));
  const view = new DataView(body.buffer);
  view.setUint32(0, interfaceId, true);
  view.setUint32(4, Math.floor(event / 2 ** 32), true);
  view.setUint32(8, event >>> 0, true);
  view.setUint32(12, frame.length, true);
  view.setUint32(16, frame.length, true);
  body.set(frame, 20);
  const flags = new Uint8Array(4);
  // The guest's point of view: what it sends goes out.
  flags[0] = sent ? DIRECTION.outbound : DIRECTION.inbound;
  return block(BLOCK.packet, body, [
    [OPTION.packetFlags, flags],
    [OPTION.comment, utf8Encode(`event ${event}, queue ${queue}`)],
  ]);
}

/** A block: type, total length, body, options, total length again; everything in units of 32 bits. */
function block(type: number, body: Uint8Array, options: readonly Option[]): Uint8Array {
  const size = options.reduce((sum, [, value]) => sum + 4 + padded(value.length), 4);
  const total = 12 + body.length + size;
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, total, true);
  bytes.set(body, 8);
  let at = 8 + body.length;
  for (const [code, value] of options) {
    view.setUint16(at, code, true);
    view.setUint16(at + 2, value.length, true);
    bytes.set(value, at + 4);
    at += 4 + padded(value.length);
  }
  view.setUint16(at, OPTION.end, true);
  view.setUint32(total - 4, total, true);
  return bytes;
}

const padded = (length: number): number => (length + 3) & ~3;
