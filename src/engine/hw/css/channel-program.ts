import type { JournalWriter } from '../../../journal/writer.ts';
import {
  CCW,
  CCW_BYTES,
  CCW_CMD,
  CCW_FLAG,
  CSTAT,
  DSTAT,
  ORB_BITS,
  SCSW_CTRL,
  SCSW_FLAG,
  SENSE,
  SENSE_BYTES,
  SENSE_ID,
  SENSE_ID_BYTES,
} from '../../../spec/channel-io.ts';
import { type Ccw, DataStream } from './data-stream.ts';
import { type Storage, viewOf } from './storage.ts';
import type { Ending, Subchannel } from './subchannel.ts';

/** The only path of a virtual device. */
const PATH = 0x80;
/** Commands without an address that a program may have. */
const MAX_WITHOUT_DATA = 255;
/** CCWs that a start may fetch. QEMU has no such limit: a program that chains in a circle hangs it. */
const MAX_CCWS = 4096;
const COMPLETE = SCSW_CTRL.primary | SCSW_CTRL.secondary;
const CHECK = COMPLETE | SCSW_CTRL.alert;

/** Where a CCW must lie, by its format: on a doubleword, in 24 or 31 bits. */
const BAD_ADDRESS = { format0: 0xff00_0007, format1: 0x8000_0007 } as const;

/** What running programs needs. */
export interface ProgramSite {
  readonly storage: Storage;
  readonly journal: JournalWriter;
}

/** Whether a command's count must be exactly what the command moves. */
export function checksLength({ flags }: Ccw): boolean {
  return (flags & CCW_FLAG.SLI) === 0 || (flags & CCW_FLAG.CD) !== 0;
}

/** Runs the program that START SUBCHANNEL was given, until it ends or suspends itself. */
export function startProgram(site: ProgramSite, subchannel: Subchannel, lpm: number): void {
  subchannel.dstat = 0;
  subchannel.cstat = 0;
  if (!(lpm & PATH)) {
    // Nowhere to go: deferred condition code 3.
    subchannel.scswFlags |= SCSW_FLAG.cc;
    subchannel.present(SCSW_CTRL.alert);
    return;
  }
  if (subchannel.orbControl & ORB_BITS.format1) subchannel.scswFlags |= SCSW_FLAG.format1;
  subchannel.withoutData = 0;
  run(site, subchannel, (subchannel.orbControl & ORB_BITS.suspend) !== 0);
}

/** Goes on with a program that had suspended itself. */
export function resumeProgram(site: ProgramSite, subchannel: Subchannel): void {
  subchannel.ctrl &= ~(SCSW_CTRL.suspended | SCSW_CTRL.resumePending);
  run(site, subchannel, true);
}

function run(site: ProgramSite, subchannel: Subchannel, suspendAllowed: boolean): void {
  let afterTransfer = false;
  let ending: Ending = 'programCheck';
  for (let ccws = 0; ccws < MAX_CCWS; ccws++) {
    const ccw = fetchCcw(site, subchannel);
    if (ccw && suspends(ccw) && suspendAllowed) {
      subchannel.ctrl = (subchannel.ctrl & ~SCSW_CTRL.startPending) | SCSW_CTRL.suspended;
      return;
    }
    if (!ccw || suspends(ccw) || !countsData(subchannel, ccw)) break;
    record(site, subchannel, ccw);
    if (ccw.command === CCW_CMD.TIC) {
      // A transfer leads to a command, and has nothing else to say.
      if (afterTransfer || ccw.flags || ccw.count) break;
      subchannel.program = ccw.cda;
      afterTransfer = true;
      continue;
    }
    afterTransfer = false;
    const outcome = carryOut(site, subchannel, ccw);
    if (outcome !== 'done' || !(ccw.flags & CCW_FLAG.CC)) {
      ending = outcome;
      break;
    }
    subchannel.program = (subchannel.program + CCW_BYTES) >>> 0;
  }
  end(subchannel, ending);
}

function suspends({ flags }: Ccw): boolean {
  return (flags & CCW_FLAG.SUSPEND) !== 0;
}

/** The CCW at the program's address, or undefined where there is none that could be. */
function fetchCcw({ storage }: ProgramSite, subchannel: Subchannel): Ccw | undefined {
  const { program } = subchannel;
  const format1 = (subchannel.orbControl & ORB_BITS.format1) !== 0;
  const bad = format1 ? BAD_ADDRESS.format1 : BAD_ADDRESS.format0;
  if (program === 0 || (program & bad) !== 0) return undefined;
  const bytes = new Uint8Array(CCW_BYTES);
  storage.fetch(program, bytes);
  const ccw = format1 ? readFormat1(viewOf(bytes)) : readFormat0(viewOf(bytes));
  const kind = ccw.command & 0x0f;
  if (kind === 0 || (kind === CCW_CMD.TIC && ccw.command !== CCW_CMD.TIC)) return undefined;
  if (!format1 && ccw.count === 0 && ccw.command !== CCW_CMD.TIC) return undefined;
  return ccw.flags & CCW_FLAG.MIDA ? undefined : ccw;
}

