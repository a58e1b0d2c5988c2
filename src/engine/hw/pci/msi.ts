import { PCI_CAP } from '../../../spec/pci.ts';
import type { ConfigSpace } from './config-space.ts';

const CONTROL_64 = 0x80;
const CONTROL_MASKING = 0x100;
const CONTROL_ENABLE = 0x1;

/** What an MSI capability is made of (PCI 3.0 §6.8.1). */
export interface MsiLayout {
  /** Messages, a power of two up to 32. */
  readonly vectors: number;
  readonly is64: boolean;
  /** Whether each message can be masked. */
  readonly masking: boolean;
}

/** The MSI capability's registers of a function whose events are not modelled. Returns its offset. */
export function addMsi(config: ConfigSpace, layout: MsiLayout, place?: number): number {
  const { vectors, is64, masking } = layout;
  const data = is64 ? 0x0c : 0x08;
  const mask = data + 4;
  const length = masking ? mask + 8 : data + 2;
  const at = config.addCapability(PCI_CAP.MSI, length, place);
  const order = Math.log2(vectors);
  config.put(at + 2, 2, (order << 1) | (is64 ? CONTROL_64 : 0) | (masking ? CONTROL_MASKING : 0));
  config.allowWrites(at + 2, 2, CONTROL_ENABLE | (order << 4));
  config.allowWrites(at + 4, 4, 0xffff_fffc);
  if (is64) config.allowWrites(at + 8, 4, 0xffff_ffff);
  config.allowWrites(at + data, 2, 0xffff);
  if (masking) config.allowWrites(at + mask, 4, 2 ** vectors - 1);
  return at;
}

/** MSI registers after a reset. */
export function resetMsi(config: ConfigSpace, at: number): void {
  const control = config.get(at + 2, 2);
  config.put(at + 2, 2, control & ~(CONTROL_ENABLE | 0x70));
  config.put(at + 4, 4, 0);
  const data = control & CONTROL_64 ? 0x0c : 0x08;
  if (control & CONTROL_64) config.put(at + 8, 4, 0);
  config.put(at + data, 2, 0);
  if (control & CONTROL_MASKING) config.put(at + data + 4, 8, 0);
}
