import { Device } from '../../../qdev/device.ts';
import type { TypeRegistry } from '../../../qom/type.ts';

/** The watchdog that a guest sets with the diagnose instruction; it never bites. */
class Diag288 extends Device {
  override get platform(): boolean {
    return true;
  }

  override realize(): void {}
}

/** Registers the watchdog. */
export function registerDiag288(registry: TypeRegistry): void {
  registry.register({
    name: 'diag288',
    parent: 'device',
    description: 'diag288 device for s390x platform',
    hotpluggable: false,
    create: (init) => new Diag288(init),
  });
}
