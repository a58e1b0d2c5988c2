import type { Folder } from './fold/folder.ts';
import { type Moment, PINS, type QueueMoment } from './fold/moment.ts';
import type { RegisterTally } from './gap-tally.ts';
import { JournalReader } from './reader.ts';
import { JournalRing } from './ring.ts';
import { RunFileError } from './run-check.ts';
import type { RunContent, TopologyVersion } from './run-record.ts';
import { ACTOR } from './schema.ts';
import { EventStore, recordAt } from './store.ts';
import { JournalWriter } from './writer.ts';

/** Lines of output and violations from before that are told again: the newest. */
const MOST_TOLD = 1000;
/** Events that are copied between two pauses. */
const PAUSE_EVERY = 16_384;
/** Tells how everything stands at a moment, as after a gap that begins with the run. */
class StartWriter extends JournalWriter {
  tell(moment: Moment, inputs: Iterable<number>, left: number): void {
    this.beginGap('start');
    this.#script(moment);
    for (const device of moment.devices.values()) {
      const { dev, offered, accepted, status, generation, registers } = device;
      this.features(dev, 'offered', offered >>> 0, Math.floor(offered / 2 ** 32));
      this.features(dev, 'accepted', accepted >>> 0, Math.floor(accepted / 2 ** 32));
      this.status(dev, 0, status);
      if (generation > 0) this.configChange(dev, generation);
      for (const register of registers.values()) this.#register({ dev, ...register });
    }
    for (const queue of moment.queues.values()) this.#queue(queue);
    for (const pin of inputs)
      this.gap?.inputs.set(Math.floor(pin / PINS) * 2 ** 16 + (pin % PINS), true);
    for (const [addr, bytes] of moment.memory.pages())
      this.bytesWritten(ACTOR.device, addr, bytes, bytes);
    this.line = moment.line;
    this.endGap((addr, length) => moment.memory.bytes(addr, length));
    this.gapEnded(moment.actions, left);
    if (moment.haltedOn) this.vcpuWait('halt', moment.haltedOn, 0);
  }

  /** How the script stands, and what it and the machine have said. */
  #script({ script, scriptError, console, violations }: Moment): void {
    if (script !== 'idle') this.script('start', 0, '');
    const said = [
      ...console.slice(-MOST_TOLD).map((line) => ({ ...line, log: true as const })),
      ...violations.slice(-MOST_TOLD).map((one) => ({ ...one, log: false as const })),
    ];
    for (const one of said.sort((a, b) => a.event - b.event)) {
      this.line = one.line;
      if (one.log) this.log(one.level === 'device' ? 'device' : 'driver', one.level, one.text);
      else this.violation(one.dev, one.queue, one.code, one.index, one.value);
    }
    if (script === 'ended') this.script('end', 0, '');
    if (script === 'failed')
      this.script('fail', scriptError?.line ?? 0, scriptError?.message ?? '');
  }

  #queue(queue: QueueMoment): void {
    const { dev, enabled, packed, size, desc, driver, device, bigEndian, inFlight, ring } = queue;
    if (enabled)
      this.queueConfig(dev, queue.queue, true, packed, size, desc, driver, device, bigEndian);
    const tally = this.gap?.queue(dev, queue.queue);
    if (!tally) return;
    for (const head of inFlight) {
      const chain = ring?.chains.find(({ id }) => id === head);
      tally.availIdx = chain?.descriptors[0]?.slot ?? 0;
      tally.pop(head, 0);
    }
    tally.availIdx = queue.lastAvailIdx;
    tally.usedIdx = queue.usedIdx;
    tally.usedBefore = queue.returnedAt;
    tally.popped = queue.popped;
    tally.pushed = queue.pushed;
    tally.sent = queue.notificationsSent;
    tally.unsent = queue.notificationsSuppressed;
    tally.raised = queue.interruptsRaised;
    tally.quiet = queue.interruptsSuppressed;
  }

  #register({ dev, region, offset, size, value, write }: RegisterTally): void {
    const key = `${dev}:${region}:${offset}`;
    this.gap?.registers.set(key, { dev, region, offset, size, value, write });
  }
}

/**
 * A run whose oldest events are forgotten, as one that can be saved: it begins with how everything stood
 * where it is still held, told as after a gap. `pause` is waited for now and then; it throws RunFileError
 * where the run has gone on so far meanwhile that what was to be saved is forgotten.
 */
export async function heldPart(
  run: RunContent & { readonly folder: Folder },
  pause: () => Promise<void>,
): Promise<RunContent> {
  const { store, folder, making: _, ...facts } = run;
  const { first, length } = store;
  const moment = folder.momentAt(first);
  const part = new EventStore();
  const ring = JournalRing.create(1 << 12, 1 << 22);
  const writer = new StartWriter(ring);
  const reader = new JournalReader([ring], part);
  writer.waitForRoom = () => {
    writer.flush();
    return reader.drain() > 0;
  };
  writer.tell(moment, folder.inputsAt(first), first + moment.unrecorded);
  writer.flush();
  reader.drain();
  for (let event = first; event < length; event++) {
    if (event % PAUSE_EVERY === 0) await pause();
    const words = store.words(event);
    if (!words)
      throw new RunFileError('The run goes on and forgets its oldest events: pause it to save it.');
    part.append(words, recordAt(event), store.payload(event));
  }
  return { ...facts, topologies: since(run.topologies, moment.plugs), store: part };
}

/** What the machine has been from so many plug events on, which count from there. */
function since(versions: readonly TopologyVersion[], plugs: number): TopologyVersion[] {
  const before = versions.findLast((one) => one.plugs <= plugs) ?? versions[0];
  const later = versions.filter((one) => one.plugs > plugs);
  return [
    ...(before ? [{ ...before, plugs: 0 }] : []),
    ...later.map((one) => ({ ...one, plugs: one.plugs - plugs })),
  ];
}
