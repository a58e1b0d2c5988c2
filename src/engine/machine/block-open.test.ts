import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { bytesSource } from '../backends/byte-source.ts';
import { Drives } from './drives.ts';
import { parseOpts } from './opts.ts';
import { StartLog } from './start-log.ts';

/** Images by name; `numbers` holds 0, 1, 2, … modulo 256. */
const IMAGES: Readonly<Record<string, Uint8Array>> = {
  numbers: new Uint8Array(8192).map((_, i) => i & 0xff),
  'a:b': new Uint8Array(512),
  'disk.qcow2': Uint8Array.of(0x51, 0x46, 0x49, 0xfb, 0, 0, 0, 3),
};

function open(...options: string[]): Drives {
  const openImage = (name: string) => {
    const bytes = IMAGES[name];
    return bytes && bytesSource(bytes);
  };
  const drives = new Drives({ ...goldenHost(), openImage }, new StartLog());
  for (const option of options) {
    const [kind = '', text = ''] = option.split(' ');
    const located = {
      ...parseOpts(text, kind === '-blockdev' ? 'driver' : undefined),
      location: option,
    };
    if (kind === '-blockdev') drives.addNode(located);
    else drives.addDrive(located);
  }
  return drives;
}

function bytesAt(drives: Drives, name: string, position: number, length: number): number[] {
  const into = new Uint8Array(length);
  drives.resolve(name)?.read(position, into);
  return [...into];
}

describe('what a drive holds', () => {
  test('is the image that file= names', () => {
    const drives = open('-drive if=none,id=d,file=numbers,format=raw');
    expect(drives.resolve('d')?.length).toBe(8192);
    expect(bytesAt(drives, 'd', 256, 3)).toEqual([0, 1, 2]);
    expect(bytesAt(drives, 'd', 513, 2)).toEqual([1, 2]);
  });

  test('may be a part of it', () => {
    const drives = open('-drive if=none,id=d,file=numbers,format=raw,offset=7,size=1k');
    expect(drives.resolve('d')?.length).toBe(1024);
    expect(bytesAt(drives, 'd', 0, 2)).toEqual([7, 8]);
    expect(bytesAt(drives, 'd', 1022, 2)).toEqual([5, 6]);
  });

  test('may stand on a named node, which is the same image', () => {
    const drives = open(
      '-blockdev file,node-name=f,filename=numbers',
      '-blockdev raw,node-name=n,file=f,offset=2',
    );
    expect(bytesAt(drives, 'n', 0, 2)).toEqual([2, 3]);
    expect(drives.resolve('n')?.options).toMatchObject({
      id: 'n',
      filename: 'numbers',
      format: 'raw',
    });
  });

  test('is nothing but zeros with null-co, and what is written is gone', () => {
    const drives = open(
      '-drive if=none,id=d,file=null-co://,format=raw',
      '-blockdev null-co,node-name=n,size=4096',
    );
    expect([drives.resolve('d')?.length, drives.resolve('n')?.length]).toEqual([2 ** 30, 4096]);
    drives.resolve('d')?.write(0, Uint8Array.of(1));
    expect(bytesAt(drives, 'd', 0, 1)).toEqual([0]);
  });

  test('may have a colon in its name, unless it is a protocol', () => {
    expect(open('-drive if=none,id=d,file=a:b,format=raw').resolve('d')?.length).toBe(512);
    expect(() => open('-drive if=none,id=d,file=c:d,format=raw')).toThrow("Unknown protocol 'c'");
  });

  test('is not guessed where it is plainly something else', () => {
    const text =
      "Images of format 'qcow2' are not modelled; convert the image with qemu-img convert -O raw";
    for (const format of ['', ',format=qcow2'])
      expect(() => open(`-drive if=none,id=d,file=disk.qcow2${format}`)).toThrow(text);
    expect(open('-drive if=none,id=d,file=disk.qcow2,format=raw').resolve('d')?.length).toBe(512);
    for (const driver of ['constructor', '__proto__', 'toString'])
      expect(() => open(`-drive if=none,id=d,driver=${driver},file=numbers`)).toThrow(
        `Unknown driver '${driver}'`,
      );
  });
});

describe('options of a drive', () => {
  test.each([
    ['', { writeCache: true, direct: false, noFlush: false, readOnly: false }],
    [',cache=none', { writeCache: true, direct: true, noFlush: false }],
    [',cache=writethrough', { writeCache: false, direct: false }],
    [',cache=unsafe', { noFlush: true }],
    [',cache=none,cache.direct=off', { direct: false }],
    [',readonly=on', { readOnly: true }],
    [',media=cdrom', { readOnly: true }],
    [',detect-zeroes=unmap', { detectZeroes: 'unmap' }],
    [',node-name=n', { nodeName: 'n' }],
  ])('%s', (text, options) => {
    const drives = open(`-drive if=none,id=d,file=numbers,format=raw${text}`);
    expect(drives.resolve('d')?.options).toMatchObject(options);
  });

  test('without an id it is called by its interface and number', () => {
    const file = 'file=numbers,format=raw';
    const drives = open(
      `-drive if=none,${file}`,
      `-drive if=virtio,${file}`,
      `-drive if=none,${file}`,
      `-drive ${file}`,
    );
    expect(drives.list.map(({ id }) => id)).toEqual(['none0', 'virtio0', 'none1', 'ide0-hd0']);
  });
});

test('a name that nobody has is nothing', () => {
  expect(open().resolve('nosuch')).toBeUndefined();
});
