import { describe, expect, it } from 'vitest';
import { EXAMPLES } from '../../lessons/examples.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { Folder } from '../fold/folder.ts';
import { exportChromeTrace } from './chrome-trace.ts';
import { csvLine, exportEventsCsv, exportRequestsCsv } from './csv.ts';
import { exportJournal } from './jsonl.ts';
import type { ExportSource } from './source.ts';

interface Parsed {
  ph: string;
  name: string;
  pid: number;
  tid?: number;
  ts?: number;
  dur?: number;
  cat?: string;
  id?: string;
  args?: Record<string, unknown>;
}

/** Reads CSV as RFC 4180 has it. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = '', end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g,
  )) {
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

const example = (id: string): string => EXAMPLES.find((one) => one.id === id)?.source ?? '';

function run(source: string): { guest: DirectGuest; source: ExportSource } {
  const guest = new DirectGuest();
  guest.run(source);
  guest.events();
  const folder = new Folder(guest.store);
  return {
    guest,
    source: {
      store: guest.store,
      momentAt: (at) => folder.momentAt(at),
      names: { device: () => 'disk, "0"', virtioId: () => 2, queue: () => 'requestq' },
    },
  };
}

describe('the trace', () => {
  const { guest, source } = run(example('requests-in-flight'));
  const trace = JSON.parse([...exportChromeTrace(source)].join('')) as { traceEvents: Parsed[] };
  const events = trace.traceEvents;
  const popped = guest.events().filter(({ kind }) => kind === 'chainPopped').length;

  it('has each request once, begun and ended, with its phases inside', () => {
    const open = new Map<string, Parsed[]>();
    let requests = 0;
    for (const event of events) {
      if (event.ph !== 'b' && event.ph !== 'e') continue;
      const key = `${event.pid} ${event.cat} ${event.id}`;
      const stack = open.get(key) ?? [];
      open.set(key, stack);
      if (event.ph === 'b') {
        if (stack.length === 0) requests++;
        else expect(event.ts).toBeGreaterThanOrEqual(stack[0]?.ts ?? 0);
        stack.push(event);
      } else {
        const begun = stack.pop();
        expect(begun?.name).toBe(event.name);
        expect(event.ts).toBeGreaterThanOrEqual(begun?.ts ?? Number.NaN);
      }
    }
    expect([...open.values()].every((stack) => stack.length === 0)).toBe(true);
    expect(requests).toBe(popped);
  });

  it('draws flows from the slice in which a request was published to the one in which it was seen', () => {
    const slices = events.filter(({ ph }) => ph === 'X');
    const inSlice = ({ pid, tid, ts = -1 }: Parsed) =>
      slices.some(
        (slice) =>
          slice.pid === pid &&
          slice.tid === tid &&
          (slice.ts ?? 0) <= ts &&
          ts < (slice.ts ?? 0) + (slice.dur ?? 0),
      );
    const ends = events.filter(({ ph }) => ph === 's' || ph === 't' || ph === 'f');
    expect(ends.filter(({ ph }) => ph === 's')).toHaveLength(popped);
    expect(ends.filter(({ ph }) => ph === 'f')).toHaveLength(popped);
    expect(ends.filter((end) => !inSlice(end))).toEqual([]);
  });

  it('counts what is under way: never below none, and none at the end', () => {
    const counts = events
      .filter(({ ph }) => ph === 'C')
      .map(({ args }) => args?.requests as number);
    expect(Math.min(...counts)).toBe(0);
    expect(Math.max(...counts)).toBe(85);
    expect(counts.at(-1)).toBe(0);
    const times = events.filter(({ ph }) => ph === 'C').map(({ ts = 0 }) => ts);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('names processes and threads, and marks every notification at its event', () => {
    const names = events.filter(({ ph }) => ph === 'M').map(({ args }) => args?.name);
    expect(names).toContain('guest');
    expect(names).toContain('queue 0 requestq');
    const sent = events.filter(({ name }) => name === 'notification').map(({ ts = -1 }) => ts);
    const all = guest.events().flatMap(({ kind }, i) => (kind === 'notification' ? [i] : []));
    expect(sent).toEqual(all);
  });

  it('names violations with their section', () => {
    const broken = run(example('bug-descriptor-loop'));
    const found = JSON.parse([...exportChromeTrace(broken.source)].join('')) as {
      traceEvents: Parsed[];
    };
    const violation = found.traceEvents.find(({ name }) => name.startsWith('violation'));
    expect(violation).toMatchObject({
      name: 'violation chainLoop',
      args: { section: 'VIRTIO 1.4 §2.7.5.2' },
    });
  });
});

describe('CSV', () => {
  it('quotes what has commas, quotes and line breaks (RFC 4180 §2)', () => {
    expect(csvLine(['a', 1, undefined, 'b,"c"\r\n'])).toBe('a,1,,"b,""c""\r\n"\r\n');
  });

  it('has every event, with the fields that the journal of JSON has', () => {
    const { source } = run(example('requests-in-flight'));
    const [head = [], ...rows] = readCsv([...exportEventsCsv(source)].join(''));
    const lines = [...exportJournal(source.store)].map((line) => JSON.parse(line));
    expect(rows).toHaveLength(lines.length);
    rows.forEach((row, i) => {
      const fields = Object.fromEntries(head.map((name, k) => [name, row[k]]));
      for (const [name, value] of Object.entries(lines[i] as object))
        expect(fields[name]).toBe(String(value));
    });
  });

  it('has every request with its steps in order', () => {
    const { guest, source } = run(example('requests-in-flight'));
    const [head = [], ...rows] = readCsv([...exportRequestsCsv(source)].join(''));
    const all = guest.events();
    const pops = all.flatMap(({ kind }, i) => (kind === 'chainPopped' ? [String(i)] : []));
    const requests = rows.map((row) =>
      Object.fromEntries(head.map((name, k) => [name, row[k] ?? ''])),
    );
    expect(requests.map(({ popped }) => popped)).toEqual(pops);
    for (const { device_name, available, popped, used, interrupt, latency_events } of requests) {
      expect(device_name).toBe('disk, "0"');
      const steps = [available, popped, used, interrupt].map(Number);
      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(all[Number(used)]?.kind).toBe('chainPushed');
      expect(Number(latency_events)).toBe(Number(used) - Number(available));
    }
  });
});
