/** How memory is printed: QEMU's `/fmt`. */
export interface MemoryFormat {
  readonly count: number;
  /** `x` hexadecimal, `d` signed, `u` unsigned, `o` octal, `c` character. */
  readonly letter: string;
  /** Bytes of one item: 1, 2, 4 or 8. */
  readonly size: number;
}

/** Most items that one command prints. */
const MAX_COUNT = 65536;
const SPECIAL: Readonly<Record<number, string>> = {
  0x27: "\\'",
  0x5c: '\\\\',
  0x0a: '\\n',
  0x0d: '\\r',
};

/**
 * Dumps memory from a guest-physical address. `peek` gives bytes, or undefined where not all is memory:
 * registers are not read, unlike in QEMU, since to look must not change what is looked at.
 */
export function dumpMemory(
  peek: (addr: number, length: number) => Uint8Array | undefined,
  start: bigint,
  format: MemoryFormat,
): string {
  const { letter, size } = format;
  const perLine = size === 1 || letter === 'c' ? 8 : 16 / size;
  const total = Math.min(format.count, MAX_COUNT);
  let out = '';
  for (let done = 0; done < total; done += perLine) {
    const address = BigInt.asUintN(64, start + BigInt(done * size));
    out += `${address.toString(16).padStart(16, '0')}:`;
    const items = Math.min(perLine, total - done);
    const bytes = address < 2n ** 52n ? peek(Number(address), items * size) : undefined;
    if (!bytes) return `${out} Cannot access memory\n`;
    for (let i = 0; i < items; i++) out += ` ${printItem(itemAt(bytes, i * size, size), format)}`;
    out += '\n';
  }
  return out;
}

function itemAt(bytes: Uint8Array, at: number, size: number): bigint {
  let value = 0n;
  for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i] ?? 0);
  return value;
}

function printItem(value: bigint, { letter, size }: MemoryFormat): string {
  const bits = size * 8;
  const decimals = Math.floor((bits * 10 + 32) / 33);
  switch (letter) {
    case 'o':
      return (value === 0n ? '0' : `0${value.toString(8)}`).padStart(Math.floor((bits + 2) / 3));
    case 'd':
      // Only eight bytes have a sign in QEMU.
      return BigInt.asIntN(64, value).toString().padStart(decimals);
    case 'u':
      return value.toString().padStart(decimals);
    case 'c':
      return character(Number(value & 0xffn));
    default:
      return `0x${value.toString(16).padStart(size * 2, '0')}`;
  }
}

function character(code: number): string {
  const printable =
    code >= 32 && code <= 126
      ? String.fromCharCode(code)
      : `\\x${code.toString(16).padStart(2, '0')}`;
  return `'${SPECIAL[code] ?? printable}'`;
}
