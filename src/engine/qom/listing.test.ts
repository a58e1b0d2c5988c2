import { expect, test } from 'vitest';
import { listClass, listInstances, listObject, readProperty } from './listing.ts';
import { Container } from './object.ts';
import { bool, i32, link, live, str, u32, u64 } from './property.ts';
import { TypeRegistry } from './type.ts';

function registry(): TypeRegistry {
  const types = new TypeRegistry();
  types.register({
    name: 'base',
    parent: 'object',
    abstract: true,
    properties: { speed: u32(1), peer: link('base') },
    create: (init) => new Container(init),
  });
  types.register({
    name: 'leaf',
    parent: 'base',
    properties: { label: str() },
    classProperties: { awake: live('bool', () => true) },
    instanceProperties: { order: i32(-1), 'max-bytes': u64(2n ** 63n) },
  });
  return types;
}

const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);

test('a class lists its ancestors’ properties first, and twins of those that are text', () => {
  const type = registry().find('leaf');
  expect(type && names(listClass(type)).sort()).toEqual([
    'awake',
    'label',
    'legacy-peer',
    'peer',
    'speed',
    'type',
  ]);
  expect(type && names(listClass(type))[0]).toBe('type');
  expect(type && names(listInstances(type)).sort()).toEqual(['max-bytes', 'order']);
});

test('defaults are told of a class’s properties, not of an instance’s', () => {
  const type = registry().find('leaf');
  const defaults = type && [...listClass(type), ...listInstances(type)];
  const told = defaults?.filter((property) => property.default !== undefined);
  expect(told && names(told)).toEqual(['speed']);
});

test('an object lists children, parts, links and aliases beside its class’s properties', () => {
  const types = registry();
  const [one, two] = [types.create('leaf', {}), types.create('leaf', {})];
  one.addChild('twin', two);
  one.addRegions('bar', 'bar');
  one.addLink('child[0]', { type: 'link<leaf>', target: () => two });
  one.addAlias('their-order', two, 'order');
  const own = listObject(one).filter(({ name }) => one.ownNames.includes(name));
  expect(own.map(({ name, type }) => `${name} ${type}`).sort()).toEqual([
    'bar[0] child<memory-region>',
    'bar[1] child<memory-region>',
    'child[0] link<leaf>',
    'max-bytes uint64',
    'order int32',
    'their-order int32',
    'twin child<leaf>',
  ]);
  two.values.order = 7;
  expect(readProperty(one, 'their-order')).toEqual({ value: 7 });
  expect(readProperty(one, 'child[0]')).toEqual({ value: '/twin' });
});

test('values are JSON; only what a number would round is a bigint', () => {
  const leaf = registry().create('leaf', {});
  expect(readProperty(leaf, 'type')).toEqual({ value: 'leaf' });
  expect(readProperty(leaf, 'max-bytes')).toEqual({ value: 2n ** 63n });
  expect(readProperty(leaf, 'peer')).toEqual({ value: '' });
  expect(readProperty(leaf, 'legacy-peer')).toEqual({
    error: "Property 'leaf.legacy-peer' is not readable",
  });
  expect(readProperty(leaf, 'nosuch')).toBeUndefined();
  expect(() => leaf.set('awake', 'off')).toThrow("Property 'leaf.awake' is not writable");
});

test('what left is listed no more, and its number is free again', () => {
  const types = registry();
  const owner = types.create('leaf', {});
  owner.addRegions('r', 'r', 'r');
  const [, second] = owner.parts;
  if (second) owner.dropPart(second);
  expect(owner.ownNames.filter((name) => name.startsWith('r')).sort()).toEqual(['r[0]', 'r[2]']);
  owner.addRegions('r');
  expect(owner.parts.map(({ path }) => path)).toEqual(['r[0]', 'r[2]', 'r[1]']);
});

test('a read-only declaration cannot be set', () => {
  const types = registry();
  types.register({
    name: 'fixed',
    parent: 'base',
    properties: { loaded: { ...bool(false), readOnly: true } },
  });
  expect(() => types.create('fixed', {}).set('loaded', 'on')).toThrow(
    "Property 'fixed.loaded' is not writable",
  );
});
