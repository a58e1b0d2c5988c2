import { requestContext } from '../decode-request.ts';
import type { QueueMoment } from '../fold/moment.ts';
import { type RingStructure, ringAreas } from '../fold/ring-areas.ts';
import { type RingNumbers, ringNumbers } from '../fold/ring-numbers.ts';
import type { BusNode, DeviceNode, MachineTopology } from '../topology.ts';
import { bufferLabels, type ChainContext, tableLabels } from './buffer-labels.ts';
import { type Chains, chainsOf } from './chains.ts';
import { CopiedMemory } from './copied-memory.ts';
import { type DevicePageEntry, devicePage } from './device-page-labels.ts';
import { indicatorLabels } from './indicators.ts';
import type { Label, LabelKind, LabelSource } from './label.ts';
import { ringLabels } from './ring-labels.ts';

/** A place in guest memory that a person may want to go to. */
export interface MemorySymbol {
  readonly name: string;
  readonly addr: number;
  /** Bytes. */
  readonly length: number;
  readonly kind: LabelKind | 'ram';
  readonly dev: number | undefined;
  readonly queue: number | undefined;
}

/** Chains of a queue whose buffers are named as places, the newest. */
const NAMED_CHAINS = 8;

interface LabelledQueue {
  readonly place: QueueMoment;
  readonly context: ChainContext;
  readonly numbers: RingNumbers;
  chains: Chains | undefined;
}

/**
 * What the bytes of guest memory are at one moment, as far as the journal tells: a pure function of moment and
 * topology, made where it is asked for. Nothing here throws, whatever the guest wrote.
 */
export class Labels {
  readonly #source: LabelSource;
  readonly #queues: readonly LabelledQueue[];
  #page: readonly DevicePageEntry[] | undefined;

  constructor(source: LabelSource) {
    this.#source = source;
    const { moment, topology } = source;
    const ids = virtioDevices(topology);
    this.#queues = [...moment.queues.values()]
      .map((place) => ({ place, areas: ringAreas(place) }))
      .filter(({ areas }) => areas.length > 0)
      .map(({ place, areas }) => {
        const { dev, queue, packed, bigEndian } = place;
        const numbers = ringNumbers(new CopiedMemory(moment.memory, areas), bigEndian);
        const facts = ids.get(dev)?.virtio;
        const virtioId = facts?.deviceId;
        const request = requestContext(moment, place, facts?.queues[queue]?.name);
        const context = { dev, queue, packed, numbers, memory: moment.memory, virtioId, request };
        return { place, context, numbers, chains: undefined };
      });
  }

