/** A request as its device wants it. */
export interface GoodRequest {
  readonly queue: number;
  readonly readable: readonly number[];
  /** Bytes that the device may write. */
  readonly writable: number;
  /** Whether the last byte that it writes is a status, which is then this. */
  readonly status?: number;
}

const words = (...values: number[]): number[] =>
  values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
const zeros = (count: number): number[] => new Array(count).fill(0);

/**
 * Requests that the devices of a kind answer at once. They show that a device lives, and are what
 * hostile requests are made of.
 */
export const GOOD_REQUESTS: Readonly<Record<string, readonly GoodRequest[]>> = {
  blk: [
    { queue: 0, readable: words(0, 0, 1, 0), writable: 513, status: 0 },
    { queue: 0, readable: [...words(1, 0, 2, 0), ...zeros(512)], writable: 1, status: 0 },
    { queue: 0, readable: words(8, 0, 0, 0), writable: 21, status: 0 },
    { queue: 0, readable: words(4, 0, 0, 0), writable: 1, status: 0 },
    { queue: 1, readable: [...words(13, 0, 0, 0), ...words(0, 0, 1, 0)], writable: 1, status: 0 },
  ],
  rng: [{ queue: 0, readable: [], writable: 64 }],
  net: [
    { queue: 1, readable: [...zeros(12), ...zeros(60)], writable: 0 },
    { queue: 2, readable: [0, 0, 1], writable: 1 },
  ],
  serial: [
    { queue: 1, readable: [...new TextEncoder().encode('hello')], writable: 0 },
    { queue: 3, readable: [...words(0xffff_ffff), 0, 0, 1, 0], writable: 0 },
    { queue: 3, readable: [...words(0), 3, 0, 1, 0], writable: 0 },
  ],
  scsi: [
    {
      queue: 2,
      readable: [1, 0, 0x40, 0, ...zeros(15), 0x12, 0, 0, 0, 36, ...zeros(27)],
      writable: 108 + 36,
    },
    { queue: 0, readable: [...words(0, 0), 1, 0, 0x40, 0, ...zeros(12)], writable: 1 },
  ],
  balloon: [
    { queue: 0, readable: words(0x3ff), writable: 0 },
    { queue: 1, readable: words(0x3ff), writable: 0 },
  ],
  gpu: [{ queue: 0, readable: words(0x100, 0, 0, 0, 0, 0), writable: 408 }],
  keyboard: [{ queue: 1, readable: [0x11, 0, 0, 0, 0, 0, 0, 0], writable: 0 }],
  tablet: [{ queue: 1, readable: zeros(8), writable: 0 }],
  iommu: [{ queue: 0, readable: [1, 0, 0, 0, ...words(1, 0x20, 0, 0)], writable: 4 }],
  mem: [{ queue: 0, readable: [3, ...zeros(23)], writable: 16 }],
  pmem: [{ queue: 0, readable: words(0), writable: 4 }],
  crypto: [
    { queue: 0, readable: zeros(72), writable: 64 },
    { queue: 1, readable: [...words(2, 0, 0, 0), ...zeros(56)], writable: 16 },
  ],
  '9p': [
    {
      queue: 0,
      readable: [
        ...words(19),
        100,
        0xff,
        0xff,
        ...words(8192),
        6,
        0,
        ...new TextEncoder().encode('9P2000'),
      ],
      writable: 64,
    },
  ],
};
