import type { EventBreakpoint } from '../../journal/breakpoints.ts';

export type EventKindChoice = EventBreakpoint['kind'];

/** Kinds of breakpoints on events, as the form offers them. */
export const KIND_CHOICES: readonly (readonly [kind: EventKindChoice, words: string])[] = [
  ['used', 'a change of the used index'],
  ['available', 'a change of the available index'],
  ['notification', 'an available buffer notification'],
  ['interrupt', 'an interrupt'],
  ['violation', 'a violation'],
  ['status', 'a change of the device status'],
  ['register', 'an access to a register'],
  ['memory', 'a write to guest memory'],
  ['console', 'a line on the console'],
];

/** A breakpoint as the fields of a form have it; '' is any. Places are `DEV` or `DEV:QUEUE`. */
export interface Draft {
  readonly kind: EventKindChoice;
  /** A queue, where one must be chosen. */
  readonly queue: string;
  readonly place: string;
  readonly device: string;
  readonly sent: '' | 'yes' | 'no';
  readonly outcome: '' | 'raised' | 'suppressed' | 'masked';
  /** `DEV:REGION:OFFSET` */
  readonly register: string;
  readonly access: '' | 'read' | 'write';
  readonly addr: string;
  readonly length: string;
  readonly text: string;
}

/** What the form begins with: queue 0 of a device, where there is one to look at. */
export function draftOf(dev: number | undefined): Draft {
  return {
    ...{ kind: 'used', queue: dev === undefined ? '' : `${dev}:0`, place: '', device: '' },
    ...{ sent: '', outcome: '', register: '', access: '', addr: '', length: '1', text: '' },
  };
}

/** The breakpoint that the fields make, or undefined while something is missing. */
export function readDraft(draft: Draft): EventBreakpoint | undefined {
  switch (draft.kind) {
    case 'used':
    case 'available': {
      const [dev, queue] = numbers(draft.queue);
      if (dev === undefined || queue === undefined) return undefined;
      return { kind: draft.kind, dev, queue };
    }
    case 'notification': {
      const sent = draft.sent === '' ? {} : { sent: draft.sent === 'yes' };
      return { kind: 'notification', ...placeOf(draft.place), ...sent };
    }
    case 'interrupt': {
      const outcome = draft.outcome === '' ? {} : { outcome: draft.outcome };
      return { kind: 'interrupt', ...placeOf(draft.place), ...outcome };
    }
    case 'violation':
    case 'status': {
      const [dev] = numbers(draft.device);
      return { kind: draft.kind, ...(dev !== undefined && { dev }) };
    }
    case 'register': {
      const [dev, region, offset] = numbers(draft.register);
      if (dev === undefined || region === undefined || offset === undefined) return undefined;
      const write = draft.access === '' ? {} : { write: draft.access === 'write' };
      return { kind: 'register', dev, region, offset, ...write };
    }
    case 'memory': {
      const addr = countOf(draft.addr);
      const length = countOf(draft.length);
      if (addr === undefined || !length) return undefined;
      return { kind: 'memory', addr, length };
    }
    case 'console':
      return { kind: 'console', ...(draft.text !== '' && { text: draft.text }) };
  }
}

function placeOf(place: string): { dev?: number; queue?: number } {
  const [dev, queue] = numbers(place);
  return { ...(dev !== undefined && { dev }), ...(queue !== undefined && { queue }) };
}

function numbers(text: string): number[] {
  return text === '' ? [] : text.split(':').map(Number);
}

/** A number as people write addresses: decimal, or with 0x. */
function countOf(text: string): number | undefined {
  if (!/^(0x[0-9a-f]+|\d+)$/i.test(text.trim())) return undefined;
  const value = Number(text.trim());
  return Number.isSafeInteger(value) ? value : undefined;
}
