import { Folder } from '../journal/fold/folder.ts';
import type { Names } from '../journal/narration/narration-types.ts';
import type { BusNode, MachineTopology } from '../journal/topology.ts';
import type { Explanation, LinkId } from '../journal/why/chain.ts';
import { placeOf } from '../journal/why/place.ts';
import { explain } from '../journal/why/why.ts';
import { DirectGuest } from './direct-guest.ts';
import { type TransportName, transportLine } from './transports.ts';

/** One thing that a driver can do wrong, where all else is right. */
export type Mistake =
  | 'nothing'
  | 'no probe'
  | 'no status'
  | 'gives up'
  | 'no FEATURES_OK'
  | 'no VERSION_1'
  | 'no queue'
  | 'no DRIVER_OK'
  | 'no bus master'
  | 'outside RAM'
  | 'loop'
  | 'no entry'
  | 'no index'
  | 'no notification'
  | 'wrong queue'
  | 'absent queue'
  | 'no interrupts wanted'
  | 'INTx disabled'
  | 'no vector'
  | 'vector masked'
  | 'function masked'
  | 'wrong input';

/** How a script goes about it. */
export interface Way {
  readonly packed?: boolean;
  readonly eventIdx?: boolean;
  readonly msix?: boolean;
  /** Requests that go well before the mistake is made. */
  readonly before?: number;
}

/** A driver by hand that reads sectors, and makes one mistake. */
export function driverScript(mistake: Mistake, way: Way = {}): string {
  const { packed = false, eventIdx = false, msix = false, before = 0 } = way;
  const does = (other: Mistake) => mistake !== other;
  const makes = (other: Mistake) => mistake === other;
  const wanted = [
    ...(does('no VERSION_1') ? ['VIRTIO_F_VERSION_1'] : []),
    ...(packed ? ['VIRTIO_F_RING_PACKED'] : []),
    ...(eventIdx ? ['VIRTIO_F_EVENT_IDX'] : []),
  ];
  const config = msix
    ? `const msix = device.function.capabilities().find(({ id }) => id === 0x11);`
    : '';
  return `import { virtio, irq, mmio, ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_ID_BLOCK } from 'guest';
import { VIRTIO_F_VERSION_1, VIRTIO_F_RING_PACKED, VIRTIO_F_EVENT_IDX } from 'guest';
import { VIRTQ_DESC_F_NEXT as NEXT, VIRTQ_DESC_F_WRITE as WRITE } from 'guest';
${makes('no probe') ? 'irq.wait(5);' : ''}
const device = virtio.find(VIRTIO_ID_BLOCK).open({ msix: ${msix} });
device.reset();
${does('no status') ? 'device.status |= ACKNOWLEDGE | DRIVER;' : ''}
const offered = device.deviceFeatures();
device.acceptFeatures([${wanted.join(', ')}].filter((bit) => offered.has(bit) && !(device.legacy && bit === VIRTIO_F_VERSION_1)));
${does('no FEATURES_OK') ? 'if (!device.legacy) device.status |= FEATURES_OK;' : ''}
${makes('gives up') ? "device.status |= 128; throw new Error('gave up');" : ''}
const queue = ${makes('no queue') ? 'undefined' : 'device.queue(0, { size: 8 })'};
${makes('wrong queue') ? 'device.queue(1, { size: 8 });' : ''}
${does('no DRIVER_OK') ? 'device.status |= DRIVER_OK;' : ''}
${makes('no bus master') ? 'device.function.writeConfig(4, 2, 3);' : ''}
if (${makes('no queue')}) irq.wait(...device.interruptInputs);
const { dma } = device;
const header = dma.alloc(16);
const data = dma.alloc(512);
const status = dma.alloc(1);
const FAR = { addr: 0x7f3a_0000_1000, length: 512 };
function describe(first) {
  const second = (first + 1) % 8;
  const third = (first + 2) % 8;
  const id = first;
  queue.setDescriptor(first, { addr: header.addr, len: 16, flags: NEXT, next: second, id });
  queue.setDescriptor(second, { addr: data.addr, len: 512, flags: NEXT | WRITE, next: ${makes('loop') ? 'first' : 'third'}, id });
  queue.setDescriptor(third, { addr: status.addr, len: 1, flags: WRITE, id });
}
let first = ${packed ? 'queue.next' : '0'};
function offerNext() {
  header.u32(0, 0).u64(8, 1);
  ${packed ? 'return queue.add({ readable: [header], writable: [data, status] });' : 'describe(first); return first;'}
}
for (let i = 0; i < ${before}; i++) {
  queue.publish(offerNext());
  queue.notify();
  queue.wait();
}
${config}
${makes('no interrupts wanted') ? 'queue.suppressInterrupts(true);' : ''}
${makes('no vector') ? "device.writeRegister('queue_select', 0); device.writeRegister('queue_msix_vector', 0xffff);" : ''}
${makes('INTx disabled') ? 'device.function.writeConfig(4, 2, device.function.config16(4) | 0x400);' : ''}
${makes('function masked') ? 'device.function.writeConfig(msix.at + 2, 2, device.function.config16(msix.at + 2) | 0x4000);' : ''}
${makes('vector masked') ? maskVector : ''}
const head = ${makes('outside RAM') ? 'queue.add({ readable: [header], writable: [FAR, FAR, status] })' : 'offerNext()'};
${makes('no entry') ? '' : makes('no index') ? 'queue.offer(head);' : 'queue.publish(head);'}
${makes('no notification') || makes('no entry') || makes('no index') ? '' : makes('wrong queue') ? 'device.notify(1);' : makes('absent queue') ? 'device.notify(7);' : 'queue.notify();'}
${INTERRUPTS.includes(mistake) ? 'irq.wait(...device.interruptInputs);' : makes('wrong input') ? 'irq.wait(device.interruptInputs[0] === 3 ? 4 : 3);' : 'queue.wait();'}
`;
}

