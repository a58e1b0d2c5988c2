import { assert } from '../../../base/assert.ts';
import { hex, isPowerOfTwo, TWO_32 } from '../../../base/bits.ts';
import { AddressSpace } from '../../../memory/address-space.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import {
  PCI_BAR,
  PCI_BRIDGE_CONFIG,
  PCI_COMMAND,
  PCI_CONFIG,
  PCI_HEADER,
  PCI_STATUS,
} from '../../../spec/pci.ts';
import { Device } from '../../qdev/device.ts';
import { addRegion } from '../../qdev/regions.ts';
import { ConfigError } from '../../qom/errors.ts';
import { bit, custom, optionalStr, str, u32, type Values } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { ConfigSpace } from './config-space.ts';
import type { ExpressCapability } from './express.ts';
import { optionRomBytes, ROM_BAR } from './option-rom.ts';
import type { PciBus } from './pci-bus.ts';

/** `slot.function` in hexadecimal, as a PCI address is written; -1 is "any". */
const devfn = custom<number>({
  type: 'int32',
  default: -1,
  description: 'Slot and optional function number, example: 06.0 or 06',
  hasDefault: true,
  twin: 'text',
  parse(text, { name, type }) {
    const match = /^\s*(?:0[xX])?([0-9a-fA-F]+)(?:\.(?:0[xX])?([0-9a-fA-F]+))?$/.exec(text);
    const slot = Number.parseInt(match?.[1] ?? '', 16);
    const fn = Number.parseInt(match?.[2] ?? '0', 16);
    if (!match || slot > 31 || fn > 7)
      throw new ConfigError(`Property '${type}.${name}' doesn't take value '${text}'`);
    return slot * 8 + fn;
  },
  print: (value) => (value === -1 ? '<unset>' : formatDevfn(value)),
});

/** `02.0` for devfn 16. */
export function formatDevfn(value: number): string {
  return `${(value >> 3).toString(16).padStart(2, '0')}.${(value & 7).toString(16)}`;
}

/** `romsize` that stands for "as the file is". */
const NO_ROM_SIZE = 0xffff_ffff;
/** Bit of the ROM's register that lets it decode (PCI 3.0 §6.2.5.2). */
const ROM_ENABLE = 1;
/** Characters of a ROM region's name that QEMU has room for. */
const ROM_NAME_LENGTH = 31;
/** Class code of Ethernet controllers. */
const ETHERNET = 0x0200;

const PROPERTIES = {
  addr: devfn,
  romfile: str(),
  romsize: u32(NO_ROM_SIZE),
  rombar: u32(1),
  multifunction: bit(false),
  'x-pcie-lnksta-dllla': bit(true),
  'x-pcie-extcap-init': bit(true),
  failover_pair_id: optionalStr(),
  'acpi-index': u32(0),
} as const;

/** Identity in the configuration header. `classCode`: base class and sub-class, 16 bits. */
export interface PciIds {
  readonly vendor: number;
  readonly device: number;
  readonly revision: number;
  readonly classCode: number;
  readonly progIf?: number;
  /** QEMU's default subsystem 1af4:1100 where absent. */
  readonly subsystem?: { readonly vendor: number; readonly device: number };
}

/** A base address register: what kind it is, and the region, of a power of two bytes, that it places. */
export interface Bar {
  readonly kind: 'io' | 'mem';
  readonly is64?: boolean;
  readonly prefetch?: boolean;
  readonly region: MemoryRegion;
}

interface BarState {
  readonly bar: Bar;
  /** Address that it decodes now, or undefined while it does not. */
  address: number | undefined;
}

/** Priority of what a BAR places, above what the chipset has there. */
const BAR_PRIORITY = 1;

/** A PCI function. */
export abstract class PciDevice<P = unknown> extends Device<P & typeof PROPERTIES> {
  readonly config = new ConfigSpace();
  /** Slot and function: `slot * 8 + function`; set by the bus. */
  devfn = -1;
  /** Addresses as the function sees them when it is a bus master; there once realized. */
  dma: AddressSpace | undefined;
  #busMaster: MemoryRegion | undefined;
  /** By index, ascending. */
  readonly #bars = new Map<number, BarState>();
  /** Level that the device drives on its INTx pin. Moves with `setIntx`. */
  #intx = false;

