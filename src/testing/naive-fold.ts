import { CONSOLE_LINES, type Moment, PINS, VIOLATION_COUNT } from '../journal/fold/moment.ts';
import {
  INTERRUPT_STEPS,
  type JournalEvent,
  LOG_LEVELS,
  NONE,
  waitedFor,
} from '../journal/schema.ts';
import { REGIONS } from '../spec/regions.ts';

/** A packed ring: where each side is, as [descriptor, wrap counter], and what the device owns. */
interface NaiveRing {
  avail: number;
  used: number;
  chains: {
    id: number;
    descriptors: { slot: number; addr: number; len: number; flags: number }[];
  }[];
}

interface NaiveQueue {
  dev: number;
  queue: number;
  enabled: boolean;
  packed: boolean;
  bigEndian: boolean;
  inOrder: boolean;
  size: number;
  desc: number;
  driver: number;
  device: number;
  lastAvailIdx: number;
  usedIdx: number;
  returnedAt: number;
  inFlight: number[];
  filling: number[];
  availStaged: number;
  usedStaged: number;
  ring: NaiveRing | undefined;
  popped: number;
  pushed: number;
  notificationsSent: number;
  notificationsSuppressed: number;
  interruptsRaised: number;
  interruptsSuppressed: number;
}

interface NaiveDevice {
  dev: number;
  status: number;
  offered: number;
  accepted: number;
  generation: number;
  registers: Record<string, object>;
}

const COUNTS = {
  popped: 0,
  pushed: 0,
  notificationsSent: 0,
  notificationsSuppressed: 0,
  interruptsRaised: 0,
  interruptsSuppressed: 0,
};
const IDLE = {
  lastAvailIdx: 0,
  usedIdx: 0,
  returnedAt: 0,
  inFlight: [] as number[],
  filling: [] as number[],
  availStaged: 0,
  usedStaged: 0,
  ring: undefined,
};

const regionName = (region: number): string =>
  (REGIONS as readonly { name: string }[])[region]?.name ?? '';

/** The fold of a journal, event by event and byte by byte, with no thought of speed: what the fast one must agree with. */
export class NaiveFold {
  at = 0;
  line = 0;
  script = 'idle';
  scriptError: object | undefined;
  run = 0;
  haltedOn: readonly number[] | undefined;
  dropped = 0;
  readonly console: object[] = [];
  readonly violations: object[] = [];
  readonly memory = new Map<number, number>();
  devices: NaiveDevice[] = [];
  queues: NaiveQueue[] = [];
  #raised: { dev: number; line: number }[] = [];

