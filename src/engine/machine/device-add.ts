import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { ResolvedType, TypeRegistry } from '../qom/type.ts';
import { findBus, findBusOfType } from './find-bus.ts';
import type { JsonValue } from './json.ts';
import { checkedId, type Entry, lastValue } from './opts.ts';

/** What adding a device needs of the machine. */
export interface DeviceHome {
  readonly registry: TypeRegistry;
  readonly sysbus: Bus;
  /** `/machine/peripheral` and `/machine/peripheral-anon`. */
  readonly peripheral: QObject;
  readonly peripheralAnon: QObject;
  /** Context that constructors get. */
  readonly context: unknown;
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
    // An id out of JSON has not been through the option parser.
    device.id = checkedId(request.id);
    if (home.peripheral.children.has(device.id)) throw new ConfigError(`Duplicate device ID '${device.id}'`);
    home.peripheral.addChild(device.id, device);
  }
  for (const { key, value } of request.entries) {
    if (key === 'driver' || key === 'bus') continue;
    if (READ_ONLY.includes(key)) throw new ConfigError(`Property '${type.name}.${key}' is not writable`);
    if (request.json) checkJsonType(device, key, request.json[key] ?? null);
    device.set(key, value, (id, wanted) => home.resolve(key, id, wanted));
  }
  device.plugInto(bus);
  return device;
}

function driverType(registry: TypeRegistry, driver: string | undefined): ResolvedType {
  if (driver === undefined) throw new ConfigError("Parameter 'driver' is missing");
  const type = registry.find(driver);
  if (!type?.isA('device')) throw new ConfigError(`'${driver}' is not a valid device model name`);
  if (type.info.abstract) throw new ConfigError("Parameter 'driver' expects a non-abstract device type");
  if (type.inherited('userCreatable') === false)
    throw new ConfigError("Parameter 'driver' expects a pluggable device type");
  return type;
}

function chooseBus(home: DeviceHome, type: ResolvedType, path: string | undefined): Bus | undefined {
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

/** JSON has types of its own, and QEMU insists on them. */
function checkJsonType(device: Device, key: string, value: JsonValue): void {
  const type = device.findProperty(key)?.property.type;
  if (type === undefined) return;
  const expected = type === 'bool' ? 'boolean' : /^u?int|^size$/.test(type) ? 'integer' : 'string';
  const actual = typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
  // A PCI address may be a number as well as a string.
  if (actual === expected || (key === 'addr' && actual === 'string')) return;
  throw new ConfigError(`Invalid parameter type for '${key}', expected: ${expected}`);
}

