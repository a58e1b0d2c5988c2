/** Which addresses an access is about. */
export type Space = 'memory' | 'io';

/** Bytes of one access to a register. */
export type Width = 1 | 2 | 4 | 8;

/**
 * One thing that a driver does, in absolute addresses: an access to a register, to RAM, or a wait
 * until the device has done all that it was asked for.
 */
export type Access =
  | { readonly op: 'read'; readonly space: Space; readonly address: number; readonly width: Width }
  | {
      readonly op: 'write';
      readonly space: Space;
      readonly address: number;
      readonly width: Width;
      readonly value: number;
    }
  | { readonly op: 'peek'; readonly address: number; readonly length: number }
  | { readonly op: 'poke'; readonly address: number; readonly bytes: Uint8Array }
  | { readonly op: 'clear'; readonly address: number; readonly length: number }
  | { readonly op: 'settle' };

/** A machine that a driver can be run on: QEMU's or ours. */
export interface Subject {
  /** System reset, then the accesses; one answer each. Rejects where the machine is gone. */
  session(accesses: readonly Access[]): Promise<readonly string[]>;
}

/** A register read. */
export function read(space: Space, address: number, width: Width): Access {
  return { op: 'read', space, address, width };
}

/** A register write; `value` is cut to the width. */
export function write(space: Space, address: number, width: Width, value: number): Access {
  return { op: 'write', space, address, width, value: value % 2 ** (8 * width) };
}

/** Bytes written to RAM. */
export function poke(address: number, bytes: Uint8Array): Access {
  return { op: 'poke', address, bytes };
}

/** Little-endian bytes of a number below 2^53, written to RAM. */
export function pokeNumber(address: number, width: Width, value: number): Access {
  const bytes = new Uint8Array(width);
  for (let i = 0, rest = value; i < width; i++, rest = Math.floor(rest / 256))
    bytes[i] = rest % 256;
  return poke(address, bytes);
}

/** Digits of what is written to RAM that are shown. */
const MOST = 80;

/** An access as a person reads it. */
export function describeAccess(access: Access): string {
  const hex = (value: number) => `0x${value.toString(16)}`;
  switch (access.op) {
    case 'read':
      return `read${access.width} ${access.space} ${hex(access.address)}`;
    case 'write':
      return `write${access.width} ${access.space} ${hex(access.address)} ${hex(access.value)}`;
    case 'peek':
      return `peek ${hex(access.address)} +${hex(access.length)}`;
    case 'clear':
      return `clear ${hex(access.address)} +${hex(access.length)}`;
    case 'poke':
      return `poke ${hex(access.address)} ${Buffer.from(access.bytes).toString('hex').slice(0, MOST)}`;
    case 'settle':
      return 'settle';
  }
}
