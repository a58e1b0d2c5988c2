import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../machine.ts';
import { runSeaBios } from './seabios.ts';

const BRIDGES =
  '-M pc -m 64 -nodefaults -device pci-bridge,id=b1,chassis_nr=1 ' +
  '-device pci-bridge,id=b2,bus=b1,chassis_nr=2,addr=5 -device virtio-rng-pci,id=rng,bus=b2,addr=3';

/** What QEMU 7.2 prints of them once SeaBIOS has run. */
const PROGRAMMED = `  Bus  0, device   2, function 0:
    PCI bridge: PCI device 1b36:0001
      IRQ 10, pin A
      BUS 0.
      secondary bus 1.
      subordinate bus 2.
      IO range [0xc000, 0xcfff]
      memory range [0xfe400000, 0xfe7fffff]
      prefetchable memory range [0xfea00000, 0xfebfffff]
      BAR0: 64 bit memory at 0xfe800000 [0xfe8000ff].
      id "b1"
  Bus  1, device   5, function 0:
    PCI bridge: PCI device 1b36:0001
      IRQ 11, pin A
      BUS 1.
      secondary bus 2.
      subordinate bus 2.
      IO range [0xc000, 0xcfff]
      memory range [0xfe400000, 0xfe5fffff]
      prefetchable memory range [0xfea00000, 0xfebfffff]
      BAR0: 64 bit memory at 0xfe600000 [0xfe6000ff].
      id "b2"
  Bus  2, device   3, function 0:
    Class 0255: PCI device 1af4:1005
      PCI subsystem 1af4:0004
      IRQ 10, pin A
      BAR0: I/O at 0xc000 [0xc01f].
      BAR1: 32 bit memory at 0xfe400000 [0xfe400fff].
      BAR4: 64 bit prefetchable memory at 0xfea00000 [0xfea03fff].
      id "rng"
`;

describe('firmware', () => {
  test('numbers buses and hands out addresses and interrupt lines as SeaBIOS does', () => {
    const machine = Machine.build(`${BRIDGES} -S`, goldenHost());
    machine.monitor('cont');
    expect(machine.monitor('info pci')).toContain(PROGRAMMED);
  });

  test('runs once, when a machine that was started stopped first goes on', () => {
    const running = Machine.build(BRIDGES, goldenHost());
    const untouched = running.monitor('info pci');
    running.monitor('stop');
    running.monitor('cont');
    expect(running.monitor('info pci')).toBe(untouched);
  });

  test('brings a virtio disk up and reads its boot sector', () => {
    const machine = Machine.build(
      '-M pc -m 64 -nodefaults -S -drive if=none,id=d0,file=img/disk.raw,format=raw -device virtio-blk-pci,id=disk,drive=d0',
      goldenHost(),
    );
    machine.monitor('cont');
    const queue = machine.monitor(
      'info virtio-queue-status /machine/peripheral/disk/virtio-backend 0',
    );
    expect(queue).toContain('used_idx:             1');
    expect(queue).toContain('desc:         0x0000000003fdd000');
    expect(machine.ram.u8.subarray(0x6f10, 0x6f11)).toEqual(Uint8Array.of(0));
  });

  test('knows no board whose host bridge is not there, and leaves it alone', () => {
    const writes: number[] = [];
    const bus = {
      read: () => 0xffff_ffff,
      write: (_space: string, addr: number) => writes.push(addr),
    };
    const facts = { ramBelow4g: 0, ramAbove4g: 0, smm: true, vgaRomBytes: 0 };
    expect(runSeaBios(bus, facts)).toBeUndefined();
    expect(new Set(writes)).toEqual(new Set([0xcf8]));
  });
});
