import type { Device } from '../qdev/device.ts';
import type { QObject } from '../qom/object.ts';
import { MonitorError } from './target.ts';

/** `info qom-tree [path]`: the composition tree below an object, its children sorted by name. */
export function qomTree(root: QObject, path: string): string {
  const start = find(root, path);
  const lines: string[] = [];
  print(start, start === root ? '' : start.name, 0, lines);
  return lines.map((line) => `${line}\n`).join('');
}

/** The object at an absolute path, or the only one whose path ends in `path`. */
function find(root: QObject, path: string): QObject {
  if (path.startsWith('/')) {
    const found = root.at(path);
    if (!found) throw new MonitorError(`Path '${path}' could not be resolved.`);
    return found;
  }
  const found: QObject[] = [];
  const first = path.split('/')[0] ?? '';
  const stack: QObject[] = [root];
  for (let object = stack.pop(); object; object = stack.pop()) {
    const match = object.children.has(first) ? object.at(path) : undefined;
    if (match) found.push(match);
    stack.push(...object.children.values());
  }
  if (found.length > 1) throw new MonitorError(`Path '${path}' is ambiguous.`);
  if (!found[0]) throw new MonitorError(`Path '${path}' could not be resolved.`);
  return found[0];
}

function print(object: QObject, name: string, indent: number, lines: string[]): void {
  lines.push(`${' '.repeat(indent)}/${name} (${object.type.name})`);
  const children: { name: string; object?: QObject; type?: string }[] = [
    ...object.parts.map(({ path, type }) => ({ name: path, type })),
    ...interruptInputs(object),
    ...[...object.children].map(([child, value]) => ({ name: child, object: value })),
  ];
  children.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  for (const child of children)
    if (child.object) print(child.object, child.name, indent + 2, lines);
    else lines.push(`${' '.repeat(indent + 2)}/${child.name} (${child.type})`);
}

/** Interrupt inputs are the GPIO inputs that `info qtree` counts. */
function interruptInputs(object: QObject): { name: string; type: string }[] {
  const gpios = (object as Partial<Device>).gpios ?? [];
  return gpios.flatMap((gpio) => {
    const match = /^gpio-in "(.*)" (\d+)$/.exec(gpio);
    if (!match) return [];
    return Array.from({ length: Number(match[2]) }, (_, i) => ({
      name: `${match[1] || 'unnamed-gpio-in'}[${i}]`,
      type: 'irq',
    }));
  });
}
