import { SeededRandom } from '../../base/seeded-random.ts';

/** What a script finds by chance: the same again gives the same run. */
export interface Chance {
  /** Of `Math.random`. */
  readonly seed: number;
  /** When the script starts, in ms since 1970. */
  readonly time: number;
}

/**
 * Stand-ins for the two parts of the language that are never twice the same. `Math.random` is a seeded
 * generator; the clock of `Date` starts at `time`, and each look at it is a millisecond later than the last.
 */
export function chanceStandIns({ seed, time }: Chance): Map<string, unknown> {
  const random = new SeededRandom(seed);
  let clock = time;
  const now = (): number => clock++;
  const math = Object.defineProperties({}, Object.getOwnPropertyDescriptors(Math));
  Object.defineProperty(math, 'random', { ...HIDDEN, value: () => random.fraction() });
  // biome-ignore lint/style/noRestrictedGlobals: the class alone; its clock is replaced here
  const { Date: RealDate } = { Date };
  const date = new Proxy(RealDate, {
    // Called without `new` it gives a text.
    apply: () => new RealDate(now()).toString(),
    construct: (target, given, made) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, made) as object,
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  return new Map<string, unknown>([
    ['Math', math],
    ['Date', date],
  ]);
}

/** As built-ins are: they do not show up where names are listed. */
const HIDDEN = { writable: true, enumerable: false, configurable: true };
