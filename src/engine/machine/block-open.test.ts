import { describe, expect, test } from 'vitest';
import { goldenHost } from '../../testing/golden.ts';
import { bytesSource } from '../backends/byte-source.ts';
import { Origins } from './back-end-facts.ts';
import { PC } from './boards/pc/pc.ts';
import { Drives } from './drives.ts';
import { parseKeyval } from './keyval.ts';
import { parseOpts } from './opts.ts';
import { BLOCKDEV_SCHEMA } from './qapi/blockdev.ts';
import { visitKeyval } from './qapi/visit.ts';
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
  const log = new StartLog();
  const drives = new Drives({ ...goldenHost(), openImage }, log, PC, new Origins(log));
  for (const option of options) {
    const [kind = '', text = ''] = option.split(' ');
    if (kind === '-blockdev')
      drives.addNode(
        visitKeyval(BLOCKDEV_SCHEMA, 'BlockdevOptions', parseKeyval(text, 'driver').tree),
      );
    else drives.addDrive({ ...parseOpts(text), location: { text: option, option: 0 } });
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
      filename:
        'json:{"offset": 2, "driver": "raw", "file": {"driver": "file", "filename": "numbers"}}',
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

describe('what info block calls a node', () => {
  test.each([
    ['-drive if=none,id=d,file=numbers,format=raw', 'numbers'],
    ['-drive if=none,id=d,driver=null-co', 'null-co://'],
    ['-drive if=none,id=d,driver=null-co,size=1M', 'json:{"driver": "null-co", "size": "1M"}'],
    [
      '-drive if=none,id=d,file=numbers,format=raw,offset=512',
      'json:{"offset": "512", "driver": "raw", "file": {"driver": "file", "filename": "numbers"}}',
    ],
    ['-blockdev null-co,node-name=d,latency-ns=5', 'null-co://'],
    [
      '-blockdev null-co,node-name=d,size=4096,read-zeroes=on',
      'json:{"read-zeroes": true, "driver": "null-co", "size": 4096}',
    ],
    ['-blockdev raw,node-name=d,file.driver=null-co', 'null-co://'],
    [
      '-blockdev copy-on-read,node-name=d,file.driver=null-co',
      'json:{"driver": "copy-on-read", "file": {"driver": "null-co"}}',
    ],
  ])('%s', (option, filename) => {
    expect(open(option).resolve('d')?.options.filename).toBe(filename);
  });
});

test('two drives on one image may not both be written', () => {
  const file = 'file=numbers,format=raw';
  const drives = open(`-drive if=none,id=a,${file}`, `-drive if=none,id=b,${file}`);
  expect(drives.resolve('a')?.attach('/a', false)).toBeUndefined();
  expect(drives.resolve('b')?.attach('/b', false)).toBe(
    'Failed to get "write" lock\nIs another process using the image [numbers]?',
  );
  const kept = open(
    `-drive if=none,id=a,${file},snapshot=on`,
    `-drive if=none,id=b,${file},snapshot=on`,
  );
  for (const id of ['a', 'b']) expect(kept.resolve(id)?.attach(`/${id}`, false)).toBeUndefined();
});

test('a drive that the board has no place for is refused once the board stands', () => {
  const drives = open('-drive if=scsi,file=numbers,format=raw');
  expect(() => drives.checkOrphans()).toThrow('machine type does not support if=scsi,bus=0,unit=0');
});

test('a name that nobody has is nothing', () => {
  expect(open().resolve('nosuch')).toBeUndefined();
});

describe('blkdebug', () => {
  test('hands on what its image holds', () => {
    const drives = open('-drive if=none,id=d,file=blkdebug::numbers,format=raw,file.align=4k');
    expect(bytesAt(drives, 'd', 258, 2)).toEqual([2, 3]);
    expect(drives.resolve('d')?.options.filename).toBe(
      'json:{"driver": "raw", "file": {"image": {"driver": "file", "filename": "numbers"}, "driver": "blkdebug", "align": "4k"}}',
    );
    const plain = open('-drive if=none,id=d,file=blkdebug::null-co://,format=raw');
    expect(plain.resolve('d')?.options.filename).toBe('blkdebug::null-co://');
  });

  test('has its name before its image has one', () => {
    const drives = open('-blockdev blkdebug,node-name=x,image.driver=null-co,image.node-name=y');
    expect(drives.nodes().map(({ name }) => name)).toEqual(['y', 'x']);
  });

  test.each([
    [
      'file=blkdebug::null-co://,file.foo=1',
      "Block protocol 'blkdebug' doesn't support the option 'foo'",
    ],
    ['file=blkdebug::null-co://,file.align=3', 'Cannot meet constraints with align 3'],
    [
      'file=blkdebug:rules:null-co://',
      'Could not read blkdebug config file: No such file or directory',
    ],
    [
      'file.driver=blkdebug,file.filename=null-co://',
      "File name string must start with 'blkdebug:'",
    ],
  ])('%s is refused', (options, reason) => {
    expect(() => open(`-drive if=none,id=d,format=raw,${options}`)).toThrow(reason);
  });
});

describe('drive_del', () => {
  test('takes a drive away; a device that had it keeps an empty one', () => {
    const drives = open('-drive if=none,id=d,file=numbers,format=raw');
    const tray = drives.resolve('d');
    tray?.attach('/dev0', false);
    drives.removeDrive('d');
    expect(drives.resolve('d')).toBeUndefined();
    expect(tray?.inserted).toBe(false);
    expect(drives.trays).toEqual([{ name: '', tray, devicesBefore: 0 }]);
    tray?.release('/dev0');
    expect(drives.trays).toEqual([]);
  });

  test('takes the name of a new drive at once', () => {
    const drives = open('-drive if=none,id=d,file=numbers,format=raw');
    drives.resolve('d')?.attach('/dev0', false);
    const old = drives.resolve.bind(drives);
    expect(() => old('d')).toThrow('already in use');
    drives.removeDrive('d');
    drives.addDrive({ ...parseOpts('if=none,id=d'), location: { text: '', option: 0 } });
    expect(drives.trays.map(({ name }) => name)).toEqual(['', 'd']);
  });

  test('takes a node that nobody uses', () => {
    const drives = open('-blockdev null-co,node-name=n');
    drives.removeDrive('n');
    expect(() => drives.removeDrive('n')).toThrow("Device 'n' not found");
  });
});
