import type { BoardCpu } from '../board.ts';

/** Families of machines, with the generations that were sold of each. */
const GENERATIONS =
  `z900 z900.2 z900.3 z800 z990 z990.2 z990.3 z890 z990.4 z890.2 z990.5 z890.3 z9EC
  z9EC.2 z9BC z9EC.3 z9BC.2 z10EC z10EC.2 z10BC z10EC.3 z10BC.2 z196 z196.2 z114 zEC12 zEC12.2 zBC12 z13
  z13.2 z13s z14 z14.2 z14ZR1 gen15a gen15b gen16a gen16b`.split(/\s+/);

/** Models before the zEC12 have no instructions for PCI. */
const FIRST_WITH_PCI = GENERATIONS.indexOf('zEC12');

/** The CPUs of s390x. */
export const S390_CPU: BoardCpu = {
  model: 'qemu',
  suffix: '-s390x-cpu',
  parent: 's390x-cpu',
  knows: (model) =>
    model === 'qemu' || model === 'max' || GENERATIONS.includes(model.replace(/-base$/, '')),
};

/** Whether a model has the instructions for PCI; without them a guest cannot use such devices. */
export function hasPci(model: string): boolean {
  const at = GENERATIONS.indexOf(model.replace(/-base$/, ''));
  return at < 0 || (at >= FIRST_WITH_PCI && !model.endsWith('-base'));
}
