import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { sectionTitle } from '../spec/sections.ts';
import { VIOLATION_INDEX, VIOLATIONS } from '../spec/violations.ts';
import { type Deed, journalOf, randomDeeds } from '../testing/random-journal.ts';
import { DEV, last, NAMELESS, NAMES, told, words } from '../testing/told.ts';
import { Folder } from './fold/folder.ts';
import { GuestImage } from './fold/guest-image.ts';
import type { Narration } from './narration/narration-types.ts';
import { narrate } from './narration.ts';
import { EVENTS, KINDS, RECORD_WORDS } from './schema.ts';
import { decode } from './store.ts';

describe('the rest in words', () => {
  it('[5.2.6] names what is asked of a back end', () => {
    expect(words((j) => j.backendRequest(DEV, 0, 'read', 4, 512, 1024))).toEqual([
      'Back end: read',
      'disk0 asks its back end to read 1,024 bytes at byte 512 (request 4).',
      '5.2.6',
    ]);
    expect(words((j) => j.backendCompletion(DEV, 0, 'write', 4, 1, 0))[1]).toBe(
      'The back end of disk0 has answered request 4 with status IOERR (1).',
    );
  });

  it.each(VIOLATIONS.map(({ code }, i) => [code, i] as const))(
    'tells violation %s with its numbers',
    (_, i) => {
      const narration = last(
        (j) => j.scriptLine(14),
        (j) => j.violation(DEV, 0, i, 3, 40_000),
      );
      expect(narration.tone).toBe('violation');
      expect(narration.section).toBe(VIOLATIONS[i]?.section);
      expect(narration.at).toMatchObject({ dev: DEV, queue: 0, line: 14 });
      expect(narration.text).not.toMatch(/[{}]|undefined/);
      expect(narration.title).toMatch(/^[A-Z][\w ]+$/);
    },
  );

  it('shows addresses, features and status bits of violations as what they are', () => {
    const text = (code: keyof typeof VIOLATION_INDEX, value: number) =>
      last((j) => j.violation(DEV, 0, VIOLATION_INDEX[code], 1, value)).text;
    expect(text('addressOutsideRam', 0x7f00_0000_1000)).toContain('0x7f0000001000');
    expect(text('featureNotOffered', 2 ** 9)).toContain('VIRTIO_BLK_F_FLUSH');
    expect(text('statusBitCleared', 3)).toContain('ACKNOWLEDGE | DRIVER');
  });

  it('tells the script’s life', () => {
    const story = told([
      (j) => j.script('start', 0, ''),
      (j) => j.scriptLine(14),
      (j) => j.log('driver', 'log', `a\n${'x'.repeat(300)}`),
      (j) => j.script('fail', 0, 'TypeError: no'),
    ]);
    expect(story.map(({ title }) => title)).toEqual([
      'Script starts',
      'Line 14',
      'Printed',
      'Script fails',
    ]);
    expect(story[2]?.text.length).toBeLessThan(160);
    expect(story[3]).toMatchObject({ text: '“TypeError: no”, at line 14.', at: { line: 14 } });
  });

  it('does without names', () => {
    const [narration] = told([(j) => j.status(DEV, 0, 1)], NAMELESS);
    expect(narration?.title).toBe('Status of device 7: ACKNOWLEDGE');
  });
});

describe('whatever happens', () => {
  const sound = (narration: Narration) => {
    expect(narration.title).not.toBe('');
    expect(`${narration.title} ${narration.text}`).not.toMatch(/undefined|NaN|\[object|null/);
    expect(narration.text).toMatch(/[.…]$/);
    expect(narration.text.length).toBeLessThan(1_000);
    if (narration.section) {
      expect(narration.sectionTitle).toBe(sectionTitle(narration.section));
      expect(narration.sectionTitle).toBeTypeOf('string');
    }
  };

  it('every event has a sentence and a section that exists', () => {
    fc.assert(
      fc.property(randomDeeds(80), fc.boolean(), (deeds, named) => {
        for (const narration of told(deeds, named ? NAMES : NAMELESS)) sound(narration);
      }),
      { numRuns: 150 },
    );
  });

  it('a write is told with bounded work, however long the chains are that it may belong to', () => {
    const size = 32_768;
    const [desc, driver, device] = [0x100_0000, 0x200_0000, 0x300_0000];
    const table = new Uint8Array(16 * size);
    const view = new DataView(table.buffer);
    for (let i = 0; i < size; i++) {
      view.setUint32(16 * i + 12, 1 | (((i + 1) % size) << 16), true);
    }
    const heads = Uint8Array.from({ length: 2 * size }, (_, i) => (i % 2 === 0 ? i / 2 : i >> 9));
    const deeds: Deed[] = [
      (j) => j.queueConfig(DEV, 0, true, false, size, desc, driver, device),
      (j) => j.bytesWritten(0, desc, new Uint8Array(table.length), table),
      (j) => j.bytesWritten(0, driver + 4, new Uint8Array(heads.length), heads),
      (j) => j.memWrite(0, driver + 2, 2, 0, 0, size, 0),
      (j) => j.memWrite(1, 0x9000, 4, 0, 0, 1, 0),
    ];
    const store = journalOf(deeds, undefined, 1 << 22);
    const before = new Folder(store).momentAt(store.length - 1);
    const reads = vi.spyOn(GuestImage.prototype, 'u16');
    const { title } = narrate(store.get(store.length - 1), before, NAMES);
    expect(title).toBe('Writes 4 bytes at 0x00009000');
    // Once through table and ring, not once for each of the 64 newest chains.
    expect(reads.mock.calls.length).toBeLessThan(20 * size);
    reads.mockRestore();
  });

  it('even records of random words are told, after any journal', () => {
    const record = fc.uint32Array({ minLength: RECORD_WORDS, maxLength: RECORD_WORDS });
    const kinds = KINDS.flatMap((kind) => (kind ? [EVENTS[kind].code] : []));
    fc.assert(
      fc.property(
        randomDeeds(20),
        fc.array(fc.tuple(record, fc.constantFrom(...kinds)), { maxLength: 40 }),
        (deeds, records) => {
          const store = journalOf(deeds);
          const before = new Folder(store).momentAt(store.length);
          for (const [random, code] of records) {
            random[0] = ((random[0] ?? 0) & ~0xff) | code;
            sound(narrate(decode(random, 0, new Uint8Array(20)), before, NAMES));
          }
        },
      ),
      { numRuns: 150 },
    );
  });
});
