import { describe, expect, it } from 'vitest';
import { CCW_FLAG, CHANNEL_OP } from '../../spec/channel-io.ts';
import { sectionTitle } from '../../spec/sections.ts';
import { VIRTIO_CCW_CMD, VIRTIO_CCW_SECTION } from '../../spec/virtio-ccw.ts';
import { type Deed, journalOf } from '../../testing/random-journal.ts';
import { Folder } from '../fold/folder.ts';
import { narrate } from '../narration.ts';
import { NONE } from '../schema.ts';
import type { Names } from './narration-types.ts';

const DEV = 7;
const SCHID = 0x1_0000;
const NAMES: Names = {
  device: (dev) => (dev === DEV ? 'disk0' : undefined),
  virtioId: () => undefined,
  queue: () => undefined,
};

/** Title, text, and section or document of what is said of one deed. */
function words(deed: Deed): string[] {
  const store = journalOf([deed]);
  const {
    title,
    text,
    section = '',
    document = '',
  } = narrate(store.get(0), new Folder(store).momentAt(0), NAMES);
  return [title, text, section || document];
}

describe('channel I/O in words', () => {
  it('tells what an instruction does, and what its condition code says', () => {
    expect(words((j) => j.channel(DEV, CHANNEL_OP.ssch, SCHID, 0x1000, 0))).toEqual([
      'START SUBCHANNEL: cc 0',
      'The driver starts a channel program on subchannel 0x00010000 (disk0).',
      'z/Architecture Principles of Operation, chapter 14',
    ]);
    expect(words((j) => j.channel(NONE, CHANNEL_OP.stsch, SCHID + 9, 0, 3))[1]).toBe(
      'The driver asks what is known about subchannel 0x00010009 (no device): it is not operational.',
    );
    expect(words((j) => j.channel(DEV, CHANNEL_OP.tsch, SCHID, 0, 1))[1]).toContain(
      'no status is pending',
    );
    expect(words((j) => j.channel(NONE, CHANNEL_OP.tpi, 0, 0, 1))[1]).toBe(
      'The driver asks for a pending interruption: one is taken.',
    );
    expect(words((j) => j.channel(DEV, CHANNEL_OP.msch, SCHID, 0, -0x15)).slice(0, 2)).toEqual([
      'MODIFY SUBCHANNEL: program interruption 0x15',
      'The driver sets up subchannel 0x00010000 (disk0); the CPU ends that with a program interruption.',
    ]);
  });

  it('[4.3.1.1] tells every command of virtio with the section that defines it', () => {
    for (const [name, code] of Object.entries(VIRTIO_CCW_CMD)) {
      const [title, text, section] = words((j) => j.ccw(DEV, code, 0, 0, 0, 0x2000));
      expect([title, section]).toEqual([
        `Channel command ${name}`,
        VIRTIO_CCW_SECTION[name as keyof typeof VIRTIO_CCW_CMD],
      ]);
      expect(text).toMatch(/^The command at 0x2000 for disk0 [a-z]/);
      expect(sectionTitle(section ?? '')).toBeDefined();
    }
  });

  it('[4.3.1] tells commands of any device, their data and flags, and what is no command', () => {
    const flags = CCW_FLAG.SLI | CCW_FLAG.CC;
    expect(words((j) => j.ccw(DEV, 0xe4, flags, 7, 0x3000, 0x2000))).toEqual([
      'Channel command SENSE_ID',
      'The command at 0x2000 for disk0 asks what kind of control unit this is. Data: 7 bytes at 0x3000, with CC and SLI.',
      '4.3.1',
    ]);
    expect(words((j) => j.ccw(DEV, 0x99, 0, 0, 0, 0x2000))).toEqual([
      'Channel command 0x99',
      'The command at 0x2000 for disk0 is one that virtio does not define.',
      '4.3.1.3',
    ]);
  });

  it('[4.3.1.3] tells how a function ended', () => {
    const ended = (ctrl: number, dstat: number, cstat: number, residual = 0, sense = 0) =>
      words((j) => j.channelStatus(DEV, ctrl, dstat, cstat, residual, 0x2008, sense)).slice(0, 2);
    expect(ended(0x4007, 0x0c, 0, 3)).toEqual([
      'Channel end, device end',
      'The channel program of disk0 has ended well. 3 bytes were not moved.',
    ]);
    expect(ended(0x4017, 0, 0x20)[0]).toBe('Program check');
    expect(ended(0x4017, 2, 0, 0, 0x80)[0]).toBe('Unit check: command reject');
    expect(ended(0x4017, 2, 0, 0, 0x40)[1]).toContain('somebody must see to the device');
    expect(ended(0x4020, 0, 0)[0]).toBe('Suspended');
    expect(ended(0x1001, 0, 0)[0]).toBe('Function done');
    expect(ended(0x4411, 0, 0)[0]).toBe('No path');
  });

  it('[4.3.3.2] tells whom a hypercall is about, and its answer', () => {
    expect(words((j) => j.hypercall(DEV, 3, SCHID, 2, 0, 0))).toEqual([
      'Hypercall KVM_S390_VIRTIO_CCW_NOTIFY: 0',
      'The driver tells disk0, subchannel 0x10000, that queue 2 has new available buffers.',
      '4.3.3.2',
    ]);
    expect(words((j) => j.hypercall(NONE, 1, 0x100_0000, 0, 0, -22))).toEqual([
      'Hypercall KVM_S390_VIRTIO_RESET: -22',
      'The driver resets no device. The hypervisor refuses: there is nothing of the kind (-22).',
      'Linux 4.4, kvm_virtio.h',
    ]);
  });

  it('[4.3.3.1] tells interruptions apart, and when they are gone', () => {
    expect(words((j) => j.interrupt(DEV, 0, 'raised', 0, 'adapter'))).toEqual([
      'Pending: adapter I/O interruption',
      'An adapter I/O interruption of disk0 waits for the CPU: a used buffer notification of queue 0.',
      '4.3.3.1.2',
    ]);
    expect(words((j) => j.interrupt(DEV, NONE, 'raised', 0, 'status'))).toEqual([
      'Pending: I/O interruption',
      'An I/O interruption of disk0 waits for the CPU: its subchannel has status.',
      '4.3.3.1.1',
    ]);
    expect(words((j) => j.interrupt(DEV, 0, 'lowered', 1, 'external'))[1]).toBe(
      'The external interruption of disk0 is taken, or no longer wanted.',
    );
  });
});
