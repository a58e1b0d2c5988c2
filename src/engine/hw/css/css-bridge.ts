import { addBus } from '../../qdev/bus.ts';
import { SysBusDevice } from '../sysbus.ts';
import type { CssBus } from './css-bus.ts';

/** The system bus device that carries the virtual channel subsystem. */
export class VirtualCssBridge extends SysBusDevice {
  /** Where channel devices are; there once realized. */
  css!: CssBus;

  override realize(): void {
    this.css = addBus<CssBus>(this, 'virtual-css-bus', 'virtual-css');
    // Devices go at once: a channel report tells the guest, who is not asked.
    this.css.hotplugHandler = {};
  }

  override reset(): void {
    this.css.subsystem.reset();
  }
}
