import {
  chmodSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  statfsSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type DirectoryEntry,
  ERRNO,
  FileError,
  type FileFacts,
  type SharedFiles,
} from '../engine/backends/files.ts';

/** A directory on disk that a guest shares. Links are never followed: they could lead out of it. */
export class DirectoryFiles implements SharedFiles {
  readonly blockSize: number;
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.blockSize = statfsSync(directory).bsize;
  }

  facts(path: string): FileFacts {
    return asked(() => {
      const facts = lstatSync(this.#onDisk(path));
      const { ino, mode, nlink, uid, gid, size, blocks } = facts;
      const [atime, mtime, ctime] = [facts.atimeMs, facts.mtimeMs, facts.ctimeMs].map((ms) =>
        Math.floor(ms / 1000),
      ) as [number, number, number];
      return { ino, mode, nlink, uid, gid, size, blocks, atime, mtime, ctime };
    });
  }

  list(path: string): readonly DirectoryEntry[] {
    return asked(() => {
      const names = ['.', '..', ...readdirSync(this.#onDisk(path))];
      return names.map((name) => {
        const above = name === '..' && path === '/' ? '/' : `${path}/${name}`;
        return { name, ino: lstatSync(this.#onDisk(above)).ino };
      });
    });
  }

  read(path: string, position: number, into: Uint8Array): number {
    return this.#withFile(path, 'r', (file) => readSync(file, into, 0, into.length, position));
  }

  write(path: string, position: number, bytes: Uint8Array): number {
    return this.#withFile(path, 'r+', (file) => writeSync(file, bytes, 0, bytes.length, position));
  }

  create(path: string, mode: number): void {
    asked(() => writeFileSync(this.#onDisk(path), '', { mode: mode & 0o777, flag: 'wx' }));
  }

  makeDirectory(path: string, mode: number): void {
    asked(() => mkdirSync(this.#onDisk(path), mode & 0o777));
  }

  symlink(path: string, target: string): void {
    asked(() => symlinkSync(target, this.#onDisk(path)));
  }

  readlink(path: string): string {
    return asked(() => readlinkSync(this.#onDisk(path)));
  }

  link(from: string, to: string): void {
    asked(() => linkSync(this.#onDisk(from), this.#onDisk(to)));
  }

  remove(path: string): void {
    asked(() => unlinkSync(this.#onDisk(path)));
  }

  removeDirectory(path: string): void {
    asked(() => rmdirSync(this.#onDisk(path)));
  }

  rename(from: string, to: string): void {
    asked(() => renameSync(this.#onDisk(from), this.#onDisk(to)));
  }

  truncate(path: string, size: number): void {
    asked(() => truncateSync(this.#plain(path), size));
  }

  setMode(path: string, mode: number): void {
    asked(() => chmodSync(this.#plain(path), mode & 0o7777));
  }

  /** Path on disk. What leads there are directories: a guest cannot leave the shared one through a link. */
  #onDisk(path: string): string {
    const parts = path.split('/').filter((part) => part !== '' && part !== '.');
    for (let i = 1; i < parts.length; i++) {
      const above = join(this.#directory, ...parts.slice(0, i));
      if (lstatSync(above).isSymbolicLink()) throw new FileError(ERRNO.ENOTDIR);
    }
    return join(this.#directory, ...parts);
  }

  /** Path on disk of what is no link. */
  #plain(path: string): string {
    const onDisk = this.#onDisk(path);
    if (lstatSync(onDisk).isSymbolicLink()) throw new FileError(ERRNO.EINVAL);
    return onDisk;
  }

  #withFile<T>(path: string, flags: string, work: (file: number) => T): T {
    return asked(() => {
      const file = openSync(this.#plain(path), flags);
      try {
        return work(file);
      } finally {
        closeSync(file);
      }
    });
  }
}

/** Asks the disk, and turns what goes wrong into an error of ours. */
function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof FileError) throw error;
    const { errno } = error as NodeJS.ErrnoException;
    throw new FileError(errno === undefined ? ERRNO.EIO : Math.abs(errno));
  }
}
