import {
  CSTAT,
  DSTAT,
  IRB,
  IRB_BYTES,
  PMCW,
  PMCW_CHARS,
  SCHIB,
  SCHIB_BYTES,
  SCSW,
  SCSW_CTRL,
  SCSW_FLAG,
  SENSE_BYTES,
} from '../../../spec/channel-io.ts';
import { fieldsOf, type State, setFields } from '../../qom/state.ts';
import type { CssId } from './css-id.ts';
import type { Ccw, DataStream } from './data-stream.ts';
import { viewOf } from './storage.ts';

/** How a command ended: done; not known to the device; wrong in itself; or somebody must see to the device. */
export type Ending = 'done' | 'reject' | 'programCheck' | 'intervention';

/** What a snapshot keeps of a subchannel beside its blocks of bytes. */
const KEPT = [
  'intparm',
  'pmcw',
  'lpm',
  'lpum',
  'pom',
  'mbi',
  'chars',
  'scswFlags',
  'ctrl',
  'cpa',
  'dstat',
  'cstat',
  'residual',
  'orbControl',
  'program',
  'withoutData',
] as const;

/** What a device behind a subchannel does. */
export interface ChannelDevice {
  /** Number in journal events of what a driver drives here. */
  readonly driven: number;
  /** Type of its control unit, as SENSE ID tells it. */
  readonly controlUnit: number;
  /** Model of its control unit. */
  readonly controlUnitModel: number;
  /** Identifier of its one channel path. */
  readonly channelPath: number;
  /** Carries out a command of the device's own, and sets the subchannel's residual count. */
  command(ccw: Ccw, data: DataStream, subchannel: Subchannel): Ending;
  /** The program disabled the subchannel. */
  subchannelDisabled(): void;
}

/** The only path of a virtual device, as a bit of path masks. */
const PATH = 0x80;
const ALL_PATHS = 0xff;

/** What MODIFY SUBCHANNEL may change. */
const MODIFIABLE = PMCW.isc | PMCW.ena | PMCW.lm | PMCW.mme | PMCW.mp;
const MODIFIABLE_CHARS = PMCW_CHARS.mbfc | PMCW_CHARS.csense;

/** Activity that is over once the program has seen the status. */
const ACTIVITY =
  SCSW_CTRL.resumePending |
  SCSW_CTRL.startPending |
  SCSW_CTRL.haltPending |
  SCSW_CTRL.clearPending |
  SCSW_CTRL.suspended;

/** Format of the limited and of the full extended status of the IRB. */
const ESW = { path: 0x0080_0000, check: 0x0480_4000 } as const;
/** Concurrent sense in the extended-report word. */
const ERW_SENSE = 0x0100_0000;

/**
 * One subchannel: its number, and its state as the program sees it in SCHIB and IRB. Everything that
 * moves is moved by channel I/O instructions and by the device behind.
 */
export class Subchannel {
  /** The device's number. */
  readonly device: CssId;
  /** The subchannel's own. */
  readonly subchannel: CssId;
  /** What is behind. */
  readonly behind: ChannelDevice;

  /** Interruption parameter; of the program. */
  intparm = 0;
  /** `PMCW` bits. */
  pmcw: number = PMCW.dnv;
  /** Paths that the program wants used; last used; operational. */
  lpm = PATH;
  lpum = 0;
  pom = ALL_PATHS;
  /** Measurement, which the program may set and nobody measures. */
  mbi = 0;
  chars = 0;
  readonly #measurementBlock = new Uint8Array(8);

  /** `SCSW_FLAG` bits, `SCSW_CTRL` bits, address behind the last CCW, device and subchannel status, residual count. */
  scswFlags = 0;
  ctrl = 0;
  cpa = 0;
  dstat = 0;
  cstat = 0;
  residual = 0;
  /** Sense data of the last unit check. */
  readonly sense = new Uint8Array(SENSE_BYTES);

