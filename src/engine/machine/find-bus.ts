import type { Bus } from '../qdev/bus.ts';
import type { Device } from '../qdev/device.ts';
import { ConfigError } from '../qom/errors.ts';

/** The bus that `bus=PATH` names: by name anywhere, or by a path of devices and buses from `root`. Throws ConfigError. */
export function findBus(root: Bus, path: string): Bus {
  const parts = path.split('/').filter((part) => part !== '');
  let bus = root;
  if (!path.startsWith('/')) {
    const name = parts.shift() ?? '';
    const found = search(root, (candidate) => candidate.busName === name);
    if (!found) throw new ConfigError(`Bus '${name}' not found`);
    bus = found;
  }
  for (;;) {
    const name = parts.shift();
    if (name === undefined) break;
    const device = deviceOn(bus, name);
    if (!device) throw new ConfigError(`Device '${name}' not found\n${listDevices(bus)}`);
    bus = childBus(device, name, parts.shift());
  }
  if (bus.full) throw new ConfigError(`Bus '${path}' is full`);
  return bus;
}

/** A bus of `type` that is not full, or failing that a full one, the nearest to the root first. */
export function findBusOfType(root: Bus, type: string): Bus | undefined {
  return search(root, (bus) => bus.type.isA(type));
}

/** The first match that is not full, else the first match; a bus comes before those below it. */
function search(bus: Bus, matches: (bus: Bus) => boolean): Bus | undefined {
  let full: Bus | undefined;
  const stack: Bus[] = [bus];
  for (let next = stack.pop(); next; next = stack.pop()) {
    if (matches(next)) {
      if (!next.full) return next;
      full ??= next;
    }
    const below = next.devices.flatMap((device) => device.childBuses);
    stack.push(...below.reverse());
  }
  return full;
}

/** QEMU looks for an id first, then for a type, then for the type behind an alias. */
function deviceOn(bus: Bus, name: string): Device | undefined {
  const alias = bus.registry.find(name)?.name;
  return (
    bus.devices.find((device) => device.id === name && name !== '') ??
    bus.devices.find((device) => device.type.name === name) ??
    bus.devices.find((device) => device.type.name === alias)
  );
}

function childBus(device: Device, name: string, wanted: string | undefined): Bus {
  const { childBuses } = device;
  if (wanted !== undefined) {
    const found = childBuses.find(({ busName }) => busName === wanted);
    if (!found) throw new ConfigError(`Bus '${wanted}' not found\n${listBuses(device, name)}`);
    return found;
  }
  const [only, second] = childBuses;
  if (!only) throw new ConfigError(`Device '${name}' has no child bus`);
  if (second)
    throw new ConfigError(`Device '${name}' has multiple child buses\n${listBuses(device, name)}`);
  return only;
}

function listDevices(bus: Bus): string {
  return list(
    `devices at "${bus.busName}"`,
    bus.devices.map(({ type, id }) => `"${type.name}"${id === '' ? '' : `/"${id}"`}`),
  );
}

function listBuses(device: Device, name: string): string {
  return list(
    `child buses at "${device.id || name}"`,
    device.childBuses.map(({ busName }) => `"${busName}"`),
  );
}

function list(title: string, items: readonly string[]): string {
  return `${title}:${items.length > 0 ? ' ' : ''}${items.join(', ')}`;
}
