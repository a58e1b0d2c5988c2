import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_CAP } from '../../../spec/pci.ts';
import type { Device } from '../../qdev/device.ts';
import type { HotplugHandler } from '../../qdev/hotplug.ts';
import { addRegion } from '../../qdev/regions.ts';
import { RealizeError } from '../../qom/errors.ts';
import type { State } from '../../qom/state.ts';
import type { PciBridge } from './bridge.ts';
import { PciDevice } from './pci-device.ts';

/** Slots behind a bridge that the controller serves; slot 0 is not among them. */
const SLOTS = 31;
const CAP_BYTES = 8;
/** Bytes of the controller's registers, and of the BAR around them. */
const REGISTERS = 0x24 + 4 * SLOTS;
const BAR_BYTES = 0x100;

/**
 * The standard hot-plug controller of a conventional bridge (SHPC 1.0): its capability, its BAR, and
 * what it says to devices that come and go. Its registers are not modelled: a guest cannot switch slots.
 */
export class Shpc implements HotplugHandler {
  /** What the bridge's BAR 0 places. */
  readonly bar: MemoryRegion;
  readonly #bridge: PciBridge;
  /** Slots that were occupied at the last reset, which powers them, one bit each. */
  #powered = 0;

  constructor(bridge: PciBridge) {
    this.#bridge = bridge;
    const { config } = bridge;
    const at = config.addCapability(PCI_CAP.SHPC, CAP_BYTES);
    config.allowWrites(at + 2, 1, 0xff);
    this.bar = addRegion(bridge, MemoryRegion.container('shpc-bar', BAR_BYTES));
    this.bar.addSubregion(0, addRegion(bridge, MemoryRegion.io('shpc-mmio', REGISTERS)));
    bridge.bus.hotplugHandler = this;
  }

  reset(): void {
    this.#powered = 0;
    for (const device of this.#bridge.bus.devices)
      if (device instanceof PciDevice) this.#powered |= 1 << (device.devfn >> 3);
  }

  saveState(): State {
    return { powered: this.#powered };
  }

  loadState(state: State): void {
    this.#powered = state.powered as number;
  }

  plug(device: Device): void {
    if (!(device instanceof PciDevice) || device.devfn >> 3 !== 0) return;
    throw new RealizeError(
      `Unsupported PCI slot 0 for standard hotplug controller. Valid slots are between 1 and ${SLOTS}.`,
    );
  }

  unplugRequest(device: Device): void {
    if (!(device instanceof PciDevice)) return;
    const slot = device.devfn >> 3;
    // A slot without power is opened at once; of the others the guest hears that its button was pressed.
    if ((this.#powered >>> slot) & 1) return;
    for (let fn = 0; fn < 8; fn++) this.#bridge.bus.functionAt(slot * 8 + fn)?.unplug();
  }
}