  /** The program that was started: `ORB.ctrl0` of it, and address of its next CCW. */
  orbControl = 0;
  program = 0;
  /** Commands without an address so far. */
  withoutData = 0;

  constructor(device: CssId, subchannel: CssId, behind: ChannelDevice) {
    this.device = device;
    this.subchannel = subchannel;
    this.behind = behind;
  }

  /** Whether the program enabled it: else instructions but STORE and MODIFY SUBCHANNEL find nothing operational. */
  get enabled(): boolean {
    return (this.pmcw & PMCW.ena) !== 0;
  }

  /** Interruption subclass, 0 to 7. */
  get isc(): number {
    return (this.pmcw & PMCW.isc) >> PMCW.iscShift;
  }

  get statusPending(): boolean {
    return (this.ctrl & SCSW_CTRL.pending) !== 0;
  }

  /** Back to the state after power-on. */
  reset(): void {
    if (this.enabled) this.behind.subchannelDisabled();
    this.intparm = 0;
    this.pmcw = PMCW.dnv;
    this.lpm = PATH;
    this.lpum = 0;
    this.pom = ALL_PATHS;
    this.mbi = 0;
    this.chars = 0;
    this.#measurementBlock.fill(0);
    this.scswFlags = 0;
    this.ctrl = 0;
    this.cpa = 0;
    this.dstat = 0;
    this.cstat = 0;
    this.residual = 0;
    this.program = 0;
  }

  saveState(): State {
    const measurementBlock = this.#measurementBlock;
    return { ...fieldsOf(this as Subchannel, KEPT), measurementBlock, sense: this.sense };
  }

  loadState(state: State): void {
    setFields(this as Subchannel, KEPT, state);
    this.#measurementBlock.set(state.measurementBlock as Uint8Array);
    this.sense.set(state.sense as Uint8Array);
  }

