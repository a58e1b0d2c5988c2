import type { BoardProperties } from '../board.ts';

const ON_OFF_AUTO = ['auto', 'on', 'off'] as const;

/** Properties of the microvm machine type that it does not share with the PC's. */
export const MICROVM_PROPERTIES: BoardProperties = {
  'auto-kernel-cmdline': 'switch',
  ioapic2: ON_OFF_AUTO,
  'isa-serial': 'switch',
  pcie: ON_OFF_AUTO,
  rtc: ON_OFF_AUTO,
  'x-option-roms': 'switch',
};
