import { describe, expect, test } from 'vitest';
import { VIRTIO_BLK_CONFIG, VIRTIO_BLK_F, VIRTIO_BLK_T } from '../../../spec/blk.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

const DRIVE = '-drive if=none,id=d0,file=disk,format=raw';
const DISK = `${DRIVE} -device virtio-blk-pci,drive=d0`;
const OK = 0;
const IOERR = 1;
const UNSUPP = 2;

/** 64 sectors; every byte of a sector holds its number. */
function image(sectors = 64): Uint8Array {
  return Uint8Array.from({ length: sectors * 512 }, (_, i) => i >> 9);
}

function rig(line = DISK): DeviceRig {
  return new DeviceRig(line, { disk: image() });
}

function header(type: number, sector = 0): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setBigUint64(8, BigInt(sector), true);
  return bytes;
}

/** Sends one request; `data` is what it writes, or how many bytes it reads. */
function request(
  test: DeviceRig,
  queue: ReturnType<DeviceRig['start']>,
  type: number,
  sector: number,
  data: Uint8Array | number,
) {
  const head = test.buffer(header(type, sector));
  const body = data === 0 ? undefined : test.buffer(data);
  const status = test.buffer(Uint8Array.of(0xff));
  const reads = typeof data === 'number';
  const length = test.send(
    queue,
    body && !reads ? [head, body] : [head],
    body && reads ? [body, status] : [status],
  );
  return { length, status: status.u8(0), bytes: body?.bytes() ?? new Uint8Array() };
}

describe('virtio-blk requests', () => {
  test('[5.2.6.2] IN reads sectors, and counts the status byte as written', () => {
    const test = rig();
    const answer = request(test, test.start(), VIRTIO_BLK_T.IN, 3, 1024);
    expect(answer).toMatchObject({ length: 1025, status: OK });
    expect(new Set(answer.bytes.subarray(0, 512))).toEqual(new Set([3]));
    expect(new Set(answer.bytes.subarray(512))).toEqual(new Set([4]));
  });

  test('[5.2.6.2] OUT writes what a later IN reads, and leaves the image alone', () => {
    const disk = image();
    const test = new DeviceRig(DISK, { disk });
    const queue = test.start();
    const content = new Uint8Array(512).fill(0xab);
    expect(request(test, queue, VIRTIO_BLK_T.OUT, 5, content)).toMatchObject({
      length: 1,
      status: OK,
    });
    expect(request(test, queue, VIRTIO_BLK_T.IN, 5, 512).bytes).toEqual(content);
    expect(request(test, queue, VIRTIO_BLK_T.IN, 6, 512).bytes[0]).toBe(6);
    expect(disk).toEqual(image());
  });

  test('[5.2.6] FLUSH, GET_ID and an unknown type', () => {
    const test = rig(`${DISK},serial=ABC`);
    const queue = test.start();
    expect(request(test, queue, VIRTIO_BLK_T.FLUSH, 0, 0)).toMatchObject({ length: 1, status: OK });
    const id = request(test, queue, VIRTIO_BLK_T.GET_ID, 0, 20);
    expect(id).toMatchObject({ length: 21, status: OK });
    expect([...id.bytes.subarray(0, 4)]).toEqual([65, 66, 67, 0]);
    expect(request(test, queue, 98, 0, 0)).toMatchObject({ length: 1, status: UNSUPP });
  });

  test('[5.2.6.2] a transfer beyond the end, or of a broken sector, fails and changes nothing', () => {
    const test = rig();
    const queue = test.start();
    expect(request(test, queue, VIRTIO_BLK_T.IN, 63, 1024).status).toBe(IOERR);
    expect(request(test, queue, VIRTIO_BLK_T.IN, 2 ** 40, 512).status).toBe(IOERR);
    expect(request(test, queue, VIRTIO_BLK_T.OUT, 0, new Uint8Array(100)).status).toBe(IOERR);
    expect(request(test, queue, VIRTIO_BLK_T.IN, 0, 512).bytes[0]).toBe(0);
  });

  test('[5.2.6.2] a read-only disk says so and refuses writes', () => {
    const test = rig(DISK.replace('format=raw', 'format=raw,readonly=on'));
    expect(test.device.deviceFeatures & (1n << BigInt(VIRTIO_BLK_F.VIRTIO_BLK_F_RO))).not.toBe(0n);
    expect(request(test, test.start(), VIRTIO_BLK_T.OUT, 0, new Uint8Array(512)).status).toBe(
      IOERR,
    );
  });

  test('[5.2.6.2] WRITE_ZEROES clears sectors, within its limit', () => {
    const test = rig();
    const queue = test.start();
    const segment = (sector: number, count: number) => {
      const bytes = new Uint8Array(16);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(sector), true);
      new DataView(bytes.buffer).setUint32(8, count, true);
      return bytes;
    };
    expect(request(test, queue, VIRTIO_BLK_T.WRITE_ZEROES, 0, segment(7, 2)).status).toBe(OK);
    const after = request(test, queue, VIRTIO_BLK_T.IN, 6, 4 * 512).bytes;
    expect([after[0], after[512], after[1024], after[1536]]).toEqual([6, 0, 0, 9]);
    expect(request(test, queue, VIRTIO_BLK_T.WRITE_ZEROES, 0, segment(60, 5)).status).toBe(IOERR);
  });

  test('reads that wait together go to the drive in the order of their sectors', () => {
    const test = rig();
    const queue = test.start([], 16);
    for (const sector of [9, 2, 5]) {
      const parts = {
        readable: [test.buffer(header(VIRTIO_BLK_T.IN, sector))],
        writable: [test.buffer(512), test.buffer(1)],
      };
      queue.offer(queue.add(parts));
    }
    queue.publish();
    queue.notify();
    expect(test.events('backendRequest').map(({ position }) => position / 512)).toEqual([2, 5, 9]);
  });
});

