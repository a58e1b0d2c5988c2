import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { ResolvedType, TypeRegistry } from '../qom/type.ts';
import { findBus, findBusOfType } from './find-bus.ts';
import { FOREIGN_DEVICES } from './foreign-devices.ts';
import type { JsonValue } from './json.ts';
import { type Entry, lastValue } from './opts.ts';

/** What adding a device needs of the machine. */
export interface DeviceHome {
  readonly registry: TypeRegistry;
  readonly sysbus: Bus;
  /** `/machine/peripheral` and `/machine/peripheral-anon`. */
  readonly peripheral: QObject;
  readonly peripheralAnon: QObject;
  /** Context that constructors get. */
  readonly context: unknown;
  /** Places in the boot order that are taken. */
  readonly bootIndexes: Set<number>;
  /** What a property names: a drive, or an object of `type`. Throws ConfigError where it is of another type. */
  resolve(property: string, id: string, type: string): unknown;
}

/** A device to add: `driver=`, `bus=` and properties. */
export interface DeviceRequest {
  readonly id: string | undefined;
  readonly entries: readonly Entry[];
  /** Typed values of the same entries, where they came as JSON. */
  readonly json?: Readonly<Record<string, JsonValue>> | undefined;
}

/** Properties that every object or device has, and nobody sets. */
const READ_ONLY = ['type', 'hotplugged', 'hotpluggable', 'realized', 'parent_bus'];

/** Makes, configures and realizes the device that `request` describes. Throws ConfigError with QEMU's sentence. */
export function addDevice(home: DeviceHome, request: DeviceRequest): Device {
  const type = driverType(home.registry, lastValue(request.entries, 'driver'));
  const bus = chooseBus(home, type, lastValue(request.entries, 'bus'));
  const device = home.registry.create(type.name, home.context) as Device;
  if (request.id === undefined) home.peripheralAnon.addChild('device[*]', device);
  else {
    device.id = request.id;
    if (home.peripheral.children.has(device.id))
      throw new ConfigError(`Duplicate device ID '${device.id}'`);
    home.peripheral.addChild(device.id, device);
  }
  for (const { key, value } of request.entries) {
    if (key === 'driver' || key === 'bus') continue;
    if (READ_ONLY.includes(key) || device.children.has(key))
      throw new ConfigError(`Property '${type.name}.${key}' is not writable`);
    if (request.json) checkJsonType(device, key, request.json[key] ?? null);
    const number = request.json?.[key];
    const text = key === 'addr' && typeof number === 'number' ? devfnText(number) : value;
    device.set(key, text, (id, wanted) => home.resolve(key, id, wanted));
    if (key === 'bootindex') claimBootIndex(home, device);
  }
  device.plugInto(bus);
  return device;
}

function driverType(registry: TypeRegistry, driver: string | undefined): ResolvedType {
  if (driver === undefined) throw new ConfigError("Parameter 'driver' is missing");
  const type = registry.find(driver);
  if (!type && FOREIGN_DEVICES.has(driver))
    throw new ConfigError(`'${driver}' is not modelled yet`);
  if (!type?.isA('device')) throw new ConfigError(`'${driver}' is not a valid device model name`);
  if (type.info.abstract)
    throw new ConfigError("Parameter 'driver' expects a non-abstract device type");
  if (type.inherited('userCreatable') === false)
    throw new ConfigError("Parameter 'driver' expects a pluggable device type");
  return type;
}

function chooseBus(
  home: DeviceHome,
  type: ResolvedType,
  path: string | undefined,
): Bus | undefined {
  const wanted = type.inherited('bus');
  if (path !== undefined) {
    const bus = findBus(home.sysbus, path);
    if (wanted === undefined || !bus.type.isA(wanted))
      throw new ConfigError(`Device '${type.name}' can't go on ${bus.type.name} bus`);
    return bus;
  }
  if (wanted === undefined) return undefined;
  const bus = findBusOfType(home.sysbus, wanted);
  if (!bus || bus.full) throw new ConfigError(`No '${wanted}' bus found for device '${type.name}'`);
  return bus;
}

/** A PCI address that came as a number: slot and function as text. */
function devfnText(devfn: number): string {
  return `${(devfn >> 3).toString(16)}.${devfn & 7}`;
}

/** Two devices cannot be booted first. */
function claimBootIndex(home: DeviceHome, device: Device): void {
  const { owner, name } = device.findProperty('bootindex') ?? {};
  const index = Number(owner?.values[name ?? '']);
  if (index < 0) return;
  if (home.bootIndexes.has(index))
    throw new ConfigError(`The bootindex ${index} has already been used`);
  home.bootIndexes.add(index);
}

/** JSON has types of its own, and QEMU insists on them. */
function checkJsonType(device: Device, key: string, value: JsonValue): void {
  const type = device.findProperty(key)?.property.type;
  if (type === undefined) return;
  const expected = type === 'bool' ? 'boolean' : /^u?int|^size$/.test(type) ? 'integer' : 'string';
  const actual = typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
  // A PCI address may be text as well as a number.
  if (actual === expected || (key === 'addr' && actual === 'string')) return;
  throw new ConfigError(
    expected === 'integer' && !type.startsWith('int')
      ? `Parameter '${key}' expects uint64`
      : `Invalid parameter type for '${key}', expected: ${expected}`,
  );
}
