import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';
import { EVENTS, INTERRUPT_STEPS } from '../schema.ts';
import { ACTIVITIES } from '../spans/guest-lane.ts';
import type { Intervals } from '../spans/intervals.ts';
import type { QueueSpans } from '../spans/queue-spans.ts';
import { backendFacts, type RequestFacts, requestFacts } from '../spans/request-facts.ts';
import { NEVER } from '../spans/request-table.ts';
import type { Spans } from '../spans/spans.ts';
import { type ExportSource, spansOf } from './source.ts';

/** Processes of the trace: the guest is one, and each device one of its own. */
const GUEST = 1;
const processOf = (dev: number): number => 2 + dev;
/** Threads of a device's process; its queues follow. */
const THREAD = { work: 1, backend: 2, interrupts: 3, queues: 10 } as const;
const VCPU = 1;

/** Events of the trace in one piece. */
const PIECE = 400;

const ABOUT =
  'The journal has no wall clock: ts and dur count events of the journal, one event a microsecond.';

/**
 * The journal in the Trace Event Format, which ui.perfetto.dev and chrome://tracing open. Requests are
 * asynchronous events with their phases nested in them, and flows from the guest to the device and back;
 * what guest and devices do are slices; notifications, interrupts and violations are instants; requests
 * under way are a counter. A microsecond stands for an event of the journal.
 */
export function* exportChromeTrace(source: ExportSource): Generator<string> {
  const spans = yield* spansOf(source);
  yield `{"displayTimeUnit":"ms","otherData":{"clock":${JSON.stringify(ABOUT)}},"traceEvents":[`;
  let piece: string[] = [];
  let first = true;
  for (const event of traceEvents(source, spans)) {
    piece.push(JSON.stringify(event));
    if (piece.length < PIECE) continue;
    yield `${first ? '\n' : ',\n'}${piece.join(',\n')}`;
    first = false;
    piece = [];
  }
  if (piece.length > 0) yield `${first ? '\n' : ',\n'}${piece.join(',\n')}`;
  yield '\n]}\n';
}

/** One event of the format. Times in microseconds. */
interface TraceEvent {
  readonly ph: 'M' | 'X' | 'b' | 'e' | 's' | 't' | 'f' | 'i' | 'C';
  readonly name: string;
  readonly pid: number;
  readonly tid?: number;
  readonly ts?: number;
  readonly dur?: number;
  readonly cat?: string;
  readonly id?: string;
  /** Of an instant: its thread alone. Of the end of a flow: it belongs to the slice around it. */
  readonly s?: 't';
  readonly bp?: 'e';
  readonly args?: Readonly<Record<string, unknown>>;
}

function* traceEvents(source: ExportSource, spans: Spans): Generator<TraceEvent> {
  const { names } = source;
  yield* named('process_name', GUEST, undefined, 'guest');
  yield* named('thread_name', GUEST, VCPU, 'vCPU');
  for (const activity of ACTIVITIES)
    yield* slices(spans, spans.guest.stretches[activity], GUEST, VCPU, activity);
  for (const device of spans.devices) {
    const pid = processOf(device.dev);
    yield* named(
      'process_name',
      pid,
      undefined,
      names.device(device.dev) ?? `device ${device.dev}`,
    );
    yield* named('thread_name', pid, THREAD.work, 'device');
    yield* slices(spans, device.work, pid, THREAD.work, 'works');
    yield* named('thread_name', pid, THREAD.backend, 'back end');
    yield* backend(spans, device.backend, pid);
    yield* named('thread_name', pid, THREAD.interrupts, 'interrupts');
    yield* slices(spans, device.line, pid, THREAD.interrupts, 'line asserted');
  }
  for (const queue of spans.queues) yield* queueEvents(source, spans, queue);
  yield* violations(spans);
  yield* gaps(spans);
}

function* named(
  name: string,
  pid: number,
  tid: number | undefined,
  text: string,
): Generator<TraceEvent> {
  yield { ph: 'M', name, pid, ...(tid !== undefined && { tid }), args: { name: text } };
}

function* slices(
  spans: Spans,
  list: Intervals,
  pid: number,
  tid: number,
  name: string,
): Generator<TraceEvent> {
  for (let i = list.first; i < list.length; i++) {
    const from = list.from.at(i) + spans.origin;
    const dur = list.to.at(i) + spans.origin + 1 - from;
    yield { ph: 'X', name, pid, tid, ts: from, dur };
  }
}

function* backend(spans: Spans, list: Intervals, pid: number): Generator<TraceEvent> {
  for (let i = list.first; i < list.length; i++) {
    const from = list.from.at(i) + spans.origin;
    const dur = list.to.at(i) + spans.origin + 1 - from;
    const { op, position, length } = backendFacts(spans, from);
    const args = { position, length };
    yield { ph: 'X', name: op ?? 'request', pid, tid: THREAD.backend, ts: from, dur, args };
  }
}

