import { test } from 'vitest';
import { HostileDriver } from './hostile/hostile-driver.ts';
import { TARGETS } from './hostile/targets.ts';
import { checkInterrupted } from './interrupted.ts';
test.each(TARGETS)('$name', (target) => {
  for (const seed of [1, 2, 3, 4]) {
    try { checkInterrupted(() => { const d = new HostileDriver(target, seed); d.round(80); d.round(40); }, (s) => s % 13 === seed); }
    catch (e) { throw new Error(`seed ${seed}: ${(e as Error).message.slice(0, 300)}`); }
  }
}, 100000);