  /** Identity, known when realize begins. */
  protected abstract readonly ids: PciIds;
  /** Its PCI Express capability; there once realized where it has one. */
  protected express: ExpressCapability | undefined;

  /** What it shows of PCI Express, or undefined where it has nothing of it. */
  get expressCapability(): ExpressCapability | undefined {
    return this.express;
  }

  /** Layout of the configuration header, without the multifunction bit. */
  get headerType(): number {
    return 0;
  }

  get bars(): ReadonlyMap<number, Readonly<BarState>> {
    return this.#bars;
  }

  /** Address that the user asked for, or -1. */
  get wantedDevfn(): number {
    return this.values.addr as number;
  }

  /** Number by which firmware's tables name it, 0 meaning none. */
  get acpiIndex(): number {
    return this.values['acpi-index'] as number;
  }

  /** Whether function 0 says that its slot has more functions. */
  get multifunction(): boolean {
    return this.values.multifunction as boolean;
  }

  get pciBus(): PciBus {
    return this.parentBus as PciBus;
  }

  /** Whether the device may reach guest memory (PCI 3.0 §6.2.2). */
  get busMaster(): boolean {
    return (this.config.get(PCI_CONFIG.Command.offset, 2) & PCI_COMMAND.MASTER) !== 0;
  }

  override realize(): void {
    this.#checkProperties();
    const { ids, config } = this;
    config.put(PCI_CONFIG.VendorID.offset, 2, ids.vendor);
    config.put(PCI_CONFIG.DeviceID.offset, 2, ids.device);
    config.put(PCI_CONFIG.RevisionID.offset, 1, ids.revision);
    config.put(PCI_CONFIG.ProgIF.offset, 1, ids.progIf ?? 0);
    config.put(PCI_CONFIG.SubClass.offset, 2, ids.classCode);
    // A bridge's header has no place for a subsystem.
    if (this.headerType !== PCI_HEADER.BRIDGE) {
      config.put(PCI_CONFIG.SubsystemVendorID.offset, 2, ids.subsystem?.vendor ?? 0x1af4);
      config.put(PCI_CONFIG.SubsystemID.offset, 2, ids.subsystem?.device ?? 0x1100);
    }
    config.put(
      PCI_CONFIG.HeaderType.offset,
      1,
      this.headerType | (this.multifunction ? PCI_HEADER.MULTIFUNCTION : 0),
    );
    this.#addDmaSpace();
    try {
      this.realizePci();
      if (this.values.failover_pair_id !== undefined) this.#checkFailover();
      this.#addOptionRom();
    } catch (error) {
      this.#dropDmaSpace();
      throw error;
    }
  }

