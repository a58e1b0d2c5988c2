import type { MemoryRegion } from '../../memory/memory-region.ts';
import {
  type ListedProperty,
  listClass,
  listInstances,
  listObject,
  readProperty,
} from '../qom/listing.ts';
import type { Part, QObject } from '../qom/object.ts';

/** Something that a path of the composition tree leads to: an object, or a part of one. */
export interface QomNode {
  readonly path: string;
  readonly type: string;
  /** The object itself; undefined for a part. */
  readonly object: QObject | undefined;
  list(): ListedProperty[];
  /** As `readProperty`. */
  read(name: string): ReturnType<typeof readProperty>;
}

/** What became of a path. */
export type Resolved = QomNode | 'ambiguous' | undefined;

/** The node at an absolute path, or the only one whose path ends in `path`. */
export function resolveNode(root: QObject, path: string): Resolved {
  const names = path.split('/').filter((name) => name !== '');
  if (path.startsWith('/')) return nodeAt(root, names);
  const found = new Map<string, QomNode>();
  const stack: QObject[] = [root];
  for (let object = stack.pop(); object; object = stack.pop()) {
    const node = nodeAt(object, names);
    if (node) found.set(node.path, node);
    if (found.size > 1) return 'ambiguous';
    stack.push(...object.children.values());
  }
  return [...found.values()][0];
}

/** Follows names from an object on: children, parts, and what links point to. */
function nodeAt(start: QObject, names: readonly string[]): QomNode | undefined {
  let object = start;
  for (const [i, name] of names.entries()) {
    const next = object.children.get(name) ?? object.links.get(name)?.target();
    if (!next) {
      const part = object.parts.find(({ path }) => path === name);
      return part && i === names.length - 1 ? partNode(object, part) : undefined;
    }
    object = next;
  }
  const found = object;
  return {
    path: found.path,
    type: found.type.name,
    object: found,
    list: () => listObject(found),
    read: (name) => readProperty(found, name),
  };
}

function partNode(owner: QObject, part: Part): QomNode {
  const type = owner.registry.find(part.type);
  const region = part.region as MemoryRegion | undefined;
  return {
    path: `${owner.path}/${part.path}`,
    type: part.type,
    object: undefined,
    list: () => (type ? [...listClass(type), ...listInstances(type)] : []),
    read: (name) => {
      if (name === 'type') return { value: part.type };
      if (!type?.properties.has(name)) return undefined;
      return { value: regionFact(region, name) };
    },
  };
}

/** What a memory region's property says. */
function regionFact(region: MemoryRegion | undefined, name: string): unknown {
  switch (name) {
    case 'container':
      return region?.container ? regionPath(region.container) : '';
    case 'addr':
      return region?.address ?? 0;
    case 'size':
      return region && region.size >= 2 ** 64 ? 2n ** 64n - 1n : (region?.size ?? 0);
    default:
      return region?.priority ?? 0;
  }
}

function regionPath(region: MemoryRegion): string {
  const owner = region.owner as QObject | undefined;
  const part = owner?.parts.find((candidate) => candidate.region === region);
  return owner && part ? `${owner.path}/${part.path}` : '';
}
