import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SessionRig, type ThreadCode, threadCode } from '../../testing/page/session-rig.ts';
import type { LiveSession } from './live-session.ts';

let code: ThreadCode;
beforeAll(async () => {
  code = await threadCode('fake');
});

let rig: SessionRig;
let session: LiveSession;
beforeEach(() => {
  rig = new SessionRig(code);
  session = rig.session;
});
afterEach(() => rig.dispose());

const until: SessionRig['until'] = (test) => rig.until(test);

const kinds = (): string[] =>
  Array.from({ length: session.store.length }, (_, i) => session.store.kindAt(i) ?? '');

describe('build', () => {
  it('takes a machine over, and keeps it when a later line is refused', async () => {
    expect(session.getState().phase).toBe('starting');
    expect(await session.build('-m 65536')).toBe(true);
    const built = session.getState();
    expect(built.phase).toBe('ready');
    expect(built.topology?.ramBytes).toBe(65536);
    expect(built.warnings).toEqual(['built with -m 65536']);
    expect(built.memory?.ramSize).toBe(65536);
    expect(await session.build('-nonsense')).toBe(false);
    const refused = session.getState();
    expect(refused.refused).toBe('-nonsense: invalid option');
    expect(refused.topology).toBe(built.topology);
    expect(refused.commandLine).toBe('-m 65536');
    expect(await session.build('-m 131072')).toBe(true);
    const again = session.getState();
    expect(again.refused).toBeUndefined();
    expect(again.topology?.ramBytes).toBe(131072);
  });

  it('lets a script run on while a line is refused, and ends it when one is taken', async () => {
    await session.build('-m 65536');
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('exits');
    await until((state) => state.length > 10_000);
    await session.build('-nonsense');
    const { length } = await until((state) => state.refused !== undefined);
    expect((await until((state) => state.length > length + 10_000)).run).toBe('running');
    await session.build('-m 65536');
    const state = session.getState();
    expect(state.run).toBe('idle');
    expect([state.length, state.cursor, state.vcpu]).toEqual([0, 0, 'off']);
  });

  it('shows a fault of the program, and a new start gets over it', async () => {
    await session.build('-m 65536');
    expect(await session.build('-throw')).toBe(false);
    const broken = session.getState();
    expect(broken.phase).toBe('broken');
    expect(broken.fault).toContain('a fault while building');
    await session.reset();
    const state = session.getState();
    expect(state.phase).toBe('ready');
    expect([state.fault, state.commandLine]).toEqual([undefined, '-m 65536']);
  });
});

describe('a fault of the machine', () => {
  it('ends the run and is shown, and a reset gets over it', async () => {
    await session.build('-m 65536');
    session.addImage('a.img', new Uint8Array(512).fill(65));
    session.run('broken');
    const broken = await until((state) => state.phase === 'broken' && state.vcpu === 'off');
    expect(broken.fault).toContain('the fake device is broken');
    session.run('writes');
    await session.reset();
    expect(session.getState().phase).toBe('ready');
    session.run('writes');
    await until((state) => state.run === 'running' || state.run === 'ended');
    expect((await session.imageContent('a.img'))?.size).toBe(512);
  });
});

describe('run', () => {
  beforeEach(async () => {
    await session.build('-m 65536');
  });

  it('runs a script to its end, and again on the machine as it is', async () => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('mixed');
    const first = await until((state) => state.run === 'ended');
    expect(first.cursor).toBe(first.length);
    expect(first.moment.console.at(-1)?.text).toMatch(/^end/);
    expect(kinds().at(-1)).toBe('script');
    session.run('mixed');
    const second = await until((state) => state.run === 'ended' && state.length > first.length);
    expect(second.length).toBeGreaterThan(first.length * 1.9);
    const clocks = Array.from({ length: second.length }, (_, i) => session.store.word(i, 1));
    expect(clocks).toEqual(clocks.map((_, i) => i + 1));
    expect(session.store.kindAt(first.length)).toBe('script');
    await until(() => rig.idle);
  });

  it('moves the picture at the speed that was set', async () => {
    session.setSpeed(200);
    session.run('mixed');
    await until((state) => state.cursor > 0);
    const begin = performance.now();
    const from = session.getState().cursor;
    const to = (await until((state) => state.cursor >= from + 100)).cursor;
    const rate = ((to - from) / (performance.now() - begin)) * 1000;
    // A busy machine may be slower; credit alone keeps it from being faster.
    expect(rate).toBeLessThan(220);
  });

  it('steps one event at a time, from the very first', async () => {
    session.step('mixed');
    expect((await until((state) => state.cursor === 1)).run).toBe('paused');
    for (let at = 2; at < 40; at++) {
      session.step('mixed');
      const state = await until((now) => now.cursor >= at);
      expect([state.cursor, state.moment.at]).toEqual([at, at]);
    }
    session.stepBack();
    expect((await until((state) => state.cursor === 38)).run).toBe('paused');
    session.seek(0);
    expect((await until((state) => state.cursor === 0)).moment.line).toBe(0);
  });

  it('pauses at full speed, and goes on', async () => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('exits');
    await until((state) => state.length > 5000);
    session.pause();
    await until((state) => state.vcpu === 'waitsForCredit' && state.run === 'paused');
    // What had happened by then may take a few frames to arrive.
    const rest = () => new Promise((resolve) => setTimeout(resolve, 100));
    let paused = session.getState();
    for (let before = -1; before !== paused.length; paused = session.getState()) {
      before = paused.length;
      await rest();
    }
    expect(paused.cursor).toBe(paused.length);
    await rest();
    expect(session.getState().length).toBe(paused.length);
    session.run('exits');
    await until((state) => state.length > paused.length + 5000);
  });

  it('tells why a script failed, when the picture is there', async () => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('no-such-program');
    const compile = await until((state) => state.run === 'failed');
    expect(compile.problem).toEqual({ phase: 'compile', message: 'no no-such-program', line: 1 });
    session.run('writes');
    expect((await until((state) => state.run === 'ended')).problem).toBeUndefined();
    session.run('crash');
    const crash = await until((state) => state.run === 'failed');
    expect(crash.problem?.message).toContain('the thread is broken');
    session.run('writes');
    await until((state) => state.run === 'ended');
  });

  it('stays at a million events, and says where it begins', async () => {
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('exits');
    const state = await until((now) => now.first > 0);
    expect(state.length - state.first).toBeLessThanOrEqual(1_004_096);
    session.seek(0);
    const back = await until((now) => now.run === 'paused');
    expect([back.cursor, back.moment.at]).toEqual([back.first, back.first]);
  });
});

