import { swapBytes } from '../base/bits.ts';
import {
  type EventOf,
  INTERRUPT_STEPS,
  type JournalEvent,
  NONE,
  RULES,
} from '../journal/schema.ts';
import { CHANNEL_OPS } from '../spec/channel-io.ts';
import { REGIONS } from '../spec/regions.ts';

/** A request as a person would tell it from the journal. Event numbers; undefined where it did not come to that. */
interface NaiveRequest {
  key: number;
  /** When it became available or, where nobody saw that, was popped first. */
  begun: number;
  head?: number;
  available?: number;
  popped?: number;
  used?: number;
  takenBack?: number;
  backend?: number;
  /** Requests under way as it began, itself included. */
  depth: number;
}

interface NaiveInterrupt {
  event: number;
  step: string;
  uses: number;
  seen?: number;
}

/** One queue. */
interface NaiveQueue {
  dev: number;
  queue: number;
  up?: {
    packed: boolean;
    bigEndian: boolean;
    size: number;
    desc: number;
    driver: number;
    at: number;
    fresh: boolean;
  };
  /** Bytes that the guest wrote to its rings since they were set up, by address. */
  bytes: Map<number, number>;
  index: number;
  place: { slot: number; wrap: boolean };
  next: number;
  requests: NaiveRequest[];
  notifications: { event: number; sent: boolean; requests: number }[];
  interrupts: NaiveInterrupt[];
  answered?: number;
  requestsSince: number;
  usesSince: number;
}

const regionName = (region: number): string | undefined =>
  (REGIONS as readonly { name: string }[])[region]?.name;

/** The journal as spans by plain lists, searched from end to end: what the fast ones must agree with. */
export class NaiveSpans {
  readonly queues: NaiveQueue[] = [];
  /** Acts of the guest, stretches of its activities, and what each device did, as lists of events. */
  readonly acts: number[] = [];
  readonly guest: { activity: string; from: number; to: number }[] = [];
  readonly work = new Map<number, { from: number; to: number }[]>();
  readonly violations: number[] = [];
  #acting: number | undefined;
  #sameTurn = false;
  #taking = false;
  #halt = false;
  #activity: string | undefined;
  #asked: { dev: number; queue: number; id: number; event: number }[] = [];
  #external: NaiveQueue[] = [];
  /** Interrupts that the guest may yet see: through a device, and through an input. */
  #pending: { queue: NaiveQueue; dev?: number; input?: number }[] = [];

