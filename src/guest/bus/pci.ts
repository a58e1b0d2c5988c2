import { PCI_BRIDGE_CONFIG, PCI_CAP, PCI_COMMAND, PCI_CONFIG } from '../../spec/pci.ts';
import { PC_PCI, type PciPlatform } from '../../spec/platform.ts';
import { DECODING, type PciBar, PciWindows } from './pci-bars.ts';
import type { PciAddress, PciConfig } from './pci-config.ts';
import { PciFunction } from './pci-function.ts';

const SLOTS = 32;
const FUNCTIONS = 8;
const MOST_BUSES = 256;
/** Base class of bridges. */
const BRIDGE = 0x06;
/** Where the type of a PCI Express port stands in its capability, and the types with one slot behind (PCIe 4.0 §7.5.3.2). */
const PORT_TYPE = { offset: 2, shift: 4, oneSlot: [4, 6] } as const;

/** Interrupt router of a PC: PIRQRC[A] to PIRQRC[D] of the PIIX3, a byte each, of the 82371SB. */
const PIIX3 = { slot: 1, ids: 0x7000_8086, PIRQRC: 0x60, atReset: 0x8080_8080 } as const;
/** Where firmware sends the four PCI interrupts of a PC. */
const PIRQ_INPUTS = [10, 10, 11, 11] as const;
/**
 * An ICH9 with an I/O APIC: eight wires go to inputs of their own. Slots take
 * turns on the upper four wires; from slot `chipset` on they use the lower four, but for the `bridge`.
 */
const ICH9 = { firstInput: 16, upper: 4, chipset: 25, bridge: 30 } as const;

/** What `PciBus.find` looks for; what is left out matches everything. */
export interface PciQuery {
  /** Vendor ID: 0x1af4 for virtio. */
  readonly vendor?: number;
  /** Device ID, or several that will do. */
  readonly device?: number | readonly number[];
  /** Class and sub-class, as `0x0100`. */
  readonly classCode?: number;
}

/**
 * The PCI buses of the machine: the root bus, and those behind bridges, which get their numbers as they
 * are found. Configuration space is read as far as a search has to go, once.
 */
export class PciBus {
  /** @internal */
  readonly config: PciConfig;
  readonly #platform: PciPlatform;
  readonly #found: PciFunction[] = [];
  /** By bus number: the bridge in front. */
  readonly #bridges: (PciFunction | undefined)[] = [undefined];
  #scan: Generator<PciFunction> | undefined;
  #windows: PciWindows | undefined;
  readonly #enabled = new Set<PciFunction>();

  /** @internal */
  constructor(config: PciConfig, platform: PciPlatform = PC_PCI) {
    this.config = config;
    this.#platform = platform;
  }

  /** Every function, bus by bus, in the order of slots. */
  functions(): PciFunction[] {
    return this.findAll({});
  }

  /** The first function that matches. Throws where there is none. */
  find(query: PciQuery): PciFunction {
    for (const fn of this.each(query)) return fn;
    if (this.#found.length === 0)
      throw new Error('this machine has no PCI bus: `virtio` finds devices on whatever it has');
    throw new Error(`no PCI function matches ${describe(query)}`);
  }

  /** Every function that matches, bus by bus. */
  findAll(query: PciQuery): PciFunction[] {
    return [...this.each(query)];
  }

  /** @internal As `findAll`, but looks no further than the caller does. */
  *each(query: PciQuery): Generator<PciFunction> {
    for (let i = 0; ; i++) {
      const fn = this.#nth(i);
      if (!fn) return;
      if (matches(fn, query)) yield fn;
    }
  }

  /** @internal See `PciFunction.enable`. */
  enable(fn: PciFunction): readonly PciBar[] {
    const windows = this.#boot();
    if (!windows.placed(fn)) this.#place(fn, windows);
    for (let at: PciFunction | undefined = fn; at; at = this.bridgeOf(at)) this.#start(at);
    return windows.placed(fn) ?? [];
  }

  /** @internal See `PciFunction.bridge`. */
  bridgeOf(fn: PciFunction): PciFunction | undefined {
    return this.#bridges[fn.at.bus];
  }

  /** @internal See `PciFunction.interruptInput`. */
  interruptInput(fn: PciFunction): number {
    const pin = fn.config8(PCI_CONFIG.InterruptPin.offset);
    if (pin === 0) return -1;
    let { slot } = fn.at;
    let wire = pin - 1;
    // Slots are wired in rotation, so that devices share the four wires evenly, at each bridge anew.
    for (let up = this.bridgeOf(fn); up; up = this.bridgeOf(up)) {
      wire = (slot + wire) & 3;
      slot = up.at.slot;
    }
    const { routing } = this.#platform;
    if (routing === 'ich9') return ich9Input(slot, wire);
    if (routing === 'piix3') return PIRQ_INPUTS[(slot + wire - 1) & 3] ?? -1;
    return routing.first + ((slot + wire) & 3);
  }

  /** Gives addresses to `fn`, or to all that is behind the same port of the root bus. */
  #place(fn: PciFunction, windows: PciWindows): void {
    let top = fn;
    for (let up = this.bridgeOf(fn); up; up = this.bridgeOf(up)) top = up;
    const all = top === fn && !fn.isBridge ? [] : this.functions();
    const behind = (bridge: PciFunction) => all.filter((each) => this.bridgeOf(each) === bridge);
    const stop = (each: PciFunction): void => {
      setDecoding(each, false);
      for (const below of behind(each)) stop(below);
    };
    stop(top);
    windows.place(top, behind);
  }

