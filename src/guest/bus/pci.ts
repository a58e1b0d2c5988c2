import { PCI_COMMAND, PCI_CONFIG } from '../../spec/pci.ts';
import { type PciBar, PciWindows } from './pci-bars.ts';
import type { PciConfig } from './pci-config.ts';
import { PciFunction } from './pci-function.ts';

const SLOTS = 32;
const FUNCTIONS = 8;
const MULTIFUNCTION = 0x80;
const BRIDGE = 0x06;
const DECODING = PCI_COMMAND.IO | PCI_COMMAND.MEMORY | PCI_COMMAND.MASTER;

/** Interrupt router of a PC: PIRQRC[A] to PIRQRC[D] of the PIIX3, a byte each, of the 82371SB. */
const PIIX3 = { slot: 1, ids: 0x7000_8086, PIRQRC: 0x60, atReset: 0x8080_8080 } as const;
/** Where firmware sends the four PCI interrupts of a PC. */
const PIRQ_INPUTS = [10, 10, 11, 11] as const;
/**
 * A chipset with an I/O APIC, known by its host bridge: eight wires go to inputs of their own. Slots take
 * turns on the upper four wires; from slot `chipset` on they use the lower four, but for the `bridge`.
 */
const Q35 = { ids: 0x29c0_8086, firstInput: 16, upper: 4, chipset: 25, bridge: 30 } as const;

/** What `PciBus.find` looks for; what is left out matches everything. */
export interface PciQuery {
  /** Vendor ID: 0x1af4 for virtio. */
  readonly vendor?: number;
  /** Device ID, or several that will do. */
  readonly device?: number | readonly number[];
  /** Class and sub-class, as `0x0100`. */
  readonly classCode?: number;
}

/** The PCI bus of the machine. Configuration space is read as far as a search has to go, once. */
export class PciBus {
  /** @internal */
  readonly config: PciConfig;
  readonly #found: PciFunction[] = [];
  #scan: Generator<PciFunction> | undefined;
  #windows: PciWindows | undefined;
  readonly #placed = new Map<PciFunction, readonly PciBar[]>();

  /** @internal */
  constructor(config: PciConfig) {
    this.config = config;
  }

  /** Every function on the bus, in the order of slots. */
  functions(): PciFunction[] {
    return this.findAll({});
  }

  /** The first function that matches. Throws where there is none. */
  find(query: PciQuery): PciFunction {
    for (const fn of this.each(query)) return fn;
    if (this.#found.length === 0)
      throw new Error(
        'no PCI bus answers at ports 0xcf8 and 0xcfc, and this guest library drives no other bus yet',
      );
    throw new Error(`no PCI function matches ${describe(query)}`);
  }

  /** Every function that matches, in the order of slots. */
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
    const known = this.#placed.get(fn);
    if (known) return known;
    const windows = this.#boot();
    const command = fn.config16(PCI_CONFIG.Command.offset);
    if (command & DECODING) fn.writeConfig(PCI_CONFIG.Command.offset, 2, command & ~DECODING);
    const bars = windows.place(fn);
    const input = this.interruptInput(fn);
    if (input >= 0) fn.writeConfig(PCI_CONFIG.InterruptLine.offset, 1, input);
    const enabled = (command | DECODING) & ~PCI_COMMAND.INTX_DISABLE;
    fn.writeConfig(PCI_CONFIG.Command.offset, 2, enabled);
    this.#placed.set(fn, bars);
    return bars;
  }

  /** @internal See `PciFunction.interruptInput`. */
  interruptInput(fn: PciFunction): number {
    const pin = fn.config8(PCI_CONFIG.InterruptPin.offset);
    if (pin !== 0 && this.#isQ35()) return q35Input(fn.at.slot, pin - 1);
    // Slots are wired to the router in rotation, so that devices share its four inputs evenly.
    return pin === 0 ? -1 : (PIRQ_INPUTS[(fn.at.slot + pin - 2) & 3] ?? -1);
  }

  /** What firmware does once before the first device is used. */
  #boot(): PciWindows {
    if (this.#windows) return this.#windows;
    const router = this.#find(PIIX3.slot, 0);
    const isPiix3 =
      router?.vendorId === (PIIX3.ids & 0xffff) && router.deviceId === PIIX3.ids >>> 16;
    const routed = !isPiix3 || router.config32(PIIX3.PIRQRC) !== PIIX3.atReset;
    // An earlier program ran on this machine: what it left decoding must not be in the way.
    if (routed) for (const fn of this.functions()) quiesce(fn);
    if (isPiix3) {
      const routes = PIRQ_INPUTS.reduce((word, input, i) => word | (input << (8 * i)), 0);
      router.writeConfig(PIIX3.PIRQRC, 4, routes);
    }
    this.#windows = new PciWindows();
    return this.#windows;
  }

  #isQ35(): boolean {
    const host = this.#nth(0);
    return host?.vendorId === (Q35.ids & 0xffff) && host.deviceId === Q35.ids >>> 16;
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
    for (let slot = 0; slot < SLOTS; slot++) {
      const first = this.#probe(slot, 0);
      if (!first) continue;
      yield first;
      if (!(first.config8(PCI_CONFIG.HeaderType.offset) & MULTIFUNCTION)) continue;
      for (let fn = 1; fn < FUNCTIONS; fn++) {
        const other = this.#probe(slot, fn);
        if (other) yield other;
      }
    }
  }

  #probe(slot: number, fn: number): PciFunction | undefined {
    const at = { bus: 0, slot, fn };
    const ids = this.config.read(at, PCI_CONFIG.VendorID.offset, 4);
    return (ids & 0xffff) === 0xffff ? undefined : new PciFunction(this, at, ids);
  }
}

/** Interrupt input of a pin (0 for A) on the chipset that `Q35` describes. */
function q35Input(slot: number, pin: number): number {
  if (slot === Q35.bridge) return Q35.firstInput + Q35.upper + pin;
  if (slot >= Q35.chipset) return Q35.firstInput + pin;
  return Q35.firstInput + Q35.upper + ((slot + pin) & 3);
}

function quiesce(fn: PciFunction): void {
  if (fn.config8(PCI_CONFIG.BaseClass.offset) === BRIDGE) return;
  const command = fn.config16(PCI_CONFIG.Command.offset);
  if (command & DECODING) fn.writeConfig(PCI_CONFIG.Command.offset, 2, command & ~DECODING);
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
