import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sameEvent } from '../../journal/same-event.ts';
import { DEFAULT_COMMAND_LINE } from '../../lessons/default-machine.ts';
import { EXAMPLES } from '../../lessons/examples.ts';
import { helloImage } from '../../lessons/hello-image.ts';
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

describe('continuing from a moment', () => {
  it.each(EXAMPLES.map(({ id, source, needs }) => [id, source, needs] as const))(
    'repeats %s up to there, and runs on to the same end',
    async (_id, source, needs) => {
      await session.build(`${DEFAULT_COMMAND_LINE} ${needs}`);
      session.run(source);
      const first = await ended();
      const { store } = session;
      for (const share of [0, 0.1, 0.5, 0.77, 1]) {
        const at = Math.floor(first.length * share);
        session.showRun(first.shownRun);
        session.seek(at);
        await rig.until(({ cursor, shownRun }) => cursor === at && shownRun === first.shownRun);
        expect(await session.continueFrom(source)).toEqual({ kind: 'same', at });
        const state = session.getState();
        expect([state.cursor, state.live]).toEqual([at, true]);
        session.run(source);
        const last = await ended();
        expect(last.length).toBe(first.length);
        for (let i = 0; i < last.length; i++)
          if (!sameEvent(store, session.store, i))
            expect(session.store.get(i)).toEqual(store.get(i));
        expect(last.moment.actions).toBe(first.moment.actions);
      }
    },
  );
});
