import { describe, expect, it } from 'vitest';
import { exportEvent } from './export/jsonl.ts';
import { MAX_DATA } from './memory-writer.ts';
import { JournalReader } from './reader.ts';
import { JournalRing, RING } from './ring.ts';
import { MAX_TEXT } from './ring-writer.ts';
import { ACTOR, EVENTS, type EventKind, type JournalEvent, NONE } from './schema.ts';
import { EventStore } from './store.ts';
import { JournalWriter, silentJournal } from './writer.ts';

function rig(capacity = 256, side = 1 << 12) {
  const ring = JournalRing.create(capacity, side);
  const journal = new JournalWriter(ring);
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const drain = () => {
    journal.flush();
    reader.drain();
    return Array.from({ length: store.length }, (_, i) => store.get(i));
  };
  return { ring, journal, store, reader, drain };
}

const BIG = 0x1f_ffff_ffff_fff0;

/** Kinds that only gaps bring: `gap-writer.test.ts`. */
const OF_GAPS = ['gap', 'queueState', 'unsent', 'input', 'register'] as const;
type OfGaps = (typeof OF_GAPS)[number];

/** One deed of each kind, and the event that it must read back as. */
const CASES: Readonly<
  Record<Exclude<EventKind, 'dropped' | OfGaps>, [(journal: JournalWriter) => unknown, object]>
