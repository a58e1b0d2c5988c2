import { expect, test } from 'vitest';
import { machineOf } from '../testing/built-machine.ts';
import { nameBus, pinNumbers } from './bus-names.ts';
import { lineOf, readDocument } from './read.ts';
import { Tree } from './tree.ts';

function treeOf(line: string) {
  const doc = readDocument(line);
  return { doc, tree: new Tree(doc, machineOf(line).topology()) };
}

test.each([
  ['-M q35 -nodefaults', 'pcie.0', '', 'pcie.0'],
  ['-M microvm', 'virtio-mmio-bus.3', '', 'virtio-mmio-bus.3'],
  ['-M pc -device pci-bridge,chassis_nr=1,id=br', 'br', '', 'br'],
  ['-M pc -device virtio-scsi-pci,id=s', 's.0', '', 's.0'],
  ['-M pc -device virtio-scsi-pci', 'scsi.0', 'virtio-scsi-pci,id=scsi0', 'scsi0.0'],
  [
    '-M q35 -device pcie-root-port,chassis=1',
    'pcie.0',
    'pcie-root-port,chassis=1,id=',
    'pcie-root-port0',
  ],
  ['-M pc -device ich9-ahci', 'ide.5', 'ich9-ahci,id=ich9-ahci0', 'ich9-ahci0.'],
])('%s: %s is called what QEMU finds it by', (line, bus, carrier, name) => {
  const { doc, tree } = treeOf(line);
  const place = tree.buses.findLast((one) => one.bus.name === bus);
  if (!place) throw new Error(`no bus, but ${tree.buses.map((one) => one.bus.name)}`);
  const named = nameBus(doc, tree, place.bus);
  expect(lineOf(named.doc)).toContain(carrier);
  expect(named.name).toContain(name);
  // The name finds that very bus in the machine of the document that it came with.
  const after = treeOf(lineOf(named.doc)).tree;
  const found = after.buses.findIndex((one) => one.bus.name === named.name);
  expect(found).toBe(tree.buses.indexOf(place));
});

test('a name that another bus has first becomes the way to it', () => {
  const { doc, tree } = treeOf(
    '-M pc -nodefaults -device virtio-rng-pci,id=a -device virtio-rng-pci,id=b',
  );
  const buses = tree.buses.filter(({ bus }) => bus.name === 'virtio-bus');
  const names = buses.map(({ bus }) => nameBus(doc, tree, bus).name);
  expect(names).toContain('virtio-bus');
  expect(names.find((name) => name.startsWith('/'))).toMatch(/\/pci\.0\/[ab]\/virtio-bus$/);
});

test('numbers that are referred to become names before they shift', () => {
  const { doc, tree } = treeOf(
    '-M pc -nodefaults -device virtio-scsi-pci -device virtio-scsi-pci -device virtio-scsi-pci,id=c -device scsi-cd,bus=scsi.1 -device scsi-cd,bus=c.0',
  );
  expect(lineOf(pinNumbers(doc, tree, 'SCSI'))).toBe(
    '-M pc -nodefaults -device virtio-scsi-pci -device virtio-scsi-pci,id=scsi0 -device virtio-scsi-pci,id=c -device scsi-cd,bus=scsi0.0 -device scsi-cd,bus=c.0',
  );
  expect(pinNumbers(doc, tree, 'IDE')).toEqual(doc);
});
