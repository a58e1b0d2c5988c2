import { afterEach, describe, expect, it } from 'vitest';
import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import { runScript } from '../guest/script/run.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { Rig, sharedMemoryOf } from '../testing/threads/rig.ts';
import { type TransportName, transportLine } from '../testing/transports.ts';
import { DirectHal } from './direct-hal.ts';

const image = new Uint8Array(1 << 20).fill(0x61);
const SOURCE = `import { virtio, VirtioBlk, log, hexdump } from 'guest';
const disk = virtio.probe(VirtioBlk, 0, OPTIONS);
for (let sector = 0; sector < 20; sector++) {
  disk.write(sector, 'sector ' + sector);
  log(hexdump(disk.read(sector).subarray(0, 16)));
}
disk.flush();
log(disk.getId(), disk.read(0, 64).length);
`;

/** One of each family of transports, and of interrupts. */
const FAMILIES: readonly (readonly [TransportName, string])[] = [
  ['pci-modern on pc', '{}'],
  ['pci-modern on pc', '{ msix: true }'],
  ['pci on virt', '{ msix: true }'],
  ['mmio version 1 on virt', '{}'],
  ['mmio on microvm', '{}'],
  ['ccw on s390-ccw-virtio', '{}'],
  ['ccw on s390-ccw-virtio', "{ indicators: 'classic' }"],
  ['s390-virtio', '{}'],
];

let rig: Rig | undefined;
afterEach(() => rig?.dispose());

const events = (store: EventStore): JournalEvent[] =>
  Array.from({ length: store.length }, (_, i) => store.get(i));

describe('a script leaves the same journal and the same RAM in two threads as in one', () => {
  it.each(FAMILIES)('%s, %s', async (name, options) => {
    const commandLine = transportLine(name)
      .replace('hello.img', 'disk.img')
      .replace('-m 64', '-m 16');
    const source = SOURCE.replace('OPTIONS', options);
    const ring = JournalRing.create(1 << 15, 1 << 22);
    const journal = new JournalWriter(ring);
    const machine = Machine.build(commandLine, {
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: () => bytesSource(image),
      random: (into) => into.fill(4),
      journal,
    });
    const memory = sharedMemoryOf(machine);
    expect(runScript(source, new DirectHal(machine))).toEqual({ kind: 'ended' });
    journal.flush();
    const one = new EventStore();
    new JournalReader([ring], one).drain();

    rig = await Rig.start(memory, { commandLine, image });
    const { outcome } = await rig.runScript(source);
    expect(JSON.parse(await rig.drainUntilEnd(outcome))).toEqual({ kind: 'ended' });

    expect(one.length).toBeGreaterThan(1000);
    expect(events(rig.store)).toEqual(events(one));
    const { ram } = machine;
    expect(Buffer.compare(new Uint8Array(memory.ram), new Uint8Array(ram.buffer))).toBe(0);
  });
});
