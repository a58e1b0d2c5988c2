import { basename } from 'node:path';
import type { Machine } from '../../engine/machine/machine.ts';
import { attempt, type Check, type Wanted } from './check.ts';
import { firstJsonDifference, firstTextDifference } from './compare.ts';
import { type Folder, readFile } from './folder.ts';
import { start } from './subject.ts';

/** A question on the command line; several devices where `names` is there. */
export interface HelpEntry {
  readonly argv: readonly string[];
  readonly file: string;
  readonly names?: readonly string[];
}

/** Compares a help text; a file about several devices is one comparison a device. */
export function checkHelp(folder: Folder, entry: HelpEntry, wanted: Wanted): Check[] {
  const text = () => readFile(folder, entry.file);
  if (!entry.names)
    return wanted('help', entry.file)
      ? [attempt('help', entry.file, () => firstTextDifference(said(entry.argv).text, text()))]
      : [];
  const program = entry.argv[0] ?? '';
  const parts = text().split(/^(?=### )/m);
  return parts.flatMap((part, i) => {
    const [, name = ''] = /^### \S+ -device (.*),help {2}\(exit/.exec(part) ?? [];
    const id = `${entry.file}/${name}`;
    if (!wanted('help', id)) return [];
    return [
      attempt('help', id, () => {
        const { exit, text: ours } = said([program, '-device', `${name},help`]);
        const head = `### ${program} -device ${name},help  (exit ${exit})\n`;
        // Parts are joined by a line end.
        return firstTextDifference(`${head}${ours}${i < parts.length - 1 ? '\n' : ''}`, part);
      }),
    ];
  });
}

function said(argv: readonly string[]): { exit: number; text: string } {
  const result = start(argv);
  if ('machine' in result) return { exit: -1, text: 'a machine was started' };
  return { exit: result.exit, text: result.stdout + result.stderr };
}

/** Types that `types/` was made with, one machine an architecture. */
const MACHINES: Readonly<Record<string, string>> = {
  x86_64: 'pc',
  aarch64: 'virt',
  s390x: 's390-ccw-virtio',
};

/** Compares one file of `types/`; a file that maps names is one comparison a name. */
export function checkTypes(folder: Folder, file: string, wanted: Wanted): Check[] {
  const [what = '', arch = ''] = /^(.*)\.(\w+)\.(?:json|txt)$/.exec(basename(file))?.slice(1) ?? [];
  const machine = MACHINES[arch];
  if (machine === undefined || !wanted('types', file)) return [];
  const built = once(() => {
    const result = start([`qemu-system-${arch}`, '-M', machine, '-nodefaults', '-S']);
    if ('machine' in result) return result.machine;
    throw new Error(result.stderr);
  });
  const text = readFile(folder, file);
  if (file.endsWith('.txt'))
    return [
      attempt('types', file, () =>
        firstTextDifference(built().monitor(what === 'hmp-help' ? 'help' : 'info'), text),
      ),
    ];
  const expected: unknown = JSON.parse(text);
  const named = questions(what);
  if (!named)
    return [attempt('types', file, () => firstJsonDifference(whole(built(), what), expected))];
  return Object.entries(expected as Record<string, unknown>).map(([name, value]) =>
    attempt('types', `${file}/${name}`, () => firstJsonDifference(named(built(), name), value)),
  );
}

function once(build: () => Machine): () => Machine {
  let machine: Machine | undefined;
  return () => {
    machine ??= build();
    return machine;
  };
}

function ask(machine: Machine, execute: string, args: Record<string, unknown> = {}): unknown {
  const reply = machine.qmp({ execute, arguments: args });
  return 'return' in reply ? reply.return : reply.error;
}

interface Named {
  readonly name: string;
}

function byName(list: unknown): Named[] {
  return [...(list as Named[])].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The whole answer that a file holds. */
function whole(machine: Machine, what: string): unknown {
  if (what === 'qom-list-types') return byName(ask(machine, 'qom-list-types', { abstract: true }));
  if (what === 'query-commands')
    return byName(ask(machine, 'query-commands')).map(({ name }) => name);
  throw new Error(`${what} is of no known kind`);
}

/** How a file's members are asked for, where it has one a type. */
function questions(what: string): ((machine: Machine, name: string) => unknown) | undefined {
  if (what === 'qom-implements')
    return (machine, name) =>
      byName(ask(machine, 'qom-list-types', { implements: name, abstract: true })).map(
        (type) => type.name,
      );
  if (/^(?:device|qom)-list-properties(?:\.errors)?$/.test(what))
    return (machine, typename) => ask(machine, what.replace('.errors', ''), { typename });
  return undefined;
}
