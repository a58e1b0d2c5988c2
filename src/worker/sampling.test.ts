import { afterEach, describe, expect, it } from 'vitest';
import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import { runScript } from '../guest/script/run.ts';
import { isAction } from '../journal/actions.ts';
import { Folder } from '../journal/fold/folder.ts';
import type { Moment, QueueMoment } from '../journal/fold/moment.ts';
import type { Names } from '../journal/narration/narration-types.ts';
import { JournalReader } from '../journal/reader.ts';
import { JournalRing } from '../journal/ring.ts';
import { RunReader, runParts } from '../journal/run-file.ts';
import { GAP, type JournalEvent } from '../journal/schema.ts';
import { requestFacts } from '../journal/spans/request-facts.ts';
import { Spans } from '../journal/spans/spans.ts';
import { EventStore, recordAt, type EventStore as Store } from '../journal/store.ts';
import { explain } from '../journal/why/why.ts';
import { JournalWriter } from '../journal/writer.ts';
import { CONTROL, WINDOW } from '../protocol/control.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import { Rig, sharedMemoryOf } from '../testing/threads/rig.ts';
import { type TransportName, transportLine } from '../testing/transports.ts';
import { DirectHal } from './direct-hal.ts';

const image = new Uint8Array(1 << 20).fill(0x61);
const SOURCE = `import { virtio, VirtioBlk, log } from 'guest';
for (let life = 0; life < 3; life++) {
  const disk = virtio.probe(VirtioBlk, 0, OPTIONS);
  for (let round = 0; round < 25; round++) {
    for (let i = 0; i < 7; i++) disk.startWrite(2 + i, 'life ' + life + ' round ' + round + ' sector ' + i);
    disk.submit();
    for (let i = 0; i < 7; i++) disk.next().bytes;
    disk.startRead(2 + round % 7);
    disk.submit();
    disk.next();
    if (round % 20 === 0) log('round', round);
  }
  try { disk.read(disk.capacity); } catch (error) { log.warn(String(error)); }
  log(disk.queue.inFlight);
}
`;

const CASES: readonly (readonly [TransportName, string])[] = [
  ['pci-modern on pc', '{}'],
  ['pci-modern on pc', '{ packed: true, msix: true }'],
  ['pci-modern on pc', '{ packed: true, indirect: true, eventIdx: true }'],
  ['pci-modern on pc', '{ eventIdx: true, indirect: true }'],
  ['mmio version 1 on virt', '{}'],
  ['ccw on s390-ccw-virtio', '{ packed: true }'],
  ['s390-virtio', '{}'],
];

let rig: Rig | undefined;
afterEach(() => rig?.dispose());

/** What must be the same, however the journal came there. */
function told(moment: Moment): object {
  const queues = [...moment.queues.values()].map((queue: QueueMoment) => {
    const { filling: _filling, availStaged: _staged, usedStaged: _used, ring, ...rest } = queue;
    return {
      ...rest,
      inFlight: [...queue.inFlight],
      ring: ring && { ...ring, chains: [...ring.chains] },
    };
  });
  return {
    line: moment.line,
    script: moment.script,
    actions: moment.actions,
    plugs: moment.plugs,
    asserted: moment.asserted,
    devices: [...moment.devices.values()].map(({ registers, ...device }) => ({
      ...device,
      registers: [...registers].map(([key, { event: _, ...register }]) => ({ key, ...register })),
    })),
    queues,
    console: moment.console.map(({ event: _, ...line }) => line),
    violations: moment.violations.map(({ event: _, ...violation }) => violation),
  };
}

/** Pieces of memory that were written before event `to`. */
function written(store: Store, to: number): Set<number> {
  const pieces = new Set<number>();
  for (let i = 0; i < to; i++) {
    const event = store.get(i);
    if (event.kind !== 'memWrite' && event.kind !== 'dataWrite') continue;
    const length = event.kind === 'memWrite' ? event.size : event.length;
    for (let at = event.addr; at < event.addr + length; at += 16) pieces.add(Math.floor(at / 64));
  }
  return pieces;
}

/** An event without what tells in which journal it is. */
function said({ clock: _, ...event }: JournalEvent): object {
  return event;
}

