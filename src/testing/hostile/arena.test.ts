import { describe, expect, test } from 'vitest';
import { Machine } from '../../engine/machine/machine.ts';
import { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { SPLIT } from '../../spec/virtio.ts';
import { mmio } from '../differential/transports.ts';
import { goldenHost } from '../golden.ts';
import { BUFFERS, LONGEST_TABLE, placeRing, RAM_END, RINGS, TABLES } from './arena.ts';

const BASE = 0xfeb0_0e00;
const LINE =
  '-nodefaults -M microvm,ioapic2=off -m 4 -global virtio-mmio.force-legacy=on -object cryptodev-backend-builtin,id=k0 -device virtio-crypto-device,cryptodev=k0';

/** Every area of every ring, and what lies behind the rings: from where to where. */
function pieces(legacy: boolean, size: number): (readonly [number, number])[] {
  const rings = Array.from({ length: RINGS }, (_, queue) => {
    const { desc, driver, device } = placeRing(queue, legacy, size);
    return [
      [desc, desc + SPLIT.descTable(size)],
      [driver, driver + SPLIT.availRing(size)],
      [device, device + SPLIT.usedRing(size)],
    ] as const;
  });
  return [
    ...rings.flat(),
    [TABLES.from, TABLES.to + LONGEST_TABLE],
    [BUFFERS.from, BUFFERS.to],
    [RAM_END, RAM_END],
  ];
}

describe('[2.7] rings of any size lie apart', () => {
  test.each([1, 3, 16, 128, 256, 1000, 1024])('%i entries', (size) => {
    for (const legacy of [false, true])
      for (const [i, [, end]] of pieces(legacy, size).entries()) {
        const next = pieces(legacy, size)[i + 1];
        if (next) expect(end).toBeLessThanOrEqual(next[0]);
      }
  });
});

test('[2.7.2] a legacy ring lies where its device looks for it', () => {
  const machine = Machine.build(`qemu-system-x86_64 ${LINE}`, goldenHost());
  const transport = mmio(BASE, true);
  const vdev = machine.devices.find((device) => device instanceof VirtioDevice);
  for (const [queue, size] of [1024, 16].entries()) {
    const placed = placeRing(queue, true, size);
    for (const access of [...transport.prepare, ...transport.setUpQueue(queue, size, placed, 1)])
      if (access.op === 'write') machine.write('memory', access.address, 4, access.value);
    expect(vdev?.queues[queue]?.vq.addresses).toEqual(placed);
  }
});
