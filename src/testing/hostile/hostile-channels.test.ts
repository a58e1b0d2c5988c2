import { expect, test } from 'vitest';
import { CCW_CMD, CHANNEL_OP } from '../../spec/channel-io.ts';
import { DIAG500_VIRTIO_CCW_NOTIFY, VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';
import { ChannelRig } from '../channel-rig.ts';
import { Random } from './random.ts';

/** Channel instructions that are tried; half as many as hostile requests. */
const REQUESTS = Number(process.env.FUZZ_REQUESTS ?? 200_000) / 2;
const SEED = Number(process.env.FUZZ_SEED ?? 20_260_408);
/** Instructions between two proofs that the devices live. */
const ROUND = 200;
const LINE =
  '-M s390-ccw-virtio -device virtio-rng-ccw -drive if=none,id=d0,file=null-co://,format=raw -device virtio-blk-ccw,drive=d0';
const SUBCHANNELS = [0x1_0000, 0x1_0001] as const;
/** Programs, requests and data lie here; what else is named may be anywhere. */
const ARENA = 0x10_0000;
const RAM_END = 0x100_0000;
/** Channel end and device end. */
const ENDED = 0x0c;

const COMMANDS = [...Object.values(VIRTIO_CCW_CMD), ...Object.values(CCW_CMD)];
const COUNTS = [0, 1, 2, 4, 8, 16, 32, 64, 256, 0x400, 0xffff];

class HostileChannels {
  readonly #rig = new ChannelRig(LINE);
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  round(): void {
    for (let i = 0; i < ROUND; i++) this.#step();
    for (const schid of SUBCHANNELS) this.#revive(schid);
  }

  #step(): void {
    const random = this.#random;
    const { machine } = this.#rig;
    const schid = random.once(20) ? random.word() : random.pick(SUBCHANNELS);
    if (random.once(10)) {
      const subcode = random.once(4) ? random.word() : DIAG500_VIRTIO_CCW_NOTIFY;
      const answer = machine.hypercall(subcode, schid, random.below(4), random.word());
      if (!Number.isInteger(answer)) throw new Error(`DIAGNOSE 500 answers ${answer}`);
      return;
    }
    if (random.once(2)) this.#program();
    const op = random.once(2) ? CHANNEL_OP.ssch : random.below(12);
    const code = machine.channel(op, schid, this.#address(8));
    if (!Number.isInteger(code) || code > 3) throw new Error(`instruction ${op} ends with ${code}`);
  }

  /** Fills what an instruction may take with a program, and a block that starts it. */
  #program(): void {
    const random = this.#random;
    const at = ARENA + 64 * random.below(64);
    const orb = new DataView(new ArrayBuffer(32));
    orb.setUint32(0, random.word());
    orb.setUint16(4, random.once(8) ? random.word() : 0x0080);
    orb.setUint8(6, 0xff);
    orb.setUint32(8, ARENA + 0x2000);
    this.#rig.poke(at, new Uint8Array(orb.buffer));
    const count = 1 + random.below(6);
    for (let i = 0; i < count; i++) {
      const ccw = new DataView(new ArrayBuffer(8));
      ccw.setUint8(0, random.once(8) ? random.word() : random.pick(COMMANDS));
      ccw.setUint8(1, random.once(6) ? random.word() : i + 1 < count ? 0x60 : 0x20);
      ccw.setUint16(2, random.pick(COUNTS));
      ccw.setUint32(4, this.#address(1) % 2 ** 31);
      this.#rig.poke(ARENA + 0x2000 + 8 * i, new Uint8Array(ccw.buffer));
    }
    const words = new Uint8Array(64).map(() => (random.once(3) ? random.word() & 0xff : 0));
    this.#rig.poke(ARENA + 0x4000 + 64 * random.below(64), words);
  }

  #address(unit: number): number {
    const random = this.#random;
    if (random.once(20)) return RAM_END - random.below(64);
    if (random.once(20)) return random.word();
    return ARENA + unit * random.below(0x5000 / unit);
  }

  /** After a clear and a reset by channel command the device tells its features. */
  #revive(schid: number): void {
    const rig = this.#rig;
    rig.schid = schid;
    rig.op('csch');
    rig.test();
    expect(rig.enable()).toBe(0);
    rig.run({ command: VIRTIO_CCW_CMD.VDEV_RESET });
    const status = rig.run({ command: VIRTIO_CCW_CMD.READ_FEAT, data: [0, 0, 0, 0, 0] });
    expect(status).toMatchObject({ cc: 0, dstat: ENDED, cstat: 0 });
    expect(rig.peek(rig.dataAt(0), 4).some((byte) => byte !== 0)).toBe(true);
  }
}

test(`no channel program makes a device throw; all live after a reset (seed ${SEED})`, {
  timeout: 24 * 3_600_000,
}, () => {
  const rounds = Math.ceil(REQUESTS / ROUND);
  for (let first = 0; first < rounds; first += 25) {
    const driver = new HostileChannels(SEED + first);
    for (let round = first; round < Math.min(rounds, first + 25); round++)
      try {
        driver.round();
      } catch (error) {
        throw new Error(
          `FUZZ_SEED=${SEED + first}: ${error instanceof Error ? error.stack : error}`,
        );
      }
  }
});
