import type { BootOrder } from '../qdev/boot-index.ts';
import type { Bus } from '../qdev/bus.ts';
import type { Standby } from '../qdev/context.ts';
import type { Device } from '../qdev/device.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { ResolvedType, TypeRegistry } from '../qom/type.ts';
import { findBus, findBusOfType } from './find-bus.ts';
import { type JsonValue, jsonTypeFor, jsonTypeOf } from './json.ts';
import { type Entry, lastValue } from './opts.ts';
import { qdictOrder } from './qdict-order.ts';

/** What adding a device needs of the machine. */
export interface DeviceHome {
  readonly registry: TypeRegistry;
  readonly sysbus: Bus;
  /** `/machine/peripheral` and `/machine/peripheral-anon`. */
  readonly peripheral: QObject;
  readonly peripheralAnon: QObject;
  /** Context that constructors get. */
  readonly context: unknown;
  readonly standbys: ReadonlyMap<string, Standby>;
  /** Whether the machine stands: a device that comes now is hot-plugged. */
  readonly started: boolean;
  /** Types of the system bus that the board takes. */
  readonly dynamicSysBus: readonly string[];
  /** Number of the next device without id. */
  numberAnonymous(): number;
  /** Places in the boot order that are taken. */
  readonly bootOrder: BootOrder;
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

/**
 * Makes, configures and realizes the device that `request` describes, and `option` of the line asked for; undefined where it is kept back
 * for the sake of a standby. Throws ConfigError with QEMU's sentence.
 */
export function addDevice(
  home: DeviceHome,
  request: DeviceRequest,
  option?: number,
): Device | undefined {
  const type = driverType(home, lastValue(request.entries, 'driver'));
  const bus = chooseBus(home, type, lastValue(request.entries, 'bus'));
  if (isKeptBack(home, request, option)) return undefined;
  return makeDevice(home, request, type, bus, option);
}

/** Whether the device is the primary of a failover pair whose standby's driver has not asked for it. */
function isKeptBack(home: DeviceHome, request: DeviceRequest, option: number | undefined): boolean {
  const pair = lastValue(request.entries, 'failover_pair_id');
  const { standbys } = home;
  if (pair === undefined || standbys.size === 0) return false;
  if (request.id === undefined)
    throw new ConfigError('Device with failover_pair_id needs to have id');
  return standbys.get(pair)?.keepsBack(request.id, () => addDevice(home, request, option)) ?? false;
}

function makeDevice(
  home: DeviceHome,
  request: DeviceRequest,
  type: ResolvedType,
  bus: Bus | undefined,
  option: number | undefined,
): Device {
  if (home.started && bus && !bus.hotpluggable)
    throw new ConfigError(`Bus '${bus.busName}' does not support hotplugging`);
  const device = home.registry.create(type.name, home.context) as Device;
  device.option = option;
  if (option === undefined && home.started) device.asAdded = notation(request);
  if (request.id === undefined)
    home.peripheralAnon.addChild(`device[${home.numberAnonymous()}]`, device);
  else {
    device.id = request.id;
    if (home.peripheral.children.has(device.id))
      throw new ConfigError(`Duplicate device ID '${device.id}'`);
    home.peripheral.addChild(device.id, device);
  }
  try {
    configure(home, device, request);
    device.plugInto(bus);
  } catch (error) {
    device.parent?.removeChild(device);
    throw error;
  }
  return device;
}

function configure(home: DeviceHome, device: Device, request: DeviceRequest): void {
  const keys = [...new Set(request.entries.map((entry) => entry.key))];
  // On the command line a dictionary is copied once less, which turns every bucket around.
  for (const key of qdictOrder(home.started ? keys : keys.reverse())) {
    const value = lastValue(request.entries, key) ?? '';
    if (key === 'driver' || key === 'bus') continue;
    if (READ_ONLY.includes(key) || device.children.has(key))
      throw new ConfigError(`Property '${device.type.name}.${key}' is not writable`);
    if (request.json) checkJsonType(device, key, request.json[key] ?? null);
    // No address is what it has anyway.
    if (key === 'addr' && request.json?.[key] === -1) continue;
    device.set(key, textOf(request, key, value), (id, wanted) => home.resolve(key, id, wanted));
    if (key === 'bootindex') claimBootIndex(home, device);
  }
}

function driverType(home: DeviceHome, driver: string | undefined): ResolvedType {
  const { registry, started, dynamicSysBus } = home;
  if (driver === undefined) throw new ConfigError("Parameter 'driver' is missing");
  const type = registry.find(driver);
  if (!type?.isA('device')) throw new ConfigError(`'${driver}' is not a valid device model name`);
  if (type.info.abstract)
    throw new ConfigError("Parameter 'driver' expects a non-abstract device type");
  if (started && type.inherited('hotpluggable') === false) throw notPluggable();
  if (
    type.isA('sys-bus-device') &&
    type.info.groups !== undefined &&
    !dynamicSysBus.includes(type.name)
  )
    throw new ConfigError(
      "Parameter 'driver' expects a dynamic sysbus device type for the machine",
    );
  // QEMU has it, but here it only stands on boards.
  if (type.inherited('userCreatable') === false && type.info.groups !== undefined)
    throw new ConfigError(`'${type.name}' is not modelled yet`);
  if (type.inherited('userCreatable') === false) throw notPluggable();
  return type;
}

function notPluggable(): ConfigError {
  return new ConfigError("Parameter 'driver' expects a pluggable device type");
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

/** The value of a key as text: JSON may have a PCI address as a number. */
function textOf({ json }: DeviceRequest, key: string, value: string): string {
  const number = json?.[key];
  return key === 'addr' && typeof number === 'number' ? devfnText(number) : value;
}

/** A request as `-device` would have it. */
function notation(request: DeviceRequest): string {
  const { id, entries, json } = request;
  const pairs = entries
    .filter(({ key }) => key !== 'driver' && !(key === 'addr' && json?.[key] === -1))
    .map(({ key, value }) => [key, textOf(request, key, value)] as const);
  const all = id === undefined ? pairs : [['id', id] as const, ...pairs];
  return [
    doubled(lastValue(entries, 'driver') ?? ''),
    ...all.map(([key, value]) => `${key}=${doubled(value)}`),
  ].join(',');
}

/** A value as it stands among others. */
function doubled(value: string): string {
  return value.replaceAll(',', ',,');
}

/** A PCI address that came as a number: slot and function as text. */
function devfnText(devfn: number): string {
  if (devfn < -1 || devfn > 255)
    throw new ConfigError("Parameter 'addr' expects a value between -1 and 255");
  return `${(devfn >> 3).toString(16)}.${devfn & 7}`;
}

function claimBootIndex({ bootOrder }: DeviceHome, device: Device): void {
  const { owner } = device.findProperty('bootindex') ?? {};
  if (owner) bootOrder.claim(owner, Number(owner.values.bootindex));
}

/** JSON has types of its own, and QEMU insists on them. */
function checkJsonType(device: Device, key: string, value: JsonValue): void {
  const { property } = device.findProperty(key) ?? {};
  // What cannot be set is told of first.
  if (!property || property.read || property.readOnly) return;
  const { type } = property;
  const expected = jsonTypeFor(type);
  const actual = jsonTypeOf(value);
  // A PCI address may be text as well as a number.
  if (actual === expected || (key === 'addr' && actual === 'string')) return;
  if (key === 'addr')
    throw new ConfigError("Invalid parameter type for 'addr', expected int or str");
  throw new ConfigError(
    expected === 'integer' && !type.startsWith('int')
      ? `Parameter '${key}' expects uint64`
      : `Invalid parameter type for '${key}', expected: ${expected}`,
  );
}
