import { describe, expect, test } from 'vitest';
import { machineOf } from '../testing/built-machine.ts';
import type { DocumentOption } from './document.ts';
import { renameId } from './edits.ts';
import { lineOf, readDocument } from './read.ts';
import { referencesOf, renamed } from './references.ts';

const only = (text: string): DocumentOption => {
  const [option] = readDocument(text).options;
  if (!option) throw new Error('no option');
  return option;
};

test.each([
  ['-device virtio-blk-pci,drive=d,iothread=t,bus=br', ['block d', 'object t', 'device br']],
  ['-device scsi-hd,bus=s.0,drive=d', ['device s.0', 'device s', 'block d']],
  ['-device virtio-net-pci,netdev=n,mac=1', ['netdev n']],
  ['-device virtserialport,chardev=c', ['chardev c']],
  ['-device virtio-9p-pci,fsdev=f,mount_tag=f', ['fsdev f']],
  [`-device '{"driver":"virtio-rng-pci","rng":"/objects/r"}'`, ['object r']],
  ['-netdev vhost-user,id=n,chardev=c', ['chardev c']],
  ['-drive if=none,file=d,id=x', []],
  ['-blockdev raw,node-name=n,file=low', ['block low']],
  [
    `-blockdev '{"driver":"qcow2","node-name":"n","file":{"driver":"raw","file":"low"},"backing":"b"}'`,
    ['block low', 'block b'],
  ],
  ['-blockdev quorum,node-name=q,children.0=a,children.1=b', ['block a', 'block b']],
  ['-object filter-dump,id=f,netdev=n', ['netdev n']],
  ['-M pc,memory-backend=m', ['object m']],
  ['-machine memory-backend=m', ['object m']],
  ['-mon chardev=c', ['chardev c']],
  ['-serial chardev:c', ['chardev c']],
  ['-serial null', []],
  ['-set device.x.drive=d', ['device x', 'block d']],
  ['-global virtio-blk-device.iothread=t', ['object t']],
  ['-global driver=virtio-rng-device,property=rng,value=r', ['object r']],
  ['-device virtio-rng-pci,rng=', []],
  ['-m 64', []],
])('%s refers to %j', (text, expected) => {
  expect(referencesOf(only(text)).map(({ kind, id }) => `${kind} ${id}`)).toEqual(expected);
});

describe('what is gone', () => {
  const gone = new Map([
    ['chardev c', null],
    ['object m', null],
    ['device s', null],
  ]);
  test.each([
    ['-device virtserialport,chardev=c,nr=1', '-device virtserialport,nr=1'],
    ['-serial chardev:c', undefined],
    ['-mon chardev=c,mode=control', undefined],
    ['-set device.s.lun=1', undefined],
    ['-M pc,memory-backend=m', '-M pc'],
    ['-device scsi-hd,bus=s.0', '-device scsi-hd'],
    ['-device scsi-hd,bus=other.0', '-device scsi-hd,bus=other.0'],
  ])('%s becomes %s', (text, expected) => {
    const left = renamed(only(text), gone);
    expect(left && lineOf({ program: 'qemu-system-x86_64', options: [left] })).toBe(expected);
  });
});

describe('a new id', () => {
  const LINE =
    '-M pc -nodefaults -object rng-builtin,id=a -drive if=none,id=a,driver=null-co,size=1M -device virtio-rng-pci,rng=a,id=a -device virtio-scsi-pci,id=s -device scsi-hd,bus=s.0,drive=a -set device.a.vectors=2';

  test.each([
    ['object', /-object rng-builtin,id=new .*rng=new,id=a .*drive=a -set device\.a/],
    ['drive', /-object rng-builtin,id=a -drive if=none,id=new.*rng=a.*drive=new/],
    ['device', /rng=a,id=new.*drive=a -set device\.new\.vectors/],
  ])('of one %s reaches all that speak of that one', (name, expected) => {
    const doc = readDocument(LINE);
    const key = doc.options.find((one) => one.name === name)?.key ?? 0;
    const line = lineOf(renameId(doc, key, 'new'));
    expect(line).toMatch(expected);
    machineOf(line);
  });

  test('of a controller reaches the buses that are called after it', () => {
    const doc = readDocument(LINE);
    const line = lineOf(renameId(doc, doc.options[5]?.key ?? 0, 'b.1'));
    expect(line).toContain('-device virtio-scsi-pci,id=b.1 -device scsi-hd,bus=b.1.0,');
    machineOf(line);
  });

  test('is refused where another has it, and where nothing could have one', () => {
    const doc = readDocument('-M pc -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b');
    const [machine, a] = doc.options;
    expect(() => renameId(doc, a?.key ?? 0, 'b')).toThrow('taken');
    expect(() => renameId(doc, machine?.key ?? 0, 'b')).toThrow('Nothing');
  });
});
