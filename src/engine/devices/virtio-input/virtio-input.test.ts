import { expect, test } from 'vitest';
import { utf8Decode } from '../../../base/utf8.ts';
import { VIRTIO_INPUT_CFG as CFG } from '../../../spec/input.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';
import { bitsReport } from './reports.ts';

/** What the device answers to a question, or undefined. */
function ask(rig: DeviceRig, select: number, subsel = 0): Uint8Array | undefined {
  const { device } = rig;
  const config = device.readConfig();
  config[0] = select;
  config[1] = subsel;
  device.writeConfig(config);
  const answer = device.readConfig();
  return answer[2] ? answer.subarray(8, 8 + answer[2]) : undefined;
}

test('[5.8.4] a driver selects what it wants to know', () => {
  const rig = new DeviceRig('-device virtio-tablet-pci,serial=abc');
  expect(utf8Decode(ask(rig, CFG.ID_NAME) ?? [])).toBe('QEMU Virtio Tablet\0');
  expect(utf8Decode(ask(rig, CFG.ID_SERIAL) ?? [])).toBe('abc');
  expect([...(ask(rig, CFG.ID_DEVIDS) ?? [])]).toEqual([6, 0, 0x27, 6, 3, 0, 2, 0]);
  // Largest coordinate of the second axis.
  expect([...(ask(rig, CFG.ABS_INFO, 1) ?? [])].slice(4, 8)).toEqual([0xff, 0x7f, 0, 0]);
});

test('[5.8.4] size is 0 where there is no answer', () => {
  const rig = new DeviceRig('-device virtio-mouse-pci');
  expect(ask(rig, CFG.ID_SERIAL)).toBeUndefined();
  expect(ask(rig, CFG.ID_NAME, 1)).toBeUndefined();
  expect(ask(rig, 0xff)).toBeUndefined();
  expect(ask(rig, CFG.EV_BITS, 2)).toEqual(Uint8Array.of(0x03, 0x01));
});

test('[5.8.4] the configuration space has room for the longest answer, and no more', () => {
  expect(new DeviceRig('-device virtio-mouse-pci').device.configSize).toBe(8 + 43);
  const serial = 'x'.repeat(70);
  expect(new DeviceRig(`-device virtio-mouse-pci,serial=${serial}`).device.configSize).toBe(8 + 70);
  expect(() => new DeviceRig(`-device virtio-mouse-pci,serial=${'x'.repeat(129)}`)).toThrow(
    'serial must not be longer',
  );
});

test('codes become bits, the lowest first', () => {
  expect(bitsReport(1, [0, 9, 17]).bytes).toEqual(Uint8Array.of(1, 2, 2));
  expect(bitsReport(0x14, []).bytes).toEqual(Uint8Array.of(0));
});
