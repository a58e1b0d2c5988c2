import type { VIRTIO_BLK_T } from '../../spec/blk.ts';
import { STATUS, VIRTIO_ID } from '../../spec/virtio.ts';
import { decodeRequest, requestContext } from '../decode-request.ts';
import type { ChainPiece } from '../fold/ring-view.ts';
import { count } from '../narration/words.ts';
import type { Finding } from './chain.ts';
import { returnedTo, type Scene } from './scene.ts';
import { after, TRACE_EVENTS } from './trace.ts';
import { filledBy } from './waits.ts';

/** Buffers that the device is to fill, and may not write: it can do nothing with them. */
export function notWritable(scene: Scene): Finding | undefined {
  const { ring, virtioId, input, name, trace, queue } = scene;
  const section = filledBy(virtioId, input);
  if (!ring || section === undefined) return undefined;
  const wrong = ring.view.deviceHeads.filter((head) => {
    const pieces = ring.view.pieces(head);
    return pieces.length > 0 && !pieces.some(({ writable }) => writable);
  });
  const [head] = wrong;
  if (head === undefined) return undefined;
  const which = `the chain at descriptor ${head}`;
  return {
    state: 'broken',
    text: `Queue ${queue} of ${name} is for buffers that the device fills, but nothing in ${wrong.length === 1 ? which : `${count(wrong.length, 'chain')}, first of all ${which},`} is device-writable.`,
    section,
    advice: 'Set VIRTQ_DESC_F_WRITE in its descriptors: queue.add({ writable: [buffer] }).',
    event: trace.descriptor,
  };
}

/** A receive queue that holds nothing while the guest sleeps; `heard`: it has seen all that came before. */
export function nothingToReceiveIn(scene: Scene, heard: boolean): Finding | undefined {
  const { input, known, status, guest, work, elsewhere, name, queue } = scene;
  const held = work.pending + work.inFlight + work.filling + work.staged;
  const live = known?.enabled && (status & STATUS.DRIVER_OK) !== 0;
  if (!input?.receives || !live || guest !== 'halted' || elsewhere || held > 0 || !heard)
    return undefined;
  return {
    state: 'broken',
    text: `The guest sleeps, and queue ${queue} of ${name} holds no ${input.buffers}: there is nowhere to put ${input.what}.`,
    section: input.section,
    advice: 'Give the queue device-writable buffers, and notify the device, before you wait.',
  };
}

/** Whether the driver has left the chain that came back last, and what the device read of it, as they were. */
function asReturned({ store, moment, trace }: Scene, pieces: readonly ChainPiece[]): boolean {
  const { pushed, descriptor } = trace;
  if (pushed === undefined || pushed < moment.at - TRACE_EVENTS || after(descriptor, pushed))
    return false;
  for (let i = pushed + 1; i < moment.at; i++) {
    const event = store.get(i);
    if (event.kind === 'gap') return false;
    if (event.kind !== 'memWrite' && event.kind !== 'dataWrite') continue;
    const end = event.addr + (event.kind === 'memWrite' ? event.size : event.length);
    if (pieces.some((one) => !one.writable && event.addr < one.addr + one.len && end > one.addr))
      return false;
  }
  return true;
}

/** Requests for something to be read into their buffers. */
const READS: readonly string[] = ['IN', 'GET_ID'] satisfies (keyof typeof VIRTIO_BLK_T)[];

/** The request that came back last asked to read, and had nothing to read into; in a sentence. */
export function readNowhere(scene: Scene): string | undefined {
  const { virtioId, known, ring, moment, names, dev, queue } = scene;
  if (virtioId !== VIRTIO_ID.BLOCK || !known || !ring) return undefined;
  const head = returnedTo(known, ring);
  if (head === undefined) return undefined;
  const context = requestContext(moment, known, names.queue?.(dev, queue));
  const pieces = ring.view.pieces(head);
  const request = decodeRequest(virtioId, pieces, moment.memory, context);
  const [type = ''] = request?.title.split(',') ?? [];
  if (!request || !READS.includes(type)) return undefined;
  const room = request.fields.some(({ name, by }) => name === 'data' && by === 'device');
  return room || !asReturned(scene, pieces)
    ? undefined
    : `The request that came back last, ${request.title}, asked to read, and no data descriptor is device-writable: nothing was read.`;
}
