import { ConfigError } from '../qom/errors.ts';
import { QObject } from '../qom/object.ts';
import { live } from '../qom/property.ts';
import type { ObjectInit, TypeInfo } from '../qom/type.ts';
import type { Device } from './device.ts';
import type { HotplugHandler } from './hotplug.ts';

/** A bus: devices of one kind plug into it, and a device (or the machine) carries it. */
export class Bus extends QObject {
  /** The device that carries it; undefined for the system bus. */
  owner: Device | undefined;
  /** Devices on it, newest first, as QEMU keeps and prints them. */
  readonly devices: Device[] = [];
  /** Who is asked when devices come and go; set by whoever carries the bus, undefined where none may. */
  hotplugHandler: HotplugHandler | undefined;
  /** Name that `bus=` finds it by. */
  busName = '';

  /** Number in each device's name among the bus's properties: `child[0]`. */
  readonly #kids = new Map<Device, string>();
  #kidCount = 0;

  /** How many devices fit, or Infinity. */
  get capacity(): number {
    return Number.POSITIVE_INFINITY;
  }

  get full(): boolean {
    return this.devices.length >= this.capacity;
  }

  /** Address of a device on this bus as QEMU prints it, or ''. */
  addressOf(_device: Device): string {
    return '';
  }

  /** Lines that `info qtree` prints below a device's properties. */
  describe(_device: Device): readonly string[] {
    return [];
  }

  /** Whether devices may come and go while the machine runs. */
  get hotpluggable(): boolean {
    const { hotplugHandler } = this;
    return hotplugHandler !== undefined && (hotplugHandler.allows?.(this) ?? true);
  }

  /** Takes a device in. Throws ConfigError where the bus is of another type than the device needs. */
  add(device: Device): void {
    const wanted = device.type.inherited('bus');
    if (wanted === undefined || !this.type.isA(wanted))
      throw new ConfigError(`Device '${device.type.name}' can't go on ${this.type.name} bus`);
    this.devices.unshift(device);
    const name = `child[${this.#kidCount++}]`;
    this.#kids.set(device, name);
    this.addLink(name, { type: `link<${device.type.name}>`, target: () => device });
  }

  remove(device: Device): void {
    const at = this.devices.indexOf(device);
    if (at >= 0) this.devices.splice(at, 1);
    this.dropLink(this.#kids.get(device) ?? '');
    this.#kids.delete(device);
  }

  /** A device on it stopped to work: its address is free. */
  vacate(_device: Device): void {}

  /** Whether what carries it is realized. */
  get realized(): boolean {
    return this.owner?.realized ?? true;
  }

  /** Resets everything on the bus, deepest first. */
  resetAll(): void {
    for (const device of this.devices) {
      for (const bus of device.childBuses) bus.resetAll();
      device.reset();
    }
  }
}

/** The abstract root of all buses. */
export const BUS_TYPE: TypeInfo = {
  name: 'bus',
  parent: 'object',
  abstract: true,
  properties: {},
  instanceProperties: {
    realized: live('bool', (object) => (object as Bus).realized),
    'hotplug-handler': live('link<hotplug-handler>', (object) => {
      const { hotplugHandler, owner } = object as Bus;
      return hotplugHandler ? (hotplugHandler.path ?? owner?.path ?? '') : '';
    }),
  },
  create: (init: ObjectInit) => new Bus(init),
};

/**
 * Makes a bus of `type` that `owner` carries. Without a name it is `ID.N` after the owner's id,
 * N counting its buses, else `type.N`, N counting the machine's buses of that type that got such
 * a name.
 */
export function addBus<T extends Bus>(owner: Device, type: string, name?: string): T {
  const bus = owner.registry.create(type, owner.context) as T;
  bus.busName =
    name ??
    (owner.id === ''
      ? `${type.toLowerCase()}.${owner.context.numberBus(type)}`
      : `${owner.id}.${owner.childBuses.length}`);
  bus.owner = owner;
  owner.childBuses.unshift(bus);
  owner.addChild(bus.busName, bus);
  return bus;
}
