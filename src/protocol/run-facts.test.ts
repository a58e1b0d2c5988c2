import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Folder } from '../journal/fold/folder.ts';
import { RunFileError } from '../journal/run-check.ts';
import { checkHead, isRunFile, RUN_FILE, RunReader, runHead } from '../journal/run-file.ts';
import type { Act } from '../journal/run-making.ts';
import type { RunContent } from '../journal/run-record.ts';
import { EVENTS, RECORD_WORDS } from '../journal/schema.ts';
import { CHUNK_EVENTS, EventStore } from '../journal/store.ts';
import { DEFAULT_COMMAND_LINE } from '../lessons/default-machine.ts';
import { EXAMPLES } from '../lessons/examples.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { type Deed, journalOf, randomDeeds } from '../testing/random-journal.ts';
import { partsOfRun, readRun, validFacts } from './run-facts.ts';

const guest = new DirectGuest();
guest.run(EXAMPLES[0]?.source ?? '');
guest.events();
const { machine } = guest;
const RUN: RunContent = {
  name: 'Read a sector',
  commandLine: DEFAULT_COMMAND_LINE,
  source: EXAMPLES[0]?.source ?? '',
  topologies: [{ plugs: 0, topology: machine.topology() }],
  memory: { ramBase: machine.ram.base, ramSize: machine.ram.size, platform: machine.platform },
  store: guest.store,
};

function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  return Uint8Array.from(Buffer.concat([...pieces]));
}

/** Reads bytes that come in pieces of some size. */
async function read(bytes: Uint8Array, size = 1 << 16): Promise<RunContent> {
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  return await readRun(pieces(), async () => {});
}

const eventsOf = (store: EventStore) =>
  Array.from({ length: store.length }, (_, i) => store.get(i));

/** A part as the file has it. */
function part(kind: number, bytes: Uint8Array, length = bytes.length): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, kind, true);
  head.setUint32(4, length, true);
  return joined([new Uint8Array(head.buffer), bytes]);
}
const FACTS = part(1, Buffer.from('{}'));

describe('a saved run', () => {
  it('is the same run when it is opened, whatever the pieces', async () => {
    const bytes = joined(partsOfRun(RUN));
    for (const size of [1, 7, 4096, bytes.length]) {
      const { store, ...facts } = await read(bytes, size);
      expect(facts).toEqual({ ...RUN, store: undefined, ...facts });
      expect(facts.topologies).toEqual(RUN.topologies);
      expect(eventsOf(store)).toEqual(guest.events());
    }
  });

  it('holds whatever happened, and can be folded to the same moments', async () => {
    const rounds = fc.asyncProperty(randomDeeds(200), fc.nat(3), async (deeds, times) => {
      const long: Deed[] = [];
      for (let i = 0; i <= times * 30; i++) long.push(...deeds);
      const store = journalOf(long.slice(0, 9000));
      store.pack();
      const opened = await read(joined(partsOfRun({ ...RUN, store })), 5000);
      expect(opened.store.length).toBe(store.length);
      expect(eventsOf(opened.store)).toEqual(eventsOf(store));
      const at = Math.floor(store.length / 2);
      const [a, b] = [store, opened.store].map((it) => new Folder(it).momentAt(at));
      expect(b?.memory.bytes(0x2_0000 - 0x80, 0x800)).toEqual(
        a?.memory.bytes(0x2_0000 - 0x80, 0x800),
      );
      expect([...(b?.queues.values() ?? [])]).toEqual([...(a?.queues.values() ?? [])]);
    });
    await fc.assert(rounds, { numRuns: 15 });
  });

  it('goes on where it was opened', async () => {
    const { store } = await read(joined(partsOfRun(RUN)));
    const { length } = store;
    journalOf([(j) => j.log('driver', 'log', 'more')], store);
    expect(store.get(length)).toMatchObject({ kind: 'log', text: 'more' });
    expect(store.get(length - 1)).toEqual(RUN.store.get(length - 1));
  });

  it('cannot be saved without its beginning', () => {
    const store = journalOf(Array.from({ length: CHUNK_EVENTS + 1 }, () => (j) => j.scriptLine(1)));
    store.trim(CHUNK_EVENTS);
    expect(() => [...partsOfRun({ ...RUN, store })]).toThrow(/first 4,096 events .* forgotten/);
  });

  it('says what it is in its first line', () => {
    const head = runHead();
    expect(head.length).toBe(RUN_FILE.head);
    expect(isRunFile(head)).toBe(true);
    checkHead(head);
    const other = (line: string) => Buffer.from(line.padEnd(RUN_FILE.head - 1).concat('\n'));
    expect(() => checkHead(other('virtio-playground run 2'))).toThrow(/newer version/);
    expect(() => checkHead(other('virtio-playground run 0'))).toThrow(/never was/);
    expect(() => checkHead(other('virtio-playground run'))).toThrow(/does not say its version/);
    expect(() => checkHead(other('a text'))).toThrow(/not a saved run/);
    expect(() => checkHead(new Uint8Array())).toThrow(/not a saved run/);
  });
});

