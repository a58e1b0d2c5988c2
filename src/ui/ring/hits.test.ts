import { describe, expect, it } from 'vitest';
import { Folder } from '../../journal/fold/folder.ts';
import { queueKey } from '../../journal/fold/moment.ts';
import { viewOf } from '../../journal/fold/packed-view.ts';
import { RingView } from '../../journal/fold/ring-view.ts';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { MARKS, packedDeeds } from '../../testing/packed-deeds.ts';
import { type Deed, journalOf } from '../../testing/random-journal.ts';
import { firstHit, hitsOf, isFieldHit, isHit, isIndexHit } from './hits.ts';

const DESC = 0x1000;
const DRIVER = 0x1080;
const DEVICE = 0x1100;
const NONE = new Uint32Array(4);

/** Hits on queue 0 of device 2, of the last event that `play` records. */
function hitsAfter(play: (writer: JournalWriter) => void) {
  const ring = JournalRing.create(1 << 8, 1 << 12);
  const writer = new JournalWriter(ring);
  writer.queueConfig(2, 0, true, false, 8, DESC, DRIVER, DEVICE);
  play(writer);
  writer.flush();
  const store = new EventStore();
  new JournalReader([ring], store).drain();
  const moment = new Folder(store).momentAt(store.length);
  const queue = moment.queues.get(queueKey(2, 0));
  if (!queue) throw new Error('the queue was not set up');
  return hitsOf(moment.last, new RingView(queue, moment.memory), moment.queues);
}

describe('hitsOf', () => {
  it('[2.7.6] marks the entry and not its neighbours', () => {
    const hits = hitsAfter((w) => w.memWrite(0, DRIVER + 4 + 2 * 3, 2, 0, 0, 5, 0));
    expect(isHit(hits, 'avail', 3)).toBe(true);
    expect(isHit(hits, 'avail', 2) || isHit(hits, 'avail', 4) || isHit(hits, 'desc', 3)).toBe(
      false,
    );
    expect(firstHit(hits, 8)).toBe(3);
  });

  it('[2.7.6] says what a published index was and became', () => {
    const hits = hitsAfter((w) => w.memWrite(0, DRIVER + 2, 2, 0xffff, 0, 0, 0));
    expect(isIndexHit(hits, 'avail')).toBe(true);
    expect(isIndexHit(hits, 'used')).toBe(false);
    expect(hits.change).toEqual([0xffff, 0]);
    // The entry that it publishes lies before the end of the ring.
    expect(firstHit(hits, 8)).toBe(7);
    expect(
      firstHit(
        hitsAfter((w) => w.memWrite(0, DRIVER, 2, 0, 0, 1, 0)),
        8,
      ),
    ).toBeUndefined();
  });

  it('[2.7.5] finds the descriptor whose buffer the device writes to', () => {
    const hits = hitsAfter((w) => {
      w.memWrite16(0, DESC, NONE, 0, 0x5000, 0, 16, 1 | (1 << 16));
      w.memWrite16(0, DESC + 16, NONE, 0, 0x6000, 0, 1, 2);
      w.memWrite(0, DRIVER + 4, 2, 0, 0, 0, 0);
      w.memWrite(0, DRIVER + 2, 2, 0, 0, 1, 0);
      w.memWrite(1, 0x6000, 1, 0xff, 0, 0, 0);
    });
    expect(hits.buffer).toBe(1);
    expect(isHit(hits, 'desc', 1)).toBe(true);
    expect(isHit(hits, 'desc', 0)).toBe(false);
  });

  it('marks nothing for memory that is no part of the queue, and for another queue’s chains', () => {
    expect(
      firstHit(
        hitsAfter((w) => w.memWrite(0, 0x9000, 4, 0, 0, 1, 0)),
        8,
      ),
    ).toBeUndefined();
    expect(
      firstHit(
        hitsAfter((w) => w.chainPopped(2, 1, 3, 1, 0, 0, 1)),
        8,
      ),
    ).toBeUndefined();
  });
});

describe('hitsOf a packed queue', () => {
  const { setUp, fill, mark, event, popped, pushed } = packedDeeds(2, 8);
  const { available } = MARKS;
  const chain = [
    setUp,
    fill(0, 0x9000, 16, 5, 1),
    fill(1, 0xa000, 1, 5, 2 | available[1]),
    mark(0, 5, 1 | available[1]),
  ];
  const packedHits = (...deeds: Deed[]) => {
    const store = journalOf(deeds);
    const moment = new Folder(store).momentAt(store.length);
    const queue = moment.queues.get(queueKey(2, 0));
    if (!queue) throw new Error('the queue was not set up');
    return hitsOf(moment.last, viewOf(queue, moment.memory), moment.queues);
  };

  it('[2.8.6] marks all descriptors of a chain that is taken', () => {
    const hits = packedHits(...chain, popped(5, 0x8002, 2));
    expect([0, 1, 2].map((i) => isHit(hits, 'desc', i))).toEqual([true, true, false]);
  });

  it('[2.8.7] marks the descriptor in which a chain comes back', () => {
    const back = [popped(5, 0x8002, 2), pushed(5, 0x8002)];
    const hits = packedHits(...chain, ...back);
    expect([0, 1, 2].map((i) => isHit(hits, 'desc', i))).toEqual([true, false, false]);
    const again = packedHits(...chain, ...back, popped(6, 0x8003, 1), pushed(6, 0x8003));
    expect(firstHit(again, 8)).toBe(2);
  });

  it('[2.8.14] marks the event suppression that is written', () => {
    const hits = packedHits(setUp, event('device', 3, 2));
    expect(isFieldHit(hits, 'used')).toBe(true);
    expect(isFieldHit(hits, 'avail')).toBe(false);
    expect(firstHit(hits, 8)).toBeUndefined();
  });

  it('finds the descriptor whose buffer the device writes to', () => {
    const hits = packedHits(...chain, (w) => w.memWrite(1, 0xa000, 1, 0xff, 0, 0, 0));
    expect(hits.buffer).toBe(1);
  });
});
