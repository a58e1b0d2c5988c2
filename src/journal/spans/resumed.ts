import { distance16, wrap16 } from '../../base/bits.ts';
import { PACKED, SPLIT, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import type { Moment, QueueMoment } from '../fold/moment.ts';
import { placeAfter } from '../fold/packed-state.ts';
import { u16In } from '../fold/ring-numbers.ts';
import { PackedPublication, type Publication, SplitPublication } from './publication.ts';
import type { Spans } from './spans.ts';

/** Begins spans in the middle of a run, where the fold knows what the machine was like; `event` counts from the origin. */
export function resumed(spans: Spans, moment: Moment, event = 0): void {
  for (const queue of moment.queues.values())
    if (queue.enabled) resumeQueue(spans, moment, queue, event);
}

function resumeQueue(spans: Spans, moment: Moment, now: QueueMoment, event: number): void {
  const { dev, queue, packed, bigEndian, size, desc, driver, inFlight } = now;
  if (size === 0 || size > VIRTQ_MAX_SIZE) return;
  const known = spans.needQueue(dev, queue);
  const { publication, waiting } = packed ? packedPlace(moment, now) : splitPlace(moment, now);
  known.setUp({ packed, bigEndian, size, desc, driver }, event, publication);
  known.resume(inFlight, waiting, event);
  spans.watch.update(known);
  spans.needDevice(dev);
}

/** How far the driver is, and the keys of the chains that wait for the device. */
interface Place {
  readonly publication: Publication;
  readonly waiting: readonly number[];
}

function splitPlace({ memory }: Moment, now: QueueMoment): Place {
  const { driver, size, lastAvailIdx, bigEndian } = now;
  const index = u16In(memory, driver + SPLIT.availIdx, bigEndian);
  const count = distance16(lastAvailIdx, index);
  return {
    publication: new SplitPublication(driver, size, bigEndian, index),
    waiting: Array.from({ length: count <= size ? count : 0 }, (_, i) =>
      wrap16(lastAvailIdx + i + 1),
    ),
  };
}

function packedPlace({ memory }: Moment, now: QueueMoment): Place {
  const { desc, size, ring, inFlight, lastAvailIdx } = now;
  const { chains = [], avail } = ring ?? {};
  let place = lastAvailIdx;
  const waiting = chains.slice(inFlight.length).map(({ descriptors }) => {
    place = placeAfter(place, descriptors.length, size);
    return place;
  });
  const flagsOf = (slot: number) => memory.u16(desc + PACKED.descSize * slot + PACKED.descFlags);
  return { publication: new PackedPublication(desc, size, avail, flagsOf), waiting };
}
