import { MemoryRegion } from '../../../../memory/memory-region.ts';
import type { SysBusDevice } from '../../../hw/sysbus.ts';
import type { SysBusType } from '../../../hw/sysbus-platform.ts';
import { Device } from '../../../qdev/device.ts';
import { bool, str, u8, u32, u64 } from '../../../qom/property.ts';

/** Interrupt inputs of a hart: its own causes, and those that a hypervisor gives its guests. */
const HART_INPUTS = 16 + 63;

function number(device: SysBusDevice, property: string): number {
  return Number(device.values[property]);
}

/** Harts that `MS,MS,…` names. */
function hartsOf(config: unknown): number {
  return String(config).split(',').length;
}

/** Everything on the board of `virt` that has no behaviour here. */
export const RISCV_VIRT_TYPES: readonly SysBusType[] = [
  {
    name: 'riscv.hart_array',
    parent: 'sys-bus-device',
    properties: {
      'num-harts': u32(1),
      'hartid-base': u32(0),
      'cpu-type': str(),
      resetvec: u64(0x1000n),
    },
    furnish(device) {
      const type = String(device.values['cpu-type']);
      for (let i = 0; i < number(device, 'num-harts'); i++) {
        const hart = device.addChild('harts[*]', device.registry.create(type, device.context));
        if (!(hart instanceof Device)) continue;
        hart.gpios.push(`gpio-in "" ${HART_INPUTS}`);
        hart.plugInto(undefined);
      }
    },
  },
  {
    name: 'riscv.aclint.swi',
    parent: 'sys-bus-device',
    properties: { 'hartid-base': u32(0), 'num-harts': u32(1), sswi: u32(0) },
    furnish(device) {
      device.gpios.push(`gpio-out "" ${number(device, 'num-harts')}`);
      device.addMmio(MemoryRegion.io('riscv.aclint.swi', 0x4000));
    },
  },
  {
    name: 'riscv.aclint.mtimer',
    parent: 'sys-bus-device',
    properties: {
      'hartid-base': u32(0),
      'num-harts': u32(1),
      'timecmp-base': u32(0),
      'time-base': u32(0x7ff8),
      'aperture-size': u32(0x8000),
      'timebase-freq': u32(0),
    },
    furnish(device) {
      device.gpios.push(`gpio-out "" ${number(device, 'num-harts')}`);
      device.addMmio(MemoryRegion.io('riscv.aclint.mtimer', number(device, 'aperture-size')));
    },
  },
  {
    name: 'riscv.sifive.plic',
    parent: 'sys-bus-device',
    properties: {
      'hart-config': str(),
      'hartid-base': u32(0),
      'num-sources': u32(0),
      'num-priorities': u32(0),
      'priority-base': u32(0),
      'pending-base': u32(0),
      'enable-base': u32(0),
      'enable-stride': u32(0),
      'context-base': u32(0),
      'context-stride': u32(0),
      'aperture-size': u32(0),
    },
    furnish(device) {
      device.gpios.push(
        `gpio-in "" ${number(device, 'num-sources')}`,
        `gpio-out "" ${2 * hartsOf(device.values['hart-config'])}`,
      );
      device.addMmio(MemoryRegion.io('riscv.sifive.plic', number(device, 'aperture-size')));
    },
  },
  {
    name: 'riscv.aplic',
    parent: 'sys-bus-device',
    properties: {
      'aperture-size': u32(0),
      'hartid-base': u32(0),
      'num-harts': u32(0),
      'iprio-mask': u32(0),
      'num-irqs': u32(0),
      msimode: bool(false),
      mmode: bool(false),
    },
    furnish(device) {
      const { mmode, msimode } = device.values;
      // Inputs are the machine's; it delegates them.
      if (mmode) device.gpios.push(`gpio-in "" ${number(device, 'num-irqs')}`);
      if (!msimode) device.gpios.push(`gpio-out "" ${number(device, 'num-harts')}`);
      device.addMmio(MemoryRegion.io('riscv.aplic', number(device, 'aperture-size')));
    },
  },
  {
    name: 'riscv.imsic',
    parent: 'sys-bus-device',
    properties: { mmode: bool(false), hartid: u32(0), 'num-pages': u32(0), 'num-irqs': u32(0) },
    furnish(device) {
      const pages = number(device, 'num-pages');
      device.gpios.push(`gpio-out "" ${pages}`);
      device.addMmio(MemoryRegion.io('riscv.imsic', pages * 0x1000));
    },
  },
  {
    name: 'riscv.sifive.test',
    parent: 'sys-bus-device',
    furnish(device) {
      device.addMmio(MemoryRegion.io('riscv.sifive.test', 0x1000));
    },
  },
  {
    name: 'serial-mm',
    parent: 'sys-bus-device',
    properties: { regshift: u8(0), endianness: u8(0) },
    furnish(device) {
      device.gpios.push('gpio-out "sysbus-irq" 1');
      device.addChild('serial', device.registry.create('serial', device.context));
      device.addMmio(MemoryRegion.io('serial', 8 << number(device, 'regshift')));
    },
  },
  {
    name: 'goldfish_rtc',
    parent: 'sys-bus-device',
    properties: { 'big-endian': bool(false) },
    furnish(device) {
      device.gpios.push('gpio-out "sysbus-irq" 1');
      device.addMmio(MemoryRegion.io('goldfish_rtc', 0x24));
    },
  },
];
