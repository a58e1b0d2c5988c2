/**
 * The journal's event schema: one table that writer, reader, fold, narration and exporters share.
 *
 * A record is `RECORD_WORDS` unsigned 32-bit words:
 *
 * | word | content |
 * |---|---|
 * | 0 | bits 0–7 kind, 8–11 actor, 12–15 size of the access in bytes where there is one, 16–31 `aux` |
 * | 1 | logical clock of the producing thread |
 * | 2–11 | fields of the kind, see `EVENTS` |
 *
 * A variable-size payload (text, buffer bytes) lies in the producer's side buffer; the record
 * then holds its position and length in words 10 and 11.
 */
export const RECORD_WORDS = 12;

/** Who caused an event. */
export const ACTOR = {
  /** The guest: the script and the guest library. */
  driver: 0,
  /** The device side: virtio devices, transports, platform. */
  device: 1,
  /** A back end: block, rng, … */
  backend: 2,
  /** The person at the page or the monitor. */
  user: 3,
  /** Nobody: the journal tells what is so after a time in which nothing was recorded. */
  recorder: 4,
} as const;
export type Actor = keyof typeof ACTOR;
/** Actor names by code. */
export const ACTORS: readonly Actor[] = ['driver', 'device', 'backend', 'user', 'recorder'];

/**
 * Address spaces of a bus access. `pciConfig` is the decoded form of an access through 0xcfc: its
 * address is what CONFIG_ADDRESS selects without the enable bit, bus << 16 | device << 11 |
 * function << 8 | register.
 */
export const SPACE = { memory: 0, io: 1, pciConfig: 2 } as const;
export type Space = keyof typeof SPACE;
/** Space names by code. */
export const SPACES: readonly Space[] = ['memory', 'io', 'pciConfig'];

/** Where a field lies in a record. */
type Field =
  /** One word, unsigned. */
  | { readonly at: number; readonly type: 'u32' }
  /** Two words, low half first; saturates at 2^53-1. */
  | { readonly at: number; readonly type: 'u64' }
  /** Two words of independent bits, low half first; bits from 53 on are left out. */
  | { readonly at: number; readonly type: 'bits' }
  /** Upper half of word 0. */
  | { readonly type: 'aux' }
  /** Lower or upper half of a word. */
  | { readonly at: number; readonly type: 'lo16' | 'hi16' }
  /** `size` bytes (word 0) that start at word `at`, at most 16. */
  | { readonly at: number; readonly type: 'bytes' };

const u32 = (at: number) => ({ at, type: 'u32' }) as const;
const u64 = (at: number) => ({ at, type: 'u64' }) as const;
const bits = (at: number) => ({ at, type: 'bits' }) as const;
const lo16 = (at: number) => ({ at, type: 'lo16' }) as const;
const hi16 = (at: number) => ({ at, type: 'hi16' }) as const;
const bytes = (at: number) => ({ at, type: 'bytes' }) as const;
const aux = { type: 'aux' } as const;

/**
 * `dev` and `queue` share word 2 in every event that has them. `dev` indexes
 * `MachineTopology.devices`; 0xffff is none.
 */
const DEV = { dev: lo16(2) };
const QUEUE = { ...DEV, queue: hi16(2) };

interface EventInfo {
  readonly code: number;
  readonly fields: Readonly<Record<string, Field>>;
  /** What the side buffer holds, if the kind has a payload. */
  readonly side?: 'text' | 'data';
}

