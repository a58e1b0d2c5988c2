import { expect, test } from 'vitest';
import { DeviceRig } from '../../../testing/device-rig.ts';

const [EV_SYN, EV_KEY, KEY_A] = [0, 1, 30];

test('[5.8.6] a key that is pressed is an event and a report’s end, a buffer each', () => {
  const rig = new DeviceRig('-device virtio-keyboard-pci');
  const queue = rig.start();
  const buffers = Array.from({ length: 4 }, () => rig.buffer(8));
  for (const buffer of buffers) queue.publish(queue.add({ readable: [], writable: [buffer] }));
  const press = {
    execute: 'input-send-event',
    arguments: {
      events: [{ type: 'key', data: { down: true, key: { type: 'qcode', data: 'a' } } }],
    },
  };
  rig.machine.qmp(press);
  expect([queue.pop()?.length, queue.pop()?.length, queue.pop()]).toEqual([8, 8, undefined]);
  const event = (i: number) => [0, 2].map((at) => buffers[i]?.u16(at)).concat(buffers[i]?.u32(4));
  expect(event(0)).toEqual([EV_KEY, KEY_A, 1]);
  expect(event(1)).toEqual([EV_SYN, 0, 0]);
});

test('[5.8.6.2] a report that has no room is lost as a whole', () => {
  const rig = new DeviceRig('-device virtio-keyboard-pci');
  const queue = rig.start();
  queue.publish(queue.add({ readable: [], writable: [rig.buffer(8)] }));
  rig.machine.monitor('sendkey a');
  expect(queue.pop()).toBeUndefined();
});
