import { assert } from '../../base/assert.ts';
import type { PlatformNode } from '../hw/platform.ts';
import { registerPlatform } from '../hw/platform.ts';
import { PC_CPU_REGIONS, PC_HOST_REGIONS, PC_NODES, PC_UNATTACHED } from '../hw/platform-pc.ts';
import type { Bus } from '../qdev/bus.ts';
import type { DeviceContext } from '../qdev/context.ts';
import type { Device } from '../qdev/device.ts';
import type { QObject } from '../qom/object.ts';

/** Puts the pc machine's CPU and board into the tree, in QEMU's order. */
export function buildPc(context: DeviceContext, root: QObject, sysbus: Bus, cpu: string): void {
  const unattached = root.at('/machine/unattached');
  assert(unattached, 'no place for the board');
  unattached.addRegions(...PC_UNATTACHED.regions);
  for (const name of PC_UNATTACHED.irqs) unattached.parts.push({ name, type: 'irq' });
  addCpu(context, unattached, cpu);
  const buses = new Map<string, Bus>([[sysbus.busName, sysbus]]);
  for (const node of PC_NODES) addNode(context, root, unattached, buses, node);
}

function addCpu(context: DeviceContext, unattached: QObject, cpu: string): void {
  const { registry } = context;
  const type = `${cpu}-x86_64-cpu`;
  registerPlatform(registry, [{ name: type, parent: 'x86_64-cpu', regions: PC_CPU_REGIONS }]);
  const processor = unattached.addChild('device[*]', registry.create(type, context) as Device);
  const apic = processor.addChild('lapic', registry.create('apic', context) as Device);
  processor.plugInto(undefined);
  apic.plugInto(undefined);
}

function addNode(
  context: DeviceContext,
  root: QObject,
  unattached: QObject,
  buses: Map<string, Bus>,
  node: PlatformNode,
): void {
  const device = context.registry.create(node.type, context) as Device;
  const owner = node.owner === undefined ? unattached : root.at(node.owner);
  assert(owner, `no ${node.owner}`);
  owner.addChild(node.name ?? 'device[*]', device);
  Object.assign(device.values, node.values);
  device.addRegions(...(PC_HOST_REGIONS[node.type] ?? []));
  device.plugInto(node.bus === undefined ? undefined : buses.get(node.bus));
  for (const bus of device.childBuses) buses.set(bus.busName, bus);
}