/** Every event kind. Codes are stable: saved runs carry them. */
export const EVENTS = {
  /**
   * A bus read that left the guest. `region` indexes `REGIONS`, `offset` counts from its start;
   * both 0xffff/0 where nothing decodes.
   */
  regRead: {
    code: 1,
    fields: { ...DEV, region: aux, offset: u32(3), addr: u64(4), value: u64(6), space: u32(8) },
  },
  /** A bus write that left the guest. Recorded before the device acts on it. */
  regWrite: {
    code: 2,
    fields: { ...DEV, region: aux, offset: u32(3), addr: u64(4), value: u64(6), space: u32(8) },
  },
  /**
   * A write of at most 16 bytes to guest memory: ring structures, request headers. Bytes in address
   * order.
   */
  memWrite: { code: 3, fields: { addr: u64(2), old: bytes(4), new: bytes(8) } },
  /** A longer write to guest memory; the payload is `length` old bytes, then `length` new bytes. */
  dataWrite: { code: 4, fields: { addr: u64(2), length: u32(4) }, side: 'data' },
  /**
   * The device took a chain: byte totals of its readable and writable parts, count of descriptors.
   * `availIdx` is the free-running index that it looks at next. Of a packed queue, `head` is the buffer
   * ID, and indices are places in the ring with the wrap counter in bit 15.
   */
  chainPopped: {
    code: 5,
    fields: {
      ...QUEUE,
      head: aux,
      availIdx: u32(3),
      readable: u32(4),
      writable: u32(5),
      count: u32(6),
    },
  },
  /**
   * The device returned a chain, having written `length` bytes, and has published it: `usedIdx` is
   * the free-running index after it.
   */
  chainPushed: { code: 6, fields: { ...QUEUE, head: aux, usedIdx: u32(3), length: u32(4) } },
  /**
   * An available-buffer notification reached the device (`sent` 1), or was left out by the driver
   * (`sent` 0) because of `rule`. A driver knows no device numbers: `dev` is `NONE` then, and `desc`,
   * the address of the queue's descriptor area, tells which queue it is.
   */
  notification: { code: 7, fields: { ...QUEUE, sent: aux, rule: u32(3), desc: u64(4) } },
  /**
   * An interrupt step, see `INTERRUPT`. `line` is a platform input, or the vector of a message;
   * `rule` says why where it did not happen. An input stays asserted while any device raises it.
   * Queue 0xffff: configuration change.
   */
  interrupt: { code: 8, fields: { ...QUEUE, step: aux, line: u32(3), rule: u32(4) } },
  /** The device status field changed. */
  status: { code: 9, fields: { ...DEV, old: u32(3), new: u32(4) } },
  /** Features became `value`; `which` 0: offered, 1: accepted by the driver. */
  features: { code: 10, fields: { ...DEV, which: aux, value: bits(4) } },
  /**
   * A queue was enabled (`enabled` 1) or taken back. `format`, of `RING_FORMAT`, is that of the ring,
   * whose three areas lie at guest-physical addresses.
   */
  queueConfig: {
    code: 11,
    fields: {
      ...QUEUE,
      enabled: aux,
      size: lo16(3),
      format: hi16(3),
      desc: u64(4),
      driver: u64(6),
      device: u64(8),
    },
  },
  /** The device-specific configuration changed. */
  configChange: { code: 12, fields: { ...DEV, generation: u32(3) } },
  /** A device came (`step` 1, realized) or went (`step` 0). The payload is its path. */
  plug: { code: 13, fields: { ...DEV, step: aux }, side: 'text' },
  /** The device was reset; `cause` 0: by the driver's status write, 1: by the platform. */
  reset: { code: 14, fields: { ...DEV, cause: aux } },
  /** A request went to a back end: `op` indexes `BACKEND_OPS`; `position` and `length` in bytes. */
  backendRequest: {
    code: 15,
    fields: { ...QUEUE, op: aux, id: u32(3), position: u64(4), length: u32(6) },
  },
  /** A back end answered request `id`; `status` 0 is success, else a device-specific status. */
  backendCompletion: {
    code: 16,
    fields: { ...QUEUE, op: aux, id: u32(3), status: u32(4), length: u32(6) },
  },
  /** The script reached a line (1-based) of its source. */
  scriptLine: { code: 17, fields: { line: u32(2) } },
  /** A line of output: `level` indexes `LOG_LEVELS`. */
  log: { code: 18, fields: { level: aux }, side: 'text' },
  /**
   * A rule of the specification was broken: `code` indexes `VIOLATIONS`; `index` is a descriptor or
   * ring position, `value` what was found there.
   */
  violation: { code: 19, fields: { ...QUEUE, code: aux, index: u32(3), value: u64(4) } },
  /**
   * The vCPU halts until one of some inputs is asserted (step 0), or goes on since `input` is (step 1).
   * The inputs are a bit each: 0 to 31 in `mask`, 32 to 63 in `mask1`, …; see `waitedFor`.
   */
  vcpuWait: {
    code: 20,
    fields: {
      step: aux,
      mask: u32(2),
      input: u32(3),
      mask1: u32(4),
      mask2: u32(5),
      mask3: u32(6),
      mask4: u32(7),
      mask5: u32(8),
      mask6: u32(9),
      mask7: u32(10),
    },
  },
  /**
   * A run of a script began (`step` 0), ended (`step` 1) or failed (`step` 2; payload: message,
   * `line` where known).
   */
  script: { code: 21, fields: { step: aux, line: u32(2) }, side: 'text' },
  /** `count` events were lost somewhere before this one: a ring was full. Made by the reader. */
  dropped: { code: 22, fields: { count: u32(2) } },
  /**
   * A channel I/O instruction, `op` of `CHANNEL_OP`, before it acts: register 1, the operand's address,
   * and the condition code; or, where it ends with a program interruption, the code of that (else 0).
   */
  channel: {
    code: 23,
    fields: { ...DEV, op: aux, schid: u32(3), address: u64(4), cc: u32(6), interruption: u32(7) },
  },
  /** A channel command is about to be carried out: what the CCW says, and where it was. */
  ccw: {
    code: 24,
    fields: { ...DEV, command: aux, flags: u32(3), count: u32(4), cda: u64(5), addr: u64(7) },
  },
  /** A subchannel has the outcome of a function: fields of the SCSW, and the first byte of sense. */
  channelStatus: {
    code: 25,
    fields: {
      ...{ ...DEV, ctrl: aux, dstat: u32(3), cstat: u32(4), residual: u32(5) },
      ...{ cpa: u64(6), sense: u32(8) },
    },
  },
  /** DIAGNOSE 500 with three arguments, before it acts; `result` in two's complement. */
  hypercall: {
    code: 26,
    fields: { ...DEV, subcode: aux, a: u64(3), b: u64(5), c: u64(7), result: u32(9) },
  },
  /**
   * A time in which most events are not recorded, see `GAP`: it begins, the script is at `line` while
   * something else is told, or it ends. Then `actions` of the guest and `events` were not recorded. Before
   * the end come writes by the recorder, which tell of all memory that was written meanwhile, and the
   * next four kinds.
   */
  gap: { code: 27, fields: { step: aux, line: u32(2), actions: u64(3), events: u64(5) } },
  /**
   * What a gap did to a queue: counts as in `QueueMoment`, and the indices as `chainPopped` and
   * `chainPushed` have them; flags 1 and 2 in `moved` where there was such an event. The payload is 32-bit
   * words: `usedIdx` before the newest chain came back; a count of heads that were in flight before and came
   * back, those heads; and for each chain that is in flight since: its head, and `availIdx` before it was
   * taken. All ones stand for an index as it was before the gap.
   */
  queueState: {
    code: 28,
    fields: {
      ...{ ...QUEUE, moved: aux, availIdx: lo16(3), usedIdx: hi16(3), popped: u32(4) },
      ...{ pushed: u32(5), sent: u32(6), unsent: u32(7), raised: u32(8), quiet: u32(9) },
    },
    side: 'data',
  },
  /** So many notifications were left out by the driver in a gap; `desc` as in `notification`. */
  unsent: { code: 29, fields: { desc: u64(2), count: u32(4) } },
  /** A gap left interrupt input `line`, as far as `dev` drives it, asserted (`level` 1) or not. */
  input: { code: 30, fields: { ...DEV, level: aux, line: u32(3) } },
  /** What the guest's newest access to a register in a gap read or wrote (`write` 1); as in `regRead`. */
  register: {
    code: 31,
    fields: { ...DEV, region: aux, offset: u32(3), value: u64(4), write: u32(6) },
  },
} as const satisfies Readonly<Record<string, EventInfo>>;

