import { expect, it } from 'vitest';
import type { MachineTopology } from '../../protocol/topology.ts';
import { Topologies } from './topologies.ts';

const machine = (machineType: string) => ({ machineType }) as MachineTopology;

it('tells what a machine was, by the count of plug events', () => {
  const first = machine('one');
  const topologies = new Topologies([{ plugs: 2, topology: first }]);
  topologies.add({ plugs: 3, topology: machine('two') });
  topologies.add({ plugs: 5, topology: machine('three') });
  expect([0, 1, 2, 3, 4, 5, 9].map((plugs) => topologies.at(plugs)?.machineType)).toEqual([
    'one',
    'one',
    'one',
    'two',
    'two',
    'three',
    'three',
  ]);
  expect(topologies.newest?.machineType).toBe('three');
});

it('keeps the object where nothing changed, and the newest of one count', () => {
  const first = machine('one');
  const topologies = new Topologies([{ plugs: 2, topology: first }]);
  topologies.add({ plugs: 2, topology: machine('one') });
  topologies.add({ plugs: 4, topology: machine('one') });
  expect(topologies.newest).toBe(first);
  topologies.add({ plugs: 2, topology: machine('other') });
  expect(topologies.versions).toEqual([{ plugs: 2, topology: machine('other') }]);
  expect(new Topologies().at(0)).toBeUndefined();
});
