/** Rates of one round, per second: bare loop, engine with the journal off, and with it on. */
export interface Measured {
  readonly floor: number;
  readonly off: number;
  readonly on: number;
}

/** One line of the table: the rounds, and the ratios inside each round. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly rounds: readonly Measured[];
  readonly ratios: {
    /** Engine without journal, of the floor. */
    readonly off: readonly number[];
    /** Engine with journal, of the floor. */
    readonly on: readonly number[];
    /** Time with the journal on, as a multiple of the time with it off. */
    readonly onOverOff: readonly number[];
  };
}

/** Computes the ratios of each round. */
export function row(name: string, unit: string, rounds: readonly Measured[]): Row {
  return {
    name,
    unit,
    rounds,
    ratios: {
      off: rounds.map(({ floor, off }) => off / floor),
      on: rounds.map(({ floor, on }) => on / floor),
      onOverOff: rounds.map(({ off, on }) => off / on),
    },
  };
}

/** Median of some figures; NaN of none. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** Nanoseconds a buffer, by name and round. */
export type Times = Readonly<Record<string, readonly number[]>>;

/** `a` over `b`, round by round. */
export function ratios(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, i) => value / (b[i] ?? Number.NaN));
}

function spread(figures: readonly number[]): string {
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (part: number) => (sorted[Math.round(part * (sorted.length - 1))] ?? 0).toFixed(2);
  return `${at(0.5)} (${at(0.1)}–${at(0.9)})`;
}

/** Prints median times; and what the floor of the same ring takes of them, with the middle eight tenths of its spread. */
export function printTimes(times: Times): void {
  for (const [name, all] of Object.entries(times)) {
    const ring = name.startsWith('packed') ? 'packed' : 'split';
    const floor = times[`${ring}: floor`] ?? [];
    const off = times[`${ring}: journal off`] ?? [];
    console.log(
      `  ${name.padEnd(48)} ${median(all).toFixed(1).padStart(6)} ns  ${(1e3 / median(all)).toFixed(1).padStart(5)} M/s  of the floor ${spread(ratios(floor, all))}  time over journal off ${spread(ratios(all, off))}`,
    );
  }
}

/** Prints the medians of a row, with the spread of the ratios. */
export function printRow({ name, unit, rounds, ratios: by }: Row): void {
  const million = (figures: readonly number[]) => (median(figures) / 1e6).toFixed(2);
  console.log(`\n  ${name} [${unit}]`);
  console.log(`    floor        ${million(rounds.map((r) => r.floor))}`);
  console.log(
    `    journal off  ${million(rounds.map((r) => r.off))}   of the floor ${spread(by.off)}`,
  );
  console.log(
    `    journal on   ${million(rounds.map((r) => r.on))}   of the floor ${spread(by.on)}, time ×${spread(by.onOverOff)}`,
  );
}
