import { expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import type { ScsiDevice } from './scsi-bus.ts';

const DISKS = 'abcdef'
  .split('')
  .map((name) => `-blockdev driver=null-co,node-name=${name},size=1048576`)
  .join(' ');

function build(...disks: readonly string[]): Machine {
  const line = disks.map((options, i) => `-device scsi-hd,id=h${i},drive=${'abcdef'[i]}${options}`);
  return Machine.build(
    `-M pc -m 32 -nodefaults ${DISKS} -device virtio-scsi-pci,id=s ${line.join(' ')}`,
    goldenHost(),
  );
}

/** `channel:target:lun` of each disk, in order. */
const addresses = (...disks: readonly string[]) => {
  const machine = build(...disks);
  return disks.map((_, i) =>
    (machine.root.at(`/machine/peripheral/h${i}`) as ScsiDevice).address.join(':'),
  );
};

test('a disk without target gets the first that has its unit free', () => {
  expect(addresses('', '', ',lun=3')).toEqual(['0:0:0', '0:1:0', '0:0:3']);
});

test('a disk with a target gets its first free unit', () => {
  expect(addresses(',scsi-id=5', ',scsi-id=5', ',scsi-id=5,lun=7', ',scsi-id=5')).toEqual([
    '0:5:0',
    '0:5:1',
    '0:5:7',
    '0:5:2',
  ]);
});

test.each([
  [[',channel=1'], 'bad scsi channel id: 1'],
  [[',scsi-id=256'], 'bad scsi device id: 256'],
  [[',lun=16384'], 'bad scsi device lun: 16384'],
  [[',scsi-id=1,lun=1', ',scsi-id=1,lun=1'], "lun already used by 'h0'"],
])('refuses %j', (disks, sentence) => {
  expect(() => build(...disks)).toThrow(sentence);
});