  /** Lets a function answer at its addresses, and tells it its interrupt input. */
  #start(fn: PciFunction): void {
    if (this.#enabled.has(fn)) return;
    this.#enabled.add(fn);
    const input = fn.isBridge ? -1 : this.interruptInput(fn);
    if (input >= 0) fn.writeConfig(PCI_CONFIG.InterruptLine.offset, 1, input);
    setDecoding(fn, true);
  }

  /** What firmware does once before the first device is used. */
  #boot(): PciWindows {
    if (this.#windows) return this.#windows;
    const router = this.#platform.routing === 'piix3' ? this.#find(PIIX3.slot, 0) : undefined;
    const isPiix3 =
      router?.vendorId === (PIIX3.ids & 0xffff) && router.deviceId === PIIX3.ids >>> 16;
    const routed = !isPiix3 || router.config32(PIIX3.PIRQRC) !== PIIX3.atReset;
    // An earlier program ran on this machine: what it left decoding must not be in the way.
    if (routed)
      for (const fn of this.functions())
        if (fn.config8(PCI_CONFIG.BaseClass.offset) !== BRIDGE) setDecoding(fn, false);
    if (isPiix3) {
      const routes = PIRQ_INPUTS.reduce((word, input, i) => word | (input << (8 * i)), 0);
      router.writeConfig(PIIX3.PIRQRC, 4, routes);
    }
    this.#windows = new PciWindows(this.#platform);
    return this.#windows;
  }

  #find(slot: number, fn: number): PciFunction | undefined {
    for (const candidate of this.each({})) {
      if (candidate.at.slot > slot) return undefined;
      if (candidate.at.slot === slot && candidate.at.fn === fn) return candidate;
    }
    return undefined;
  }

  /** The `i`-th function of the bus; scans as far as needed. */
  #nth(i: number): PciFunction | undefined {
    this.#scan ??= this.#walk();
    while (this.#found.length <= i) {
      const { value, done } = this.#scan.next();
      if (done) return undefined;
      this.#found.push(value);
    }
    return this.#found[i];
  }

  *#walk(): Generator<PciFunction> {
    yield* this.#walkBus(0);
  }

  /** What is on a bus, then what is behind its bridges, each bus with the next free number. */
  *#walkBus(bus: number): Generator<PciFunction> {
    const here: PciFunction[] = [];
    const slots = oneSlot(this.#bridges[bus]) ? 1 : SLOTS;
    for (const fn of this.#slots(bus, slots)) {
      here.push(fn);
      yield fn;
    }
    const { PrimaryBus, SecondaryBus, SubordinateBus } = PCI_BRIDGE_CONFIG;
    for (const bridge of here) {
      if (!bridge.isBridge || this.#bridges.length === MOST_BUSES) continue;
      const behind = this.#bridges.push(bridge) - 1;
      bridge.writeConfig(PrimaryBus.offset, 1, bus);
      bridge.writeConfig(SecondaryBus.offset, 1, behind);
      // Until it is known which numbers come behind, all that are free do.
      bridge.writeConfig(SubordinateBus.offset, 1, MOST_BUSES - 1);
      yield* this.#walkBus(behind);
      bridge.writeConfig(SubordinateBus.offset, 1, this.#bridges.length - 1);
    }
  }

  *#slots(bus: number, count: number): Generator<PciFunction> {
    for (let slot = 0; slot < count; slot++) {
      const first = this.#probe({ bus, slot, fn: 0 });
      if (!first) continue;
      yield first;
      if (!first.multifunction) continue;
      for (let fn = 1; fn < FUNCTIONS; fn++) {
        const other = this.#probe({ bus, slot, fn });
        if (other) yield other;
      }
    }
  }

  #probe(at: PciAddress): PciFunction | undefined {
    const ids = this.config.read(at, PCI_CONFIG.VendorID.offset, 4);
    return (ids & 0xffff) === 0xffff ? undefined : new PciFunction(this, at, ids);
  }
}

/** Whether a link of PCI Express begins at `bridge`, which has one device at its other end. */
function oneSlot(bridge: PciFunction | undefined): boolean {
  const express = bridge?.capabilities().find(({ id }) => id === PCI_CAP.EXPRESS);
  if (!bridge || !express) return false;
  const type = (bridge.config16(express.at + PORT_TYPE.offset) >>> PORT_TYPE.shift) & 15;
  return PORT_TYPE.oneSlot.some((one) => one === type);
}

/** Interrupt input of a pin (0 for A) on the chipset that `ICH9` describes. */
function ich9Input(slot: number, pin: number): number {
  if (slot === ICH9.bridge) return ICH9.firstInput + ICH9.upper + pin;
  if (slot >= ICH9.chipset) return ICH9.firstInput + pin;
  return ICH9.firstInput + ICH9.upper + ((slot + pin) & 3);
}

function setDecoding(fn: PciFunction, on: boolean): void {
  const command = fn.config16(PCI_CONFIG.Command.offset);
  const wanted = on ? (command | DECODING) & ~PCI_COMMAND.INTX_DISABLE : command & ~DECODING;
  if (wanted !== command) fn.writeConfig(PCI_CONFIG.Command.offset, 2, wanted);
}

function matches(fn: PciFunction, query: PciQuery): boolean {
  if (query.vendor !== undefined && fn.vendorId !== query.vendor) return false;
  if (query.device !== undefined && ![query.device].flat().includes(fn.deviceId)) return false;
  return query.classCode === undefined || fn.classCode === query.classCode;
}

function describe({ vendor, device, classCode }: PciQuery): string {
  const id = (value: number) => value.toString(16).padStart(4, '0');
  const devices = device === undefined ? ['any'] : [device].flat().map(id);
  const ids = devices.map((d) => `${vendor === undefined ? 'any' : id(vendor)}:${d}`).join(' or ');
  return classCode === undefined ? ids : `${ids} of class ${id(classCode)}`;
}
