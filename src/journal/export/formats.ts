import { exportChromeTrace } from './chrome-trace.ts';
import { exportEventsCsv, exportRequestsCsv } from './csv.ts';
import { exportEvent } from './jsonl.ts';
import { exportPcapng } from './pcapng.ts';
import { type ExportSource, eachEvent, type Piece } from './source.ts';

/** A file format for a run. */
export interface ExportFormat {
  /** Name of the option that asks for it. */
  readonly name: string;
  readonly title: string;
  /** What it is for. */
  readonly text: string;
  /** End of the file's name. */
  readonly ending: string;
  /** Media type. */
  readonly type: string;
  pieces(source: ExportSource): Generator<Piece>;
}

/** All formats in which a run leaves the program. */
export const EXPORT_FORMATS: readonly ExportFormat[] = [
  {
    name: 'trace',
    title: 'Trace for Perfetto',
    text: 'Spans, flows and counters for ui.perfetto.dev and chrome://tracing.',
    ending: '.trace.json',
    type: 'application/json',
    pieces: exportChromeTrace,
  },
  {
    name: 'requests',
    title: 'Requests as a table',
    text: 'CSV: every request, when each of its steps came, how long it took.',
    ending: '.requests.csv',
    type: 'text/csv',
    pieces: exportRequestsCsv,
  },
  {
    name: 'events',
    title: 'Events as a table',
    text: 'CSV: every event, a column for each field.',
    ending: '.events.csv',
    type: 'text/csv',
    pieces: exportEventsCsv,
  },
  {
    name: 'journal',
    title: 'Journal',
    text: 'A line of JSON for every event.',
    ending: '.jsonl',
    type: 'application/jsonl',
    *pieces({ store }) {
      yield* eachEvent(store, (index) => `${exportEvent(index, store.get(index))}\n`);
    },
  },
  {
    name: 'pcapng',
    title: 'Packets',
    text: 'pcapng: Ethernet frames of network devices, for Wireshark.',
    ending: '.pcapng',
    type: 'application/x-pcapng',
    pieces: exportPcapng,
  },
];