describe('virtio-blk chains that are no requests', () => {
  test.each([
    ['no writable byte', 16, 0, 'virtio-blk missing headers'],
    ['no readable byte', 0, 1, 'virtio-blk missing headers'],
    ['a short header', 8, 1, 'virtio-blk request outhdr too short'],
  ])('[5.2.6] %s stops the device until a reset', (_what, readable, writable, message) => {
    const test = rig();
    const queue = test.start();
    const parts = (length: number) => (length > 0 ? [test.buffer(length)] : []);
    expect(test.send(queue, parts(readable), parts(writable))).toBe(-1);
    expect(test.events('log').map(({ text }) => text)).toContain(message);
    expect(test.transport.status & 0x40).toBe(0x40);
    expect(request(test, test.start(), VIRTIO_BLK_T.IN, 1, 512).status).toBe(OK);
  });
});

describe('virtio-blk configuration', () => {
  test('[5.2.4] capacity, block size and segment limit', () => {
    const test = rig(`${DISK},logical_block_size=1024,physical_block_size=4096`);
    test.start();
    const read = (name: keyof typeof VIRTIO_BLK_CONFIG, size: 1 | 2 | 4) =>
      test.transport.readConfig(VIRTIO_BLK_CONFIG[name].offset, size);
    expect(read('capacity', 4)).toBe(64);
    expect(read('blk_size', 4)).toBe(1024);
    expect(read('physical_block_exp', 1)).toBe(2);
    expect(read('seg_max', 4)).toBe(254);
  });

  test('[5.2.5.2] the cache mode can be switched where CONFIG_WCE was negotiated', () => {
    const test = rig();
    test.start([VIRTIO_BLK_F.VIRTIO_BLK_F_CONFIG_WCE, VIRTIO_BLK_F.VIRTIO_BLK_F_FLUSH]);
    const { offset } = VIRTIO_BLK_CONFIG.writeback;
    expect(test.transport.readConfig(offset, 1)).toBe(1);
    test.transport.writeConfig(offset, 1, 0);
    expect(test.transport.readConfig(offset, 1)).toBe(0);
  });

  test('[5.2.5.2] a driver that cannot flush gets a write-through cache', () => {
    const test = rig();
    test.start();
    expect(test.transport.readConfig(VIRTIO_BLK_CONFIG.writeback.offset, 1)).toBe(0);
  });
});
