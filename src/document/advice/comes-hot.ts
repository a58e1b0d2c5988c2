import type { MachineDocument } from '../document.ts';
import type { RefusalFacts } from './advice.ts';
import { addedDevices } from './wanted.ts';

/** Options whose part can come while the machine runs. */
const BACK_ENDS = ['netdev', 'object', 'chardev', 'drive', 'blockdev'];

/** Whether a running machine becomes `doc` by the device that was wanted, with back ends for it. */
export function comesHot(facts: RefusalFacts, doc: MachineDocument): boolean {
  const { before } = facts;
  const wanted = new Set(addedDevices(facts).map(({ key }) => key));
  const was = new Map(before.options.map((option) => [option.key, option]));
  const fresh = doc.options.filter(({ key }) => !was.has(key));
  const kept = doc.options.filter(({ key }) => was.has(key));
  return (
    doc.program === before.program &&
    kept.length === before.options.length &&
    kept.every(({ key, name, argument }) => {
      const old = was.get(key);
      return old?.name === name && old.argument === argument;
    }) &&
    wanted.size === 1 &&
    fresh.some(({ key }) => wanted.has(key)) &&
    fresh.every(({ key, name }) => wanted.has(key) || BACK_ENDS.includes(name))
  );
}
