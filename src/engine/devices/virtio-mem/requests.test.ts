import { expect, test } from 'vitest';
import {
  VIRTIO_MEM_REQ as REQ,
  VIRTIO_MEM_RESP as RESP,
  VIRTIO_MEM_STATE as STATE,
} from '../../../spec/mem.ts';
import { DeviceRig } from '../../../testing/device-rig.ts';

const BLOCK = 2n << 20n;

/** Starts a device of which four blocks are asked for; the answer to a request about some blocks. */
function requests() {
  const rig = new DeviceRig(
    '-m 32M,maxmem=2G -object memory-backend-ram,id=m,size=64M -device virtio-mem-pci,memdev=m,requested-size=8M',
  );
  const queue = rig.start();
  const config = new DataView(rig.device.readConfig().buffer);
  const base = config.getBigUint64(16, true);
  return (type: number, first = 0, blocks = 0) => {
    const request = rig.buffer(24).fill(0).u16(0, type);
    request.u64(8, base + BLOCK * BigInt(first)).u16(16, blocks);
    const answer = rig.buffer(10).fill(0);
    expect(rig.send(queue, [request], [answer])).toBe(10);
    return [answer.u16(0), answer.u16(8)];
  };
}

test('[5.15.6.2] blocks are plugged up to what is asked for', () => {
  const ask = requests();
  expect(ask(REQ.PLUG, 0, 3)).toEqual([RESP.ACK, 0]);
  expect(ask(REQ.PLUG, 3, 2)).toEqual([RESP.NACK, 0]);
  expect(ask(REQ.PLUG, 2, 1)).toEqual([RESP.ERROR, 0]);
  expect(ask(REQ.PLUG, 3, 1)).toEqual([RESP.ACK, 0]);
});

test('[5.15.6.6] the state of a range is plugged, unplugged or mixed', () => {
  const ask = requests();
  ask(REQ.PLUG, 1, 1);
  expect(ask(REQ.STATE, 0, 1)).toEqual([RESP.ACK, STATE.UNPLUGGED]);
  expect(ask(REQ.STATE, 1, 1)).toEqual([RESP.ACK, STATE.PLUGGED]);
  expect(ask(REQ.STATE, 0, 2)).toEqual([RESP.ACK, STATE.MIXED]);
});

test('[5.15.6.5] everything can be unplugged at once', () => {
  const ask = requests();
  ask(REQ.PLUG, 0, 4);
  expect(ask(REQ.UNPLUG_ALL)).toEqual([RESP.ACK, 0]);
  expect(ask(REQ.STATE, 0, 4)).toEqual([RESP.ACK, STATE.UNPLUGGED]);
  expect(ask(REQ.UNPLUG, 0, 1)).toEqual([RESP.ERROR, 0]);
});
