import type { Device } from '../qdev/device.ts';

/** Inputs of an interrupt controller: the platform input that its input 0 is, and how many it has. */
export interface InterruptInputs {
  readonly first: number;
  readonly count: number;
}

/** Inputs of one controller of each type; several of a type stand behind one another. */
const INPUTS: Readonly<Record<string, (device: Device) => number>> = {
  ioapic: () => 24,
  'isa-i8259': () => 8,
  arm_gic: sharedInterrupts,
  'arm-gicv3': sharedInterrupts,
  'riscv.sifive.plic': () => 96,
};

/** A generic interrupt controller numbers its inputs from the first one that CPUs share. */
function sharedInterrupts({ values }: Device): number {
  return Number(values['num-irq']) - 32;
}

/** The platform inputs that lead to a device, as QEMU numbers its inputs; undefined where there are none. */
export function inputsOf(
  { devices }: { readonly devices: readonly Device[] },
  device: Device,
): InterruptInputs | undefined {
  const count = INPUTS[device.type.name]?.(device);
  if (count === undefined) return undefined;
  const alike = devices.filter(({ type }) => type === device.type);
  return { first: alike.indexOf(device) * count, count };
}
