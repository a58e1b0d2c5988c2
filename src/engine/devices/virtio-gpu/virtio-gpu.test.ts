import { expect, test } from 'vitest';
import { VIRTIO_GPU_CMD as CMD, VIRTIO_GPU_RESP as RESP } from '../../../spec/gpu.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

/** Starts a GPU; the answer to a command of 32-bit words behind its header. */
function commands() {
  const rig = new DeviceRig('-device virtio-gpu-pci');
  const queue = rig.start();
  return {
    rig,
    ask(command: number, words: readonly number[] = [], room = 24, flags = 0): DataView {
      const request = rig.buffer(24 + 4 * words.length);
      request.fill(0).u32(0, command).u32(4, flags).u32(8, 0x55);
      for (const [i, word] of words.entries()) request.u32(24 + 4 * i, word);
      const response = rig.buffer(room);
      expect(rig.send(queue, [request], [response])).toBe(room);
      return new DataView(response.bytes().slice().buffer);
    },
  };
}

test('[5.7.6.8] one display of QEMU’s size is on, the others are off', () => {
  const answer = commands().ask(CMD.GET_DISPLAY_INFO, [], 408);
  expect(answer.getUint32(0, true)).toBe(RESP.OK_DISPLAY_INFO);
  const displays = Array.from({ length: 16 }, (_, i) =>
    [8, 12, 16].map((at) => answer.getUint32(24 + 24 * i + at, true)),
  );
  expect(displays[0]).toEqual([1280, 800, 1]);
  expect(displays.slice(1).flat().some(Boolean)).toBe(false);
});

test('[5.7.6.7] a fence comes back with its number, a command without one gets none', () => {
  const { ask } = commands();
  const fenced = ask(CMD.GET_DISPLAY_INFO, [], 408, 1);
  expect([fenced.getUint32(4, true), fenced.getUint32(8, true)]).toEqual([1, 0x55]);
  const plain = ask(CMD.GET_DISPLAY_INFO, [], 408);
  expect([plain.getUint32(4, true), plain.getUint32(8, true)]).toEqual([0, 0]);
});

test('[5.7.6.8] a picture goes from its backing into the resource and to a display', () => {
  const { rig, ask } = commands();
  const status = (command: number, ...words: number[]) => ask(command, words).getUint32(0, true);
  const backing = rig.buffer(16 * 16 * 4);
  expect(status(CMD.RESOURCE_CREATE_2D, 1, 1, 16, 16)).toBe(RESP.OK_NODATA);
  expect(status(CMD.RESOURCE_ATTACH_BACKING, 1, 1, backing.addr, 0, 1024, 0)).toBe(RESP.OK_NODATA);
  expect(status(CMD.TRANSFER_TO_HOST_2D, 0, 0, 16, 16, 0, 0, 1, 0)).toBe(RESP.OK_NODATA);
  expect(status(CMD.SET_SCANOUT, 0, 0, 16, 16, 0, 1)).toBe(RESP.OK_NODATA);
  expect(status(CMD.RESOURCE_FLUSH, 0, 0, 16, 16, 1, 0)).toBe(RESP.OK_NODATA);
  expect(status(CMD.RESOURCE_UNREF, 1, 0)).toBe(RESP.OK_NODATA);
});

test.each([
  ['number 0', CMD.RESOURCE_CREATE_2D, [0, 1, 16, 16], RESP.ERR_INVALID_RESOURCE_ID],
  ['a format that is none', CMD.RESOURCE_CREATE_2D, [1, 999, 16, 16], RESP.ERR_INVALID_PARAMETER],
  ['a resource that is none', CMD.RESOURCE_UNREF, [7, 0], RESP.ERR_INVALID_RESOURCE_ID],
  ['a display that is none', CMD.SET_SCANOUT, [0, 0, 1, 1, 9, 1], RESP.ERR_INVALID_SCANOUT_ID],
  ['a command that is none', 0x1ff, [], RESP.ERR_UNSPEC],
])('[5.7.6.7] %s is answered with an error', (_, command, words, error) => {
  expect(commands().ask(command, words).getUint32(0, true)).toBe(error);
});
