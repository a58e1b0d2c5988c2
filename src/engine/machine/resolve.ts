import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import { DeviceNotFound } from './hotplug.ts';

/**
 * The object that a link property names: an absolute path, or the end of one anywhere in the tree.
 * Empty text names none. Throws ConfigError where there is none, or none of `type`.
 */
export function resolveObject(
  root: QObject,
  property: string,
  path: string,
  type: string,
): QObject | undefined {
  if (path === '') return undefined;
  const found = path.startsWith('/')
    ? [root.at(path)].filter((object) => object !== undefined)
    : matches(root, path);
  const fitting = found.filter((object) => object.type.isA(type));
  if (fitting.length > 1)
    throw new ConfigError(`Path '${path}' does not uniquely identify an object`);
  if (fitting[0]) return fitting[0];
  if (found.length === 0) throw new DeviceNotFound(path);
  throw new ConfigError(`Invalid parameter type for '${property}', expected: ${type}`);
}

/** Every object whose path ends in `path`. */
function matches(root: QObject, path: string): QObject[] {
  const first = path.split('/')[0] ?? '';
  const found: QObject[] = [];
  const stack: QObject[] = [root];
  for (let object = stack.pop(); object; object = stack.pop()) {
    const match = object.children.has(first) ? object.at(path) : undefined;
    if (match) found.push(match);
    stack.push(...object.children.values());
  }
  return found;
}
