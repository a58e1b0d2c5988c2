import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import { type Bundle, fieldsOf, validBundle } from '../../document/share/bundle.ts';

/** A machine that is kept in this browser. */
export interface KeptMachine {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  /** Whether the page kept it unasked, before something else took its place. */
  readonly auto: boolean;
  readonly bundle: Bundle;
}

interface Row extends Omit<KeptMachine, 'bundle'> {
  readonly fields: Record<string, unknown>;
}

interface Schema extends DBSchema {
  machines: { key: string; value: Row };
}

/** Machines kept unasked; older ones make room. */
const MOST_AUTO = 12;

/** Why the browser keeps nothing, for the person. */
export class KeepingError extends Error {}

const REFUSED =
  'This browser does not let the page keep anything (a private window, perhaps). Save a file or a link instead.';

// Of its own, so that a page of an older version in another tab never blocks it.
const open = () =>
  openDB<Schema>('virtio-playground.machines', 1, {
    upgrade: (db) => void db.createObjectStore('machines', { keyPath: 'id' }),
  });

/** Runs `work` on the database and closes it. Throws KeepingError where the browser has none. */
async function withMachines<T>(work: (db: IDBPDatabase<Schema>) => Promise<T>): Promise<T> {
  let db: IDBPDatabase<Schema> | undefined;
  try {
    db = await open();
    return await work(db);
  } catch (error) {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    throw new KeepingError(
      full ? 'The browser has no room left. Delete machines that you do not need.' : REFUSED,
    );
  } finally {
    db?.close();
  }
}

/** All kept machines that this version can read, newest first. Throws KeepingError. */
export async function keptMachines(): Promise<KeptMachine[]> {
  const rows = await withMachines((db) => db.getAll('machines'));
  return rows.flatMap(fromRow).toSorted((a, b) => b.savedAt - a.savedAt);
}

/** Keeps a machine, in the place of the one with its id. Throws KeepingError. */
export async function keepMachine(machine: KeptMachine): Promise<void> {
  const { bundle, ...rest } = machine;
  try {
    validBundle(fieldsOf(bundle), 'machine');
  } catch (error) {
    // What could not be read again is not kept under a false promise.
    throw new KeepingError(error instanceof Error ? error.message : REFUSED);
  }
  await withMachines(async (db) => {
    await db.put('machines', { ...rest, fields: fieldsOf(bundle) });
    if (!machine.auto) return;
    const autos = (await db.getAll('machines')).filter(({ auto }) => auto);
    const old = autos.toSorted((a, b) => b.savedAt - a.savedAt).slice(MOST_AUTO);
    for (const { id } of old) await db.delete('machines', id);
  });
}

/** Lets go of a machine. Throws KeepingError. */
export async function dropMachine(id: string): Promise<void> {
  await withMachines((db) => db.delete('machines', id));
}

/** An id that no machine has. */
export function freshMachineId(): string {
  return crypto.randomUUID();
}

function fromRow({ fields, ...rest }: Row): KeptMachine[] {
  try {
    return [{ ...rest, bundle: validBundle(fields, 'machine') }];
  } catch {
    return [];
  }
}
