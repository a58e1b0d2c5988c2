import {
  P9,
  P9_HEADER,
  P9_IO_HEADER,
  P9_MAX_WALK,
  P9_MIN_MESSAGE,
  P9_REMOVE_DIRECTORY,
  P9_SET,
  P9_TRUNCATE,
  P9_VERSION,
  P9_WRITES,
} from '../../../spec/9p.ts';
import {
  ERRNO,
  FILE_KIND,
  FileError,
  type FileFacts,
  type SharedFiles,
} from '../../backends/files.ts';
import { refill, type State } from '../../qom/state.ts';
import { getAttributes, statFs } from './attributes.ts';
import { Reader, Writer } from './wire.ts';

/** Message size up to which QEMU warns of slowness. */
const SLOW_MESSAGE = 8192;
/** Bytes of an answer in front of the entries of a directory, or of a file's data. */
const READ_HEADER = 11;

/** What a client calls a file by, and how it uses it. */
interface Fid {
  path: string;
  kind: 'none' | 'file' | 'directory';
}

const fail = (errno: number): never => {
  throw new FileError(errno);
};

/** Requests that change nothing: what a read-only export answers. */
const READING: readonly number[] = [
  P9.TSTATFS,
  P9.TLOPEN,
  P9.TREADLINK,
  P9.TGETATTR,
  P9.TREADDIR,
  P9.TFSYNC,
  P9.TVERSION,
  P9.TATTACH,
  P9.TFLUSH,
  P9.TWALK,
  P9.TREAD,
  P9.TCLUNK,
];

/** A file server that speaks 9P2000.L: one client, one tree of files. Requests and answers are whole messages. */
export class NineServer {
  readonly #files: SharedFiles;
  readonly #readOnly: boolean;
  readonly #report: (message: string) => void;
  readonly #fids = new Map<number, Fid>();
  /** Longest message that the client agreed to. */
  #messageSize = P9_MIN_MESSAGE;
  /** Warnings that were given: each is given once. */
  readonly #warned = new Set<string>();
  /** Path of what the client attached to. */
  readonly #root = '/';

  constructor(files: SharedFiles, readOnly: boolean, report: (message: string) => void) {
    this.#files = files;
    this.#readOnly = readOnly;
    this.#report = report;
  }

  /** The host's own files are no part of it. */
  saveState(): State {
    return {
      fids: this.#fids,
      messageSize: this.#messageSize,
      warned: this.#warned,
      files: this.#files.saveState?.(),
    };
  }

