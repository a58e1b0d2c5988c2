import { describe, expect, it } from 'vitest';
import { BACKEND_OPS, type JournalEvent, NONE, RULES } from '../../../journal/schema.ts';
import type { EventStore } from '../../../journal/store.ts';
import { REQUESTS_IN_FLIGHT } from '../../../lessons/requests-in-flight.ts';
import { registerName } from '../../../spec/regions.ts';
import { DirectGuest } from '../../../testing/direct-guest.ts';
import { FlowCounts, flowOf } from './flow-counts.ts';
import { FLOW, type FlowKind } from './flow-kinds.ts';
import { FlowRates } from './flow-rates.ts';

/** What an event counts as, from the decoded event. */
function naiveKind(event: JournalEvent): FlowKind | undefined {
  switch (event.kind) {
    case 'memWrite':
    case 'dataWrite':
      if (event.actor === 'user') return undefined;
      return event.actor === 'driver' ? 'store' : 'dmaWrite';
    case 'chainPopped':
      return 'dmaRead';
    case 'notification':
      return event.sent ? 'doorbell' : 'unsent';
    case 'interrupt': {
      const rule = RULES[event.rule];
      const s390 = rule === 'status' || rule === 'adapter' || rule === 'external';
      const names = ['line', undefined, 'withheld', 'masked', 'message', undefined] as const;
      return event.step === 0 && s390 ? 'message' : names[event.step];
    }
    case 'regRead':
    case 'regWrite': {
      const name = registerName(event.region, event.offset);
      if (event.kind === 'regWrite' && (name === 'queue_notify' || name === 'QueueNotify'))
        return undefined;
      const virtio = event.region >= 2 && (event.region <= 6 || event.region === 9);
      if (event.dev === NONE) return event.region <= 1 ? 'config' : 'unanswered';
      return virtio ? 'register' : 'config';
    }
    case 'backendRequest':
      return 'request';
    case 'backendCompletion':
      return 'completion';
    case 'channel':
      return 'instruction';
    case 'hypercall':
      return event.subcode === 0 || event.subcode === 3 ? undefined : 'instruction';
    case 'ccw':
      return 'command';
    case 'violation':
      return 'violation';
    default:
      return undefined;
  }
}

function naiveBytes(event: JournalEvent): number {
  switch (event.kind) {
    case 'memWrite':
      return event.new.length;
    case 'dataWrite':
      return event.length;
    case 'chainPopped':
      return event.readable;
    case 'backendRequest': {
      const op = BACKEND_OPS[event.op] ?? '';
      return ['write', 'send', 'show', 'compute', 'file'].includes(op) ? event.length : 0;
    }
    case 'backendCompletion': {
      const op = BACKEND_OPS[event.op] ?? '';
      const carries = ['read', 'getId', 'random', 'receive', 'compute', 'file'].includes(op);
      return carries ? event.length : 0;
    }
    default:
      return 0;
  }
}

function naive(events: readonly JournalEvent[], from: number, to: number) {
  const out = new Map<number, [events: number, bytes: number]>();
  let behind: number = NONE;
  events.slice(0, to).forEach((event, i) => {
    if ('dev' in event && event.dev !== NONE) behind = event.dev;
    const kind = naiveKind(event);
    if (i < from || kind === undefined) return;
    const own = 'dev' in event ? event.dev : NONE;
    const flow = flowOf(FLOW[kind], kind === 'dmaWrite' ? behind : own);
    const [n, bytes] = out.get(flow) ?? [0, 0];
    out.set(flow, [n + 1, bytes + naiveBytes(event)]);
  });
  return out;
}

const inMap = (counts: FlowCounts) =>
  new Map(counts.flows.map((flow) => [flow, [counts.events(flow), counts.bytes(flow)]]));

const LINES = [
  '-M pc -m 64 -drive file=hello.img,format=raw,id=d,if=none -device virtio-blk-pci,drive=d',
  '-M q35 -m 64 -drive file=hello.img,format=raw,id=d,if=none -device pcie-root-port,id=p,chassis=1 -device virtio-blk-pci,drive=d,bus=p',
  '-M microvm -m 64 -drive file=hello.img,format=raw,id=d,if=none -device virtio-blk-device,drive=d',
];

