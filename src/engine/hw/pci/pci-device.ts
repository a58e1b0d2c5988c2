import { hex, isPowerOfTwo, TWO_32 } from '../../../base/bits.ts';
import type { IoHandler, Mapping } from '../../../memory/address-space.ts';
import { PCI_BAR, PCI_COMMAND, PCI_CONFIG, PCI_STATUS } from '../../../spec/pci.ts';
import { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import { bit, custom, str, u32, type Values } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { ConfigSpace } from './config-space.ts';
import type { PciBus } from './pci-bus.ts';

/** `slot.function` in hexadecimal, as a PCI address is written; -1 is "any". */
const devfn = custom<number>({
  type: 'int32',
  default: -1,
  description: 'Slot and optional function number, example: 06.0 or 06',
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
/** Largest number of an onboard device: SMBIOS has 14 bits for it. */
const MAX_ACPI_INDEX = 16383;

const PROPERTIES = {
  addr: devfn,
  romfile: str(),
  romsize: u32(NO_ROM_SIZE),
  rombar: u32(1),
  multifunction: bit(false),
  'x-pcie-lnksta-dllla': bit(true),
  'x-pcie-extcap-init': bit(true),
  failover_pair_id: str(),
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

/** Part of a BAR that one handler decodes; offsets count from the BAR's start. */
interface BarPart {
  readonly offset: number;
  readonly size: number;
  readonly handler: IoHandler;
}

/** A base address register: kind, size in bytes (a power of two), and what decodes its parts. */
export interface Bar {
  readonly kind: 'io' | 'mem';
  readonly size: number;
  readonly is64?: boolean;
  readonly prefetch?: boolean;
  readonly parts: readonly BarPart[];
}

interface BarState {
  readonly bar: Bar;
  /** Address that it decodes now, or undefined while it does not. */
  address: number | undefined;
  mappings: Mapping[];
}

/** A PCI function with a type 0 header. */
export abstract class PciDevice<P = unknown> extends Device<P & typeof PROPERTIES> {
  readonly config = new ConfigSpace();
  /** Slot and function: `slot * 8 + function`; set by the bus. */
  devfn = -1;
  readonly #bars = new Map<number, BarState>();
  /** Level that the device drives on its INTx pin. Moves with `setIntx`. */
  #intx = false;

  /** Identity, known when realize begins. */
  protected abstract readonly ids: PciIds;

  get bars(): ReadonlyMap<number, Readonly<BarState>> {
    return this.#bars;
  }

  /** Address that the user asked for, or -1. */
  get wantedDevfn(): number {
    return this.values.addr as number;
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
    config.put(PCI_CONFIG.SubsystemVendorID.offset, 2, ids.subsystem?.vendor ?? 0x1af4);
    config.put(PCI_CONFIG.SubsystemID.offset, 2, ids.subsystem?.device ?? 0x1100);
    if (this.multifunction) config.put(PCI_CONFIG.HeaderType.offset, 1, 0x80);
    this.addRegions('bus master container', 'bus master');
    this.realizePci();
  }

  #checkProperties(): void {
    const {
      romsize,
      romfile,
      failover_pair_id: failover,
    } = this.values as Values<typeof PROPERTIES>;
    const acpiIndex = this.values['acpi-index'] as number;
    if (romsize !== NO_ROM_SIZE && !isPowerOfTwo(romsize))
      this.fail(`ROM size ${romsize} is not a power of two`);
    if (failover !== '') this.fail('failover primary device must be on PCIExpress bus');
    if (acpiIndex > MAX_ACPI_INDEX)
      this.fail(`acpi-index should be less or equal to ${MAX_ACPI_INDEX}`);
    if (!this.pciBus.claimAcpiIndex(this, acpiIndex))
      this.fail(`a PCI device with acpi-index = ${acpiIndex} already exist`);
    if (romfile !== '') this.fail(`failed to find romfile "${romfile}"`);
  }

  /** The device's own part of realize, on an initialised configuration space. */
  protected abstract realizePci(): void;

  override unrealize(): void {
    this.setIntx(false);
    for (const state of this.#bars.values()) this.#unmap(state);
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
      this.config.put(PCI_CONFIG.BAR0.offset + 4 * index, 4, barType(bar));
      if (bar.is64) this.config.put(PCI_CONFIG.BAR0.offset + 4 * index + 4, 4, 0);
    }
    this.#updateMappings();
  }

  /** Declares BAR `index`; its address bits become writable. */
  protected addBar(index: number, bar: Bar): void {
    this.#bars.set(index, { bar, address: undefined, mappings: [] });
    const at = PCI_CONFIG.BAR0.offset + 4 * index;
    this.config.put(at, 4, barType(bar));
    const mask = TWO_32 - bar.size;
    this.config.allowWrites(at, 4, bar.kind === 'io' ? mask & ~3 & 0xffff_ffff : mask);
    if (bar.is64) this.config.allowWrites(at + 4, 4, 0xffff_ffff);
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
    if (touches(PCI_CONFIG.BAR0.offset, 24) || touches(PCI_CONFIG.Command.offset, 2))
      this.#updateMappings();
    if (this.#intxAsserted() !== before) this.pciBus.setIntx(this, this.#intxAsserted());
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
      const enabled = command & (state.bar.kind === 'io' ? PCI_COMMAND.IO : PCI_COMMAND.MEMORY);
      const address = enabled ? this.#barAddress(index, state.bar) : undefined;
      if (address === state.address) continue;
      this.#unmap(state);
      state.address = address;
      if (address === undefined) continue;
      const space = state.bar.kind === 'io' ? this.context.io : this.context.memory;
      state.mappings = state.bar.parts.map((part) =>
        space.map(address + part.offset, part.size, part.handler),
      );
    }
  }

  #unmap(state: BarState): void {
    const space = state.bar.kind === 'io' ? this.context.io : this.context.memory;
    for (const mapping of state.mappings) space.unmap(mapping);
    state.mappings = [];
    state.address = undefined;
  }

  /** Address in the register, or undefined where no device may decode it: zero, or past the end of its space. */
  #barAddress(index: number, bar: Bar): number | undefined {
    const at = PCI_CONFIG.BAR0.offset + 4 * index;
    const low = this.config.get(at, 4);
    const high = bar.is64 ? this.config.get(at + 4, 4) : 0;
    const address = high * TWO_32 + low - (low % bar.size);
    const last = address + bar.size - 1;
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
      const end = address === undefined ? bar.size - 2 : address + bar.size - 1;
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
  0x0c03: 'USB controller',
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