  loadState(state: State): void {
    refill(this.#fids, state.fids);
    this.#messageSize = state.messageSize as number;
    for (const warning of state.warned as Set<string>) this.#warned.add(warning);
    if (state.files) this.#files.loadState?.(state.files as State);
  }

  /** Forgets the client's files. */
  reset(): void {
    this.#fids.clear();
  }

  /** Answers a request; undefined where it waits until it is flushed. Throws ShortRequest. */
  answer(request: Uint8Array): Uint8Array | undefined {
    const view = new DataView(request.buffer, request.byteOffset, request.length);
    const type = view.getUint8(4);
    const tag = view.getUint16(5, true);
    const perform = this.#requests[type];
    try {
      if (!perform) return fail(ERRNO.EOPNOTSUPP);
      if (this.#readOnly && !READING.includes(type)) return fail(ERRNO.EROFS);
      const writer = new Writer();
      perform(new Reader(request), writer);
      return writer.message(type + 1, tag);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      if (error.errno === ERRNO.EINTR) return undefined;
      return new Writer().u32(error.errno).message(P9.RLERROR, tag);
    }
  }

  /** Room that an answer needs: a file's data may be as long as the client asked for. */
  static room(request: Uint8Array, answer: Uint8Array): number {
    if (answer[4] !== P9.TREAD + 1) return answer.length;
    const read = new Reader(request);
    read.u32();
    read.u64();
    return READ_HEADER + read.u32();
  }

  /** Tag that a flush is about; undefined where the request is none. */
  static flushed(request: Uint8Array): number | undefined {
    return request[4] === P9.TFLUSH ? new Reader(request).u16() : undefined;
  }

  readonly #requests: Readonly<Record<number, (read: Reader, write: Writer) => void>> = {
    [P9.TVERSION]: (read, write) => this.#version(read, write),
    [P9.TATTACH]: (read, write) => {
      this.#add(read.u32(), '/');
      write.qid(this.#files.facts('/'));
    },
    [P9.TWALK]: (read, write) => this.#walk(read, write),
    [P9.TLOPEN]: (read, write) => this.#open(read, write),
    [P9.TLCREATE]: (read, write) => this.#create(read, write),
    [P9.TGETATTR]: (read, write) => {
      const { path } = this.#fid(read.u32());
      getAttributes(write, this.#files.facts(path), this.#ioUnit());
    },
    [P9.TSETATTR]: (read) => this.#setAttributes(read),
    [P9.TREADDIR]: (read, write) => this.#readDirectory(read, write),
    [P9.TREAD]: (read, write) => this.#read(read, write),
    [P9.TWRITE]: (read, write) => this.#write(read, write),
    [P9.TCLUNK]: (read) => {
      if (!this.#fids.delete(read.u32())) fail(ERRNO.ENOENT);
    },
    [P9.TREMOVE]: (read) => this.#remove(read),
    // Whoever hands requests over has given up the one that waits.
    [P9.TFLUSH]: () => {},
    [P9.TFSYNC]: (read) => {
      this.#fid(read.u32());
    },
    [P9.TSTATFS]: (read, write) => {
      this.#fid(read.u32());
      statFs(write, this.#files.blockSize, this.#messageSize);
    },
    [P9.TREADLINK]: (read, write) => {
      write.text(this.#files.readlink(this.#fid(read.u32()).path));
    },
    [P9.TSYMLINK]: (read, write) => {
      const [folder, name, target] = [read.u32(), read.text(), read.text()];
      this.#make(folder, name, write, (path) => this.#files.symlink(path, target));
    },
    [P9.TMKDIR]: (read, write) => {
      const [folder, name, mode] = [read.u32(), read.text(), read.u32()];
      this.#make(folder, name, write, (path) => this.#files.makeDirectory(path, mode));
    },
    [P9.TLINK]: (read) => {
      const [folder, old, name] = [read.u32(), read.u32(), read.text()];
      const to = this.#newPath(folder, name);
      this.#files.link(this.#fid(old).path, to);
    },
    [P9.TUNLINKAT]: (read) => this.#unlink(read),
    [P9.TRENAMEAT]: (read) => {
      const [from, oldName, to, newName] = [read.u32(), read.text(), read.u32(), read.text()];
      this.#files.rename(this.#newPath(from, oldName), this.#newPath(to, newName));
    },
    [P9.TRENAME]: (read) => {
      const [fid, folder, name] = [read.u32(), read.u32(), read.text()];
      const found = this.#fid(fid);
      const to = this.#newPath(folder, name);
      this.#files.rename(found.path, to);
      found.path = to;
    },
  };

  #warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    this.#report(`warning: ${message}`);
  }

  /** Begins anew: the client says how long messages may be, and which dialect it speaks. */
  #version(read: Reader, write: Writer): void {
    const [size, version] = [read.u32(), read.text()];
    this.reset();
    this.#messageSize = size;
    if (version !== P9_VERSION) {
      write.u32(size).text('unknown');
      return;
    }
    if (size < P9_MIN_MESSAGE) {
      this.#report(
        `9pfs: Client requested msize < minimum msize (${P9_MIN_MESSAGE}) supported by this server.`,
      );
      fail(ERRNO.EMSGSIZE);
    }
    if (size <= SLOW_MESSAGE)
      this.#warn(
        '9p: degraded performance: a reasonable high msize should be chosen on client/guest side (chosen msize is <= 8192). See https://wiki.qemu.org/Documentation/9psetup#msize for details.',
      );
    write.u32(size).text(version);
  }

  #fid(number: number, errno: number = ERRNO.ENOENT): Fid {
    return this.#fids.get(number) ?? fail(errno);
  }

  #add(number: number, path: string): void {
    if (this.#fids.has(number)) fail(ERRNO.EINVAL);
    this.#fids.set(number, { path, kind: 'none' });
  }

  /** Walks from file to file. Where not all names lead somewhere, those that do are told, and no fid moves. */
  #walk(read: Reader, write: Writer): void {
    const [number, newNumber, count] = [read.u32(), read.u32(), read.u16()];
    if (count > P9_MAX_WALK) fail(ERRNO.EINVAL);
    const names = Array.from({ length: count }, () => read.text());
    if (names.some((name) => name === '' || name.includes('/'))) fail(ERRNO.ENOENT);
    const fid = this.#fid(number);
    const root = this.#files.facts(this.#root).ino;
    let path = fid.path;
    let here = this.#files.facts(path);
    const walked: FileFacts[] = [];
    let failure: FileError | undefined;
    for (const name of names) {
      try {
        if (name !== '..' || here.ino !== root) {
          path = join(path, name);
          here = this.#files.facts(path);
        }
        walked.push(here);
      } catch (error) {
        if (!(error instanceof FileError)) throw error;
        failure = error;
        break;
      }
    }
    if (failure && walked.length === 0) throw failure;
    if (!failure && number !== newNumber) this.#add(newNumber, path);
    else if (!failure) {
      if (fid.kind !== 'none') fail(ERRNO.EINVAL);
      fid.path = path;
    }
    write.u16(walked.length);
    for (const facts of walked) write.qid(facts);
  }

  /** Bytes of data that one message carries: whole blocks where they fit. */
  #ioUnit(): number {
    const most = this.#messageSize - P9_IO_HEADER;
    return most - (most % this.#files.blockSize) || most;
  }

