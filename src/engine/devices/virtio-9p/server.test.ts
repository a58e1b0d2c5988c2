import { expect, test } from 'vitest';
import { P9 } from '../../../spec/9p.ts';
import { ERRNO, type SharedFiles } from '../../backends/files.ts';
import { MemoryFiles } from '../../backends/memory-files.ts';
import { SynthFiles } from '../../backends/synth-files.ts';
import { NineServer } from './server.ts';
import { Reader, Writer } from './wire.ts';

/** A client that is attached to fid 0. */
class Client {
  readonly said: string[] = [];
  readonly server: NineServer;

  constructor(files: SharedFiles, readOnly = false) {
    this.server = new NineServer(files, readOnly, (line) => this.said.push(line));
    this.ask(P9.TVERSION, (write) => write.u32(65536).text('9P2000.L'));
    this.ask(P9.TATTACH, (write) => write.u32(0).u32(0xffff_ffff).text('me').text('').u32(0));
  }

  /** Sends a request; the answer's fields, or the error's number. */
  ask(type: number, fill: (write: Writer) => Writer): Reader | number {
    const answer = this.server.answer(fill(new Writer()).message(type, 1));
    if (!answer) throw new Error('the request waits');
    const read = new Reader(answer);
    return answer[4] === P9.RLERROR ? read.u32() : read;
  }

  walk(fid: number, newFid: number, ...names: readonly string[]): Reader | number {
    return this.ask(P9.TWALK, (write) => {
      write.u32(fid).u32(newFid).u16(names.length);
      for (const name of names) write.text(name);
      return write;
    });
  }

  open(fid: number): Reader | number {
    return this.ask(P9.TLOPEN, (write) => write.u32(fid).u32(2));
  }
}

test('a walk tells how far it came, and moves no fid where it did not arrive', () => {
  const client = new Client(new SynthFiles());
  const walked = client.walk(0, 1, 'WALK0', 'nowhere');
  expect((walked as Reader).u16()).toBe(1);
  expect(client.open(1)).toBe(ERRNO.ENOENT);
  expect(client.walk(0, 1, 'nowhere', 'WALK0')).toBe(ERRNO.ENOENT);
  const deep = Array.from({ length: 16 }, (_, i) => `WALK${i}`);
  expect((client.walk(0, 1, ...deep) as Reader).u16()).toBe(16);
  expect(client.walk(0, 2, ...deep, 'more')).toBe(ERRNO.EINVAL);
});

test('the root has nothing above it', () => {
  const client = new Client(new MemoryFiles());
  const walked = client.walk(0, 1, '..') as Reader;
  expect(walked.u16()).toBe(1);
});

test('files are made, written, read, cut off and removed', () => {
  const client = new Client(new MemoryFiles());
  client.walk(0, 1);
  client.ask(P9.TLCREATE, (write) => write.u32(1).text('a').u32(2).u32(0o644).u32(0));
  const data = Uint8Array.of(1, 2, 3, 4);
  const wrote = client.ask(P9.TWRITE, (write) => write.u32(1).u64(2).u32(4).bytes(data));
  expect((wrote as Reader).u32()).toBe(4);
  const read = client.ask(P9.TREAD, (write) => write.u32(1).u64(0).u32(100)) as Reader;
  expect([...read.bytes(read.u32())]).toEqual([0, 0, 1, 2, 3, 4]);
  const zeros = (write: Writer, count: number) => {
    for (let i = 0; i < count; i++) write.u64(0);
    return write;
  };
  client.ask(P9.TSETATTR, (write) => zeros(write.u32(1).u32(8).u32(0).u32(0).u32(0).u64(3), 4));
  const again = client.ask(P9.TREAD, (write) => write.u32(1).u64(0).u32(100)) as Reader;
  expect(again.u32()).toBe(3);
  const remove = () => client.ask(P9.TUNLINKAT, (write) => write.u32(0).text('a').u32(0));
  expect(remove()).toBeInstanceOf(Reader);
  expect(remove()).toBe(ERRNO.ENOENT);
});

test('a directory is told in as many answers as it takes', () => {
  const client = new Client(new SynthFiles());
  client.walk(0, 1, 'ReadDirDir');
  client.open(1);
  const names: string[] = [];
  for (let offset = 0; ; ) {
    const answer = client.ask(P9.TREADDIR, (write) => write.u32(1).u64(offset).u32(128)) as Reader;
    const entries = new Reader(
      new Uint8Array([...new Uint8Array(7), ...answer.bytes(answer.u32())]),
    );
    const before = names.length;
    try {
      for (;;) {
        entries.bytes(13);
        offset = entries.u64();
        entries.bytes(1);
        names.push(entries.text());
      }
    } catch {
      if (names.length === before) break;
    }
  }
  expect(names).toHaveLength(102);
  expect(new Set(names)).toContain('ReadDirFile99');
});

test('a write that waits is given up by a flush', () => {
  const client = new Client(new SynthFiles());
  client.walk(0, 1, 'FLUSH');
  client.open(1);
  const write = (byte: number) => new Writer().u32(1).u64(0).u32(1).u8(byte).message(P9.TWRITE, 9);
  expect(client.server.answer(write(1))).toBeUndefined();
  expect(client.server.answer(write(0))?.[4]).toBe(P9.TWRITE + 1);
  expect(NineServer.flushed(new Writer().u16(9).message(P9.TFLUSH, 2))).toBe(9);
});

test('a read-only export refuses changes, and what is no request is not supported', () => {
  const client = new Client(new MemoryFiles(), true);
  const make = client.ask(P9.TMKDIR, (write) => write.u32(0).text('d').u32(0o755).u32(0));
  expect(make).toBe(ERRNO.EROFS);
  expect(client.ask(99, (write) => write)).toBe(ERRNO.EOPNOTSUPP);
});

test('the first version that is too short is refused, and slowness is mentioned once', () => {
  const client = new Client(new MemoryFiles());
  const version = (size: number, name: string) =>
    client.ask(P9.TVERSION, (write) => write.u32(size).text(name));
  expect(version(4000, '9P2000.L')).toBe(ERRNO.EMSGSIZE);
  version(8192, '9P2000.L');
  version(8192, '9P2000.L');
  expect(client.said.filter((line) => line.includes('degraded performance'))).toHaveLength(1);
  const unknown = version(8192, '9P2000') as Reader;
  unknown.u32();
  expect(unknown.text()).toBe('unknown');
});