describe('what is shown after a gap is what is shown without one', () => {
  it.each(CASES)('%s, %s', async (name, options) => {
    const commandLine = transportLine(name)
      .replace('hello.img', 'disk.img')
      .replace('-m 64', '-m 16');
    const source = SOURCE.replace('OPTIONS', options);
    const ring = JournalRing.create(1 << 17, 1 << 24);
    const journal = new JournalWriter(ring);
    const machine = Machine.build(commandLine, {
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: () => bytesSource(image.slice()),
      random: (into) => into.fill(4),
      journal,
    });
    const memory = sharedMemoryOf(machine);
    expect(runScript(source, new DirectHal(machine))).toEqual({ kind: 'ended' });
    journal.flush();
    const one = new EventStore();
    new JournalReader([ring], one).drain();

    rig = await Rig.start(memory, { commandLine, image });
    const { control } = rig;
    Atomics.store(control, CONTROL.window, WINDOW.closed + 300);
    const { outcome } = await rig.runScript(source);
    let turns = 0;
    const windows = setInterval(() => {
      if (Atomics.load(control, CONTROL.window) === WINDOW.closed)
        Atomics.store(control, CONTROL.window, WINDOW.closed + 40 + ((turns++ * 37) % 200));
    }, 1);
    expect(JSON.parse(await rig.drainUntilEnd(outcome))).toEqual({ kind: 'ended' });
    clearInterval(windows);

    const sampled = rig.store;
    const [whole, part] = [new Folder(one), new Folder(sampled)];
    /** Numbers of events of the whole journal before which the guest acts, by count of actions. */
    const acts: number[] = [];
    let running = false;
    for (let i = 0; i < one.length; i++) {
      if (running && isAction(one.words(i)!, recordAt(i))) acts.push(i);
      const event = one.get(i);
      if (event.kind === 'script') running = event.step === 0;
    }
    acts.push(one.length);
    const names: Names = {
      device: () => undefined,
      queue: () => undefined,
      virtioId: () => VIRTIO_ID.BLOCK,
    };
    const topology = machine.topology();
    const why = (store: Store, moment: Moment) => {
      const [queue] = moment.queues.values();
      const { dev = 0 } = queue ?? {};
      return explain({ store, moment, topology, dev, queue: 0, names }).verdict;
    };
    /** What is called broken is broken; what came before is not known. */
    const expectTrue = (after: Moment, before: Moment) => {
      const [found, known] = [why(sampled, after), why(one, before)];
      if (found.kind === 'broken') expect(found.link).toBe(known.link);
    };
    let gaps = 0;
    let compared = 0;
    for (let i = 0; i < sampled.length; i++) {
      const event = sampled.get(i);
      if (event.kind !== 'gap' || event.step !== GAP.end) continue;
      gaps++;
      const after = part.momentAt(i + 1);
      if (after.script !== 'running') continue;
      let at = acts[after.actions]!;
      expect(told(after)).toEqual(told(whole.momentAt(at)));
      expectTrue(after, whole.momentAt(at));
      if (gaps % 8 === 1) {
        const { memory: there } = whole.momentAt(at);
        for (const piece of written(one, at))
          expect(after.memory.bytes(piece * 64, 64), `at ${piece * 64}`).toEqual(
            there.bytes(piece * 64, 64),
          );
      }
      // Up to the next gap, every event is there, and is the same one.
      for (let next = i + 1; next < sampled.length; next++, at++) {
        const found = sampled.get(next);
        if (found.kind === 'gap') break;
        expect(said(found)).toEqual(said(one.get(at)));
        if (compared % 50 === 0) expectTrue(part.momentAt(next + 1), whole.momentAt(at + 1));
        compared++;
      }
    }
    expect(gaps).toBeGreaterThan(3);
    expect(compared).toBeGreaterThan(300);
    expect(part.momentAt(sampled.length).unrecorded).toBeGreaterThan(1000);
    // A file holds it as it is.
    const reader = new RunReader(() => {});
    for (const piece of runParts({}, sampled)) reader.push(piece);
    reader.end();
    const opened = new Folder(reader.store).momentAt(sampled.length);
    expect(told(opened)).toEqual(told(part.momentAt(sampled.length)));
    expect(opened.unrecorded).toBe(part.momentAt(sampled.length).unrecorded);
    // No request is taken for another one across a gap.
    const spans = new Spans(sampled, { momentAt: (at) => part.momentAt(at) });
    spans.update();
    const ends: number[] = [];
    for (let i = 0; i < sampled.length; i++) {
      const event = sampled.get(i);
      if (event.kind === 'gap' && event.step === GAP.end) ends.push(i);
    }
    let used = 0;
    for (const queue of spans.queues)
      for (let row = 0; row < queue.requests.length; row++) {
        const request = requestFacts(spans, queue, row);
        const { begun, available, popped } = request;
        if (request.used === undefined) continue;
        used++;
        const from = available ?? popped ?? begun;
        expect(ends.filter((at) => at > from && at < request.used!)).toEqual([]);
      }
    expect(used).toBeGreaterThan(50);
    const end = (moment: Moment) => ({ ...told(moment), script: 'ended' });
    expect(end(part.momentAt(sampled.length))).toEqual(end(whole.momentAt(one.length)));
  });
});
