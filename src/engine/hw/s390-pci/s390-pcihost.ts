import { AddressSpace } from '../../../memory/address-space.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_BRIDGE_CONFIG, PCI_CAP, PCI_CONFIG } from '../../../spec/pci.ts';
import { addBus, type Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import type { HotplugHandler } from '../../qdev/hotplug.ts';
import { addRegion } from '../../qdev/regions.ts';
import { ConfigError, RealizeError } from '../../qom/errors.ts';
import { PciBridge } from '../pci/bridge.ts';
import type { PciBus } from '../pci/pci-bus.ts';
import { formatDevfn, PciDevice } from '../pci/pci-device.ts';
import { SysBusDevice } from '../sysbus.ts';
import { ZpciDevice } from './zpci.ts';

/** Where every function's message interrupts are written to, and how many bytes that takes. */
const MSI_ADDRESS = 0xfe00_0000_0000_0000;
const MSI_BYTES = 4096;
const NO_CPU_FEATURE =
  "warning: Plugging a PCI/zPCI device without the 'zpci' CPU feature enabled; the guest will not be able to see/use this device";

/** What one function reaches as a bus master: nothing but its message interrupts until the guest maps memory. */
interface Iommu {
  readonly root: MemoryRegion;
  readonly space: AddressSpace;
}

/** PCI on s390x: a root bus, and beside it a bus of zpci devices, one for each function. */
export class S390PciHost extends SysBusDevice {
  bus!: PciBus;
  zpciBus!: Bus;
  /** Whether the CPUs have instructions for PCI; set by the board. */
  cpuHasPci = true;
  /** By bus and slot: a function that comes to the place of another finds what was there. */
  readonly #iommus = new Map<PciBus, Map<number, Iommu>>();
  /** The root bus and those behind bridges, newest first. */
  readonly #buses: PciBus[] = [];

  override realize(): void {
    const { memory, io } = this.context;
    this.bus = addBus<PciBus>(this, 'PCI');
    this.bus.memory = memory.root;
    this.bus.io = io.root;
    this.bus.iommu = (device) => this.#iommuOf(device).root;
    this.zpciBus = addBus(this, 's390-pcibus');
    const handler = this.#handler();
    for (const bus of [this.bus, this.zpciBus]) bus.hotplugHandler = handler;
    this.#buses.unshift(this.bus);
    this.context.whenStarted(() => {
      // Address spaces are called after the numbers that buses have before all are counted.
      for (const bus of this.#buses) for (const device of functions(bus)) this.#iommuOf(device);
      this.#enumerate();
    });
  }

  /** Functions that were asked to go do so now; bridges get their numbers anew. */
  override reset(): void {
    for (const zpci of this.#zpciDevices()) if (zpci.asked) this.#remove(zpci);
    this.#enumerate();
  }

  #handler(): HotplugHandler {
    return {
      path: this.path,
      prePlug: (device) => {
        if (!this.cpuHasPci) this.context.report(NO_CPU_FEATURE);
        if (device instanceof PciDevice && device.multifunction)
          throw new RealizeError('multifunction not supported in s390');
      },
      plug: (device) => {
        if (device instanceof PciBridge) this.#plugBridge(device);
        else if (device instanceof PciDevice) this.#plugFunction(device);
      },
      unplugRequest: (device) => this.#askToGo(device),
    };
  }

  #zpciDevices(): ZpciDevice[] {
    return this.zpciBus.devices.filter((device) => device instanceof ZpciDevice);
  }

  #plugBridge(device: PciBridge): void {
    device.bus.hotplugHandler = this.bus.hotplugHandler;
    this.#buses.unshift(device.bus);
    if (this.context.started) this.#enumerate();
  }

  #plugFunction(device: PciDevice): void {
    if (device.id === '') {
      const bus = device.pciBus.number.toString(16).padStart(2, '0');
      device.id = `auto_${bus}:${formatDevfn(device.devfn)}`;
    }
    const zpci = this.#zpciFor(device.id);
    const { root } = this.#iommuOf(device);
    // An emulated function is not run by the host's own PCI.
    zpci.values.interpret = false;
    zpci.values['forwarding-assist'] = false;
    if (!hasMsix(device))
      throw new RealizeError('MSI-X support is mandatory in the S390 architecture');
    zpci.func = device;
    const uid = zpci.props.uid.toString(16).padStart(4, '0');
    zpci.notify = addRegion(zpci, MemoryRegion.io(`msix-s390-${uid}`, MSI_BYTES));
    root.addSubregion(MSI_ADDRESS, zpci.notify);
  }

  /** The zpci device that waits for a function of this id, or a new one. */
  #zpciFor(target: string): ZpciDevice {
    const waiting = this.#zpciDevices().find((zpci) => zpci.props.target === target);
    if (waiting) return waiting;
    const { registry } = this;
    const zpci = registry.create('zpci', this.context) as ZpciDevice;
    zpci.values.target = target;
    let top = this.parent;
    while (top?.parent) top = top.parent;
    top?.at('/machine/unattached')?.addChild('device[*]', zpci);
    zpci.plugInto(this.zpciBus);
    return zpci;
  }

  #iommuOf({ pciBus, devfn }: PciDevice): Iommu {
    const iommus = this.#iommusOn(pciBus);
    let iommu = iommus.get(devfn >> 3);
    if (!iommu) {
      const bus = pciBus.number.toString(16).padStart(2, '0');
      const address = `${bus}:${formatDevfn(devfn)}`;
      const root = MemoryRegion.container(`iommu-root-${address}`);
      iommu = { root, space: new AddressSpace(`iommu-pci-${address}`, root) };
      this.context.addressSpaces.add(iommu.space);
      iommus.set(devfn >> 3, iommu);
    }
    return iommu;
  }

  #iommusOn(bus: PciBus): Map<number, Iommu> {
    let iommus = this.#iommus.get(bus);
    if (!iommus) {
      iommus = new Map();
      this.#iommus.set(bus, iommus);
    }
    return iommus;
  }

  #askToGo(device: Device): void {
    if (device instanceof PciBridge)
      throw new ConfigError('PCI bridge hot unplug currently not supported');
    const zpci =
      device instanceof ZpciDevice
        ? device
        : this.#zpciDevices().find((candidate) => candidate.func === device);
    if (!zpci) return;
    // Without a function there is nobody to ask; QEMU 7.2 crashes here.
    if (zpci.func) zpci.asked = true;
    else zpci.unplug();
  }

  #remove(zpci: ZpciDevice): void {
    const { func, notify } = zpci;
    if (func) {
      const iommu = this.#iommuOf(func);
      const iommus = this.#iommusOn(func.pciBus);
      const slot = func.devfn >> 3;
      func.unplug();
      if (notify) iommu.root.removeSubregion(notify);
      this.context.addressSpaces.delete(iommu.space);
      iommus.delete(slot);
    }
    zpci.unplug();
  }

  /** Numbers buses as firmware does elsewhere: depth first, a bridge's own number before those below. */
  #enumerate(): void {
    let last = 0;
    const walk = (bus: PciBus): void => {
      for (const bridge of functions(bus)) {
        if (!(bridge instanceof PciBridge)) continue;
        const number = ++last;
        bridge.configWrite(PCI_BRIDGE_CONFIG.PrimaryBus.offset, 1, bus.number);
        bridge.configWrite(PCI_BRIDGE_CONFIG.SecondaryBus.offset, 1, number);
        bridge.configWrite(PCI_BRIDGE_CONFIG.SubordinateBus.offset, 1, 0xff);
        walk(bridge.bus);
        bridge.configWrite(PCI_BRIDGE_CONFIG.SubordinateBus.offset, 1, last);
      }
    };
    walk(this.bus);
  }
}

/** Whether a function can send message interrupts of its own (PCI 3.0 §6.8.2). */
function hasMsix({ config }: PciDevice): boolean {
  let at = config.get(PCI_CONFIG.CapabilitiesPointer.offset, 1);
  while (at !== 0 && config.get(at, 1) !== PCI_CAP.MSIX) at = config.get(at + 1, 1);
  return at !== 0;
}

/** What is on a bus, by address. */
function functions(bus: PciBus): PciDevice[] {
  const all = Array.from({ length: 256 }, (_, devfn) => bus.functionAt(devfn));
  return all.filter((device) => device !== undefined);
}