const MONITOR = (at: number) => ({
  doing: { kind: 'monitor', line: 'info qtree' },
  at,
  actions: 0,
});
const POKE = (bytes: string) => ({ doing: { kind: 'poke', addr: 0, bytes }, at: 0, actions: 0 });
const IMAGE = {
  ...{ name: 'a.img', size: 512, sha256: '0'.repeat(64) },
  changes: [{ position: 0, bytes: '0102' }],
};
const making = (part: object) => (facts: Record<string, unknown>) =>
  Object.assign(facts, { making: { seed: 1, acts: [], images: [], ...part } });

describe('what a run came of', () => {
  const acts: readonly Act[] = [
    { doing: { kind: 'script', source: 'x', chance: { seed: 7, time: 8 } }, at: 3, actions: 0 },
    { doing: { kind: 'monitor', line: 'stop' }, at: 9, actions: 4 },
    { doing: { kind: 'poke', addr: 2 ** 40, bytes: Uint8Array.of(0, 9, 255) }, at: 9, actions: 4 },
    { doing: { kind: 'restoreImage', name: 'a.img' }, at: 12, actions: 5 },
  ];
  const change = { position: 65536, bytes: Uint8Array.of(1, 2, 3) };
  const image = { name: 'a.img', size: 70_000, sha256: 'ab'.repeat(32), changes: [change] };

  it('is read back as it was', async () => {
    const made = { seed: 2 ** 32 - 1, acts, images: [image] };
    const run = await read(joined(partsOfRun({ ...RUN, making: made })));
    expect(run.making).toEqual(made);
    expect((await read(joined(partsOfRun(RUN)))).making).toBeUndefined();
  });

  it('is left out where it is more than a file holds', async () => {
    const doing = { kind: 'poke', addr: 0, bytes: new Uint8Array(7 << 20) } as const;
    const made = { seed: 1, acts: [{ doing, at: 0, actions: 0 }], images: [] };
    const run = await read(joined(partsOfRun({ ...RUN, making: made })));
    expect(run.making).toBeUndefined();
    expect(run.store.length).toBe(RUN.store.length);
  });
});