function readFormat1(view: DataView): Ccw {
  return {
    command: view.getUint8(CCW.command.offset),
    flags: view.getUint8(CCW.flags.offset),
    count: view.getUint16(CCW.count.offset),
    cda: view.getUint32(CCW.cda.offset),
  };
}

/** Format 0 has 24 bits of address; a transfer is one whatever stands in its upper four bits, flags and count. */
function readFormat0(view: DataView): Ccw {
  const command = view.getUint8(0);
  const cda = view.getUint32(0) & 0x00ff_ffff;
  if ((command & 0x0f) === CCW_CMD.TIC) return { command: CCW_CMD.TIC, flags: 0, count: 0, cda };
  return { command, flags: view.getUint8(4), count: view.getUint16(6), cda };
}

/** Counts a command without an address; false where the program has too many of them. */
function countsData(subchannel: Subchannel, { cda }: Ccw): boolean {
  if (cda !== 0) return true;
  if (subchannel.withoutData === MAX_WITHOUT_DATA) return false;
  subchannel.withoutData++;
  return true;
}

function carryOut({ storage }: ProgramSite, subchannel: Subchannel, ccw: Ccw): Ending {
  const data = new DataStream(storage, ccw, subchannel.orbControl);
  switch (ccw.command) {
    case CCW_CMD.NOOP:
      return 'done';
    case CCW_CMD.BASIC_SENSE:
      return basicSense(subchannel, ccw, data);
    case CCW_CMD.SENSE_ID:
      return senseId(subchannel, ccw, data);
    default:
      return subchannel.behind.command(ccw, data, subchannel);
  }
}

/** BASIC SENSE: why the last command ended with a unit check. */
function basicSense(subchannel: Subchannel, ccw: Ccw, data: DataStream): Ending {
  if (checksLength(ccw) && ccw.count !== SENSE_BYTES) return 'programCheck';
  const stored = data.write(subchannel.sense.subarray(0, Math.min(ccw.count, SENSE_BYTES)));
  subchannel.residual = data.left;
  if (!stored) return 'programCheck';
  subchannel.sense.fill(0);
  return 'done';
}

/** SENSE ID: what kind of control unit and device this is (VIRTIO 1.4 §4.3.1). */
function senseId(subchannel: Subchannel, ccw: Ccw, data: DataStream): Ending {
  if (checksLength(ccw) && ccw.count !== SENSE_ID_BYTES) return 'programCheck';
  const length = Math.min(ccw.count, SENSE_ID_BYTES);
  const id = new Uint8Array(SENSE_ID_BYTES);
  // Only who reads on to the model learns that this is the extended kind of answer.
  id[SENSE_ID.reserved.offset] = length >= 4 ? 0xff : 0;
  viewOf(id).setUint16(SENSE_ID.cuType.offset, subchannel.behind.controlUnit);
  id[SENSE_ID.cuModel.offset] = subchannel.behind.controlUnitModel;
  if (!data.write(id.subarray(0, length))) return 'programCheck';
  subchannel.residual = data.left;
  return 'done';
}

/** Presents how the program ended. */
function end(subchannel: Subchannel, ending: Ending): void {
  subchannel.ctrl &= ~SCSW_CTRL.startPending;
  subchannel.present(ending === 'done' ? COMPLETE : CHECK);
  switch (ending) {
    case 'done':
      subchannel.dstat = DSTAT.channelEnd | DSTAT.deviceEnd;
      break;
    case 'programCheck':
      subchannel.cstat = CSTAT.programCheck;
      break;
    case 'reject':
      subchannel.dstat = DSTAT.unitCheck;
      subchannel.sense[0] = SENSE.commandReject;
      break;
    case 'intervention':
      // The address stays what it was, as in QEMU.
      subchannel.dstat = DSTAT.unitCheck;
      subchannel.sense[0] = SENSE.interventionRequired;
      return;
  }
  subchannel.cpa = (subchannel.program + CCW_BYTES) >>> 0;
}

function record({ journal }: ProgramSite, subchannel: Subchannel, ccw: Ccw): void {
  if (!journal.on) return;
  journal.ccw(
    subchannel.behind.driven,
    ccw.command,
    ccw.flags,
    ccw.count,
    ccw.cda,
    subchannel.program,
  );
}
