import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RUN_FILE } from '../../journal/run-file.ts';
import type { RunContent } from '../../journal/run-record.ts';
import { sameEvent } from '../../journal/same-event.ts';
import type { EventStore } from '../../journal/store.ts';
import { DEFAULT_COMMAND_LINE } from '../../lessons/default-machine.ts';
import { EXAMPLES } from '../../lessons/examples.ts';
import { helloImage } from '../../lessons/hello-image.ts';
import { partsOfRun, readRun } from '../../protocol/run-facts.ts';
import { SessionRig, type ThreadCode, threadCode } from '../../testing/page/session-rig.ts';
import type { LiveSession } from './live-session.ts';

let code: ThreadCode;
beforeAll(async () => {
  code = await threadCode('real');
});

let rig: SessionRig;
let session: LiveSession;
beforeEach(async () => {
  rig = new SessionRig(code);
  session = rig.session;
  session.addImage('hello.img', helloImage());
  session.setSpeed(Number.POSITIVE_INFINITY);
});
afterEach(() => rig.dispose());

/** The script is over, or sleeps for ever. */
const ended = () =>
  rig.until(
    ({ run, vcpu, cursor, length }) =>
      run === 'ended' || run === 'failed' || (vcpu === 'halted' && cursor === length),
  );

/** Shows a place of a run. */
async function look(run: number, at: number): Promise<void> {
  session.showRun(run);
  session.seek(at);
  await rig.until(({ cursor, shownRun }) => cursor === at && shownRun === run);
}

/** Goes on until the picture has come to `at`, and pauses there with the guest. */
async function goTo(at: number, source: string): Promise<void> {
  const { cursor } = session.getState();
  for (let i = cursor; i < at; i += 100)
    for (let n = i; n < Math.min(i + 100, at); n++) session.step(source);
  for (let now = session.getState(); now.cursor < at && now.run !== 'ended'; ) {
    for (let n = now.cursor; n < Math.min(now.cursor + 90, at); n++) session.step(source);
    const from = now.cursor;
    now = await rig.until((state) => state.cursor > from || state.run === 'ended');
  }
}

/** Both hold the same events up to `length`. */
function expectSame(a: EventStore, b: EventStore, length: number): void {
  for (let i = 0; i < length; i++) if (!sameEvent(a, b, i)) expect(b.get(i)).toEqual(a.get(i));
  expect(Math.min(a.length, b.length)).toBeGreaterThanOrEqual(length);
}

async function* piecesOf(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* parts;
}

/** A run as it comes out of its file. */
const inFile = (run: RunContent): Promise<RunContent> =>
  readRun(piecesOf(partsOfRun(run)), async () => {});

const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const ramBytes = (): Uint8Array => new Uint8Array(session.getState().memory!.ram);
const ram = (): string => digest(ramBytes());
const disk = async (): Promise<string> =>
  digest(new Uint8Array(await (await session.imageContent('hello.img'))!.arrayBuffer()));

describe('continuing from a moment', () => {
  it.each(EXAMPLES.map(({ id, source, needs }) => [id, source, needs] as const))(
    'repeats %s up to there, and runs on to the same end',
    async (_id, source, needs) => {
      await session.build(`${DEFAULT_COMMAND_LINE} ${needs}`);
      session.run(source);
      const first = await ended();
      const { store } = session;
      for (const share of [0, 0.3, 1]) {
        const at = Math.floor(first.length * share);
        await look(first.shownRun, at);
        expect(await session.continueFrom(source)).toEqual({ kind: 'same', at });
        const state = session.getState();
        expect([state.cursor, state.live]).toEqual([at, true]);
        session.run(source);
        const last = await ended();
        expect(last.length).toBe(first.length);
        expectSame(store, session.store, last.length);
        expect(last.moment.actions).toBe(first.moment.actions);
      }
    },
  );
});

