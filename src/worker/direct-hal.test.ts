import { describe, expect, it } from 'vitest';
import { GuestDeadlock } from '../guest/hal.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { GuestRam } from '../memory/guest-ram.ts';
import { FAKE, FakeMachine } from '../testing/fake-machine.ts';
import { DirectHal, type DirectOptions } from './direct-hal.ts';

function rig(options?: DirectOptions) {
  const ring = JournalRing.create(64, 4096);
  const journal = new JournalWriter(ring);
  const machine = new FakeMachine(new GuestRam(new SharedArrayBuffer(1 << 20)), journal);
  const store = new EventStore();
  const reader = new JournalReader([ring], store);
  const events = () => {
    journal.flush();
    reader.drain();
    return Array.from({ length: store.length }, (_, i) => store.get(i));
  };
  return { journal, machine, events, hal: new DirectHal(machine, options) };
}

describe('DirectHal', () => {
  it('passes accesses to the machine, which has done its work when they return', () => {
    const { hal } = rig();
    hal.ram.writeBytes(0x1000, Uint8Array.of(1, 2, 3));
    hal.write('memory', FAKE.doorbell, 4, 3);
    expect([...hal.ram.readBytes(0x2000, 3)]).toEqual([3, 2, 1]);
    expect(hal.interrupts(0)).toBe(1 << 5);
    expect(hal.waitForInterrupt([4, 5])).toBe(5);
    expect(hal.read('memory', FAKE.isr, 4)).toBe(1);
    expect(hal.interrupts(0)).toBe(0);
    expect(hal.read('io', 0x80, 2)).toBe(0xffff);
  });

  it('records guest and machine in one journal, in the order of execution', () => {
    const { hal, events } = rig();
    hal.line(3);
    hal.ram.write32(0x1000, 7);
    hal.write('memory', FAKE.doorbell, 4, 1);
    hal.log('warn', 'done');
    expect(events()).toMatchObject([
      { kind: 'scriptLine', line: 3, actor: 'driver' },
      { kind: 'memWrite', actor: 'driver', addr: 0x1000 },
      { kind: 'regWrite', addr: FAKE.doorbell },
      { kind: 'memWrite', actor: 'device', addr: 0x2000 },
      { kind: 'interrupt' },
      { kind: 'log', level: 1, text: 'done' },
    ]);
  });

  it('does not sleep for what nobody will bring, and records that it would have', () => {
    const { hal, machine, events } = rig();
    machine.setInput(true);
    expect(() => hal.waitForInterrupt([10, 31])).toThrow(GuestDeadlock);
    expect(() => hal.waitForInterrupt([10])).toThrow('interrupt input 10 is asserted');
    expect(() => hal.waitForInterrupt([10, 211])).toThrow('interrupt input 10 or 211');
    expect(events().at(-1)).toMatchObject({
      kind: 'vcpuWait',
      step: 0,
      mask: 0x400,
      mask6: 1 << 19,
    });
  });

  it('takes a credit for every access, line and write, before it happens', () => {
    const at: number[] = [];
    const { hal, journal } = rig({ pace: { take: () => void at.push(journal.clock) } });
    hal.line(1);
    hal.write('memory', FAKE.counter, 4, 1);
    hal.read('memory', FAKE.counter, 4);
    hal.ram.write8(0, 1);
    hal.log('log', 'free');
    expect(at).toEqual([0, 1, 2, 3]);
  });

  it('prints, recorded or not', () => {
    const printed: string[] = [];
    const { hal, journal, events } = rig({
      print: (level, text) => void printed.push(`${level} ${text}`),
    });
    hal.log('log', 'a');
    journal.on = false;
    hal.log('error', 'b');
    hal.line(9);
    expect(printed).toEqual(['log a', 'error b']);
    expect(events()).toHaveLength(1);
  });
});
