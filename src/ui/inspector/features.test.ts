import { describe, expect, it } from 'vitest';
import { featureBits } from './features.ts';

describe('featureBits', () => {
  it('[5.2.3] names a block device’s own bits', () => {
    expect(featureBits(2, 2 ** 9, 0)).toMatchObject([
      { bit: 9, name: 'VIRTIO_BLK_F_FLUSH', offered: true, accepted: false },
    ]);
  });

  it('[6] names the bits that every device shares, above bit 31 too', () => {
    const bits = featureBits(4, 2 ** 32 + 2 ** 28, 2 ** 32);
    expect(bits.map(({ name, accepted }) => [name, accepted])).toEqual([
      ['VIRTIO_F_INDIRECT_DESC', false],
      ['VIRTIO_F_VERSION_1', true],
    ]);
  });

  it('shows a bit without a name, and one that was accepted without an offer', () => {
    expect(featureBits(4, 0, 2 ** 3)).toEqual([
      { bit: 3, name: undefined, doc: undefined, offered: false, accepted: true },
    ]);
  });
});
