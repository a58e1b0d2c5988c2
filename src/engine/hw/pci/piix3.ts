import { MemoryRegion } from '../../../memory/memory-region.ts';
import { PCI_CONFIG } from '../../../spec/pci.ts';
import { addBus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { PciDevice, type PciIds } from './pci-device.ts';

/** PIRQRC[A:D]: which of the sixteen ISA interrupts each PCI wire drives; bit 7 set: none. */
const PIRQRC = 0x60;
const PIRQ_DISABLED = 0x80;
/** Port of the register that resets the machine, in front of one byte of CONFIG_ADDRESS. */
const RESET_CONTROL = 0xcf9;
/** Other bytes that are not zero after a reset; what they would configure is not modelled. */
const POWER_ON: Readonly<Record<number, readonly number[]>> = {
  [PCI_CONFIG.Status.offset]: [0x00, 0x02],
  76: [0x4d, 0x00, 0x03],
  105: [0x02],
  112: [0x80],
  118: [0x0c, 0x0c],
  120: [0x02],
  160: [0x08],
  168: [0x0f],
};

/** The pc machine's south bridge: ISA bus, and the router from PCI wires to interrupt inputs. */
export class Piix3 extends PciDevice {
  protected readonly ids: PciIds = {
    vendor: 0x8086,
    device: 0x7000,
    revision: 0,
    classCode: 0x0601,
  };

  protected override realizePci(): void {
    this.#powerOn();
    this.pciBus.wiring = (slot, pin) => (slot + pin - 1) & 3;
    this.pciBus.router = () => this.#route();
    this.pciBus.inputOf = (wire) => this.lineOf(wire);
    addBus(this, 'ISA');
    const reset = addRegion(this, MemoryRegion.io('piix3-reset-control', 1));
    this.pciBus.io.addSubregion(RESET_CONTROL, reset, 1);
  }

  override reset(): void {
    super.reset();
    this.#powerOn();
    this.#route();
  }

  #powerOn(): void {
    for (const [offset, bytes] of Object.entries(POWER_ON))
      this.config.bytes.set(bytes, Number(offset));
    this.config.bytes.fill(PIRQ_DISABLED, PIRQRC, PIRQRC + 4);
  }

  override configWrite(offset: number, size: number, value: number): void {
    super.configWrite(offset, size, value);
    if (offset < PIRQRC + 4 && offset + size > PIRQRC) this.#route();
  }

  /** Interrupt input that a wire drives, or -1. */
  lineOf(wire: number): number {
    const route = this.config.bytes[PIRQRC + wire] ?? PIRQ_DISABLED;
    return route < 16 ? route : -1;
  }

  #route(): void {
    let lines = 0;
    for (let wire = 0; wire < 4; wire++) {
      const line = this.lineOf(wire);
      if (line >= 0 && this.pciBus.level(wire)) lines |= 1 << line;
    }
    for (let line = 0; line < 16; line++)
      this.context.setInterrupt(line, ((lines >> line) & 1) === 1);
  }
}

/** Registers the south bridge. */
export function registerPiix3(registry: TypeRegistry): void {
  registry.register({ name: 'pci-piix3', parent: 'pci-device', abstract: true });
  registry.register({
    name: 'PIIX3',
    parent: 'pci-piix3',
    userCreatable: false,
    defaults: { multifunction: true },
    create: (init) => new Piix3(init),
  });
}
