import type { DocumentOption } from '../document.ts';
import type { RefusalFacts } from './advice.ts';

/** Devices that a change adds. */
export function addedDevices({
  doc,
  before,
}: Pick<RefusalFacts, 'doc' | 'before'>): readonly DocumentOption[] {
  const known = new Set(before.options.map(({ key }) => key));
  return doc.options.filter(({ key, name }) => !known.has(key) && name === 'device');
}
