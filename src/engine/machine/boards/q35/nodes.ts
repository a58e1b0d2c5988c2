import {
  type BoardStep,
  given,
  isaControllers,
  keyboard,
  type PcParts,
  type PcRequests,
  pcParts,
} from '../pc/nodes.ts';
import { isOn } from '../switches.ts';

/** Slot and function of the chipset's functions, as one number. */
export const FUNCTION = { lpc: 0x1f * 8, sata: 0x1f * 8 + 2, smbus: 0x1f * 8 + 3 } as const;
/** Interrupt inputs that the timer can use on this chipset, one bit each. */
const HPET_INPUTS = 0xff_0104;
/** Inputs of the interrupt controllers, each of which the chipset drives. */
const INTERRUPTS = 24;

/** Which of the parts that the user may leave out a q35 has. */
export interface Q35Parts extends PcParts {
  readonly sata: boolean;
  readonly smbus: boolean;
}

/** The parts that the properties of the machine ask for. */
export function q35Parts(options: ReadonlyMap<string, string>): Q35Parts {
  return {
    ...pcParts(options),
    sata: isOn(options, 'sata', true),
    smbus: isOn(options, 'smbus', true),
  };
}

/** The devices of the q35 board behind its host bridge, in the order in which they are realized. */
export function q35Nodes(parts: Q35Parts, requests: PcRequests): readonly BoardStep[] {
  return [
    { type: 'ICH9-LPC', bus: 'pcie.0', values: { addr: FUNCTION.lpc } },
    ...isaControllers(parts),
    { type: 'ioapic', bus: 'main-system-bus', owner: '/machine/q35', name: 'ioapic' },
    ...given(parts.hpet, {
      type: 'hpet',
      bus: 'main-system-bus',
      values: { 'hpet-intcap': HPET_INPUTS },
    }),
    { type: 'mc146818rtc', bus: 'isa.0', values: { base_year: 0 } },
    ...given(parts.pit, { type: 'isa-pit', bus: 'isa.0' }, { type: 'isa-pcspk', bus: 'isa.0' }),
    requests.ports,
    ...keyboard(parts),
    ...given(parts.sata, {
      type: 'ich9-ahci',
      bus: 'pcie.0',
      values: { addr: FUNCTION.sata, multifunction: true },
    }),
    requests.disks,
    ...given(
      parts.smbus,
      {
        type: 'ICH9-SMB',
        bus: 'pcie.0',
        values: { addr: FUNCTION.smbus, multifunction: true },
      },
      ...Array.from({ length: 8 }, (_, i) => ({
        type: 'smbus-eeprom',
        bus: 'i2c',
        values: { address: 80 + i },
      })),
    ),
    requests.display,
    requests.nics,
  ];
}

/**
 * How many interrupt lines hang below `/machine/unattached`: the interrupt controllers' inputs, the
 * CPU's, and the two of the address line A20.
 */
export function q35Irqs({ pic, i8042 }: Q35Parts): number {
  return INTERRUPTS + (pic ? 1 : 0) + (i8042 ? 2 : 0);
}
