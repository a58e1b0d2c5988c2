import { openDB } from 'idb';

/** Larger files are not kept over a reload: browsers give a page only so much room. */
export const MOST_KEPT = 64 * 2 ** 20;

const STORE = 'images';
const open = () =>
  openDB('virtio-playground', 1, { upgrade: (db) => void db.createObjectStore(STORE) });

/** Keeps the person's own disk, and only the last one, over a reload; whether the browser did it. */
export async function keepDisk(file: File): Promise<boolean> {
  try {
    const db = await open();
    await db.clear(STORE);
    if (file.size > MOST_KEPT) return false;
    await db.put(STORE, file, file.name);
    return true;
  } catch {
    return false;
  }
}

/** The disks that were kept, by name. */
export async function keptDisks(): Promise<(readonly [name: string, content: Blob])[]> {
  try {
    const db = await open();
    const found: (readonly [string, Blob])[] = [];
    for (const key of await db.getAllKeys(STORE)) {
      const content: unknown = await db.get(STORE, key);
      if (content instanceof Blob) found.push([String(key), content]);
    }
    return found;
  } catch {
    return [];
  }
}
