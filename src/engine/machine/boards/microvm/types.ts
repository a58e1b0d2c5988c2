import type { PlatformType } from '../../../hw/platform.ts';
import { u32 } from '../../../qom/property.ts';

/** Where the device that tells the guest of events has its registers, in guest-physical memory. */
const EVENTS = 0xfea0_0000;
const EVENT_REGISTERS = 0xfea0_0200;

/** What the microvm's board has besides the pc's that has no behaviour here. */
export const MICROVM_TYPES: readonly PlatformType[] = [
  {
    name: 'isabus-bridge',
    parent: 'sys-bus-device',
    buses: [{ type: 'ISA' }],
  },
  { name: 'acpi-ged', parent: 'sys-bus-device', properties: { 'ged-event': u32(0) } },
  {
    name: 'acpi-ged-x86',
    parent: 'acpi-ged',
    gpios: ['gpio-out "sysbus-irq" 1'],
    regions: [
      { name: 'acpi-ged', size: 4, mmio: EVENTS },
      { name: 'memhp container', size: 24, kind: 'container', mmio: () => undefined },
      { name: 'acpi-ged-regs', size: 3, mmio: EVENT_REGISTERS },
    ],
  },
];
