import { describe, expect, it } from 'vitest';
import { FakeHal } from '../testing/fake-transport.ts';
import { type InterruptSource, Interrupts } from './interrupts.ts';

/** A source on `input` that answers `causes` in turn; its input falls when none is left. */
function source(hal: FakeHal, input: number): InterruptSource & { causes: number[] } {
  return {
    interruptInputs: input < 0 ? [] : [input],
    latched: false,
    causes: [],
    acknowledge() {
      const cause = this.causes.shift() ?? 0;
      if (this.causes.length === 0) hal.level &= ~(1 << input);
      return cause;
    },
  };
}

function rig(...inputs: number[]) {
  const hal = new FakeHal(1);
  const interrupts = new Interrupts(hal);
  const sources = inputs.map((input) => source(hal, input));
  for (const one of sources) interrupts.register(one, one);
  return { hal, interrupts, sources };
}

describe('Interrupts', () => {
  it('sleeps until the source has a cause', () => {
    const { hal, interrupts, sources } = rig(10);
    hal.onHalt = () => {
      sources[0]!.causes = [1];
      hal.level = 1 << 10;
      return true;
    };
    expect(interrupts.wait(sources[0]!)).toBe(1);
    expect(hal.level).toBe(0);
  });

  it('keeps the cause of another source on the same input for that one', () => {
    const { hal, interrupts, sources } = rig(11, 11);
    const [first, second] = [sources[0]!, sources[1]!];
    second.causes = [1];
    hal.level = 1 << 11;
    hal.onHalt = () => {
      first.causes = [3];
      hal.level = 1 << 11;
      return true;
    };
    expect(interrupts.wait(first)).toBe(3);
    // Without a further interrupt: it was acknowledged along with the other one.
    hal.onHalt = () => false;
    expect(interrupts.poll(second)).toBe(1);
    expect(interrupts.poll(second)).toBe(0);
  });

  it('does not ask sources on other inputs', () => {
    const { hal, interrupts, sources } = rig(10, 11);
    sources[0]!.causes = [1];
    sources[1]!.causes = [1];
    hal.level = 1 << 10;
    expect(interrupts.poll(sources[1]!)).toBe(0);
    expect(interrupts.poll(sources[0]!)).toBe(1);
    expect(sources[1]!.causes).toEqual([1]);
  });

  it('gives up on an input that stays asserted though nobody has a cause', () => {
    const { hal, interrupts, sources } = rig(11);
    let acknowledged = 0;
    sources[0]!.acknowledge = () => {
      acknowledged++;
      return 0;
    };
    hal.level = 1 << 11;
    expect(() => interrupts.wait(sources[0]!)).toThrow('interrupt input 11: nobody cared');
    expect(acknowledged).toBe(100);
  });

  it('does not mind how often another source interrupts', () => {
    const { hal, interrupts, sources } = rig(11, 11);
    hal.onHalt = () => {
      const busy = ++halts < 500 ? sources[1]! : sources[0]!;
      busy.causes = [1];
      hal.level = 1 << 11;
      return true;
    };
    let halts = 0;
    expect(interrupts.wait(sources[0]!)).toBe(1);
    expect(halts).toBe(500);
  });

  it('listens to the last one that answers for a device', () => {
    const { hal, interrupts } = rig();
    const device = {};
    const [old, now] = [source(hal, 11), source(hal, 11)];
    interrupts.register(old, device);
    interrupts.register(now, device);
    now.causes = [1];
    hal.level = 1 << 11;
    expect(interrupts.wait(now)).toBe(1);
    expect(() => interrupts.poll(old)).toThrow('opened again');
  });

  it('cannot wait for a source without a pin', () => {
    const { interrupts, sources } = rig(-1);
    expect(() => interrupts.wait(sources[0]!)).toThrow(/no interrupt pin/);
  });

  it('takes what an input has latched before it asks any source on it', () => {
    const { hal, interrupts } = rig();
    const asked: [number, number][] = [];
    const vectors: InterruptSource = {
      interruptInputs: [40, 41],
      latched: true,
      acknowledge(input) {
        asked.push([input, hal.latched.size]);
        return input === 41 ? 2 : 1;
      },
    };
    interrupts.register(vectors, vectors);
    hal.onHalt = () => {
      hal.latched.add(41);
      return true;
    };
    expect(interrupts.wait(vectors)).toBe(2);
    hal.latched.add(41).add(40);
    expect(interrupts.poll(vectors)).toBe(3);
    expect(asked).toEqual([
      [41, 0],
      [40, 1],
      [41, 0],
    ]);
  });
});
