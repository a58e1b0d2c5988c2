import type { DeviceType, LinkFacts } from '../../journal/device-facts.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { Property } from '../qom/property.ts';
import type { ResolvedType, TypeRegistry } from '../qom/type.ts';
import { linkOf } from './back-end-facts.ts';
import type { Catalog } from './catalog/catalog.ts';
import { byName } from './help/answer.ts';
import { HEADINGS, headingsOf } from './help/categories.ts';

/**
 * Every type that `-device` can make on a machine, in the order of `-device help`; what `scratch` is the context
 * of is made, looked at and dropped.
 */
export function deviceTypes(
  registry: TypeRegistry,
  catalog: Catalog,
  scratch: unknown,
): DeviceType[] {
  const types: DeviceType[] = [];
  for (const type of registry.types()) {
    if (!type.isA('device') || type.info.abstract) continue;
    // What QEMU no longer has is under no heading, and yet can be made.
    const isOld = catalog.find(type.name) === undefined;
    if (isOld && type.inherited('userCreatable') === false) continue;
    const category = headingsOf(isOld ? 'O' : type.info.groups)[0];
    if (category !== undefined) types.push(describe(type, category, registry, catalog, scratch));
  }
  const rank = ({ category }: DeviceType) => HEADINGS.indexOf(category);
  return types.sort((a, b) => rank(a) - rank(b) || byName(a.name, b.name));
}

function describe(
  type: ResolvedType,
  category: string,
  registry: TypeRegistry,
  catalog: Catalog,
  scratch: unknown,
): DeviceType {
  const { name, info } = type;
  const create = type.inherited('create');
  return {
    name,
    description: info.description ?? '',
    category,
    bus: type.inherited('bus'),
    aliases: [...new Set([...(info.aliases ?? []), ...catalog.aliasOf(name)])],
    ...(!(create && type.inherited('userCreatable') !== false) && { unmodelled: true }),
    links: propertiesOf(type, registry, scratch).flatMap(([property, declared]): LinkFacts[] => {
      const link = linkOf(declared, registry);
      return link && !declared.read ? [{ property, ...link }] : [];
    }),
  };
}

/** Properties of a type and, where there can be one, of what an instance has inside. */
function propertiesOf(
  type: ResolvedType,
  registry: TypeRegistry,
  scratch: unknown,
): [string, Property<unknown>][] {
  const own = [...type.properties];
  const inside = instance(type, registry, scratch);
  const aliased = [...(inside?.aliases.keys() ?? [])].map(
    (name) => [name, inside?.findProperty(name)?.property] as const,
  );
  return [...own, ...aliased.filter((pair): pair is [string, Property<unknown>] => !!pair[1])];
}

function instance(
  type: ResolvedType,
  registry: TypeRegistry,
  context: unknown,
): QObject | undefined {
  try {
    return type.inherited('create')?.({ type, registry, context });
  } catch (error) {
    // What `-global` says may not suit what is inside.
    if (error instanceof ConfigError) return undefined;
    throw error;
  }
}
