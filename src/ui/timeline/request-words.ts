import type { RequestFacts } from '../../journal/spans/request-facts.ts';

const grouped = (value: number): string => value.toLocaleString('en');

/** A request in a few words: what its back end was asked, or what it offers. */
export function requestWords(request: RequestFacts): string {
  const { backend, head, readable, writable } = request;
  if (backend?.op) {
    const { op, length, position } = backend;
    const bytes = length > 0 ? ` ${grouped(length)} B` : '';
    const placed = op === 'read' || op === 'write' || op === 'discard' || op === 'writeZeroes';
    return `${op}${bytes}${placed ? ` at ${grouped(position)}` : ''}`;
  }
  if (head === undefined) return 'waits';
  const parts = [
    readable ? `${grouped(readable)} B to read` : '',
    writable ? `${grouped(writable)} B to write` : '',
  ].filter(Boolean);
  return `chain ${head}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** How long it took from available to used, in events; undefined where it is not over or nobody saw it begin. */
export function latencyOf({ available, used }: RequestFacts): number | undefined {
  return available === undefined || used === undefined ? undefined : used - available;
}

/** A step of a request's life, and when it came. */
export interface RequestStep {
  readonly key: string;
  readonly name: string;
  /** Event number; undefined where it did not come to that. */
  readonly event: number | undefined;
  /** More about it. */
  readonly note: string;
}

/** The steps of a request in order, each with the digit that goes there. */
export function requestSteps(request: RequestFacts): readonly RequestStep[] {
  const { available, notification, popped, used, takenBack, unseen, interrupt, seen } = request;
  return [
    { key: '1', name: 'available', event: available, note: '' },
    {
      key: '2',
      name: 'notification',
      event: notification?.event,
      note: notification ? (notification.sent ? 'sent' : 'left out') : '',
    },
    { key: '3', name: 'popped', event: popped, note: '' },
    takenBack === undefined
      ? { key: '4', name: 'used', event: used, note: unseen === undefined ? '' : 'not recorded' }
      : { key: '4', name: 'taken back', event: takenBack, note: 'by a reset' },
    {
      key: '5',
      name: 'interrupt',
      event: interrupt?.event,
      note: interrupt ? (interrupt.sent ? '' : (interrupt.step ?? 'left out')) : '',
    },
    { key: '6', name: 'seen by the guest', event: seen, note: '' },
  ];
}