function* queueEvents(
  { names }: ExportSource,
  spans: Spans,
  queue: QueueSpans,
): Generator<TraceEvent> {
  const pid = processOf(queue.dev);
  const tid = THREAD.queues + queue.queue;
  const title = [`queue ${queue.queue}`, names.queue(queue.dev, queue.queue)].filter(Boolean);
  yield* named('thread_name', pid, tid, title.join(' '));
  const { requests } = queue;
  for (let row = requests.first; row < requests.length; row++)
    yield* requestEvents(spans, requestFacts(spans, queue, row), pid, tid);
  yield* depths(spans, queue, pid, `${title.join(' ')}: under way`);
  const { notifications, interrupts } = queue;
  const { origin } = spans;
  for (let i = notifications.first; i < notifications.length; i++) {
    const event = notifications.events.at(i);
    const name = queue.quietNotifications.has(event) ? 'notification left out' : 'notification';
    const args = { queue: queue.queue, requests: notifications.values.at(i) };
    yield { ph: 'i', s: 't', name, pid, tid: THREAD.work, ts: event + origin, args };
  }
  for (let i = interrupts.first; i < interrupts.length; i++) {
    const ts = interrupts.events.at(i) + origin;
    const step = INTERRUPT_STEPS[spans.store.word(ts, 0) >>> 16];
    const args = { queue: queue.queue, uses: interrupts.values.at(i) };
    yield { ph: 'i', s: 't', name: `interrupt ${step}`, pid, tid: THREAD.interrupts, ts, args };
  }
}

/** A request, its phases, and the flow along it. */
function* requestEvents(
  spans: Spans,
  request: RequestFacts,
  pid: number,
  tid: number,
): Generator<TraceEvent> {
  const { begun, available, popped, used, unseen, seen, head, backend: asked } = request;
  const takenBack = request.takenBack ?? unseen;
  const end = Math.max(begun, seen ?? used ?? takenBack ?? spans.scanned - 1) + 1;
  const id = `0x${(request.dev * 2 ** 16 + request.queue).toString(16)}.${request.row}`;
  const at = { cat: 'request', id, pid, tid } as const;
  const name = asked?.op ?? (head === undefined ? 'request' : `chain ${head}`);
  const { readable, writable, written, descriptors } = request;
  const args = { head, descriptors, readable, writable, written, position: asked?.position };
  yield { ph: 'b', name, ts: begun, ...at, args };
  const phases: readonly (readonly [string, number | undefined, number | undefined])[] = [
    ['available', available, popped ?? takenBack ?? end],
    ['in the device', popped, used === undefined ? (takenBack ?? end) : used + 1],
    ['used, not seen', used === undefined ? undefined : used + 1, seen],
  ];
  for (const [phase, from, to] of phases) {
    if (from === undefined || to === undefined || to < from) continue;
    yield { ph: 'b', name: phase, ts: from, ...at };
    yield { ph: 'e', name: phase, ts: to, ...at };
  }
  yield { ph: 'e', name, ts: end, ...at };
  if (available === undefined || popped === undefined) return;
  const flow = { cat: 'flow', id, name: 'request' } as const;
  yield { ph: 's', ts: available, pid: GUEST, tid: VCPU, ...flow };
  if (seen === undefined) {
    yield { ph: 'f', bp: 'e', ts: popped, pid, tid: THREAD.work, ...flow };
    return;
  }
  yield { ph: 't', ts: popped, pid, tid: THREAD.work, ...flow };
  yield { ph: 'f', bp: 'e', ts: seen, pid: GUEST, tid: VCPU, ...flow };
}

/** How many requests are under way, at each change. */
function* depths(
  { origin }: Spans,
  { requests }: QueueSpans,
  pid: number,
  name: string,
): Generator<TraceEvent> {
  const changes: number[] = [];
  const ends: number[] = [];
  for (let row = requests.first; row < requests.length; row++) {
    changes.push(requests.begun(row));
    if (requests.ended(row) !== NEVER) ends.push(requests.ended(row));
  }
  ends.sort((a, b) => a - b);
  let depth = 0;
  for (let i = 0, k = 0; i < changes.length || k < ends.length; ) {
    const begins = k >= ends.length || (changes[i] ?? NEVER) <= (ends[k] as number);
    const ts = (begins ? changes[i] : ends[k]) as number;
    if (begins) i++;
    else k++;
    depth += begins ? 1 : -1;
    yield { ph: 'C', name, pid, ts: ts + origin, args: { requests: depth } };
  }
}

/** Times in which most events were not recorded. */
function* gaps({ gaps: list, gapEnds, origin, store }: Spans): Generator<TraceEvent> {
  for (let i = list.first; i < list.length; i++) {
    const from = list.events.at(i);
    const end = gapEnds.indexOf(from);
    if (end >= gapEnds.length) return;
    const to = gapEnds.events.at(end);
    const args = { events: store.word(to + origin, EVENTS.gap.fields.events.at) };
    const at = { pid: GUEST, tid: VCPU, ts: from + origin, dur: to + 1 - from };
    yield { ph: 'X', name: 'not recorded', ...at, args };
  }
}

function* violations({ violations: list, origin, store }: Spans): Generator<TraceEvent> {
  for (let i = list.first; i < list.length; i++) {
    const ts = list.events.at(i) + origin;
    const info: ViolationInfo | undefined = VIOLATIONS[store.word(ts, 0) >>> 16];
    const dev = store.word(ts, 2) & 0xffff;
    const args = { section: `VIRTIO 1.4 §${info?.section ?? ''}` };
    const name = `violation ${info?.code ?? ''}`;
    yield { ph: 'i', s: 't', name, pid: processOf(dev), tid: THREAD.work, ts, args };
  }
}