describe('a hostile run file', () => {
  const record = (...words: number[]) => {
    const store = new EventStore();
    const all = new Uint32Array(RECORD_WORDS);
    all.set(words);
    store.append(all, 0, new Uint8Array(8));
    return joined(partsOfRun({ ...RUN, store }));
  };
  const chunk = (count: number, packed: number, bytes: number) => {
    const body = new Uint8Array(8 + bytes);
    new DataView(body.buffer).setUint32(0, count, true);
    new DataView(body.buffer).setUint32(4, packed, true);
    return part(2, body);
  };
  const facts = part(1, Buffer.from(JSON.stringify({ ...RUN, store: undefined })));

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /cut off: it ends after 0 events/],
    ['no facts', chunk(1, 0, 0), /part at byte 0 is of kind 2/],
    ['a part of no kind', joined([facts, part(9, new Uint8Array(1))]), /is of kind 9/],
    ['facts twice', joined([facts, facts]), /is of kind 1/],
    ['huge facts', part(1, new Uint8Array(1), 2 ** 31), /has 2,147,483,648 bytes/],
    ['a huge chunk', joined([facts, part(2, new Uint8Array(1), 2 ** 31)]), /has 2,147,483,648/],
    ['an empty part', joined([facts, part(2, new Uint8Array())]), /has 0 bytes/],
    ['no JSON', part(1, Buffer.from('{')), /not JSON/],
    ['other JSON', FACTS, /not valid/],
    ['a small chunk', joined([facts, part(2, new Uint8Array(3))]), /from 0 on are cut off/],
    ['no events', joined([facts, chunk(0, 0, 0)]), /are 0 in one part/],
    ['many events', joined([facts, chunk(4097, 0, 0)]), /are 4097 in one part/],
    ['records beyond the part', joined([facts, chunk(1, 99, 5)]), /are cut off/],
    ['broken records', joined([facts, chunk(2, 5, 5)]), /are not 2 records/],
    ['a record of no kind', record(200), /Event 0 is of kind 200/],
    ['no region', record(EVENTS.regRead.code | (0x7777 << 16)), /region 30583/],
    [
      'a write to all memory',
      record(EVENTS.dataWrite.code, 0, 0, 0, 0xffff_ffff),
      /more than 32,768 blocks of memory/,
    ],
    [
      'two chunks that are not full',
      joined([...partsOfRun(RUN)].flatMap((piece, i) => (i === 1 ? [piece, piece] : [piece]))),
      /follow a part that is not full/,
    ],
    [
      'a wrong count',
      joined([facts, part(3, new Uint8Array([5, 0, 0, 0]))]),
      /says that there are 5/,
    ],
    ['more after the end', joined([...partsOfRun(RUN), facts]), /goes on after its end/],
  ])('with %s is refused with a reason', async (_, bytes, reason) => {
    await expect(read(bytes)).rejects.toThrow(RunFileError);
    await expect(read(bytes)).rejects.toThrow(reason);
  });

  it('is refused where it is cut off, wherever that is', async () => {
    const bytes = joined(partsOfRun(RUN));
    for (let end = 0; end < bytes.length; end += 1 + Math.floor(bytes.length / 97))
      await expect(read(bytes.subarray(0, end))).rejects.toThrow(/cut off/);
  });

  it('sets up queues so often that opening would never end: is refused', () => {
    const words = new Uint32Array(CHUNK_EVENTS * RECORD_WORDS);
    for (let i = 0; i < CHUNK_EVENTS; i++) {
      words[i * RECORD_WORDS] = EVENTS.queueConfig.code | (1 << 16);
      words[i * RECORD_WORDS + 2] = i;
    }
    const store = new EventStore();
    for (let k = 0; k < 3; k++)
      for (let i = 0; i < CHUNK_EVENTS; i++) store.append(words, i * RECORD_WORDS);
    const reader = new RunReader(() => {});
    expect(() => {
      for (const piece of partsOfRun({ ...RUN, store })) reader.push(piece);
    }).toThrow(/sets up one queue too often/);
  });

  it.each<[string, (facts: Record<string, unknown>) => void, RegExp]>([
    ['no name', (it) => delete it.name, /at name/],
    ['a script that is a number', (it) => Object.assign(it, { source: 5 }), /at source/],
    ['no topology', (it) => Object.assign(it, { topologies: [] }), /at topologies/],
    ['RAM of no size', (it) => Object.assign(it, { memory: { ramBase: 0 } }), /at memory/],
    ['an endless name', (it) => Object.assign(it, { name: 'x'.repeat(300) }), /at name/],
    ['an act of no kind', making({ acts: [{ doing: { kind: 'eval' } }] }), /at making.acts.0/],
    ['an act before the last one', making({ acts: [MONITOR(2), MONITOR(1)] }), /came before it/],
    ['half a byte', making({ acts: [POKE('abc')] }), /at making.acts.0.doing.bytes/],
    ['a seed of 33 bits', making({ seed: 2 ** 32 }), /at making.seed/],
    ['an image of no hash', making({ images: [{ ...IMAGE, sha256: 'x' }] }), /at making.images/],
    ['a change behind an image', making({ images: [{ ...IMAGE, size: 1 }] }), /behind its end/],
  ])('that says %s is refused, and told where', (_, change, where) => {
    const value = JSON.parse(JSON.stringify({ ...RUN, store: undefined }));
    change(value);
    expect(() => validFacts(value)).toThrow(where);
  });

  it('nested without end is refused', () => {
    expect(() => validFacts(JSON.parse('['.repeat(5000) + ']'.repeat(5000)))).toThrow(/too deeply/);
  });

  it('made by changing bytes is opened, or refused with a reason: nothing else', async () => {
    const store = journalOf(fc.sample(randomDeeds(400), { numRuns: 1, seed: 6 })[0] ?? []);
    const bytes = joined(partsOfRun({ ...RUN, store }));
    const numRuns = Number(process.env.FUZZ_RUNS) || 300;
    const start = bytes.findIndex((_, i) => bytes[i] === 2 && bytes[i + 1] === 0 && i > 8_000);
    const places = fc.oneof(
      fc.nat(bytes.length - 1),
      fc.integer({ min: start, max: bytes.length - 1 }),
    );
    let opened = 0;
    const rounds = fc.asyncProperty(
      fc.array(fc.tuple(places, fc.nat(255)), { minLength: 1, maxLength: 6 }),
      async (changes) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at] = value;
        try {
          const run = await read(changed);
          opened++;
          for (let i = 0; i < run.store.length; i++) run.store.get(i);
          const folder = new Folder(run.store);
          for (const at of [run.store.length, 3]) folder.momentAt(at);
        } catch (error) {
          expect(error).toBeInstanceOf(RunFileError);
        }
      },
    );
    await fc.assert(rounds, { numRuns, seed: 1 });
    expect(opened).toBeGreaterThan(0);
  });
});

