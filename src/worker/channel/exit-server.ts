import { allOnes, join64 } from '../../base/bits.ts';
import { type AccessSize, type BusSpace, INTERRUPT_WORDS } from '../../guest/hal.ts';
import { RING } from '../../journal/ring.ts';
import { SPACE } from '../../journal/schema.ts';
import { CALL_ARGS, CONTROL, MAILBOX, OP, VCPU_STATE } from '../../protocol/control.ts';
import type { BusTarget } from './bus-target.ts';

/** Turns that a thread polls before it sleeps: about 16 µs (two Atomics a turn would double it). */
export const SPIN_TURNS = 2_000;

/** How often a full ring is waited for without that anything is taken from it, and how long each time. */
const ROOM_PATIENCE = 100;
const ROOM_MS = 50;

/** What the server tells of. */
interface Listener {
  /** What the machine threw: a fault of this program; the guest then reads all ones. */
  onFault(error: unknown): void;
  /** Devices came or went because of an access. */
  onPlug?(): void;
}

/**
 * The machine's end of the mailbox: answers the guest's bus accesses and calls, and publishes the interrupt
 * inputs. Everything the machine does because of an access happens before the answer is visible,
 * and the machine's clock travels with the answer.
 */
export class ExitServer {
  readonly #control: Int32Array;
  readonly #args: Float64Array;
  readonly #machine: BusTarget;
  readonly #listener: Listener;
  #interruptsChanged = false;

  constructor(control: Int32Array, machine: BusTarget, listener: Listener) {
    this.#control = control;
    this.#args = new Float64Array(control.buffer);
    this.#machine = machine;
    this.#listener = listener;
    machine.onInterrupt = () => {
      this.#interruptsChanged = true;
    };
    this.publishInterrupts(true);
  }

  /** Answers accesses until none has come for `turns` looks at the mailbox, or `limit` were answered; returns how many. */
  serve(turns = SPIN_TURNS, limit = Number.POSITIVE_INFINITY): number {
    const control = this.#control;
    let served = 0;
    for (let turn = 0; turn < turns; turn++) {
      if (Atomics.load(control, CONTROL.mailbox) !== MAILBOX.request) continue;
      this.#answer();
      if (++served >= limit) break;
      turn = -1;
    }
    return served;
  }

  /** Sleeps until somebody bumps `wake`, an access comes, or `ms` have passed; returns whether an access came. */
  sleep(ms: number): boolean {
    const control = this.#control;
    Atomics.store(control, CONTROL.machineAsleep, 1);
    const seen = Atomics.load(control, CONTROL.wake);
    // A guest that looked before the store above found nobody to wake, so its request is here by now.
    if (Atomics.load(control, CONTROL.mailbox) !== MAILBOX.request)
      Atomics.wait(control, CONTROL.wake, seen, ms);
    Atomics.store(control, CONTROL.machineAsleep, 0);
    return Atomics.load(control, CONTROL.mailbox) === MAILBOX.request;
  }

