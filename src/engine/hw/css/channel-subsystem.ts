import { NONE } from '../../../journal/schema.ts';
import {
  CHANNEL_OP,
  CHANNEL_OPS,
  CHSC,
  CHSC_BYTES,
  type ChannelOp,
  IRB_BYTES,
  ORB,
  ORB_BITS,
  ORB_BYTES,
  PMCW,
  PMCW_CHARS,
  PROGRAM_INTERRUPTION,
  SCHIB,
  SCHIB_BYTES,
  SCSW_CTRL,
  SCSW_FLAG,
} from '../../../spec/channel-io.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import { type ProgramSite, resumeProgram, startProgram } from './channel-program.ts';
import { callSubsystem, isCallLength } from './channel-subsystem-call.ts';
import type { CssBus } from './css-bus.ts';
import { IoInterruptions } from './io-interruptions.ts';
import { Storage, viewOf } from './storage.ts';
import type { Subchannel } from './subchannel.ts';
import { readSchid, type SubchannelName } from './subchannel-name.ts';

/** Condition codes. */
const CC = { done: 0, statusPending: 1, stored: 1, busy: 2, notOperational: 3 } as const;

/** How an instruction ends, and what it then does. */
interface Outcome {
  /** Condition code, or the negative of a program interruption code. */
  readonly cc: number;
  act?(): void;
}

const OPERAND: Outcome = { cc: -PROGRAM_INTERRUPTION.operand };
const SPECIFICATION: Outcome = { cc: -PROGRAM_INTERRUPTION.specification };
const ADDRESSING: Outcome = { cc: -PROGRAM_INTERRUPTION.addressing };
const NOT_OPERATIONAL: Outcome = { cc: CC.notOperational };

/** Bytes of the operand of instructions that have one. */
const OPERAND_BYTES: Readonly<Partial<Record<ChannelOp, number>>> = {
  ssch: ORB_BYTES,
  tsch: IRB_BYTES,
  stsch: SCHIB_BYTES,
  msch: SCHIB_BYTES,
};

/** Executes channel I/O instructions, and lets devices interrupt. */
export class ChannelSubsystem {
  readonly interruptions: IoInterruptions;
  readonly storage: Storage;
  readonly #bus: CssBus;
  readonly #context: DeviceContext;
  readonly #site: ProgramSite;

  constructor(bus: CssBus, context: DeviceContext) {
    this.#bus = bus;
    this.#context = context;
    this.storage = new Storage(context.ram, context.journal);
    this.interruptions = new IoInterruptions(context, this.storage);
    this.#site = { storage: this.storage, journal: context.journal };
  }

  /**
   * One instruction: the condition code, or the negative of a program interruption code.
   * `schid` is general register 1, `address` the operand. Recorded before it acts.
   */
  execute(number: number, schid: number, address: number): number {
    const op = CHANNEL_OPS[number];
    const { journal } = this.#context;
    if (!op) {
      if (journal.on) journal.channel(NONE, number, schid, address, OPERAND.cc);
      return OPERAND.cc;
    }
    const name = readSchid(schid);
    const subchannel = name && this.#bus.visible(name);
    const { cc, act } = this.#outcome(op, name, subchannel, address);
    if (journal.on)
      journal.channel(subchannel?.behind.driven ?? NONE, CHANNEL_OP[op], schid, address, cc);
    act?.();
    return cc;
  }

  /** The device has something to tell, about a queue or none: unsolicited status, unless some is pending. */
  alert(subchannel: Subchannel, queue: number): void {
    if (!subchannel.enabled || subchannel.statusPending) return;
    subchannel.present(SCSW_CTRL.alert);
    this.#interrupt(subchannel, queue);
  }

  /** An adapter interruption, about a device's queue. */
  adapterInterruption(dev: number, queue: number, isc: number): void {
    this.interruptions.post({ subsystemId: 0, parameter: 0, isc, dev, queue });
  }

