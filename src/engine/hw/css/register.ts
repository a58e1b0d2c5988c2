import { bool, live } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { CCW_DEVICE_PROPERTIES } from './ccw-device.ts';
import { VirtualCssBridge } from './css-bridge.ts';
import { CssBus } from './css-bus.ts';

/** Registers the virtual channel subsystem and the abstract device on it. */
export function registerCss(registry: TypeRegistry): void {
  registry.register({
    name: 'virtual-css-bus',
    parent: 'bus',
    create: (init) => new CssBus(init),
  });
  registry.register({
    name: 'virtual-css-bridge',
    parent: 'sys-bus-device',
    userCreatable: false,
    properties: { css_dev_path: bool(true) },
    classProperties: {
      'cssid-unrestricted': live(
        'bool',
        () => true,
        'A css device can use any cssid, regardless whether virtual or not (read only, always true)',
      ),
    },
    create: (init) => new VirtualCssBridge(init),
  });
  registry.register({
    name: 'ccw-device',
    parent: 'device',
    abstract: true,
    bus: 'virtual-css-bus',
    properties: CCW_DEVICE_PROPERTIES,
  });
}
