import { Folder } from '../journal/fold/folder.ts';
import type { Names, Narration } from '../journal/narration/narration-types.ts';
import { narrate } from '../journal/narration.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import { type Deed, journalOf } from './random-journal.ts';

/** Numbers of the device that is told of, a disk, and of its host bridge. */
export const DEV = 7;
export const HOST = 3;
/** Names as a page would have them. */
export const NAMES: Names = {
  device: (dev) => (dev === DEV ? 'disk0' : undefined),
  virtioId: (dev) => (dev === DEV ? VIRTIO_ID.BLOCK : undefined),
  queue: (dev, queue) => (dev === DEV ? `requestq${queue}` : undefined),
};

/** Names where nobody knows any. */
export const NAMELESS: Names = {
  device: () => undefined,
  virtioId: () => undefined,
  queue: () => undefined,
};

/** All that deeds lead to, in words. */
export function told(deeds: readonly Deed[], names = NAMES): Narration[] {
  const store = journalOf(deeds);
  const folder = new Folder(store);
  return Array.from({ length: store.length }, (_, i) =>
    narrate(store.get(i), folder.momentAt(i), names),
  );
}

/** What is said of the last deed. */
export const last = (...deeds: Deed[]): Narration => told(deeds).at(-1) as Narration;
/** Title, text and section of the last deed. */
export const words = (...deeds: Deed[]): string[] => {
  const { title, text, section = '', document = '' } = last(...deeds);
  return [title, text, section || document];
};

/** The driver reads `value` at `offset` in a region of a device. */
export const read =
  (region: number, offset: number, size: number, value: number, dev = DEV): Deed =>
  (j) =>
    j.setValue(
      j.register(false, 'memory', 0xfe00_0000 + offset, size, 0, dev, region, offset),
      value,
    );

/** The driver writes `value` there. */
export const write =
  (region: number, offset: number, size: number, value: number, dev = DEV): Deed =>
  (j) =>
    j.register(true, 'memory', 0xfe00_0000 + offset, size, value, dev, region, offset);