  /** Everything as plain values; memory as far as it was written. */
  plain(): object {
    const { at, line, script, scriptError, run, haltedOn, dropped } = this;
    const level = new Set(this.#raised.map((pin) => pin.line));
    return structuredClone({
      ...{ at, line, script, scriptError, run, haltedOn, dropped },
      asserted: [...level].sort((a, b) => a - b),
      console: this.console.slice(-CONSOLE_LINES),
      violations: this.violations.slice(-VIOLATION_COUNT),
      devices: this.devices.toSorted((a, b) => a.dev - b.dev),
      queues: this.queues
        .map((queue) => ({ ...queue, filling: queue.filling.toSorted((a, b) => a - b) }))
        .toSorted((a, b) => a.dev - b.dev || a.queue - b.queue),
      memory: [...this.memory],
    });
  }

  apply(event: JournalEvent): void {
    const { line, run } = this;
    switch (event.kind) {
      case 'regRead':
      case 'regWrite':
        this.#register(event);
        break;
      case 'memWrite':
        this.#write(event.addr, event.new);
        break;
      case 'dataWrite':
        this.#write(event.addr, [...event.data.subarray(event.length)]);
        break;
      case 'chainPopped': {
        const queue = this.#queue(event.dev, event.queue);
        queue.popped++;
        queue.lastAvailIdx = event.availIdx % 65536;
        queue.inFlight.push(event.head);
        break;
      }
      case 'chainPushed': {
        const queue = this.#queue(event.dev, event.queue);
        queue.pushed++;
        queue.returnedAt = queue.usedIdx;
        queue.usedIdx = event.usedIdx % 65536;
        // Of a head that is there twice, the one taken first comes back first.
        const place = queue.inFlight.indexOf(event.head);
        if (place >= 0) queue.inFlight.splice(place, 1);
        break;
      }
      case 'notification': {
        const queue =
          event.dev === NONE
            ? this.queues.find((q) => q.enabled && q.desc === event.desc)
            : this.#queue(event.dev, event.queue);
        if (!queue) break;
        if (event.sent) queue.notificationsSent++;
        else queue.notificationsSuppressed++;
        break;
      }
      case 'interrupt': {
        const step = INTERRUPT_STEPS[event.step];
        const same = (pin: { dev: number; line: number }) =>
          pin.dev === event.dev && pin.line === event.line;
        if (step === 'raised' && event.line < PINS && !this.#raised.some(same))
          this.#raised.push({ dev: event.dev, line: event.line });
        if (step === 'lowered') this.#raised = this.#raised.filter((pin) => !same(pin));
        if (event.queue === 0xffff || step === 'lowered') break;
        const queue = this.#queue(event.dev, event.queue);
        if (step === 'raised' || step === 'message') queue.interruptsRaised++;
        else queue.interruptsSuppressed++;
        break;
      }
      case 'status':
        this.#device(event.dev).status = event.new;
        break;
      case 'features':
        this.#device(event.dev)[event.which === 0 ? 'offered' : 'accepted'] = event.value;
        break;
      case 'queueConfig': {
        const queue = this.#queue(event.dev, event.queue);
        const packed = event.format === 1;
        const accepted = this.devices.find(({ dev }) => dev === event.dev)?.accepted ?? 0;
        const other = packed !== queue.packed || (packed && event.size !== queue.size);
        if (!event.enabled || other)
          Object.assign(queue, structuredClone(IDLE), { enabled: false });
        const fresh = event.enabled === 1 && !queue.enabled;
        if (fresh) Object.assign(queue, COUNTS);
        queue.enabled = event.enabled === 1;
        queue.packed = packed;
        queue.bigEndian = event.format === 2;
        queue.inOrder = (BigInt(accepted) & (1n << 35n)) !== 0n;
        queue.size = event.size;
        queue.desc = event.desc;
        queue.driver = event.driver;
        queue.device = event.device;
        if (fresh && packed) {
          queue.lastAvailIdx = queue.usedIdx = 0x8000;
          queue.ring = { avail: 0x8000, used: 0x8000, chains: [] };
          this.#observe(queue);
        }
        break;
      }
      case 'configChange':
        this.#device(event.dev).generation = event.generation;
        break;
      case 'plug':
        if (event.step === 1) this.#device(event.dev);
        else {
          this.devices = this.devices.filter(({ dev }) => dev !== event.dev);
          this.queues = this.queues.filter(({ dev }) => dev !== event.dev);
          this.#raised = this.#raised.filter(({ dev }) => dev !== event.dev);
        }
        break;
      case 'reset': {
        const device = this.#device(event.dev);
        device.status = 0;
        device.accepted = 0;
        this.#forget(device, event.cause === 1);
        for (const queue of this.queues)
          if (queue.dev === event.dev)
            Object.assign(queue, structuredClone(IDLE), { enabled: false });
        this.#raised = this.#raised.filter(({ dev }) => dev !== event.dev);
        break;
      }
      case 'scriptLine':
        this.line = event.line;
        break;
      case 'log': {
        const level = LOG_LEVELS[event.level];
        this.console.push({ level, text: event.text, event: this.at, line, run });
        break;
      }
      case 'violation': {
        const { dev, queue, code, index, value } = event;
        this.violations.push({ event: this.at, dev, queue, code, index, value, line });
        break;
      }
      case 'vcpuWait':
        this.haltedOn = event.step === 0 ? waitedFor(event) : undefined;
        break;
      case 'script':
        this.haltedOn = undefined;
        this.script = ['running', 'ended', 'failed'][event.step] ?? 'failed';
        if (event.step === 0) {
          this.run++;
          this.line = 0;
          this.scriptError = undefined;
        }
        if (event.step === 2) this.scriptError = { message: event.text, line: event.line };
        break;
      case 'dropped':
        this.dropped += event.count;
        break;
      case 'backendRequest':
      case 'backendCompletion':
        break;
    }
    this.at++;
  }

  #device(dev: number): NaiveDevice {
    const found = this.devices.find((device) => device.dev === dev);
    if (found) return found;
    const fresh = { dev, status: 0, offered: 0, accepted: 0, generation: 0, registers: {} };
    this.devices.push(fresh);
    return fresh;
  }

  #queue(dev: number, queue: number): NaiveQueue {
    const found = this.queues.find((known) => known.dev === dev && known.queue === queue);
    if (found) return found;
    const format = { packed: false, bigEndian: false, inOrder: false };
    const places = { enabled: false, ...format, size: 0, desc: 0, driver: 0, device: 0 };
    const fresh = { dev, queue, ...places, ...structuredClone(IDLE), ...COUNTS };
    this.queues.push(fresh);
    return fresh;
  }

