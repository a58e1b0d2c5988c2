import { DmaAllocator } from '../guest/dma.ts';
import { SplitQueue } from '../guest/virtqueue/split-queue.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter, silentJournal } from '../journal/writer.ts';
import { FakeSplitQueue } from './fake-queue.ts';
import { FakeHal } from './fake-transport.ts';

/** Where the three parts of the ring are. */
export const AREAS = { desc: 0x1000, avail: 0x9_0000, used: 0xb_0000 };

export const NEXT = 1;
export const WRITE = 2;

/** A queue, the device at its other end, and what went between them. */
export interface Rig {
  readonly queue: SplitQueue;
  readonly device: FakeSplitQueue;
  readonly hal: FakeHal;
  /** What the queue asked of its transport, in order. */
  readonly calls: string[];
  /** What went along with each notification. */
  readonly next: (number | undefined)[];
  readonly tables: DmaAllocator;
  /** Called instead of sleeping. */
  onWait: () => void;
}

/** A queue with number 3, and nobody who interrupts. */
export function rig({
  size = 8,
  firstIdx = 0,
  journal = silentJournal(),
  take = () => {},
  eventIdx = false,
  inOrder = false,
} = {}): Rig {
  const hal = new FakeHal(2, journal, { take });
  const calls: string[] = [];
  const tables = new DmaAllocator(hal.ram);
  const owner = {
    notify: (index: number, next?: number) => {
      calls.push(`notify ${index}`);
      made.next.push(next);
    },
    resetQueue: (index: number) => void calls.push(`reset ${index}`),
    pollInterrupt: () => void calls.push('poll'),
    waitForInterrupt: () => {
      calls.push('wait');
      made.onWait();
    },
  };
  const made: Rig = {
    queue: new SplitQueue(hal.ram, owner, 3, size, AREAS, firstIdx, { eventIdx, inOrder, tables }),
    device: new FakeSplitQueue(hal.ram.ram, size, AREAS, firstIdx, eventIdx),
    hal,
    tables,
    calls,
    next: [],
    onWait: () => {
      throw new Error('the driver sleeps for ever');
    },
  };
  return made;
}

/** A rig that records, and what it recorded. */
export function recorded(): Rig & { events: () => JournalEvent[]; taken: number[] } {
  const ring = JournalRing.create(1 << 10, 1 << 12);
  const journal = new JournalWriter(ring);
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const taken: number[] = [];
  const events = () => {
    journal.flush();
    reader.drain();
    return Array.from({ length: store.length }, (_, i) => store.get(i));
  };
  const it = rig({ journal, take: () => void taken.push(journal.clock) });
  return { ...it, events, taken };
}

/** A piece of a buffer. */
export const range = (addr: number, length: number) => ({ addr, length });
