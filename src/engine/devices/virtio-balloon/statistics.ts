import { ConfigError } from '../../qom/errors.ts';
import { custom, type Property } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';

/** What the guest tells about its memory once it is asked, by tag (VIRTIO 1.4 §5.5.6.4). */
const NAMES = [
  'stat-swap-in',
  'stat-swap-out',
  'stat-major-faults',
  'stat-minor-faults',
  'stat-free-memory',
  'stat-total-memory',
  'stat-available-memory',
  'stat-disk-caches',
  'stat-htlb-pgalloc',
  'stat-htlb-pgfail',
] as const;
/** A number that the guest did not tell. */
const UNTOLD = 2n ** 64n - 1n;
/** Bytes of one number behind its tag. */
const ENTRY = 10;
/** Most seconds of a polling interval. */
const MAX_INTERVAL = 2 ** 32 - 1;

/** The guest's numbers as it told them last. */
export class Statistics {
  #told = new Map<number, bigint>();

  saveState(): State {
    return { told: this.#told };
  }

  loadState(state: State): void {
    this.#told = state.told as Map<number, bigint>;
  }

  /** Reads what the guest sent. */
  read(bytes: Uint8Array, littleEndian: boolean): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const told = new Map<number, bigint>();
    for (let at = 0; at + ENTRY <= bytes.length; at += ENTRY)
      told.set(view.getUint16(at, littleEndian), view.getBigUint64(at + 2, littleEndian));
    this.#told = told;
  }

  /** Numbers by name. */
  get numbers(): Readonly<Record<string, bigint>> {
    return Object.fromEntries(NAMES.map((name, tag) => [name, this.#told.get(tag) ?? UNTOLD]));
  }
}

/** What the two properties need of the balloon that they belong to. */
export interface Polled {
  readonly statistics: Statistics;
  /** Asks the guest for its numbers. */
  askForStatistics(): void;
}

/** Property `guest-stats`: the numbers. The machine has no time of its own to say when they came. */
export const guestStats: Property<unknown> = {
  ...custom<unknown>({
    type: 'guest statistics',
    default: undefined,
    parse: (text) => text,
    print: String,
  }),
  read: (object) => ({
    stats: (object as unknown as Polled).statistics.numbers,
    'last-update': 0,
  }),
};

/** Property `guest-stats-polling-interval`, in seconds; 0 for none. The guest is asked when it is set: no time passes here. */
export const pollingInterval: Property<number> = {
  ...custom<number>({
    type: 'int',
    default: 0,
    parse(text, { name }) {
      if (!/^\s*[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text))
        throw new ConfigError(`Parameter '${name}' expects integer`);
      const seconds = Number(text);
      if (seconds < 0) throw new ConfigError('timer value must be greater than zero');
      if (seconds > MAX_INTERVAL) throw new ConfigError('timer value is too big');
      return seconds;
    },
    print: String,
  }),
  store(object, seconds) {
    const before = object.values['guest-stats-polling-interval'];
    object.values['guest-stats-polling-interval'] = seconds;
    if (seconds !== 0 && !before) (object as unknown as Polled).askForStatistics();
  },
};