  #forget(device: NaiveDevice, all: boolean): void {
    for (const [key, register] of Object.entries(device.registers)) {
      const { region } = register as { region: number };
      if (all || regionName(region).startsWith('virtio-')) delete device.registers[key];
    }
  }

  #register(event: Extract<JournalEvent, { kind: 'regRead' | 'regWrite' }>): void {
    const { dev, region, offset, size, value } = event;
    if (dev === 0xffff) return;
    const device = this.#device(dev);
    const name = regionName(region);
    const status = { 'virtio-pci-common': 0x14, 'virtio-pci-legacy': 0x12, 'virtio-mmio': 0x70 }[
      name
    ];
    const write = event.kind === 'regWrite';
    if (write && value === 0 && offset === status) this.#forget(device, false);
    const seen = { region, offset, size, value, write, event: this.at };
    device.registers[`${region}:${offset}`] = seen;
    const selected = device.registers[`${region}:0`] as { size: number; value: number } | undefined;
    if (name !== 'pci-config-ports' || offset < 4) return;
    if (selected?.size !== 4 || selected.value < 2 ** 31) return;
    const config = REGIONS.findIndex((info) => info.name === 'pci-config');
    const at = ((selected.value % 2 ** 24) | (offset % 4)) >>> 0;
    device.registers[`${config}:${at}`] = { ...seen, region: config, offset: at };
  }

  #byte(addr: number): number {
    return this.memory.get(addr) ?? 0;
  }

  #u16(addr: number): number {
    return this.#byte(addr) + 256 * this.#byte(addr + 1);
  }

  #write(addr: number, bytes: readonly number[]): void {
    const hits = (from: number, length: number) =>
      addr < from + length && addr + bytes.length > from;
    const live = this.queues.filter((queue) => queue.enabled && !queue.packed && queue.size > 0);
    const read = ({ bigEndian }: NaiveQueue, addr: number) =>
      bigEndian ? 256 * this.#byte(addr) + this.#byte(addr + 1) : this.#u16(addr);
    const before = live.map((q) => [read(q, q.driver + 2), read(q, q.device + 2)]);
    bytes.forEach((byte, i) => {
      this.memory.set(addr + i, byte);
    });
    for (const queue of this.queues.filter((q) => q.enabled && q.ring)) {
      for (let d = 0; d < queue.size; d++) {
        if (!hits(queue.desc + 16 * d, 12)) continue;
        queue.filling = queue.filling.filter((known) => known !== d);
        const buffer = Array.from({ length: 12 }, (_, k) => this.#byte(queue.desc + 16 * d + k));
        if (buffer.some((byte) => byte !== 0)) queue.filling.push(d);
      }
      if (hits(queue.desc, 16 * queue.size)) this.#observe(queue);
    }
    live.forEach((queue, i) => {
      const { size, desc, driver, device } = queue;
      const [availIdx = 0, usedIdx = 0] = before[i] ?? [];
      for (let d = 0; d < size; d++) {
        if (!hits(desc + 16 * d, 12)) continue;
        queue.filling = queue.filling.filter((known) => known !== d);
        const buffer = Array.from({ length: 12 }, (_, k) => this.#byte(desc + 16 * d + k));
        if (buffer.some((byte) => byte !== 0)) queue.filling.push(d);
      }
      for (let slot = 0; slot < size; slot++) {
        if (
          hits(driver + 4 + 2 * slot, 2) &&
          (availIdx + queue.availStaged) % size === slot &&
          queue.availStaged < size
        )
          queue.availStaged++;
        if (
          hits(device + 4 + 8 * slot, 8) &&
          (usedIdx + queue.usedStaged) % size === slot &&
          queue.usedStaged < size
        )
          queue.usedStaged++;
      }
      const published = (read(queue, driver + 2) - availIdx + 65536) % 65536;
      const returned = (read(queue, device + 2) - usedIdx + 65536) % 65536;
      queue.availStaged = Math.max(0, queue.availStaged - published);
      queue.usedStaged = Math.max(0, queue.usedStaged - returned);
      for (let k = 0; k < Math.min(published, size); k++) {
        let d = read(queue, driver + 4 + 2 * (((availIdx + k) % 65536) % size));
        while (queue.filling.includes(d)) {
          queue.filling = queue.filling.filter((known) => known !== d);
          if (read(queue, desc + 16 * d + 12) % 2 === 0) break;
          d = read(queue, desc + 16 * d + 14);
        }
      }
    });
  }

  /** Goes on over the descriptors of a packed ring whose flags are those of the next turn. */
  #observe(queue: NaiveQueue): void {
    const { ring, size } = queue;
    if (!ring) return;
    const read = (slot: number) => {
      const at = queue.desc + 16 * slot;
      const words = [0, 4, 8].map((k) => this.#u16(at + k) + 65536 * this.#u16(at + k + 2));
      const [lo = 0, hi = 0, len = 0] = words;
      const addr = hi >= 2 ** 21 ? Number.MAX_SAFE_INTEGER : lo + hi * 2 ** 32;
      return { slot, addr, len, id: this.#u16(at + 12), flags: this.#u16(at + 14) };
    };
    const next = (place: number) =>
      (place % 0x8000) + 1 < size ? place + 1 : place >= 0x8000 ? 0 : 0x8000;
    const marks = (place: number) => {
      const { flags } = read(place % 0x8000);
      const wrap = place >= 0x8000;
      return { available: ((flags & 0x80) !== 0) === wrap, used: flags >= 0x8000 === wrap };
    };
    for (;;) {
      const { available, used } = marks(ring.used);
      if (!available || !used || ring.chains.length === 0) break;
      const slot = ring.used % 0x8000;
      queue.filling = queue.filling.filter((known) => known !== slot);
      const which = ring.chains.findIndex(({ id }) => id === read(slot).id);
      const returned =
        which < 0
          ? [{ descriptors: [slot] }]
          : ring.chains.filter((_, i) => i === which || (queue.inOrder && i < which));
      for (const _ of returned.flatMap(({ descriptors }) => [...descriptors]))
        ring.used = next(ring.used);
      ring.chains = ring.chains.filter((chain) => !(returned as object[]).includes(chain));
    }
    for (;;) {
      const { available, used } = marks(ring.avail);
      if (!available || used) break;
      const descriptors = [];
      let last = read(ring.avail % 0x8000);
      do {
        last = read(ring.avail % 0x8000);
        const { id: _, ...rest } = last;
        descriptors.push(rest);
        queue.filling = queue.filling.filter((known) => known !== last.slot);
        ring.avail = next(ring.avail);
      } while (last.flags % 2 === 1 && descriptors.length < size);
      ring.chains = [...ring.chains, { id: last.id, descriptors }].slice(-size);
    }
  }
}

/** A moment in the same form as `NaiveFold.plain`, looking at the memory where that one was written. */
export function plainMoment(moment: Moment, written: Iterable<number>): object {
  const { at, line, script, scriptError, run, haltedOn, dropped, asserted, memory } = moment;
  return {
    ...{ at, line, script, scriptError, run, haltedOn, dropped, asserted },
    console: [...moment.console],
    violations: [...moment.violations],
    devices: [...moment.devices.values()]
      .map((device) => ({ ...device, registers: Object.fromEntries(device.registers) }))
      .toSorted((a, b) => a.dev - b.dev),
    queues: [...moment.queues.values()]
      .map((queue) => ({
        ...queue,
        inFlight: [...queue.inFlight],
        filling: [...queue.filling].toSorted((a, b) => a - b),
      }))
      .toSorted((a, b) => a.dev - b.dev || a.queue - b.queue),
    memory: Array.from(written, (addr) => [addr, memory.u8(addr)]),
  };
}
