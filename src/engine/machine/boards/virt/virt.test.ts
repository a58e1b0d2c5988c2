import { expect, test } from 'vitest';
import { goldenHost } from '../../../../testing/golden.ts';
import { bytesSource } from '../../../backends/byte-source.ts';
import type { SysBusDevice } from '../../../hw/sysbus.ts';
import { Machine } from '../../machine.ts';

const ARM = 'qemu-system-aarch64 -nodefaults -m 32';
const RISCV = 'qemu-system-riscv64 -M virt -nodefaults -m 32';

function build(line: string): Machine {
  return Machine.build(line, goldenHost());
}

/** Names of the buses on which devices sit, in the order of the line. */
function buses(line: string, count: number): (string | undefined)[] {
  const machine = build(line + ' -device virtio-rng-device'.repeat(count));
  return machine.devices.slice(-count).map(({ parentBus }) => parentBus?.busName);
}

function windowsOf(machine: Machine, type: string): (number | undefined)[] {
  const found = machine.devices.find((device) => device.type.name === type);
  return found ? (found as SysBusDevice).mmio.map(({ base }) => base) : [];
}

test('the transport that was made last is filled first, and no device finds a place when all are', () => {
  expect(buses(`${ARM} -M virt`, 2)).toEqual(['virtio-mmio-bus.31', 'virtio-mmio-bus.30']);
  expect(buses(RISCV, 2)).toEqual(['virtio-mmio-bus.7', 'virtio-mmio-bus.6']);
  expect(() => buses(RISCV, 9)).toThrow("No 'virtio-bus' bus found for device 'virtio-rng-device'");
});

test('the interrupt controller is what gic-version asks for', () => {
  expect(windowsOf(build(`${ARM} -M virt`), 'arm_gic')).toEqual([
    0x800_0000,
    0x801_0000,
    undefined,
  ]);
  const third = build(`${ARM} -M virt,gic-version=3`);
  expect(windowsOf(third, 'arm-gicv3')).toEqual([0x800_0000, 0x80a_0000]);
  expect(third.memory.find(0x809_0040)?.region.name).toBe('translation');
  expect(build(`${ARM} -M virt,gic-version=3,its=off`).memory.find(0x809_0040)).toBeUndefined();
  for (const [version, reason] of [
    ['4', 'gic-version=4 requires virtualization enabled'],
    ['host', 'gic-version=host requires KVM'],
    ['7', 'Invalid gic-version value'],
  ])
    expect(() => build(`${ARM} -M virt,gic-version=${version}`)).toThrow(reason);
});

test('PCI lies where highmem puts it, and ECAM reaches the host bridge', () => {
  const high = build(`${ARM} -M virt`);
  expect(high.read('memory', 0x40_1000_0000, 4)).toBe(0x0008_1b36);
  const low = build(`${ARM} -M virt,highmem=off`);
  expect(low.read('memory', 0x3f00_0000, 4)).toBe(0x0008_1b36);
  expect(low.memory.find(0x80_0000_0000)).toBeUndefined();
  expect(low.read('memory', 0x3f00_8000, 4)).toBe(0xffff_ffff);
});

test('takes the CPUs that QEMU’s takes', () => {
  expect(() => build(`${ARM} -M virt -cpu cortex-a8`)).toThrow(
    'mach-virt: CPU type cortex-a8-arm-cpu not supported',
  );
});

test('a machine whose interrupt controller hears no messages has functions without them', () => {
  const line = `${ARM} -M virt,gic-version=3,its=off`;
  const machine = build(`${line} -device virtio-rng-pci,id=r -device pci-bridge,chassis_nr=1`);
  expect(machine.root.at('/machine/peripheral/r')?.values.vectors).toBe(0);
  expect(() => build(`${line} -device pcie-root-port`)).toThrow(
    'MSI-X is not supported by interrupt controller',
  );
});

test('RISC-V: messages to harts take the place of software interrupts, and guests get pages', () => {
  const machine = build(`${RISCV} -machine aia=aplic-imsic,aia-guests=2,aclint=on -smp 2`);
  expect(windowsOf(machine, 'riscv.aclint.swi')).toEqual([]);
  const pages = machine.devices.filter(({ type }) => type.name === 'riscv.imsic');
  expect(pages.map((device) => (device as SysBusDevice).mmio[0]?.base)).toEqual([
    0x2400_0000, 0x2400_1000, 0x2800_0000, 0x2800_4000,
  ]);
  expect(() => build(`${RISCV} -machine aia=imsic`)).toThrow(
    'Invalid AIA interrupt controller type',
  );
});

test('a flash chip takes the drive that fits it', () => {
  const pflash = (bytes: number) =>
    `${ARM} -M virt -drive if=pflash,file.driver=null-co,file.size=${bytes},format=raw`;
  expect(build(pflash(2 ** 26)).monitor('info block')).toContain(
    'Attached to:      /machine/virt.flash0',
  );
  expect(() => build(pflash(2 ** 20))).toThrow(
    'device requires 67108864 bytes, block backend provides 1048576 bytes',
  );
});

test('with firmware, a 64-bit machine tells of events by ACPI, and a 32-bit one has its ECAM low', () => {
  const firmware = (line: string) =>
    Machine.build(`${ARM} -M virt ${line}`, {
      ...goldenHost(),
      openImage: (name) => (name === 'fw' ? bytesSource(new Uint8Array(4096)) : undefined),
    });
  const types = (machine: Machine) => machine.devices.map(({ type }) => type.name);
  expect(types(firmware('-cpu cortex-a57 -bios fw'))).toContain('acpi-ged');
  for (const line of ['-cpu cortex-a57', '-bios fw', '-cpu cortex-a57 -bios fw -M acpi=off']) {
    expect(types(firmware(line)), line).toContain('gpio-key');
    expect(types(firmware(line)), line).not.toContain('acpi-ged');
  }
  expect(firmware('-bios fw').memory.find(0x3f00_0000)?.region.name).toBe('pcie-mmcfg-mmio');
  expect(firmware('').memory.find(0x3f00_0000)).toBeUndefined();
});
