import type { TypeRegistry } from '../../qom/type.ts';
import { CCW_FAMILIES, INPUT_PARENTS } from './families.ts';
import { CCW_PROPERTIES, VirtioCcw } from './virtio-ccw.ts';

/** Registers the virtio-ccw transport and every device's type on it. Needs `ccw-device` and `virtio-bus`. */
export function registerVirtioCcw(registry: TypeRegistry): void {
  registry.register({ name: 'virtio-ccw-bus', parent: 'virtio-bus' });
  registry.register({ name: 'virtio-ccw-device', parent: 'ccw-device', abstract: true });
  for (const { name, parent, ...rest } of INPUT_PARENTS)
    registry.register({ name, parent, abstract: true, ...rest });
  for (const family of CCW_FAMILIES) {
    const { name, parent = 'virtio-ccw-device', aliases, properties = CCW_PROPERTIES } = family;
    registry.register({
      name,
      parent,
      properties,
      ...(aliases && { aliases }),
      ...(family.hotpluggable !== undefined && { hotpluggable: family.hotpluggable }),
      create: (init) => new VirtioCcw(init, family),
    });
  }
}