/** Reads and writes a disk, many times, with numbers by chance and a look at the clock. */
const WORK = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let i = 0; i < 200; i++) {
  const sector = Math.floor(Math.random() * 8) + 2;
  disk.write(sector, 'round ' + i + ' at ' + Date.now());
  log(i, disk.read(sector).slice(0, 12).join(' '));
}
`;

describe('a machine that was brought to a moment', () => {
  it('is as one that ran straight there: memory, disk, script; and so is what comes', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    const first = await ended();
    const { store } = session;
    const [memory, image] = [ram(), await disk()];
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 5, max: first.length - 1 }), async (at) => {
        await look(first.shownRun, at);
        expect(await session.continueFrom(WORK)).toEqual({ kind: 'same', at });
        expect(session.getState()).toMatchObject({ cursor: at, run: 'paused', live: true });
        expectSame(store, session.store, at);
        // Not further than the guest’s next action.
        const { actions } = session.momentAt(session.store.length);
        expect(actions).toBe(session.momentAt(at).actions);
        session.run(WORK);
        const last = await ended();
        expect(last.length).toBe(first.length);
        expectSame(store, session.store, last.length);
        expect(ram()).toEqual(memory);
        expect(await disk()).toEqual(image);
        expect(last.runs.find(({ id }) => id === last.shownRun)?.branch).toEqual({
          of: first.shownRun,
          at,
        });
      }),
      { numRuns: 4 },
    );
  });

  it('has been done to what its person did, at the same places', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 1000 }),
        async (places, share) => {
          await session.build(DEFAULT_COMMAND_LINE);
          const deeds = [
            () => session.poke(0x90_0000, Uint8Array.of(1, 2, 3)),
            () => session.monitor('device_add virtio-rng-pci,id=r0'),
            () => session.monitor('device_del r0'),
            () => session.poke(0x90_0001, new Uint8Array(40).fill(9)),
            () => session.monitor('info qtree'),
            () => session.restoreImage('hello.img'),
          ];
          for (const [i, place] of [...places].sort((a, b) => a - b).entries()) {
            await goTo(place, WORK);
            await deeds[i % deeds.length]!();
          }
          session.run(WORK);
          const first = await ended();
          const { store } = session;
          const end = [ram(), await disk(), first.topology];
          const at = Math.floor((first.length * share) / 1000);
          await look(first.shownRun, at);
          expect(await session.continueFrom(WORK)).toEqual({ kind: 'same', at });
          expectSame(store, session.store, at);
          const whole = first.length;
          await look(first.shownRun, whole);
          expect(await session.continueFrom(WORK)).toEqual({ kind: 'same', at: whole });
          expectSame(store, session.store, whole);
          expect([ram(), await disk(), session.getState().topology]).toEqual(end);
        },
      ),
      { numRuns: 3 },
    );
  });

  it('ran all scripts that ran before', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    for (const _ of [1, 2, 3]) {
      const { length } = session.getState();
      session.run(WORK);
      await rig.until((state) => state.length > length && state.run === 'ended');
    }
    const first = session.getState();
    const { store } = session;
    const at = Math.floor(first.length * 0.8);
    await look(first.shownRun, at);
    expect(await session.continueFrom(WORK)).toEqual({ kind: 'same', at });
    session.run(WORK);
    await ended();
    expectSame(store, session.store, first.length);
    expect(session.getState().moment.run).toBe(3);
  });
});

describe('a script that was changed', () => {
  const at = (text: string, store: EventStore): number => {
    for (let i = 0; i < store.length; i++) {
      const event = store.get(i);
      if (event.kind === 'log' && event.text.startsWith(text)) return i;
    }
    throw new Error(text);
  };

  it('goes on from the cursor where it did the same up to there', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    const first = await ended();
    const { store } = session;
    const place = at('100 ', store) + 1;
    await look(first.shownRun, place);
    const changed = `${WORK}log('and more');\n`;
    expect(await session.continueFrom(changed)).toEqual({ kind: 'same', at: place });
    session.run(changed);
    const last = await ended();
    expect(last.moment.console.at(-1)?.text).toBe('and more');
    expectSame(store, session.store, first.length - 1);
  });

  it('stands where it first does something else, with the guest', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    const first = await ended();
    const { store } = session;
    const place = at('150 ', store);
    await look(first.shownRun, place);
    const changed = WORK.replace('log(i,', "log(i === 60 ? 'sixty' : i,");
    const other = at('60 ', store);
    expect(await session.continueFrom(changed)).toEqual({ kind: 'edited', at: other });
    const state = session.getState();
    expect([state.cursor, state.live, state.run]).toEqual([other, true, 'paused']);
    expect(session.store.length - other).toBeLessThan(3);
    expect(session.store.get(other)).toMatchObject({ text: expect.stringMatching(/^sixty /) });
    expectSame(store, session.store, other);
  });

  it('that does not compile says so', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    const first = await ended();
    await look(first.shownRun, 500);
    expect((await session.continueFrom('const = 1;')).kind).toBe('edited');
    const state = await rig.until(({ run }) => run === 'failed');
    expect(state.problem?.phase).toBe('compile');
  });
});

describe('an edit of memory', () => {
  it('is the person’s, is shown at once, and takes place only where nothing moves', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    const bytes = Uint8Array.of(0xde, 0xad);
    expect(await session.poke(0x10_0000, bytes)).toBe(true);
    const { moment, cursor, length } = session.getState();
    expect(cursor).toBe(length);
    expect(moment.last).toMatchObject({ kind: 'memWrite', actor: 'user', addr: 0x10_0000 });
    expect([...moment.memory.bytes(0x10_0000, 2)]).toEqual([...bytes]);
    expect(ramBytes()[0x10_0001]).toBe(0xad);
    expect(await session.poke(0xffff_0000, bytes)).toBe(false);
    session.seek(0);
    expect(await session.poke(0x10_0000, bytes)).toBe(false);
    session.run('for (;;);');
    await rig.until(({ run }) => run === 'running');
    expect(await session.poke(0x10_0000, bytes)).toBe(false);
  });
});

describe('runs', () => {
  it('are kept beside the live one, shown, opened and dropped', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    const first = await ended();
    const begun = session.store;
    await look(first.shownRun, 300);
    await session.continueFrom(WORK);
    const live = session.getState();
    expect(live.runs.map((run) => [run.id, run.live])).toEqual([
      [first.shownRun, false],
      [live.shownRun, true],
    ]);
    session.showRun(first.shownRun);
    const kept = await rig.until(({ shownRun }) => shownRun === first.shownRun);
    expect([kept.store === begun, kept.live, kept.cursor]).toEqual([true, false, 300]);
    // It plays what it holds, and comes to its end.
    session.run(WORK);
    await rig.until(({ run, cursor }) => run === 'ended' && cursor === first.length);
    session.stepBackLine();
    await rig.until(({ run, cursor }) => run === 'paused' && cursor < first.length);
    // As older versions of the page saved it.
    const id = session.openRun({ ...session.runContent(first.shownRun)!, name: 'from a file' });
    const opened = await rig.until(({ shownRun }) => shownRun === id);
    expect([opened.length, opened.topology]).toEqual([first.length, first.topology]);
    session.seek(10);
    await rig.until(({ cursor }) => cursor === 10);
    expect((await session.continueFrom(WORK)).kind).toBe('refused');
    expect(await session.obstacle(id)).toMatch(/does not say all/);
    session.dropRun(first.shownRun);
    session.dropRun(id);
    const last = await rig.until(({ runs }) => runs.length === 1);
    expect([last.shownRun, last.live]).toEqual([live.shownRun, true]);
    session.dropRun(live.shownRun);
    expect(session.getState().runs.length).toBe(1);
  });

  it('of a file repeat in another session, with all that was done and what disks held', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    await ended();
    // The disk keeps what was written: the next run starts with that.
    await session.reset();
    await session.monitor('device_add virtio-rng-pci,id=r0');
    session.run(WORK);
    await rig.until(({ length }) => length > 200);
    session.pause();
    await session.poke(0x90_0000, Uint8Array.of(1, 2, 3));
    await session.restoreImage('hello.img');
    session.run(WORK);
    const first = await ended();
    const end = [ram(), await disk()];
    const saved = await inFile((await session.savedRun(first.shownRun))!);
    await rig.dispose();
    rig = new SessionRig(code);
    session = rig.session;
    session.addImage('hello.img', helloImage());
    session.setSpeed(Number.POSITIVE_INFINITY);
    await session.build('-M pc -m 64');
    const id = session.openRun(saved);
    expect(await session.obstacle(id)).toBeUndefined();
    for (const share of [0.4, 1]) {
      const at = Math.floor(first.length * share);
      await look(id, at);
      expect(await session.continueFrom(WORK)).toEqual({ kind: 'same', at });
      expectSame(saved.store, session.store, at);
      if (share < 1) session.run(WORK);
      const last = await ended();
      expect(last.length).toBe(first.length);
      expectSame(saved.store, session.store, last.length);
      expect([ram(), await disk()]).toEqual(end);
      expect(last.commandLine).toBe(DEFAULT_COMMAND_LINE);
    }
    // The branch of it is saved as any run is.
    const branch = session.getState().shownRun;
    expect((await session.savedRun(branch))?.making).toEqual(saved.making);
  });

  it('of a file say which image they lack, and go on where it comes', async () => {
    const own = helloImage();
    own[600] = 7;
    const line = DEFAULT_COMMAND_LINE.replace('hello.img', 'own.img');
    session.addImage('own.img', own);
    await session.build(line);
    session.run(WORK);
    const first = await ended();
    const saved = await inFile((await session.savedRun(first.shownRun))!);
    expect(saved.making?.images).toMatchObject([{ name: 'own.img', size: own.length }]);
    await rig.dispose();
    rig = new SessionRig(code);
    session = rig.session;
    session.setSpeed(Number.POSITIVE_INFINITY);
    await session.build('-M pc -m 64');
    const id = session.openRun(saved);
    await look(id, 100);
    expect(await session.obstacle(id)).toMatch(/“own.img” of 1,048,576 bytes.* not here/);
    const refused = await session.continueFrom(WORK);
    expect(refused).toMatchObject({ kind: 'refused', message: expect.stringMatching(/own.img/) });
    expect(session.getState()).toMatchObject({ shownRun: id, commandLine: '-M pc -m 64' });
    session.addImage('own.img', helloImage());
    expect(await session.obstacle(id)).toMatch(/holds something else/);
    session.addImage('own.img', new Blob([own.slice()]));
    expect(await session.obstacle(id)).toBeUndefined();
    expect(await session.continueFrom(WORK)).toEqual({ kind: 'same', at: 100 });
    expect((await session.continueFrom(WORK)).kind).toBe('same');
  });

  it('that the headless runner saved repeat on the page', async () => {
    const { main } = await import('../../headless/run-guest.ts');
    const folder = mkdtempSync(join(tmpdir(), 'run-'));
    const path = join(folder, 'a.virtio-run');
    const terminal = { out: () => {}, error: () => {}, random: (into: Uint8Array) => into.fill(7) };
    for (const example of EXAMPLES) {
      expect(main(['--save', path, example.id], terminal)).toBeLessThan(2);
      const parts = gunzipSync(readFileSync(path).subarray(RUN_FILE.head));
      const run = await readRun(piecesOf([parts]), async () => {});
      await session.build('-M pc -m 64');
      const id = session.openRun(run);
      const at = run.store.length;
      await look(id, at);
      // In one thread nobody could wake a guest that sleeps, so its script fails; here it goes on sleeping.
      const last = run.store.get(at - 1);
      const sleeps = last.kind === 'script' && last.text.includes('nothing is left');
      const came = sleeps ? { kind: 'differs', at: at - 1 } : { kind: 'same', at };
      expect(await session.continueFrom(example.source)).toEqual(came);
    }
    rmSync(folder, { recursive: true });
  });

  it('show the machine as it was at the cursor', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    const before = session.getState();
    await session.monitor('device_add virtio-rng-pci,id=r0');
    const after = session.getState();
    expect(JSON.stringify(after.topology)).toContain('virtio-rng-pci');
    session.seek(before.length);
    const back = await rig.until(({ cursor }) => cursor === before.length);
    expect([back.topology, back.machine]).toEqual([before.topology, after.topology]);
  });

  it('can be stopped while they are repeated', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(WORK);
    const first = await ended();
    await look(first.shownRun, first.length - 5);
    const endless = WORK.replace('disk.write', 'for (;i === 100;); disk.write');
    const going = session.continueFrom(endless);
    const reset = session.reset();
    expect((await going).kind).not.toBe('same');
    await reset;
    expect(session.getState()).toMatchObject({ run: 'idle', live: true });
  });
});

/** Goes on until it is stopped. */
const ENDLESS = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let round = 0; ; round++) {
  for (let i = 0; i < 8; i++) disk.startWrite(2 + i, 'round ' + round + ' by ' + Math.random());
  disk.submit();
  for (let i = 0; i < 8; i++) disk.next();
  if (round % 500 === 0) log('round', round);
}
`;

