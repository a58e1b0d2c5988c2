import { GuestMemory, type Pace } from '../../guest/guest-memory.ts';
import { type AccessSize, type BusSpace, firstAsserted, type Hal } from '../../guest/hal.ts';
import { StopRun } from '../../guest/script/stop-run.ts';
import { JournalRing, RING } from '../../journal/ring.ts';
import type { LogLevel } from '../../journal/schema.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import {
  CONTROL,
  OP,
  UNLIMITED,
  VCPU_STATE,
  WATCH,
  WATCHED_LINES,
  WINDOW,
} from '../../protocol/control.ts';
import type { MachineMemory } from '../../protocol/messages.ts';
import type { Platform } from '../../spec/platform.ts';
import { Mailbox, STOP_CHECK_MS } from './mailbox.ts';

/** A guest that runs at full speed shows its events to the page at least once in so many steps. */
const FLUSH_STEPS = 64;
/** How often the events of a stopped run ask for room in a full ring before they count as dropped. */
const PATIENCE_AFTER_STOP = 5;

/**
 * The guest's way to a machine in another thread: bus accesses through the mailbox, credit,
 * interrupts and journal through shared memory. Every method throws `StopRun` once the page
 * has asked for the run's end, or the run is over.
 */
export class SharedHal implements Hal, Pace {
  readonly ram: GuestMemory;
  readonly platform: Platform;
  readonly journal: JournalWriter;
  readonly #control: Int32Array;
  readonly #mailbox: Mailbox;
  readonly #machineRing: JournalRing;
  /** The machine ring's consumer positions as last read: events, and payload bytes. */
  #machineTail = 0;
  #machineSideTail = 0;
  #steps = 0;
  #open = true;
  #patience = PATIENCE_AFTER_STOP;
  /** This thread's own consumer position as last seen in `#waitForRoom`. */
  #ownTail = 0;
  /** Input by which a wait ended last, and `irqSeq` then. */
  #woken: number | undefined;
  #wokenAt = 0;

