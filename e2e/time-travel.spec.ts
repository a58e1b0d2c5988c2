import { expect, test } from '@playwright/test';
import type { Session, SessionState } from '../src/ui/session/session.ts';
import { Playground } from './playground.ts';

/** Writes and reads, with numbers by chance and a look at the clock. */
const WORK = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let i = 0; i < ROUNDS; i++) {
  const sector = Math.floor(Math.random() * 8) + 2;
  disk.write(sector, 'round ' + i + ' at ' + Date.now());
  log(i, disk.read(sector).slice(0, 12).join(' '));
}
`;

/** What a test may do in the page. */
interface Tools {
  readonly session: Session;
  until(test: (state: SessionState) => boolean): Promise<SessionState>;
  /** A text that differs where two journals do. */
  digest(from: number, to: number): string;
}
type Job<T> = (tools: Tools, work: string) => Promise<T>;

let playground: Playground;
test.beforeEach(async ({ page }) => {
  playground = new Playground(page);
  await playground.open();
});

/** Runs `job` in the page: only what it is given is there. */
function inPage<T>(rounds: number, job: Job<T>): Promise<T> {
  return playground.page.evaluate(
    async ([code, work]) => {
      const { session } = window.virtioPlayground!;
      const until = (test: (state: SessionState) => boolean) =>
        new Promise<SessionState>((resolve) => {
          if (test(session.getState())) return resolve(session.getState());
          const remove = session.subscribe(() => {
            if (!test(session.getState())) return;
            remove();
            resolve(session.getState());
          });
          return undefined;
        });
      const digest = (from: number, to: number): string => {
        let sum = 0;
        for (let i = from; i < to; i++) {
          const event = session.store.get(i);
          for (const char of JSON.stringify({ ...event, data: 'data' in event && [...event.data] }))
            sum = (Math.imul(sum, 31) + char.charCodeAt(0)) | 0;
        }
        return `${to - from} events, ${sum}`;
      };
      const job = new Function(`return ${code}`)() as Job<T>;
      return job({ session, until, digest }, work);
    },
    [job.toString(), WORK.replace('ROUNDS', String(rounds))] as const,
  );
}

test('a moment is come to again, and the run goes on from there as it went', async () => {
  const told = await inPage(100, async ({ session, until, digest }, work) => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run(work);
    const first = await until(({ run }) => run === 'ended');
    const whole = digest(0, first.length);
    const results: unknown[] = [];
    for (const share of [0.2, 0.9]) {
      const at = Math.floor(first.length * share);
      session.showRun(first.shownRun);
      session.seek(at);
      await until(({ cursor, shownRun }) => cursor === at && shownRun === first.shownRun);
      const came = await session.continueFrom(work);
      const { cursor, run, live } = session.getState();
      session.run(work);
      const last = await until((state) => state.run === 'ended');
      results.push([came.kind, cursor === at, run, live, digest(0, last.length) === whole]);
    }
    return results;
  });
  expect(told).toEqual([
    ['same', true, 'paused', true, true],
    ['same', true, 'paused', true, true],
  ]);
});

test('breakpoints and steps stop the guest where they say', async () => {
  const told = await inPage(1000, async ({ session, until }, work) => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.setLineBreakpoints([6]);
    session.run(work);
    const line = await until(({ stopped }) => stopped !== undefined);
    session.setLineBreakpoints([]);
    session.stepLine(work);
    const next = await until(({ cursor, run }) => cursor > line.cursor && run === 'paused');
    session.setEventBreakpoints([{ kind: 'console', text: '500 ' }]);
    session.run(work);
    const log = await until(({ stopped }) => stopped?.kind === 'event');
    session.setEventBreakpoints([]);
    return [
      [line.moment.line, line.cursor === line.length, line.moment.console.length],
      [next.moment.line, next.cursor === next.length],
      log.moment.console.at(-1)?.text.slice(0, 4),
    ];
  });
  expect(told).toEqual([[6, true, 0], [4, true], '500 ']);
});

test('memory is edited while the guest rests, and that is part of what is repeated', async () => {
  const told = await inPage(20, async ({ session, until }, work) => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.runToLine(work, 6);
    await until(({ stopped }) => stopped?.kind === 'line');
    const done = await session.poke(0x3f0_0000, Uint8Array.of(0xca, 0xfe));
    const edited = session.getState();
    session.run(work);
    const first = await until(({ run }) => run === 'ended');
    session.seek(first.length - 3);
    await until(({ cursor }) => cursor === first.length - 3);
    const came = await session.continueFrom(work);
    const ram = new Uint8Array(session.getState().memory!.ram, 0x3f0_0000, 2);
    return [done, edited.moment.last?.actor, came.kind, [...ram]];
  });
  expect(told).toEqual([true, 'user', 'same', [0xca, 0xfe]]);
});

test('300,000 events are repeated in a few seconds', async () => {
  test.setTimeout(180_000);
  const [length, ms, kind] = await inPage(6000, async ({ session, until }, work) => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run(work);
    const first = await until(({ run }) => run === 'ended');
    session.seek(first.length - 1);
    await until(({ cursor }) => cursor === first.length - 1);
    const begin = performance.now();
    const came = await session.continueFrom(work);
    return [first.length, performance.now() - begin, came.kind] as const;
  });
  test.info().annotations.push({ type: 'repeated', description: `${length} events in ${ms} ms` });
  expect([length > 300_000, kind]).toEqual([true, 'same']);
  // About a second where the threads have cores of their own.
  expect(ms).toBeLessThan(20_000);
});
