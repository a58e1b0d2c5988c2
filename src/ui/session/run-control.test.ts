import { beforeEach, describe, expect, it } from 'vitest';
import { type Brake, RunControl, type Stop, type VcpuView, type Walk } from './run-control.ts';

/** A guest that brings `burst(n)` events with its n-th action, as soon as it has credit. */
class Guest implements Brake {
  credit = 0;
  actions = 0;
  events = 0;
  first = 0;
  burst: (action: number) => number = () => 1;
  /** Actions that it has in it; then it is over. */
  life = Number.POSITIVE_INFINITY;
  /** Actions that it does between two frames at full speed. */
  pace = 1000;
  halted = false;
  watched: { lines: readonly number[]; any: boolean } = { lines: [], any: false };

  grant(actions: number): void {
    this.credit += actions;
  }
  /** When samples were asked for, as counts of actions; and payloads so far. */
  samples: number[] = [];
  payloads = 0;

  free(): void {
    this.credit = Number.POSITIVE_INFINITY;
  }
  sample(): void {
    this.samples.push(this.actions);
  }
  hold(): void {
    this.credit = 0;
  }
  watch(lines: readonly number[], any: boolean): void {
    this.watched = { lines, any };
  }
  get over(): boolean {
    return this.actions >= this.life;
  }
  get view(): VcpuView {
    const waits = this.credit === 0 && !this.over && !this.halted;
    return { waits, rests: waits || this.halted || this.over };
  }
  /** What happens until the next frame. */
  live(): void {
    for (let i = 0; i < this.pace && this.credit > 0 && !this.over && !this.halted; i++) {
      this.credit--;
      this.events += this.burst(++this.actions);
    }
  }
}

/** A journal in which nothing stops the picture. */
class NoStops implements Walk {
  nextBreak(): Stop | undefined {
    return undefined;
  }
  nextLine(): number | undefined {
    return undefined;
  }
  nextAction(): number | undefined {
    return undefined;
  }
}

let guest: Guest;
let control: RunControl;
let now: number;
beforeEach(() => {
  guest = new Guest();
  control = new RunControl(guest, new NoStops());
  now = 0;
});

function frame(more = false): void {
  const view = guest.view;
  if (guest.over && control.live) control.end('ended');
  const { first, events: length, payloads } = guest;
  control.frame(now, { first, length, more, payloads }, view);
  guest.live();
  now += 16;
}
const frames = (count: number): void => {
  for (let i = 0; i < count; i++) frame();
};

describe('at a speed', () => {
  it.each([1, 10, 60, 500, 5000])('moves the picture %i events a second', (speed) => {
    control.setSpeed(speed);
    control.begin();
    frames(625); // 10 s
    expect(control.cursor).toBeGreaterThanOrEqual(speed * 9);
    expect(control.cursor).toBeLessThanOrEqual(speed * 10);
    expect(control.run).toBe('running');
  });

  it.each([1, 10, 60, 500])(
    'keeps the guest at most a frame ahead of the picture at %i',
    (speed) => {
      control.setSpeed(speed);
      control.begin();
      for (let i = 0; i < 300; i++) {
        frame();
        expect(guest.events - control.cursor).toBeLessThanOrEqual(Math.ceil(speed / 60));
      }
    },
  );

  it('shows a burst of events one after another before it lets the guest go on', () => {
    guest.burst = () => 12;
    control.setSpeed(10);
    control.begin();
    frames(63); // 1 s
    expect(guest.actions).toBe(1);
    expect(control.cursor).toBeGreaterThanOrEqual(8);
    expect(control.cursor).toBeLessThanOrEqual(11);
  });

  it('does not make up for time in which the guest had nothing to show', () => {
    guest.halted = true;
    control.setSpeed(10);
    control.begin();
    frames(1000);
    guest.halted = false;
    frames(63);
    expect(control.cursor).toBeLessThanOrEqual(12);
  });

  it('does not make up for time in which there were no frames', () => {
    control.setSpeed(10);
    control.begin();
    frames(10);
    now += 3_600_000;
    frames(2);
    expect(control.cursor).toBeLessThan(8);
  });
});