> = {
  regRead: [
    (j) => j.setValue(j.register(false, 'memory', BIG, 4, 0, 3, 2, 0x14), 0xffff_fffe),
    {
      actor: 'driver',
      size: 4,
      dev: 3,
      region: 2,
      offset: 0x14,
      addr: BIG,
      value: 0xffff_fffe,
      space: 0,
    },
  ],
  regWrite: [
    (j) => j.register(true, 'io', 0xcf8, 2, 0x8000_0000, NONE, NONE, 7),
    {
      actor: 'driver',
      size: 2,
      dev: NONE,
      region: NONE,
      offset: 7,
      addr: 0xcf8,
      value: 0x8000_0000,
      space: 1,
    },
  ],
  memWrite: [
    (j) => j.memWrite(ACTOR.device, 2 ** 40 + 1, 8, 0x0403_0201, 0x0807_0605, 0xfffe_fdfc, 1),
    {
      actor: 'device',
      size: 8,
      addr: 2 ** 40 + 1,
      old: [1, 2, 3, 4, 5, 6, 7, 8],
      new: [0xfc, 0xfd, 0xfe, 0xff, 1, 0, 0, 0],
    },
  ],
  dataWrite: [
    (j) =>
      j.bytesWritten(ACTOR.driver, 0x1000, new Uint8Array(17).fill(1), new Uint8Array(17).fill(2)),
    {
      actor: 'driver',
      size: 0,
      addr: 0x1000,
      length: 17,
      data: Uint8Array.from({ length: 34 }, (_, i) => (i < 17 ? 1 : 2)),
    },
  ],
  chainPopped: [
    (j) => j.chainPopped(1, 2, 32767, 65535, 16, 0xffff_ffff, 3),
    {
      actor: 'device',
      size: 0,
      dev: 1,
      queue: 2,
      head: 32767,
      availIdx: 65535,
      readable: 16,
      writable: 0xffff_ffff,
      count: 3,
    },
  ],
  chainPushed: [
    (j) => j.chainPushed(1, 0xfffe, 5, 0, 513),
    { actor: 'device', size: 0, dev: 1, queue: 0xfffe, head: 5, usedIdx: 0, length: 513 },
  ],
  notification: [
    (j) => j.notification('driver', NONE, 2, false, 'eventIdx', 2 ** 33 + 16),
    { actor: 'driver', size: 0, dev: NONE, queue: 2, sent: 0, rule: 3, desc: 2 ** 33 + 16 },
  ],
  interrupt: [
    (j) => j.interrupt(1, NONE, 'message', 7, 'always'),
    { actor: 'device', size: 0, dev: 1, queue: NONE, step: 4, line: 7, rule: 0 },
  ],
  status: [(j) => j.status(1, 3, 11), { actor: 'device', size: 0, dev: 1, old: 3, new: 11 }],
  features: [
    (j) => j.features(1, 'accepted', 0x8000_0001, 0xffff_ffff),
    // Bits from 53 on are left out, and make no other bit appear.
    { actor: 'device', size: 0, dev: 1, which: 1, value: 0x1f_ffff * 2 ** 32 + 0x8000_0001 },
  ],
  queueConfig: [
    (j) => j.queueConfig(1, 2, true, false, 32768, 2 ** 33, 2 ** 34 + 2, BIG),
    {
      actor: 'device',
      size: 0,
      dev: 1,
      queue: 2,
      enabled: 1,
      size_: 32768,
      format: 0,
      desc: 2 ** 33,
      driver: 2 ** 34 + 2,
      device: BIG,
    },
  ],
  configChange: [
    (j) => j.configChange(4, 255),
    { actor: 'device', size: 0, dev: 4, generation: 255 },
  ],
  plug: [
    (j) => j.plug(4, true, '/machine/é'),
    { actor: 'device', size: 0, dev: 4, step: 1, text: '/machine/é' },
  ],
  reset: [(j) => j.reset('user', 4), { actor: 'user', size: 0, dev: 4, cause: 1 }],
  backendRequest: [
    (j) => j.backendRequest(4, 1, 'discard', 9, 2 ** 41, 0xffff_fe00),
    {
      actor: 'device',
      size: 0,
      dev: 4,
      queue: 1,
      op: 4,
      id: 9,
      position: 2 ** 41,
      length: 0xffff_fe00,
    },
  ],
  backendCompletion: [
    (j) => j.backendCompletion(4, 1, 'flush', 9, 2, 0),
    { actor: 'backend', size: 0, dev: 4, queue: 1, op: 2, id: 9, status: 2, length: 0 },
  ],
  scriptLine: [(j) => j.scriptLine(70_000), { actor: 'driver', size: 0, line: 70_000 }],
  log: [(j) => j.log('device', 'error', ''), { actor: 'device', size: 0, level: 2, text: '' }],
  violation: [
    (j) => j.violation(4, NONE, 3, 0xffff_ffff, 2 ** 45),
    { actor: 'device', size: 0, dev: 4, queue: NONE, code: 3, index: 0xffff_ffff, value: 2 ** 45 },
  ],
  vcpuWait: [
    (j) => j.vcpuWait('wake', [31, 32, 255], 255),
    {
      ...{ actor: 'driver', size: 0, step: 1, mask: 0x8000_0000, input: 255 },
      ...{ mask1: 1, mask2: 0, mask3: 0, mask4: 0, mask5: 0, mask6: 0, mask7: 0x8000_0000 },
    },
  ],
  channel: [
    (j) => j.channel(2, 1, 0xfffb_0001, 2 ** 40, -0x15),
    {
      ...{ actor: 'driver', size: 0, dev: 2, op: 1, schid: 0xfffb_0001, address: 2 ** 40 },
      ...{ cc: 0, interruption: 0x15 },
    },
  ],
  ccw: [
    (j) => j.ccw(2, 0xe4, 0x60, 0xffff, 0x7fff_fff8, 0xffff_fff0),
    {
      ...{ actor: 'device', size: 0, dev: 2, command: 0xe4, flags: 0x60, count: 0xffff },
      ...{ cda: 0x7fff_fff8, addr: 0xffff_fff0 },
    },
  ],
  channelStatus: [
    (j) => j.channelStatus(2, 0x4017, 2, 0x20, 7, 0xffff_fff8, 0x80),
    {
      ...{ actor: 'device', size: 0, dev: 2, ctrl: 0x4017, dstat: 2, cstat: 0x20 },
      ...{ residual: 7, cpa: 0xffff_fff8, sense: 0x80 },
    },
  ],
  hypercall: [
    (j) => j.hypercall(2, 3, 0x1_0000, 2 ** 33, 2 ** 52, -22),
    {
      ...{ actor: 'driver', size: 0, dev: 2, subcode: 3, a: 0x1_0000, b: 2 ** 33, c: 2 ** 52 },
      result: 0xffff_ffea,
    },
  ],
  script: [
    (j) => j.script('fail', 12, 'no'),
    { actor: 'driver', size: 0, step: 2, line: 12, text: 'no' },
  ],
};

