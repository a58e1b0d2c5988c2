import type { DeviceFacts, PropertyFacts } from '../../journal/device-facts.ts';
import { OF_EVERY_DEVICE } from '../monitor/qmp/qom.ts';
import type { Device } from '../qdev/device.ts';
import { printedProperties } from '../qdev/print.ts';
import { ConfigError } from '../qom/errors.ts';
import { QObject } from '../qom/object.ts';
import type { Property } from '../qom/property.ts';
import { isPart } from '../qom/type.ts';
import { linkOf } from './back-end-facts.ts';
import { registerFacts } from './register-facts.ts';

/** All about a device as it is now. */
export function deviceFacts(device: Device): DeviceFacts {
  const printed = new Map(printedProperties(device));
  const names = new Set([
    ...device.type.properties.keys(),
    ...device.added.keys(),
    ...device.aliases.keys(),
  ]);
  const properties = [...names]
    .filter((name) => !OF_EVERY_DEVICE.includes(name))
    .map((name) => propertyFacts(device, name, printed.get(name)))
    .filter((facts) => facts !== undefined)
    .sort((a, b) => a.depth - b.depth || (a.name < b.name ? -1 : 1));
  return {
    path: device.path,
    type: device.type.name,
    bus: device.parentBus?.path,
    properties: properties.map(({ depth: _, ...facts }) => facts),
    registers: registerFacts(device),
  };
}

/** What is known of a property, and how far up it is declared; undefined where it is only a part of the device. */
function propertyFacts(
  device: Device,
  name: string,
  printed: string | undefined,
): (PropertyFacts & { readonly depth: number }) | undefined {
  const found = device.findProperty(name);
  if (!found || isPart(found.property)) return undefined;
  const { owner, property } = found;
  const { type, description, hasDefault, choices, read, readOnly } = property;
  const value = read ? read(owner) : owner.values[found.name];
  const link = read ? undefined : linkOf(property, device.registry);
  const lineage = owner.type.ancestry();
  const depth = Math.max(
    0,
    lineage.findIndex(({ info }) =>
      [info.properties, info.classProperties, info.instanceProperties].some(
        (table) => table && Object.hasOwn(table, found.name),
      ),
    ),
  );
  return {
    name,
    type,
    description,
    defaultValue: hasDefault ? typedText(property, property.default) : undefined,
    value: typedText(property, value) ?? '',
    printed,
    settable: !read && !readOnly,
    declaredBy: lineage[depth]?.name ?? '',
    ...(choices && { choices }),
    ...(link && { link: { property: name, ...link } }),
    depth,
  };
}

/** A value as a person would type it; undefined where it cannot be typed. */
function typedText(property: Property<unknown>, value: unknown): string | undefined {
  if (value instanceof QObject) return value.parent?.path === '/objects' ? value.name : value.path;
  if (value === undefined && !property.read) return undefined;
  if (property.read) return jsonText(value);
  const text = property.twin === 'text' ? property.print(value) : jsonText(property.toJson(value));
  return property.names || isTypable(property, text) ? text : undefined;
}

function jsonText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value !== 'object' || value === null) return String(value ?? '');
  // Integers that a number cannot hold are marked as text first, and stand unquoted in the end.
  const marked = JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'bigint' ? `\u0000${part}` : part,
  );
  return marked.replace(/"\\u0000(-?\d+)"/g, '$1');
}

/** Whether a property takes `text`: some begin with a value that stands for none. */
function isTypable(property: Property<unknown>, text: string): boolean {
  try {
    property.parse(text, { name: '', type: '', resolve: () => undefined });
    return true;
  } catch (error) {
    if (error instanceof ConfigError) return false;
    throw error;
  }
}
