import { hex } from '../../base/bits.ts';
import {
  CCW,
  CCW_BYTES,
  CCW_CMD,
  CCW_FLAG,
  CHANNEL_OP,
  CSTAT,
  DSTAT,
  IRB,
  IRB_BYTES,
  LOWCORE,
  ORB,
  ORB_BITS,
  ORB_BYTES,
  PMCW,
  PMCW_CHARS,
  S390_INPUT,
  SCHIB,
  SCHIB_BYTES,
  SCHID,
  SCSW,
  SENSE,
  SENSE_ID,
} from '../../spec/channel-io.ts';
import type { GuestContext } from '../context.ts';
import { DmaBuffer } from '../dma.ts';
import { DeviceError } from '../virtqueue/queue.ts';

/** Condition codes of channel instructions. */
const CC = { done: 0, statusPending: 1, notOperational: 3 } as const;
/** Subchannel sets, and subchannels of one. */
const SETS = 4;
const SUBCHANNELS = 0x1_0000;
/** All channel paths. */
const ANY_PATH = 0xff;
/** Bytes that SENSE ID is asked for: control unit and device. */
const SENSE_ID_WANTED = 7;
/** Bytes of low core that interruptions store into. */
const LOWCORE_BYTES = 0x1200;
/** Bytes that a channel program can move at once here. */
const DATA_BYTES = 512;

/** One command of a channel program. */
export interface ChannelCommand {
  readonly command: number;
  /** Bytes at the start of the subchannel's data. */
  readonly count: number;
  /** Whether a device may move fewer bytes. */
  readonly anyLength?: boolean;
}

/** The device rejected a command that it does not know, or does not take now. */
export class CommandRejected extends Error {
  override readonly name = 'CommandRejected';
}

/** Blocks that channel instructions work with, and where interruptions leave their code; all big-endian. */
interface Blocks {
  readonly schib: DmaBuffer;
  readonly orb: DmaBuffer;
  readonly irb: DmaBuffer;
  readonly ccw: DmaBuffer;
  readonly lowcore: DmaBuffer;
}

/** The channel subsystem as its programs see it: subchannels, found by STORE SUBCHANNEL. */
export class ChannelSubsystem {
  readonly #context: GuestContext;
  #blocks: Blocks | undefined;

  constructor(context: GuestContext) {
    this.#context = context;
  }

  /** @internal */
  get blocks(): Blocks {
    const dma = this.#context.dma.bigEndian;
    this.#blocks ??= {
      schib: dma.alloc(SCHIB_BYTES),
      orb: dma.alloc(ORB_BYTES),
      irb: dma.alloc(IRB_BYTES),
      ccw: dma.alloc(CCW_BYTES),
      lowcore: new DmaBuffer(this.#context.hal.ram, 0, LOWCORE_BYTES, true),
    };
    return this.#blocks;
  }

  /** Every subchannel, set by set, until STSCH says that no more come. */
  *subchannels(): Generator<Subchannel> {
    for (let set = 0; set < SETS; set++)
      for (let number = 0; number < SUBCHANNELS; number++) {
        const id = SCHID.one | (set << SCHID.ssidShift) | number;
        const { schib } = this.blocks;
        const cc = this.#context.hal.channel(CHANNEL_OP.stsch, id, schib.addr);
        if (cc === CC.notOperational) break;
        if (cc === CC.done) yield new Subchannel(this.#context, this, id);
      }
  }

  /** Subsystem-identification word of the I/O interruption that was taken last; 0: an adapter's. */
  get interrupted(): number {
    return this.blocks.lowcore.u32(LOWCORE.subsystemId);
  }
}

/** One subchannel, and the way to the device behind it: channel programs. */
export class Subchannel {
  /** Subsystem-identification word. */
  readonly id: number;
  /** Whether a device is behind it, by what STSCH said. */
  readonly valid: boolean;
  /** Device number, where valid. */
  readonly deviceNumber: number;
  readonly #context: GuestContext;
  readonly #css: ChannelSubsystem;
  #data: DmaBuffer | undefined;

  /** @internal To be made right after STSCH has stored its information. */
  constructor(context: GuestContext, css: ChannelSubsystem, id: number) {
    this.#context = context;
    this.#css = css;
    this.id = id;
    const { schib } = css.blocks;
    this.valid = (schib.u16(SCHIB.flags.offset) & PMCW.dnv) !== 0;
    this.deviceNumber = schib.u16(SCHIB.devno.offset);
  }

