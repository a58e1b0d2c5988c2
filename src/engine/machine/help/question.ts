import type { Question } from '../answered.ts';
import type { Place } from '../start-log.ts';

/** Options that answer a question in their argument, what about, and the key of a first value without key. */
const ASKING: Readonly<Record<string, readonly [about: Question['about'], implied?: string]>> = {
  M: ['machine', 'type'],
  machine: ['machine', 'type'],
  cpu: ['cpu'],
  object: ['object', 'qom-type'],
  device: ['device', 'driver'],
  netdev: ['netdev'],
  chardev: ['chardev'],
};

/** Questions that are answered as soon as they are read; the others wait for the rest of the line. */
export const IMMEDIATE: readonly Question['about'][] = ['version', 'machine', 'object'];

function isHelp(word: string): boolean {
  return word === 'help' || word === '?';
}

/** The question that `-option argument` asks, or undefined. */
export function questionOf(
  option: string,
  argument: string,
  location: Place,
  display: boolean,
): Question | undefined {
  const [about, implied] = (Object.hasOwn(ASKING, option) ? ASKING[option] : undefined) ?? [];
  if (about === undefined || argument.startsWith('{')) return undefined;
  if (implied === undefined)
    return isHelp(argument) ? { about, name: undefined, location, display } : undefined;
  if (!argument.split(',').some(isHelp)) return undefined;
  const name = typeIn(argument, implied);
  return { about, name: isHelp(name ?? 'help') ? undefined : name, location, display };
}

/** The type that an argument is about. */
function typeIn(argument: string, implied: string): string | undefined {
  const [first = ''] = argument.split(',');
  if (!first.includes('=')) return first;
  return argument
    .split(',')
    .findLast((part) => part.startsWith(`${implied}=`))
    ?.slice(implied.length + 1);
}
