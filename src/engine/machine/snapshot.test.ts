import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type DriverSession, replayDriver } from '../../headless/conformance/driver-session.ts';
import { DEVICE_CLAUSES } from '../../testing/clauses/device-clauses.ts';
import type { PortName } from '../../testing/clauses/port.ts';
import { PORTS } from '../../testing/clauses/ports.ts';
import { Subject } from '../../testing/clauses/subject.ts';
import { HostileDriver } from '../../testing/hostile/hostile-driver.ts';
import { TARGETS } from '../../testing/hostile/targets.ts';
import { checkInterrupted } from '../../testing/interrupted.ts';

const every = (stride: number, from: number) => (step: number) => step % stride === from;

const FOLDER = `${import.meta.dirname}/../../testing/golden/drivers`;

describe('a recorded driver session goes on as if nothing had been', () => {
  test.each(readdirSync(FOLDER))('%s', (file) => {
    const session = JSON.parse(readFileSync(`${FOLDER}/${file}`, 'utf8')) as DriverSession;
    const run = () => expect(replayDriver(session)).toBeUndefined();
    expect(checkInterrupted(run, every(60, 31))).toBeGreaterThan(60);
  });
});

describe('a driver that does all that a guest can do sees no difference', () => {
  test.each(TARGETS)('$name', (target) => {
    const seed = 1000;
    const t = performance.now();
    const run = () => new HostileDriver(target, seed).round(30);
    const n = checkInterrupted(run, every(40, 17));
    console.log(target.name, n, performance.now() - t);
  });
});

describe.each(Object.keys(PORTS) as PortName[])('%s', (name) => {
  test.each(['split', 'packed'] as const)('%s', (format) => {
    if (format === 'packed' && new Subject(name, 'split').port.legacy) return;
    const t = performance.now();
    let n = 0;
    for (const { properties, applies = () => true, trial, title } of DEVICE_CLAUSES) {
      if (!applies(new Subject(name, format))) continue;
      try {
        n += checkInterrupted(() => void trial(new Subject(name, format, properties)), every(20, 11));
      } catch (e) {
        throw new Error(title, { cause: e });
      }
    }
    console.log(name, format, n, performance.now() - t);
  });
});
