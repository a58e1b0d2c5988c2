import { describe, expect, test } from 'vitest';
import { machineOf } from '../testing/built-machine.ts';
import { keepPlaces } from './keep-places.ts';
import { lineOf, readDocument } from './read.ts';
import { Tree } from './tree.ts';

/** What becomes of an edit from one line to another. */
function kept(before: string, after: string): string {
  const old = readDocument(before);
  const doc = readDocument(after, old);
  const treeOf = (one: typeof doc) => new Tree(one, machineOf(lineOf(one)).topology());
  const next = keepPlaces(old, treeOf(old), doc, treeOf(doc));
  machineOf(lineOf(next));
  return lineOf(next);
}

describe('what would go elsewhere stays, and says so', () => {
  const PC = '-M pc -nodefaults';
  test.each([
    [
      'a slot of PCI',
      `${PC} -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b -device virtio-rng-pci,id=c`,
      `${PC} -device virtio-rng-pci,id=a -device virtio-rng-pci,id=c`,
      `${PC} -device virtio-rng-pci,id=a -device virtio-rng-pci,id=c,addr=04.0`,
    ],
    [
      'a slot of memory addresses',
      '-M microvm -device virtio-rng-device,id=a -device virtio-rng-device,id=b',
      '-M microvm -device virtio-rng-device,id=b',
      '-M microvm -device virtio-rng-device,id=b,bus=virtio-mmio-bus.22',
    ],
    [
      'a device number',
      'qemu-system-s390x -M s390-ccw-virtio -nodefaults -device virtio-rng-ccw,id=a -device virtio-rng-ccw,id=b',
      'qemu-system-s390x -M s390-ccw-virtio -nodefaults -device virtio-rng-ccw,id=b',
      'qemu-system-s390x -M s390-ccw-virtio -nodefaults -device virtio-rng-ccw,id=b,devno=fe.0.0001',
    ],
    [
      'a target of SCSI',
      `${PC} -device virtio-scsi-pci,id=s -device scsi-cd,id=a -device scsi-cd,id=b`,
      `${PC} -device virtio-scsi-pci,id=s -device scsi-cd,id=b`,
      `${PC} -device virtio-scsi-pci,id=s -device scsi-cd,id=b,scsi-id=1,lun=0`,
    ],
    [
      'a port, in JSON too',
      `${PC} -device virtio-serial-pci,id=s -device virtserialport,id=a -device '{"driver":"virtserialport","id":"b"}'`,
      `${PC} -device virtio-serial-pci,id=s -device '{"driver":"virtserialport","id":"b"}'`,
      `${PC} -device virtio-serial-pci,id=s -device '{"driver":"virtserialport","id":"b","nr":2}'`,
    ],
    [
      "a slot behind a network card of the board's own",
      '-M pc -vga none -device virtio-rng-pci,id=a',
      '-M pc -vga none -device virtio-rng-pci,id=a -netdev user,id=n',
      '-M pc -vga none -device virtio-rng-pci,id=a,addr=03.0 -netdev user,id=n',
    ],
  ])('%s', (_, before, after, expected) => {
    expect(kept(before, after)).toBe(expected);
  });

  test.each([
    ['a device that was given another address', 'addr=5', 'addr=6'],
    ['a device that is another one now', 'id=a', 'id=a,vectors=3'],
  ])('but %s is where it was put', (_, was, is) => {
    const after = `${PC} -device virtio-rng-pci,${is}`;
    expect(kept(`${PC} -device virtio-rng-pci,${was}`, after)).toBe(after);
  });

  test('one gives way to another that asks for its place; the others need not', () => {
    const rng = (id: string) => `-device virtio-rng-pci,id=${id}`;
    expect(
      kept(
        `${PC} ${rng('a')} ${rng('b')} ${rng('c')} ${rng('d')}`,
        `${PC} ${rng('a,addr=4')} ${rng('b')} ${rng('c')} ${rng('d')}`,
      ),
    ).toBe(`${PC} ${rng('a,addr=4')} ${rng('b,addr=03.0')} ${rng('c')} ${rng('d')}`);
  });

  test('a line on which nothing goes elsewhere is the same document', () => {
    const doc = readDocument(`${PC} -device virtio-rng-pci`);
    const tree = new Tree(doc, machineOf(lineOf(doc)).topology());
    expect(keepPlaces(doc, tree, doc, tree)).toBe(doc);
  });
});
