import { objectFromText } from '../machine/objects.ts';
import type { Command } from './commands.ts';
import { ask, attempt } from './hmp-answer.ts';
import { setPropertyText } from './qmp/qom.ts';
import { MonitorError } from './target.ts';

interface Listed {
  readonly name: string;
  readonly type: string;
}

/** A property's value as the human monitor writes JSON: with four blanks a level. */
function pretty(value: unknown): string {
  return `${JSON.stringify(value, undefined, 4)}\n`;
}

/** Commands about objects and their properties. */
export const QOM_HMP: readonly Command[] = [
  {
    name: 'object_add',
    params: '[qom-type=]type,id=str[,prop=value][,...]',
    help: 'create QOM object',
    args: ['rest'],
    complete: ['object-options'],
    run: (target, { strings }) => attempt(() => target.addObject(objectFromText(strings[0] ?? ''))),
  },
  {
    name: 'object_del',
    params: 'id',
    help: 'destroy QOM object',
    args: ['string'],
    complete: ['object-id'],
    run: (target, { strings }) => attempt(() => target.removeObject(strings[0] ?? '')),
  },
  {
    name: 'qom-get',
    params: 'path property',
    help: 'print QOM property',
    args: ['string', 'string'],
    complete: ['path', 'property'],
    run: (target, { strings: [path, property] }) =>
      pretty(ask(target, 'qom-get', { path, property })),
  },
  {
    name: 'qom-list',
    params: 'path',
    help: 'list QOM properties',
    args: ['string?'],
    complete: ['path'],
    run(target, { strings: [path] }) {
      if (path === undefined) return '/\n';
      const list = ask(target, 'qom-list', { path }) as Listed[];
      return list.map(({ name, type }) => `${name} (${type})\n`).join('');
    },
  },
  {
    name: 'qom-set',
    params: '[-j] path property value',
    help: 'set QOM property.\n\t\t\t-j: the value is specified in json format.',
    args: ['-j', 'string', 'string', 'rest'],
    complete: ['path', 'property'],
    run(target, { strings: [path, property, text = ''], flags }) {
      if (!flags.has('j'))
        return attempt(() => setPropertyText(target, path ?? '', property ?? '', text));
      ask(target, 'qom-set', { path, property, value: jsonValue(text) });
      return '';
    },
  },
];

function jsonValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MonitorError('Error: JSON parse error, invalid keyword');
  }
}
