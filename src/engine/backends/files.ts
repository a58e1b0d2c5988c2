import type { State } from '../qom/state.ts';

/** Error numbers of Linux, as file systems report them. */
export const ERRNO = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  EIO: 5,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  ENOSPC: 28,
  EROFS: 30,
  ENOSYS: 38,
  ENOTEMPTY: 39,
  EMSGSIZE: 90,
  EOPNOTSUPP: 95,
} as const;

/** A file operation that failed. */
export class FileError extends Error {
  /** One of Linux's numbers. */
  readonly errno: number;

  constructor(errno: number) {
    super(`errno ${errno}`);
    this.errno = errno;
  }
}

/** Kinds of files in a mode. */
export const FILE_KIND = { mask: 0o170000, directory: 0o040000, file: 0o100000, symlink: 0o120000 };

/** What a file system knows about a file; times in seconds. */
export interface FileFacts {
  readonly ino: number;
  /** Kind and permissions. */
  readonly mode: number;
  readonly nlink: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly blocks: number;
  readonly atime: number;
  readonly mtime: number;
  readonly ctime: number;
}

/** A name in a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly ino: number;
}

/** Files below a directory that is shared with a guest. Paths begin with `/`; methods throw FileError. */
export interface SharedFiles {
  /** Bytes of a block. */
  readonly blockSize: number;
  /** What `path` is, itself and not what a link leads to. */
  facts(path: string): FileFacts;
  /** `.` and `..` among them. */
  list(path: string): readonly DirectoryEntry[];
  /** Copies bytes from `position` on; returns how many there were. */
  read(path: string, position: number, into: Uint8Array): number;
  /** Returns how many bytes were taken. EINTR: the request waits until it is given up. */
  write(path: string, position: number, bytes: Uint8Array): number;
  create(path: string, mode: number): void;
  makeDirectory(path: string, mode: number): void;
  /** A link at `path` that names `target`. */
  symlink(path: string, target: string): void;
  readlink(path: string): string;
  /** Another name for a file. */
  link(from: string, to: string): void;
  remove(path: string): void;
  removeDirectory(path: string): void;
  rename(from: string, to: string): void;
  truncate(path: string, size: number): void;
  setMode(path: string, mode: number): void;
  /** What a snapshot keeps; absent where the files are the host's, or never change. */
  saveState?(): State;
  loadState?(state: State): void;
}
