import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { Chardev, chardev } from '../../../backends/chardev.ts';
import { gicv2mFrame } from '../../../hw/message-interrupts.ts';
import type { SysBusDevice } from '../../../hw/sysbus.ts';
import type { SysBusType } from '../../../hw/sysbus-platform.ts';
import { addRegion } from '../../../qdev/regions.ts';
import { bool, u8, u32 } from '../../../qom/property.ts';
import type { TypeInfo } from '../../../qom/type.ts';

/** Interrupts of one CPU's own, which a GIC counts apart. */
const PRIVATE_INTERRUPTS = 32;

/** Types that no machine instantiates, and the board's devices on no bus; parents first. */
export const VIRT_ABSTRACT_TYPES: readonly TypeInfo[] = [
  { name: 'arm_gic_common', parent: 'sys-bus-device', abstract: true },
  { name: 'arm-gicv3-common', parent: 'sys-bus-device', abstract: true },
  { name: 'arm-gicv3-its-common', parent: 'sys-bus-device', abstract: true },
  { name: 'arm-smmu', parent: 'sys-bus-device', abstract: true },
];

function number(device: SysBusDevice, property: string): number {
  return Number(device.values[property]);
}

/** A GIC's inputs: those that CPUs share, then each CPU's own. */
function inputs(device: SysBusDevice): string {
  const shared = number(device, 'num-irq') - PRIVATE_INTERRUPTS;
  return `gpio-in "" ${shared + PRIVATE_INTERRUPTS * number(device, 'num-cpu')}`;
}

/** Everything on the board of `virt` that has no behaviour here. */
export const VIRT_TYPES: readonly SysBusType[] = [
  {
    name: 'arm_gic',
    parent: 'arm_gic_common',
    properties: {
      'num-cpu': u32(1),
      'num-irq': u32(32),
      revision: u32(1),
      'has-security-extensions': bool(false),
      'has-virtualization-extensions': bool(false),
      'num-priority-bits': u32(8),
    },
    furnish(device) {
      const cpus = number(device, 'num-cpu');
      const virtual = device.values['has-virtualization-extensions'] === true;
      // Per CPU: interrupt and fast interrupt, the same for its guest, and the hypervisor's maintenance.
      device.gpios.push(`gpio-out "sysbus-irq" ${cpus * (virtual ? 5 : 4)}`, inputs(device));
      device.addMmio(MemoryRegion.io('gic_dist', 0x1000));
      device.addMmio(MemoryRegion.io('gic_cpu', 0x2000));
      if (virtual) {
        device.addMmio(MemoryRegion.io('gic_viface', 0x1000));
        device.addMmio(MemoryRegion.io('gic_vcpu', 0x2000));
      }
      for (let i = 0; i < cpus; i++) device.addMmio(MemoryRegion.io('gic_cpu', 0x100));
      if (virtual)
        for (let i = 0; i < cpus; i++) device.addMmio(MemoryRegion.io('gic_viface', 0x200));
    },
  },
  {
    name: 'arm-gicv2m',
    parent: 'sys-bus-device',
    properties: { 'base-spi': u32(0), 'num-spi': u32(64) },
    furnish(device) {
      const count = number(device, 'num-spi');
      device.gpios.push(`gpio-out "sysbus-irq" ${count}`);
      const frame = gicv2mFrame(device, number(device, 'base-spi'), count);
      device.addMmio(MemoryRegion.io('gicv2m', 0x1000, frame));
    },
  },
  {
    name: 'arm-gicv3',
    parent: 'arm-gicv3-common',
    properties: {
      'num-cpu': u32(1),
      'num-irq': u32(32),
      revision: u32(3),
      'has-lpi': bool(false),
      'has-security-extensions': bool(false),
      'force-8-bit-prio': bool(false),
      'len-redist-region-count': u32(0),
    },
    furnish(device) {
      device.gpios.push(`gpio-out "sysbus-irq" ${number(device, 'num-cpu') * 4}`, inputs(device));
      device.addMmio(MemoryRegion.io('gicv3_dist', 0x1_0000));
    },
  },
  {
    name: 'arm-gicv3-its',
    parent: 'arm-gicv3-its-common',
    furnish(device) {
      const whole = device.addMmio(MemoryRegion.container('gicv3_its', 0x2_0000));
      for (const [index, name] of ['control', 'translation'].entries())
        whole.addSubregion(index * 0x1_0000, addRegion(device, MemoryRegion.io(name, 0x1_0000)));
    },
  },
  {
    name: 'pl011',
    parent: 'sys-bus-device',
    properties: { chardev: chardev(), 'migrate-clk': bool(true) },
    furnish(device) {
      const terminal = device.values.chardev;
      if (terminal instanceof Chardev) terminal.claim(device);
      device.gpios.push('gpio-out "sysbus-irq" 6', 'clock-in "clk" freq_hz=0 Hz');
      device.addChild('clk', device.registry.create('clock', device.context));
      device.addMmio(MemoryRegion.io('pl011', 0x1000));
    },
  },
  {
    name: 'pl031',
    parent: 'sys-bus-device',
    properties: { 'migrate-tick-offset': bool(true) },
    furnish(device) {
      device.gpios.push('gpio-out "sysbus-irq" 1');
      device.addMmio(MemoryRegion.io('pl031', 0x1000));
    },
  },
  {
    name: 'acpi-ged',
    parent: 'sys-bus-device',
    properties: { 'ged-event': u32(0) },
    furnish(device) {
      device.gpios.push('gpio-out "sysbus-irq" 1');
      device.addMmio(MemoryRegion.io('acpi-ged', 4));
      device.addMmio(MemoryRegion.container('memhp container', 24));
      device.addMmio(MemoryRegion.io('acpi-ged-regs', 3));
    },
  },
  {
    name: 'pl061',
    parent: 'sys-bus-device',
    properties: { pullups: u8(0), pulldowns: u8(0) },
    furnish(device) {
      device.gpios.push('gpio-in "" 8', 'gpio-out "" 8', 'gpio-out "sysbus-irq" 1');
      device.addMmio(MemoryRegion.io('pl061', 0x1000));
    },
  },
  {
    name: 'gpio-key',
    parent: 'sys-bus-device',
    furnish(device) {
      device.gpios.push('gpio-in "" 1', 'gpio-out "sysbus-irq" 1');
    },
  },
  {
    name: 'gpio-pwr',
    parent: 'sys-bus-device',
    furnish(device) {
      device.gpios.push('gpio-in "shutdown" 1', 'gpio-in "reset" 1');
    },
  },
  {
    name: 'arm-smmuv3',
    parent: 'arm-smmu',
    properties: { bus_num: u8(0) },
    furnish(device) {
      device.gpios.push('gpio-out "sysbus-irq" 4');
      device.addMmio(MemoryRegion.io('arm-smmuv3', 0x2_0000));
    },
  },
];