  /**
   * What the `length` bytes from guest-physical `addr` are. Where several claim a byte, the first is the one that
   * says most of it: the queues' own structures, then indirect tables, fields of requests, whole buffers.
   */
  over(addr: number, length: number): readonly Label[] {
    const labels: Label[] = [];
    for (const queue of this.#queues) {
      const owned = (index: number) => this.#chains(queue).owns(index);
      labels.push(...ringLabels(queue.place, queue.numbers, owned, addr, length));
    }
    for (const area of this.#others())
      if (addr < area.end && addr + length > area.start) labels.push(area);
    const found = this.#queues.map((queue) => this.#chains(queue).over(addr, length));
    for (const label of [tableLabels, bufferLabels])
      for (const [i, { context }] of this.#queues.entries())
        for (const chain of found[i] ?? []) labels.push(...label(chain, context, addr, length));
    return labels;
  }

  /** What the byte at guest-physical `addr` is; undefined where the journal knows nothing of it. */
  at(addr: number): Label | undefined {
    return this.over(addr, 1)[0];
  }

  /** Places to go to: the structures of each queue, buffers of its newest chains, indicators, the device page. */
  symbols(): readonly MemorySymbol[] {
    const found: MemorySymbol[] = [];
    for (const queue of this.#queues) {
      const { dev, queue: number, packed } = queue.context;
      for (const { structure, start, end } of ringAreas(queue.place))
        found.push({
          name: STRUCTURES[packed ? 'packed' : 'split'][structure],
          ...{ addr: start, length: end - start, dev, queue: number },
          kind: structure === 'desc' ? 'descriptors' : packed ? 'suppression' : KINDS[structure],
        });
      for (const chain of this.#chains(queue).some(NAMED_CHAINS))
        for (const { index, addr, len } of chain.pieces.slice(0, NAMED_CHAINS))
          found.push({
            ...{ name: `buffer of descriptor ${index}`, addr, length: len, kind: 'buffer' },
            ...{ dev, queue: number },
          });
    }
    for (const { field, start, end, kind, dev } of indicatorLabels(
      this.#source.indicators ?? [],
      this.#source.moment.memory,
    ))
      found.push({ name: field, addr: start, length: end - start, kind, dev, queue: undefined });
    const { devicePage: page } = this.#source.platform ?? {};
    for (const { addr, length, labels } of page === undefined ? [] : this.#devicePage(page))
      found.push({
        ...{ name: 'device descriptor', addr, length, kind: 'devicePage' },
        ...{ dev: labels[0]?.dev, queue: undefined },
      });
    return found;
  }

  /** The descriptor of a device in the page of the s390-virtio machine; none elsewhere. */
  descriptorOf(dev: number): readonly Label[] {
    const { devicePage: page } = this.#source.platform ?? {};
    const entries = page === undefined ? [] : this.#devicePage(page);
    return entries.find(({ labels }) => labels[0]?.dev === dev)?.labels ?? [];
  }

  #others(): Label[] {
    const { indicators, platform, moment } = this.#source;
    const page = platform?.devicePage;
    const labels = indicators ? indicatorLabels(indicators, moment.memory) : [];
    if (page !== undefined)
      for (const entry of this.#devicePage(page)) labels.push(...entry.labels);
    return labels;
  }

  #devicePage(page: number): readonly DevicePageEntry[] {
    const { moment, topology } = this.#source;
    this.#page ??= devicePage(moment.memory, page, devicesOnPage(topology));
    return this.#page;
  }

  #chains(queue: LabelledQueue): Chains {
    queue.chains ??= chainsOf(queue.place, queue.numbers);
    return queue.chains;
  }
}

const STRUCTURES: Readonly<Record<'split' | 'packed', Readonly<Record<RingStructure, string>>>> = {
  split: { desc: 'descriptor table', avail: 'available ring', used: 'used ring' },
  packed: {
    desc: 'descriptor ring',
    avail: 'driver event suppression',
    used: 'device event suppression',
  },
};
const KINDS = { avail: 'available', used: 'used' } as const;

/** Which of `labels` each of the `length` bytes from `addr` has: the first that holds it. */
export function labelsOfBytes(
  labels: readonly Label[],
  addr: number,
  length: number,
): readonly (Label | undefined)[] {
  const bytes: (Label | undefined)[] = new Array(length).fill(undefined);
  for (const label of labels.toReversed())
    bytes.fill(label, Math.max(0, label.start - addr), Math.max(0, label.end - addr));
  return bytes;
}

function* devicesBelow(bus: BusNode): Generator<{ device: DeviceNode; bus: BusNode }> {
  for (const device of bus.children) {
    yield { device, bus };
    for (const below of device.buses) yield* devicesBelow(below);
  }
}

/** Virtio devices by number. */
function virtioDevices(topology: MachineTopology | undefined): ReadonlyMap<number, DeviceNode> {
  const found = new Map<number, DeviceNode>();
  if (topology)
    for (const { device } of devicesBelow(topology.root))
      if (device.virtio) found.set(device.dev, device);
  return found;
}

/** Numbers of the virtio devices behind the transports of s390-virtio, in the order in which they came. */
function devicesOnPage(topology: MachineTopology | undefined): readonly number[] {
  if (!topology) return [];
  const transports = [...devicesBelow(topology.root)].filter(({ bus }) =>
    bus.ancestors.includes('s390-virtio-bus'),
  );
  return transports
    .map(({ device }) => device)
    .sort((a, b) => a.dev - b.dev)
    .flatMap(({ buses }) => buses.flatMap(({ children }) => children.map(({ dev }) => dev)));
}
