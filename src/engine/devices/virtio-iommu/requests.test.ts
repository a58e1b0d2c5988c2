import { expect, test } from 'vitest';
import { VIRTIO_IOMMU_S as S, VIRTIO_IOMMU_T as T } from '../../../spec/iommu.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

const MAP_UNMAP = 2;
/** The host bridge: an endpoint of every machine. */
const ENDPOINT = 0;

/** Starts an IOMMU; the status of a request of 32-bit words behind its type. */
function requests(): (type: number, ...words: number[]) => number {
  const rig = new DeviceRig('-device virtio-iommu-pci');
  const queue = rig.start([MAP_UNMAP]);
  return (type, ...words) => {
    const request = rig.buffer(4 + 4 * words.length).u32(0, type);
    for (const [i, word] of words.entries()) request.u32(4 + 4 * i, word);
    const tail = rig.buffer(4);
    expect(rig.send(queue, [request], [tail])).toBe(4);
    return tail.u8(0);
  };
}

const map = (first: number, last: number) => [1, first, 0, last, 0, 0x10_0000, 0, 3] as const;

test('[5.13.6.5] a mapping needs a domain and a range that is free', () => {
  const ask = requests();
  expect(ask(T.MAP, ...map(0x1000, 0x1fff))).toBe(S.NOENT);
  expect(ask(T.ATTACH, 1, ENDPOINT, 0, 0)).toBe(S.OK);
  expect(ask(T.MAP, ...map(0x1000, 0x2fff))).toBe(S.OK);
  expect(ask(T.MAP, ...map(0x2000, 0x3fff))).toBe(S.INVAL);
  expect(ask(T.MAP, ...map(0x3000, 0x3fff))).toBe(S.OK);
});

test('[5.13.6.6] unmapping takes whole mappings only', () => {
  const ask = requests();
  ask(T.ATTACH, 1, ENDPOINT, 0, 0);
  ask(T.MAP, ...map(0x1000, 0x2fff));
  expect(ask(T.UNMAP, 1, 0x1000, 0, 0x1fff, 0, 0)).toBe(S.RANGE);
  expect(ask(T.UNMAP, 1, 0x1000, 0, 0x2fff, 0, 0)).toBe(S.OK);
  expect(ask(T.MAP, ...map(0x1000, 0x1fff))).toBe(S.OK);
});

test('[5.13.6.3] an endpoint that is none cannot be attached, nor [5.13.6.4] one be detached from elsewhere', () => {
  const ask = requests();
  expect(ask(T.ATTACH, 1, 0x5555, 0, 0)).toBe(S.NOENT);
  expect(ask(T.ATTACH, 1, ENDPOINT, 0, 0)).toBe(S.OK);
  expect(ask(T.DETACH, 2, ENDPOINT, 0, 0)).toBe(S.INVAL);
  expect(ask(T.DETACH, 1, ENDPOINT, 0, 0)).toBe(S.OK);
});