describe('at full speed', () => {
  it('is at the end each frame', () => {
    control.setSpeed(Number.POSITIVE_INFINITY);
    control.begin();
    frame();
    for (let i = 0; i < 5; i++) {
      frame();
      expect(control.cursor).toBe(guest.events - guest.pace);
    }
  });

  it('settles on the last event when paused', () => {
    control.setSpeed(Number.POSITIVE_INFINITY);
    control.begin();
    frames(3);
    control.pause();
    expect(control.run).toBe('paused');
    frames(3);
    expect(control.cursor).toBe(guest.events);
    const { events } = guest;
    frames(3);
    expect(guest.events).toBe(events);
  });

  it('slows down from the end of what has happened', () => {
    control.setSpeed(Number.POSITIVE_INFINITY);
    control.begin();
    frames(4);
    const before = guest.events;
    control.setSpeed(10);
    frames(63);
    expect(control.cursor).toBeGreaterThanOrEqual(before);
    expect(guest.events - before).toBeLessThan(15);
    expect(control.run).toBe('running');
  });

  it('is over only when all events of the run are shown', () => {
    guest.life = 3000;
    control.setSpeed(Number.POSITIVE_INFINITY);
    control.begin();
    frames(3);
    expect(control.live).toBe(true);
    frame(true);
    expect(control.live).toBe(false);
    expect(control.run).toBe('running');
    frame();
    expect(control.run).toBe('ended');
    expect(control.cursor).toBe(3000);
  });
});

describe('step', () => {
  it('moves by exactly one event, and the guest by one action at most', () => {
    control.begin({ kind: 'events', count: 1 });
    frames(5);
    expect(control.cursor).toBe(1);
    for (let n = 2; n < 10; n++) {
      control.go({ kind: 'events', count: 1 });
      frames(5);
      expect(control.cursor).toBe(n);
      expect(guest.actions).toBe(n);
      expect(control.run).toBe('paused');
    }
  });

  it('shows the events that one action brought one by one', () => {
    guest.burst = () => 3;
    control.begin({ kind: 'events', count: 1 });
    frames(5);
    control.go({ kind: 'events', count: 1 });
    frames(5);
    expect([control.cursor, guest.events]).toEqual([2, 3]);
    control.go({ kind: 'events', count: 1 });
    frames(5);
    expect([control.cursor, guest.events]).toEqual([3, 3]);
    control.go({ kind: 'events', count: 1 });
    frames(5);
    expect([control.cursor, guest.events]).toEqual([4, 6]);
  });

  it('goes past actions that bring no event', () => {
    guest.burst = (action) => (action % 4 === 0 ? 1 : 0);
    control.begin({ kind: 'events', count: 1 });
    frames(20);
    expect([control.cursor, guest.actions]).toEqual([1, 4]);
  });

  it('counts presses that come faster than frames', () => {
    control.begin({ kind: 'events', count: 1 });
    control.go({ kind: 'events', count: 1 });
    control.go({ kind: 'events', count: 1 });
    frames(20);
    expect(control.cursor).toBe(3);
  });

  it('pauses a run', () => {
    control.setSpeed(Number.POSITIVE_INFINITY);
    control.begin();
    frames(3);
    control.pause();
    frames(3);
    const { cursor } = control;
    control.go({ kind: 'events', count: 1 });
    frames(3);
    expect([control.cursor, control.run]).toEqual([cursor + 1, 'paused']);
  });

  it('ends where the script ends', () => {
    guest.life = 2;
    control.begin({ kind: 'events', count: 1 });
    frames(3);
    control.go({ kind: 'events', count: 1 });
    frames(3);
    expect([control.cursor, control.run]).toEqual([2, 'ended']);
  });
});