describe('a writer and a reader', () => {
  it.each(Object.entries(CASES))('agree on %s', (kind, [deed, expected]) => {
    const { journal, drain } = rig();
    journal.scriptLine(1);
    deed(journal);
    // The queue's own `size` takes the place of the access's, of which this kind has none.
    const { size_, ...rest } = expected as { size_?: number };
    const wanted = { kind, clock: 2, ...rest, ...(size_ === undefined ? {} : { size: size_ }) };
    expect(drain()[1]).toEqual(wanted);
  });

  it('cover every kind but the one that the reader makes', () => {
    expect([...Object.keys(CASES), ...OF_GAPS, 'dropped'].sort()).toEqual(
      Object.keys(EVENTS).sort(),
    );
  });

  it('carry a descriptor of 16 bytes', () => {
    const { journal, drain } = rig();
    journal.memWrite16(
      ACTOR.driver,
      0x100,
      Uint32Array.of(9, 1, 2, 3, 4),
      1,
      0x0403_0201,
      0,
      0xffff_ffff,
      0x0002_0001,
    );
    expect(drain()[0]).toMatchObject({
      size: 16,
      old: [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0],
      new: [1, 2, 3, 4, 0, 0, 0, 0, 255, 255, 255, 255, 1, 0, 2, 0],
    });
  });

  it.each([
    ['low memory', 0xffff_fffc],
    ['above 4 GiB', 2 ** 32],
    ['near the end of what fits a short record', 2 ** 48 - 4],
    ['beyond it', 2 ** 48 + 8],
  ])('carry a chain returned in a split ring: %s', (_where, used) => {
    const short = rig();
    const long = rig();
    for (const [usedIdx, size] of [
      [1, 1],
      [0, 256],
      [0x8001, 32768],
    ] as const) {
      short.journal.returned(3, 2, 77, usedIdx, 512, 0xffff_fffe, 9, used, size);
      const before = (usedIdx - 1) & 0xffff;
      const entry = used + 4 + 8 * (before % size);
      long.journal.bytesWritten(
        1,
        entry,
        Uint8Array.of(254, 255, 255, 255, 9, 0, 0, 0),
        Uint8Array.of(77, 0, 0, 0, 0, 2, 0, 0),
      );
      long.journal.memWrite(1, used + 2, 2, before, 0, usedIdx, 0);
      long.journal.chainPushed(3, 2, 77, usedIdx, 512);
    }
    const events = short.drain();
    expect(events.length).toBe(9);
    expect(events).toEqual(long.drain());
  });

  it('carry a chain offered in a split ring', () => {
    const short = rig();
    const long = rig();
    const ram = Uint32Array.of(9, 1, 0xffff_ffff, 3, 4);
    short.journal.posted(ram, 1, 0xffff_fff0, 2 ** 33 + 1, 512, 2, 0xffff_fffe, 0xffff, 0xfffe);
    long.journal.memWrite16(ACTOR.driver, 0xffff_fff0, ram, 1, 1, 2, 512, 2);
    long.journal.memWrite(ACTOR.driver, 0xffff_fffe, 2, 0xffff, 0, 0xfffe, 0);
    const events = short.drain();
    expect(events.length).toBe(2);
    expect(events).toEqual(long.drain());
  });

  it.each([
    ['low memory', 0x1008],
    ['above 4 GiB', 2 ** 33 + 8],
    ['beyond what fits a short record', 2 ** 48 + 8],
  ])('carry a chain returned in a packed ring: %s', (_where, addr) => {
    const short = rig();
    const long = rig();
    for (const marked of [true, false]) {
      short.journal.returnedPacked(3, 2, 77, 0x8005, 512, 64, 0x8000_0001, addr, marked);
      const tail = marked ? 0x8080_004d : 77;
      long.journal.memWrite(1, addr, 8, 64, 0x8000_0001, 512, tail);
      long.journal.chainPushed(3, 2, 77, 0x8005, 512);
    }
    const events = short.drain();
    expect(events.length).toBe(4);
    expect(events).toEqual(long.drain());
  });

  it.each([0x1000, 2 ** 32 - 2, 2 ** 40, 2 ** 48 - 1, 2 ** 48, BIG])(
    'carry short writes at address %i',
    (addr) => {
      const { journal, drain } = rig();
      journal.memWrite(ACTOR.driver, addr, 2, 0xffff, 0, 0xfffe, 0);
      journal.memWrite(ACTOR.device, addr, 4, 0xffff_fffe, 0, 0xffff_fffd, 0);
      journal.memWrite(ACTOR.device, addr, 1, 255, 0, 254, 0);
      journal.memWrite16(ACTOR.driver, addr, Uint32Array.of(1, 2, 3, 4), 0, 5, 6, 7, 8);
      expect(drain()).toMatchObject([
        { actor: 'driver', addr, size: 2, old: [255, 255], new: [254, 255], clock: 1 },
        { actor: 'device', addr, size: 4, old: [254, 255, 255, 255], new: [253, 255, 255, 255] },
        { addr, size: 1, old: [255], new: [254] },
        { addr, size: 16, old: [1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 0], clock: 4 },
      ]);
    },
  );

  it.each([1, 2, 3, 5, 7, 15, 16])('carry a write of %i bytes in one record', (length) => {
    const { journal, drain } = rig();
    const bytes = Uint8Array.from({ length }, (_, i) => 200 + i);
    journal.bytesWritten(
      ACTOR.driver,
      3,
      bytes.map((byte) => byte - 1),
      bytes,
    );
    expect(drain()).toMatchObject([
      { kind: 'memWrite', size: length, new: [...bytes], old: [...bytes].map((b) => b - 1) },
    ]);
  });

  it('cut a very long write into several events that lie side by side', () => {
    const { journal, drain } = rig(256, 1 << 20);
    const bytes = Uint8Array.from({ length: 2 * MAX_DATA + 5 }, (_, i) => i * 31);
    journal.bytesWritten(ACTOR.device, 0x1000, new Uint8Array(bytes.length), bytes);
    const events = drain();
    expect(events.map(({ kind }) => kind)).toEqual(['dataWrite', 'dataWrite', 'memWrite']);
    const written = new Uint8Array(bytes.length);
    for (const event of events) {
      if (event.kind === 'dataWrite')
        written.set(event.data.subarray(event.length), event.addr - 0x1000);
      if (event.kind === 'memWrite') written.set(event.new, event.addr - 0x1000);
    }
    expect(written).toEqual(bytes);
  });

  it('record no write of nothing', () => {
    const { journal, drain } = rig();
    journal.bytesWritten(ACTOR.driver, 0, new Uint8Array(), new Uint8Array());
    expect(drain()).toEqual([]);
  });

  it('cut a text that is too long, visibly', () => {
    const { journal, drain } = rig(256, 1 << 16);
    journal.log('driver', 'log', 'x'.repeat(MAX_TEXT + 1));
    expect(drain()[0]).toMatchObject({ text: `${'x'.repeat(MAX_TEXT)}…` });
  });
});

