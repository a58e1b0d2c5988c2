import { addBus } from '../../qdev/bus.ts';
import { SysBusDevice } from '../sysbus.ts';
import type { CssBus } from './css-bus.ts';

/** The system bus device that carries the virtual channel subsystem. */
export class VirtualCssBridge extends SysBusDevice {
  override realize(): void {
    const bus = addBus<CssBus>(this, 'virtual-css-bus', 'virtual-css');
    // Devices go at once: a channel report tells the guest, who is not asked.
    bus.hotplugHandler = {};
  }
}