describe('reset', () => {
  beforeEach(async () => {
    await session.build('-m 65536');
    session.setSpeed(Number.POSITIVE_INFINITY);
  });

  it.each(['exits', 'halt', 'hang'])('ends %s', async (program) => {
    session.run(program);
    await until((state) => state.run === 'running');
    if (program !== 'hang') await until((state) => state.length > 1);
    await session.reset();
    const state = session.getState();
    expect(state.run).toBe('idle');
    expect([state.length, state.cursor, state.vcpu]).toEqual([0, 0, 'off']);
    session.run('mixed');
    expect((await until((now) => now.run === 'ended')).moment.console.length).toBeGreaterThan(0);
  });

  it('empties RAM and gives the same memory size', async () => {
    session.run('writes');
    const { memory } = await until((state) => state.run === 'ended');
    expect(new Uint32Array(memory!.ram)[0x1000 >> 2]).toBe(999);
    await session.reset();
    const state = session.getState();
    expect(new Uint8Array(state.memory!.ram).every((byte) => byte === 0)).toBe(true);
  });

  it('keeps what was written to a disk, until that is restored', async () => {
    session.addImage('a.img', new TextEncoder().encode('hello, world'));
    await session.build('-m 65536');
    expect(await session.monitor('write a.img HELLO')).toBe('did write');
    await session.reset();
    expect(await (await session.imageContent('a.img'))?.text()).toBe('HELLO, world');
    const changed = await until((state) => (state.images[0]?.changedBytes ?? 0) > 0);
    expect(changed.images).toEqual([{ name: 'a.img', bytes: 12, changedBytes: 12 }]);
    await session.restoreImage('a.img');
    expect(await (await session.imageContent('a.img'))?.text()).toBe('hello, world');
    expect(await session.imageContent('b.img')).toBeUndefined();
  });
});

describe('the monitor', () => {
  it('answers while a script keeps the machine busy, and wakes a halted one', async () => {
    await session.build('-m 65536');
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('exits');
    await until((state) => state.length > 5000);
    expect(await session.monitor('info')).toBe('did info');
    await session.reset();
    session.run('halt');
    await until((state) => state.vcpu === 'halted');
    await session.monitor('raise');
    const ended = await until((state) => state.run === 'ended');
    expect(ended.moment.console.at(-1)?.text).toBe('woken by 5');
  });

  it('stops and goes on when the machine says so, and completes lines', async () => {
    await session.build('-m 65536');
    session.setSpeed(Number.POSITIVE_INFINITY);
    session.run('exits');
    await until((state) => state.run === 'running');
    await session.monitor('tell STOP');
    await until((state) => state.run === 'paused');
    await session.monitor('tell RESUME');
    await until((state) => state.run === 'running');
    expect(await session.complete('r')).toMatchObject({ start: 1, candidates: ['raise'] });
  });

  it('takes a line of JSON as QMP, and writes large integers whole', async () => {
    await session.build('-m 65536');
    const answer = await session.monitor('{"execute": "x"}');
    expect(answer).toContain('"execute": "x"');
    expect(answer).toContain('"big": 18446744073709551615\n');
    expect(await session.monitor('{"execute"')).toContain('Not a QMP request');
  });

  it('answers a fault with its message', async () => {
    await session.build('-m 65536');
    expect(await session.monitor('throw')).toContain('the monitor is broken');
    expect(await session.monitor('info')).toBe('did info');
  });
});
