import { describe, expect, it } from 'vitest';
import { Folder } from '../journal/fold/folder.ts';
import type { Moment } from '../journal/fold/moment.ts';
import { heldPart } from '../journal/held-part.ts';
import { RunReader, runParts } from '../journal/run-file.ts';
import { CHUNK_EVENTS } from '../journal/store.ts';
import type { MachineTopology } from '../journal/topology.ts';
import { DirectGuest } from '../testing/direct-guest.ts';
import { type TransportName, transportLine } from '../testing/transports.ts';

const SOURCE = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, OPTIONS);
for (let round = 0; round < 90; round++) {
  for (let i = 0; i < 7; i++) disk.startWrite(2 + i, 'round ' + round + ' sector ' + i);
  disk.submit();
  for (let i = 0; i < 7; i++) disk.next();
  if (round % 20 === 0) log('round', round);
}
try { disk.read(disk.capacity); } catch (error) { log.warn(String(error)); }
`;

const CASES: readonly (readonly [TransportName, string])[] = [
  ['pci-modern on pc', '{}'],
  ['pci-modern on pc', '{ packed: true, msix: true }'],
  ['mmio version 1 on virt', '{ eventIdx: true }'],
  ['s390-virtio', '{}'],
];

/** What a moment shows, without numbers of events. */
function told(moment: Moment): object {
  const queues = [...moment.queues.values()].map(
    ({ filling: _, availStaged: _staged, usedStaged: _used, ring, ...queue }) => ({
      ...queue,
      inFlight: [...queue.inFlight],
      ring: ring && { ...ring, chains: [...ring.chains] },
    }),
  );
  return {
    line: moment.line,
    script: moment.script,
    actions: moment.actions,
    asserted: moment.asserted,
    haltedOn: moment.haltedOn,
    devices: [...moment.devices.values()].map(({ registers, ...device }) => ({
      ...device,
      registers: [...registers].map(([key, { event: _, ...register }]) => ({ key, ...register })),
    })),
    queues,
    console: moment.console.map(({ event: _, run: _run, ...line }) => line),
    violations: moment.violations.map(({ event: _, ...violation }) => violation),
  };
}

describe('a run whose beginning is forgotten', () => {
  it.each(CASES)(
    'is saved with all that is held, and shows the same: %s, %s',
    async (name, options) => {
      const guest = new DirectGuest(transportLine(name));
      expect(guest.run(SOURCE.replace('OPTIONS', options))).toEqual({ kind: 'ended' });
      guest.events();
      const { store } = guest;
      const folder = new Folder(store);
      folder.prepare(store.length);
      store.trim(CHUNK_EVENTS);
      expect(store.first).toBe(CHUNK_EVENTS);
      const topology = guest.machine.topology() as MachineTopology;
      const facts = { name: '', commandLine: '', source: '', topologies: [{ plugs: 0, topology }] };
      const memory = { ramBase: 0, ramSize: 0, platform: guest.machine.platform };
      let pauses = 0;
      const part = await heldPart({ ...facts, memory, store, folder }, async () => {
        pauses++;
      });
      const reader = new RunReader(() => {});
      for (const piece of runParts({}, part.store)) reader.push(piece);
      reader.end();
      const { store: saved } = reader;
      expect(saved.first).toBe(0);
      const shift = saved.length - store.length;
      const again = new Folder(saved);
      for (let at = store.first; at <= store.length; at += 97) {
        const [one, other] = [folder.momentAt(at), again.momentAt(at + shift)];
        expect(other.inGap).toBe(false);
        expect(told(other)).toEqual(told(one));
        if (at % 9 === 0)
          for (const [addr, bytes] of one.memory.pages())
            expect(other.memory.bytes(addr, bytes.length)).toEqual(bytes);
        const event = at < store.length ? store.get(at) : undefined;
        if (event) expect(saved.get(at + shift)).toEqual(event);
      }
      expect(again.momentAt(saved.length).unrecorded).toBe(store.first);
      expect(pauses).toBeLessThan(10);
    },
  );

  it('is not saved once what was held has been forgotten, too', async () => {
    const guest = new DirectGuest(transportLine('pci-modern on pc'));
    guest.run(SOURCE.replace('OPTIONS', '{}'));
    guest.events();
    const { store } = guest;
    const folder = new Folder(store);
    folder.prepare(store.length);
    const facts = { name: '', commandLine: '', source: '', topologies: [] };
    const memory = { ramBase: 0, ramSize: 0, platform: guest.machine.platform };
    const saving = heldPart({ ...facts, memory, store, folder }, async () => {
      store.trim(CHUNK_EVENTS);
    });
    await expect(saving).rejects.toThrow(/pause it/);
  });
});
