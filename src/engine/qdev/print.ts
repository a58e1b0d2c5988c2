import type { Device } from './device.ts';

/**
 * The declared properties of a device as `info qtree` prints them: a type's own before its parent's.
 * Links are left out, as QEMU does.
 */
export function printedProperties(device: Device): [name: string, value: string][] {
  const printed: [string, string][] = [];
  for (const type of device.type.ancestry())
    for (const [name, property] of Object.entries(type.info.properties ?? {})) {
      if (property.type.startsWith('link<')) continue;
      const print = property.print as (value: unknown) => string;
      printed.push([name, print(device.values[name]) || '<null>']);
    }
  return printed;
}
