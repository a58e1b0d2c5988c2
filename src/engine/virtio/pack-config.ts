/** Fields of a configuration space, as the tables in `spec/` give them: offsets and widths in bytes. */
export type ConfigLayout = Readonly<
  Record<string, { readonly offset: number; readonly width: number }>
>;

/** Values of the fields of a configuration layout; what is absent reads as zero. */
export type ConfigValues<M extends ConfigLayout> = {
  readonly [F in keyof M]?: number | bigint | Uint8Array;
};

/**
 * The first `size` bytes of a configuration space whose fields hold `values`. Numbers are cut to the
 * field's width; byte arrays stand as they are.
 */
export function packConfig<M extends ConfigLayout>(
  layout: M,
  values: ConfigValues<M>,
  size: number,
): Uint8Array {
  const end = Math.max(...Object.values(layout).map(({ offset, width }) => offset + width));
  const bytes = new Uint8Array(Math.max(end, size));
  for (const [name, value] of Object.entries(values)) {
    const field = layout[name];
    if (!field || value === undefined) continue;
    if (value instanceof Uint8Array) {
      bytes.set(value.subarray(0, field.width), field.offset);
      continue;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    for (let i = 0; i < field.width; i++) {
      bytes[field.offset + i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }
  return bytes.subarray(0, size);
}