  #open(read: Reader, write: Writer): void {
    const [number, flags] = [read.u32(), read.u32()];
    const fid = this.#fid(number);
    if (fid.kind !== 'none') fail(ERRNO.EINVAL);
    const facts = this.#files.facts(fid.path);
    const isDirectory = (facts.mode & FILE_KIND.mask) === FILE_KIND.directory;
    if (!isDirectory && this.#readOnly && flags & P9_WRITES) fail(ERRNO.EROFS);
    if (!isDirectory && flags & P9_TRUNCATE) this.#files.truncate(fid.path, 0);
    fid.kind = isDirectory ? 'directory' : 'file';
    write.qid(facts).u32(isDirectory ? 0 : this.#ioUnit());
  }

  #create(read: Reader, write: Writer): void {
    const [number, name, , mode] = [read.u32(), read.text(), read.u32(), read.u32()];
    const path = this.#newPath(number, name);
    const fid = this.#fid(number);
    if (fid.kind !== 'none') fail(ERRNO.EINVAL);
    this.#files.create(path, mode);
    fid.path = path;
    fid.kind = 'file';
    write.qid(this.#files.facts(path)).u32(this.#ioUnit());
  }

  /** Path of a name below a directory. */
  #newPath(folder: number, name: string): string {
    if (name === '' || name.includes('/')) fail(ERRNO.ENOENT);
    if (name === '.' || name === '..') fail(ERRNO.EEXIST);
    return join(this.#fid(folder).path, name);
  }

  #make(folder: number, name: string, write: Writer, make: (path: string) => void): void {
    const path = this.#newPath(folder, name);
    make(path);
    write.qid(this.#files.facts(path));
  }

  #setAttributes(read: Reader): void {
    const [number, valid, mode] = [read.u32(), read.u32(), read.u32(), read.u32(), read.u32()];
    const size = read.u64();
    const { path } = this.#fid(number ?? 0, ERRNO.EINVAL);
    if ((valid ?? 0) & P9_SET.mode) this.#files.setMode(path, mode ?? 0);
    if ((valid ?? 0) & P9_SET.size) this.#files.truncate(path, size);
  }

  #readDirectory(read: Reader, write: Writer): void {
    const [number, offset, wanted] = [read.u32(), read.u64(), read.u32()];
    const most = this.#messageSize - READ_HEADER;
    if (wanted > most) this.#warn('9p: bad client: T_readdir with count > msize - 11');
    const fid = this.#fid(number, ERRNO.EINVAL);
    if (fid.kind !== 'directory') {
      this.#warn('9p: bad client: T_readdir on non-directory stream');
      fail(ERRNO.ENOTDIR);
    }
    const entries = new Writer();
    let room = Math.min(wanted, most);
    let total = 0;
    const all = this.#files.list(fid.path);
    for (let i = offset; i < all.length; i++) {
      const { name = '', ino = 0 } = all[i] ?? {};
      const before = new Writer()
        .bareQid(ino)
        .u64(i + 1)
        .u8(0)
        .text(name);
      const bytes = before.message(0, 0).subarray(P9_HEADER);
      if (bytes.length > room) break;
      room -= bytes.length;
      total += bytes.length;
      entries.bytes(bytes);
    }
    write.u32(total).bytes(entries.message(0, 0).subarray(P9_HEADER));
  }

  #read(read: Reader, write: Writer): void {
    const [number, offset, wanted] = [read.u32(), read.u64(), read.u32()];
    const fid = this.#fid(number, ERRNO.EINVAL);
    if (fid.kind === 'directory') {
      this.#warn(
        '9p: bad client: T_read request on directory only expected with 9P2000.u protocol version',
      );
      fail(ERRNO.EOPNOTSUPP);
    }
    if (fid.kind === 'none') fail(ERRNO.EINVAL);
    const into = new Uint8Array(Math.min(wanted, this.#messageSize - READ_HEADER));
    const got = this.#files.read(fid.path, offset, into);
    write.u32(got).bytes(into.subarray(0, got));
  }

  #write(read: Reader, write: Writer): void {
    const [number, offset, count] = [read.u32(), read.u64(), read.u32()];
    const bytes = read.bytes(count);
    const fid = this.#fid(number, ERRNO.EINVAL);
    if (fid.kind !== 'file') fail(ERRNO.EINVAL);
    write.u32(this.#files.write(fid.path, offset, bytes));
  }

  #remove(read: Reader): void {
    const number = read.u32();
    const { path } = this.#fid(number, ERRNO.EINVAL);
    const { mode } = this.#files.facts(path);
    if ((mode & FILE_KIND.mask) === FILE_KIND.directory) this.#files.removeDirectory(path);
    else this.#files.remove(path);
    this.#fids.delete(number);
  }

  #unlink(read: Reader): void {
    const [folder, name, flags] = [read.u32(), read.text(), read.u32()];
    if (name === '' || name.includes('/')) fail(ERRNO.ENOENT);
    if (name === '.') fail(ERRNO.EINVAL);
    if (name === '..') fail(ERRNO.ENOTEMPTY);
    const path = join(this.#fid(folder, ERRNO.EINVAL).path, name);
    if (flags & P9_REMOVE_DIRECTORY) this.#files.removeDirectory(path);
    else this.#files.remove(path);
  }
}

/** Path of `name` below `folder`; `..` leads up. */
function join(folder: string, name: string): string {
  if (name === '..') return folder.slice(0, folder.lastIndexOf('/')) || '/';
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}
