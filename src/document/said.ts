import type { MachineDocument } from './document.ts';
import { optionByKey } from './edits.ts';
import { entriesOf, entryOf } from './entries.ts';

/**
 * Names of the properties that a line sets of a device: in the option with the key `key`, or by `-global` for
 * its type or an ancestor of it.
 */
export function saidOf(
  doc: MachineDocument,
  key: number | undefined,
  ancestors: readonly string[],
): ReadonlySet<string> {
  const option = key === undefined ? undefined : optionByKey(doc, key);
  const said = new Set(option ? entriesOf(option).map((entry) => entry.key) : []);
  for (const global of doc.options.filter(({ name }) => name === 'global')) {
    const driver = entryOf(global, 'driver');
    const property = entryOf(global, 'property');
    if (driver !== undefined && property !== undefined && ancestors.includes(driver))
      said.add(property);
    for (const { key: name } of entriesOf(global)) {
      const dot = name.indexOf('.');
      if (dot > 0 && ancestors.includes(name.slice(0, dot))) said.add(name.slice(dot + 1));
    }
  }
  return said;
}
