import { describe, expect, it } from 'vitest';
import { VIRTIO_BLK_CONFIG } from '../../spec/blk.ts';
import { CCW, CCW_CMD, CHANNEL_OP, ORB, SCSW, SENSE_ID } from '../../spec/channel-io.ts';
import { STATUS } from '../../spec/virtio.ts';
import { VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';
import { openGuest } from '../../testing/clauses/driver-rig.ts';
import type { TransportName } from '../../testing/transports.ts';
import type { DirectHal } from '../../worker/direct-hal.ts';
import { VirtioBlk } from '../drivers/virtio-blk.ts';
import { DeviceError } from '../virtqueue/queue.ts';
import { VirtioCcw } from './virtio-ccw.ts';

/** Device status: channel end, device end and unit check. */
const FAILED_STATUS = 0x0e;
const CCW_DEVICE: TransportName = 'ccw on s390-ccw-virtio';

/** A channel program of one command, as the driver starts it. */
interface Program {
  readonly command: number;
  readonly flags: number;
  readonly count: number;
  /** Where its data are. */
  readonly data: number;
}

/** Watches every channel program; `after` may change what it left. Returns those that were seen. */
function watch(hal: DirectHal, after: (program: Program) => void = () => {}): Program[] {
  const seen: Program[] = [];
  const channel = hal.channel.bind(hal);
  const view = new DataView(hal.ram.ram.buffer);
  hal.channel = (op, schid, address) => {
    const code = channel(op, schid, address);
    if (op !== CHANNEL_OP.ssch || code !== 0) return code;
    const ccw = view.getUint32(address + ORB.cpa.offset);
    const program = {
      command: view.getUint8(ccw + CCW.command.offset),
      flags: view.getUint8(ccw + CCW.flags.offset),
      count: view.getUint16(ccw + CCW.count.offset),
      data: view.getUint32(ccw + CCW.cda.offset),
    };
    seen.push(program);
    after(program);
    return code;
  };
  return seen;
}

describe('the driver of a subchannel', () => {
  /** What SENSE ID answers, with some of its bytes changed. */
  function sensing(change: (answer: Uint8Array) => void) {
    const rig = openGuest(CCW_DEVICE);
    watch(rig.hal, ({ command, data, count }) => {
      if (command === CCW_CMD.SENSE_ID) change(rig.hal.ram.ram.u8.subarray(data, data + count));
    });
    return rig;
  }

  it('[4.3.1.4] knows a device by control unit type 0x3832 alone, whatever its device type and model', () => {
    for (const [type, model] of [
      [0, 0],
      [0x3390, 0x0a],
      [0xffff, 0xff],
    ] as const) {
      const { virtio } = sensing((answer) => {
        answer.set([type >>> 8, type & 0xff, model], SENSE_ID.devType.offset);
      });
      expect(virtio.probe(VirtioBlk).read(1)).toHaveLength(512);
    }
    for (const type of [0x3833, 0x3990, 0]) {
      const { virtio } = sensing((answer) => {
        expect([...answer.subarray(SENSE_ID.cuType.offset, SENSE_ID.cuType.offset + 2)]).toEqual([
          0x38, 0x32,
        ]);
        answer.set([type >>> 8, type & 0xff], SENSE_ID.cuType.offset);
      });
      expect(virtio.devices()).toEqual([]);
    }
  });

  it('[4.3.1.4] reads of the configuration what it looks at, and no more than there is', () => {
    const { hal, virtio } = openGuest(CCW_DEVICE);
    const device = virtio.find(2).open();
    // Before that the numbers are those of a legacy device.
    device.reset();
    device.negotiate([]);
    const programs = watch(hal);
    expect(device.config(VIRTIO_BLK_CONFIG.capacity)).toBe(2048);
    expect(device.config(VIRTIO_BLK_CONFIG.writeback)).toBe(1);
    expect(device.readConfig(4, 2)).toBe(0);
    const whole = () => [device.readConfig(0, 4), device.readConfig(20, 4)];
    expect(device.stableConfig(whole)).toEqual([2048, 512]);
    expect(programs.every(({ command }) => command === VIRTIO_CCW_CMD.READ_CONF)).toBe(true);
    expect(programs.map(({ count }) => count)).toEqual([8, 33, 6, 57]);
  });

  it.each(['ccw on s390-ccw-virtio', 'ccw revision 1', 'ccw revision 0'] as const)(
    '[4.3.1.4] gives every other command the length that it has: %s',
    (name) => {
      const { hal, virtio } = openGuest(name);
      const programs = watch(hal);
      const disk = virtio.probe(VirtioBlk);
      disk.read(1);
      disk.transport.reset();
      const legacy = disk.transport.legacy;
      const lengths: Readonly<Record<number, number>> = {
        [CCW_CMD.SENSE_ID]: 7,
        [VIRTIO_CCW_CMD.SET_VIRTIO_REV]: 4,
        [VIRTIO_CCW_CMD.VDEV_RESET]: 0,
        [VIRTIO_CCW_CMD.WRITE_STATUS]: 1,
        [VIRTIO_CCW_CMD.READ_STATUS]: 1,
        [VIRTIO_CCW_CMD.READ_FEAT]: 5,
        [VIRTIO_CCW_CMD.WRITE_FEAT]: 5,
        [VIRTIO_CCW_CMD.READ_VQ_CONF]: 4,
        [VIRTIO_CCW_CMD.SET_VQ]: legacy ? 16 : 32,
        [VIRTIO_CCW_CMD.SET_IND]: 8,
        [VIRTIO_CCW_CMD.SET_CONF_IND]: 8,
        [VIRTIO_CCW_CMD.SET_IND_ADAPTER]: 25,
      };
      const others = programs.filter(({ command }) => command !== VIRTIO_CCW_CMD.READ_CONF);
      expect(others.map(({ command, count }) => [command, count])).toEqual(
        others.map(({ command }) => [command, lengths[command]]),
      );
      expect(new Set(others.map(({ command }) => command)).size).toBeGreaterThan(8);
    },
  );
});

describe('the driver of two-stage indicators', () => {
  it('[4.3.2.6.3] tells of both with 25 bytes, and of a subclass', () => {
    const { hal, virtio } = openGuest(CCW_DEVICE);
    const areas: bigint[][] = [];
    const programs = watch(hal, ({ command, data }) => {
      if (command !== VIRTIO_CCW_CMD.SET_IND_ADAPTER) return;
      const view = new DataView(hal.ram.ram.buffer, data);
      areas.push(
        [0, 8, 16].map((at) => view.getBigUint64(at)),
        [BigInt(view.getUint8(24))],
      );
    });
    const disk = virtio.probe(VirtioBlk);
    const set = programs.filter(({ command }) => command === VIRTIO_CCW_CMD.SET_IND_ADAPTER);
    expect(set.map(({ count }) => count)).toEqual([25]);
    const [[summary = 0n, indicators = 0n, bit] = [], isc] = areas;
    expect([bit, isc]).toEqual([0n, [1n]]);
    // Queue 0 is the leftmost bit, and the summary a byte of its own.
    disk.startRead(1);
    disk.submit();
    const bytes = [indicators, summary].map((at) => hal.ram.read8(Number(at)));
    expect(bytes[0]).toBe(0x80);
    expect(bytes[1]).not.toBe(0);
    expect(disk.next().bytes).toHaveLength(512);
  });
});

describe('the reset of a device behind a subchannel', () => {
  it('[4.3.3.3.2] is complete when the command is, and is verified where the status can be read', () => {
    for (const [name, reads] of [
      [CCW_DEVICE, 3],
      ['ccw revision 1', 0],
    ] as const) {
      const { hal, virtio } = openGuest(name);
      const device = virtio.find(2).open();
      let slow = 2;
      const programs = watch(hal, ({ command, data }) => {
        if (command === VIRTIO_CCW_CMD.READ_STATUS && slow-- > 0)
          hal.ram.ram.u8[data] = STATUS.ACKNOWLEDGE;
      });
      device.reset();
      const commands = programs.map(({ command }) => command);
      expect(commands[0]).toBe(VIRTIO_CCW_CMD.VDEV_RESET);
      const status = commands.filter((command) => command === VIRTIO_CCW_CMD.READ_STATUS);
      expect(status).toHaveLength(reads);
      // Nothing else is asked of the device before.
      expect(commands.slice(1, 1 + reads)).toEqual(status);
    }
  });

  it('[4.3.3.3.2] is not complete where the command fails', () => {
    const { hal, virtio } = openGuest(CCW_DEVICE);
    const device = virtio.find(2).open();
    if (!(device instanceof VirtioCcw)) throw new Error('no channel device');
    device.status = STATUS.ACKNOWLEDGE;
    const channel = hal.channel.bind(hal);
    // The channel takes the program, and TEST SUBCHANNEL says that the device ended it with a unit check.
    let last = 0;
    const view = new DataView(hal.ram.ram.buffer);
    hal.channel = (op, schid, address) => {
      if (op === CHANNEL_OP.ssch)
        last = view.getUint8(view.getUint32(address + ORB.cpa.offset) + CCW.command.offset);
      const code = channel(op, schid, address);
      if (op === CHANNEL_OP.tsch && last === VIRTIO_CCW_CMD.VDEV_RESET)
        view.setUint8(address + SCSW.dstat.offset, FAILED_STATUS);
      return code;
    };
    expect(() => device.reset()).toThrow(DeviceError);
  });
});
