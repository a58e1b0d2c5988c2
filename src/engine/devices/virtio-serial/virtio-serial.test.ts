import { expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../../machine/machine.ts';
import type { SerialPort } from './serial-port.ts';

const build = (...devices: readonly string[]) =>
  Machine.build(
    `-M pc -m 32 -nodefaults ${devices.map((device) => `-device ${device}`).join(' ')}`,
    goldenHost(),
  );

test('[5.3.2] ports count from 1 on, and the first console is number 0', () => {
  const machine = build(
    'virtio-serial-pci',
    'virtserialport,id=a',
    'virtconsole,id=b',
    'virtconsole,id=c',
    'virtserialport,id=d,nr=9',
    'virtserialport,id=e',
  );
  const numbers = ['a', 'b', 'c', 'd', 'e'].map(
    (id) => (machine.root.at(`/machine/peripheral/${id}`) as SerialPort).number,
  );
  expect(numbers).toEqual([1, 0, 2, 9, 3]);
});

test.each([
  [
    ['virtio-serial-pci', 'virtserialport,nr=0'],
    'Port number 0 on virtio-serial devices reserved for virtconsole devices for backward compatibility.',
  ],
  [
    ['virtio-serial-pci,max_ports=1', 'virtserialport'],
    'virtio-serial-bus: Out-of-range port id specified, max. allowed: 0',
  ],
  [
    ['virtio-serial-pci', 'virtconsole,nr=4', 'virtserialport,nr=4'],
    'virtio-serial-bus: A port already exists at id 4',
  ],
  [
    [
      'virtio-serial-pci,id=x',
      'virtserialport,name=n',
      'virtio-serial-pci,id=y',
      'virtserialport,name=n,bus=y.0',
    ],
    'virtio-serial-bus: A port already exists by name n',
  ],
  [['virtio-serial-pci,max_ports=0'], 'Maximum number of serial ports not specified'],
  [['virtio-serial-pci,max_ports=512'], 'maximum ports supported: 511'],
])('refuses %j', (devices, sentence) => {
  expect(() => build(...devices)).toThrow(sentence);
});