  /** Begins a run: the vCPU counts as running until `close()`. */
  constructor(memory: MachineMemory) {
    this.platform = memory.platform;
    this.#control = new Int32Array(memory.control);
    this.#machineRing = new JournalRing(memory.machineJournal);
    this.journal = new JournalWriter(new JournalRing(memory.vcpuJournal));
    this.journal.waitForRoom = () => this.#waitForRoom();
    this.#control[CONTROL.inGap] = 0;
    this.journal.receive(Atomics.load(this.#machineRing.header, RING.clock) >>> 0);
    const ram = new GuestRam(memory.ram, memory.ramBase, memory.ramSize, memory.ramWindows);
    this.ram = new GuestMemory(ram, this.journal, this);
    this.#mailbox = new Mailbox(this.#control, this.journal, () => this.#checkStop());
    Atomics.store(this.#control, CONTROL.vcpuState, VCPU_STATE.running);
  }

  read(space: BusSpace, addr: number, size: AccessSize): number {
    const found = space === 'memory' ? this.ram.found(addr, size) : undefined;
    return found ?? this.#exit(OP.read, space, addr, size, 0);
  }

  write(space: BusSpace, addr: number, size: AccessSize, value: number): void {
    this.#exit(OP.write, space, addr, size, value);
  }

  interrupts(word: number): number {
    const level = Atomics.load(this.#control, CONTROL.irq + word);
    this.journal.receive((this.#control[CONTROL.irqClock] ?? 0) >>> 0);
    return level >>> 0;
  }

  /** As `Hal`, but never throws `GuestDeadlock`: whoever sits at the page may still act. */
  waitForInterrupt(inputs: readonly number[]): number {
    const { journal } = this;
    const control = this.#control;
    let seen = Atomics.load(control, CONTROL.irqSeq);
    let input = firstAsserted(this, inputs);
    if (input !== undefined) {
      // No input has changed since: the guest is awake for nothing new.
      if (journal.on && input === this.#woken && seen === this.#wokenAt)
        journal.vcpuWait('wake', inputs, input);
      this.#woken = input;
      this.#wokenAt = seen;
      return input;
    }
    // Whoever acts while the guest sleeps acts on a machine that is recorded.
    this.#endGap();
    if (journal.on) journal.vcpuWait('halt', inputs, 0);
    journal.flush();
    Atomics.store(control, CONTROL.vcpuState, VCPU_STATE.halted);
    try {
      for (;;) {
        seen = Atomics.load(control, CONTROL.irqSeq);
        input = firstAsserted(this, inputs);
        if (input !== undefined) break;
        this.#checkStop();
        Atomics.store(control, CONTROL.haltedAt, seen);
        Atomics.wait(control, CONTROL.irqSeq, seen);
      }
    } finally {
      Atomics.store(control, CONTROL.vcpuState, VCPU_STATE.running);
    }
    if (journal.on) journal.vcpuWait('wake', inputs, input);
    this.#woken = input;
    this.#wokenAt = seen;
    return input;
  }

  takeInterrupt(input: number): void {
    this.#call(OP.takeInterrupt, input, 0, 0, 0);
  }

  channel(op: number, schid: number, address: number): number {
    return this.#call(OP.channel, op, schid, address, 0);
  }

  hypercall(subcode: number, a: number, b: number, c: number): number {
    return this.#call(OP.hypercall, subcode, a, b, c);
  }

  log(level: LogLevel, text: string): void {
    this.#checkStop();
    if (this.journal.on) this.journal.log('driver', level, text);
  }

  line(line: number): void {
    const watched =
      Atomics.load(this.#control, CONTROL.watch) !== WATCH.none && this.#isWatched(line);
    // Where the guest stays, the journal says so.
    if (watched) this.#endGap();
    this.#take();
    if (!watched) this.#sample();
    if (this.journal.on) this.journal.scriptLine(line);
    // What the line does may take for ever, and the page is to see which one it was.
    if (!this.journal.inGap) this.journal.flush();
    if (watched) this.#stay();
  }

  take(): void {
    this.#take();
    this.#sample();
  }

  get free(): boolean {
    return Atomics.load(this.#control, CONTROL.credit) === UNLIMITED;
  }

  /** Ends the run: shows its last events, and every further call throws `StopRun`. */
  close(): void {
    try {
      this.#endGap();
    } catch (error) {
      // A run that is to end does not wait for the machine, which ends the gap by itself then.
      if (!(error instanceof StopRun)) throw error;
    }
    this.#open = false;
    this.journal.handOver();
    Atomics.store(this.#control, CONTROL.vcpuState, VCPU_STATE.off);
  }

  #isWatched(line: number): boolean {
    const control = this.#control;
    if (Atomics.load(control, CONTROL.watch) === WATCH.all) return true;
    const word = line < WATCHED_LINES ? control[CONTROL.lines + (line >>> 5)] : 0;
    return (((word ?? 0) >>> (line & 31)) & 1) === 1;
  }

  /** Gives back what credit there is, and waits for new credit without taking any. */
  #stay(): void {
    const control = this.#control;
    const had = Atomics.load(control, CONTROL.credit);
    // Not where the page has changed it meanwhile: that is new credit, or a stop.
    Atomics.compareExchange(control, CONTROL.credit, had, 0);
    while (Atomics.load(control, CONTROL.credit) === 0) {
      this.#checkStop();
      this.#waitForCredit();
    }
  }

  #take(): void {
    if (Atomics.load(this.#control, CONTROL.credit) !== UNLIMITED || !this.#open) this.#takeOne();
    else if (++this.#steps % FLUSH_STEPS === 0) this.journal.flush();
  }

  /** Takes the next action out of the window in which actions are recorded, or begins or ends a gap before it. */
  #sample(): void {
    const control = this.#control;
    // A plain load: it follows an atomic one.
    if (control[CONTROL.window] === WINDOW.all && !this.journal.inGap) return;
    for (;;) {
      const left = Atomics.load(control, CONTROL.window);
      if (left === WINDOW.closed) {
        if (!this.journal.inGap) this.#beginGap();
        return;
      }
      this.#endGap();
      if (left === WINDOW.all) return;
      if (Atomics.compareExchange(control, CONTROL.window, left, left - 1) === left) return;
    }
  }

  #beginGap(): void {
    this.journal.beginGap(true);
    this.journal.flush();
    this.#control[CONTROL.inGap] = 1;
  }

  /** Records again, and both threads tell what is so now. */
  #endGap(): void {
    const { journal } = this;
    if (!journal.inGap) return;
    this.#control[CONTROL.inGap] = 0;
    const { ram } = this.ram;
    const here = journal.endGap((addr, length) => ram.bytesAt(addr, length));
    if (this.#machineRingFills()) this.#waitForMachineRing();
    // The count of events is larger than a result that is a failure, and comes beside it.
    const there = this.#mailbox.call(OP.endGap, 0);
    const actions = this.#mailbox.argument(1);
    journal.gapEnded((here?.actions ?? 0) + actions, (here?.events ?? 0) + Math.max(0, there));
    journal.flush();
  }

  #takeOne(): void {
    const control = this.#control;
    for (;;) {
      this.#checkStop();
      const credit = Atomics.load(control, CONTROL.credit);
      if (credit === UNLIMITED) return;
      if (credit > 0) {
        // Not a plain subtraction: the page may have withdrawn the credit since the load.
        if (Atomics.compareExchange(control, CONTROL.credit, credit, credit - 1) === credit) return;
        continue;
      }
      this.#waitForCredit();
    }
  }

  /** Shows what was done, and waits until there is credit. */
  #waitForCredit(): void {
    const control = this.#control;
    this.#endGap();
    this.journal.flush();
    Atomics.add(control, CONTROL.creditWaits, 1);
    Atomics.store(control, CONTROL.vcpuState, VCPU_STATE.waitsForCredit);
    Atomics.wait(control, CONTROL.credit, 0);
    // Before the credit is taken: whoever sees that it is used up must not find an old state.
    Atomics.store(control, CONTROL.vcpuState, VCPU_STATE.running);
  }

  #exit(op: number, space: BusSpace, addr: number, size: AccessSize, value: number): number {
    this.#leave();
    const answer = this.#mailbox.exchange(op, space, addr, size, value);
    this.#control[CONTROL.vcpuState] = VCPU_STATE.running;
    return answer;
  }

  #call(op: number, detail: number, a: number, b: number, c: number): number {
    this.#leave();
    const answer = this.#mailbox.call(op, detail, a, b, c);
    this.#control[CONTROL.vcpuState] = VCPU_STATE.running;
    return answer;
  }

  /** What comes before every exit: credit, and room for what the machine will record. */
  #leave(): void {
    this.take();
    if (this.#machineRingFills()) this.#waitForMachineRing();
    this.#control[CONTROL.line] = this.journal.line;
    this.#control[CONTROL.vcpuState] = VCPU_STATE.exit;
  }

  /** Whether the machine's ring is more than half full, so that one more access might overflow it. */
  #machineRingFills(): boolean {
    const { header, mask, sideMask } = this.#machineRing;
    // Plain loads: both words were last written before the answer that this thread has seen.
    const events = ((header[RING.head] ?? 0) - this.#machineTail) >>> 0;
    const bytes = ((header[RING.sideHead] ?? 0) - this.#machineSideTail) >>> 0;
    if (events <= mask >>> 1 && bytes <= sideMask >>> 1) return false;
    this.#machineTail = Atomics.load(header, RING.tail);
    this.#machineSideTail = Atomics.load(header, RING.sideTail);
    return (
      ((header[RING.head] ?? 0) - this.#machineTail) >>> 0 > mask >>> 1 ||
      ((header[RING.sideHead] ?? 0) - this.#machineSideTail) >>> 0 > sideMask >>> 1
    );
  }

  #waitForMachineRing(): void {
    const { header } = this.#machineRing;
    // What the machine did was caused by events that the page may not have seen yet.
    this.journal.flush();
    do {
      this.#checkStop();
      const tail = Atomics.load(header, RING.tail);
      if (!this.#machineRingFills()) return;
      Atomics.wait(header, RING.tail, tail, STOP_CHECK_MS);
    } while (this.#machineRingFills());
  }

  /** The journal's `waitForRoom`: a running guest waits as long as it takes, a stopped one only for a while. */
  #waitForRoom(): boolean {
    const { header } = this.journal.ring;
    const stopping = !this.#open || Atomics.load(this.#control, CONTROL.stop) === 1;
    if (stopping && this.#patience-- <= 0) return false;
    const tail = Atomics.load(header, RING.tail);
    if (tail === this.#ownTail) Atomics.wait(header, RING.tail, tail, STOP_CHECK_MS);
    this.#ownTail = Atomics.load(header, RING.tail);
    return true;
  }

  #checkStop(): void {
    if (!this.#open || Atomics.load(this.#control, CONTROL.stop) === 1) throw new StopRun();
  }
}
