import { expect, test } from 'vitest';
import { utf8Decode, utf8Encode } from '../../../base/utf8.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

/** Starts a console with receive and transmit queue; what its chardev got so far. */
function console() {
  const rig = new DeviceRig(
    '-chardev null,id=c -device virtio-serial-pci -device virtconsole,chardev=c',
  );
  const chardev = rig.machine.chardevs.find('c');
  const [receive, transmit] = rig.startQueues(2);
  if (!chardev || !receive || !transmit) throw new Error('no console');
  let output = '';
  chardev.onOutput = (bytes) => {
    output += utf8Decode(bytes);
  };
  return { rig, chardev, receive, transmit, output: () => output };
}

test('[5.3.6] what the driver transmits comes out of the chardev', () => {
  const { rig, transmit, output } = console();
  const parts = ['Hello, ', 'host'].map((text) => rig.buffer(utf8Encode(text)));
  expect(rig.send(transmit, parts, [])).toBe(0);
  expect(output()).toBe('Hello, host');
});

test('[5.3.6] what comes in waits for a buffer, and fills one after the other', () => {
  const { rig, chardev, receive } = console();
  chardev.input(utf8Encode('abcdef'));
  const buffers = [rig.buffer(4), rig.buffer(4)];
  for (const buffer of buffers) receive.publish(receive.add({ readable: [], writable: [buffer] }));
  receive.notify();
  const lengths = [receive.pop()?.length, receive.pop()?.length];
  expect(lengths).toEqual([4, 2]);
  expect(buffers[0]?.text() + (buffers[1]?.text(0, 2) ?? '')).toBe('abcdef');
});
