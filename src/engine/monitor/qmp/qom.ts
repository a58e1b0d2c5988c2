import type { LoadedTypes } from '../../machine/catalog/loaded-types.ts';
import { jsonTypeFor, jsonTypeOf } from '../../machine/json.ts';
import { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import { type ListedProperty, listClass, listInstances, listObject } from '../../qom/listing.ts';
import type { QObject } from '../../qom/object.ts';
import { bool } from '../../qom/property.ts';
import { type ResolvedType, TWIN_PREFIX } from '../../qom/type.ts';
import { type QomNode, resolveNode } from '../qom-node.ts';
import type { MonitorTarget } from '../target.ts';
import { type QmpCommand, QmpError, qmpCommand } from './command.ts';

/** Properties that every device has; nobody is told of them as a device's own. */
export const OF_EVERY_DEVICE = ['type', 'realized', 'hotpluggable', 'hotplugged', 'parent_bus'];

/** Commands about types and the composition tree. */
export const QOM_QMP: readonly QmpCommand[] = [
  qmpCommand('qom-list', { path: 'string' }, ({ root }, { path }) => {
    if (resolveNode(root, path) === 'ambiguous') throw new QmpError(`Path '${path}' is ambiguous`);
    return nodeOf(root, path)
      .list()
      .map(({ name, type }) => ({ name, type }));
  }),
  qmpCommand('qom-get', { path: 'string', property: 'string' }, ({ root }, { path, property }) => {
    const node = nodeOf(root, path);
    const got = node.read(property);
    if (!got) throw new QmpError(`Property '${node.type}.${property}' not found`);
    if ('error' in got) throw new QmpError(got.error);
    return got.value;
  }),
  qmpCommand(
    'qom-set',
    { path: 'string', property: 'string', value: 'any' },
    (target, { path, property, value }) => {
      setProperty(target, nodeOf(target.root, path), property, { json: value });
      return {};
    },
  ),
  qmpCommand(
    'qom-list-types',
    { implements: 'string?', abstract: 'boolean?' },
    ({ root, types }, args) => {
      types.load();
      return [...root.registry.types()]
        .filter(
          (type) =>
            (args.abstract || !type.info.abstract) &&
            (args.implements === undefined || type.isA(args.implements)),
        )
        .map((type) => ({
          name: type.name,
          ...(type.info.abstract && { abstract: true }),
          ...(type.parent && { parent: type.parent.name }),
        }));
    },
  ),
  qmpCommand('qom-list-properties', { typename: 'string' }, (target, { typename }) => {
    const type = target.root.registry.find(typename);
    if (type?.name !== typename || !target.types.has(typename))
      throw new QmpError(`Class '${typename}' not found`, 'DeviceNotFound');
    return propertiesOf(target.types, type).map(({ name, type: kind, description }) => ({
      name,
      type: kind,
      ...(description !== '' && { description }),
    }));
  }),
  qmpCommand('device-list-properties', { typename: 'string' }, (target, { typename }) => {
    const type = target.root.registry.find(typename);
    if (type?.name !== typename)
      throw new QmpError(`Device '${typename}' not found`, 'DeviceNotFound');
    if (!type.isA('device') || type.info.abstract)
      throw new QmpError("Parameter 'typename' expects a non-abstract device type");
    target.types.load(typename);
    return deviceProperties(target.types, type).map((property) => ({
      name: property.name,
      type: property.type,
      ...(property.description !== '' && { description: property.description }),
      ...(property.default !== undefined && { 'default-value': property.default }),
    }));
  }),
];

/** What a user may want to know of a device type's properties, in QEMU's order. */
export function deviceProperties(types: LoadedTypes, type: ResolvedType): ListedProperty[] {
  return propertiesOf(types, type).filter(
    ({ name }) => !OF_EVERY_DEVICE.includes(name) && !name.startsWith(TWIN_PREFIX),
  );
}

/** Properties of a type, and of an instance where there can be one: QEMU makes one to see. */
function propertiesOf(types: LoadedTypes, type: ResolvedType): ListedProperty[] {
  if (type.info.abstract) return listClass(type);
  const object = types.instantiate(type.name);
  if (!object) return [...listClass(type), ...listInstances(type)];
  const listed = listObject(object);
  const names = new Set(listed.map(({ name }) => name));
  // Regions and the like that our devices make later than QEMU's.
  return [...listed, ...types.partsOf(type).filter(({ name }) => !names.has(name))];
}

function nodeOf(root: QObject, path: string): QomNode {
  const found = resolveNode(root, path);
  if (!found || found === 'ambiguous')
    throw new QmpError(`Device '${path}' not found`, 'DeviceNotFound');
  return found;
}

/** A value to be set: JSON, or text that a person typed. */
type NewValue = { readonly json: unknown } | { readonly text: string };

/** Sets a property as a person types it. Throws ConfigError with QEMU's sentence. */
export function setPropertyText(
  target: MonitorTarget,
  path: string,
  property: string,
  text: string,
): void {
  let kind = '';
  try {
    const node = nodeOf(target.root, path);
    kind = node.object?.findProperty(property)?.property.type ?? '';
    setProperty(target, node, property, { text });
  } catch (error) {
    if (!(error instanceof QmpError || error instanceof ConfigError)) throw error;
    // Typed text is read as 64 bits, whatever the property holds.
    const wide = kind.startsWith('uint') ? 'uint64' : 'int64';
    throw new ConfigError(error.message.replace(/(?<=^Parameter '.*' expects )integer$/, wide));
  }
}

/** Throws QmpError with QEMU's sentence. */
function setProperty(target: MonitorTarget, node: QomNode, name: string, value: NewValue): void {
  const { object } = node;
  if (name === 'realized' && object instanceof Device) {
    setRealized(object, value);
    return;
  }
  const found = object?.findProperty(name);
  if (!object || !found) {
    const there = node.read(name) !== undefined;
    throw new QmpError(
      `Property '${node.type}.${name}' ${there ? 'is not writable' : 'not found'}`,
    );
  }
  const { owner } = found;
  if (found.property.read || found.property.readOnly)
    throw new QmpError(`Property '${owner.type.name}.${found.name}' is not writable`);
  const fixed = owner.type
    .ancestry()
    .some(({ info }) => Object.hasOwn(info.properties ?? {}, found.name));
  if (fixed && owner instanceof Device && owner.realized) {
    const { type } = found.property;
    if (type.startsWith('link<')) refuseRealizedLink(target, owner, found.name, type, value);
    refuseRealized(owner, found.name);
  }
  const text = 'text' in value ? value.text : jsonText(name, found.property.type, value.json);
  if (found.name === 'bootindex' && /^-?\d+$/.test(text))
    target.bootOrder.claim(owner, Number(text));
  object.set(name, text, (id, type) => target.resolve(name, id, type));
}

/** A device can be told to stop; QEMU itself does not survive an attempt to start it again. */
function setRealized(device: Device, value: NewValue): void {
  const text = 'text' in value ? value.text : jsonText('realized', 'bool', value.json);
  const wanted = bool(false).parse(text, {
    name: 'realized',
    type: device.type.name,
    resolve: () => undefined,
  });
  if (wanted === device.realized) return;
  if (wanted) throw new QmpError('a device that was unrealized cannot be realized again');
  device.retire();
}

/** What a link would point to is looked for first. */
function refuseRealizedLink(
  target: MonitorTarget,
  device: Device,
  name: string,
  type: string,
  value: NewValue,
): never {
  const id = 'text' in value ? value.text : jsonText(name, type, value.json);
  target.resolve(name, id, type.slice('link<'.length, -1));
  throw new QmpError(
    `Attempt to set link property '${name}' on device '${device.id || '(null)'}' (type '${device.type.name}') after it was realized`,
  );
}

function refuseRealized(device: Device, name: string): never {
  const who = device.id === '' ? 'anonymous device' : `device '${device.id}'`;
  throw new QmpError(
    `Attempt to set property '${name}' on ${who} (type '${device.type.name}') after it was realized`,
  );
}

/** A JSON value as the text that a property reads. Throws QmpError where it is of another type. */
function jsonText(name: string, type: string, value: unknown): string {
  const expected = jsonTypeFor(type);
  if (jsonTypeOf(value) !== expected)
    throw new QmpError(`Invalid parameter type for '${name}', expected: ${expected}`);
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}
