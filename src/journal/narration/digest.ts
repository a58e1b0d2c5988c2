import { EVENTS, INTERRUPT } from '../schema.ts';
import { type EventStore, recordAt } from '../store.ts';
import { count, list } from './words.ts';

/** What a digest counts, the most telling first: its noun, what is said behind it, and whether an event is one. */
const COUNTED: readonly (readonly [
  noun: string,
  rest: string,
  kind: keyof typeof EVENTS,
  holds?: (aux: number) => boolean,
])[] = [
  ['broken rule', '', 'violation'],
  ['reset', '', 'reset'],
  ['status change', '', 'status'],
  ['queue', ' configured', 'queueConfig'],
  ['buffer', ' taken', 'chainPopped'],
  ['buffer', ' returned', 'chainPushed'],
  ['notification', '', 'notification', (sent) => sent !== 0],
  ['notification', ' left out', 'notification', (sent) => sent === 0],
  ['interrupt', '', 'interrupt', (step) => step === INTERRUPT.raised || step === INTERRUPT.message],
  ['interrupt', ' left out', 'interrupt', (step) => step === INTERRUPT.suppressed],
  ['interrupt', ' masked', 'interrupt', (step) => step === INTERRUPT.masked],
  ['back-end request', '', 'backendRequest'],
  ['line', ' printed', 'log'],
  ['channel command', '', 'ccw'],
  ['register read', '', 'regRead'],
  ['register write', '', 'regWrite'],
];

/** What to count of an event, by its code: places in `COUNTED`. */
const BY_CODE: readonly (readonly number[])[] = Array.from({ length: 256 }, (_, code) =>
  COUNTED.flatMap(([, , kind], n) => (EVENTS[kind].code === code ? [n] : [])),
);

/** Most things that a digest names. */
const MOST = 5;
/** Most events that are counted one by one; of more it is said how many they were. */
const LOOKED_AT = 16_000;

/**
 * The events from number `from` to before `to` in one sentence: how many, and what the most telling of
 * them were; `leftOut`: by gaps. For whoever cannot follow each: while events fly past, and for a screen reader.
 */
export function digest(store: EventStore, from: number, to: number, leftOut = 0): string {
  const first = Math.max(from, store.first, to - LOOKED_AT);
  const counts = COUNTED.map(() => 0);
  let line = 0;
  for (let i = first; i < to; i++) {
    const words = store.words(i);
    if (!words) break;
    const head = words[recordAt(i)] as number;
    const code = head & 0xff;
    if (code === EVENTS.scriptLine.code) line = store.word(i, EVENTS.scriptLine.fields.line.at);
    for (const n of BY_CODE[code] ?? [])
      if (COUNTED[n]?.[3]?.(head >>> 16) ?? true) counts[n] = (counts[n] ?? 0) + 1;
  }
  const named = COUNTED.flatMap(([noun, rest], i) => {
    const number = counts[i] ?? 0;
    return number > 0 ? [`${count(number, noun)}${rest}`] : [];
  }).slice(0, MOST);
  const among = first > from ? `. Among the last ${(to - first).toLocaleString('en')} of them` : '';
  const what = named.length === 0 ? '' : `${among}: ${list(named)}`;
  const where = line > 0 ? ` The script is at line ${line}.` : '';
  const gaps = leftOut > 0 ? ` ${count(leftOut, 'event')} between them were not recorded.` : '';
  return `${count(to - from, 'more event')}${what}.${gaps}${where}`;
}
