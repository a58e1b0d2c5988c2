import { describe, expect, it } from 'vitest';
import { MACHINES } from '../../lessons/machines.ts';
import { PCI_COMMAND } from '../../spec/pci.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import golden from '../../testing/golden/drivers/blk-pci-modern-split.json' with { type: 'json' };
import type { AccessSize } from '../hal.ts';
import { PciBus } from './pci.ts';
import { VirtioPciCapability } from './pci-capabilities.ts';
import { type PciAddress, type PciConfig, PciConfigPorts, PciEcam } from './pci-config.ts';

const DISK_AT_4 =
  '-M pc -m 64 -nodefaults -drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-pci,id=dev0,drive=d0,addr=4,serial=ORACLE0';
const VIRTIO = { vendor: 0x1af4 };

function realBus(commandLine?: string) {
  const guest = new DirectGuest(commandLine);
  const ports = new PciConfigPorts(guest.hal);
  const accesses = () =>
    guest.events().filter(({ kind }) => kind === 'regRead' || kind === 'regWrite').length;
  return { guest, ports, accesses, bus: new PciBus(ports, guest.hal.platform.pci) };
}

/** Registers of 00:04.0 as a real QEMU and its firmware left them, from what went through 0xcfc. */
function goldenRegisters(): Map<number, string> {
  const registers = new Map<number, string>();
  let selected = 0;
  for (const { addr, value } of golden.log) {
    if (addr === '0xcf8') selected = Number(value);
    else if (addr?.startsWith('0xcf') && selected >>> 8 === 0x80_0020)
      registers.set((selected & 0xfc) + (Number(addr) & 3), `${value}`);
  }
  return registers;
}

/** Configuration space in arrays: the registers of functions, and what each write may change. */
class FakeConfig implements PciConfig {
  readonly functions = new Map<string, { bytes: Uint8Array; writable: Uint8Array }>();

  add(
    at: string,
    words: Readonly<Record<number, number>>,
    writable: Readonly<Record<number, number>> = {},
  ) {
    const made = { bytes: new Uint8Array(256), writable: new Uint8Array(256) };
    for (const [offset, word] of Object.entries(words))
      new DataView(made.bytes.buffer).setUint32(Number(offset), word, true);
    for (const [offset, word] of Object.entries(writable))
      new DataView(made.writable.buffer).setUint32(Number(offset), word, true);
    this.functions.set(at, made);
  }

  read({ slot, fn }: PciAddress, offset: number, size: AccessSize): number {
    const bytes = this.functions.get(`${slot}.${fn}`)?.bytes ?? new Uint8Array(256).fill(0xff);
    return [3, 2, 1, 0]
      .filter((i) => i < size)
      .reduce((value, i) => value * 256 + bytes[offset + i]!, 0);
  }

  write({ slot, fn }: PciAddress, offset: number, size: AccessSize, value: number): void {
    const found = this.functions.get(`${slot}.${fn}`);
    for (let i = 0; found && i < size; i++) {
      const mask = found.writable[offset + i]!;
      const byte = Math.floor(value / 256 ** i) & 0xff;
      found.bytes[offset + i] = (found.bytes[offset + i]! & ~mask) | (byte & mask);
    }
  }
}