describe('publishing', () => {
  it('shows nothing before a flush', () => {
    const { journal, reader, store } = rig();
    journal.scriptLine(1);
    reader.drain();
    expect(store.length).toBe(0);
    journal.flush();
    expect(reader.drain()).toBe(1);
  });

  it('holds back a register read that has no value yet, and what follows it', () => {
    const { journal, reader, store } = rig();
    journal.scriptLine(1);
    const slot = journal.register(false, 'memory', 0x1000, 1, 0, 1, 3, 0);
    // The device lowers its interrupt while it is being read, and hands over.
    journal.interrupt(1, NONE, 'lowered', 11, 'always');
    journal.handOver();
    reader.drain();
    expect(store.length).toBe(1);
    journal.setValue(slot, 3);
    journal.handOver();
    reader.drain();
    expect([1, 2].map((i) => store.get(i))).toMatchObject([
      { kind: 'regRead', value: 3 },
      { kind: 'interrupt' },
    ]);
  });

  it('completes nested reads, the decoded one first', () => {
    const { journal, reader, store } = rig();
    const outer = journal.register(false, 'io', 0xcfc, 4, 0, 1, 0, 4);
    const inner = journal.register(false, 'pciConfig', 0x1000, 4, 0, 2, 1, 0);
    journal.setValue(inner, 5);
    journal.flush();
    expect(reader.drain()).toBe(0);
    journal.setValue(outer, 5);
    journal.flush();
    expect(reader.drain()).toBe(2);
    expect(store.get(0)).toMatchObject({ space: 1, value: 5 });
    expect(store.get(1)).toMatchObject({ space: 2, value: 5 });
  });

  it('goes on after a read that failed and never got its value', () => {
    const { journal, drain } = rig();
    journal.register(false, 'memory', 0x1000, 1, 0, 1, 3, 0);
    expect(drain()).toEqual([]);
    journal.register(true, 'memory', 0x1000, 1, 0, 1, 3, 0);
    expect(drain().map(({ kind }) => kind)).toEqual(['regRead', 'regWrite']);
  });

  it('goes on where the last writer of the ring stopped', () => {
    const { ring, journal, reader, store, drain } = rig(8, 64);
    journal.log('driver', 'log', 'one');
    journal.handOver();
    drain();
    journal.scriptLine(2);
    journal.log('driver', 'log', 'three');
    journal.handOver();
    // A thread that is ended takes what it did not hand over with it.
    journal.scriptLine(99);
    const next = new JournalWriter(ring);
    expect(next.clock).toBe(3);
    next.log('driver', 'log', 'four');
    next.flush();
    reader.drain();
    expect(Array.from({ length: store.length }, (_, i) => store.get(i))).toMatchObject([
      { text: 'one', clock: 1 },
      { line: 2, clock: 2 },
      { text: 'three', clock: 3 },
      { text: 'four', clock: 4 },
    ]);
  });

  it('stops and starts with the ring’s switch', () => {
    const { ring, journal } = rig();
    expect(journal.on).toBe(true);
    ring.header[RING.enabled] = 0;
    journal.refresh();
    expect(journal.on).toBe(false);
    expect(silentJournal().on).toBe(false);
  });
});

