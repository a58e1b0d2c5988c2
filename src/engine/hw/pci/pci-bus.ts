import { Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { formatDevfn, PciDevice } from './pci-device.ts';

/** Takes the level of one of a bus's four interrupt wires. */
export type IntxRouter = (wire: number, level: boolean) => void;

/** A conventional PCI bus: 32 slots of 8 functions. */
export class PciBus extends Bus {
  /** Bus number; 0 for a root bus, else what the bridge was programmed with. */
  number = 0;
  /** Where the four INTx wires go; set by the host bridge. */
  router: IntxRouter = () => {};
  /** Platform interrupt input that a wire drives now, or -1; set by the router's owner. */
  inputOf: (wire: number) => number = () => -1;
  readonly #functions = new Map<number, PciDevice>();
  /** Numbers of onboard devices that are taken. */
  readonly #acpiIndexes = new Map<number, PciDevice>();
  /** How many functions assert each wire. */
  readonly #asserted = [0, 0, 0, 0];

  override get hotpluggable(): boolean {
    return true;
  }

  /** The function at `slot * 8 + function`, or undefined. */
  functionAt(devfn: number): PciDevice | undefined {
    return this.#functions.get(devfn);
  }

  /** Takes a device's `acpi-index`, 0 meaning none; false where another device has it. */
  claimAcpiIndex(device: PciDevice, index: number): boolean {
    if (this.#acpiIndexes.has(index)) return false;
    if (index !== 0) this.#acpiIndexes.set(index, device);
    return true;
  }

  override add(device: Device): void {
    if (!(device instanceof PciDevice)) {
      super.add(device);
      return;
    }
    const devfn = device.wantedDevfn === -1 ? this.#freeSlot(device) : device.wantedDevfn;
    const holder = this.#functions.get(devfn);
    if (holder)
      throw new ConfigError(
        `PCI: slot ${devfn >> 3} function ${devfn & 7} not available for ${device.type.name}, in use by ${holder.type.name},id=${holder.id || '(null)'}`,
      );
    this.#checkMultifunction(device, devfn);
    super.add(device);
    this.#functions.set(devfn, device);
    device.devfn = devfn;
    device.values.addr = devfn;
  }

  override remove(device: Device): void {
    super.remove(device);
    if (device instanceof PciDevice && this.#functions.get(device.devfn) === device)
      this.#functions.delete(device.devfn);
    for (const [index, holder] of this.#acpiIndexes)
      if (holder === device) this.#acpiIndexes.delete(index);
  }

  override addressOf(device: Device): string {
    return device instanceof PciDevice ? formatDevfn(device.devfn) : '';
  }

  override describe(device: Device): readonly string[] {
    return device instanceof PciDevice ? device.describe() : [];
  }

  /** Wire of a slot's pin A: each slot is shifted by one (PIIX3's wiring). */
  wireOf(device: PciDevice): number {
    return ((device.devfn >> 3) - 1) & 3;
  }

  /** A function's INTx pin changed; a wire is high while any function on it is. */
  setIntx(device: PciDevice, level: boolean): void {
    const wire = this.wireOf(device);
    this.#asserted[wire] = (this.#asserted[wire] ?? 0) + (level ? 1 : -1);
    this.router(wire, this.level(wire));
  }

  /** Level of a wire. */
  level(wire: number): boolean {
    return (this.#asserted[wire] ?? 0) > 0;
  }

  #freeSlot(device: PciDevice): number {
    for (let devfn = 0; devfn < 256; devfn += 8) if (!this.#functions.has(devfn)) return devfn;
    throw new ConfigError(
      `PCI: no slot/function available for ${device.type.name}, all in use or reserved`,
    );
  }

  /** Functions other than 0 need a function 0 that says it has siblings (PCI 3.0 §3.2.2.3.4). */
  #checkMultifunction(device: PciDevice, devfn: number): void {
    const slot = devfn & ~7;
    if (devfn !== slot) {
      const first = this.#functions.get(slot);
      if (first && !first.multifunction)
        throw new ConfigError(
          `PCI: single function device can't be populated in function ${(devfn >> 3).toString(16)}.${devfn & 7}`,
        );
      return;
    }
    if (device.multifunction) return;
    for (let other = slot + 1; other < slot + 8; other++)
      if (this.#functions.has(other))
        throw new ConfigError(
          `PCI: ${(slot >> 3).toString(16)}.0 indicates single function, but ${(slot >> 3).toString(16)}.${other & 7} is already populated.`,
        );
  }
}

/** The conventional PCI bus type. */
export const PCI_BUS_TYPE: TypeInfo = {
  name: 'PCI',
  parent: 'bus',
  create: (init) => new PciBus(init),
};