describe('PciBus on a real machine', () => {
  it('finds what QEMU has, where QEMU has it', () => {
    const { bus } = realBus();
    expect(bus.functions().map((fn) => `${fn}`)).toEqual([
      '8086:1237 at 00:00.0',
      '8086:7000 at 00:01.0',
      '8086:7010 at 00:01.1',
      '8086:7113 at 00:01.3',
      '1234:1111 at 00:02.0',
      '8086:100e at 00:03.0',
      '1af4:1001 at 00:04.0',
    ]);
  });

  it('says that there is no bus rather than no device', () => {
    const { bus } = realBus('-M microvm -m 64');
    expect(() => bus.find(VIRTIO)).toThrow('this machine has no PCI bus');
  });

  it('routes pins as the chipset does', () => {
    const { bus } = realBus('-M q35 -m 64 -nodefaults -device virtio-rng-pci,addr=2');
    expect(bus.find(VIRTIO).interruptInput).toBe(22);
  });

  it('looks no further than it must, and never twice', () => {
    const { bus, accesses } = realBus();
    bus.find({ vendor: 0x8086 });
    const few = accesses();
    expect(few).toBe(2);
    bus.find(VIRTIO);
    const more = accesses();
    bus.find({ vendor: 0x1af4, device: [0x1042, 0x1001], classCode: 0x0100 });
    // Only the class had to be read.
    expect(accesses() - more).toBe(2);
    expect(() => bus.find({ device: 0x1234 })).toThrow('no PCI function matches any:1234');
    expect(() => bus.find({ vendor: 1, classCode: 0x0200 })).toThrow('0001:any of class 0200');
  });

  it('places BARs as firmware did for a real QEMU', () => {
    const { bus } = realBus(DISK_AT_4);
    const disk = bus.find(VIRTIO).enable();
    const golden = goldenRegisters();
    const registers = [0x10, 0x14, 0x20];
    expect(disk.bars.map(({ addr }) => `0x${addr.toString(16)}`)).toEqual(
      registers.map((at) => golden.get(at)),
    );
    expect(disk.bars.map(({ size }) => size)).toEqual([0x80, 0x1000, 0x4000]);
    expect(disk.config32(0x20)).toBe(0xe000_400c);
    expect(disk.config16(4) & 7).toBe(PCI_COMMAND.IO | PCI_COMMAND.MEMORY | PCI_COMMAND.MASTER);
  });

  it('routes interrupts as firmware did for a real QEMU', () => {
    const raised = golden.log.find((step) => step.op === 'irq' && step.verb === 'raise');
    const { bus } = realBus(DISK_AT_4);
    const disk = bus.find(VIRTIO).enable();
    expect(disk.interruptInput).toBe(raised?.line);
    expect(disk.config8(0x3c)).toBe(raised?.line);
  });

  it('walks the capabilities that a real QEMU has', () => {
    const { bus } = realBus(DISK_AT_4);
    const found = bus.find(VIRTIO).capabilities();
    const golden = goldenRegisters();
    let at = Number(golden.get(0x34));
    for (const capability of found) {
      expect(capability.at).toBe(at);
      expect(capability.id).toBe(Number(golden.get(at)));
      if (capability instanceof VirtioPciCapability) {
        const { cfgType, bar, offset, length } = capability;
        const fields = [3, 4, 8, 12].map((field) => Number(golden.get(at + field)));
        expect([cfgType, bar, offset, length]).toEqual(fields);
      }
      at = Number(golden.get(at + 1));
    }
    expect([found.length, at]).toEqual([6, 0]);
    expect(`${found[0]}`).toBe('0x98: MSI-X');
    expect(`${found[1]}`).toBe('0x84: PCI_CFG');
    expect(`${found[5]}`).toBe('0x40: COMMON_CFG at BAR4 + 0x0000, 4096 bytes');
  });

  it('switches off what an earlier program left decoding', () => {
    const { guest, bus } = realBus(`${DISK_AT_4} -device virtio-rng-pci,addr=5`);
    const [disk, rng] = bus.findAll(VIRTIO);
    disk?.enable();
    const again = new PciBus(new PciConfigPorts(guest.hal));
    const [diskAgain, rngAgain] = again.findAll(VIRTIO);
    expect(rngAgain?.enable().bars).toMatchObject([
      { addr: 0xc000 },
      { addr: 0xe000_0000 },
      { addr: 0xe000_4000 },
    ]);
    expect(diskAgain?.config16(4)).toBe((disk?.config16(4) ?? 0) & ~7);
    expect(diskAgain?.enable().bars).toMatchObject([
      { addr: 0xc080 },
      { addr: 0xe000_8000 },
      { addr: 0xe000_c000 },
    ]);
    expect((rng?.config16(4) ?? 0) & 7).toBe(7);
  });

  it('enables a function once', () => {
    const { bus, accesses } = realBus();
    const disk = bus.find(VIRTIO).enable();
    const before = accesses();
    expect(disk.enable().bars).toHaveLength(3);
    expect(accesses()).toBe(before);
  });
});