/** Mistakes that only a guest notices which sleeps first and looks then. */
const INTERRUPTS: readonly Mistake[] = [
  'no interrupts wanted',
  'INTx disabled',
  'no vector',
  'vector masked',
  'function masked',
];

/** Masks vector 1, the first queue's, in the table of BAR 1. */
const maskVector = `const table = device.function.bars.find(({ index }) => index === (device.function.config32(msix.at + 4) & 7));
mmio.write32(table.addr + (device.function.config32(msix.at + 4) & ~7) + 16 + 12, 1);`;

/** Names as the page would give them: the id of the device, or of what carries it. */
export function topologyNames(topology: MachineTopology): Names {
  return {
    device: (dev) => {
      const place = placeOf(topology, dev);
      return place && (place.node.id || place.above.at(-1)?.id || place.node.type);
    },
    virtioId: (dev) => placeOf(topology, dev)?.node.virtio?.deviceId,
    transport: (dev) => placeOf(topology, dev)?.transport,
    queue: (dev, queue) => placeOf(topology, dev)?.node.virtio?.queues[queue]?.name,
  };
}

/** Numbers of the virtio devices of a machine, in the tree's order. */
export function virtioDevs({ root }: MachineTopology): number[] {
  const found: number[] = [];
  const visit = (bus: BusNode): void => {
    for (const node of bus.children) {
      if (node.virtio) found.push(node.dev);
      node.buses.forEach(visit);
    }
  };
  visit(root);
  return found;
}

/** Why nothing happens in a queue of a guest's, after `at` events or all of them. */
export function whyOf(guest: DirectGuest, queue = 0, at?: number, device = 0): Explanation {
  const events = guest.events();
  const topology = guest.machine.topology();
  const dev = virtioDevs(topology)[device] ?? -1;
  const moment = new Folder(guest.store).momentAt(at ?? events.length);
  return explain({
    store: guest.store,
    moment,
    topology,
    dev,
    queue,
    names: topologyNames(topology),
  });
}

/** Runs a driver with a mistake over a transport, and asks why nothing happens. */
export function whyAfter(transport: TransportName, mistake: Mistake, way: Way = {}): Explanation {
  const more = [
    way.packed ? '-global virtio-blk-device.packed=on' : '',
    mistake === 'wrong queue' ? '-global virtio-blk-device.num-queues=2' : '',
  ].join(' ');
  const guest = new DirectGuest(transportLine(transport, more));
  guest.run(driverScript(mistake, way));
  return whyOf(guest);
}

/** The links of an explanation that are broken. */
export function broken({ links }: Explanation): LinkId[] {
  return links.filter(({ state }) => state === 'broken').map(({ id }) => id);
}
