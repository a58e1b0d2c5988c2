import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { VIRTIO_SCSI_S as S } from '../../../spec/scsi.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

/** A command, its unit, room for data, and QEMU's answer: header of the response, sense data, data; bytes as hex. */
type Row = readonly [
  label: string,
  target: number,
  lun: number,
  cdb: string,
  room: number,
  response: string,
  sense: string,
  data: string,
];

const recorded = JSON.parse(
  readFileSync(`${import.meta.dirname}/../../../testing/golden/scsi-commands.json`, 'utf8'),
) as { readonly line: string; readonly commands: readonly Row[] };

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));

/** A SCSI host whose request queue takes one command after the other. */
class Host {
  readonly rig: DeviceRig;
  readonly #queue;

  constructor(line: string, image = new Uint8Array(1 << 20)) {
    this.rig = new DeviceRig(line, { 'img/disk.raw': image });
    this.rig.start();
    this.#queue = this.rig.transport.queue(2, { size: 8 });
  }

  command(target: number, lun: number, cdb: Uint8Array, room = 0, out = new Uint8Array(0)) {
    const request = new Uint8Array(51);
    request.set([1, target, lun === 0 ? 0 : 0x40 | (lun >> 8), lun & 0xff]);
    request.set(cdb, 19);
    // QEMU counts what it read as written, too; the driver refuses to believe it where there is no room for that.
    const response = this.rig.buffer(2048);
    const data = this.rig.buffer(Math.max(room, 1));
    const readable = [this.rig.buffer(request), ...(out.length > 0 ? [this.rig.buffer(out)] : [])];
    this.rig.send(this.#queue, readable, room > 0 ? [response, data] : [response]);
    const bytes = response.bytes();
    const senseLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    return {
      response: hex(bytes.subarray(0, 12)),
      code: bytes[11],
      status: bytes[10],
      sense: hex(bytes.subarray(12, 12 + senseLength)),
      data: room > 0 ? data.bytes() : new Uint8Array(0),
    };
  }
}

describe('[5.6.6.1] commands end as QEMU 7.2 ends them', () => {
  const host = new Host(recorded.line);
  test.each(recorded.commands)('%s of %d:%d', (_label, target, lun, cdb, room, ...expected) => {
    const [response, sense, data] = expected;
    const got = host.command(target, lun, bytesOf(cdb), room);
    expect([got.response, got.sense]).toEqual([response, sense]);
    expect(hex(got.data.subarray(0, data.length / 2))).toBe(data);
  });
});

const DISK =
  '-drive if=none,id=d,file=img/disk.raw,format=raw -device virtio-scsi-pci -device scsi-hd,drive=d,scsi-id=1';

test('[5.6.6.1] what is written is read back, and the drive is asked once each', () => {
  const host = new Host(DISK);
  host.command(1, 0, new Uint8Array(6));
  const block = Uint8Array.from({ length: 512 }, (_, i) => i & 0xff);
  const at = [0, 0, 0, 0, 7, 0, 0, 1, 0];
  expect(host.command(1, 0, Uint8Array.of(0x2a, ...at), 0, block).status).toBe(0);
  expect(host.command(1, 0, Uint8Array.of(0x28, ...at), 512).data).toEqual(block);
  const asked = host.rig.events('backendRequest').map(({ op, position }) => [op, position]);
  expect(asked).toEqual([
    [1, 7 * 512],
    [0, 7 * 512],
  ]);
});

test('[5.6.6.1] a transfer in the wrong direction, or longer than its buffer, is an overrun', () => {
  const host = new Host(DISK);
  host.command(1, 0, new Uint8Array(6));
  const read = Uint8Array.of(0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0);
  expect(host.command(1, 0, read, 512).code).toBe(S.OVERRUN);
  expect(host.command(1, 0, read, 0, new Uint8Array(1024)).code).toBe(S.OVERRUN);
  expect(host.command(1, 0, read, 512, new Uint8Array(512)).code).toBe(S.FAILURE);
  expect(host.command(7, 0, read, 1024).code).toBe(S.BAD_TARGET);
});