describe('a full ring', () => {
  it('makes the producer wait, and loses nothing', () => {
    const { journal, reader, store } = rig(4, 64);
    let waits = 0;
    journal.waitForRoom = () => {
      waits++;
      return reader.drain() > 0;
    };
    for (let i = 1; i <= 100; i++) journal.scriptLine(i);
    for (let i = 1; i <= 100; i++) journal.log('driver', 'log', 'x'.repeat(i % 40));
    journal.flush();
    reader.drain();
    expect(waits).toBeGreaterThan(10);
    expect(store.length).toBe(200);
    for (let i = 0; i < 100; i++) {
      expect(store.get(i)).toMatchObject({ kind: 'scriptLine', line: i + 1 });
      expect(store.get(100 + i)).toMatchObject({ text: 'x'.repeat((i + 1) % 40) });
    }
  });

  it('counts what it lost, and says so after the events that were kept', () => {
    const { journal, drain, reader, store } = rig(4, 64);
    for (let i = 1; i <= 10; i++) journal.scriptLine(i);
    expect(drain().map(shown)).toEqual([1, 2, 3, 4, 5, 'lost 5']);
    for (let i = 11; i <= 12; i++) journal.scriptLine(i);
    journal.log('driver', 'log', 'x'.repeat(65));
    expect(drain().slice(6).map(shown)).toEqual([11, 12, 'lost 1']);
    journal.scriptLine(13);
    journal.flush();
    reader.drain();
    expect(shown(store.get(store.length - 1))).toBe(13);
  });

  it('tells lost events after what the ring held even when it is drained in parts', () => {
    const { journal, reader, store } = rig(4, 64);
    for (let i = 1; i <= 7; i++) journal.scriptLine(i);
    journal.flush();
    reader.drain(3);
    expect(all(store).map(shown)).toEqual([1, 2, 3]);
    journal.scriptLine(8);
    journal.flush();
    reader.drain(2);
    reader.drain(1);
    expect(all(store).map(shown)).toEqual([1, 2, 3, 4, 5, 'lost 2', 8]);
  });

  it('does not wait for a consumer that has consumed everything', () => {
    const { journal, reader } = rig(4, 64);
    let asked = 0;
    journal.waitForRoom = () => {
      reader.drain();
      return ++asked < 100;
    };
    // An unfinished read keeps all that follows from being published.
    journal.register(false, 'memory', 0, 4, 0, 0, 0, 0);
    for (let i = 0; i < 6; i++) journal.scriptLine(i);
    expect(asked).toBeLessThan(10);
    expect(Atomics.load(journal.ring.header, RING.dropped)).toBe(2);
  });
});

