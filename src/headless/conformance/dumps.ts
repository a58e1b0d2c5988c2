import type { Machine } from '../../engine/machine/machine.ts';
import { attempt, type Check, type Wanted } from './check.ts';
import { firstJsonDifference, firstTextDifference } from './compare.ts';
import { type Folder, readFile } from './folder.ts';
import { maskJson, maskText } from './mask.ts';
import { start } from './subject.ts';

/** A machine that was built and questioned, as `index.json` describes it. */
export interface DumpEntry {
  readonly dir: string | null;
  readonly argv: readonly string[];
  readonly files: readonly string[];
  /** What was done before the questions. */
  readonly note?: string;
}

/** Monitor commands behind the files that hold one answer. */
const COMMANDS: Readonly<Record<string, string>> = {
  'qtree.txt': 'info qtree',
  'qom-tree.txt': 'info qom-tree',
  'pci.txt': 'info pci',
  'mtree.txt': 'info mtree',
  'mtree-f.txt': 'info mtree -f',
  'block.txt': 'info block',
  'network.txt': 'info network',
  'chardev.txt': 'info chardev',
};

/** Most queues of a device whose status was asked for. */
const QUEUES = 4;

/** Compares every file of a dump. */
export function checkDump(folder: Folder, entry: DumpEntry, wanted: Wanted): Check[] {
  const { dir } = entry;
  if (dir === null) return [];
  const files = entry.files.filter((file) => wanted(kindOf(file), `${dir}/${file}`));
  if (files.length === 0) return [];
  let refused = '';
  let machine: Machine | undefined;
  try {
    const result = start(entry.argv);
    if ('machine' in result) machine = result.machine;
    else refused = `did not start: ${(result.stderr || result.stdout).trim()}`;
    if (machine && entry.note?.startsWith('cont')) {
      machine.monitor('cont');
      machine.monitor('stop');
    }
  } catch (error) {
    refused = `threw ${(error as Error).stack?.split('\n').slice(0, 3).join(' ')}`;
  }
  return files.map((file) =>
    attempt(kindOf(file), `${dir}/${file}`, () =>
      machine ? compare(machine, file, readFile(folder, `${dir}/${file}`)) : refused,
    ),
  );
}

function kindOf(file: string): string {
  if (file === 'virtio.json') return 'virtio-json';
  return file.replace(/\.\w+$/, '');
}

function compare(machine: Machine, file: string, expected: string): string | undefined {
  const command = COMMANDS[file];
  const kind = kindOf(file);
  const text = (actual: string) =>
    firstTextDifference(maskText(kind, actual), maskText(kind, expected));
  const json = (actual: unknown) =>
    firstJsonDifference(maskJson(actual), maskJson(JSON.parse(expected)));
  if (command !== undefined) return text(machine.monitor(command));
  if (file === 'stderr.txt') return text(machine.stderr);
  if (file === 'virtio.txt') return text(virtioText(machine));
  if (file === 'virtio.json') return json(virtioJson(machine));
  if (file === 'query-pci.json') return json(answer(machine, 'query-pci'));
  if (file === 'qom-props.json')
    return json(['/machine/peripheral', '/machine/peripheral-anon'].map((p) => object(machine, p)));
  return `${file} is of no known kind`;
}

/** What a QMP command returns, or its error as an object. */
function answer(machine: Machine, execute: string, args: object = {}): unknown {
  const reply = machine.qmp({ execute, arguments: args as Record<string, unknown> });
  return 'return' in reply ? reply.return : { error: reply.error };
}

interface ListedDevice {
  readonly path: string;
}

function virtioDevices(machine: Machine): ListedDevice[] {
  const list = answer(machine, 'x-query-virtio');
  return Array.isArray(list) ? (list as ListedDevice[]) : [];
}

function queueCount(status: unknown): number {
  return Math.min(QUEUES, Number((status as { 'num-vqs'?: number })['num-vqs'] ?? 0));
}

function virtioText(machine: Machine): string {
  const said: string[] = [];
  const ask = (command: string) => {
    const text = machine.monitor(command);
    said.push(`(qemu) ${command}\n${text}${text === '' || text.endsWith('\n') ? '' : '\n'}`);
  };
  ask('info virtio');
  for (const { path } of virtioDevices(machine)) {
    ask(`info virtio-status ${path}`);
    if (queueCount(answer(machine, 'x-query-virtio-status', { path })) > 0)
      ask(`info virtio-queue-status ${path} 0`);
  }
  return said.join('');
}

function virtioJson(machine: Machine): unknown {
  const devices: Record<string, unknown> = {};
  for (const { path } of virtioDevices(machine)) {
    const status = answer(machine, 'x-query-virtio-status', { path });
    const queues = Array.from({ length: queueCount(status) }, (_, queue) =>
      answer(machine, 'x-query-virtio-queue-status', { path, queue }),
    );
    devices[path] = { status, queues };
  }
  return { 'x-query-virtio': answer(machine, 'x-query-virtio'), devices };
}

interface ListedProperty {
  readonly name: string;
  readonly type: string;
}

/** All properties of an object and of its children. */
function object(machine: Machine, path: string): unknown {
  const list = answer(machine, 'qom-list', { path }) as ListedProperty[];
  const properties: unknown[] = [];
  const children: Record<string, unknown> = {};
  for (const property of list) {
    if (property.type.startsWith('child<')) {
      children[property.name] = object(machine, `${path}/${property.name}`);
      continue;
    }
    const reply = machine.qmp({
      execute: 'qom-get',
      arguments: { path, property: property.name },
    });
    properties.push({
      ...property,
      ...('return' in reply ? { value: reply.return } : { error: reply.error.desc }),
    });
  }
  return { path, properties, children };
}