  /** Back to the state after power-on. */
  reset(): void {
    this.interruptions.reset();
    this.#bus.facilities = { sets: false, images: false };
  }

  #interrupt(subchannel: Subchannel, queue: number): void {
    if (!subchannel.statusPending) return;
    this.interruptions.post({
      subsystemId: this.#bus.schidOf(subchannel),
      parameter: subchannel.intparm,
      isc: subchannel.isc,
      dev: subchannel.behind.driven,
      queue,
    });
  }

  #outcome(
    op: ChannelOp,
    name: SubchannelName | undefined,
    subchannel: Subchannel | undefined,
    address: number,
  ): Outcome {
    if (op === 'tpi') return this.#testPending(address);
    if (op === 'chsc') return this.#call(address);
    return this.#prepare(op, name, subchannel, address);
  }

  #call(address: number): Outcome {
    if (address % CHSC_BYTES.page !== 0) return SPECIFICATION;
    const block = new Uint8Array(CHSC_BYTES.page);
    if (!this.storage.fetch(address, block)) return ADDRESSING;
    const length = viewOf(block).getUint16(CHSC.length.offset);
    if (!isCallLength(length)) return OPERAND;
    return {
      cc: CC.done,
      act: () => {
        const answer = callSubsystem(viewOf(block), this.#bus.facilities);
        // The page ends where the answer must.
        this.storage.store(address + length, answer.subarray(0, CHSC_BYTES.page - length));
      },
    };
  }

  #testPending(address: number): Outcome {
    if (address % 4 !== 0) return SPECIFICATION;
    if (address !== 0 && !this.#context.ram.contains(address, 8)) return ADDRESSING;
    if (!this.interruptions.any) return { cc: CC.done };
    return { cc: CC.stored, act: () => this.interruptions.test(address) };
  }

  #prepare(
    op: ChannelOp,
    name: SubchannelName | undefined,
    subchannel: Subchannel | undefined,
    address: number,
  ): Outcome {
    const length = OPERAND_BYTES[op] ?? 0;
    if (length > 0 && address % 4 !== 0) return SPECIFICATION;
    const operand = new Uint8Array(length);
    if (length > 0 && !this.storage.fetch(address, operand)) return ADDRESSING;
    if (!name || !isValid(op, operand)) return OPERAND;
    if (op === 'stsch') return this.#store(name, subchannel, address);
    if (!subchannel) return NOT_OPERATIONAL;
    if (op === 'msch') return modify(subchannel, operand);
    if (!subchannel.enabled) return NOT_OPERATIONAL;
    switch (op) {
      case 'ssch':
        return this.#start(subchannel, operand);
      case 'tsch':
        return this.#test(subchannel, address);
      case 'csch':
        return this.#ending(subchannel, () => subchannel.clear());
      case 'hsch':
        return this.#halt(subchannel);
      case 'rsch':
        return this.#resume(subchannel);
      default:
        return cancel(subchannel);
    }
  }

  #store(name: SubchannelName, subchannel: Subchannel | undefined, address: number): Outcome {
    if (!subchannel && !this.#bus.hasHole(name)) return NOT_OPERATIONAL;
    const schib = subchannel?.schib() ?? new Uint8Array(SCHIB_BYTES);
    return { cc: CC.done, act: () => this.storage.store(address, schib) };
  }

  #start(subchannel: Subchannel, operand: Uint8Array): Outcome {
    const busy = occupied(subchannel);
    if (busy) return busy;
    const orb = viewOf(operand);
    return this.#ending(subchannel, () => {
      subchannel.orbControl = orb.getUint16(ORB.ctrl0.offset);
      subchannel.program = orb.getUint32(ORB.cpa.offset);
      subchannel.intparm = orb.getUint32(ORB.intparm.offset);
      subchannel.ctrl |= SCSW_CTRL.start | SCSW_CTRL.startPending;
      subchannel.scswFlags &= ~SCSW_FLAG.pno;
      startProgram(this.#site, subchannel, orb.getUint8(ORB.lpm.offset));
    });
  }

  #test(subchannel: Subchannel, address: number): Outcome {
    return {
      cc: subchannel.statusPending ? CC.done : CC.statusPending,
      act: () => {
        this.storage.store(address, subchannel.irb());
        subchannel.statusSeen();
        this.interruptions.withdraw(this.#bus.schidOf(subchannel));
      },
    };
  }

  #halt(subchannel: Subchannel): Outcome {
    const { ctrl } = subchannel;
    if (ctrl & SCSW_CTRL.status) return { cc: CC.statusPending };
    if (ctrl & (SCSW_CTRL.halt | SCSW_CTRL.clear)) return { cc: CC.busy };
    return this.#ending(subchannel, () => subchannel.halt());
  }

  #resume(subchannel: Subchannel): Outcome {
    const { ctrl } = subchannel;
    if (subchannel.statusPending) return { cc: CC.statusPending };
    if ((ctrl & SCSW_CTRL.functions) !== SCSW_CTRL.start || !(ctrl & SCSW_CTRL.suspended))
      return { cc: CC.busy };
    return this.#ending(subchannel, () => resumeProgram(this.#site, subchannel));
  }

  /** A function that ends with status, of which the program is told. */
  #ending(subchannel: Subchannel, act: () => void): Outcome {
    return {
      cc: CC.done,
      act: () => {
        act();
        this.#recordStatus(subchannel);
        this.#interrupt(subchannel, NONE);
      },
    };
  }

  #recordStatus({ behind, ctrl, dstat, cstat, residual, cpa, sense }: Subchannel): void {
    const { journal } = this.#context;
    if (journal.on)
      journal.channelStatus(behind.driven, ctrl, dstat, cstat, residual, cpa, sense[0] ?? 0);
  }
}