function all(store: EventStore): JournalEvent[] {
  return Array.from({ length: store.length }, (_, i) => store.get(i));
}

function shown(event: JournalEvent): number | string {
  if (event.kind === 'scriptLine') return event.line;
  return event.kind === 'dropped' ? `lost ${event.count}` : exportEvent(0, event);
}

describe('counters that wrap', () => {
  /** A ring whose counters are about to pass 2^32. */
  function nearTheEnd() {
    const ring = JournalRing.create(8, 64);
    for (const word of [RING.head, RING.tail]) ring.header[word] = -5;
    for (const word of [RING.sideHead, RING.sideTail]) ring.header[word] = -30;
    ring.header[RING.clock] = -3;
    return ring;
  }

  it('go on with records, payloads and clocks', () => {
    const ring = nearTheEnd();
    const other = JournalRing.create(8, 64);
    other.header[RING.clock] = -3;
    const journal = new JournalWriter(ring);
    const second = new JournalWriter(other);
    expect(journal.clock).toBe(2 ** 32 - 3);
    const store = new EventStore();
    const reader = new JournalReader([other, ring], store);
    journal.waitForRoom = () => {
      journal.flush();
      return reader.drain() > 0;
    };
    const texts = Array.from({ length: 40 }, (_, i) => String(i).repeat(1 + (i % 9)));
    for (const text of texts) {
      journal.log('driver', 'log', text);
      journal.handOver();
      second.receive(journal.clock | 0);
      second.scriptLine(text.length);
      second.handOver();
      journal.receive(second.clock);
      reader.drain();
    }
    expect(all(store)).toMatchObject(texts.flatMap((text) => [{ text }, { line: text.length }]));
    expect(journal.clock).toBe(77);
    // 40 records of 12 words, and 5 or 8 words at each end of the ring.
    expect(Atomics.load(ring.header, RING.head)).toBe(-5 + 40 * 12 + 5 + 3 * 8);
  });
});
