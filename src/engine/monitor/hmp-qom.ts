import { parseJson } from '../machine/json.ts';
import { parseKeyval } from '../machine/keyval.ts';
import { objectFromJson, objectFromKeyval } from '../machine/objects.ts';
import { qdictOrder } from '../machine/qdict-order.ts';
import type { Command } from './commands.ts';
import { answerTo, ask, attempt } from './hmp-answer.ts';
import { runQmp } from './qmp/qmp.ts';
import { setPropertyText } from './qmp/qom.ts';

interface Listed {
  readonly name: string;
  readonly type: string;
}

/** A property's value as the human monitor writes JSON: with four blanks a level. */
function pretty(value: unknown): string {
  // Numbers that are exact beyond 2^53 pass as marked text, and lose their quotes again.
  const exact = (_key: string, inner: unknown) =>
    typeof inner === 'bigint' ? `\u0000${inner}` : inner;
  const text = JSON.stringify(ordered(value), exact, 4);
  return `${text.replace(/"\\u0000(-?\d+)"/g, '$1')}\n`;
}

/** A value whose objects have their members in QEMU's order. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const members = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    qdictOrder(Object.keys(members)).map((name) => [name, ordered(members[name])]),
  );
}

/** Commands about objects and their properties. */
export const QOM_HMP: readonly Command[] = [
  {
    name: 'object_add',
    params: '[qom-type=]type,id=str[,prop=value][,...]',
    help: 'create QOM object',
    args: ['rest'],
    complete: ['object-options'],
    run(target, { strings: [text = ''] }) {
      let help = '';
      const complaint = attempt(() => {
        if (text.startsWith('{')) return target.addObject(objectFromJson(parseJson(text)));
        const keyval = parseKeyval(text, 'qom-type');
        if (!keyval.help) return target.addObject(objectFromKeyval(keyval.tree));
        const name = keyval.tree['qom-type'];
        help = answerTo(target, 'object', typeof name === 'string' ? name : undefined);
      });
      return help + complaint;
    },
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
      return attempt(() => {
        const value = parseJson(text);
        runQmp(target, { execute: 'qom-set', arguments: { path, property, value } });
      });
    },
  },
];
