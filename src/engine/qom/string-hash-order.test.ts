import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StringHashOrder } from './string-hash-order.ts';

/** Names and the order in which QEMU 7.2 listed them, which is the table's, backwards. */
function listed(names: readonly string[]): string[] {
  return new StringHashOrder(names).names().reverse();
}

describe('the order of a hash table of strings', () => {
  test('is that of the class properties of virtio-device', () => {
    expect(
      listed([
        ...['indirect_desc', 'event_idx', 'notify_on_empty', 'any_layout', 'iommu_platform'],
        ...['packed', 'queue_reset', 'use-started', 'use-disabled-flag', 'x-disable-legacy-check'],
      ]),
    ).toEqual([
      ...['queue_reset', 'use-disabled-flag', 'packed', 'iommu_platform', 'event_idx'],
      ...[
        'x-disable-legacy-check',
        'notify_on_empty',
        'any_layout',
        'use-started',
        'indirect_desc',
      ],
    ]);
  });

  test('is that of the aliases of virtio-rng-pci, which grow the table twice', () => {
    expect(
      listed([
        ...['virtio-backend', 'max-bytes', 'period', 'rng'],
        ...['indirect_desc', 'event_idx', 'notify_on_empty', 'any_layout', 'iommu_platform'],
        ...['packed', 'queue_reset', 'use-started', 'use-disabled-flag', 'x-disable-legacy-check'],
      ]),
    ).toEqual([
      ...['x-disable-legacy-check', 'queue_reset', 'use-disabled-flag', 'packed'],
      ...['iommu_platform', 'virtio-backend', 'event_idx', 'period', 'notify_on_empty'],
      ...['max-bytes', 'any_layout', 'use-started', 'rng', 'indirect_desc'],
    ]);
  });

  test('has each name once, and forgets those that left', () => {
    const order = new StringHashOrder(['a', 'b', 'a']);
    expect([order.size, order.has('a'), order.has('c')]).toEqual([2, true, false]);
    order.delete('a');
    order.delete('c');
    expect([order.size, order.has('a'), order.names()]).toEqual([1, false, ['b']]);
  });

  test('holds exactly what was added and not deleted', () => {
    const step = fc.record({ add: fc.boolean(), name: fc.nat(60).map((n) => `child[${n}]`) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const order = new StringHashOrder();
        const model = new Set<string>();
        for (const { add, name } of steps) {
          if (add) order.add(name);
          else order.delete(name);
          if (add) model.add(name);
          else model.delete(name);
          if (order.has(name) !== model.has(name)) return false;
        }
        return order.size === model.size && order.names().every((name) => model.has(name));
      }),
    );
  });
});
