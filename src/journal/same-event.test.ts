import { expect, it } from 'vitest';
import { sameEvent } from './same-event.ts';
import { EVENTS, type EventKind, RECORD_WORDS } from './schema.ts';
import { EventStore } from './store.ts';

/** Two stores of one event each; the second is changed by `change`. */
function pair(
  kind: EventKind,
  size: number,
  change: (words: Uint32Array) => void,
  payload?: Uint8Array,
) {
  const words = Uint32Array.from({ length: RECORD_WORDS }, (_, i) => 1000 * i);
  words[0] = EVENTS[kind].code | (size << 12);
  const [a, b] = [new EventStore(), new EventStore()];
  a.append(words, 0, payload);
  change(words);
  b.append(words, 0, payload?.slice());
  return sameEvent(a, b, 0);
}

it.each(Object.keys(EVENTS) as EventKind[])('sees each field of %s, and nothing else', (kind) => {
  const { fields } = EVENTS[kind];
  const said = new Set([0, 1]);
  for (const field of Object.values(fields) as { at?: number; type: string }[])
    if (field.at !== undefined) {
      const count =
        field.type === 'bytes' ? 4 : field.type === 'u64' || field.type === 'bits' ? 2 : 1;
      for (let i = 0; i < count; i++) said.add(field.at + i);
    }
  for (let word = 1; word < RECORD_WORDS; word++) {
    const same = pair(kind, 0, (words) => {
      words[word] = words[word]! ^ 1;
    });
    expect([word, same]).toEqual([word, !said.has(word)]);
  }
  const same = pair(kind, 0, (words) => {
    words[0] = words[0]! ^ 0x10_0000;
  });
  expect(same).toBe(false);
});

it.each([1, 2, 3, 4, 6, 8, 15])('compares the %i bytes that were written', (size) => {
  for (let byte = 0; byte < 16; byte++)
    for (const field of ['old', 'new'] as const) {
      const at = EVENTS.memWrite.fields[field].at + (byte >> 2);
      const same = pair('memWrite', size, (words) => {
        words[at] = words[at]! ^ (0x80 << ((byte & 3) * 8));
      });
      expect([byte, same]).toEqual([byte, byte >= size]);
    }
});

it('compares payloads', () => {
  const [a, b] = [new EventStore(), new EventStore()];
  const words = new Uint32Array(RECORD_WORDS);
  words[0] = EVENTS.log.code;
  for (const [one, other] of [
    [
      [1, 2],
      [1, 2],
    ],
    [
      [1, 2],
      [1, 3],
    ],
    [[1, 2], [1]],
    [[1], undefined],
  ]) {
    a.append(words, 0, one && Uint8Array.from(one));
    b.append(words, 0, other && Uint8Array.from(other));
  }
  expect([0, 1, 2, 3].map((i) => sameEvent(a, b, i))).toEqual([true, false, false, false]);
});
