import { Device } from '../../qdev/device.ts';
import type { CssBus, Subchannel } from './css-bus.ts';
import { assignedId, type CssId, devno } from './css-id.ts';

/** Properties of every device that channel programs drive, in QEMU's order. */
export const CCW_DEVICE_PROPERTIES = {
  devno: devno(),
  dev_id: assignedId(),
  subch_id: assignedId(),
} as const;

/** A device behind a subchannel of the virtual channel subsystem. */
export abstract class CcwDevice<P = unknown> extends Device<P & typeof CCW_DEVICE_PROPERTIES> {
  /** Subchannel and device number; there once `claimSubchannel` returned. */
  subchannel: Subchannel | undefined;

  /** Takes a subchannel, before anything else of realize. Throws RealizeError. */
  protected claimSubchannel(): void {
    this.subchannel = (this.parentBus as CssBus).claim(
      this,
      this.values.devno as CssId | undefined,
    );
    this.values.dev_id = this.subchannel.device;
    this.values.subch_id = this.subchannel.subchannel;
  }
}
