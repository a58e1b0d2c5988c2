import { describe, expect, it } from 'vitest';
import { DEV, last, words } from '../../testing/told.ts';
import { NONE } from '../schema.ts';

describe('notifications and interrupts in words', () => {
  it('[2.7.10] tell why one was left out', () => {
    expect(words((j) => j.notification('driver', DEV, 0, false, 'noNotify'))).toEqual([
      'Notification left out',
      'The driver does not notify queue 0 of disk0: the device set NO_NOTIFY in the used ring’s flags.',
      '2.7.10',
    ]);
    expect(words((j) => j.interrupt(DEV, 0, 'suppressed', 0, 'noInterrupt'))).toEqual([
      'Interrupt left out',
      'Queue 0 has used buffers, but disk0 sends no interrupt: the driver set NO_INTERRUPT in the available ring’s flags.',
      '2.7.7',
    ]);
    expect(words((j) => j.notification('driver', DEV, 0, true, 'queueNotEnabled'))[1]).toContain(
      'but the queue is not set up',
    );
  });

  it('[4.1.5.3] tell inputs and vectors apart, and queues from the configuration', () => {
    expect(last((j) => j.interrupt(DEV, 0, 'raised', 11, 'always'))).toMatchObject({
      title: 'Interrupt: input 11 raised',
      text: 'disk0 raises input 11: queue 0 has used buffers.',
      tone: 'interrupt',
      at: { dev: DEV, queue: 0 },
    });
    expect(words((j) => j.interrupt(DEV, NONE, 'message', 2, 'always'))).toEqual([
      'Interrupt: vector 2',
      'disk0 sends the message of MSI-X vector 2: its configuration changed.',
      '4.1.5.4',
    ]);
    expect(words((j) => j.interrupt(DEV, 0, 'masked', 11, 'intxDisabled'))[1]).toContain(
      'the PCI Command register disables INTx',
    );
    expect(words((j) => j.interrupt(DEV, NONE, 'lowered', 11, 'always'))[0]).toBe(
      'Input 11 lowered',
    );
  });

  it('tell what a halted vCPU waits for', () => {
    expect(words((j) => j.vcpuWait('halt', [10, 211], 0))[1]).toBe(
      'The guest has nothing to do before input 10 or 211 is raised.',
    );
  });
});
