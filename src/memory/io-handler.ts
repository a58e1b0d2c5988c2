/** Registers behind a range of bus addresses. Offsets count from the region's start; values are unsigned. */
export interface IoHandler {
  /** `size`: 1, 2 or 4 bytes. */
  read(offset: number, size: number): number;
  write(offset: number, size: number, value: number): void;
  /** Journal number of the device behind, for register events. */
  readonly dev: number;
  /** Index into `REGIONS` that names the registers, for register events. */
  readonly region: number;
  /** Bytes that its offset 0 lies into those registers, where it has only the rest of them. */
  readonly origin?: number;
}
