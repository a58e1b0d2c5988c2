/** Hexadecimal digits that a person types over memory, from the byte at guest-physical `start` on. */
export interface Edit {
  readonly start: number;
  readonly digits: string;
}

/** Takes one more digit; the first one begins at the byte at `addr`. */
export function typeDigit(edit: Edit | undefined, addr: number, digit: string): Edit {
  const digits = (edit?.digits ?? '') + digit.toLowerCase();
  return { start: edit?.start ?? addr, digits };
}

/** Takes the last digit back; nothing is left of an edit without digits. */
export function untype({ start, digits }: Edit): Edit | undefined {
  return digits.length > 1 ? { start, digits: digits.slice(0, -1) } : undefined;
}

/** Address of the byte that the next digit goes to. */
export function caretOf({ start, digits }: Edit): number {
  return start + Math.floor(digits.length / 2);
}

/** What would be written. A digit without a second one is a byte of its own. */
export function bytesOf({ digits }: Edit): Uint8Array {
  const pairs = digits.match(/..?/g) ?? [];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}

/** What stands in the place of the byte at `addr` while the edit is under way; undefined for other bytes. */
export function typedAt({ start, digits }: Edit, addr: number): string | undefined {
  const at = 2 * (addr - start);
  const pair = at < 0 ? '' : digits.slice(at, at + 2);
  return pair === '' ? undefined : pair.padEnd(2, '_');
}

/** The guest-physical address that a person typed, hexadecimal with or without 0x; undefined where it is none. */
export function addressTyped(text: string): number | undefined {
  const digits = /^\s*(?:0x)?([0-9a-f_]+)h?\s*$/i.exec(text)?.[1]?.replaceAll('_', '');
  if (!digits) return undefined;
  const addr = Number.parseInt(digits, 16);
  return Number.isSafeInteger(addr) ? addr : undefined;
}