  /** The SCHIB as it is now. */
  schib(): Uint8Array {
    const bytes = new Uint8Array(SCHIB_BYTES);
    const view = viewOf(bytes);
    view.setUint32(SCHIB.intparm.offset, this.intparm);
    view.setUint16(SCHIB.flags.offset, this.pmcw);
    view.setUint16(SCHIB.devno.offset, this.device.devid);
    view.setUint8(SCHIB.lpm.offset, this.lpm);
    view.setUint8(SCHIB.lpum.offset, this.lpum);
    view.setUint8(SCHIB.pim.offset, PATH);
    view.setUint16(SCHIB.mbi.offset, this.mbi);
    view.setUint8(SCHIB.pom.offset, this.pom);
    view.setUint8(SCHIB.pam.offset, PATH);
    view.setUint8(SCHIB.chpid.offset, this.behind.channelPath);
    view.setUint32(SCHIB.chars.offset, this.chars);
    this.#putScsw(view, SCHIB.scsw.offset, this.scswFlags);
    bytes.set(this.#measurementBlock, SCHIB.mba.offset);
    return bytes;
  }

  /** MODIFY SUBCHANNEL takes over what a program may change. */
  modify(schib: Uint8Array): void {
    const view = viewOf(schib);
    const was = this.enabled;
    this.intparm = view.getUint32(SCHIB.intparm.offset);
    this.pmcw = merge(this.pmcw, view.getUint16(SCHIB.flags.offset), MODIFIABLE);
    this.lpm = view.getUint8(SCHIB.lpm.offset);
    this.mbi = view.getUint16(SCHIB.mbi.offset);
    this.pom = view.getUint8(SCHIB.pom.offset);
    this.chars = merge(this.chars, view.getUint32(SCHIB.chars.offset), MODIFIABLE_CHARS) >>> 0;
    const { offset, width } = SCHIB.mba;
    this.#measurementBlock.set(schib.subarray(offset, offset + width));
    if (was && !this.enabled) this.behind.subchannelDisabled();
  }

  /** The IRB as it is now. */
  irb(): Uint8Array {
    const bytes = new Uint8Array(IRB_BYTES);
    const view = viewOf(bytes);
    let flags = this.scswFlags;
    if (this.statusPending) {
      const check = this.cstat & (CSTAT.dataCheck | CSTAT.controlCheck | CSTAT.interfaceCheck);
      if (check) flags |= SCSW_FLAG.eswf;
      view.setUint32(IRB.esw0.offset, check ? ESW.check : ESW.path);
      if (this.dstat & DSTAT.unitCheck && this.chars & PMCW_CHARS.csense) {
        flags |= SCSW_FLAG.eswf | SCSW_FLAG.ectl;
        bytes.set(this.sense, IRB.ecw.offset);
        view.setUint32(IRB.erw.offset, ERW_SENSE | (SENSE_BYTES << 8));
      }
    }
    this.#putScsw(view, 0, flags);
    return bytes;
  }

  /** TEST SUBCHANNEL has stored the IRB: what it showed is over. */
  statusSeen(): void {
    if (!this.statusPending) return;
    // Intermediate status, after which a program would go on, is never presented.
    this.ctrl &= ~(SCSW_CTRL.status | SCSW_CTRL.functions | ACTIVITY);
    this.scswFlags &= ~SCSW_FLAG.pno;
    if (this.chars & PMCW_CHARS.csense) this.sense.fill(0);
  }

  /** CLEAR SUBCHANNEL: whatever went on is over. */
  clear(): void {
    this.ctrl &= ~(SCSW_CTRL.functions | ACTIVITY | SCSW_CTRL.subchannelActive);
    this.ctrl |= SCSW_CTRL.clear | SCSW_CTRL.pending;
    this.pom = ALL_PATHS;
    this.lpum = PATH;
    this.scswFlags &= ~SCSW_FLAG.pno;
    this.program = 0;
    this.dstat = 0;
    this.cstat = 0;
  }

  /** HALT SUBCHANNEL: the start function is over, with the device's end where nothing had been pending. */
  halt(): void {
    const { ctrl } = this;
    const suspended = (ctrl & SCSW_CTRL.suspended) !== 0;
    if (suspended) this.cpa = (this.program + 8) >>> 0;
    else if (!(ctrl & SCSW_CTRL.startPending)) this.dstat = DSTAT.deviceEnd;
    this.ctrl = (ctrl & ~(SCSW_CTRL.start | SCSW_CTRL.haltPending)) | SCSW_CTRL.halt;
    this.ctrl |= SCSW_CTRL.pending;
    this.program = 0;
    this.cstat = 0;
    this.lpum = PATH;
  }

  /** CANCEL SUBCHANNEL: a program that did not begin, or stands still, never goes on. */
  cancel(): void {
    this.ctrl &= ~(
      SCSW_CTRL.start |
      SCSW_CTRL.resumePending |
      SCSW_CTRL.startPending |
      SCSW_CTRL.suspended
    );
    this.program = 0;
    this.dstat = 0;
    this.cstat = 0;
  }

  /** Presents status: `SCSW_CTRL` bits beside "pending". */
  present(status: number): void {
    this.ctrl = (this.ctrl & ~SCSW_CTRL.status) | status | SCSW_CTRL.pending;
  }

  #putScsw(view: DataView, at: number, flags: number): void {
    view.setUint16(at + SCSW.flags.offset, flags);
    view.setUint16(at + SCSW.ctrl.offset, this.ctrl);
    view.setUint32(at + SCSW.cpa.offset, this.cpa);
    view.setUint8(at + SCSW.dstat.offset, this.dstat);
    view.setUint8(at + SCSW.cstat.offset, this.cstat);
    view.setUint16(at + SCSW.count.offset, this.residual);
  }
}

/** `value` with the bits of `mask` from `other`. */
function merge(value: number, other: number, mask: number): number {
  return (value & ~mask) | (other & mask);
}
