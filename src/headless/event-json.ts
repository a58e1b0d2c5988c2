import type { JournalEvent } from '../journal/schema.ts';

/** One event as a line of JSON: its number, its fields, and bytes in base 16. */
export function eventJson(number: number, event: JournalEvent): string {
  return JSON.stringify({ number, ...event }, (_, value: unknown) =>
    value instanceof Uint8Array ? hexBytes(value) : value,
  );
}

function hexBytes(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