describe('the cursor', () => {
  it('goes anywhere in what is held, and pauses', () => {
    control.setSpeed(1000);
    control.begin();
    frames(63);
    control.seek(7.9);
    expect([control.cursor, control.run]).toEqual([7, 'paused']);
    control.seek(-1);
    expect(control.cursor).toBe(0);
    control.seek(Number.NaN);
    expect(control.cursor).toBe(0);
    frame();
    control.seek(1e9);
    frame();
    expect(control.cursor).toBe(guest.events);
  });

  it('plays on from where it was put, without the guest until the end is reached', () => {
    control.setSpeed(100);
    control.begin();
    frames(63);
    control.seek(0);
    frames(5);
    const { actions } = guest;
    control.resume();
    frames(30);
    expect(guest.actions).toBe(actions);
    frames(63);
    expect(guest.actions).toBeGreaterThan(actions);
  });

  it('is not before the oldest event that is held', () => {
    control.setSpeed(1000);
    control.begin();
    frames(63);
    control.seek(3);
    guest.first = 500;
    frame();
    expect(control.cursor).toBe(500);
  });

  it('seen from before the end, an ended run is paused, and ends again', () => {
    guest.life = 20;
    control.setSpeed(1000);
    control.begin();
    frames(63);
    expect(control.run).toBe('ended');
    control.seek(5);
    frame();
    expect(control.run).toBe('paused');
    control.resume();
    frames(63);
    expect([control.cursor, control.run]).toEqual([20, 'ended']);
  });
});

describe('without a run, the picture', () => {
  it('shows what the machine has done, until somebody looks elsewhere', () => {
    guest.events = 36;
    frame();
    expect([control.cursor, control.run, control.active]).toEqual([36, 'idle', false]);
    guest.events = 40;
    frame();
    expect(control.cursor).toBe(40);
    control.seek(3);
    guest.events = 50;
    frame();
    expect(control.cursor).toBe(3);
  });

  it('goes on showing it after a run', () => {
    guest.life = 5;
    control.begin();
    frames(63);
    guest.events += 7;
    frame();
    expect([control.cursor, control.run]).toEqual([12, 'ended']);
  });
});

describe('a speed that is none', () => {
  it.each([0, -1, Number.NaN])('%d changes nothing', (speed) => {
    control.setSpeed(20);
    control.setSpeed(speed);
    expect(control.speed).toBe(20);
  });
});

/** Places at which the picture stops, as counts of events. */
class Places implements Walk {
  breaks: number[] = [];
  lines: number[] = [];
  actions: number[] = [];
  nextBreak(from: number, to: number): Stop | undefined {
    const at = this.breaks.find((one) => one > from && one <= to);
    return at === undefined ? undefined : { at, reason: { kind: 'line', line: at } };
  }
  nextLine(from: number, to: number): number | undefined {
    return this.lines.find((one) => one > from && one <= to);
  }
  nextAction(from: number, to: number): number | undefined {
    return this.actions.find((one) => one >= from && one < to);
  }
}

describe('breakpoints', () => {
  let places: Places;
  beforeEach(() => {
    places = new Places();
    control = new RunControl(guest, places);
  });

  it.each([20, 500, Number.POSITIVE_INFINITY])('stop the picture and the guest at %d', (speed) => {
    places.breaks = [40, 41, 300];
    control.setSpeed(speed);
    control.begin();
    for (const at of places.breaks) {
      frames(1000);
      expect([control.cursor, control.run]).toEqual([at, 'paused']);
      expect(control.stopped).toEqual({ kind: 'line', line: at });
      const { actions } = guest;
      frames(10);
      expect(guest.actions).toBe(actions);
      if (speed < 1000) expect(guest.actions).toBeLessThanOrEqual(at + Math.ceil(speed / 60));
      control.resume();
      expect(control.stopped).toBeUndefined();
    }
  });

  it('are met again over what is recorded, and not where one stands', () => {
    places.breaks = [40];
    control.setSpeed(Number.POSITIVE_INFINITY);
    control.begin();
    frames(5);
    for (const from of [39, 7]) {
      control.seek(from);
      control.resume();
      frames(5);
      expect(control.cursor).toBe(40);
    }
    control.resume();
    frames(5);
    expect(control.cursor).toBeGreaterThan(1000);
  });

  it('on events let the guest run in bursts', () => {
    control.setBreakpoints([], true);
    control.setSpeed(Number.POSITIVE_INFINITY);
    guest.pace = 1_000_000;
    control.begin();
    frames(2);
    expect(guest.actions).toBeGreaterThan(1000);
    expect(guest.actions).toBeLessThan(20_000);
    frames(10);
    expect(control.cursor).toBeGreaterThan(20_000);
  });

  it('on lines are watched by the guest, and so is a line that is gone to', () => {
    control.setBreakpoints([3, 5], false);
    expect(guest.watched).toEqual({ lines: [3, 5], any: false });
    control.begin({ kind: 'line' });
    expect(guest.watched).toEqual({ lines: [3, 5], any: true });
    control.pause();
    control.go({ kind: 'line', line: 9 });
    expect(guest.watched).toEqual({ lines: [3, 5, 9], any: false });
    expect(control.run).toBe('running');
    control.pause();
    expect(guest.watched).toEqual({ lines: [3, 5], any: false });
  });
});

