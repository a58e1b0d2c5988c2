import { beforeEach, describe, expect, test } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { AddressSpace } from '../../memory/address-space.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import { ConfigError, RealizeError } from '../qom/errors.ts';
import { Container, type QObject } from '../qom/object.ts';
import { bool, link, str, u32 } from '../qom/property.ts';
import { TypeRegistry } from '../qom/type.ts';
import { addBus, BUS_TYPE, Bus } from './bus.ts';
import type { DeviceContext } from './context.ts';
import { DEVICE_TYPE, Device } from './device.ts';
import { printedProperties } from './print.ts';

/** What happened to devices, in order. */
let story: string[] = [];

class Lamp extends Device {
  override realize(): void {
    if (this.values.broken) this.fail('lamp does not light');
    story.push(`realize ${this.name}`);
  }

  override unrealize(): void {
    story.push(`unrealize ${this.name}`);
  }

  override reset(): void {
    story.push(`reset ${this.name}`);
  }
}

class Hub extends Lamp {
  override realize(): void {
    super.realize();
    addBus(this, 'wire');
  }
}

class Socket extends Bus {
  override get capacity(): number {
    return 1;
  }
}

let context: DeviceContext;
let root: QObject;
let store: EventStore;
let reader: JournalReader;

beforeEach(() => {
  story = [];
  const ring = JournalRing.create(256, 4096);
  store = new EventStore();
  reader = new JournalReader([ring], store);
  const registry = new TypeRegistry();
  registry.register({ name: 'container', parent: 'object', create: (init) => new Container(init) });
  registry.register(BUS_TYPE);
  registry.register(DEVICE_TYPE);
  registry.register({ name: 'wire', parent: 'bus' });
  registry.register({ name: 'socket', parent: 'bus', create: (init) => new Socket(init) });
  registry.register({
    name: 'lamp',
    parent: 'device',
    bus: 'wire',
    properties: { broken: bool(false), watts: u32(60) },
    create: (init) => new Lamp(init),
  });
  registry.register({
    name: 'red-lamp',
    parent: 'lamp',
    properties: { shade: str(), plug: link('plug') },
  });
  registry.register({ name: 'hub', parent: 'lamp', create: (init) => new Hub(init) });
  const devices: unknown[] = [];
  const counts = new Map<string, number>();
  context = {
    registry,
    journal: new JournalWriter(ring),
    ram: new GuestRam(new ArrayBuffer(4096)),
    memory: new AddressSpace(),
    io: new AddressSpace(),
    addressSpaces: new Set(),
    ramRegion: undefined,
    bounce: { busy: false },
    sole: new Map(),
    numberDevice: (device) => devices.push(device) - 1,
    cpus: 1,
    started: false,
    emit: () => {},
    whenStarted: (work) => work(),
    handlerOf: () => undefined,
    note: () => {},
    standbys: new Map(),
    numberBus(type) {
      const count = counts.get(type) ?? 0;
      counts.set(type, count + 1);
      return count;
    },
    report: () => {},
    printError: () => {},
    setInterrupt: () => {},
    latchInterrupt: () => {},
    cpu: {},
    printError: () => {},
  };
  root = registry.create('container', context);
});

function make<T extends Device>(type: string, name: string): T {
  return root.addChild(name, context.registry.create(type, context) as T);
}

function wire(): Bus {
  const bus = context.registry.create('wire', context) as Bus;
  bus.busName = 'wire.top';
  return bus;
}

describe('a device', () => {
  test('plugs into its bus, gets a number, is realized, and the journal says so', () => {
    const bus = wire();
    const [a, b] = [make('lamp', 'a'), make('red-lamp', 'b')];
    a.plugInto(bus);
    b.plugInto(bus);
    expect([a.dev, b.dev]).toEqual([0, 1]);
    expect([a.realized, a.parentBus]).toEqual([true, bus]);
    // Newest first, as QEMU lists them.
    expect(bus.devices).toEqual([b, a]);
    context.journal.flush();
    reader.drain();
    expect([store.get(0), store.get(1)]).toMatchObject([
      { kind: 'plug', dev: 0, step: 1, text: '/a' },
      { kind: 'plug', dev: 1, step: 1, text: '/b' },
    ]);
  });

  test('that refuses leaves nothing on the bus', () => {
    const bus = wire();
    const lamp = make('lamp', 'a');
    lamp.set('broken', 'on');
    expect(() => lamp.plugInto(bus)).toThrow(new RealizeError('lamp does not light'));
    expect([bus.devices, lamp.parentBus, lamp.realized]).toEqual([[], undefined, false]);
  });

  test('does not go on a bus of another kind', () => {
    const socket = context.registry.create('socket', context) as Bus;
    expect(() => make('lamp', 'a').plugInto(socket)).toThrow(
      new ConfigError("Device 'lamp' can't go on socket bus"),
    );
  });

  test('takes what it carries along when it goes, the inmost first', () => {
    const bus = wire();
    const hub = make<Hub>('hub', 'h');
    hub.plugInto(bus);
    const lamp = make('lamp', 'a');
    lamp.plugInto(hub.childBuses[0]);
    story = [];
    hub.unplug();
    expect(story).toEqual(['unrealize a', 'unrealize h']);
    expect([bus.devices, root.children.size, lamp.realized]).toEqual([[], 0, false]);
  });

  test('is reset after what it carries', () => {
    const bus = wire();
    const hub = make<Hub>('hub', 'h');
    hub.plugInto(bus);
    make('lamp', 'a').plugInto(hub.childBuses[0]);
    story = [];
    bus.resetAll();
    expect(story).toEqual(['reset a', 'reset h']);
  });
});

describe('a bus', () => {
  test('is named after its type and count, after its owner’s id, or as it is told', () => {
    const [anonymous, named] = [make<Hub>('hub', 'x'), make<Hub>('hub', 'y')];
    named.id = 'h';
    const names = [addBus(anonymous, 'wire'), addBus(named, 'wire'), addBus(named, 'wire')].map(
      ({ busName }) => busName,
    );
    expect(names).toEqual(['wire.0', 'h.0', 'h.1']);
    expect(addBus(anonymous, 'wire', 'own').busName).toBe('own');
    // Only names of this kind are counted.
    expect(addBus(anonymous, 'wire').busName).toBe('wire.1');
    expect(anonymous.childBuses.map(({ busName }) => busName)).toEqual(['wire.1', 'own', 'wire.0']);
    expect(named.childBuses[0]?.path).toBe('/y/h.1');
  });

  test('is full when its places are taken', () => {
    const socket = context.registry.create('socket', context) as Bus;
    expect(socket.full).toBe(false);
    socket.devices.push(make('lamp', 'a'));
    expect(socket.full).toBe(true);
    expect(wire().full).toBe(false);
  });
});

test('properties are printed own type first, links left out', () => {
  const lamp = make('red-lamp', 'a');
  lamp.set('shade', 'velvet');
  expect(printedProperties(lamp)).toEqual([
    ['shade', '"velvet"'],
    ['broken', 'false'],
    ['watts', '60 (0x3c)'],
  ]);
});
