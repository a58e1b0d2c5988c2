import { describe, expect, it } from 'vitest';
import { MACHINES } from '../../lessons/machines.ts';
import { LOWCORE } from '../../spec/channel-io.ts';
import { VIRTIO_CCW_CMD } from '../../spec/virtio-ccw.ts';
import { DirectGuest } from '../../testing/direct-guest.ts';
import { type Deed, journalOf } from '../../testing/random-journal.ts';
import { DEV, NAMES, words } from '../../testing/told.ts';
import { topologyNames } from '../../testing/why-rig.ts';
import { Folder } from '../fold/folder.ts';
import { indicatorsToldBy } from '../labels/indicators.ts';
import { narrate } from '../narration.ts';
import type { EventStore } from '../store.ts';
import type { Names } from './narration-types.ts';

/** Every write to memory of a run that is neither to a ring nor to a buffer, in words. */
function told(store: EventStore, names: Names): string[] {
  const folder = new Folder(store);
  const all = Array.from({ length: store.length }, (_, i) => i);
  const areas = all.flatMap((i) => indicatorsToldBy(store, i, (at) => folder.momentAt(at)));
  const indicators: Names['indicators'] = ({ at }) => areas.filter(({ event }) => event < at);
  return all.flatMap((i) => {
    const event = store.get(i);
    if (event.kind !== 'memWrite' && event.kind !== 'dataWrite') return [];
    const { text, section, document } = narrate(event, folder.momentAt(i), {
      ...names,
      indicators,
      lowCore: true,
    });
    return [`${text} ${section ?? document ?? ''}`];
  });
}

describe('what interruptions store, in words', () => {
  it('[4.3.2.6] tells indicators and the interruption code of a real run', () => {
    const line = MACHINES.find(({ id }) => id === 's390-ccw')?.commandLine as string;
    const guest = new DirectGuest(line);
    const script = `
import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk, 0);
disk.read(3);`;
    expect(guest.run(script)).toEqual({ kind: 'ended' });
    guest.events();
    const texts = told(guest.store, topologyNames(guest.machine.topology()));
    const about = (what: RegExp) => texts.filter((text) => what.test(text));
    expect(
      about(/^The device sets the indicator of queue 0 of .*: buffers were used\. 4\.3\.2\.6$/),
    ).not.toEqual([]);
    expect(about(/^The device sets the summary indicator/)).not.toEqual([]);
    expect(about(/in low core: of an adapter, subclass \d\. z\/Arch/)).not.toEqual([]);
    // Neither low core nor a single indicator is left without a word about what it is.
    expect(about(/^The device writes .* at (?:0x00000|0x010003)/)).toEqual([]);
  });

  it('[4.3.2.6.1] reads classic indicators from the right, and tells that of the configuration', () => {
    const block: Deed = (j) => j.memWrite(0, 0x2000, 8, 0, 0, 0, 0x0030_0000);
    const setInd: Deed = (j) => j.ccw(DEV, VIRTIO_CCW_CMD.SET_IND, 0, 8, 0x2000, 0x1000);
    const other: Deed = (j) => j.memWrite(0, 0x2008, 8, 0, 0, 0, 0x0040_0000);
    const setConf: Deed = (j) => j.ccw(DEV, VIRTIO_CCW_CMD.SET_CONF_IND, 0, 8, 0x2008, 0x1000);
    const set =
      (actor: number, addr: number, old: number, value: number): Deed =>
      (j) =>
        j.memWrite(actor, addr, 1, old, 0, value, 0);
    const store = journalOf([
      ...[block, setInd, other, setConf],
      ...[set(1, 0x3007, 0, 1), set(1, 0x3007, 1, 5), set(1, 0x3007, 5, 5), set(0, 0x3007, 5, 0)],
      set(1, 0x4007, 0, 1),
    ]);
    expect(told(store, NAMES).slice(2)).toEqual([
      'The device sets the indicator of queue 0 of disk0: buffers were used. 4.3.2.6',
      'The device sets the indicator of queue 2 of disk0: buffers were used. 4.3.2.6',
      'The device leaves the queue indicator of disk0 as it was. 4.3.2.6',
      'The driver clears the indicator of queues 0 and 2 of disk0. 4.3.2.6',
      'The device sets the configuration indicator of disk0: the configuration changed. 4.3.2.6',
    ]);
  });

  it('tells low core apart only where a machine has it', () => {
    const code = Uint8Array.of(0, 1, 0, 4, 0, 0, 0, 9, 0, 0, 0, 0);
    const stored: Deed = (j) => j.bytesWritten(1, LOWCORE.subsystemId, new Uint8Array(12), code);
    expect(told(journalOf([stored]), NAMES)).toEqual([
      'The CPU stores the I/O interruption code at 0xb8 in low core: of subchannel 0x00010004, parameter 0x00000009. z/Architecture Principles of Operation, chapter 3',
    ]);
    expect(words(stored)[1]).toContain('The device writes 12 bytes at 0x000000b8');
  });
});
