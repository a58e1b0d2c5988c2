import { MemoryRegion } from '../../../memory/memory-region.ts';
import { chardev } from '../../backends/chardev.ts';
import { Device } from '../../qdev/device.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bool, u32, type Values } from '../../qom/property.ts';
import type { ObjectInit, TypeRegistry } from '../../qom/type.ts';

/** Value of a place that the device shall choose. */
const CHOOSE = 0xffff_ffff;
/** I/O ports and interrupts of PC ports, by number. */
const SERIAL_PORTS = [0x3f8, 0x2f8, 0x3e8, 0x2e8] as const;
const SERIAL_INTERRUPTS = [4, 3, 4, 3] as const;
const PARALLEL_PORTS = [0x378, 0x278, 0x3bc] as const;
const REGISTERS = 8;

const PLACE = { index: u32(CHOOSE), iobase: u32(CHOOSE) } as const;
const SERIAL_PROPERTIES = { ...PLACE, irq: u32(CHOOSE) } as const;
const PARALLEL_PROPERTIES = { ...PLACE, irq: u32(7), chardev: chardev() } as const;
const UART_PROPERTIES = {
  chardev: chardev(),
  baudbase: u32(115200),
  wakeup: bool(false),
} as const;

/** A device on ISA whose registers are not there. */
abstract class IsaPort<P = unknown> extends Device<P & typeof PLACE> {
  override get platform(): boolean {
    return true;
  }

  /** Settles number and I/O ports; ports that nobody numbered are numbered in order. */
  protected settlePlace(kind: string, bases: readonly number[]): number {
    const place = this.values as Values<typeof PLACE>;
    const next = this.context.numberBus(this.type.name);
    if (place.index === CHOOSE) place.index = next;
    if (place.index >= bases.length)
      this.fail(`Max. supported number of ${kind} ports is ${bases.length}.`);
    if (place.iobase === CHOOSE) place.iobase = bases[place.index] ?? 0;
    return place.index;
  }

  /** Puts the registers at the settled ports. */
  protected addRegisters(name: string): MemoryRegion {
    const region = addRegion(this, MemoryRegion.io(name, REGISTERS));
    this.context.io.root.addSubregion((this.values as Values<typeof PLACE>).iobase, region);
    return region;
  }
}

/** The part of a serial port that does not depend on its bus. */
class Uart extends Device<typeof UART_PROPERTIES> {
  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    this.props.chardev?.claim(this);
  }

  override unrealize(): void {
    this.props.chardev?.release(this);
  }
}

/** A PC's serial port. */
class IsaSerial extends IsaPort<typeof SERIAL_PROPERTIES> {
  readonly #uart: Uart;
  #registers: MemoryRegion | undefined;

  constructor(init: ObjectInit) {
    super(init);
    this.#uart = this.addChild('serial', init.registry.create('serial', init.context) as Uart);
    this.aliasProperties(this.#uart);
  }

  override realize(): void {
    const values = this.values as Values<typeof SERIAL_PROPERTIES>;
    const index = this.settlePlace('ISA serial', SERIAL_PORTS);
    if (values.irq === CHOOSE) values.irq = SERIAL_INTERRUPTS[index] ?? 0;
    this.#uart.plugInto(undefined);
    this.#registers = this.addRegisters('serial');
  }

  override unrealize(): void {
    this.#registers?.container?.removeSubregion(this.#registers);
    this.#uart.unrealize();
  }
}

/** A PC's parallel port. */
class IsaParallel extends IsaPort<typeof PARALLEL_PROPERTIES> {
  #registers: MemoryRegion | undefined;

  override realize(): void {
    const { chardev: backend } = this.values as Values<typeof PARALLEL_PROPERTIES>;
    if (!backend) this.fail("Can't create parallel device, empty char device");
    this.settlePlace('parallel', PARALLEL_PORTS);
    backend.claim(this);
    this.#registers = this.addRegisters('parallel');
  }

  override unrealize(): void {
    (this.values as Values<typeof PARALLEL_PROPERTIES>).chardev?.release(this);
    this.#registers?.container?.removeSubregion(this.#registers);
  }
}

/** Registers the ports of a PC. Needs `isa-device`. */
export function registerIsaPorts(registry: TypeRegistry): void {
  registry.register({
    name: 'serial',
    parent: 'device',
    userCreatable: false,
    properties: UART_PROPERTIES,
    create: (init) => new Uart(init),
  });
  registry.register({
    name: 'isa-serial',
    // They are the UART's.
    instanceProperties: {},
    parent: 'isa-device',
    userCreatable: true,
    properties: SERIAL_PROPERTIES,
    create: (init) => new IsaSerial(init),
  });
  registry.register({
    name: 'isa-parallel',
    parent: 'isa-device',
    userCreatable: true,
    properties: PARALLEL_PROPERTIES,
    create: (init) => new IsaParallel(init),
  });
}