export type EventKind = keyof typeof EVENTS;
/** Event kinds by code; unused codes are undefined. */
export const KINDS: readonly (EventKind | undefined)[] = (() => {
  const kinds: (EventKind | undefined)[] = [];
  for (const kind of Object.keys(EVENTS) as EventKind[]) kinds[EVENTS[kind].code] = kind;
  return kinds;
})();

/** What the side buffer holds for each kind, by code. */
export const PAYLOADS: readonly ('text' | 'data' | undefined)[] = KINDS.map((kind) => {
  const info: EventInfo | undefined = kind && EVENTS[kind];
  return info?.side;
});

type FieldValue<F> = F extends { type: 'bytes' } ? readonly number[] : number;
type Payload<I> = I extends { side: 'text' }
  ? { readonly text: string }
  : I extends { side: 'data' }
    ? { readonly data: Uint8Array }
    : unknown;

/** One decoded event of kind `K`. */
export type EventOf<K extends EventKind> = {
  readonly kind: K;
  readonly actor: Actor;
  /** Logical clock of the producer. */
  readonly clock: number;
  /** Access size in bytes for `regRead`, `regWrite`, `memWrite`; else 0. 16 is encoded as 0. */
  readonly size: number;
} & {
  readonly [F in keyof (typeof EVENTS)[K]['fields']]: FieldValue<(typeof EVENTS)[K]['fields'][F]>;
} & Payload<(typeof EVENTS)[K]>;

