import { TWO_32 } from '../../../base/bits.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bool, u16 } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import {
  AttributeMap,
  PAM_REGISTERS,
  SMRAM_DEFAULT,
  SMRAM_ENABLE,
  SMRAM_OPEN,
  SMRAM_WINDOW,
} from './pam.ts';
import { PciDevice, type PciIds } from './pci-device.ts';
import type { Q35PciHost } from './q35-host.ts';

/** Offsets in configuration space. */
const EXT_TSEG = 0x50;
const PCIEXBAR = 0x60;
const PAM = 0x90;
const SMRAM = 0x9d;
const ESMRAMC = 0x9e;
/** After a reset: ECAM would be here. */
const PCIEXBAR_DEFAULT = 0xb000_0000;
const ESMRAMC_DEFAULT = 0x38;
const PCIEXBAR_ENABLE = 1;
/** Bytes that ECAM spans, by bits 1 and 2 of its register; the fourth value is reserved. */
const PCIEXBAR_SIZES = [256 * 2 ** 20, 128 * 2 ** 20, 64 * 2 ** 20] as const;
const ESMRAMC_HIGH = 0x80;
const ESMRAMC_TSEG = 0x01;
/** What a guest writes to ask how large the extended segment is. */
const EXT_TSEG_QUERY = 0xffff;
const MIB = 2 ** 20;
/** Segments of system management memory at the end of RAM, in bytes, by their two bits. */
const TSEG_SIZES = [1 * MIB, 2 * MIB, 8 * MIB] as const;
/** Where the high view of system management memory is. */
const HIGH_SMRAM = 0xfeda_0000;
/** Where system management mode begins by default. */
const SMBASE = { base: 0x3_0000, size: 0x2_0000 };

/** The q35 machine's memory controller: what the guest sees below 1 MiB, and where ECAM is. */
export class Mch extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x29c0,
    revision: 0,
    classCode: 0x0600,
  };
  /** What system management mode sees in front of memory. */
  smram!: MemoryRegion;
  #map: AttributeMap | undefined;
  #parts!: Record<
    'lowHidden' | 'highOpen' | 'low' | 'high' | 'tsegHole' | 'tseg',
    MemoryRegion | undefined
  >;

  override get platform(): boolean {
    return true;
  }

  get #host(): Q35PciHost {
    return this.pciBus.owner as Q35PciHost;
  }

  protected override realizePci(): void {
    const { context, pciBus } = this;
    const ram = context.ramRegion;
    const system = context.memory.root;
    const { base, size } = SMRAM_WINDOW;
    const window = (name: string, at: number, bytes: number) =>
      ram && addRegion(this, MemoryRegion.alias(name, ram, at, bytes, { enabled: false }));
    const hole = (name: string, bytes: number) =>
      addRegion(this, MemoryRegion.io(name, bytes, undefined, { enabled: false }));
    const lowHidden = addRegion(
      this,
      MemoryRegion.alias('smram-region', pciBus.memory, base, size),
    );
    system.addSubregion(base, lowHidden, 1);
    this.smram = addRegion(this, MemoryRegion.container('smram', TWO_32));
    const end = this.#host.ramBelow4G;
    this.#parts = {
      lowHidden,
      highOpen: window('smram-open-high', base, size),
      low: window('smram-low', base, size),
      high: window('smram-high', base, size),
      tsegHole: hole('tseg-blackhole', 0),
      tseg: window('tseg-window', end, 0),
    };
    const { highOpen, low, high, tsegHole, tseg } = this.#parts;
    if (highOpen) system.addSubregion(HIGH_SMRAM, highOpen, 1);
    if (low) this.smram.addSubregion(base, low);
    if (high) this.smram.addSubregion(HIGH_SMRAM, high);
    if (tsegHole) system.addSubregion(end, tsegHole, 1);
    if (tseg) this.smram.addSubregion(end, tseg);
    system.addSubregion(SMBASE.base, hole('smbase-blackhole', SMBASE.size), 1);
    const smbase = window('smbase-window', SMBASE.base, SMBASE.size);
    if (smbase) this.smram.addSubregion(SMBASE.base, smbase);
    if (ram) this.#map = new AttributeMap(this, system, pciBus.memory, ram);
    this.#powerOn();
    this.#update();
  }

  override reset(): void {
    super.reset();
    this.#powerOn();
    this.#update();
  }

  protected override configLoaded(): void {
    this.#update();
  }

  #powerOn(): void {
    const { config } = this;
    config.put(EXT_TSEG, 2, this.values['extended-tseg-mbytes'] as number);
    config.put(PCIEXBAR, 4, PCIEXBAR_DEFAULT);
    config.put(PCIEXBAR + 4, 4, 0);
    config.bytes.fill(0, PAM, PAM + PAM_REGISTERS);
    config.put(SMRAM, 1, SMRAM_DEFAULT);
    config.put(ESMRAMC, 1, ESMRAMC_DEFAULT);
  }

  override configWrite(offset: number, size: number, value: number): void {
    super.configWrite(offset, size, value);
    const end = offset + size;
    if (offset < EXT_TSEG + 2 && end > EXT_TSEG && this.config.get(EXT_TSEG, 2) === EXT_TSEG_QUERY)
      this.config.put(EXT_TSEG, 2, this.values['extended-tseg-mbytes'] as number);
    if (offset <= ESMRAMC && end > EXT_TSEG) this.#update();
  }

  #update(): void {
    const { bytes } = this.config;
    this.#map?.update(bytes.subarray(PAM, PAM + PAM_REGISTERS));
    this.#updateEcam();
    this.#updateSmram(bytes[SMRAM] ?? 0, bytes[ESMRAMC] ?? 0);
  }

  #updateEcam(): void {
    const low = this.config.get(PCIEXBAR, 4);
    const size = PCIEXBAR_SIZES[(low >> 1) & 3];
    const address = this.config.get(PCIEXBAR + 4, 4) * TWO_32 + low;
    const enabled = size !== undefined && (low & PCIEXBAR_ENABLE) !== 0 && address < 2 ** 36;
    this.#host.placeEcam(enabled ? { base: address - (address % size), size } : undefined);
  }

  #updateSmram(smram: number, extended: number): void {
    const { lowHidden, highOpen, low, high, tsegHole, tseg } = this.#parts;
    const isHigh = (extended & ESMRAMC_HIGH) !== 0;
    const open = (smram & SMRAM_OPEN) !== 0;
    const enabled = (smram & SMRAM_ENABLE) !== 0;
    lowHidden?.setEnabled(open ? isHigh : true);
    highOpen?.setEnabled(open && isHigh);
    low?.setEnabled(enabled && !isHigh);
    high?.setEnabled(enabled && isHigh);
    const bytes = enabled && extended & ESMRAMC_TSEG ? this.#segmentBytes(extended) : 0;
    const at = this.#host.ramBelow4G - bytes;
    for (const region of [tsegHole, tseg]) {
      region?.setEnabled(bytes > 0);
      region?.setSize(bytes);
      region?.setAddress(at);
    }
    tseg?.setTargetOffset(at);
  }

  #segmentBytes(extended: number): number {
    const size = TSEG_SIZES[(extended >> 1) & 3];
    return size ?? (this.values['extended-tseg-mbytes'] as number) * MIB;
  }
}

/** Registers the memory controller. */
export function registerMch(registry: TypeRegistry): void {
  registry.register({
    name: 'mch',
    parent: 'pci-device',
    userCreatable: false,
    properties: { 'extended-tseg-mbytes': u16(16), 'smbase-smram': bool(true) },
    create: (init) => new Mch(init),
  });
}
