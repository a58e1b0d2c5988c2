import { EVENTS, type EventKind, PAYLOADS } from './schema.ts';
import { type EventStore, recordAt } from './store.ts';

const WRITE = EVENTS.memWrite;
const OLD = WRITE.fields.old.at;
const NEW = WRITE.fields.new.at;

/** Words of a record that say something, a bit each, by code; what a ring has left in the others is anything. */
const SAID = saidByCode();

function saidByCode(): Uint16Array {
  const said = new Uint16Array(256).fill(0b11);
  for (const kind of Object.keys(EVENTS) as EventKind[]) {
    const { code, fields } = EVENTS[kind];
    for (const field of Object.values(fields)) {
      if (!('at' in field) || field.type === 'bytes') continue;
      const words = field.type === 'u64' || field.type === 'bits' ? 0b11 : 0b1;
      said[code] = (said[code] ?? 0) | (words << field.at);
    }
  }
  return said;
}

/** Whether event `index` of two stores, which both hold it, says the same, clock and payload included. */
export function sameEvent(a: EventStore, b: EventStore, index: number): boolean {
  const one = a.words(index);
  const other = b.words(index);
  if (!one || !other) return one === other;
  const at = recordAt(index);
  const code = one[at]! & 0xff;
  let said = SAID[code]!;
  for (let word = at; said !== 0; word++, said >>>= 1)
    if ((said & 1) === 1 && one[word] !== other[word]) return false;
  if (code === WRITE.code) return sameBytes(one, other, at, (one[at]! >>> 12) & 15 || 16);
  return PAYLOADS[code] === undefined || samePayload(a.payload(index), b.payload(index));
}

/** Old and new bytes of a short write. */
function sameBytes(one: Uint32Array, other: Uint32Array, at: number, size: number): boolean {
  for (let i = 0; i < size; i += 4) {
    const bytes = size - i < 4 ? 2 ** (8 * (size - i)) - 1 : -1;
    const old = at + OLD + (i >> 2);
    const now = at + NEW + (i >> 2);
    if (((one[old]! ^ other[old]!) | (one[now]! ^ other[now]!)) & bytes) return false;
  }
  return true;
}

function samePayload(one: Uint8Array | undefined, other: Uint8Array | undefined): boolean {
  if (!one || !other) return one === other;
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
