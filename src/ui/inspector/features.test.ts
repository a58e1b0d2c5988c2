import { describe, expect, it } from 'vitest';
import { featureEffect } from '../../spec/feature-effects.ts';
import { sectionTitle } from '../../spec/sections.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { featureBits } from './features.ts';

const { FEATURES_OK } = STATUS;

describe('featureBits', () => {
  it('[5.2.3] names a block device’s own bits', () => {
    expect(featureBits(2, { offered: 2 ** 9, accepted: 0, status: 0 })).toMatchObject([
      { bit: 9, name: 'VIRTIO_BLK_F_FLUSH', state: 'offered', follows: undefined },
    ]);
  });

  it('[6] names the bits that every device shares, above bit 31 too', () => {
    const offered = 2 ** 34 + 2 ** 32 + 2 ** 28;
    const bits = featureBits(4, { offered, accepted: 2 ** 32, status: FEATURES_OK });
    expect(bits.map(({ name, state }) => [name, state])).toEqual([
      ['VIRTIO_F_INDIRECT_DESC', 'not accepted'],
      ['VIRTIO_F_VERSION_1', 'accepted'],
      ['VIRTIO_F_RING_PACKED', 'not accepted'],
    ]);
    expect(bits[2]).toMatchObject({ section: '2.8', follows: expect.stringMatching(/split/) });
  });

  it('shows a bit without a name, and one that was accepted without an offer', () => {
    expect(featureBits(4, { offered: 0, accepted: 2 ** 3, status: FEATURES_OK })).toMatchObject([
      { bit: 3, name: undefined, section: undefined, state: 'accepted, not offered' },
    ]);
  });

  it('[2.2.1] tells what a feature requires and the driver left out', () => {
    const [guestTso4, ...others] = featureBits(1, {
      offered: 2 ** 7 + 2,
      accepted: 2 ** 7,
      status: FEATURES_OK,
    }).toReversed();
    expect(guestTso4).toMatchObject({ bit: 7, lacks: ['VIRTIO_NET_F_GUEST_CSUM'] });
    expect(others).toMatchObject([{ bit: 1, state: 'not accepted', lacks: [] }]);
  });

  it('cites sections that exist', () => {
    let found = 0;
    for (let device = 0; device < 48; device++)
      for (const { section, name } of featureBits(device, {
        offered: 2 ** 53 - 1,
        accepted: 0,
        status: 0,
      }))
        if (section !== undefined) {
          found++;
          expect(sectionTitle(section), `${device} ${name}`).toBeDefined();
        }
    expect(found).toBeGreaterThan(100);
    expect(featureEffect(0, VIRTIO_F.VIRTIO_F_IN_ORDER)?.refused).toMatch(/any order/);
  });
});
