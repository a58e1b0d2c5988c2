import { TWO_32 } from '../../../../base/bits.ts';
import { PCI_CONFIG } from '../../../../spec/pci.ts';
import { KvmVapic } from '../../../hw/kvm-vapic.ts';
import { optionRomBytes } from '../../../hw/pci/option-rom.ts';
import { PciDevice } from '../../../hw/pci/pci-device.ts';
import type { FirmwareMachine } from '../../firmware/firmware-machine.ts';
import { runSeaBios } from '../../firmware/seabios.ts';

const CLASS_VGA = 0x0300;

/** Does to a PC what its firmware does before it boots. */
export function runPcFirmware(machine: FirmwareMachine): void {
  const ends = machine.ram.windows.map(({ base, size }) => base + size);
  const below = ends.filter((end) => end <= TWO_32);
  const result = runSeaBios(machine, {
    ramBelow4g: Math.max(0, ...below),
    ramAbove4g: Math.max(TWO_32, ...ends) - TWO_32,
    smm: machine.devices.every(({ values }) => values['smm-enabled'] !== false),
    vgaRomBytes: vgaRomBytes(machine),
  });
  if (!result) return;
  for (const device of machine.devices)
    if (device instanceof KvmVapic) device.showRom(result.optionRom);
}

/** Size of the first display's ROM, whose bytes are not there to be read. */
function vgaRomBytes({ devices }: FirmwareMachine): number {
  for (const device of devices)
    if (
      device instanceof PciDevice &&
      device.config.get(PCI_CONFIG.SubClass.offset, 2) === CLASS_VGA
    )
      return optionRomBytes(String(device.values.romfile)) ?? 0;
  return 0;
}
