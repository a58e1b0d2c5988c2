import type { Machine } from '../../engine/machine/machine.ts';
import type { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import {
  CCW_FLAG,
  CHANNEL_OP,
  type ChannelOp,
  ORB_BITS,
  PMCW,
  SCHIB,
  SCHID,
} from '../../spec/channel-io.ts';
import { DIAG500_VIRTIO_CCW_NOTIFY, VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';
import type { Port } from './port.ts';
import { Bytes } from './ring.ts';

/** Where the program keeps its blocks. */
const BLOCKS = { orb: 0x9000, ccw: 0x9100, irb: 0x9200, schib: 0x9300, data: 0x9400 } as const;
const INDICATORS = { queues: 0xa000, config: 0xa008 } as const;
const DEVICE_STATUS_OFFSET = 8;
const UNIT_CHECK = 0x02;
const PAGE = 4096;
/** The first subchannel, where the only device is. */
const SUBCHANNEL = SCHID.one;

/** What became of a channel program of one command. */
export interface Done {
  /** Condition code of START SUBCHANNEL. */
  readonly cc: number;
  readonly unitCheck: boolean;
  /** Bytes that the data area holds then. */
  readonly data: Uint8Array;
}

/** A device behind the first subchannel, by single instructions. */
export class CcwHands {
  readonly machine: Machine;
  readonly bytes: Bytes;

  constructor(machine: Machine) {
    this.machine = machine;
    this.bytes = new Bytes(machine.ram, true);
  }

  op(name: ChannelOp, address = 0): number {
    return this.machine.channel(CHANNEL_OP[name], SUBCHANNEL, address);
  }

  /** Switches the subchannel on, or off. */
  enable(on = true): void {
    const { bytes } = this;
    this.op('stsch', BLOCKS.schib);
    const at = BLOCKS.schib + SCHIB.flags.offset;
    bytes.set16(at, on ? bytes.get16(at) | PMCW.ena : bytes.get16(at) & ~PMCW.ena);
    this.op('msch', BLOCKS.schib);
  }

  /** Carries out one command with `data`, or with room for `length` bytes. */
  command(
    code: keyof typeof VIRTIO_CCW_CMD | number,
    data: Uint8Array = new Uint8Array(),
    length = data.length,
    flags: number = CCW_FLAG.SLI,
  ): Done {
    const { bytes } = this;
    bytes.put(BLOCKS.data, new Uint8Array(256));
    bytes.put(BLOCKS.data, data);
    bytes.set32(
      BLOCKS.ccw,
      ((typeof code === 'number' ? code : VIRTIO_CCW_CMD[code]) << 24) | (flags << 16) | length,
    );
    bytes.set32(BLOCKS.ccw + 4, BLOCKS.data);
    bytes.put(BLOCKS.orb, new Uint8Array(32));
    bytes.set32(BLOCKS.orb + 4, (ORB_BITS.format1 << 16) | 0xff00);
    bytes.set32(BLOCKS.orb + 8, BLOCKS.ccw);
    // Status that is pending, of a notification, stands in the way.
    this.op('tsch', BLOCKS.irb);
    const cc = this.op('ssch', BLOCKS.orb);
    this.op('tsch', BLOCKS.irb);
    const unitCheck =
      ((bytes.bytes(BLOCKS.irb + DEVICE_STATUS_OFFSET, 1)[0] ?? 0) & UNIT_CHECK) !== 0;
    return { cc, unitCheck, data: bytes.bytes(BLOCKS.data, length) };
  }
}

/** Big-endian numbers, each with its width in bytes. */
export function block(...parts: readonly (readonly [width: number, value: number])[]): Uint8Array {
  const bytes: number[] = [];
  for (const [width, value] of parts)
    for (let i = width - 1; i >= 0; i--) bytes.push(Math.floor(value / 256 ** i) % 256);
  return Uint8Array.from(bytes);
}

/** A virtio-ccw device at revision 2, or at 0. */
export function ccwPort(name: 'ccw' | 'ccw-legacy', machine: Machine, device: VirtioDevice): Port {
  const legacy = name === 'ccw-legacy';
  const hands = new CcwHands(machine);
  hands.enable();
  hands.command('SET_VIRTIO_REV', block([2, legacy ? 0 : 2], [2, 0]));
  const little = new Bytes(machine.ram);
  return {
    name,
    machine,
    device,
    legacy,
    bigEndian: legacy,
    resetsQueues: false,
    // Revision 0 has no command for it.
    status: () =>
      legacy ? device.status : (hands.command('READ_STATUS', undefined, 1).data[0] ?? -1),
    setStatus: (value) => void hands.command('WRITE_STATUS', Uint8Array.of(value)),
    reset() {
      hands.command('VDEV_RESET');
      hands.bytes.put(INDICATORS.queues, new Uint8Array(16));
      hands.command('SET_IND', block([8, INDICATORS.queues]));
      hands.command('SET_CONF_IND', block([8, INDICATORS.config]));
    },
    features: () =>
      [0, 1].reduce((set, word) => {
        hands.command('READ_FEAT', Uint8Array.of(0, 0, 0, 0, word, 0, 0, 0));
        return set | (BigInt(little.get32(BLOCKS.data)) << BigInt(32 * word));
      }, 0n),
    accept(features) {
      for (const word of legacy ? [0] : [0, 1]) {
        const bits = Number((features >> BigInt(32 * word)) & 0xffff_ffffn);
        hands.command('WRITE_FEAT', Uint8Array.of(...block([4, bits]).reverse(), word, 0, 0, 0));
      }
    },
    config: (offset, length) =>
      hands.command('READ_CONF', undefined, offset + length).data.subarray(offset),
    // The command writes from the start on.
    writeConfig(offset, value) {
      const before = hands.command('READ_CONF', undefined, offset).data;
      hands.command('WRITE_CONF', Uint8Array.of(...before, value));
    },
    generation: () => undefined,
    queueMax(index) {
      const { data } = hands.command('READ_VQ_CONF', block([2, index], [2, 0]));
      return (data[2] ?? 0) * 256 + (data[3] ?? 0);
    },
    setQueue(index, size, { desc, driver, device: used }) {
      hands.command(
        'SET_VQ',
        legacy
          ? block([8, desc], [4, PAGE], [2, index], [2, size])
          : block([8, desc], [4, 0], [2, index], [2, size], [8, driver], [8, used]),
      );
    },
    queueEnabled: () => undefined,
    resetQueue() {
      throw new Error('there is no command for it');
    },
    notify: (index) => void machine.hypercall(DIAG500_VIRTIO_CCW_NOTIFY, SUBCHANNEL, index, 0),
    told() {
      const bits = hands.bytes.bytes(INDICATORS.queues, 16);
      hands.bytes.put(INDICATORS.queues, new Uint8Array(16));
      hands.op('tsch', BLOCKS.irb);
      return {
        used: bits.subarray(0, 8).some((byte) => byte !== 0),
        config: bits.subarray(8).some((byte) => byte !== 0),
      };
    },
  };
}
