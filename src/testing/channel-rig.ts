import { Machine } from '../engine/machine/machine.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { EventKind, EventOf } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { CCW_FLAG, CHANNEL_OP, type ChannelOp, PMCW } from '../spec/channel-io.ts';
import { goldenHost } from './golden.ts';

/** Where the rig keeps its blocks. */
const PLACE = { orb: 0x1000, irb: 0x1100, schib: 0x1200, ccws: 0x2000, data: 0x3000 } as const;
/** Bytes of the data area of each command. */
const DATA_BYTES = 0x400;
const PATHS = 0xff;
const FORMAT_1 = 0x0080;

/** A command of a channel program: its data go out, and come back in the same place. */
export interface Command {
  readonly command: number;
  readonly data?: ArrayLike<number>;
  /** Bytes; as many as there are data where absent. */
  readonly count?: number;
  /** `CCW_FLAG` bits; SLI where absent. */
  readonly flags?: number;
  /** Address of the data; a place of the rig's own where absent. */
  readonly cda?: number;
}

/** Status as TEST SUBCHANNEL showed it. */
export interface Status {
  readonly cc: number;
  readonly flags: number;
  readonly ctrl: number;
  readonly cpa: number;
  readonly dstat: number;
  readonly cstat: number;
  readonly residual: number;
  readonly irb: Uint8Array;
}

/** A machine with channel devices, driven by channel I/O instructions. */
export class ChannelRig {
  readonly machine: Machine;
  readonly store = new EventStore();
  /** Subchannel that instructions mean where they name none. */
  schid = 0x1_0000;
  readonly #reader: JournalReader;

  /** `line`: devices and their back ends, in QEMU's words. */
  constructor(line: string) {
    const ring = JournalRing.create(1 << 14, 1 << 18);
    this.#reader = new JournalReader([ring], this.store);
    this.machine = Machine.build(`qemu-system-s390x -nodefaults -m 16 ${line}`, {
      ...goldenHost(),
      journal: new JournalWriter(ring),
    });
  }

  op(op: ChannelOp, address = 0, schid = this.schid): number {
    return this.machine.channel(CHANNEL_OP[op], schid, address);
  }

  peek(address: number, length: number): Uint8Array {
    const at = this.machine.ram.offsetOf(address, length);
    return this.machine.ram.u8.slice(at, at + length);
  }

  poke(address: number, bytes: ArrayLike<number>): void {
    this.machine.ram.u8.set(bytes, this.machine.ram.offsetOf(address, bytes.length));
  }

  /** The SCHIB, whatever the condition code. */
  schib(): DataView {
    this.op('stsch', PLACE.schib);
    return new DataView(this.peek(PLACE.schib, 52).buffer);
  }

  /** Changes the SCHIB by MODIFY SUBCHANNEL; the condition code. */
  modify(change: (schib: DataView) => void): number {
    const schib = this.schib();
    change(schib);
    this.poke(PLACE.schib, new Uint8Array(schib.buffer));
    return this.op('msch', PLACE.schib);
  }

  enable(on = true): number {
    return this.modify((schib) => schib.setUint16(4, on ? PMCW.dnv | PMCW.ena : PMCW.dnv));
  }

  /** Writes a program of format 1; all but the last command are chained. Returns its address. */
  program(...commands: readonly Command[]): number {
    commands.forEach(({ command, data, count, flags = CCW_FLAG.SLI, cda }, i) => {
      const chained = i < commands.length - 1 ? CCW_FLAG.CC : 0;
      const length = count ?? data?.length ?? 0;
      const place = cda ?? (length > 0 ? this.dataAt(i) : 0);
      const view = new DataView(new ArrayBuffer(8));
      view.setUint8(0, command);
      view.setUint8(1, flags | chained);
      view.setUint16(2, length);
      view.setUint32(4, place);
      this.poke(PLACE.ccws + 8 * i, new Uint8Array(view.buffer));
      this.poke(this.dataAt(i), new Uint8Array(DATA_BYTES));
      if (data) this.poke(this.dataAt(i), data);
    });
    return PLACE.ccws;
  }

  /** Where the data of the `i`th command are. */
  dataAt(i: number): number {
    return PLACE.data + DATA_BYTES * i;
  }

  /** Starts the program at `cpa`; the condition code. */
  start(cpa: number, control = FORMAT_1, lpm = PATHS): number {
    const view = new DataView(new ArrayBuffer(32));
    view.setUint32(0, 0x1234_5678);
    view.setUint16(4, control);
    view.setUint8(6, lpm);
    view.setUint32(8, cpa);
    this.poke(PLACE.orb, new Uint8Array(view.buffer));
    return this.op('ssch', PLACE.orb);
  }

  /** TEST SUBCHANNEL. */
  test(): Status {
    const cc = this.op('tsch', PLACE.irb);
    const irb = this.peek(PLACE.irb, 64);
    const view = new DataView(irb.buffer);
    return {
      ...{ cc, flags: view.getUint16(0), ctrl: view.getUint16(2), cpa: view.getUint32(4) },
      ...{ dstat: view.getUint8(8), cstat: view.getUint8(9), residual: view.getUint16(10), irb },
    };
  }

  /** Runs one program and collects its status. */
  run(...commands: readonly Command[]): Status {
    this.start(this.program(...commands));
    return this.test();
  }

  /** Every event of `kind` so far. */
  events<K extends EventKind>(kind: K): EventOf<K>[] {
    this.machine.journal.flush();
    this.#reader.drain();
    const found: EventOf<K>[] = [];
    for (let i = 0; i < this.store.length; i++) {
      const event = this.store.get(i);
      if (event.kind === kind) found.push(event as unknown as EventOf<K>);
    }
    return found;
  }
}

/** A big-endian number of `width` bytes. */
export function be(value: number | bigint, width: number): number[] {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigUint64(0, BigInt(value));
  return [...new Uint8Array(bytes.buffer).subarray(8 - width)];
}
