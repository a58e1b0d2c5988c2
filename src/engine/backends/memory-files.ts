import type { State } from '../qom/state.ts';
import {
  type DirectoryEntry,
  ERRNO,
  FILE_KIND,
  FileError,
  type FileFacts,
  type SharedFiles,
} from './files.ts';

/** A file, directory or link in memory. */
interface Node {
  readonly ino: number;
  mode: number;
  nlink: number;
  bytes: Uint8Array;
  /** Of a directory, by name. */
  readonly children: Map<string, Node> | undefined;
  /** Of a link. */
  readonly target: string | undefined;
}

/** A node in a snapshot: its children by their numbers. */
type SavedNode = Omit<Node, 'children'> & {
  readonly names: readonly (readonly [name: string, ino: number])[] | undefined;
};

const fail = (errno: number): never => {
  throw new FileError(errno);
};

/** Files in memory: what a guest is shown where the host lends no directory. */
export class MemoryFiles implements SharedFiles {
  readonly blockSize: number = 4096;
  #inodes = 0;
  #root: Node = this.#make(FILE_KIND.directory | 0o755);

  /** Nodes by number: a file may have several names. */
  saveState(): State {
    const found = new Set([this.#root]);
    for (const { children } of found) for (const node of children?.values() ?? []) found.add(node);
    const nodes = [...found].map(({ children, ...rest }): SavedNode => {
      const names = children && [...children].map(([name, { ino }]) => [name, ino] as const);
      return { ...rest, names };
    });
    return { nodes, inodes: this.#inodes };
  }

  loadState(state: State): void {
    const saved = state.nodes as readonly SavedNode[];
    const nodes = new Map(
      saved.map(({ names, ...rest }) => [rest.ino, { ...rest, children: names && new Map() }]),
    );
    for (const { ino, names = [] } of saved)
      for (const [name, child] of names) nodes.get(ino)?.children?.set(name, nodes.get(child));
    this.#root = nodes.get(this.#root.ino) as Node;
    this.#inodes = state.inodes as number;
  }

  facts(path: string): FileFacts {
    const { ino, mode, nlink, bytes } = this.#find(path);
    const blocks = Math.ceil(bytes.length / 512);
    const none = { uid: 0, gid: 0, atime: 0, mtime: 0, ctime: 0 };
    return { ino, mode, nlink, size: bytes.length, blocks, ...none };
  }

  list(path: string): readonly DirectoryEntry[] {
    const { children, ino } = this.#find(path);
    if (!children) return fail(ERRNO.ENOTDIR);
    const entries = [...children].map(([name, node]) => ({ name, ino: node.ino }));
    const above = this.#find(path.slice(0, path.lastIndexOf('/')) || '/');
    return [{ name: '.', ino }, { name: '..', ino: above.ino }, ...entries];
  }

  read(path: string, position: number, into: Uint8Array): number {
    const part = this.#file(path).bytes.subarray(position, position + into.length);
    into.set(part);
    return part.length;
  }

  write(path: string, position: number, bytes: Uint8Array): number {
    const node = this.#file(path);
    const end = position + bytes.length;
    if (end > node.bytes.length) node.bytes = resized(node.bytes, end);
    node.bytes.set(bytes, position);
    return bytes.length;
  }

  create(path: string, mode: number): void {
    this.#put(path, this.#make(FILE_KIND.file | (mode & 0o777)));
  }

  makeDirectory(path: string, mode: number): void {
    this.#put(path, this.#make(FILE_KIND.directory | (mode & 0o777)));
  }

  symlink(path: string, target: string): void {
    this.#put(path, this.#make(FILE_KIND.symlink | 0o777, target));
  }

  readlink(path: string): string {
    return this.#find(path).target ?? fail(ERRNO.EINVAL);
  }

  link(from: string, to: string): void {
    const node = this.#find(from);
    this.#put(to, node);
    node.nlink++;
  }

  remove(path: string): void {
    const node = this.#find(path);
    if (node.children) fail(ERRNO.EISDIR);
    node.nlink--;
    this.#folderOf(path).delete(nameOf(path));
  }

  removeDirectory(path: string): void {
    const { children } = this.#find(path);
    if (!children) fail(ERRNO.ENOTDIR);
    else if (children.size > 0) fail(ERRNO.ENOTEMPTY);
    this.#folderOf(path).delete(nameOf(path));
  }

  rename(from: string, to: string): void {
    const node = this.#find(from);
    this.#folderOf(from).delete(nameOf(from));
    this.#folderOf(to).set(nameOf(to), node);
  }

  truncate(path: string, size: number): void {
    const node = this.#file(path);
    node.bytes = resized(node.bytes, size);
  }

  setMode(path: string, mode: number): void {
    const node = this.#find(path);
    node.mode = (node.mode & FILE_KIND.mask) | (mode & 0o7777);
  }

  #make(mode: number, target?: string): Node {
    const isDirectory = (mode & FILE_KIND.mask) === FILE_KIND.directory;
    return {
      ino: ++this.#inodes,
      mode,
      nlink: 1,
      bytes: new Uint8Array(0),
      children: isDirectory ? new Map() : undefined,
      target,
    };
  }

  #find(path: string): Node {
    let node = this.#root;
    for (const name of path.split('/').filter((part) => part !== '')) {
      if (!node.children) return fail(ERRNO.ENOTDIR);
      node = node.children.get(name) ?? fail(ERRNO.ENOENT);
    }
    return node;
  }

  #file(path: string): Node {
    const node = this.#find(path);
    return node.children ? fail(ERRNO.EISDIR) : node;
  }

  #folderOf(path: string): Map<string, Node> {
    return this.#find(path.slice(0, path.lastIndexOf('/'))).children ?? fail(ERRNO.ENOTDIR);
  }

  #put(path: string, node: Node): void {
    const folder = this.#folderOf(path);
    if (folder.has(nameOf(path))) fail(ERRNO.EEXIST);
    folder.set(nameOf(path), node);
  }
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

function resized(bytes: Uint8Array, size: number): Uint8Array {
  const grown = new Uint8Array(size);
  grown.set(bytes.subarray(0, size));
  return grown;
}