describe('FlowCounts', () => {
  for (const line of LINES)
    it(`counts from words what a decoder counts: ${line.split(' -m')[0]}`, () => {
      const guest = new DirectGuest(line);
      const outcome = guest.run(REQUESTS_IN_FLIGHT.source);
      const events = guest.events();
      expect(
        events.some(({ kind }) => kind === 'chainPushed'),
        JSON.stringify(outcome),
      ).toBe(true);
      const counts = new FlowCounts(guest.machine.topology().devices.length);
      for (const [from, to] of [
        [0, events.length],
        [events.length - 1024, events.length],
        [events.length >> 1, (events.length >> 1) + 1],
      ] as const) {
        const start = Math.max(0, from);
        expect(counts.count(guest.store, start, to)).toBe(to - start);
        expect(inMap(counts)).toEqual(naive(events, start, to));
        expect(counts.estimated).toBe(false);
      }
    });

  it('estimates from a sample near to the truth, and says so', () => {
    const guest = new DirectGuest(LINES[0]);
    guest.run(REQUESTS_IN_FLIGHT.source);
    guest.events();
    const store: EventStore = guest.store;
    // The last requests over and over, as in a long run.
    const length = store.length;
    const from = Math.max(0, length - 1500);
    while (store.length < 200_000)
      for (let i = from; i < length; i++) {
        const words = store.words(i);
        if (words) store.append(words, (i % 4096) * 12, store.payload(i));
      }
    const all = new FlowCounts(64);
    all.count(store, length, store.length);
    const some = new FlowCounts(64);
    const looked = some.count(store, length, store.length, 40_000);
    expect(looked).toBeLessThanOrEqual(40_000);
    expect(some.estimated).toBe(true);
    let sure = 0;
    for (const flow of all.flows) {
      if (all.events(flow) < 5000) continue;
      sure++;
      expect(some.events(flow) / all.events(flow)).toBeGreaterThan(0.8);
      expect(some.events(flow) / all.events(flow)).toBeLessThan(1.25);
    }
    expect(sure).toBeGreaterThan(2);
  });
});

describe('FlowRates', () => {
  const guest = new DirectGuest(LINES[0]);
  guest.run(REQUESTS_IN_FLIGHT.source);
  guest.events();
  const counts = new FlowCounts(64);

  it('reaches a steady rate, and forgets what has stopped', () => {
    const rates = new FlowRates();
    counts.count(guest.store, guest.store.length - 600, guest.store.length);
    for (let i = 0; i < 600; i++) rates.advance(counts, 0.016);
    expect(rates.rates.size).toBe(counts.flows.length);
    for (const [flow, { events, bytes }] of rates.rates) {
      expect(events).toBeCloseTo(counts.events(flow) / 0.016, 0);
      expect(bytes).toBeCloseTo(counts.bytes(flow) / 0.016, -1);
    }
    counts.clear();
    rates.advance(counts, 0.3);
    for (const { presence } of rates.rates.values()) expect(presence).toBeLessThan(1);
    for (let i = 0; i < 100; i++) rates.advance(counts, 0.016);
    expect(rates.rates.size).toBe(0);
  });

  it('does not depend on how long frames are', () => {
    const often = new FlowRates();
    const seldom = new FlowRates();
    counts.count(guest.store, guest.store.length - 600, guest.store.length);
    for (let i = 0; i < 10; i++) often.advance(counts, 0.02);
    const twice = { ...counts, flows: counts.flows } as unknown as FlowCounts;
    Object.assign(twice, {
      events: (flow: number) => 2 * counts.events(flow),
      bytes: (flow: number) => 2 * counts.bytes(flow),
    });
    for (let i = 0; i < 5; i++) seldom.advance(twice, 0.04);
    for (const [flow, { events }] of often.rates)
      expect(seldom.rates.get(flow)?.events).toBeCloseTo(events, 3);
  });
});
