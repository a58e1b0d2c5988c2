import { describe, expect, it } from 'vitest';
import type { Deed } from '../../testing/random-journal.ts';
import { DEV, last, words } from '../../testing/told.ts';
import { NONE } from '../schema.ts';

/** A queue that has returned a chain. */
const used: readonly Deed[] = [
  (j) => j.queueConfig(DEV, 0, true, false, 8, 0x1000, 0x2000, 0x3000),
  (j) => j.chainPopped(DEV, 0, 0, 1, 16, 1, 2),
  (j) => j.chainPushed(DEV, 0, 0, 1, 1),
];

describe('notifications and interrupts in words', () => {
  it('[2.7.10] tell why one was left out', () => {
    expect(words((j) => j.notification('driver', DEV, 0, false, 'noNotify'))).toEqual([
      'Notification left out',
      'The driver does not notify queue 0 of disk0: the device set NO_NOTIFY in the used ring’s flags.',
      '2.7.10',
    ]);
    expect(words(...used, (j) => j.interrupt(DEV, 0, 'suppressed', 0, 'noInterrupt'))).toEqual([
      'Interrupt left out',
      'Queue 0 has used buffers, but disk0 sends no interrupt: the driver set NO_INTERRUPT in the available ring’s flags.',
      '2.7.7',
    ]);
    expect(words((j) => j.notification('driver', DEV, 0, true, 'queueNotEnabled'))[1]).toContain(
      'but the queue is not set up',
    );
  });

  it('[4.1.5.3] tell inputs and vectors apart, and queues from the configuration', () => {
    expect(last(...used, (j) => j.interrupt(DEV, 0, 'raised', 11, 'always'))).toMatchObject({
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

  it('[2.7.7.2] say that buffers were used only where some were', () => {
    const raised: Deed = (j) => j.interrupt(DEV, 0, 'raised', 10, 'always');
    const [setUp] = used as [Deed];
    expect(words(setUp, raised)[1]).toBe(
      'disk0 raises input 10: a used buffer notification of queue 0, which has used no buffer yet.',
    );
    expect(words(setUp, (j) => j.interrupt(DEV, 0, 'suppressed', 0, 'noInterrupt'))[1]).toBe(
      'disk0 sends no interrupt for a used buffer notification of queue 0, which has used no buffer yet: the driver set NO_INTERRUPT in the available ring’s flags.',
    );
    const takenBack: Deed = (j) => j.queueConfig(DEV, 0, false, false, 0, 0, 0, 0);
    expect(words(...used, takenBack, setUp, raised)[1]).toContain('which has used no buffer yet');
    // What a gap left out may have been a return.
    const gap: Deed = (j) => {
      j.beginGap(true);
      j.endGap(() => undefined);
      j.gapEnded(3, 4);
    };
    expect(words(setUp, gap, raised)[1]).toBe(
      'disk0 raises input 10: a used buffer notification of queue 0.',
    );
    expect(words(setUp, gap, ...used.slice(1), raised)[1]).toContain('queue 0 has used buffers');
  });

  it('tell what a halted vCPU waits for', () => {
    expect(words((j) => j.vcpuWait('halt', [10, 211], 0))[1]).toBe(
      'The guest has nothing to do before input 10 or 211 is raised.',
    );
  });
});
