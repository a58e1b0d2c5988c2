/** A value as JSON on one line, with QEMU's blanks, or laid out for people; integers of any size stand as digits. */
export function jsonText(value: unknown, pretty = false): string {
  return textOf(value, pretty ? '\n' : undefined);
}

/** `margin`: line end and indentation in front of the value's end; undefined for one line. */
function textOf(value: unknown, margin: string | undefined): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const inner = margin === undefined ? undefined : `${margin}    `;
  const [open, close, members] = Array.isArray(value)
    ? ['[', ']', value.map((item) => textOf(item, inner))]
    : ['{', '}', membersOf(value, inner)];
  if (inner === undefined) return `${open}${members.join(', ')}${close}`;
  return `${open}${members.map((member) => inner + member).join(',')}${margin}${close}`;
}

function membersOf(value: object, margin: string | undefined): string[] {
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => `${JSON.stringify(key)}: ${textOf(member, margin)}`);
}
