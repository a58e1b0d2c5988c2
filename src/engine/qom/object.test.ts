import { describe, expect, test } from 'vitest';
import { ConfigError } from './errors.ts';
import { Container, QObject } from './object.ts';
import { bool, str, u32 } from './property.ts';
import { TypeRegistry } from './type.ts';

function registry(): TypeRegistry {
  const types = new TypeRegistry();
  types.register({ name: 'container', parent: 'object', create: (init) => new Container(init) });
  types.register({
    name: 'base',
    parent: 'object',
    abstract: true,
    properties: { speed: u32(1), loud: bool(false) },
    bus: 'some-bus',
    create: (init) => new QObject(init),
  });
  types.register({
    name: 'leaf',
    parent: 'base',
    aliases: ['l'],
    properties: { label: str() },
    instanceProperties: { order: u32(7) },
    defaults: { speed: 3 },
  });
  return types;
}

describe('types', () => {
  test('inherit properties, defaults, constructor and bus', () => {
    const type = registry().find('leaf');
    expect([...(type?.properties.keys() ?? [])]).toEqual([
      'type',
      'speed',
      'loud',
      'label',
      'order',
    ]);
    expect(registry().create('leaf', {}).values).toEqual({
      speed: 3,
      loud: false,
      label: '',
      order: 7,
    });
    expect(type?.inherited('bus')).toBe('some-bus');
    expect(type?.ancestry().map(({ name }) => name)).toEqual(['leaf', 'base', 'object']);
    expect([type?.isA('base'), type?.isA('object'), type?.isA('container')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('are found by their aliases', () => {
    expect(registry().find('l')?.name).toBe('leaf');
    expect(registry().find('constructor')).toBeUndefined();
  });

  test('that are abstract or unknown make nothing', () => {
    expect(() => registry().create('base', {})).toThrow(
      new ConfigError("object type 'base' is abstract"),
    );
    expect(() => registry().create('nosuch', {})).toThrow(
      new ConfigError("missing object type 'nosuch'"),
    );
  });

  test('are registered once, after their parent', () => {
    expect(() => registry().register({ name: 'leaf', parent: 'base' })).toThrow('registered twice');
    expect(() => registry().register({ name: 'x', parent: 'nosuch' })).toThrow('no parent');
  });

  test('tell whoever wants to know of each new object', () => {
    const types = registry();
    const seen: string[] = [];
    types.created = (object) => void seen.push(object.type.name);
    types.create('leaf', {});
    types.create('container', {});
    expect(seen).toEqual(['leaf', 'container']);
  });
});

describe('the composition tree', () => {
  test('has paths both ways', () => {
    const types = registry();
    const root = types.create('container', {});
    const machine = root.addChild('machine', types.create('container', {}));
    const leaf = machine.addChild('x', types.create('leaf', {}));
    expect([root.path, machine.path, leaf.path]).toEqual(['/', '/machine', '/machine/x']);
    expect(root.at('/machine/x')).toBe(leaf);
    expect(root.at('machine//x/')).toBe(leaf);
    expect(root.at('/machine/y')).toBeUndefined();
    expect(root.at('/')).toBe(root);
  });

  test('numbers children that ask for it, and fills gaps', () => {
    const types = registry();
    const root = types.create('container', {});
    const add = () => root.addChild('device[*]', types.create('leaf', {}));
    const made = [add(), add(), add()];
    expect(made.map(({ name }) => name)).toEqual(['device[0]', 'device[1]', 'device[2]']);
    root.removeChild(made[1] as QObject);
    expect(made[1]?.parent).toBeUndefined();
    expect([add().name, add().name]).toEqual(['device[1]', 'device[3]']);
  });

  test('has each name once', () => {
    const types = registry();
    const root = types.create('container', {});
    root.addChild('a', types.create('leaf', {}));
    expect(() => root.addChild('a', types.create('leaf', {}))).toThrow(
      new ConfigError("attempt to add duplicate property 'a' to object (type 'container')"),
    );
  });
});

describe('properties', () => {
  test('are set by text, their own or another object’s through an alias', () => {
    const types = registry();
    const inner = types.create('leaf', {});
    const outer = types.create('container', {});
    outer.aliasProperties(inner);
    outer.set('speed', '9');
    expect(inner.values.speed).toBe(9);
    expect(outer.findProperty('label')).toMatchObject({ owner: inner, name: 'label' });
  });

  test('that are not there are refused as QEMU 7.2 does', () => {
    const leaf = registry().create('leaf', {});
    for (const name of ['nosuch', '', 'constructor', '__proto__'])
      expect(() => leaf.set(name, '1')).toThrow(
        new ConfigError(`Property 'leaf.${name}' not found`),
      );
  });

  test('of one object are not another’s', () => {
    const types = registry();
    const [one, two] = [types.create('leaf', {}), types.create('leaf', {})];
    one.set('label', 'mine');
    expect(two.values.label).toBe('');
  });
});