describe('a goal', () => {
  let places: Places;
  beforeEach(() => {
    places = new Places();
    control = new RunControl(guest, places);
    guest.burst = () => 10;
  });

  it('of a line is gone for at full speed, whatever the speed', () => {
    places.lines = [1234, 2000];
    control.setSpeed(1);
    control.begin({ kind: 'line' });
    frames(10);
    expect([control.cursor, control.run]).toEqual([1234, 'paused']);
    const { actions } = guest;
    control.go({ kind: 'line' });
    frames(1);
    // What the guest ran ahead is walked over first.
    expect([control.cursor, guest.actions]).toEqual([2000, actions]);
  });

  it('of an action grants one, and shows all that comes of it', () => {
    control.begin({ kind: 'action' });
    frames(5);
    for (let n = 1; n < 4; n++) {
      expect([control.cursor, guest.actions, control.run]).toEqual([10 * n, n, 'paused']);
      control.go({ kind: 'action' });
      frames(5);
    }
    places.actions = [0, 10, 20, 30];
    control.seek(0);
    for (const at of [10, 20, 30]) {
      control.go({ kind: 'action' });
      frames(1);
      expect(control.cursor).toBe(at);
    }
    expect(guest.actions).toBe(4);
  });

  it('ends with the script, with the machine, and at a breakpoint', () => {
    guest.life = 20;
    control.begin({ kind: 'line' });
    frames(10);
    expect([control.cursor, control.run]).toEqual([200, 'ended']);
    control.detach();
    control.seek(5);
    places.breaks = [17];
    control.go({ kind: 'line', line: 3 });
    frames(2);
    expect([control.cursor, control.stopped]).toEqual([17, { kind: 'line', line: 17 }]);
    control.go({ kind: 'line', line: 3 });
    frames(2);
    expect([control.cursor, control.run]).toEqual([200, 'ended']);
  });
});

describe('sampling', () => {
  beforeEach(() => {
    control.setSpeed(Number.POSITIVE_INFINITY, true);
    control.begin();
  });

  it('opens a window ten times a second, as long as the run plays', () => {
    frames(125); // 2 s
    expect(guest.samples.length).toBeGreaterThanOrEqual(16);
    expect(guest.samples.length).toBeLessThanOrEqual(20);
    const { length } = guest.samples;
    control.pause();
    frames(60);
    expect(guest.samples).toHaveLength(length);
  });

  it('opens none while events wait to be looked at', () => {
    frame();
    const { length } = guest.samples;
    for (let i = 0; i < 30; i++) frame(true);
    expect(guest.samples).toHaveLength(length);
  });

  it('opens fewer where each of them brings much memory', () => {
    for (let i = 0; i < 250; i++) {
      // A megabyte each.
      guest.payloads = guest.samples.length << 20;
      frame();
    }
    expect(guest.samples.length).toBeGreaterThanOrEqual(10);
    expect(guest.samples.length).toBeLessThanOrEqual(17);
  });

  it('ends where everything is to be recorded, and the guest goes on', () => {
    frames(30);
    control.setSpeed(Number.POSITIVE_INFINITY);
    expect(guest.credit).toBe(0);
    const { length } = guest.samples;
    const { actions } = guest;
    frames(30);
    expect(guest.samples).toHaveLength(length);
    expect(guest.actions).toBeGreaterThan(actions);
    expect([control.speed, control.sampling, control.run]).toEqual([
      Number.POSITIVE_INFINITY,
      false,
      'running',
    ]);
  });

  it('is not for places at which the picture has to stop at an event, nor for other speeds', () => {
    control.setBreakpoints([], true);
    frames(30);
    expect(guest.samples).toHaveLength(0);
    control.setBreakpoints([], false);
    control.setSpeed(500, true);
    expect(control.sampling).toBe(false);
    frames(30);
    expect(guest.samples).toHaveLength(0);
  });
});
