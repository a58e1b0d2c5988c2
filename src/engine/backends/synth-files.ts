import {
  type DirectoryEntry,
  ERRNO,
  FILE_KIND,
  FileError,
  type FileFacts,
  type SharedFiles,
} from './files.ts';

/** A node that a test finds: directories have children. */
interface Node {
  readonly ino: number;
  readonly mode: number;
  nlink: number;
  /** Name and node, newest first; `.` and `..` among them. */
  readonly children: [name: string, node: Node][] | undefined;
  readonly write: ((bytes: Uint8Array) => number) | undefined;
}

/** How many directories below one another QEMU's test walks, and how many files its other directory has. */
const WALK_DEPTH = 16;
const DIRECTORY_FILES = 100;

/** QEMU's synthetic file system, with what its own tests look for in it. */
export class SynthFiles implements SharedFiles {
  readonly blockSize = 512;
  #inodes = 0;
  readonly #root: Node = {
    ino: 0,
    mode: FILE_KIND.directory | 0o555,
    nlink: 1,
    children: [],
    write: undefined,
  };

  constructor() {
    this.#link(this.#root, '..', this.#root);
    this.#link(this.#root, '.', this.#root);
    let node = this.#root;
    for (let i = 0; i < WALK_DEPTH; i++) node = this.#directory(node, `WALK${i}`);
    this.#file(this.#root, 'LOPEN');
    this.#file(this.#root, 'WRITE', (bytes) => bytes.length);
    // A write that begins with a zero is taken; any other one waits until it is given up.
    this.#file(this.#root, 'FLUSH', (bytes) => (bytes[0] ? refuse(ERRNO.EINTR) : bytes.length));
    const directory = this.#directory(this.#root, 'ReadDirDir');
    for (let i = 0; i < DIRECTORY_FILES; i++) this.#file(directory, `ReadDirFile${i}`);
  }

  facts(path: string): FileFacts {
    const { ino, mode, nlink } = this.#find(path);
    const zeros = { uid: 0, gid: 0, size: 0, blocks: 0, atime: 0, mtime: 0, ctime: 0 };
    return { ino, mode, nlink, ...zeros };
  }

  list(path: string): readonly DirectoryEntry[] {
    const { children } = this.#find(path);
    return children?.map(([name, { ino }]) => ({ name, ino })) ?? refuse(ERRNO.ENOTDIR);
  }

  read(): number {
    return refuse(ERRNO.EPERM);
  }

  write(path: string, _position: number, bytes: Uint8Array): number {
    const { write } = this.#find(path);
    return write ? write(bytes) : refuse(ERRNO.EPERM);
  }

  create(): void {
    refuse(ERRNO.ENOSYS);
  }

  makeDirectory(): void {
    refuse(ERRNO.EPERM);
  }

  symlink(): void {
    refuse(ERRNO.EPERM);
  }

  readlink(): string {
    return refuse(ERRNO.ENOSYS);
  }

  link(): void {
    refuse(ERRNO.EPERM);
  }

  remove(): void {
    refuse(ERRNO.EPERM);
  }

  removeDirectory(): void {
    refuse(ERRNO.EPERM);
  }

  rename(): void {
    refuse(ERRNO.EPERM);
  }

  truncate(): void {
    refuse(ERRNO.ENOSYS);
  }

  setMode(): void {
    refuse(ERRNO.EPERM);
  }

  #find(path: string): Node {
    let node = this.#root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      // Neither the directory itself nor the one above it can be walked to.
      if (name === '.' || name === '..') refuse(ERRNO.EINVAL);
      node = node.children?.find(([known]) => known === name)?.[1] ?? refuse(ERRNO.ENOENT);
    }
    return node;
  }

  #link(parent: Node, name: string, node: Node): void {
    parent.children?.unshift([name, node]);
    node.nlink++;
  }

  #add(parent: Node, name: string, node: Node): Node {
    parent.children?.unshift([name, node]);
    return node;
  }

  #directory(parent: Node, name: string): Node {
    const mode = FILE_KIND.directory | 0o500;
    const made = { ino: ++this.#inodes, mode, nlink: 1, children: [], write: undefined };
    const node = this.#add(parent, name, made);
    this.#link(node, '..', parent);
    this.#link(node, '.', node);
    return node;
  }

  #file(parent: Node, name: string, write?: (bytes: Uint8Array) => number): void {
    const ino = ++this.#inodes;
    this.#add(parent, name, { ino, mode: FILE_KIND.file, nlink: 1, children: undefined, write });
  }
}

function refuse(errno: number): never {
  throw new FileError(errno);
}