describe('PciBus behind bridges', () => {
  const { commandLine } = MACHINES.find(({ id }) => id === 'q35-express')!;

  it('numbers buses as they are found, and looks at one slot where a link begins', () => {
    const { bus } = realBus(commandLine);
    const virtio = bus.findAll(VIRTIO);
    expect(virtio.map(({ address }) => address)).toEqual(['00:02.0', '03:00.0', '04:00.0']);
    expect(virtio.map((fn) => fn.bridge?.address)).toEqual([undefined, '02:00.0', '00:04.0']);
    expect(bus.functions().filter(({ isBridge }) => isBridge)).toHaveLength(4);
  });

  it('opens windows on what lies behind, one in another', () => {
    const { guest, bus } = realBus(commandLine);
    const [, nic, rng] = bus.findAll(VIRTIO);
    for (const fn of [nic, rng]) {
      fn?.enable();
      const bar = fn?.bars.find(({ index }) => index === 4)?.addr ?? 0;
      for (let up = fn?.bridge; up; up = up.bridge) {
        expect(bar).toBeGreaterThanOrEqual((up.config16(0x20) << 16) >>> 0);
        expect(bar).toBeLessThanOrEqual((((up.config16(0x22) << 16) >>> 0) | 0xf_ffff) >>> 0);
        expect(up.config16(4) & PCI_COMMAND.MEMORY).toBe(PCI_COMMAND.MEMORY);
      }
      // The count of queues is where the BAR is: what is written arrives.
      expect(guest.hal.read('memory', bar + 0x12, 2)).toBe(fn === nic ? 3 : 1);
    }
    const info = guest.machine.monitor('info pci');
    expect(info).toContain('secondary bus 3.');
    expect(info).toContain('subordinate bus 4.');
  });

  it('is configuration space by memory where the machine has it', () => {
    const guest = new DirectGuest(
      'qemu-system-aarch64 -M virt -m 64 -nodefaults -device virtio-rng-pci',
    );
    const { pci } = guest.hal.platform;
    const bus = new PciBus(new PciEcam(guest.hal, pci!.ecam!), pci);
    const [rng] = bus.findAll(VIRTIO);
    expect(rng?.address).toBe('00:01.0');
    // Pin A of slot 1 is wire 1 of four, which are inputs 3 to 6.
    expect(rng?.interruptInput).toBe(4);
    // Extended configuration space is there; behind ports it is not.
    expect(rng?.config32(0x100)).toBe(0xffff_ffff);
    expect(rng?.enable().bars.map(({ space }) => space)).toEqual(['io', 'memory', 'memory']);
    const far = new PciEcam(guest.hal, { base: pci!.ecam!.base, size: 1 << 20 });
    expect(far.read({ bus: 1, slot: 0, fn: 0 }, 0, 4)).toBe(0xffff_ffff);
  });
});

describe('PciConfigPorts', () => {
  it('selects a register again only where it must', () => {
    const { ports, accesses } = realBus();
    const at = { bus: 0, slot: 0, fn: 0 };
    ports.read(at, 0, 4);
    expect(accesses()).toBe(2);
    expect(ports.read(at, 2, 2)).toBe(0x1237);
    expect(accesses()).toBe(3);
    for (const port of [0xcf8, 0xcf7, 0xcfb]) ports.portWritten(port, 2);
    ports.read(at, 0, 4);
    expect(accesses()).toBe(5);
    ports.portWritten(0xcfc, 4);
    ports.portWritten(0xcf0, 8);
    ports.read(at, 0, 4);
    expect(accesses()).toBe(6);
  });
});

