import { hi32 } from '../../base/bits.ts';
import type { AccessSize, BusSpace } from '../../guest/hal.ts';
import { SPACE } from '../../journal/schema.ts';
import type { JournalWriter } from '../../journal/writer.ts';
import { CALL_ARGS, CONTROL, MAILBOX } from '../../protocol/control.ts';
import { SPIN_TURNS } from './exit-server.ts';

/** How long the vCPU sleeps at most before it looks again whether it is to stop, in ms. */
export const STOP_CHECK_MS = 50;

/** The vCPU's end of the mailbox: one access or call at a time leaves the guest and is waited for. */
export class Mailbox {
  readonly #control: Int32Array;
  readonly #args: Float64Array;
  readonly #journal: JournalWriter;
  readonly #checkStop: () => void;

  /** `checkStop` throws when the run is to end; asked while an answer is long in coming. */
  constructor(control: Int32Array, journal: JournalWriter, checkStop: () => void) {
    this.#control = control;
    this.#args = new Float64Array(control.buffer);
    this.#journal = journal;
    this.#checkStop = checkStop;
  }

  /** One access; `op` is one of `OP`. Returns the value read, unsigned; of no meaning after a write. */
  exchange(op: number, space: BusSpace, addr: number, size: AccessSize, value: number): number {
    const control = this.#control;
    control[CONTROL.op] = op;
    control[CONTROL.space] = SPACE[space];
    control[CONTROL.size] = size;
    control[CONTROL.addrLo] = addr;
    control[CONTROL.addrHi] = hi32(addr);
    control[CONTROL.value] = value;
    this.#send();
    return (control[CONTROL.value] ?? 0) >>> 0;
  }

  /** A request other than an access: `op` is one of `OP`, `detail` and arguments are that one's. Returns its result. */
  call(op: number, detail: number, a = 0, b = 0, c = 0): number {
    const args = this.#args;
    this.#control[CONTROL.op] = op;
    this.#control[CONTROL.detail] = detail;
    args[CALL_ARGS] = a;
    args[CALL_ARGS + 1] = b;
    args[CALL_ARGS + 2] = c;
    this.#send();
    return args[CALL_ARGS] ?? 0;
  }

  /** Another result of the newest call, see `CALL_ARGS`. */
  argument(index: number): number {
    return this.#args[CALL_ARGS + index] ?? 0;
  }

  #send(): void {
    const control = this.#control;
    const journal = this.#journal;
    journal.handOver();
    control[CONTROL.clock] = journal.clock | 0;
    Atomics.store(control, CONTROL.mailbox, MAILBOX.request);
    if (Atomics.load(control, CONTROL.machineAsleep) === 1) {
      Atomics.add(control, CONTROL.wake, 1);
      Atomics.notify(control, CONTROL.wake);
    }
    let turn = 0;
    while (Atomics.load(control, CONTROL.mailbox) !== MAILBOX.response)
      if (++turn === SPIN_TURNS) {
        this.#sleep();
        break;
      }
    journal.receive((control[CONTROL.clock] ?? 0) >>> 0);
    // Ordered by the next request's atomic store; only this thread looks for it before that.
    control[CONTROL.mailbox] = MAILBOX.idle;
  }

  #sleep(): void {
    const control = this.#control;
    Atomics.store(control, CONTROL.vcpuAsleep, 1);
    try {
      for (;;) {
        const result = Atomics.wait(control, CONTROL.mailbox, MAILBOX.request, STOP_CHECK_MS);
        if (Atomics.load(control, CONTROL.mailbox) === MAILBOX.response) return;
        if (result === 'timed-out') this.#checkStop();
      }
    } finally {
      Atomics.store(control, CONTROL.vcpuAsleep, 0);
    }
  }
}