/** Whether the bits that must be zero are, and nothing is asked for that the machine does not have. */
function isValid(op: ChannelOp, operand: Uint8Array): boolean {
  const view = viewOf(operand);
  if (op === 'ssch') {
    const modes = ORB_BITS.reserved1 | ORB_BITS.midaw;
    return (
      !(view.getUint16(ORB.ctrl0.offset) & ORB_BITS.reserved0) &&
      !(view.getUint8(ORB.ctrl1.offset) & modes) &&
      view.getUint32(ORB.cpa.offset) < 0x8000_0000
    );
  }
  if (op !== 'msch') return true;
  const chars = view.getUint32(SCHIB.chars.offset);
  if (view.getUint16(SCHIB.flags.offset) & PMCW.reserved) return false;
  if (chars & (PMCW_CHARS.reserved | PMCW_CHARS.xmwme)) return false;
  // A measurement block of its own lies on 64 bytes.
  return !(chars & PMCW_CHARS.mbfc) || (view.getUint8(SCHIB.mba.offset + 7) & 0x3f) === 0;
}

/** Why a subchannel takes no new function, or undefined. */
function occupied(subchannel: Subchannel): Outcome | undefined {
  if (subchannel.statusPending) return { cc: CC.statusPending };
  return subchannel.ctrl & SCSW_CTRL.functions ? { cc: CC.busy } : undefined;
}

function modify(subchannel: Subchannel, schib: Uint8Array): Outcome {
  return occupied(subchannel) ?? { cc: CC.done, act: () => subchannel.modify(schib) };
}

function cancel(subchannel: Subchannel): Outcome {
  const { ctrl } = subchannel;
  if (ctrl & SCSW_CTRL.status) return { cc: CC.statusPending };
  const cancellable = SCSW_CTRL.resumePending | SCSW_CTRL.startPending | SCSW_CTRL.suspended;
  if ((ctrl & SCSW_CTRL.functions) !== SCSW_CTRL.start || !(ctrl & cancellable))
    return { cc: CC.busy };
  return { cc: CC.done, act: () => subchannel.cancel() };
}
