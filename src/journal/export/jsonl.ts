import { CHANNEL_OPS } from '../../spec/channel-io.ts';
import { REGIONS, registerName } from '../../spec/regions.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';
import {
  BACKEND_OPS,
  EVENTS,
  INTERRUPT_STEPS,
  type JournalEvent,
  LOG_LEVELS,
  RULES,
  SPACES,
} from '../schema.ts';
import type { EventStore } from '../store.ts';

/** Fields whose numbers stand for names, by kind and field: what the number means. */
const NAMED: Readonly<Record<string, (code: number) => string | undefined>> = {
  'regRead.space': (code) => SPACES[code],
  'regWrite.space': (code) => SPACES[code],
  'regRead.region': regionName,
  'regWrite.region': regionName,
  'notification.rule': (code) => RULES[code],
  'interrupt.rule': (code) => RULES[code],
  'interrupt.step': (code) => INTERRUPT_STEPS[code],
  'backendRequest.op': (code) => BACKEND_OPS[code],
  'backendCompletion.op': (code) => BACKEND_OPS[code],
  'channel.op': (code) => CHANNEL_OPS[code],
  'log.level': (code) => LOG_LEVELS[code],
  'violation.code': (code) => {
    const info: ViolationInfo | undefined = VIOLATIONS[code];
    return info?.code;
  },
};

function regionName(code: number): string | undefined {
  const info: { readonly name: string } | undefined = REGIONS[code];
  return info?.name;
}

/**
 * One event as fields by name, in this order: `event` (its number), `kind`, `actor`, `clock`, `size` where
 * the kind has one, the fields of the kind in the order of `EVENTS`, `register` where a register has a
 * name, then `text`, or `old` and `new`. Numbers that stand for names are names, where they are known;
 * bytes are hexadecimal digits; all else is a number.
 */
export function eventFields(index: number, event: JournalEvent): Record<string, unknown> {
  const out: Record<string, unknown> = {
    event: index,
    kind: event.kind,
    actor: event.actor,
    clock: event.clock,
  };
  if (event.size > 0) out.size = event.size;
  const values = event as unknown as Readonly<Record<string, unknown>>;
  for (const field of Object.keys(EVENTS[event.kind].fields)) {
    const value = values[field];
    if (typeof value === 'number') out[field] = NAMED[`${event.kind}.${field}`]?.(value) ?? value;
    else out[field] = hexDigits(value as readonly number[]);
  }
  if (event.kind === 'regRead' || event.kind === 'regWrite') {
    const register = registerName(event.region, event.offset);
    if (register) out.register = register;
  }
  if ('text' in event) out.text = event.text;
  if (event.kind === 'queueState') out.flight = hexDigits(event.data);
  if (event.kind === 'dataWrite') {
    out.old = hexDigits(event.data.subarray(0, event.length));
    out.new = hexDigits(event.data.subarray(event.length));
  }
  return out;
}

/** One event as a line of JSON without a line end: see `eventFields`. */
export function exportEvent(index: number, event: JournalEvent): string {
  return JSON.stringify(eventFields(index, event));
}

/** The held events from number `from` to before `to`, one line each. */
export function* exportJournal(
  store: EventStore,
  from = store.first,
  to = store.length,
): Generator<string> {
  for (let i = Math.max(from, store.first); i < Math.min(to, store.length); i++)
    yield exportEvent(i, store.get(i));
}

function hexDigits(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
