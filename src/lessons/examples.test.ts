import { describe, expect, it } from 'vitest';
import { VIOLATION_INDEX, type ViolationCode } from '../spec/violations.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { DEFAULT_COMMAND_LINE } from './default-machine.ts';
import { EXAMPLES } from './examples.ts';
import { MACHINES } from './machines.ts';

function run(id: string) {
  const example = EXAMPLES.find((candidate) => candidate.id === id);
  if (!example) throw new Error(`no example ${id}`);
  const guest = new DirectGuest(`${DEFAULT_COMMAND_LINE} ${example.needs}`);
  return { guest, outcome: guest.run(example.source), output: guest.output };
}

describe('examples', () => {
  it('have names of their own, a title and one sentence each', () => {
    expect(new Set(EXAMPLES.map(({ id }) => id)).size).toBe(EXAMPLES.length);
    for (const { id, title, description } of EXAMPLES) {
      expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(title.length).toBeLessThan(40);
      expect(description).toMatch(/^[A-Z][^.]*[.]$/);
    }
  });

  it('fit into an editor that is not wide', () => {
    for (const { source } of EXAMPLES)
      for (const line of source.split('\n')) expect(line.length).toBeLessThanOrEqual(88);
  });

  it('are each run below', () => {
    const tested = [
      'read-a-sector',
      'requests-in-flight',
      'random-bytes',
      'three-discoveries',
      'bug-forgotten-notification',
      'bug-address-outside-ram',
      'bug-descriptor-loop',
    ];
    expect(EXAMPLES.map(({ id }) => id)).toEqual(tested);
  });

  it('read-a-sector reads the welcome, and what it wrote itself', () => {
    const { guest, outcome, output } = run('read-a-sector');
    expect(outcome).toEqual({ kind: 'ended' });
    expect(output[0]).toBe('found 1af4:1001 at 00:04.0');
    expect(output.filter((line) => line.startsWith('  has'))).toHaveLength(6);
    expect(output).toContain('queue 0: 8 entries, desc 0x1000000, avail 0x1000080, used 0x10000c0');
    expect(output).toContain('Hello from sector 1! Your driver has just read this from a disk.');
    expect(output.at(-1)).toBe('Written by a guest driver.');
    const { source } = EXAMPLES[0]!;
    expect(source.split('\n').filter((line) => line !== '').length).toBeLessThan(45);
    const kinds = guest.events().map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'chainPopped')).toHaveLength(3);
    expect(kinds).not.toContain('violation');
    // The order in which one request happens, seen from the ring.
    const first = kinds.indexOf('chainPopped');
    expect(kinds.slice(first, kinds.indexOf('interrupt', first) + 1)).toEqual(
      expect.arrayContaining([
        'chainPopped',
        'backendRequest',
        'backendCompletion',
        'chainPushed',
        'interrupt',
      ]),
    );
  });

  it('read-a-sector gives the same journal every time, and on a machine that was used before', () => {
    const events = (guest: DirectGuest) => JSON.stringify(guest.events());
    expect(events(run('read-a-sector').guest)).toBe(events(run('read-a-sector').guest));
    const { guest, output } = run('read-a-sector');
    const first = [...output];
    output.length = 0;
    expect(guest.run(EXAMPLES[0]!.source)).toEqual({ kind: 'ended' });
    expect(output).toEqual(first);
  });

  it('requests-in-flight fills the queue, and reads back what it wrote', () => {
    const { outcome, output } = run('requests-in-flight');
    expect(outcome).toEqual({ kind: 'ended' });
    expect(output.filter((line) => / begins: /.test(line))).toHaveLength(8);
    expect(output).toContain('the queue is full at sector 101');
    expect(output).toContain('read back: sector 31 was written in a batch');
    expect(output.at(-1)).toMatch(/^warn: .*VIRTIO_BLK_S_IOERR$/);
  });

  it('random-bytes gets what it lends memory for', () => {
    const { outcome, output } = run('random-bytes');
    expect(outcome).toEqual({ kind: 'ended' });
    expect(output).toContain('chain 0 came back with 32 bytes');
    expect(output).toContain('asked for 64 bytes, got 64');
    // The machine of this test counts up from 0 instead of rolling dice.
    expect(output.find((line) => line.includes('|'))).toContain('00 01 02 03 04 05 06 07');
  });

  it.each(MACHINES)('three-discoveries finds what $id has', ({ commandLine }) => {
    const guest = new DirectGuest(commandLine);
    const { source } = EXAMPLES.find(({ id }) => id === 'three-discoveries')!;
    expect(guest.run(source)).toEqual({ kind: 'ended' });
    const virtio = guest.machine.devices.filter((device) => device.type.isA('virtio-device'));
    expect(guest.output.filter((line) => line.startsWith('  *'))).toHaveLength(virtio.length);
    expect(guest.output.filter((line) => line.startsWith('  offers'))).toHaveLength(virtio.length);
    expect(guest.output.filter((line) => line.startsWith('  told by the machine'))).toHaveLength(4);
  });

  it.each(MACHINES.filter(({ commandLine }) => commandLine.includes('virtio-blk')))(
    'read-a-sector drives the disk of $id',
    ({ commandLine }) => {
      const guest = new DirectGuest(commandLine);
      expect(guest.run(EXAMPLES[0]!.source)).toEqual({ kind: 'ended' });
      expect(guest.output.at(-1)).toBe('Written by a guest driver.');
    },
  );

  it('bug-forgotten-notification waits for ever', () => {
    const { guest, outcome, output } = run('bug-forgotten-notification');
    expect(outcome).toMatchObject({ kind: 'failed', phase: 'run', line: 20 });
    expect(output.at(-1)).toBe('waiting for VIRTIO_BLK_T_IN of sector 2');
    expect(guest.events().some(({ kind }) => kind === 'vcpuWait')).toBe(true);
  });

  it.each<[string, ViolationCode]>([
    ['bug-address-outside-ram', 'addressOutsideRam'],
    ['bug-descriptor-loop', 'chainLoop'],
  ])('%s makes the device give up: %s', (id, code) => {
    const { guest, outcome, output } = run(id);
    expect(outcome).toMatchObject({ kind: 'failed', phase: 'run' });
    expect((outcome as { message: string }).message).toContain('DEVICE_NEEDS_RESET');
    expect(output.at(-1)).toBe('device status 0x4f');
    const codes = guest
      .events()
      .flatMap((event) => (event.kind === 'violation' ? [event.code] : []));
    expect(new Set(codes)).toEqual(new Set([VIOLATION_INDEX[code]]));
  });
});
