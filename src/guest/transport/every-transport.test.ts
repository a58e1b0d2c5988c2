import { describe, expect, it } from 'vitest';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { TRANSPORTS, type TransportName, transportLine } from '../../testing/transports.ts';

/** One program for every machine: it never asks how the device is reached. */
const SCRIPT = `import { virtio, VirtioBlk, text, log } from 'guest';
const disk = virtio.probe(VirtioBlk);
log(text(disk.read(1)).split('\\n')[0]);
disk.write(2, 'written on any bus');
disk.flush();
log(text(disk.read(2)), disk.capacity, disk.getId().length);
`;

const names = Object.keys(TRANSPORTS) as TransportName[];

describe('the same script', () => {
  it.each(names)('[3.1.1] drives a disk over %s', (name) => {
    const guest = new DirectGuest(transportLine(name));
    expect(guest.run(SCRIPT)).toEqual({ kind: 'ended' });
    expect(guest.output).toEqual([
      expect.stringContaining('Hello from sector 1!'),
      'written on any bus 2048 0',
    ]);
    const events = guest.events();
    expect(events.filter(({ kind }) => kind === 'violation')).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'chainPushed')).toHaveLength(5);
    // Twice in a row: what a program leaves behind is not in the way of the next.
    guest.output.length = 0;
    expect(guest.run(SCRIPT)).toEqual({ kind: 'ended' });
    expect(guest.output).toHaveLength(2);
  });
});
