import { EVENTS, type EventKind, PAYLOADS } from './schema.ts';
import { type EventStore, recordAt } from './store.ts';

const WRITE = EVENTS.memWrite;

/** Words of a record that say something, by code; what a ring has left in the others is anything. */
const WORDS: readonly (readonly number[])[] = wordsByCode();

function wordsByCode(): number[][] {
  const words: number[][] = [];
  for (const kind of Object.keys(EVENTS) as EventKind[]) {
    const { code, fields } = EVENTS[kind];
    const said = new Set([0, 1]);
    for (const field of Object.values(fields)) {
      if (!('at' in field) || field.type === 'bytes') continue;
      said.add(field.at);
      if (field.type === 'u64' || field.type === 'bits') said.add(field.at + 1);
    }
    words[code] = [...said];
  }
  return words;
}

/** Whether event `index` of two stores, which both hold it, says the same, clock and payload included. */
export function sameEvent(a: EventStore, b: EventStore, index: number): boolean {
  const one = a.words(index);
  const other = b.words(index);
  if (!one || !other) return one === other;
  // The stores may begin at different events, and chunks with them.
  const at = recordAt(index);
  const code = one[at]! & 0xff;
  for (const word of WORDS[code] ?? [0, 1]) if (one[at + word] !== other[at + word]) return false;
  if (code === WRITE.code) return sameBytes(one, other, at, (one[at]! >>> 12) & 15 || 16);
  return PAYLOADS[code] === undefined || samePayload(a.payload(index), b.payload(index));
}

/** Old and new bytes of a short write. */
function sameBytes(one: Uint32Array, other: Uint32Array, at: number, size: number): boolean {
  for (const field of [WRITE.fields.old.at, WRITE.fields.new.at])
    for (let i = 0; i < size; i++) {
      const word = at + field + (i >> 2);
      if (((one[word]! ^ other[word]!) >>> ((i & 3) * 8)) & 0xff) return false;
    }
  return true;
}

function samePayload(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (one?.length !== other?.length) return false;
  return !one || one.every((byte, i) => byte === other?.[i]);
}
