import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isAction } from '../../journal/actions.ts';
import { recordAt } from '../../journal/store.ts';
import { DEFAULT_COMMAND_LINE } from '../../lessons/default-machine.ts';
import { helloImage } from '../../lessons/hello-image.ts';
import { READ_A_SECTOR } from '../../lessons/read-a-sector.ts';
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
  await session.build(DEFAULT_COMMAND_LINE);
});
afterEach(() => rig.dispose());

const FULL = Number.POSITIVE_INFINITY;
const LOOP = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let i = 0; i < 2000; i++) {
  disk.read(i % 8);
  if (i === 1200)
    log('here');
}
log('end');
`;

/** Events at which the guest was about to act, or a line was about to be executed. */
const actions = (): number[] => events((words, at) => isAction(words, at));
const lines = (): [after: number, line: number][] =>
  events((words, at) => (words[at]! & 0xff) === 17).map((i) => [i + 1, session.store.word(i, 2)]);
function events(test: (words: Uint32Array, at: number) => boolean): number[] {
  const { first, length } = session.store;
  return Array.from({ length: length - first }, (_, i) => first + i).filter((i) =>
    test(session.store.words(i)!, recordAt(i)),
  );
}
/** Nothing moves any more. */
const rests = () => rig.until(({ run, vcpu }) => run === 'paused' && vcpu === 'waitsForCredit');

describe('a step to the next line', () => {
  it('stops there with the guest, and goes the same way over what is recorded, and back', async () => {
    const seen: number[] = [];
    session.setSpeed(1);
    for (;;) {
      const before = session.getState();
      session.stepLine(READ_A_SECTOR.source);
      const { cursor, run, length, moment } = await rig.until(
        (state) => state !== before && state.cursor > before.cursor && state.run !== 'running',
      );
      if (run === 'ended') break;
      expect(session.store.kindAt(cursor - 1)).toBe('scriptLine');
      // The guest has not begun to execute the line.
      expect(length).toBe(cursor);
      expect(moment.line).toBe(session.store.word(cursor - 1, 2));
      seen.push(cursor);
    }
    expect(seen).toEqual(lines().map(([after]) => after));
    session.seek(0);
    const again: number[] = [];
    for (const after of seen) {
      session.stepLine('');
      again.push((await rig.until(({ cursor }) => cursor === after)).cursor);
    }
    expect(again).toEqual(seen);
    const end = session.getState().cursor;
    session.seek(end + 1);
    await rig.until(({ cursor }) => cursor === end + 1);
    for (const after of [...seen].reverse()) {
      session.stepBackLine();
      await rig.until(({ cursor }) => cursor === after);
    }
    session.stepBackLine();
    await rig.until(({ cursor }) => cursor === 0);
  });

  it('is one grant, however much the library does on the way', async () => {
    session.stepLine(READ_A_SECTOR.source);
    await rests();
    session.stepLine(READ_A_SECTOR.source);
    const begin = performance.now();
    const first = await rests();
    const { cursor } = await rig.until((state) => {
      if (state.run === 'paused' && state.cursor === first.cursor) session.stepLine('');
      return state.moment.line > first.moment.line && state.run === 'paused';
    });
    expect(cursor - first.cursor).toBeGreaterThan(20);
    expect(performance.now() - begin).toBeLessThan(2000);
  });
});

describe('a step over a device’s turn', () => {
  it('ends before the guest’s next action, alike with the guest, over what is recorded, and back', async () => {
    const seen: number[] = [];
    for (let cursor = -1; session.getState().run !== 'ended'; ) {
      session.stepOver(READ_A_SECTOR.source);
      const state = await rig.until(
        (now) => now.cursor > cursor && (now.run === 'ended' || now.vcpu === 'waitsForCredit'),
      );
      await rig.until((now) => now.cursor === now.length);
      cursor = session.getState().cursor;
      if (state.run !== 'ended') seen.push(cursor);
    }
    const wanted = actions();
    // What the guest does without an action of its own (a line of output) is shown with the action before it.
    expect(seen.filter((at) => wanted.includes(at))).toEqual(
      wanted.filter((at) => seen.includes(at)),
    );
    expect(seen.length).toBeGreaterThan(wanted.length - 3);
    session.seek(0);
    for (const at of wanted) {
      session.stepOver('');
      await rig.until(({ cursor }) => cursor === at);
    }
    for (const at of wanted.slice(0, -1).reverse()) {
      session.stepBackOver();
      await rig.until(({ cursor }) => cursor === at);
    }
  });
});

describe('breakpoints on lines', () => {
  it('stop the guest exactly there at full speed, again and again', async () => {
    session.setSpeed(FULL);
    session.setLineBreakpoints([6, 8]);
    session.run(LOOP);
    const here = await rests();
    expect([here.stopped, here.moment.line, here.cursor]).toEqual([
      { kind: 'line', line: 6 },
      6,
      here.length,
    ]);
    expect(here.moment.console).toEqual([]);
    session.run(LOOP);
    const end = await rig.until(({ stopped }) => stopped?.kind === 'line' && stopped.line === 8);
    expect([end.moment.line, end.cursor]).toEqual([8, end.length]);
    session.run(LOOP);
    await rig.until(({ run }) => run === 'ended');
    // The same over what is recorded.
    session.seek(10);
    session.run(LOOP);
    const again = await rig.until(({ stopped }) => stopped !== undefined);
    expect([again.cursor, again.stopped]).toEqual([here.cursor, here.stopped]);
    session.setLineBreakpoints([]);
    session.runToLine(LOOP, 8);
    const to = await rig.until(({ cursor, run }) => cursor === end.cursor && run !== 'running');
    expect(to.stopped).toEqual({ kind: 'line', line: 8 });
  });

  it('do not let the guest run past them at a finite speed', async () => {
    session.setSpeed(3000);
    session.setLineBreakpoints([4]);
    session.run(LOOP);
    for (let i = 0; i < 3; i++) {
      const { cursor, length } = await rig.until(
        ({ stopped, run }) => stopped?.kind === 'line' && run === 'paused',
      );
      expect(cursor).toBe(length);
      expect(lines().at(-1)).toEqual([cursor, 4]);
      session.run(LOOP);
      await rig.until(({ stopped }) => stopped === undefined);
    }
  });

  it('that were set before the machine was built count for its guest too', async () => {
    session.setSpeed(FULL);
    session.setLineBreakpoints([6]);
    await session.build(DEFAULT_COMMAND_LINE);
    session.run(LOOP);
    const { stopped, cursor, length } = await rests();
    expect([stopped, cursor]).toEqual([{ kind: 'line', line: 6 }, length]);
  });

  it('are where one runs to, from the start on', async () => {
    session.runToLine(LOOP, 6);
    const { moment, stopped } = await rests();
    expect([moment.line, stopped]).toEqual([6, { kind: 'line', line: 6 }]);
  });
});

describe('breakpoints on events', () => {
  it('stop the picture right after them, and the guest not far behind', async () => {
    session.setSpeed(FULL);
    session.setEventBreakpoints([{ kind: 'console', text: 'here' }]);
    session.run(LOOP);
    const { stopped, cursor, length, run } = await rig.until((now) => now.stopped !== undefined);
    expect(run).toBe('paused');
    expect(stopped).toMatchObject({ kind: 'event', event: cursor - 1 });
    expect(session.store.get(cursor - 1)).toMatchObject({ kind: 'log', text: 'here' });
    expect(length - cursor).toBeLessThan(30_000);
    const { dev } = session.getState().moment.queues.values().next().value!;
    session.setEventBreakpoints([{ kind: 'used', dev, queue: 0 }]);
    session.run(LOOP);
    const used = await rig.until((now) => now.stopped?.kind === 'event' && now.cursor > cursor);
    const [before, after] = [used.cursor - 1, used.cursor].map(
      (at) => session.momentAt(at).queues.get(dev * 65536)!.device,
    );
    expect(before).toBe(after);
    expect(session.store.kindAt(used.cursor)).toBe('chainPushed');
  });
});

describe('a script without an end', () => {
  const run = async (source: string) => {
    session.setSpeed(FULL);
    session.run(source);
    await rig.until((state) => state.run === 'running' && state.length > 1);
    await new Promise((resolve) => setTimeout(resolve, 300));
  };

  it.each([
    'for (;;);',
    'while (true) {}',
    'do ; while (true)',
    'const go = () => { for (;;) try { go(); } catch {} }; go();',
    // Without a statement to stop at: the library calls back for ever.
    'new Set({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) });',
    `import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (;;) disk.read(1);`,
  ])('%s can be paused, and reset', async (source) => {
    await run(source);
    session.pause();
    expect((await rig.until((state) => state.run === 'paused')).run).toBe('paused');
    await session.reset();
    expect(session.getState()).toMatchObject({ run: 'idle', vcpu: 'off', moment: { run: 0 } });
    session.run(`import { log } from 'guest'; log('well');`);
    expect((await rig.until((state) => state.run === 'ended')).moment.console[0]?.text).toBe(
      'well',
    );
  });
});