describe('a run of which samples are recorded', () => {
  it('runs on between them, and can be repeated with the same gaps', async () => {
    await session.build(DEFAULT_COMMAND_LINE);
    session.setSpeed(Number.POSITIVE_INFINITY, true);
    session.run(ENDLESS);
    const gapsSeen = () => rig.until(({ moment }) => moment.unrecorded > 200_000);
    await gapsSeen();
    session.pause();
    const paused = await rig.until(
      ({ run, vcpu, cursor, length }) =>
        run === 'paused' && vcpu === 'waitsForCredit' && cursor === length,
    );
    expect(paused.moment.inGap).toBe(false);
    expect(paused.moment.unrecorded).toBeGreaterThan(paused.length);
    const { store } = session;
    const memory = ram();
    for (const share of [1, 0.5, 0.8]) {
      const wanted = Math.floor(paused.length * share);
      await look(paused.shownRun, wanted);
      const came = await session.continueFrom(ENDLESS);
      expect(came.kind).toBe('same');
      const { cursor } = session.getState();
      expect(cursor).toBeLessThanOrEqual(wanted);
      expect(cursor).toBeGreaterThan(wanted - 200);
      expectSame(store, session.store, cursor);
      if (share === 1) expect(ram()).toEqual(memory);
    }
    // On from there, with other gaps.
    const before = session.getState().moment.unrecorded;
    session.run(ENDLESS);
    await rig.until(({ moment }) => moment.unrecorded > before + 100_000);
    session.setSpeed(Number.POSITIVE_INFINITY);
    const whole = await rig.until(({ moment }) => !moment.inGap);
    await rig.until(({ length }) => length > whole.length + 20_000);
    session.pause();
    const last = await rig.until(
      ({ run, cursor, length }) => run === 'paused' && cursor === length,
    );
    expect(last.moment.unrecorded).toBeGreaterThan(before);
  });
});