it('the headless runner writes such a file', async () => {
  const { main } = await import('../headless/run-guest.ts');
  const { mkdtempSync, readFileSync, rmSync } = await import('node:fs');
  const { join } = await import('node:path');
  const { tmpdir } = await import('node:os');
  const folder = mkdtempSync(join(tmpdir(), 'run-'));
  const path = join(folder, `a${RUN_FILE.ending}`);
  const out: string[] = [];
  const terminal = {
    out: (line: string) => void out.push(line),
    error: (line: string) => void out.push(line),
    random: (into: Uint8Array) => void into.fill(7),
  };
  expect(main(['--save', path, 'read-a-sector'], terminal)).toBe(0);
  const bytes = readFileSync(path);
  checkHead(bytes);
  const run = await read(gunzipSync(bytes.subarray(RUN_FILE.head)));
  expect(run).toMatchObject({ name: 'read-a-sector', commandLine: DEFAULT_COMMAND_LINE });
  const { console: lines } = new Folder(run.store).momentAt(run.store.length);
  expect(lines.map(({ text }) => text)).toEqual(out);
  const nowhere = join(folder, 'no', 'such', 'folder');
  expect(main(['--save', nowhere, 'read-a-sector'], terminal)).toBe(2);
  expect(out.join('\n')).toMatch(/cannot save .*ENOENT/);
  rmSync(folder, { recursive: true });
});