  /** The function's own address space, empty unless it is a bus master. */
  #addDmaSpace(): void {
    const container = addRegion(this, MemoryRegion.container('bus master container'));
    this.dma = new AddressSpace(this.type.name, container);
    this.context.addressSpaces.add(this.dma);
    this.pciBus.whenStarted(this, () => {
      const root = this.pciBus.dmaRootOf(this);
      const all = MemoryRegion.alias('bus master', root, 0, root.size, { enabled: false });
      this.#busMaster = addRegion(this, all);
      container.addSubregion(0, all);
    });
  }

  #dropDmaSpace(): void {
    if (this.dma) this.context.addressSpaces.delete(this.dma);
    if (this.#busMaster) this.dma?.root.removeSubregion(this.#busMaster);
    this.#busMaster = undefined;
    this.dma = undefined;
  }

  #checkProperties(): void {
    const { romsize } = this.values as Values<typeof PROPERTIES>;
    if (romsize !== NO_ROM_SIZE && !isPowerOfTwo(romsize))
      this.fail(`ROM size ${romsize} is not a power of two`);
  }

  /** Refuses to work where its messages, `MSI` or `MSI-X`, would reach nobody. Throws RealizeError. */
  protected needMessages(kind: string, hint = ''): void {
    if (!this.pciBus.takesMessages)
      this.fail(`${kind} is not supported by interrupt controller${hint}`);
  }

  /** The primary of a failover pair is an Ethernet device that a root port can take away. */
  #checkFailover(): void {
    if (!this.pciBus.express) this.fail('failover primary device must be on PCIExpress bus');
    if (this.ids.classCode !== ETHERNET)
      this.fail('failover primary device is not an Ethernet device');
    if (this.multifunction || (this.devfn & 7) !== 0)
      this.fail('failover: primary device must be in its own PCI slot');
  }

  /** Name of the memory region of its option ROM. */
  protected get romRegion(): string {
    return `${this.type.name}.rom`;
  }

  /** Places the ROM that firmware would run. Its code is not here: it reads as zeros. */
  #addOptionRom(): void {
    const { romfile, romsize, rombar } = this.values as Values<typeof PROPERTIES>;
    if (romfile === '') return;
    if (rombar === 0) {
      // Firmware gets it some other way.
      if (this.context.started)
        this.fail("Hot-plugged device without ROM bar can't have an option ROM");
      return;
    }
    const bytes = optionRomBytes(romfile);
    if (bytes === undefined) this.fail(`failed to find romfile "${romfile}"`);
    if (romsize !== NO_ROM_SIZE && bytes > romsize)
      this.fail(`romfile "${romfile}" (${bytes} bytes) is too large for ROM size ${romsize}`);
    if (romsize === NO_ROM_SIZE) this.values.romsize = 2 ** Math.ceil(Math.log2(bytes));
    const name = this.romRegion.slice(0, ROM_NAME_LENGTH);
    const region = MemoryRegion.memory('rom', name, this.values.romsize as number);
    this.addBar(ROM_BAR, { kind: 'mem', region: addRegion(this, region) });
  }

  /** Offset of the register of BAR `index`. */
  #barRegister(index: number): number {
    if (index !== ROM_BAR) return PCI_CONFIG.BAR0.offset + 4 * index;
    return this.headerType === PCI_HEADER.BRIDGE
      ? PCI_BRIDGE_CONFIG.ExpansionROM.offset
      : PCI_CONFIG.ExpansionROM.offset;
  }

  /** The device's own part of realize, on an initialised configuration space. */
  protected abstract realizePci(): void;

  override unrealize(): void {
    this.setIntx(false);
    for (const state of this.#bars.values()) this.#unmap(state);
    this.#dropDmaSpace();
  }

  override reset(): void {
    this.setIntx(false);
    const command = this.config.get(PCI_CONFIG.Command.offset, 2);
    const cleared =
      command &
      ~(
        PCI_COMMAND.IO |
        PCI_COMMAND.MEMORY |
        PCI_COMMAND.MASTER |
        PCI_COMMAND.SERR |
        PCI_COMMAND.INTX_DISABLE
      );
    this.config.put(PCI_CONFIG.Command.offset, 2, cleared);
    this.config.put(PCI_CONFIG.CacheLineSize.offset, 1, 0);
    this.config.put(PCI_CONFIG.InterruptLine.offset, 1, 0);
    for (const [index, { bar }] of this.#bars) {
      const at = this.#barRegister(index);
      this.config.put(at, 4, barType(bar));
      if (bar.is64) this.config.put(at + 4, 4, 0);
    }
    this.#updateMappings();
  }

  /** Declares BAR `index`; its address bits become writable. */
  protected addBar(index: number, bar: Bar): void {
    const { size } = bar.region;
    assert(isPowerOfTwo(size), `BAR ${index} of ${this.type.name} has ${size} bytes`);
    const bars = [...this.#bars, [index, { bar, address: undefined }] as const];
    this.#bars.clear();
    for (const [at, state] of bars.sort(([a], [b]) => a - b)) this.#bars.set(at, state);
    const at = this.#barRegister(index);
    this.config.put(at, 4, barType(bar));
    const low = Math.max(0, TWO_32 - size) + (index === ROM_BAR ? ROM_ENABLE : 0);
    this.config.allowWrites(at, 4, bar.kind === 'io' ? low & ~3 & 0xffff_ffff : low);
    if (bar.is64)
      this.config.allowWrites(at + 4, 4, size <= TWO_32 ? 0xffff_ffff : TWO_32 - size / TWO_32);
  }

  /** A configuration read by the guest; unsigned. */
  configRead(offset: number, size: number): number {
    return this.config.get(offset, size);
  }

  /** A configuration write by the guest. */
  configWrite(offset: number, size: number, value: number): void {
    const before = this.#intxAsserted();
    this.config.guestWrite(offset, size, value);
    const touches = (from: number, length: number) =>
      offset < from + length && offset + size > from;
    if (
      touches(PCI_CONFIG.BAR0.offset, 24) ||
      touches(this.#barRegister(ROM_BAR), 4) ||
      touches(PCI_CONFIG.Command.offset, 2)
    )
      this.#updateMappings();
    if (this.#intxAsserted() !== before) this.pciBus.setIntx(this, this.#intxAsserted());
    if (this.express?.takeFunctionReset(offset, size)) this.resetTree();
  }

  override saveState(): State {
    return { ...super.saveState(), config: this.config.bytes, intx: this.#intx };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.config.bytes.set(state.config as Uint8Array);
    this.#intx = state.intx as boolean;
    this.#updateMappings();
    this.configLoaded();
  }

  /** Configuration space is that of a snapshot now: puts everything where it says. */
  protected configLoaded(): void {}

  /** Resets the function and what hangs on it. */
  resetTree(): void {
    for (const bus of this.childBuses) bus.resetAll();
    this.reset();
  }

  /** Drives the INTx pin (PCI 3.0 §6.2.2: held back while the command register disables it). */
  setIntx(level: boolean): void {
    if (level === this.#intx) return;
    const before = this.#intxAsserted();
    this.#intx = level;
    const status = this.config.get(PCI_CONFIG.Status.offset, 2);
    this.config.put(
      PCI_CONFIG.Status.offset,
      2,
      level ? status | PCI_STATUS.INTERRUPT : status & ~PCI_STATUS.INTERRUPT,
    );
    if (this.#intxAsserted() !== before) this.pciBus.setIntx(this, this.#intxAsserted());
  }

  /** Whether INTx is held back by the command register. */
  get intxDisabled(): boolean {
    return (this.config.get(PCI_CONFIG.Command.offset, 2) & PCI_COMMAND.INTX_DISABLE) !== 0;
  }

  #intxAsserted(): boolean {
    return this.#intx && !this.intxDisabled;
  }

  #updateMappings(): void {
    const command = this.config.get(PCI_CONFIG.Command.offset, 2);
    for (const [index, state] of this.#bars) {
      const { bar } = state;
      const enabled = command & (bar.kind === 'io' ? PCI_COMMAND.IO : PCI_COMMAND.MEMORY);
      const address = enabled ? this.#barAddress(index, bar) : undefined;
      if (address === state.address) continue;
      this.#unmap(state);
      state.address = address;
      if (address === undefined) continue;
      const space = bar.kind === 'io' ? this.pciBus.io : this.pciBus.memory;
      space.addSubregion(address, bar.region, BAR_PRIORITY);
    }
    this.#busMaster?.setEnabled((command & PCI_COMMAND.MASTER) !== 0);
  }

  #unmap(state: BarState): void {
    const { region } = state.bar;
    region.container?.removeSubregion(region);
    state.address = undefined;
  }

  /** Address in the register, or undefined where no device may decode it: zero, or past the end of its space. */
  #barAddress(index: number, bar: Bar): number | undefined {
    const at = this.#barRegister(index);
    const { size } = bar.region;
    if (index === ROM_BAR && !(this.config.get(at, 1) & ROM_ENABLE)) return undefined;
    const high = bar.is64 ? this.config.get(at + 4, 4) : 0;
    const value = high * TWO_32 + this.config.get(at, 4);
    const address = value - (value % size);
    const last = address + size - 1;
    const limit = bar.kind === 'io' ? 0xffff : bar.is64 ? 2 ** 52 : TWO_32 - 2;
    return address === 0 || last > limit ? undefined : address;
  }

  /** What `info qtree` prints below the properties. */
  describe(): string[] {
    const { config } = this;
    const id = (offset: number) => config.get(offset, 2).toString(16).padStart(4, '0');
    const code = config.get(PCI_CONFIG.SubClass.offset, 2);
    const header =
      `class ${className(code) ?? `Class ${code.toString(16).padStart(4, '0')}`}, ` +
      `addr ${this.pciBus.number.toString(16).padStart(2, '0')}:${formatDevfn(this.devfn)}, ` +
      `pci id ${id(PCI_CONFIG.VendorID.offset)}:${id(PCI_CONFIG.DeviceID.offset)} ` +
      `(sub ${id(PCI_CONFIG.SubsystemVendorID.offset)}:${id(PCI_CONFIG.SubsystemID.offset)})`;
    const bars = [...this.#bars].map(([index, { bar, address }]) => {
      // QEMU prints the end as address + size - 1 in 64 bits, also for the all-ones "unmapped".
      const start = address === undefined ? 'ffffffffffffffff' : address.toString(16);
      const end = address === undefined ? bar.region.size - 2 : address + bar.region.size - 1;
      return `bar ${index}: ${bar.kind === 'io' ? 'i/o' : 'mem'} at 0x${start} [${hex(end)}]`;
    });
    return [header, ...bars];
  }
}

function barType(bar: Bar): number {
  if (bar.kind === 'io') return PCI_BAR.IO;
  return (bar.is64 ? PCI_BAR.MEM_64 : 0) | (bar.prefetch ? PCI_BAR.PREFETCH : 0);
}

/** QEMU's names of PCI classes, by base class and sub-class. */
const CLASS_NAMES: Readonly<Record<number, string>> = {
  0x0001: 'VGA controller',
  0x0100: 'SCSI controller',
  0x0101: 'IDE controller',
  0x0102: 'Floppy controller',
  0x0103: 'IPI controller',
  0x0104: 'RAID controller',
  0x0106: 'SATA controller',
  0x0180: 'Storage controller',
  0x0200: 'Ethernet controller',
  0x0201: 'Token Ring controller',
  0x0202: 'FDDI controller',
  0x0203: 'ATM controller',
  0x0280: 'Network controller',
  0x0300: 'VGA controller',
  0x0301: 'XGA controller',
  0x0302: '3D controller',
  0x0380: 'Display controller',
  0x0400: 'Video controller',
  0x0401: 'Audio controller',
  0x0402: 'Phone',
  0x0403: 'Audio controller',
  0x0480: 'Multimedia controller',
  0x0500: 'RAM controller',
  0x0501: 'Flash controller',
  0x0580: 'Memory controller',
  0x0600: 'Host bridge',
  0x0601: 'ISA bridge',
  0x0602: 'EISA bridge',
  0x0603: 'MC bridge',
  0x0604: 'PCI bridge',
  0x0605: 'PCMCIA bridge',
  0x0606: 'NUBUS bridge',
  0x0607: 'CARDBUS bridge',
  0x0608: 'RACEWAY bridge',
  0x0680: 'Bridge',
  0x0700: 'Serial port',
  0x0701: 'Parallel port',
  0x0900: 'Keyboard',
  0x0901: 'Pen',
  0x0902: 'Mouse',
  0x0a00: 'Dock station',
  0x0b00: 'i386 cpu',
  0x0c00: 'Firewire controller',
  0x0c01: 'Access bus controller',
  0x0c02: 'SSA controller',
  0x0c03: 'USB controller',
  0x0c04: 'Fibre channel controller',
  0x0c05: 'SMBus',
};

/** QEMU's name of a PCI class (base class and sub-class, 16 bits), or undefined where it has none. */
export function className(code: number): string | undefined {
  return CLASS_NAMES[code];
}

/** The abstract root of PCI functions. */
export const PCI_DEVICE_TYPE: TypeInfo = {
  name: 'pci-device',
  parent: 'device',
  abstract: true,
  bus: 'PCI',
  properties: PROPERTIES,
};
