import { REGION_INDEX } from '../../spec/regions.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';
import { STATUS, VIRTIO_F, VIRTQ_MAX_SIZE } from '../../spec/virtio.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import type { GuestImage } from '../fold/guest-image.ts';
import {
  type DeviceMoment,
  type QueueMoment,
  queueKey,
  registerKey,
  type ViolationMoment,
} from '../fold/moment.ts';
import { slotOfPlace } from '../fold/packed-state.ts';
import { PackedView } from '../fold/packed-view.ts';
import { RingView } from '../fold/ring-view.ts';
import { accepted, deviceName } from '../narration/narration-types.ts';
import { waitedFor } from '../schema.ts';
import type { TransportKind } from '../topology.ts';
import type { Question } from './chain.ts';
import { type ConfigReader, functionOf, type Place, placeOf } from './place.ts';
import { after, type Trace, traceOf } from './trace.ts';
import { type Input, inputOf } from './waits.ts';

/** How much of a queue is where. Counts of chains; `filling` of descriptors. */
export interface Work {
  /** Descriptors written, and part of nothing that the device may look at. */
  readonly filling: number;
  /** Entries of the available ring beyond its index. */
  readonly staged: number;
  /** Published, and not taken by the device. */
  readonly pending: number;
  /** Taken, and not returned. */
  readonly inFlight: number;
  /** Entries of the used ring beyond its index. */
  readonly usedStaged: number;
}

/** How the guest stands. */
export type Guest =
  /** No script has run. */
  | 'idle'
  | 'running'
  /** It sleeps until an interrupt, or slept when nothing could wake it any more. */
  | 'halted'
  | 'ended'
  | 'failed';

/** All that is known about a queue at a moment, from which the links are told. */
export interface Scene extends Question {
  readonly name: string;
  readonly virtioId: number | undefined;
  readonly place: Place | undefined;
  readonly transport: TransportKind | undefined;
  /** The interface from before VIRTIO 1: no FEATURES_OK. */
  readonly legacy: boolean;
  readonly device: DeviceMoment | undefined;
  readonly status: number;
  readonly known: QueueMoment | undefined;
  readonly ring: Ring | undefined;
  readonly packed: boolean;
  readonly eventIdx: boolean;
  readonly work: Work;
  readonly trace: Trace;
  readonly guest: Guest;
  /** What it sleeps for. */
  readonly waitsFor: readonly number[] | undefined;
  /** The guest does nothing more by itself. */
  readonly settled: boolean;
  /** Some other queue of the machine has work that may bring the guest its interrupt. */
  readonly elsewhere: boolean;
  /** No queue of the machine was ever given anything. */
  readonly untouched: boolean;
  /** What the queue's device waits for from outside. */
  readonly input: Input | undefined;
  readonly config: ConfigReader | undefined;
  /** Rules that the driver broke since the last reset, of this device; oldest first. */
  readonly violations: readonly ViolationMoment[];
  /** The violation over which the device stopped. */
  readonly stopped: ViolationMoment | undefined;
}

/** The numbers of a ring in memory that both sides read, whatever its format. */
export interface Ring {
  readonly availIdx: number;
  readonly usedIdx: number;
  readonly noNotify: boolean;
  readonly noInterrupt: boolean;
  readonly usedEvent: number;
  readonly availEvent: number;
  readonly view: RingView | PackedView;
}

/** Puts together what is known about the queue that is asked about. */
export function sceneOf(question: Question): Scene {
  const { store, moment, topology, dev, queue, names } = question;
  const place = topology && placeOf(topology, dev);
  const virtioId = names.virtioId(dev) ?? place?.node.virtio?.deviceId;
  const device = moment.devices.get(dev);
  const known = moment.queues.get(queueKey(dev, queue));
  const transport = place?.transport;
  const legacy = isLegacy(device, place);
  const ring =
    known?.enabled && known.size <= VIRTQ_MAX_SIZE ? ringOf(known, moment.memory) : undefined;
  const trace = traceOf(store, moment.at, dev, queue, known, known && returnedTo(known, ring));
  const deadlocked =
    moment.script === 'failed' &&
    after(trace.halted, trace.woken) &&
    after(trace.halted, trace.scriptStart);
  const waitsFor = moment.haltedOn ?? (deadlocked ? inputsAt(question, trace.halted) : undefined);
  const guest: Guest = waitsFor ? 'halted' : moment.script;
  const violations = moment.violations.filter(
    (one) => one.dev === dev && after(one.event, trace.reset),
  );
  const last = (place?.node.virtio?.queues.length ?? 0) - 1;
  return {
    ...question,
    name: deviceName(names, dev),
    virtioId,
    place,
    transport,
    legacy,
    device,
    status: device?.status ?? 0,
    known,
    ring,
    packed: known?.packed ?? accepted(moment, dev, VIRTIO_F.VIRTIO_F_RING_PACKED),
    eventIdx: accepted(moment, dev, VIRTIO_F.VIRTIO_F_EVENT_IDX),
    work: workOf(known, ring),
    trace,
    guest,
    waitsFor,
    settled: guest === 'halted' || guest === 'ended' || guest === 'failed',
    elsewhere: [...moment.queues.values()].some(
      (other) => other !== known && hasWork(other, moment.memory),
    ),
    untouched: [...moment.queues.values()].every(
      (one) => one.popped === 0 && !hasWork(one, moment.memory),
    ),
    input: inputOf(virtioId, queue, last),
    config: transport === 'pci' && place ? functionOf(place, moment) : undefined,
    violations,
    stopped: stoppedBy(violations, device, trace),
  };
}

