import type { Hal } from '../../guest/hal.ts';
import { FAKE } from '../fake-machine.ts';

/** Guests for `FakeMachine`, by name, so that a thread can be told which one to run. */
export const PROGRAMS = {
  /** Everything a guest can do, in an order that depends on what the machine answers. */
  mixed(hal: Hal): void {
    hal.log('log', 'begin');
    for (let i = 0; i < 200; i++) {
      hal.line(i + 1);
      const count = hal.read('memory', FAKE.counter, 4);
      hal.ram.write32(0x1000 + (i % 16) * 4, count * 3);
      hal.ram.write16(0x1100, i);
      const length = 20 + (count % 40);
      hal.ram.fill(0x1000, length, i & 0xff);
      hal.write('memory', FAKE.doorbell, 4, length);
      if (i % 3 === 0) hal.waitForInterrupt([5]);
      if (hal.interrupts(0) !== 0) hal.log('log', `isr ${hal.read('memory', FAKE.isr, 1)}`);
      if (hal.hypercall(40 + i, -(2 ** 50) + i, i, -3) !== i * 4 - 2 ** 50)
        hal.log('error', 'the call went wrong');
      if (hal.waitForInterrupt([7, 200, 40 + i]) !== 40 + i) hal.log('error', 'not latched');
      hal.takeInterrupt(40 + i);
      if (hal.interrupts((40 + i) >>> 5) !== 0) hal.log('error', 'not taken');
      const code = hal.channel(i % 10, 0x1_0000, i) + hal.channel(1, 0x1_0001, 0);
      if (code !== 3 + (i & 1)) hal.log('error', 'the channel went wrong');
      hal.write('io', 0xcf8, 4, 0x8000_0000 + i * 4);
      if (hal.read('io', 0xcfc, 2) !== 0xffff) hal.log('error', 'decoded');
    }
    hal.log('log', `end ${hal.ram.read8(0x2000)}`);
  },
  /** Register accesses for ever. */
  exits(hal: Hal): void {
    for (;;) hal.read('memory', FAKE.counter, 4);
  },
  /** Halts, and reports the interrupt that ends it. */
  halt(hal: Hal): void {
    hal.log('log', `woken by ${hal.waitForInterrupt([0, 5, 40])}`);
  },
  /** Script lines for ever, without any access. */
  lines(hal: Hal): void {
    for (let i = 1; ; i++) hal.line(i & 0xffff);
  },
  /** 4,000 payload writes of 1,000 bytes by guest and device each: more than any ring holds. */
  flood(hal: Hal): void {
    for (let i = 0; i < 4_000; i++) {
      hal.ram.fill(0x1000, 1000, i & 0xff);
      hal.write('memory', FAKE.doorbell, 4, 1000);
    }
  },
  /** Meets a fault of the machine itself, and goes on. */
  broken(hal: Hal): void {
    hal.write('memory', FAKE.broken, 4, 0);
    for (;;) hal.line(1);
  },
  /** A thousand 4-byte writes to RAM. */
  writes(hal: Hal): void {
    for (let i = 0; i < 1000; i++) hal.ram.write32(0x1000, i);
  },
} satisfies Record<string, (hal: Hal) => void>;

export type ProgramName = keyof typeof PROGRAMS;
