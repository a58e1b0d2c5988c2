import type { MachineDocument } from '../document.ts';
import type { RefusalFacts } from './advice.ts';

/** Options whose part can come while the machine runs. */
const BACK_ENDS = ['netdev', 'object', 'chardev', 'drive'];

/** Whether a running machine becomes `doc` by one device that comes, with its back ends. */
export function comesHot({ before }: Pick<RefusalFacts, 'before'>, doc: MachineDocument): boolean {
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
    fresh.filter(({ name }) => name === 'device').length === 1 &&
    fresh.every(({ name }) => name === 'device' || BACK_ENDS.includes(name))
  );
}