const LEGACY_STATUS = registerKey(
  REGION_INDEX['virtio-pci-legacy'],
  VIRTIO_PCI_LEGACY.device_status.offset,
);
const MODERN_STATUS = registerKey(
  REGION_INDEX['virtio-pci-common'],
  VIRTIO_PCI_COMMON.device_status.offset,
);
function isLegacy(device: DeviceMoment | undefined, place: Place | undefined): boolean {
  const transport = place?.transport;
  if (transport === 's390-virtio') return true;
  if (transport === 'mmio')
    return (
      place?.above
        .at(-1)
        ?.properties.some(([name, value]) => name === 'force-legacy' && value === 'true') === true
    );
  if (!device) return false;
  const { registers, status } = device;
  if (transport === 'pci') return registers.has(LEGACY_STATUS) && !registers.has(MODERN_STATUS);
  return !isModern(device) && (status & STATUS.DRIVER_OK) !== 0 && !(status & STATUS.FEATURES_OK);
}

function isModern({ accepted }: DeviceMoment): boolean {
  return Math.floor(accepted / 2 ** VIRTIO_F.VIRTIO_F_VERSION_1) % 2 === 1;
}

function inputsAt({ store }: Question, event: number | undefined): readonly number[] {
  const found = event === undefined ? undefined : store.get(event);
  return found?.kind === 'vcpuWait' ? waitedFor(found) : [];
}

function ringOf(known: QueueMoment, memory: GuestImage): Ring | undefined {
  if (known.packed) {
    if (!known.ring) return undefined;
    const view = new PackedView(known, memory);
    const { driverEvent, deviceEvent } = view;
    return {
      availIdx: known.ring.avail,
      usedIdx: known.ring.used,
      noNotify: deviceEvent.mode === 'DISABLE',
      noInterrupt: driverEvent.mode === 'DISABLE',
      usedEvent: driverEvent.off,
      availEvent: deviceEvent.off,
      view,
    };
  }
  const view = new RingView(known, memory);
  const { availIdx, usedIdx, noNotify, noInterrupt, usedEvent, availEvent } = view;
  return { availIdx, usedIdx, noNotify, noInterrupt, usedEvent, availEvent, view };
}

/** The first descriptor of the chain that came back last; of a packed queue, the one in which it did. */
export function returnedTo(known: QueueMoment, ring: Ring | undefined): number | undefined {
  if (!ring || known.pushed === 0) return undefined;
  if (ring.view.packed) return slotOfPlace(known.returnedAt);
  return ring.view.used(ring.view.slotOf(known.usedIdx - 1))?.id;
}

function workOf(known: QueueMoment | undefined, ring: Ring | undefined): Work {
  if (!known || !ring) return { filling: 0, staged: 0, pending: 0, inFlight: 0, usedStaged: 0 };
  const { inFlight, filling, availStaged, usedStaged } = known;
  const { packed, pending } = ring.view;
  return {
    filling: filling.size,
    staged: packed ? 0 : availStaged,
    pending,
    inFlight: inFlight.length,
    usedStaged: packed ? 0 : usedStaged,
  };
}

function hasWork(queue: QueueMoment, memory: GuestImage): boolean {
  if (!queue.enabled) return false;
  if (queue.inFlight.length > 0) return true;
  if (queue.packed) return (queue.ring?.chains.length ?? 0) > 0;
  return new RingView(queue, memory).pending > 0;
}

function stoppedBy(
  violations: readonly ViolationMoment[],
  device: DeviceMoment | undefined,
  trace: Trace,
): ViolationMoment | undefined {
  const fatal = violations.filter(({ code }) => {
    const info: ViolationInfo | undefined = VIOLATIONS[code];
    return info?.fatal ?? false;
  });
  const newest = fatal.at(-1);
  if (!newest || !device) return undefined;
  if (device.status & STATUS.DEVICE_NEEDS_RESET) return newest;
  // A legacy device stops without a word: it is stopped where it has taken nothing since.
  return !isModern(device) && after(newest.event, trace.popped) ? newest : undefined;
}
