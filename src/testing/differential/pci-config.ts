import { type Access, read, type Width, write } from './access.ts';

const ADDRESS = 0xcf8;
const DATA = 0xcfc;

function select(devfn: number, offset: number): Access {
  return write('io', ADDRESS, 4, 0x8000_0000 + devfn * 256 + (offset & 0xfc));
}

/** Reads configuration space of a function on bus 0, through the ports of a PC. */
export function pciConfigRead(devfn: number, offset: number, width: Width): readonly Access[] {
  return [select(devfn, offset), read('io', DATA + (offset & 3), width)];
}

/** Writes configuration space of a function on bus 0, through the ports of a PC. */
export function pciConfigWrite(
  devfn: number,
  offset: number,
  width: Width,
  value: number,
): readonly Access[] {
  return [select(devfn, offset), write('io', DATA + (offset & 3), width, value)];
}
