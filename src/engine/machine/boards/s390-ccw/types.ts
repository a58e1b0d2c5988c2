import { type PlatformType, registerPlatform } from '../../../hw/platform.ts';
import { u32 } from '../../../qom/property.ts';
import type { TypeRegistry } from '../../../qom/type.ts';
import { registerDiag288 } from './diag288.ts';
import { registerSclpConsoles } from './sclp-console.ts';

/** Everything on an s390x board that has no behaviour here; parents stand before their children. */
const TYPES: readonly PlatformType[] = [
  { name: 'cpu', parent: 'device', abstract: true },
  { name: 's390x-cpu', parent: 'cpu', abstract: true },
  { name: 'sclp', parent: 'device' },
  {
    name: 's390-sclp-event-facility',
    parent: 'sys-bus-device',
    buses: [{ type: 's390-sclp-events-bus', name: 's390-sclp-events-bus.0' }],
  },
  { name: 's390-sclp-event-type', parent: 'device', abstract: true, bus: 's390-sclp-events-bus' },
  { name: 'sclpquiesce', parent: 's390-sclp-event-type' },
  { name: 'sclp-cpu-hotplug', parent: 's390-sclp-event-type' },
  {
    name: 's390-flic',
    parent: 'sys-bus-device',
    properties: { adapter_routes_max_batch: u32(1024) },
  },
  { name: 's390-flic-qemu', parent: 's390-flic' },
  { name: 's390-ipl', parent: 'device' },
  { name: 's390-skeys', parent: 'device', abstract: true },
  { name: 's390-skeys-qemu', parent: 's390-skeys' },
  { name: 's390-storage_attributes', parent: 'device', abstract: true },
  { name: 's390-storage_attributes-qemu', parent: 's390-storage_attributes' },
  { name: 's390-tod', parent: 'device', abstract: true },
  { name: 's390-tod-qemu', parent: 's390-tod' },
];

/** Registers the platform types of s390x. */
export function registerS390Types(registry: TypeRegistry): void {
  registry.register({ name: 's390-sclp-events-bus', parent: 'bus' });
  registerPlatform(registry, TYPES);
  registerSclpConsoles(registry);
  registerDiag288(registry);
}
