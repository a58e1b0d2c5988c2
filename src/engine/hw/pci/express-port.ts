import type { DeviceContext } from '../../qdev/context.ts';
import type { Device } from '../../qdev/device.ts';
import type { HotplugHandler } from '../../qdev/hotplug.ts';
import { ConfigError } from '../../qom/errors.ts';
import { bit, bool, type PropertyTable, u8, u16, type Values } from '../../qom/property.ts';
import { PciBridge } from './bridge.ts';
import { ExpressCapability, FIRST_EXTENDED, type Link } from './express.ts';
import { PciDevice } from './pci-device.ts';

/** Properties of the abstract `pcie-port`. */
export const PORT_PROPERTIES = {
  port: u8(0),
  aer_log_max: u16(8),
} as const satisfies PropertyTable;
/** Properties of the abstract `pcie-slot`. */
export const SLOT_PROPERTIES = {
  chassis: u8(0),
  slot: u16(0),
  hotplug: bool(true),
  'x-native-hotplug': bool(true),
} as const satisfies PropertyTable;
/** The property by which a port says whether it switches its slot's power. */
export const POWER_PROPERTY = {
  power_controller_present: bit(true),
} as const satisfies PropertyTable;

/** Most errors that a port keeps. */
const MAX_ERRORS = 128;
/** Answer where a chassis has the slot's number already: EBUSY. */
const BUSY = -16;
/** Slots by chassis that a machine has, `chassis.slot`. */
const chassisSlots = new WeakMap<DeviceContext, Set<string>>();

/** How one kind of port is built. */
export interface PortLayout {
  readonly type: number;
  /** Where the PCI Express capability stands, in bytes. */
  readonly expressAt: number;
  readonly aerVersion: number;
  /** Whether a driver can reset the port as a function. */
  readonly functionReset?: boolean;
}

/** A port of a PCI Express fabric: a bridge to one link. */
export abstract class ExpressPort<P = unknown> extends PciBridge<P & typeof PORT_PROPERTIES> {
  protected override readonly busType = 'PCIE';
  protected abstract readonly layout: PortLayout;

  /** Adds what stands in front of the PCI Express capability. */
  protected abstract addCapabilities(): void;

  /** What the kind adds between its PCI Express capability and error reporting. */
  protected addExpressParts(_express: ExpressCapability): void {}

  protected override realizeBridge(): void {
    const { config, layout } = this;
    this.initPortHeader();
    this.addCapabilities();
    const { port } = this.props as Values<typeof PORT_PROPERTIES>;
    const express = new ExpressCapability(config, layout.type, port, layout.expressAt);
    this.express = express;
    express.reportErrors();
    if (layout.functionReset) express.offerFunctionReset();
    this.addExpressParts(express);
    const { aer_log_max: errors } = this.props as Values<typeof PORT_PROPERTIES>;
    if (errors > MAX_ERRORS)
      this.fail(`Invalid aer_log_max ${errors}. The max number of aer log is ${MAX_ERRORS}`);
    express.addErrorReporting(FIRST_EXTENDED, layout.aerVersion);
    this.context.whenStarted(() => this.reset());
  }

  override reset(): void {
    super.reset();
    this.express?.reset();
  }
}

/** A port with a slot behind it, which a device can be plugged into while the machine runs. */
export abstract class ExpressSlot<P = unknown>
  extends ExpressPort<P & typeof SLOT_PROPERTIES & typeof POWER_PROPERTY>
  implements HotplugHandler
{
  /** The slot's link. */
  protected get link(): Link {
    return { speed: 1, width: 1 };
  }

  get #slot(): Values<typeof SLOT_PROPERTIES & typeof POWER_PROPERTY> {
    return this.values as Values<typeof SLOT_PROPERTIES & typeof POWER_PROPERTY>;
  }

  /** Whether the port itself tells the guest of devices that come and go. */
  get #native(): boolean {
    return this.#slot.hotplug && (this.#slot['x-native-hotplug'] || this.hotplugged);
  }

  /** The device in the slot. */
  get #occupant(): PciDevice | undefined {
    return this.bus.functionAt(0);
  }

  protected override addExpressParts(express: ExpressCapability): void {
    const { slot, chassis, power_controller_present: power } = this.#slot;
    express.addSlot({ number: slot & 0x1fff, link: this.link, hotplug: this.#native, power });
    this.bus.hotplugHandler = this;
    this.#enterChassis(`${chassis}.${slot}`);
    express.forwardAri();
  }

  #enterChassis(place: string): void {
    const taken = chassisSlots.get(this.context) ?? new Set<string>();
    chassisSlots.set(this.context, taken);
    if (taken.has(place)) this.fail(`Can't add chassis slot, error ${BUSY}`);
    taken.add(place);
  }

  override unrealize(): void {
    const { chassis, slot } = this.#slot;
    chassisSlots.get(this.context)?.delete(`${chassis}.${slot}`);
    super.unrealize();
  }

  override reset(): void {
    super.reset();
    this.express?.resetSlot(this.#occupant !== undefined, this.#slot.power_controller_present);
  }

  prePlug(device: Device): void {
    if (device.hotplugged && !this.#native)
      this.fail(`Hot-plug failed: unsupported by the port device '${this.id}'`);
  }

  plug(device: Device): void {
    if (!(device instanceof PciDevice)) return;
    // The guest hears of a slot's functions when function 0 is there, which comes last.
    if (device.hotplugged && !this.#occupant) return;
    this.express?.setPresence(true, device.values['x-pcie-lnksta-dllla'] === true);
    if (device.hotplugged) this.express?.pressButton(true);
  }

  unplugRequest(device: Device): void {
    const { express } = this;
    if (!(device instanceof PciDevice) || !express) return;
    if (!this.#native)
      throw new ConfigError(`Hot-unplug failed: unsupported by the port device '${this.id}'`);
    if (express.slotBusy)
      throw new ConfigError('Hot-unplug failed: guest is busy (power indicator blinking)');
    device.unplugPending = true;
    if (device.devfn !== 0 && !this.#occupant) device.unplug();
    else if (express.slotOff) this.#empty();
    else express.pressButton(false);
  }

  /** Everything in the slot leaves. */
  #empty(): void {
    for (let devfn = 0; devfn < 256; devfn++) this.bus.functionAt(devfn)?.unplug();
    this.express?.setPresence(false, true);
  }

  override configRead(offset: number, size: number): number {
    if (this.express?.touchesLinkStatus(offset, size))
      this.express.syncLink(this.#occupant?.expressCapability);
    return super.configRead(offset, size);
  }

  override configWrite(offset: number, size: number, value: number): void {
    const wasOff = this.express?.slotOff ?? false;
    super.configWrite(offset, size, value);
    const { express } = this;
    if (!express?.slotWritten(offset, size)) return;
    // A guest that has switched off power and indicator has let go of the device.
    if (express.present && express.slotOff && !wasOff) this.#empty();
    express.completeCommand();
  }
}
