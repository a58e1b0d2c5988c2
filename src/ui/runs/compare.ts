import { sameEvent } from '../../journal/same-event.ts';
import { EVENTS, INTERRUPT_STEPS, LOG_LEVELS } from '../../journal/schema.ts';
import { type EventStore, recordAt } from '../../journal/store.ts';

/** What happened in a part of a run. */
export interface Counts {
  readonly events: number;
  /** Buffers that devices returned as used. */
  readonly buffers: number;
  readonly notificationsSent: number;
  readonly notificationsSuppressed: number;
  readonly interruptsRaised: number;
  /** By the driver's wish, or masked. */
  readonly interruptsSuppressed: number;
  readonly violations: number;
  /** Lines that the script printed. */
  readonly printed: number;
}

const CODE = {
  pushed: EVENTS.chainPushed.code,
  notification: EVENTS.notification.code,
  interrupt: EVENTS.interrupt.code,
  violation: EVENTS.violation.code,
  log: EVENTS.log.code,
} as const;
const DEVICE_LEVEL = LOG_LEVELS.indexOf('device');

/** Counts what happened from event `from` to before `to`; events that are not held are not counted. */
export function countsOf(store: EventStore, from: number, to: number): Counts {
  const counts = {
    events: 0,
    buffers: 0,
    notificationsSent: 0,
    notificationsSuppressed: 0,
    interruptsRaised: 0,
    interruptsSuppressed: 0,
    violations: 0,
    printed: 0,
  };
  for (let i = Math.max(from, store.first); i < Math.min(to, store.length); i++) {
    const words = store.words(i);
    if (!words) continue;
    counts.events++;
    const word = words[recordAt(i)] ?? 0;
    const aux = word >>> 16;
    switch (word & 0xff) {
      case CODE.pushed:
        counts.buffers++;
        break;
      case CODE.notification:
        if (aux === 1) counts.notificationsSent++;
        else counts.notificationsSuppressed++;
        break;
      case CODE.interrupt: {
        const step = INTERRUPT_STEPS[aux];
        if (step === 'raised' || step === 'message') counts.interruptsRaised++;
        else if (step === 'suppressed' || step === 'masked') counts.interruptsSuppressed++;
        break;
      }
      case CODE.violation:
        counts.violations++;
        break;
      case CODE.log:
        if (aux !== DEVICE_LEVEL) counts.printed++;
        break;
    }
  }
  return counts;
}

/**
 * The first event from `from` on in which two runs differ: where one has another event or none. Undefined where both
 * are the same to their ends.
 */
export function firstDifference(a: EventStore, b: EventStore, from: number): number | undefined {
  const both = Math.min(a.length, b.length);
  for (let i = Math.max(from, a.first, b.first); i < both; i++) if (!sameEvent(a, b, i)) return i;
  return a.length === b.length ? undefined : Math.max(both, from);
}
