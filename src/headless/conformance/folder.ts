import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Recorded answers, by path below their folder. */
export interface Folder {
  /** Text of a file, or undefined where there is none. */
  read(path: string): string | undefined;
  /** Names of the files in a folder, sorted. */
  list(path: string): string[];
}

/** A folder on disk. */
export function diskFolder(root: string): Folder {
  return {
    read(path) {
      const full = join(root, path);
      return existsSync(full) && statSync(full).isFile() ? readFileSync(full, 'utf8') : undefined;
    },
    list(path) {
      const full = join(root, path);
      return existsSync(full) ? readdirSync(full).sort() : [];
    },
  };
}

/** Text of a file that must be there. */
export function readFile(folder: Folder, path: string): string {
  const text = folder.read(path);
  if (text === undefined) throw new Error(`${path} is missing`);
  return text;
}
