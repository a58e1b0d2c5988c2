import { Device } from '../../qdev/device.ts';
import type { State } from '../../qom/state.ts';
import type { CssBus } from './css-bus.ts';
import { assignedId, type CssId, devno } from './css-id.ts';
import type { Ccw, DataStream } from './data-stream.ts';
import type { ChannelDevice, Ending, Subchannel } from './subchannel.ts';

/** Properties of every device that channel programs drive, in QEMU's order. */
export const CCW_DEVICE_PROPERTIES = {
  devno: devno(),
  dev_id: assignedId(),
  subch_id: assignedId(),
} as const;

/** A device behind a subchannel of the virtual channel subsystem. */
export abstract class CcwDevice<P = unknown>
  extends Device<P & typeof CCW_DEVICE_PROPERTIES>
  implements ChannelDevice
{
  abstract readonly controlUnit: number;
  abstract readonly controlUnitModel: number;
  abstract readonly channelPath: number;
  /** How the program reaches it; there once `claimSubchannel` returned. */
  subchannel: Subchannel | undefined;

  get driven(): number {
    return this.dev;
  }

  abstract command(ccw: Ccw, data: DataStream, subchannel: Subchannel): Ending;

  subchannelDisabled(): void {}

  override reset(): void {
    this.subchannel?.reset();
  }

  override saveState(): State {
    return { ...super.saveState(), subchannel: this.subchannel?.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    if (state.subchannel) this.subchannel?.loadState(state.subchannel as State);
  }

  /** The bus that it sits on. */
  protected get css(): CssBus {
    return this.parentBus as CssBus;
  }

  /** Takes a subchannel, before anything else of realize. Throws RealizeError. */
  protected claimSubchannel(): void {
    this.subchannel = this.css.claim(this, this.values.devno as CssId | undefined);
    this.values.dev_id = this.subchannel.device;
    this.values.subch_id = this.subchannel.subchannel;
  }
}