/** Any decoded event: a union discriminated by `kind`. */
export type JournalEvent = { [K in EventKind]: EventOf<K> }[EventKind];

/** Numbers of the interrupt inputs that a `vcpuWait` event is about, ascending. */
export function waitedFor(event: Omit<EventOf<'vcpuWait'>, 'kind'>): number[] {
  const { mask, mask1, mask2, mask3, mask4, mask5, mask6, mask7 } = event;
  const words = [mask, mask1, mask2, mask3, mask4, mask5, mask6, mask7];
  const numbers: number[] = [];
  for (const [word, bits] of words.entries())
    for (let i = 0; i < 32; i++) if ((bits >>> i) & 1) numbers.push(32 * word + i);
  return numbers;
}

/** Steps of a `gap`; `start`: it begins with the run, of which what came before is forgotten. */
export const GAP = { begin: 0, at: 1, end: 2, start: 3 } as const;

/** `dev` or `queue` of an event that belongs to none. */
export const NONE = 0xffff;

/** What a `queueConfig` event says of a ring. */
export const RING_FORMAT = {
  /** VIRTIO 1.4 §2.7 */ split: 0,
  /** VIRTIO 1.4 §2.8 */ packed: 1,
  /** A legacy driver's on a big-endian CPU: its numbers, and those of its requests, are too (VIRTIO 1.4 §2.7.3). */
  bigEndian: 2,
} as const;

/** Steps of an `interrupt` event. */
export const INTERRUPT = {
  /** The device raised its line. */ raised: 0,
  /** The device lowered its line. */ lowered: 1,
  /** Not sent: the driver asked for none (`rule`). */ suppressed: 2,
  /** Not delivered: masked or without a vector. */ masked: 3,
  /** A message (MSI-X) was sent; no line changes. */ message: 4,
  /** The CPU took what an input had latched. */ taken: 5,
} as const;
export type InterruptStep = keyof typeof INTERRUPT;
/** Interrupt steps by code. */
export const INTERRUPT_STEPS: readonly InterruptStep[] = Object.keys(INTERRUPT) as InterruptStep[];

/** Why a notification or an interrupt was left out, or sent. */
export const RULES = [
  'always', // no suppression in force
  'noNotify', // VRING_USED_F_NO_NOTIFY, VIRTIO 1.4 §2.7.10
  'noInterrupt', // VIRTQ_AVAIL_F_NO_INTERRUPT, VIRTIO 1.4 §2.7.7
  'eventIdx', // used_event/avail_event range test
  'notDriverOk', // before DRIVER_OK
  'intxDisabled', // PCI command register
  'queueNotEnabled',
  'notifyOnEmpty', // VIRTIO_F_NOTIFY_ON_EMPTY, legacy
  'status', // sent: a subchannel has status to show
  'adapter', // sent: an adapter interruption, VIRTIO 1.4 §4.3.3.1.2
  'external', // sent: an external interruption of the s390-virtio machine
] as const;
export type Rule = (typeof RULES)[number];

/** Operations of back ends. */
export const BACKEND_OPS = [
  'read',
  'write',
  'flush',
  'getId',
  'discard',
  'writeZeroes',
  'random',
  'send',
  'receive',
  'inflate',
  'deflate',
  'show',
  'compute',
  'file',
] as const;
export type BackendOp = (typeof BACKEND_OPS)[number];

/** Levels of a `log` event. */
export const LOG_LEVELS = ['log', 'warn', 'error', 'device'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
