import { EVENTS, type EventKind, KINDS } from '../schema.ts';
import { type RequestFacts, requestFacts } from '../spans/request-facts.ts';
import { eventFields } from './jsonl.ts';
import { type ExportSource, eachEvent, spansOf } from './source.ts';

/** Columns of every event, then the fields of all kinds in the order of `EVENTS`, each once. */
const EVENT_COLUMNS: readonly string[] = [
  ...new Set([
    ...['event', 'kind', 'actor', 'clock', 'size', 'device_name'],
    ...KINDS.flatMap((kind) => (kind ? Object.keys(EVENTS[kind as EventKind].fields) : [])),
    ...['register', 'text', 'old', 'new'],
  ]),
];

/** A line of CSV (RFC 4180 §2): fields with a comma, a quote or a line break stand in quotes. */
export function csvLine(fields: readonly (string | number | undefined)[]): string {
  const texts = fields.map((field) => {
    const text = String(field ?? '');
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${texts.join(',')}\r\n`;
}

/** Every held event as a line, with a column for each field that any kind has; empty where a kind has it not. */
export function* exportEventsCsv({ store, names }: ExportSource): Generator<string> {
  yield csvLine(EVENT_COLUMNS);
  yield* eachEvent(store, (index) => {
    const fields = eventFields(index, store.get(index));
    const { dev } = fields;
    if (typeof dev === 'number') fields.device_name = names.device(dev);
    return csvLine(EVENT_COLUMNS.map((column) => fields[column] as string | number | undefined));
  });
}

/** Columns of a request: event numbers, then counts of events, of acts of the guest, and of bytes. */
const REQUEST_COLUMNS: readonly (readonly [
  name: string,
  of: (request: RequestFacts) => string | number | undefined,
])[] = [
  ['dev', ({ dev }) => dev],
  ['queue', ({ queue }) => queue],
  ['head', ({ head }) => head],
  ['available', ({ available }) => available],
  ['notification', ({ notification }) => notification?.event],
  ['notification_sent', ({ notification }) => notification && Number(notification.sent)],
  ['popped', ({ popped }) => popped],
  ['backend_request', ({ backend }) => backend?.event],
  ['backend_op', ({ backend }) => backend?.op],
  ['backend_position', ({ backend }) => backend?.position],
  ['backend_length', ({ backend }) => backend?.length],
  ['used', ({ used }) => used],
  ['taken_back', ({ takenBack }) => takenBack],
  ['not_recorded_from', ({ unseen }) => unseen],
  ['interrupt', ({ interrupt }) => interrupt?.event],
  ['interrupt_step', ({ interrupt }) => interrupt?.step],
  ['interrupt_seen', ({ seen }) => seen],
  ['descriptors', ({ descriptors }) => descriptors],
  ['readable_bytes', ({ readable }) => readable],
  ['writable_bytes', ({ writable }) => writable],
  ['written_bytes', ({ written }) => written],
  ['under_way', ({ depth }) => depth],
  [
    'latency_events',
    ({ available, used }) =>
      available === undefined || used === undefined ? undefined : used - available,
  ],
];

/** Requests between two pauses. */
const PAUSE_EVERY = 500;

/** Every request as a line: which queue, when each of its steps came, how long it took. */
export function* exportRequestsCsv(source: ExportSource): Generator<string> {
  const { names } = source;
  yield csvLine(['device_name', ...REQUEST_COLUMNS.map(([name]) => name), 'latency_guest_acts']);
  const spans = yield* spansOf(source);
  for (const queue of spans.queues) {
    const { requests } = queue;
    for (let row = requests.first; row < requests.length; row++) {
      const request = requestFacts(spans, queue, row);
      const { available, used } = request;
      const acts =
        available === undefined || used === undefined ? undefined : spans.actions(available, used);
      const fields = REQUEST_COLUMNS.map(([, of]) => of(request));
      yield csvLine([names.device(queue.dev), ...fields, acts]);
      if (row % PAUSE_EVERY === 0) yield '';
    }
  }
}
