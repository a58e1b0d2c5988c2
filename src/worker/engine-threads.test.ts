import { afterEach, expect, it } from 'vitest';
import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import { runScript } from '../guest/script/run.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import type { JournalEvent } from '../journal/schema.ts';
import { EventStore } from '../journal/store.ts';
import { JournalWriter } from '../journal/writer.ts';
import { Rig, sharedMemory } from '../testing/threads/rig.ts';
import { DirectHal } from './direct-hal.ts';

const COMMAND_LINE =
  '-M pc -m 16 -drive if=none,id=d0,file=disk.img,format=raw -device virtio-blk-pci,id=disk0,drive=d0';
const RAM = 16 << 20;
const image = new Uint8Array(1 << 20).fill(0x61);
const SOURCE = `import { virtio, VirtioBlk, log, hexdump } from 'guest';
const disk = virtio.probe(VirtioBlk);
for (let sector = 0; sector < 20; sector++) {
  disk.write(sector, 'sector ' + sector);
  log(hexdump(disk.read(sector).subarray(0, 16)));
}
disk.flush();
log(disk.getId(), disk.read(0, 64).length);
`;

let rig: Rig | undefined;
afterEach(() => rig?.dispose());

const events = (store: EventStore): JournalEvent[] =>
  Array.from({ length: store.length }, (_, i) => store.get(i));

it('a script on a real machine leaves the same journal and the same RAM in two threads as in one', async () => {
  const ring = JournalRing.create(1 << 15, 1 << 22);
  const journal = new JournalWriter(ring);
  const ram = new SharedArrayBuffer(RAM);
  const machine = Machine.build(COMMAND_LINE, {
    allocateRam: () => ram,
    openImage: () => bytesSource(image),
    random: (into) => into.fill(4),
    journal,
  });
  expect(runScript(SOURCE, new DirectHal(machine))).toEqual({ kind: 'ended' });
  journal.flush();
  const one = new EventStore();
  new JournalReader([ring], one).drain();

  const memory = sharedMemory(RAM, 1 << 10, 1 << 18, machine.platform);
  rig = await Rig.start(memory, { commandLine: COMMAND_LINE, image });
  const { outcome } = await rig.runScript(SOURCE);
  expect(JSON.parse(await rig.drainUntilEnd(outcome))).toEqual({ kind: 'ended' });

  expect(one.length).toBeGreaterThan(1000);
  expect(events(rig.store)).toEqual(events(one));
  expect(Buffer.compare(new Uint8Array(memory.ram), new Uint8Array(ram))).toBe(0);
});
