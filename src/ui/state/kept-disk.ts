import { openDB } from 'idb';

/** Bytes of disks that are kept over a reload: browsers give a page only so much room. */
export const MOST_KEPT = 64 * 2 ** 20;

const STORE = 'images';
const open = () =>
  openDB('virtio-playground', 1, { upgrade: (db) => void db.createObjectStore(STORE) });

/** A disk as it is kept. `at`: when, in milliseconds since 1970. */
interface KeptDisk {
  readonly content: Blob;
  readonly at: number;
}

/**
 * Keeps a person's own disk over a reload, and of older ones as many as there is room for, so that undo
 * finds them. Answers whether the browser did it.
 */
export async function keepDisk(file: File): Promise<boolean> {
  try {
    const db = await open();
    if (file.size > MOST_KEPT) {
      await db.delete(STORE, file.name);
      return false;
    }
    await db.put(STORE, { content: file, at: Date.now() } satisfies KeptDisk, file.name);
    let room = MOST_KEPT;
    const disks = [...(await all(db))].toSorted((a, b) => b[1].at - a[1].at);
    for (const [name, { content }] of disks) {
      room -= content.size;
      if (room < 0) await db.delete(STORE, name);
    }
    return true;
  } catch {
    return false;
  }
}

/** The disks that were kept, by name. */
export async function keptDisks(): Promise<(readonly [name: string, content: Blob])[]> {
  try {
    return (await all(await open())).map(([name, { content }]) => [name, content]);
  } catch {
    return [];
  }
}

async function all(db: Awaited<ReturnType<typeof open>>): Promise<[string, KeptDisk][]> {
  const found: [string, KeptDisk][] = [];
  for (const key of await db.getAllKeys(STORE)) {
    const value: unknown = await db.get(STORE, key);
    // Older versions of the page kept the file itself.
    if (value instanceof Blob) found.push([String(key), { content: value, at: 0 }]);
    else if (isKept(value)) found.push([String(key), value]);
  }
  return found;
}

function isKept(value: unknown): value is KeptDisk {
  if (typeof value !== 'object' || value === null) return false;
  const { content, at } = value as Record<string, unknown>;
  return content instanceof Blob && typeof at === 'number';
}
