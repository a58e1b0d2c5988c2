import { expect, test } from 'vitest';
import { AddressSpace } from '../../memory/address-space.ts';
import { MemoryRegion, WHOLE } from '../../memory/memory-region.ts';
import { infoFlatViews, infoMtree } from './info-mtree.ts';

/** What QEMU 7.2 prints of such regions, shortened to their least. */
function spaces(): AddressSpace[] {
  const system = MemoryRegion.container('system');
  const ram = MemoryRegion.memory('ram', 'pc.ram', 0x1000);
  system.addSubregion(0, MemoryRegion.alias('ram-below-4g', ram, 0, 0x1000));
  system.addSubregion(0x800, MemoryRegion.io('off', 0x100, undefined, { enabled: false }));
  const rom = MemoryRegion.memory('rom', 'pc.rom', 0x200);
  system.addSubregion(0x400, rom, 1);
  const master = MemoryRegion.container('bus master container');
  const all = MemoryRegion.alias('bus master', system, 0, WHOLE, { enabled: false });
  master.addSubregion(0, all);
  return [
    new AddressSpace('memory', system),
    new AddressSpace('cpu-memory-0', system),
    new AddressSpace('virtio-blk-pci', master),
  ];
}

test('spaces of one root are listed together, in order of their names; aliases name their targets once', () => {
  expect(infoMtree(spaces(), { owners: false, disabled: false })).toBe(
    `address-space: cpu-memory-0
address-space: memory
  0000000000000000-ffffffffffffffff (prio 0, i/o): system
    0000000000000000-0000000000000fff (prio 0, ram): alias ram-below-4g @pc.ram 0000000000000000-0000000000000fff
    0000000000000400-00000000000005ff (prio 1, rom): pc.rom

address-space: virtio-blk-pci
  0000000000000000-ffffffffffffffff (prio 0, i/o): bus master container

memory-region: pc.ram
  0000000000000000-0000000000000fff (prio 0, ram): pc.ram

memory-region: system
  0000000000000000-ffffffffffffffff (prio 0, i/o): system
    0000000000000000-0000000000000fff (prio 0, ram): alias ram-below-4g @pc.ram 0000000000000000-0000000000000fff
    0000000000000400-00000000000005ff (prio 1, rom): pc.rom

`,
  );
});

test('-D shows what is switched off, -o that nobody owns it', () => {
  const text = infoMtree(spaces(), { owners: true, disabled: true });
  expect(text).toContain(
    '    0000000000000800-00000000000008ff (prio 0, i/o): off [disabled] orphan\n',
  );
});

test('-f shows once what several spaces come down to', () => {
  expect(infoFlatViews(spaces(), false)).toBe(`FlatView #0
 AS "memory", root: system
 AS "cpu-memory-0", root: system
 Root memory region: system
  0000000000000000-00000000000003ff (prio 0, ram): pc.ram
  0000000000000400-00000000000005ff (prio 1, rom): pc.rom
  0000000000000600-0000000000000fff (prio 0, ram): pc.ram @0000000000000600

FlatView #1
 AS "virtio-blk-pci", root: bus master container
 Root memory region: (none)
  No rendered FlatView

`);
});
