import { describe, expect, it } from 'vitest';
import { PCI_CONFIG } from '../../spec/pci.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import type { Deed } from '../../testing/random-journal.ts';
import { DEV, HOST, read, told, words, write } from '../../testing/told.ts';

describe('PCI configuration in words', () => {
  const ports = REGION_INDEX['pci-config-ports'];
  const select = (place: number) => write(ports, 0, 4, 0x8000_0000 + place, HOST);
  const data = (offset: number, size: number, value: number) =>
    read(ports, 4 + (offset & 3), size, value, HOST);
  const at = (offset: number) => 0x1000 + offset;

  it('[4.1.2] knows a virtio device when it is found', () => {
    expect(words(select(at(0)))).toEqual([
      'CONFIG_ADDRESS ← 0x80001000',
      'Selects VendorID and DeviceID in the configuration space of 00:02.0.',
      'PCI 3.0 §3.2.2.3.2',
    ]);
    expect(words(select(at(0)), data(0, 4, 0x1001_1af4))).toEqual([
      '00:02.0: 1af4:1001',
      '00:02.0 holds a virtio device, transitional, of kind block.',
      '4.1.2',
    ]);
    expect(words(select(at(0)), data(0, 4, 0x1044_1af4))[1]).toContain(
      'modern only, of kind entropy',
    );
    expect(words(select(at(0)), data(0, 4, 0xffff_ffff))[1]).toBe(
      'There is no function at 00:02.0.',
    );
  });

  it('sizes a BAR and places it', () => {
    const bar4 = at(PCI_CONFIG.BAR4.offset);
    const bar5 = at(PCI_CONFIG.BAR5.offset);
    const to = (value: number): Deed => write(ports, 4, 4, value, HOST);
    const story = told([
      select(bar4),
      to(0xffff_ffff),
      data(0, 4, 0xffff_c00c),
      select(bar5),
      to(0xffff_ffff),
      data(0, 4, 0xffff_ffff),
      select(bar4),
      to(0xfe00_0000),
      select(bar5),
      to(0),
    ]).map(({ text }) => text);
    expect(story[2]).toBe('The BAR is 16 KiB of memory, 64-bit, prefetchable.');
    expect(story[5]).toBe('The upper half of a 64-bit base address.');
    expect(story[7]).toBe('The device is to answer from 0xfe000000 on.');
    expect(story[9]).toBe('The upper half of a 64-bit base address.');
  });

  it('[4.1.4] knows a capability as far as the guest has walked the list', () => {
    const walk = [
      select(at(0x34)),
      data(0x34, 1, 0x70),
      select(at(0x70)),
      data(0x70, 4, 0x0214_6009),
      select(at(0x78)),
      data(0x78, 4, 0x3000),
      select(at(0x80)),
      data(0x80, 4, 4),
    ];
    const story = told(walk);
    expect(story[3]).toMatchObject({
      title: '00:02.0 NOTIFY_CFG cap_vndr, cap_next, cap_len, cfg_type: 0x02146009',
      text: 'The capability at 0x70 is for notifications. The next one is at 0x60.',
      section: '4.1.4',
    });
    expect(story[5]?.text).toBe(
      'The capability at 0x70 is for notifications. It begins 0x3000 bytes into its BAR.',
    );
    expect(story[7]).toMatchObject({
      title: '00:02.0 NOTIFY_CFG notify_off_multiplier: 0x00000004',
      text: 'The capability at 0x70 is for notifications. Doorbells are 4 bytes apart.',
    });
    expect(words(select(at(0x78)), data(0x78, 4, 0x3000))[1]).toBe(
      '4 bytes of the configuration space of 00:02.0.',
    );
  });

  it('reads the same from an access by memory', () => {
    const ecam = REGION_INDEX['pci-ecam'];
    const place = 2 << 15;
    expect(words(read(ecam, place, 4, 0x1042_1af4))[0]).toBe('00:02.0: 1af4:1042');
    expect(words(write(ecam, place + 4, 2, 7))).toEqual([
      '00:02.0 Command ← 0x0007',
      expect.stringContaining('MASTER'),
      'PCI 3.0 §6.2.2',
    ]);
    const walk = [read(ecam, place + 0x34, 1, 0x98), read(ecam, place + 0x98, 4, 0x0001_8411)];
    expect(words(...walk)[1]).toBe('The capability at 0x98 is for MSI-X, the next one at 0x84.');
    expect(words(read(ecam, (1 << 20) | (3 << 15), 4, 0xffff_ffff))[1]).toContain('01:03.0');
  });

  it('reads the same from an access in its decoded form', () => {
    const decoded: Deed = (j) =>
      j.setValue(
        j.register(false, 'pciConfig', at(0), 4, 0, DEV, REGION_INDEX['pci-config'], 0),
        0x1001_1af4,
      );
    expect(words(decoded)[0]).toBe('00:02.0: 1af4:1001');
  });
});