  take(event: JournalEvent, at: number): void {
    const guestKinds = [
      'regRead',
      'regWrite',
      'channel',
      'hypercall',
      'scriptLine',
      'script',
      'vcpuWait',
    ];
    const written = event.kind === 'memWrite' || event.kind === 'dataWrite';
    const taken = event.kind === 'interrupt' && INTERRUPT_STEPS[event.step] === 'taken';
    if (guestKinds.includes(event.kind) || taken || (written && event.actor === 'driver')) {
      this.#sameTurn = false;
      this.#taking = taken;
      if (event.kind === 'channel')
        this.#taking = ['tpi', 'tsch'].includes(CHANNEL_OPS[event.op] ?? '');
    }
    const decoded = (event.kind === 'regRead' || event.kind === 'regWrite') && event.space === 2;
    const actKinds = [
      'regRead',
      'regWrite',
      'memWrite',
      'dataWrite',
      'scriptLine',
      'channel',
      'hypercall',
    ];
    if (event.actor === 'driver' && actKinds.includes(event.kind) && !decoded) this.acts.push(at);
    this.#guest(event, at);
    switch (event.kind) {
      case 'regRead':
      case 'regWrite':
        if (event.dev !== NONE) this.#acting = event.dev;
        if (
          event.kind === 'regRead' &&
          event.dev !== NONE &&
          this.#isStatus(event) &&
          event.value % 2
        )
          this.#see((pending) => pending.dev === event.dev, at);
        return;
      case 'channel':
      case 'hypercall':
        if (event.dev !== NONE) this.#acting = event.dev;
        return;
      case 'memWrite':
        this.#written(event.addr, event.old, event.new, event.actor, at);
        return;
      case 'dataWrite':
        this.#written(
          event.addr,
          [...event.data.subarray(0, event.length)],
          [...event.data.subarray(event.length)],
          event.actor,
          at,
        );
        return;
      case 'notification': {
        const queue =
          event.dev === NONE
            ? this.queues.find(({ up }) => up?.desc === event.desc)
            : this.#queue(event.dev, event.queue);
        queue?.notifications.push({
          event: at,
          sent: event.sent === 1,
          requests: queue.requestsSince,
        });
        if (queue) queue.requestsSince = 0;
        if (event.dev !== NONE) this.#acting = event.dev;
        return;
      }
      case 'interrupt':
        this.#interrupt(event, at);
        return;
      case 'plug':
        if (event.step === 0) this.#forget(event.dev, at);
        return;
      case 'vcpuWait':
        if (event.step === 1) this.#see((pending) => pending.input === event.input, at);
        return;
      case 'violation':
        this.violations.push(at);
        break;
    }
    if (!('dev' in event)) return;
    this.#works(event.dev, at);
    switch (event.kind) {
      case 'queueConfig':
        this.#configure(event, at);
        break;
      case 'reset':
        this.#forget(event.dev, at);
        break;
      case 'chainPopped':
        this.#popped(event, at);
        break;
      case 'chainPushed':
        this.#pushed(event, at);
        break;
      case 'backendRequest':
        this.#asked = this.#asked.filter((one) => !isSame(one, event));
        this.#asked.push({ dev: event.dev, queue: event.queue, id: event.id, event: at });
        break;
      case 'backendCompletion': {
        const asked = this.#asked.find((one) => isSame(one, event));
        this.#asked = this.#asked.filter((one) => one !== asked);
        const queue = this.queues.find((one) => one.dev === event.dev && one.queue === event.queue);
        if (asked && queue) queue.answered ??= asked.event;
        break;
      }
    }
  }

  /** Requests of a queue that were under way at some time from event `from` to before `to`. */
  static under(queue: NaiveQueue, from: number, to: number): NaiveRequest[] {
    return queue.requests.filter(
      (one) => one.begun < to && (one.used ?? one.takenBack ?? Number.POSITIVE_INFINITY) >= from,
    );
  }

  #queue(dev: number, number: number): NaiveQueue {
    let queue = this.queues.find((one) => one.dev === dev && one.queue === number);
    if (!queue) {
      queue = {
        ...{
          dev,
          queue: number,
          bytes: new Map(),
          index: 0,
          place: { slot: 0, wrap: true },
          next: 0,
        },
        ...{ requests: [], notifications: [], interrupts: [], requestsSince: 0, usesSince: 0 },
      };
      this.queues.push(queue);
    }
    return queue;
  }

  #works(dev: number, at: number): void {
    if (dev === NONE) return;
    const turns = this.work.get(dev) ?? [];
    this.work.set(dev, turns);
    const last = turns.at(-1);
    if (last && this.#sameTurn && this.#acting === dev) last.to = at;
    else turns.push({ from: at, to: at });
    this.#acting = dev;
    this.#sameTurn = true;
  }

  #guest(event: JournalEvent, at: number): void {
    const did = (activity: string) => {
      const last = this.guest.at(-1);
      if (last && this.#activity === activity) last.to = at;
      else this.guest.push({ activity, from: at, to: at });
      this.#activity = activity;
      this.#halt = false;
    };
    if (event.kind === 'regRead' || event.kind === 'regWrite') {
      const config = ['pci-config', 'pci-config-ports', 'pci-ecam'];
      did(
        event.space === 2 || config.includes(regionName(event.region) ?? '')
          ? 'enumerate'
          : 'registers',
      );
    } else if (event.kind === 'channel' || event.kind === 'hypercall') did('registers');
    else if ((event.kind === 'memWrite' || event.kind === 'dataWrite') && event.actor === 'driver')
      did('memory');
    else if (event.kind === 'vcpuWait' && event.step === 0) {
      this.#activity = undefined;
      did('halted');
      this.#halt = true;
    } else if (event.kind === 'vcpuWait') {
      const halts = this.guest.filter(({ activity }) => activity === 'halted');
      const last = halts.at(-1);
      if (this.#halt && last) last.to = at;
      this.#halt = false;
      this.#activity = undefined;
    } else if (event.kind === 'script' || (event.kind === 'scriptLine' && this.#halt)) {
      this.#halt = false;
      this.#activity = undefined;
    }
  }

  #isStatus({ region, offset }: EventOf<'regRead'>): boolean {
    const name = regionName(region);
    return (
      (name === 'virtio-pci-isr' && offset === 0) ||
      (name === 'virtio-pci-legacy' && offset === 19) ||
      (name === 'virtio-mmio' && offset === 0x60)
    );
  }

  #written(
    addr: number,
    old: readonly number[],
    now: readonly number[],
    actor: string,
    at: number,
  ): void {
    if (actor === 'device' || actor === 'backend') {
      if (this.#acting !== undefined) this.#works(this.#acting, at);
      return;
    }
    for (const queue of this.queues) {
      const { up } = queue;
      if (!up) continue;
      const idx = up.driver + 2;
      if (up.packed) {
        if (addr >= up.desc + 16 * up.size || addr + now.length <= up.desc) continue;
        for (const [i, byte] of now.entries()) queue.bytes.set(addr + i, byte);
        for (let n = 0; n < up.size; n++) if (!this.#packedNext(queue, at)) break;
      } else if (addr < idx + 2 && addr + now.length > idx) {
        const u16 = (bytes: readonly number[]) => {
          const known = up.bigEndian ? swapBytes(queue.index, 2) : queue.index;
          const byte = (i: number) => bytes[idx + i - addr] ?? (known >> (8 * i)) & 0xff;
          const value = byte(0) | (byte(1) << 8);
          return up.bigEndian ? swapBytes(value, 2) : value;
        };
        const [before, after] = [u16(old), u16(now)];
        if (up.fresh && before !== queue.index) this.#publish(queue, before, up.at, at);
        up.fresh = false;
        this.#publish(queue, after, undefined, at);
      }
    }
  }

  #publish(queue: NaiveQueue, index: number, earlier: number | undefined, at: number): void {
    const count = (index - queue.index + 0x1_0000) % 0x1_0000;
    for (let i = 1; i <= count && count <= (queue.up?.size ?? 0); i++) {
      this.#available(
        queue,
        (queue.index + i) % 0x1_0000,
        (queue.up?.at ?? -1) >= 0 ? (earlier ?? at) : at,
      );
      if (earlier === undefined && queue.up) queue.up.at = -1;
    }
    queue.index = index;
  }

  #packedNext(queue: NaiveQueue, at: number): boolean {
    const { up, place } = queue;
    if (!up) return false;
    const flags = (slot: number) => {
      const where = up.desc + 16 * (slot % up.size) + 14;
      return (queue.bytes.get(where) ?? 0) | ((queue.bytes.get(where + 1) ?? 0) << 8);
    };
    const [avail, used] = [(flags(place.slot) & 0x80) !== 0, (flags(place.slot) & 0x8000) !== 0];
    if (avail !== place.wrap || used === place.wrap) return false;
    let count = 1;
    while (count < up.size && flags(place.slot + count - 1) & 1) count++;
    place.slot += count;
    if (place.slot >= up.size) {
      place.slot -= up.size;
      place.wrap = !place.wrap;
    }
    this.#available(queue, place.slot | (place.wrap ? 0x8000 : 0), at);
    up.at = -1;
    return true;
  }

  #available(queue: NaiveQueue, key: number, at: number): void {
    queue.requests.push({ key, begun: at, available: at, depth: this.#open(queue).length + 1 });
    queue.requestsSince++;
  }

  #open(queue: NaiveQueue): NaiveRequest[] {
    return queue.requests.filter(
      ({ used, takenBack }) => used === undefined && takenBack === undefined,
    );
  }

  #popped(event: EventOf<'chainPopped'>, at: number): void {
    const queue = this.#queue(event.dev, event.queue);
    const key = event.availIdx % 0x1_0000;
    const { requests, next, up } = queue;
    const size = up?.size ?? 0;
    const isOpen = ({ used, takenBack }: NaiveRequest) =>
      used === undefined && takenBack === undefined;
    const rows = requests
      .map((request, row) => ({ request, row }))
      .filter((one) => one.request.key === key);
    const exact = rows.find(({ row, request }) => row === next && isOpen(request));
    const back = rows.filter(
      ({ row, request }) => row < next && row >= next - size && isOpen(request),
    );
    const on = rows.find(({ row }) => row > next && row < next + size);
    let found = exact ?? back.at(-1) ?? on;
    if (!found) {
      const available = up && up.at >= 0 ? up.at : undefined;
      const request = {
        key,
        begun: available ?? at,
        ...(available !== undefined && { available }),
        depth: this.#open(queue).length + 1,
      };
      requests.push(request);
      found = { request, row: requests.length - 1 };
    }
    for (const other of requests) if (other.head === event.head) delete other.head;
    found.request.popped = at;
    found.request.head = event.head;
    queue.next = found.row + 1;
  }

  #pushed(event: EventOf<'chainPushed'>, at: number): void {
    const queue = this.#queue(event.dev, event.queue);
    queue.usesSince++;
    const request = queue.requests.find(({ head }) => head === event.head);
    if (!request) return;
    delete request.head;
    if (request.used !== undefined || request.takenBack !== undefined) return;
    request.used = at;
    if (queue.answered !== undefined) request.backend = queue.answered;
    delete queue.answered;
  }

  #configure(event: EventOf<'queueConfig'>, at: number): void {
    const queue = this.#queue(event.dev, event.queue);
    if (event.enabled === 0) {
      this.#disable(queue, at);
      return;
    }
    const { up } = queue;
    const { size, desc, driver } = event;
    const [packed, bigEndian] = [event.format === 1, event.format === 2];
    const usable = size > 0 && size <= 32768;
    const same =
      up &&
      up.packed === packed &&
      up.bigEndian === bigEndian &&
      up.size === size &&
      up.desc === desc &&
      up.driver === driver;
    if (same && usable) return;
    this.#takeBack(queue, at);
    queue.up = { packed, bigEndian, size, desc, driver, at, fresh: true };
    queue.bytes.clear();
    queue.index = 0;
    queue.place = { slot: 0, wrap: true };
  }

  #disable(queue: NaiveQueue, at: number): void {
    if (!queue.up && this.#open(queue).length === 0) return;
    this.#takeBack(queue, at);
    delete queue.up;
  }

  #takeBack(queue: NaiveQueue, at: number): void {
    for (const request of this.#open(queue)) request.takenBack = at;
    for (const request of queue.requests) delete request.head;
    queue.next = queue.requests.length;
    queue.requestsSince = queue.usesSince = 0;
    delete queue.answered;
  }

  #forget(dev: number, at: number): void {
    for (const queue of this.queues) if (queue.dev === dev) this.#disable(queue, at);
    this.#asked = this.#asked.filter((one) => one.dev !== dev);
  }

  #interrupt(event: EventOf<'interrupt'>, at: number): void {
    const step = INTERRUPT_STEPS[event.step];
    const rule = RULES[event.rule] ?? '';
    const channel = ['status', 'adapter'].includes(rule);
    if (step === 'taken') {
      if (event.line === 1) {
        const queue = this.#external.shift();
        for (const one of queue?.interrupts ?? []) if (isLoud(one)) one.seen ??= at;
      }
      this.#see((pending) => pending.input === event.line, at);
      return;
    }
    if (step === 'lowered') {
      if (this.#taking && channel) this.#see((pending) => pending.dev === event.dev, at);
      return;
    }
    this.#works(event.dev, at);
    if (event.dev === NONE || event.queue === NONE) return;
    const queue = this.#queue(event.dev, event.queue);
    queue.interrupts.push({ event: at, step: step ?? '', uses: queue.usesSince });
    queue.usesSince = 0;
    if (step !== 'raised') return;
    if (rule === 'external') {
      if (!this.#external.includes(queue)) this.#external.push(queue);
    } else {
      this.#pending.push({ queue, dev: event.dev });
      if (!channel) this.#pending.push({ queue, input: event.line });
    }
  }

  #see(which: (pending: { dev?: number; input?: number }) => boolean, at: number): void {
    for (const { queue } of this.#pending.filter(which))
      for (const one of queue.interrupts) if (isLoud(one)) one.seen ??= at;
    this.#pending = this.#pending.filter((pending) => !which(pending));
  }
}

const isLoud = ({ step }: NaiveInterrupt): boolean => step !== 'suppressed' && step !== 'masked';

function isSame(
  one: { dev: number; queue: number; id: number },
  other: { dev: number; queue: number; id: number },
): boolean {
  return one.dev === other.dev && one.queue === other.queue && one.id === other.id;
}
