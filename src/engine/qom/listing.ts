import type { QObject } from './object.ts';
import type { Property } from './property.ts';
import { StringHashOrder } from './string-hash-order.ts';
import { type ResolvedType, TWIN_PREFIX } from './type.ts';

/** A property as lists show it. */
export interface ListedProperty {
  readonly name: string;
  readonly type: string;
  readonly description: string;
  /** Default in JSON, or undefined where lists tell none. */
  readonly default: unknown;
}

/** Properties of a class: its ancestors' before its own. */
export function listClass(type: ResolvedType): ListedProperty[] {
  return type
    .ancestry()
    .reverse()
    .flatMap((ancestor) => ancestor.classOrder.map((name) => listedOf(type, name)));
}

/** Properties that every instance of a type has beside its class's, as far as declarations tell. */
export function listInstances(type: ResolvedType): ListedProperty[] {
  const order = new StringHashOrder();
  for (const { info } of type.ancestry().reverse())
    for (const name of Object.keys(info.instanceProperties ?? {})) order.add(name);
  return order
    .names()
    .reverse()
    .map((name) => listedOf(type, name));
}

/** All properties of an object: its class's, then its own. */
export function listObject(object: QObject): ListedProperty[] {
  const own = object.ownNames.map((name) => ownProperty(object, name));
  return [...listClass(object.type), ...own.filter((property) => property !== undefined)];
}

function ownProperty(object: QObject, name: string): ListedProperty | undefined {
  const plain = (type: string) => ({ name, type, description: '', default: undefined });
  const child = object.children.get(name);
  if (child) return plain(`child<${child.type.name}>`);
  const link = object.links.get(name);
  if (link) return plain(link.type);
  const part = object.parts.find(({ path }) => path === name);
  if (part) return plain(`child<${part.type}>`);
  const added = object.added.get(name);
  if (added) return describe(name, added);
  const alias = object.aliases.get(name);
  const target = alias?.target.findProperty(alias.name)?.property;
  if (target) return describe(name, target);
  return object.type.properties.has(name) ? listedOf(object.type, name) : undefined;
}

function listedOf(type: ResolvedType, name: string): ListedProperty {
  const property = type.properties.get(name);
  if (property) return describe(name, property);
  return { name, type: 'str', description: '', default: undefined };
}

function describe(name: string, property: Property<unknown>): ListedProperty {
  const { type, description, hasDefault } = property;
  const shown = hasDefault ? property.toJson(property.default) : undefined;
  return { name, type, description, default: shown };
}

/** A property's value in JSON, `error` QEMU's sentence where it cannot be had; undefined where there is no such property. */
export function readProperty(
  object: QObject,
  name: string,
): { readonly value: unknown } | { readonly error: string } | undefined {
  const child = object.children.get(name);
  if (child) return { value: child.path };
  const link = object.links.get(name);
  if (link) return { value: link.target()?.path ?? '' };
  if (object.parts.some(({ path }) => path === name)) return { value: `${object.path}/${name}` };
  const found = object.findProperty(name);
  if (found) {
    const { owner, property } = found;
    if (property.read) return { value: property.read(owner) };
    return { value: property.toJson(owner.values[found.name]) };
  }
  return readTwin(object, name);
}

/** `legacy-NAME`: the value of NAME as text. */
function readTwin(object: QObject, name: string): ReturnType<typeof readProperty> {
  if (!name.startsWith(TWIN_PREFIX)) return undefined;
  const plain = name.slice(TWIN_PREFIX.length);
  const property = object.type.properties.get(plain);
  if (!property?.twin) return undefined;
  return property.twin === 'text'
    ? { value: property.print(object.values[plain]) }
    : { error: `Property '${object.type.name}.${name}' is not readable` };
}
