import type { DeviceFacts, PropertyFacts } from '../../protocol/messages.ts';

/** Properties of one owner. */
export interface PropertyGroup {
  /** Type that has them. */
  readonly owner: string;
  readonly properties: readonly PropertyFacts[];
}

/**
 * Properties of a device, by owner. What a transport only passes on to the virtio device in it is
 * listed there, with the device's other properties.
 */
export function propertyGroups(device: DeviceFacts, inner?: DeviceFacts): PropertyGroup[] {
  const passedOn = new Set(inner?.properties.map(({ name }) => name));
  const own = device.properties.filter(
    ({ name, printed }) => printed !== undefined || !passedOn.has(name),
  );
  const groups: PropertyGroup[] = [{ owner: device.type, properties: own }];
  if (inner) groups.push({ owner: inner.type, properties: inner.properties });
  return groups.filter(({ properties }) => properties.length > 0);
}

/** Whether a property is other than it would be by itself. */
export function isChanged({ settable, defaultValue, value }: PropertyFacts): boolean {
  return settable && defaultValue !== undefined && value !== defaultValue;
}

/** Properties that a filter leaves: those that say all its words in name, type or description. */
export function filtered(
  properties: readonly PropertyFacts[],
  filter: string,
  changedOnly: boolean,
): PropertyFacts[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return properties.filter((property) => {
    if (changedOnly && !isChanged(property)) return false;
    const text = `${property.name} ${property.type} ${property.description}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How a property is edited. */
export type PropertyInput = 'switch' | 'choice' | 'link' | 'number' | 'text';

/** The control that fits a property. */
export function inputFor({ type, choices, link }: PropertyFacts): PropertyInput {
  if (link) return 'link';
  if (type === 'bool') return 'switch';
  if (choices && choices.length > 0) return 'choice';
  return /^(?:u?int\d+|size)$/.test(type) ? 'number' : 'text';
}
