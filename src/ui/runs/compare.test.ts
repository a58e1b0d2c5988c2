import { describe, expect, it } from 'vitest';
import { JournalReader } from '../../journal/reader.ts';
import { JournalRing } from '../../journal/ring.ts';
import { EventStore } from '../../journal/store.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { countsOf, firstDifference } from './compare.ts';

function journal(write: (writer: JournalWriter) => void): EventStore {
  const ring = JournalRing.create(1 << 15, 1 << 12);
  const writer = new JournalWriter(ring);
  const store = new EventStore();
  write(writer);
  writer.flush();
  new JournalReader([ring], store).drain();
  return store;
}

/** One request; `sent`: whether the driver notified the device. */
function request(writer: JournalWriter, head: number, sent = true): void {
  writer.notification('driver', 4, 0, sent, sent ? 'always' : 'noNotify');
  writer.chainPopped(4, 0, head, 0, 16, 513, 3);
  writer.chainPushed(4, 0, head, 0, 513);
  writer.interrupt(4, 0, 'raised', 11, 'always');
  writer.interrupt(4, 0, 'lowered', 11, 'always');
}

describe('counts', () => {
  it('are those of what happened in the part that is asked about', () => {
    const store = journal((writer) => {
      request(writer, 0);
      request(writer, 3, false);
      writer.interrupt(4, 0, 'suppressed', 0, 'noInterrupt');
      writer.interrupt(4, 0, 'masked', 0, 'intxDisabled');
      writer.interrupt(4, 0, 'message', 65, 'always');
    });
    expect(countsOf(store, 0, store.length)).toMatchObject({
      ...{ events: 13, buffers: 2, notificationsSent: 1, notificationsSuppressed: 1 },
      ...{ interruptsRaised: 3, interruptsSuppressed: 2, violations: 0, printed: 0 },
    });
    expect(countsOf(store, 5, 8)).toMatchObject({
      ...{ events: 3, buffers: 1, notificationsSent: 0, notificationsSuppressed: 1 },
    });
    expect(countsOf(store, 11, 99)).toMatchObject({ events: 2, interruptsRaised: 1 });
  });
});

describe('the first difference', () => {
  const two = journal((writer) => {
    request(writer, 0);
    request(writer, 3);
  });

  it('is none between runs that are the same', () => {
    const same = journal((writer) => {
      request(writer, 0);
      request(writer, 3);
    });
    expect(firstDifference(two, same, 0)).toBeUndefined();
  });

  it('is the first other event, or the end of the shorter run', () => {
    const other = journal((writer) => {
      request(writer, 0);
      request(writer, 2);
    });
    const one = journal((writer) => request(writer, 0));
    expect(firstDifference(two, other, 0)).toBe(6);
    expect(firstDifference(two, other, 7)).toBe(7);
    expect(firstDifference(two, one, 2)).toBe(5);
  });
});