describe('PciBus on strange hardware', () => {
  const DISK = { 0: 0x1042_1af4, 4: 0x0010_0000, 0x34: 0x40 };

  it('does not follow a capability list that loops', () => {
    const config = new FakeConfig();
    config.add('3.0', { ...DISK, 0x40: 0x0001_4401, 0x44: 0x0001_4001 });
    const fn = new PciBus(config).find(VIRTIO);
    expect(() => fn.capabilities()).toThrow('the capability list does not end');
  });

  it('has no capabilities where the status says so', () => {
    const config = new FakeConfig();
    config.add('3.0', { ...DISK, 4: 0 });
    expect(new PciBus(config).find(VIRTIO).capabilities()).toEqual([]);
  });

  it('names capabilities that are not virtio’s', () => {
    const config = new FakeConfig();
    config.add('3.0', {
      ...DISK,
      0: 0x1111_8086,
      0x40: 0x0001_5009,
      0x50: 0x0001_6005,
      0x60: 0x0001_0001,
    });
    const names = new PciBus(config)
      .functions()[0]
      ?.capabilities()
      .map(({ name }) => name);
    expect(names).toEqual(['vendor-specific', 'capability 0x05', 'power management']);
  });

  it('sizes 32-bit, 64-bit and port BARs, and says so where a window is full', () => {
    const config = new FakeConfig();
    const bars = { 0x10: 0x0000_0001, 0x14: 0x0000_0004, 0x18: 0, 0x20: 0x0000_0008 };
    const masks = {
      4: 0xffff,
      0x10: 0x0000_ff00,
      0x14: 0xfff0_0000,
      0x18: 0xffff_ffff,
      0x20: 0xffff_f000,
    };
    config.add('3.0', { ...DISK, ...bars }, masks);
    const bus = new PciBus(config);
    expect(bus.find(VIRTIO).enable().bars).toEqual([
      { index: 0, space: 'io', addr: 0xc000, size: 0x100, is64: false },
      { index: 1, space: 'memory', addr: 0xe000_0000, size: 0x10_0000, is64: true },
      { index: 4, space: 'memory', addr: 0xe010_0000, size: 0x1000, is64: false },
    ]);
    expect(config.read({ bus: 0, slot: 3, fn: 0 }, 0x18, 4)).toBe(0);

    const large = new FakeConfig();
    large.add('3.0', { ...DISK, 0x10: 0x0000_000c }, { 0x14: 0xffff_fff0 });
    expect(() => new PciBus(large).find(VIRTIO).enable()).toThrow(
      /BAR0 of 1af4:1042 at 00:03.0: no room/,
    );
    const half = new FakeConfig();
    half.add('3.0', DISK, { 0x10: 0x8000_0000 });
    expect(() => new PciBus(half).find(VIRTIO).enable()).toThrow(/no room for 2147483648 bytes/);
  });

  it('looks for further functions only where the first one says that there are some', () => {
    const config = new FakeConfig();
    config.add('3.0', DISK);
    config.add('3.1', DISK);
    config.add('4.0', { ...DISK, 0x0c: 0x0080_0000 });
    config.add('4.5', DISK);
    config.add('5.1', DISK);
    expect(new PciBus(config).functions().map(({ address }) => address)).toEqual([
      '00:03.0',
      '00:04.0',
      '00:04.5',
    ]);
  });

  it('has no interrupt input without a pin', () => {
    const config = new FakeConfig();
    config.add('3.0', DISK);
    expect(new PciBus(config).find(VIRTIO).interruptInput).toBe(-1);
  });

  it('refuses registers that are not there', () => {
    const config = new FakeConfig();
    config.add('3.0', DISK);
    const fn = new PciBus(config).find(VIRTIO);
    expect(() => fn.config32(0x102)).toThrow(RangeError);
    expect(() => fn.config16(1)).toThrow(RangeError);
    expect(() => fn.writeConfig(-4, 4, 0)).toThrow(RangeError);
  });
});
