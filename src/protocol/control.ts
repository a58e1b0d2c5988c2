/**
 * Layout of the control block: Int32 words in one SharedArrayBuffer that machine worker, vCPU
 * worker and page share. Owner and moment of each word are part of its meaning.
 */
export const CONTROL = {
  /** Bumped and notified by every sender; the machine worker sleeps on it. */
  wake: 0,
  /** Mailbox state, see `MAILBOX`. vCPU: idle → request; machine: request → response; vCPU: response → idle. */
  mailbox: 1,
  /** Request: see `OP`. */
  op: 2,
  /** Request: `SPACE` of the access. */
  space: 3,
  /** Request: bytes, 1, 2 or 4. */
  size: 4,
  addrLo: 5,
  addrHi: 6,
  /** Request (write) or response (read), as unsigned 32 bits. */
  value: 7,
  /** Logical clock that travels with request and response. */
  clock: 8,
  /** Request of the kinds that `CALL_ARGS` is for: what is asked, a number of that kind's. */
  detail: 9,
  /** Bumped and notified by the machine whenever `irq` changes; a halted vCPU sleeps on it. */
  irqSeq: 10,
  /** The machine's logical clock when it last changed `irq`. */
  irqClock: 11,
  /** What the guest may still do: a count, or `UNLIMITED`. Page adds, vCPU takes. */
  credit: 12,
  /** 1 asks the vCPU to end the run at its next credit or wait. Written by the page, which also changes `credit` and `irqSeq`, so that neither wait begins too late to notice. */
  stop: 13,
  /** What the vCPU is doing, see `VCPU_STATE`. Written by the vCPU. */
  vcpuState: 14,
  /** Bumped by the vCPU whenever it has used up its credit and begins to wait. */
  creditWaits: 15,
  /** 1 while the machine worker sleeps on `wake`, so that a guest need not wake one that spins. Written by the machine. */
  machineAsleep: 16,
  /** 1 while the vCPU sleeps on `mailbox`. Written by the vCPU. */
  vcpuAsleep: 17,
  /** At which script lines the vCPU takes its credit away and waits, see `WATCH`. Written by the page. */
  watch: 18,
  /** `irqSeq` that the vCPU had seen when it went to sleep. Written by the vCPU. */
  haltedAt: 19,
  /** First of eight words of asserted interrupt inputs, a bit each. Written by the machine. */
  irq: 20,
  /**
   * How many guest actions are recorded before most of what follows is not, see `WINDOW`. Written by the
   * page; the vCPU counts down.
   */
  window: 36,
  /** 1 while the vCPU is in a gap, and the script line that it is at. Written by the vCPU. */
  inGap: 37,
  line: 38,
  /** First of `WATCHED_LINES / 32` words, a bit for each script line. Written by the page. */
  lines: 40,
  words: 40 + 1024,
} as const;

/** Script lines that `CONTROL.lines` has a bit for, from 0 on. */
export const WATCHED_LINES = 32 * 1024;
/** Values of `CONTROL.watch`: none, those of `CONTROL.lines`, each. */
export const WATCH = { none: 0, lines: 1, all: 2 } as const;

/** Arguments of a call, and its result in place of the first: 64-bit floats from this index on, as they count. */
export const CALL_ARGS = 14;

/** Values of `CONTROL.mailbox`. */
export const MAILBOX = { idle: 0, request: 1, response: 2 } as const;
/** Values of `CONTROL.op`. */
export const OP = {
  read: 1,
  write: 2,
  takeInterrupt: 3,
  channel: 4,
  hypercall: 5,
  endGap: 6,
} as const;
/** `CONTROL.credit` that is never used up. */
export const UNLIMITED = -1;
/** Values of `CONTROL.window`: everything is recorded; nothing is; from here on, a count of actions that still are. */
export const WINDOW = { all: 0, closed: 1 } as const;
/** Values of `CONTROL.vcpuState`. */
export const VCPU_STATE = { off: 0, running: 1, waitsForCredit: 2, halted: 3, exit: 4 } as const;