  /** As `info qtree` and lscss write it: subchannel set and number. */
  get name(): string {
    const set = (this.id >>> SCHID.ssidShift) & 3;
    return `0.${set}.${(this.id & 0xffff).toString(16).padStart(4, '0')}`;
  }

  /** Memory that commands read from and write to, big-endian. */
  get data(): DmaBuffer {
    this.#data ??= this.#context.dma.bigEndian.alloc(DATA_BYTES);
    return this.#data;
  }

  /** Whether the interruption that was taken last is this subchannel's. */
  get interrupted(): boolean {
    return this.#css.interrupted === this.id;
  }

  /** Lets the subchannel start programs and interrupt, or not (MODIFY SUBCHANNEL). */
  enable(on = true): void {
    const { schib } = this.#css.blocks;
    this.#instruct('stsch', schib);
    const flags = schib.u16(SCHIB.flags.offset) & ~PMCW.ena;
    schib.u16(SCHIB.flags.offset, on ? flags | PMCW.ena : flags);
    schib.u32(SCHIB.intparm.offset, this.id);
    // Sense data shall come along with the status of a command that was rejected.
    schib.u32(SCHIB.chars.offset, schib.u32(SCHIB.chars.offset) | PMCW_CHARS.csense);
    // Status that an earlier program left has to be taken first.
    while (this.#instruct('msch', schib) === CC.statusPending) this.test();
  }

  /**
   * TEST SUBCHANNEL: takes pending status, and with it what it would have interrupted for. Returns
   * whether there was any.
   */
  test(): boolean {
    return this.#instruct('tsch', this.#css.blocks.irb) === CC.done;
  }

  /**
   * Starts a channel program of one command, and waits for its end. Returns the bytes that were not
   * moved. Throws `CommandRejected` where the device does not take it, `DeviceError` where it failed.
   */
  run({ command, count, anyLength = false }: ChannelCommand): number {
    const { orb, ccw, irb } = this.#css.blocks;
    ccw.u8(CCW.command.offset, command).u8(CCW.flags.offset, anyLength ? CCW_FLAG.SLI : 0);
    ccw.u16(CCW.count.offset, count).u32(CCW.cda.offset, count > 0 ? this.data.addr : 0);
    orb.u32(ORB.intparm.offset, this.id).u16(ORB.ctrl0.offset, ORB_BITS.format1);
    orb.u8(ORB.lpm.offset, ANY_PATH).u8(ORB.ctrl1.offset, 0).u32(ORB.cpa.offset, ccw.addr);
    // Unsolicited status comes first; whoever waits for it finds its indicators set.
    while (this.#instruct('ssch', orb) === CC.statusPending) this.test();
    while (!this.test()) this.#context.hal.waitForInterrupt([S390_INPUT.io]);
    const status = irb.u8(SCSW.dstat.offset);
    const wrong = irb.u8(SCSW.cstat.offset) & ~CSTAT.incorrectLength;
    if (status & DSTAT.unitCheck && irb.u8(IRB.ecw.offset) & SENSE.commandReject)
      throw new CommandRejected(`subchannel ${this.name} rejects command ${hex(command, 2)}`);
    if (wrong !== 0 || status !== (DSTAT.channelEnd | DSTAT.deviceEnd))
      throw new DeviceError(
        `subchannel ${this.name}: command ${hex(command, 2)} ended with device status ${hex(status, 2)}, subchannel status ${hex(wrong, 2)}`,
      );
    return irb.u16(SCSW.count.offset);
  }

  /** Types of control unit and device (SENSE ID). */
  senseId(): { readonly cuType: number; readonly cuModel: number } {
    this.run({ command: CCW_CMD.SENSE_ID, count: SENSE_ID_WANTED, anyLength: true });
    const cuType = this.data.u16(SENSE_ID.cuType.offset);
    return { cuType, cuModel: this.data.u8(SENSE_ID.cuModel.offset) };
  }

  toString(): string {
    return `subchannel ${this.name}`;
  }

  #instruct(op: keyof typeof CHANNEL_OP, { addr }: DmaBuffer): number {
    const cc = this.#context.hal.channel(CHANNEL_OP[op], this.id, addr);
    if (cc < 0 || cc === CC.notOperational)
      throw new DeviceError(`subchannel ${this.name} is not operational`);
    return cc;
  }
}
