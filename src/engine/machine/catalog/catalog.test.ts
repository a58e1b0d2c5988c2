import { describe, expect, test } from 'vitest';
import { listClass, listInstances } from '../../qom/listing.ts';
import { ARCHES } from '../boards/board.ts';
import { boardsOf } from '../boards/boards.ts';
import { createRegistry } from '../registry.ts';
import { catalogOf } from './catalog.ts';
import { LoadedTypes } from './loaded-types.ts';
import { knownMachines } from './machines.ts';

describe.each(ARCHES)('the types of %s', (arch) => {
  const catalog = catalogOf(arch);
  const registry = createRegistry(arch);

  test('all descend from object, or are an interface', () => {
    for (const type of registry.types())
      expect(['object', 'interface'], type.name).toContain(type.ancestry().at(-1)?.name);
  });

  test('are declared by code as the catalog knows them', () => {
    for (const name of catalog.names()) {
      const { parent, abstract = false } = catalog.find(name) ?? {};
      const type = registry.find(name);
      expect([name, type?.parent?.name, type?.info.abstract ?? false]).toEqual([
        name,
        parent,
        abstract,
      ]);
    }
  });

  test('include no type of another program', () => {
    for (const { name } of registry.types()) expect(catalog.find(name), name).toBeDefined();
  });

  test('list each property once', () => {
    for (const type of registry.types()) {
      const names = [...listClass(type), ...listInstances(type)].map(({ name }) => name);
      expect(new Set(names).size, `${type.name}: ${names}`).toBe(names.length);
    }
  });

  test('have the boards’ machine types, under the names of help', () => {
    for (const board of boardsOf(arch)) {
      if (board.retired) continue;
      expect(catalog.find(board.type), board.type).toBeDefined();
      for (const name of board.names) expect(knownMachines(arch).has(name), name).toBe(true);
    }
  });
});

test('short names mean other devices on s390x', () => {
  expect(createRegistry('x86_64').find('virtio-blk')?.name).toBe('virtio-blk-pci');
  expect(createRegistry('s390x').find('virtio-blk')?.name).toBe('virtio-blk-ccw');
});

test('interfaces are inherited, and are no parents', () => {
  const registry = createRegistry('x86_64');
  const type = registry.find('virtio-blk-pci-transitional');
  expect(type?.isA('conventional-pci-device')).toBe(true);
  expect(type?.isA('pci-express-device')).toBe(false);
  expect(registry.find('virtio-blk-pci-non-transitional')?.isA('pci-express-device')).toBe(true);
  expect(registry.find('e1000e')?.isA('pci-express-device')).toBe(true);
});

test('a type of a module is there from its first use on, with what the module has besides', () => {
  const types = new LoadedTypes(createRegistry('x86_64'), catalogOf('x86_64'), {});
  const present = () => ['virtio-gpu-device', 'virtio-gpu-base', 'qxl'].map((n) => types.has(n));
  expect(present()).toEqual([false, false, false]);
  types.load('virtio-gpu-device');
  expect(present()).toEqual([true, true, false]);
  types.load();
  expect(present()).toEqual([true, true, true]);
  expect(types.has('virtio-blk')).toBe(false);
});
