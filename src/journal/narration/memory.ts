import { decodeRequest, fieldAt, type RequestField, requestContext } from '../decode-request.ts';
import type { QueueMoment } from '../fold/moment.ts';
import { viewOf } from '../fold/packed-view.ts';
import type { Actor } from '../schema.ts';
import { tellIndicators, tellLowCore } from './interruptions.ts';
import { deviceName, type Narration } from './narration-types.ts';
import { address, count, hexBytes } from './words.ts';
import type { Write } from './writes.ts';

const WRITERS: Readonly<Record<Actor, string>> = {
  driver: 'The driver writes',
  device: 'The device writes',
  backend: 'The device writes',
  user: 'You write',
  recorder: 'Now there are',
};
/** Chains of a queue that are searched for the buffer that a write goes to. */
const CHAINS_SEARCHED = 64;
/** Descriptors that are looked at for one write, however long a hostile driver makes its chains. */
const DESCRIPTORS_SEARCHED = 4096;

/**
 * A write to guest memory outside all rings: to a buffer that a chain describes, or to memory of
 * which nothing is known.
 */
export function tellMemory(write: Write, length: number): Narration {
  const { actor, addr, bytes, telling } = write;
  const tone = actor === 'driver' || actor === 'user' ? 'driver' : 'device';
  const what = `${count(length, 'byte')} at ${address(addr)}`;
  const digits = hexBytes(bytes.slice(0, length));
  const shown = digits.endsWith('…') ? digits : `${digits}.`;
  const buffer = bufferAt(write);
  if (!buffer) {
    const interruption = tellIndicators(write, length) ?? tellLowCore(write, length);
    if (interruption) return interruption;
    return {
      title: `Writes ${what}`,
      text: `${WRITERS[actor]} ${what}: ${shown}`,
      tone,
      at: { addr, length },
    };
  }
  const { queue, head, index, entry, table, field } = buffer;
  const writer =
    actor === 'driver' || actor === 'user'
      ? WRITERS[actor]
      : `${deviceName(telling.names, queue.dev)} writes`;
  const chain = `${queue.packed ? 'the chain from' : 'chain'} ${head}`;
  const into = field ? `the request’s ${field.name}` : table ? 'the indirect table' : 'the buffer';
  const place =
    entry === undefined
      ? `descriptor ${index} of ${chain}`
      : `entry ${entry} of the indirect table of ${chain}`;
  return {
    title: field ? `${field.name} ← ${field.value}` : `Writes ${what}`,
    text: `${writer} ${count(length, 'byte')} into ${into}, in ${place}: ${shown}`,
    section: buffer.section ?? (table ? '2.7.5.3' : '2.7.4'),
    tone,
    at: {
      dev: queue.dev,
      queue: queue.queue,
      structure: 'desc',
      part: 'entries',
      index,
      addr,
      length,
    },
  };
}

interface Buffer {
  readonly queue: QueueMoment;
  readonly head: number;
  /** Descriptor whose buffer it is. */
  readonly index: number;
  /** Entry of its indirect table that names the buffer. */
  readonly entry: number | undefined;
  /** It is the indirect table itself that is written. */
  readonly table: boolean;
  /** Field of the request that it is, with the value that it has after the write. */
  readonly field: RequestField | undefined;
  readonly section: string | undefined;
}

/**
 * The buffer that holds `addr`, of a chain that the device owns or the driver prepares; the newest
 * first.
 */
function bufferAt({ addr, bytes, telling }: Write): Buffer | undefined {
  const { before, names } = telling;
  let left = DESCRIPTORS_SEARCHED;
  for (const queue of before.queues.values()) {
    const view = viewOf(queue, before.memory);
    if (view.size === 0) continue;
    const heads = view.deviceHeads.slice(-CHAINS_SEARCHED).reverse();
    for (const head of new Set(heads)) {
      const chain = left > 0 ? view.pieces(head, left) : [];
      left -= chain.length;
      const found = chain.find((entry) => addr >= entry.addr && addr < entry.addr + entry.len);
      if (!found) continue;
      const after = before.memory.with(addr, bytes);
      const context = requestContext(before, queue, names.queue(queue.dev, queue.queue));
      const request = decodeRequest(names.virtioId(queue.dev), chain, after, context);
      const field = request && fieldAt(request, addr);
      const { index, entry } = found;
      return { queue, head, index, entry, table: false, field, section: request?.section };
    }
    for (const index of [...queue.filling].slice(-CHAINS_SEARCHED)) {
      const found = view.descriptor(index);
      if (!found || addr < found.addr || addr >= found.addr + found.len) continue;
      const head = found.head ?? index;
      const none = { entry: undefined, field: undefined, section: undefined };
      return { queue, head, index, table: found.indirect, ...none };
    }
  }
  return undefined;
}
