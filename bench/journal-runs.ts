import { bytesSource } from '../src/engine/backends/byte-source.ts';
import { Machine } from '../src/engine/machine/machine.ts';
import { runScript } from '../src/guest/script/run.ts';
import { StopRun } from '../src/guest/script/stop-run.ts';
import { JournalReader } from '../src/journal/reader.ts';
import { JournalRing } from '../src/journal/ring.ts';
import type { RunContent } from '../src/journal/run-record.ts';
import { EventStore } from '../src/journal/store.ts';
import { JournalWriter } from '../src/journal/writer.ts';
import { HELLO_IMAGE_NAME, helloImage } from '../src/lessons/hello-image.ts';
import { DirectHal } from '../src/worker/direct-hal.ts';
import { VirtioBench } from './bench-device.ts';
import { buildMachine, RAM_BYTES } from './build-machine.ts';
import { GuestLoad } from './guest-load.ts';

/** A run whose journal is measured. */
export type JournalRun =
  /** A script that reads and writes sectors through a deep queue of a disk. */
  | { readonly what: 'disk'; readonly packed: boolean }
  /** A ring that is full of chains which the device has taken; or filled and emptied whole. */
  | {
      readonly what: 'ring';
      readonly packed: boolean;
      readonly size: number;
      readonly whole: boolean;
    };

/** Events of a measured journal. */
export const EVENTS = 1_000_000;

const DISK = (packed: boolean) =>
  `-M pc -m 64 -drive if=none,id=d0,file=${HELLO_IMAGE_NAME},format=raw -device virtio-blk-pci,drive=d0,queue-size=1024,packed=${packed ? 'on' : 'off'}`;

/** Reads, and now and then writes, with as many requests in flight as the queue has room for. */
const SCRIPT = `import { virtio, VirtioBlk } from 'guest';
const disk = virtio.probe(VirtioBlk);
const { queue } = disk;
for (let i = 0; ; i++) {
  if (queue.free < 3) {
    disk.submit();
    while (queue.inFlight > 0) disk.next();
  }
  const sector = (i * 7) % disk.capacity;
  if (i % 8) disk.startRead(sector);
  else disk.startWrite(sector, 'request ' + i + ' was written to sector ' + sector);
}
`;

/** The whole run of the disk, to be saved. */
export function diskRunContent(): RunContent {
  const store = new EventStore();
  const { journal, take } = recorder(store);
  const machine = diskRun(false, journal, store);
  take();
  return {
    name: 'A million events',
    commandLine: DISK(false),
    source: SCRIPT,
    topologies: [{ plugs: 0, topology: machine.topology() }],
    memory: { ramBase: machine.ram.base, ramSize: machine.ram.size, platform: machine.platform },
    store,
  };
}

/** A journal in one thread, which is moved to `store` when its ring is full or `take` is called. */
function recorder(store: EventStore): { journal: JournalWriter; take: () => boolean } {
  const ring = JournalRing.create();
  const journal = new JournalWriter(ring);
  const reader = new JournalReader([ring], store);
  const take = () => {
    journal.flush();
    return reader.drain() > 0;
  };
  journal.waitForRoom = take;
  return { journal, take };
}

/** The journal of a run, of at least `EVENTS` events, whose guest and machine are real and in this thread. */
export function journalOf(run: JournalRun): EventStore {
  const store = new EventStore();
  const { journal, take } = recorder(store);
  if (run.what === 'disk') diskRun(run.packed, journal, store);
  else ringRun(run, journal, store, take);
  take();
  return store;
}

function diskRun(packed: boolean, journal: JournalWriter, store: EventStore): Machine {
  const image = helloImage();
  const machine = Machine.build(DISK(packed), {
    journal,
    allocateRam: (bytes) => new SharedArrayBuffer(bytes),
    openImage: (name) => (name === HELLO_IMAGE_NAME ? bytesSource(image) : undefined),
    random: (into) => into.fill(0),
  });
  const hal = new DirectHal(machine, {
    pace: {
      take() {
        if (store.length >= EVENTS) throw new StopRun();
      },
    },
  });
  const outcome = runScript(SCRIPT, hal);
  if (store.length < EVENTS) throw new Error(JSON.stringify(outcome));
  return machine;
}

function ringRun(
  { packed, size, whole }: Extract<JournalRun, { what: 'ring' }>,
  journal: JournalWriter,
  store: EventStore,
  take: () => void,
): void {
  const batch = whole ? size : size / 16;
  VirtioBench.kept = size - batch;
  const machine = buildMachine(journal, new SharedArrayBuffer(RAM_BYTES), { queueSize: size });
  const guest = new GuestLoad(new DirectHal(machine), { packed, queueSize: size });
  while (store.length < EVENTS) {
    guest.offerAtOnce(batch);
    take();
  }
}
