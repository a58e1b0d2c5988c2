import { describe, expect, it } from 'vitest';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { Folder } from '../fold/folder.ts';
import { exportPcapng, hasPackets } from './pcapng.ts';
import type { ExportSource } from './source.ts';

/** A block of a pcapng file, as draft-tuexen-opsawg-pcapng describes it. */
interface Block {
  readonly type: number;
  readonly body: DataView;
  readonly options: ReadonlyMap<number, Uint8Array>;
}

/** Bytes of the fixed part of a block's body, before packet data and options. */
const FIXED: Readonly<Record<number, number>> = { 0x0a0d0d0a: 16, 1: 8, 6: 20 };

/** Reads a file, strictly: lengths twice, everything in 32-bit units, options ended. */
function readPcapng(file: Uint8Array): Block[] {
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const blocks: Block[] = [];
  for (let at = 0; at < file.length; ) {
    const type = view.getUint32(at, true);
    const total = view.getUint32(at + 4, true);
    expect(total % 4).toBe(0);
    expect(view.getUint32(at + total - 4, true)).toBe(total);
    const body = new DataView(file.buffer, file.byteOffset + at + 8, total - 12);
    const fixed = FIXED[type] ?? Number.NaN;
    const data = type === 6 ? (body.getUint32(12, true) + 3) & ~3 : 0;
    const options = new Map<number, Uint8Array>();
    let option = fixed + data;
    for (;;) {
      const [code, length] = [body.getUint16(option, true), body.getUint16(option + 2, true)];
      if (code === 0) break;
      const start = body.byteOffset + option + 4;
      options.set(code, new Uint8Array(body.buffer.slice(start, start + length)));
      option += 4 + ((length + 3) & ~3);
    }
    expect(option + 4).toBe(body.byteLength);
    blocks.push({ type, body, options });
    at += total;
  }
  return blocks;
}

/** Two network cards on one hub; the first sends frames of these lengths, the second receives them. */
const talk = (lengths: readonly number[], options: object, small: boolean): string => `
import { virtio, VIRTIO_F } from 'guest';
const open = (found, features) => {
  const device = found.open();
  device.reset();
  device.status |= 1;
  device.status |= 2;
  device.negotiate(features);
  return device;
};
const options = ${JSON.stringify(options)};
const features = [...(options.packed ? [34] : []), ...(options.mergeable ? [15] : []), ...(options.indirect ? [28] : [])];
const [a, b] = virtio.devices().map((found) => open(found, features));
const tx = a.queue(1, { size: 8 });
const rx = b.queue(0, { size: 16 });
a.status |= 4;
b.status |= 4;
for (let i = 0; i < 12; i++) rx.publish(rx.add({ writable: [b.dma.alloc(${small ? 64 : 2048})] }));
rx.notify();
${lengths
  .map(
    (length, n) => `{
  const header = a.dma.alloc(12);
  const frame = a.dma.alloc(${length});
  const bytes = new Uint8Array(${length}).map((_, i) => i < 6 ? 255 : (i * 7 + ${n}) & 255);
  frame.write(bytes);
  tx.publish(tx.add({ readable: [header, frame], indirect: options.indirect === true }));
  tx.notify();
  if (!tx.pop()) throw new Error('not sent');
}`,
  )
  .join('\n')}
`;

const frameOf = (length: number, n: number): number[] =>
  Array.from({ length }, (_, i) => (i < 6 ? 255 : (i * 7 + n) & 255));

function machine(): DirectGuest {
  return new DirectGuest(
    [
      '-M pc -m 64 -nodefaults',
      '-netdev hubport,id=h0,hubid=0 -device virtio-net-pci,netdev=h0,id=left,disable-legacy=on,packed=on',
      '-netdev hubport,id=h1,hubid=0 -device virtio-net-pci,netdev=h1,id=right,disable-legacy=on,packed=on',
    ].join(' '),
  );
}

function sourceOf(guest: DirectGuest): ExportSource {
  const folder = new Folder(guest.store);
  const device = (dev: number) => guest.machine.devices[dev] as { deviceId?: number } | undefined;
  return {
    store: guest.store,
    momentAt: (at) => folder.momentAt(at),
    names: {
      device: (dev) => `dev${dev}`,
      virtioId: (dev) => device(dev)?.deviceId,
      queue: () => undefined,
    },
  };
}

const fileOf = (source: ExportSource): Uint8Array =>
  Uint8Array.from([...exportPcapng(source)].flatMap((piece) => [...piece]));

describe('the pcapng file', () => {
  it.each([
    [{}, false],
    [{ packed: true }, false],
    [{ indirect: true }, false],
    [{ packed: true, indirect: true }, false],
    [{ mergeable: true }, true],
    [{ packed: true, mergeable: true }, true],
  ])(
    '[5.1.9] holds each frame as it was sent and as it was received, without the header: %o',
    (options, small) => {
      const lengths = [60, 61, 300, 62];
      const guest = machine();
      expect(guest.run(talk(lengths, options, small))).toEqual({ kind: 'ended' });
      guest.events();
      const source = sourceOf(guest);
      const [section, ...rest] = readPcapng(fileOf(source));
      expect(section?.type).toBe(0x0a0d0d0a);
      expect(section?.body.getUint32(0, true)).toBe(0x1a2b3c4d);
      expect(section?.body.getUint16(4, true)).toBe(1);
      const interfaces = rest.filter(({ type }) => type === 1);
      expect(interfaces.map(({ body }) => body.getUint16(0, true))).toEqual([1, 1]);
      const packets = rest
        .filter(({ type }) => type === 6)
        .map(({ body, options: found }) => {
          const length = body.getUint32(12, true);
          expect(body.getUint32(16, true)).toBe(length);
          const event = body.getUint32(4, true) * 2 ** 32 + body.getUint32(8, true);
          return {
            kind: guest.store.get(event).kind,
            card: body.getUint32(0, true),
            direction: (found.get(2)?.[0] ?? 0) & 3,
            frame: [...new Uint8Array(body.buffer, body.byteOffset + 20, length)],
          };
        });
      expect(packets).toEqual(
        lengths.flatMap((length, n) => [
          { kind: 'chainPopped', card: 0, direction: 2, frame: frameOf(length, n) },
          { kind: 'chainPushed', card: 1, direction: 1, frame: frameOf(length, n) },
        ]),
      );
    },
  );

  it('has no packets of devices that have none, and says so', () => {
    const guest = new DirectGuest();
    guest.run(`import { virtio, VirtioBlk } from 'guest'; virtio.probe(VirtioBlk).read(1);`);
    guest.events();
    const source = sourceOf(guest);
    const blocks = readPcapng(fileOf(source));
    expect(blocks.map(({ type }) => type)).toEqual([0x0a0d0d0a]);
    expect(new TextDecoder().decode(blocks[0]?.options.get(1))).toContain('are not packets');
    expect(hasPackets(guest.machine.devices.length, source.names.virtioId)).toBe(false);
  });
});
