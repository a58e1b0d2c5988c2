/** One register of a map. Offsets and widths in bytes. */
export interface Register {
  readonly offset: number;
  readonly width: 1 | 2 | 4 | 6 | 8;
  readonly access: 'R' | 'W' | 'RW';
  readonly doc: string;
}

/** A register map: one table that engine, guest, inspector and tests read. */
export type RegisterMap = Readonly<Record<string, Register>>;

/**
 * Handlers whose shape is computed from a map: readable registers need `read`, writable ones
 * `write`.
 */
export type Handlers<M extends RegisterMap, T> = {
  readonly [R in keyof M]: (M[R]['access'] extends 'W' ? unknown : { read(device: T): number }) &
    (M[R]['access'] extends 'R' ? unknown : { write(device: T, value: number): void });
};

/** The register that covers `offset`, if any. */
export function registerAt(
  map: RegisterMap,
  offset: number,
): { name: string; register: Register } | undefined {
  for (const [name, register] of Object.entries(map))
    if (offset >= register.offset && offset < register.offset + register.width)
      return { name, register };
  return undefined;
}