  /** Whether the vCPU can send no access before the page or the machine has acted. */
  get vcpuRests(): boolean {
    const state = Atomics.load(this.#control, CONTROL.vcpuState);
    return state === VCPU_STATE.waitsForCredit || state === VCPU_STATE.halted;
  }

  /** Drops a request whose guest is gone. To be called only while no vCPU runs. */
  clear(): void {
    const { journal } = this.#machine;
    // Its thread was ended in a gap: what it had counted is lost with it.
    if (journal.inGap) {
      this.#endGap();
      journal.gapEnded(this.#args[CALL_ARGS + 1] ?? 0, this.#args[CALL_ARGS] ?? 0);
      journal.handOver();
    }
    this.#control[CONTROL.inGap] = 0;
    Atomics.store(this.#control, CONTROL.mailbox, MAILBOX.idle);
    Atomics.store(this.#control, CONTROL.vcpuAsleep, 0);
  }

  /** Makes the interrupt inputs visible to the vCPU, with the clock of what changed them. Needed after anything but an access. */
  publishInterrupts(always = false): void {
    if (!this.#interruptsChanged && !always) return;
    this.#interruptsChanged = false;
    const control = this.#control;
    const { journal } = this.#machine;
    journal.handOver();
    control[CONTROL.irqClock] = journal.clock | 0;
    for (let word = 0; word < INTERRUPT_WORDS; word++) {
      const now = this.#machine.interruptWord(word) | 0;
      // Nobody else writes them, so that a plain load tells what is there.
      if (control[CONTROL.irq + word] !== now) Atomics.store(control, CONTROL.irq + word, now);
    }
    Atomics.add(control, CONTROL.irqSeq, 1);
    if (Atomics.load(control, CONTROL.vcpuState) === VCPU_STATE.halted)
      Atomics.notify(control, CONTROL.irqSeq);
  }

  #answer(): void {
    const control = this.#control;
    const { journal } = this.#machine;
    const { plugs } = journal;
    journal.receive((control[CONTROL.clock] ?? 0) >>> 0);
    journal.line = control[CONTROL.line] ?? 0;
    if (control[CONTROL.inGap] === 1) journal.beginGap(false);
    if ((control[CONTROL.op] ?? 0) <= OP.write) this.#access();
    else this.#call();
    if (journal.plugs !== plugs) this.#listener.onPlug?.();
    this.publishInterrupts();
    journal.handOver();
    control[CONTROL.clock] = journal.clock | 0;
    Atomics.store(control, CONTROL.mailbox, MAILBOX.response);
    if (Atomics.load(control, CONTROL.vcpuAsleep) === 1) Atomics.notify(control, CONTROL.mailbox);
  }

  #access(): void {
    const control = this.#control;
    const size = control[CONTROL.size] as AccessSize;
    try {
      const space: BusSpace = control[CONTROL.space] === SPACE.io ? 'io' : 'memory';
      const addr = join64(control[CONTROL.addrLo] ?? 0, control[CONTROL.addrHi] ?? 0);
      if (control[CONTROL.op] === OP.write)
        this.#machine.write(space, addr, size, (control[CONTROL.value] ?? 0) >>> 0);
      else control[CONTROL.value] = this.#machine.read(space, addr, size);
    } catch (error) {
      control[CONTROL.value] = allOnes(size);
      this.#listener.onFault(error);
    }
  }

  /** Records again. The results are counts of events, and of guest actions, that were not recorded. */
  #endGap(): void {
    const { journal, ram } = this.#machine;
    // The guest waits for the answer, and only the page has to take what is told of memory.
    journal.waitForRoom = patiently(journal.ring.header, this.#control);
    const gap = journal.endGap((addr, length) => ram.bytesAt(addr, length));
    journal.waitForRoom = () => false;
    this.#args[CALL_ARGS] = gap?.events ?? 0;
    this.#args[CALL_ARGS + 1] = gap?.actions ?? 0;
  }

  #call(): void {
    const machine = this.#machine;
    const args = this.#args;
    const detail = this.#control[CONTROL.detail] ?? 0;
    const [a = 0, b = 0, c = 0] = args.subarray(CALL_ARGS, CALL_ARGS + 3);
    try {
      switch (this.#control[CONTROL.op]) {
        case OP.takeInterrupt:
          machine.takeInterrupt(detail);
          break;
        case OP.channel:
          args[CALL_ARGS] = machine.channel(detail, a, b);
          break;
        case OP.hypercall:
          args[CALL_ARGS] = machine.hypercall(detail, a, b, c);
          break;
        case OP.endGap:
          this.#endGap();
          break;
      }
    } catch (error) {
      args[CALL_ARGS] = -1;
      this.#listener.onFault(error);
    }
  }
}

/** Waits for room in a journal's ring as long as the page takes something now and then, and the run is to go on. */
function patiently(header: Int32Array, control: Int32Array): () => boolean {
  let patience = ROOM_PATIENCE;
  return () => {
    if (Atomics.load(control, CONTROL.stop) === 1 || patience-- <= 0) return false;
    const tail = Atomics.load(header, RING.tail);
    if (Atomics.wait(header, RING.tail, tail, ROOM_MS) !== 'timed-out') patience = ROOM_PATIENCE;
    return true;
  };
}
