import { describe, expect, it } from 'vitest';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { transportLine } from '../../testing/transports.ts';
import { driverScript, topologyNames } from '../../testing/why-rig.ts';
import { Folder } from '../fold/folder.ts';
import { touchedByWrite } from '../fold/touched.ts';
import { narrate } from '../narration.ts';

/** What is told of chains, and titles of what is told of writes to the rings, of a driver that reads three sectors. */
function told(transport: Parameters<typeof transportLine>[0]): string[] {
  const guest = new DirectGuest(transportLine(transport));
  guest.run(driverScript('nothing', { before: 2 }));
  const events = guest.events();
  const folder = new Folder(guest.store);
  const names = topologyNames(guest.machine.topology());
  return events.flatMap((event, i) => {
    const before = folder.momentAt(i);
    const { title, text } = narrate(event, before, names);
    const rings =
      event.kind === 'memWrite' && touchedByWrite(event.addr, event.size, before.queues).length > 0;
    if (rings) expect(text).toMatch(/big-endian here\.$/);
    return rings ? [title] : event.kind === 'chainPopped' ? [text] : [];
  });
}

describe('[2.7.3] rings of a legacy driver of a big-endian guest', () => {
  it.each(['ccw revision 0', 's390-virtio'] as const)(
    'are read in its order over %s',
    (transport) => {
      const titles = told(transport);
      for (const index of [1, 2, 3]) {
        expect(titles).toContain(`Available index → ${index}`);
        expect(titles).toContain(`Used index → ${index}`);
      }
      expect(titles).toContain('Head 0 put into available[0]');
      expect(titles).toContain('Chain 0 put into used[2]');
      expect(titles).toContain('Descriptor 0: len ← 16');
      expect(titles).toContain('Descriptor 0: flags ← NEXT');
      expect(titles.join(' ')).not.toContain('256');
      expect(titles.filter((text) => text.endsWith('The request: IN, sector 1.'))).toHaveLength(3);
    },
  );
});
