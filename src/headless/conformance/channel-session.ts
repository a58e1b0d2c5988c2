import type { Machine } from '../../engine/machine/machine.ts';
import { CHANNEL_OP, IRB, IRB_BYTES, SCHIB_BYTES, SENSE_BYTES } from '../../spec/channel-io.ts';
import { VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';

/** Status of a subchannel as a session notes it; numbers are text. */
interface NotedStatus {
  readonly flags_ctl: string;
  readonly ccw_addr: string;
  readonly dstat: string;
  readonly cstat: string;
  readonly resid: number;
}

/** One step of a recorded session of channel I/O. Bytes are hexadecimal digits, other numbers `0x1f` or numbers. */
export interface ChannelStep {
  readonly op: string;
  readonly schid?: string;
  /** Condition code. */
  readonly cc?: number;
  /** What STORE SUBCHANNEL stored, or MODIFY SUBCHANNEL was given. */
  readonly schib?: string | null;
  /** The program of START SUBCHANNEL: one command with its data, and what it left there. */
  readonly orb?: string;
  readonly ccw?: string;
  readonly data_out?: string;
  readonly data_in?: string;
  /** The status that the next TEST SUBCHANNEL shows, in parts. */
  readonly scsw?: NotedStatus;
  readonly sense?: string;
  /** What TEST SUBCHANNEL stored. */
  readonly irb?: string;
  /** Registers of DIAGNOSE 500. */
  readonly r1?: number;
  readonly r2?: string;
  readonly r3?: number;
  readonly r4?: string;
  readonly result?: number;
  /** Queue and configuration indicators. */
  readonly value?: string;
  readonly config?: string;
}

/** Where the recorded guest keeps its blocks. */
const PLACE = { orb: 0x9000, ccw: 0x9100, irb: 0x9200, data: 0x9400, schib: 0x9800 } as const;
/** Bytes of the data area that the guest clears before each command, at least. */
const CLEARED = 64;
/** Bytes of a set of classic indicators. */
const INDICATOR_BYTES = 8;

/** Repeats the steps of a recorded session that are channel I/O, and says what differs. */
export class ChannelSession {
  readonly #machine: Machine;
  /** Addresses of indicators that the guest gave the device. */
  #indicators = 0;
  #configIndicators = 0;
  /** What the next TEST SUBCHANNEL must show. */
  #status: ((irb: Uint8Array) => string | undefined) | undefined;
  readonly #steps: Readonly<Record<string, (step: ChannelStep) => string | undefined>> = {
    stsch: (step) => this.#store(step),
    msch: (step) => this.#modify(step),
    ssch: (step) => this.#start(step),
    tsch: (step) => this.#test(step),
    diag500: (step) => this.#notify(step),
    indicators: (step) => this.#lookAtIndicators(step),
    data: ({ data_in = '' }) => differ('data', this.#peek(PLACE.data, data_in.length / 2), data_in),
  };

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Whether a step is one of these. */
  knows({ op }: { readonly op: string }): boolean {
    return op in this.#steps;
  }

  /** Performs a step; how the answer differs from the recorded one, or undefined. */
  perform(step: ChannelStep): string | undefined {
    return this.#steps[step.op]?.(step);
  }

  #store({ schid, cc, schib }: ChannelStep): string | undefined {
    const got = this.#machine.channel(CHANNEL_OP.stsch, Number(schid), PLACE.schib);
    if (got !== cc) return `condition code ${got} instead of ${cc}`;
    return schib ? differ('SCHIB', this.#peek(PLACE.schib, SCHIB_BYTES), schib) : undefined;
  }

  #modify({ schid, cc, schib }: ChannelStep): string | undefined {
    this.#poke(PLACE.schib, fromHex(schib ?? ''));
    const got = this.#machine.channel(CHANNEL_OP.msch, Number(schid), PLACE.schib);
    return got === cc ? undefined : `condition code ${got} instead of ${cc}`;
  }

  #start(step: ChannelStep): string | undefined {
    const { schid, cc, orb = '', ccw = '', data_out, data_in, scsw, sense } = step;
    const command = Number.parseInt(ccw.slice(0, 2), 16);
    const count = Number.parseInt(ccw.slice(4, 8), 16);
    this.#poke(PLACE.data, new Uint8Array(Math.max(count, CLEARED)));
    if (data_out !== undefined) this.#poke(PLACE.data, fromHex(data_out));
    this.#poke(PLACE.ccw, fromHex(ccw));
    this.#poke(PLACE.orb, fromHex(orb));
    this.#noteIndicators(command, data_out);
    const got = this.#machine.channel(CHANNEL_OP.ssch, Number(schid), PLACE.orb);
    if (got !== cc) return `condition code ${got} instead of ${cc}`;
    this.#status = (irb) =>
      (scsw && statusDifference(irb, scsw)) ??
      (sense === undefined
        ? undefined
        : differ('sense', irb.subarray(IRB.ecw.offset, IRB.ecw.offset + SENSE_BYTES), sense));
    if (data_in === undefined) return undefined;
    return differ('data', this.#peek(PLACE.data, data_in.length / 2), data_in);
  }

  #test({ schid, cc, irb: expected = '' }: ChannelStep): string | undefined {
    const got = this.#machine.channel(CHANNEL_OP.tsch, Number(schid), PLACE.irb);
    if (got !== cc) return `condition code ${got} instead of ${cc}`;
    const irb = this.#peek(PLACE.irb, expected === '' ? 0 : IRB_BYTES);
    const noted = this.#status;
    this.#status = undefined;
    return differ('IRB', irb, expected) ?? noted?.(irb);
  }

  #notify({ r1 = 0, r2, r3 = 0, r4, result }: ChannelStep): string | undefined {
    const got = this.#machine.hypercall(r1, Number(r2), r3, Number(r4));
    return got === result ? undefined : `result ${got} instead of ${result}`;
  }

  /** The guest looks at its indicators, and clears those of queues. */
  #lookAtIndicators({ value = '', config = '' }: ChannelStep): string | undefined {
    const queues = this.#peek(this.#indicators, INDICATOR_BYTES);
    this.#poke(this.#indicators, new Uint8Array(INDICATOR_BYTES));
    return (
      differ('queue indicators', queues, value) ??
      differ(
        'configuration indicators',
        this.#peek(this.#configIndicators, INDICATOR_BYTES),
        config,
      )
    );
  }

  #noteIndicators(command: number, data: string | undefined): void {
    if (data === undefined) return;
    if (command === VIRTIO_CCW_CMD.SET_IND) this.#indicators = Number(`0x${data}`);
    if (command === VIRTIO_CCW_CMD.SET_CONF_IND) this.#configIndicators = Number(`0x${data}`);
  }

  #peek(address: number, length: number): Uint8Array {
    const at = this.#machine.ram.offsetOf(address, length);
    return this.#machine.ram.u8.slice(at, at + length);
  }

  #poke(address: number, bytes: Uint8Array): void {
    this.#machine.ram.u8.set(bytes, this.#machine.ram.offsetOf(address, bytes.length));
  }
}

/** How the status word of an IRB differs from what a session notes of it. */
function statusDifference(irb: Uint8Array, noted: NotedStatus): string | undefined {
  const view = new DataView(irb.buffer, irb.byteOffset);
  const got: NotedStatus = {
    flags_ctl: `0x${view.getUint32(0).toString(16).padStart(8, '0')}`,
    ccw_addr: `0x${view.getUint32(4).toString(16)}`,
    dstat: `0x${view.getUint8(8).toString(16).padStart(2, '0')}`,
    cstat: `0x${view.getUint8(9).toString(16).padStart(2, '0')}`,
    resid: view.getUint16(10),
  };
  for (const field of Object.keys(got) as (keyof NotedStatus)[])
    if (got[field] !== noted[field]) return `${field} ${got[field]} instead of ${noted[field]}`;
  return undefined;
}

function differ(what: string, bytes: Uint8Array, expected: string): string | undefined {
  const got = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return got === expected ? undefined : `${what} ${got} instead of ${expected}`;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  );
}
