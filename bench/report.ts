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

/** Prints the medians, with the spread of the ratios. */
export function printTable(rows: readonly Row[]): void {
  const million = (figures: readonly number[]) => (median(figures) / 1e6).toFixed(2);
  const spread = (figures: readonly number[]) =>
    `${median(figures).toFixed(2)} (${Math.min(...figures).toFixed(2)}–${Math.max(...figures).toFixed(2)})`;
  console.log(
    'millions a second: median of the rounds; ratios: median (minimum–maximum) of the rounds’ own',
  );
  for (const { name, unit, rounds, ratios } of rows) {
    console.log(`\n${name} [${unit}]`);
    console.log(`  floor        ${million(rounds.map((r) => r.floor))}`);
    console.log(
      `  journal off  ${million(rounds.map((r) => r.off))}   of the floor ${spread(ratios.off)}`,
    );
    console.log(
      `  journal on   ${million(rounds.map((r) => r.on))}   of the floor ${spread(ratios.on)}, time ×${spread(ratios.onOverOff)}`,
    );
  }
  console.log('');
}
