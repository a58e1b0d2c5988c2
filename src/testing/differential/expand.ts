import {
  SPLIT,
  STATUS,
  VIRTQ_DESC_F_INDIRECT,
  VIRTQ_DESC_F_NEXT,
  VIRTQ_DESC_F_WRITE,
} from '../../spec/virtio.ts';
import { type Access, poke, pokeNumber, read, write } from './access.ts';
import type { Action } from './actions.ts';
import { BARS, type Configuration } from './configurations.ts';
import { pciConfigRead, pciConfigWrite } from './pci-config.ts';
import type { Areas } from './transports.ts';

/** Bytes of RAM that a session uses. */
export const ARENA_BYTES = 0x3_0000;
const RING_STRIDE = 0x8000;
const SLOTS_AT = 0x1_0000;
const SLOT = 0x1000;
const SLOTS = 16;
/** Within a slot. */
const STATUS_AT = 0xf00;
const DATA_AT = 0x100;
const TABLE_AT = 0xe00;
/** Cells that messages land in. */
const CELLS_AT = 0x2_f000;
/** Where nothing is. */
const NOWHERE = 0xd000_0000;
/** Within the configuration space of a virtio function of QEMU's. */
const MSIX_CONTROL = 0x9a;
const WINDOW = 0x84;
const PENDING_AT = 0x800;

interface Piece {
  readonly address: number;
  readonly length: number;
  readonly flags: number;
}

/** What the driver remembers of a queue. */
interface QueueModel {
  areas: Areas;
  size: number;
  availIdx: number;
  nextDesc: number;
}

/** Turns the steps of a session into accesses, as a driver that remembers what it did. */
export function expand(configuration: Configuration, actions: readonly Action[]): Access[] {
  return new Driver(configuration).run(actions);
}

class Driver {
  readonly #configuration: Configuration;
  readonly #out: Access[] = [];
  readonly #queues: QueueModel[];
  #slot = 0;
  /** Whether a request waits that the device does not answer at once: two of them come back in any order. */
  #slow = false;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#queues = Array.from({ length: 2 }, (_, index) => ({
      areas: this.#areasOf(index, configuration.queueSize),
      size: configuration.queueSize,
      availIdx: 0,
      nextDesc: 0,
    }));
  }

  run(actions: readonly Action[]): Access[] {
    const { arena, firmware, transport } = this.#configuration;
    this.#out.push(
      { op: 'clear', address: arena, length: ARENA_BYTES },
      ...firmware,
      ...transport.prepare,
    );
    for (const action of actions) this.#act(action);
    this.#settle();
    this.#out.push(
      transport.readStatus(),
      ...transport.acknowledge(),
      ...this.#queues.flatMap((_, index) => transport.readQueue(index)),
      { op: 'settle' },
      { op: 'peek', address: arena, length: ARENA_BYTES },
      // QEMU's system reset can leave an input up: the next session begins with all of them down.
      ...firmware,
      transport.writeStatus(0),
    );
    return this.#out;
  }

  #act(action: Action): void {
    const { transport, devfn = 0 } = this.#configuration;
    const out = this.#out;
    switch (action.kind) {
      case 'begin':
        out.push(
          transport.writeStatus(0),
          transport.readStatus(),
          ...transport.prepare,
          transport.writeStatus(STATUS.ACKNOWLEDGE),
          transport.writeStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER),
          ...transport.readFeatures(),
          ...transport.writeFeatures(action.low, action.high),
        );
        if (!transport.legacy)
          out.push(
            transport.writeStatus(STATUS.ACKNOWLEDGE | STATUS.DRIVER | STATUS.FEATURES_OK),
            transport.readStatus(),
          );
        return;
      case 'queue':
        this.#setUp(action);
        return;
      case 'status':
        out.push(transport.writeStatus(action.value), transport.readStatus());
        return;
      case 'request':
        this.#request(action);
        return;
      case 'notify':
        out.push(transport.notify(action.queue));
        this.#settle();
        return;
      case 'acknowledge':
        out.push(...transport.acknowledge());
        this.#settle();
        return;
      case 'readQueue':
        out.push(...transport.readQueue(action.queue));
        return;
      case 'resetQueue':
        out.push(...transport.resetQueue(action.queue));
        return;
      case 'ringFlags':
        out.push(pokeNumber(this.#queue(action.queue).areas.driver, 2, action.value));
        return;
      case 'event': {
        const { areas, size, availIdx } = this.#queue(action.queue);
        const at = areas.driver + SPLIT.usedEvent(size);
        out.push(pokeNumber(at, 2, (availIdx + action.ahead) & 0xffff));
        return;
      }
      case 'register': {
        const range = transport.ranges[action.range % transport.ranges.length];
        if (!range) return;
        const offset =
          action.known === undefined
            ? action.offset % range.size
            : (range.known[action.known % range.known.length] ?? 0);
        const at = range.address + offset - (action.width === 8 ? offset % 4 : 0);
        // A register that is an address must not be given half of one.
        out.push(
          action.value === undefined
            ? read(range.space, at, action.width === 8 && range.space === 'io' ? 4 : action.width)
            : write(
                range.space,
                at,
                range.space === 'io' && action.width === 8 ? 4 : action.width,
                action.value,
              ),
        );
        this.#settle();
        return;
      }
      case 'config':
        out.push(
          action.value === undefined
            ? transport.readConfig(action.offset, action.width)
            : transport.writeConfig(action.offset, action.width, action.value),
        );
        return;
      case 'pciConfig': {
        const offset = action.offset - (action.offset % action.width);
        if (action.value === undefined) out.push(...pciConfigRead(devfn, offset, action.width));
        // The BARs stay where they are.
        else if (offset + action.width <= 0x10 || offset >= 0x34)
          out.push(...pciConfigWrite(devfn, offset, action.width, action.value));
        this.#settle();
        return;
      }
      case 'window':
        out.push(
          ...pciConfigWrite(devfn, WINDOW + 4, 1, action.bar),
          ...pciConfigWrite(devfn, WINDOW + 8, 4, action.offset),
          ...pciConfigWrite(devfn, WINDOW + 12, 4, action.length),
          ...(action.value === undefined
            ? pciConfigRead(devfn, WINDOW + 16, action.width)
            : pciConfigWrite(devfn, WINDOW + 16, action.width, action.value)),
        );
        this.#settle();
        return;
      case 'vector': {
        const at = BARS.msix + 16 * action.entry;
        out.push(
          write('memory', at, 4, this.#configuration.arena + CELLS_AT + 4 * action.cell),
          write('memory', at + 4, 4, 0),
          write('memory', at + 8, 4, action.data),
          write('memory', at + 12, 4, action.control),
        );
        return;
      }
      case 'messages':
        out.push(...pciConfigWrite(devfn, MSIX_CONTROL, 2, action.control));
        this.#settle();
        return;
      case 'table': {
        const base = BARS.msix + (action.pending ? PENDING_AT : 0);
        out.push(
          read(
            'memory',
            base + action.offset - (action.width === 8 ? action.offset % 4 : 0),
            action.width,
          ),
        );
        return;
      }
      case 'assign':
        out.push(...transport.assignVector(action.queue, action.vector));
        return;
    }
  }

  #settle(): void {
    this.#out.push({ op: 'settle' });
    this.#slow = false;
    for (const { areas } of this.#queues)
      if (areas.device >= this.#configuration.arena && areas.device < NOWHERE)
        this.#out.push({ op: 'peek', address: areas.device, length: 0x80 });
  }

  #queue(index: number): QueueModel {
    return this.#queues[index & 1] as QueueModel;
  }

  #areasOf(index: number, size: number): Areas {
    const { arena, transport } = this.#configuration;
    const desc = arena + (index & 1) * RING_STRIDE;
    if (!transport.legacy) return { desc, driver: desc + 0x2000, device: desc + 0x4000 };
    const driver = desc + SPLIT.descTable(size);
    return {
      desc,
      driver,
      device: Math.ceil((driver + SPLIT.usedEvent(size)) / 0x1000) * 0x1000,
    };
  }

  #setUp(action: Action & { kind: 'queue' }): void {
    const { arena, transport, queueSize } = this.#configuration;
    // A legacy driver over PCI takes the size as it is.
    const size = transport.legacy ? queueSize : action.size;
    let areas = this.#areasOf(action.queue, size);
    const { desc, driver, device } = areas;
    if (action.place === 'misaligned')
      areas = { desc: desc + 4, driver: driver + 1, device: device + 2 };
    if (action.place === 'outside') areas = { desc: NOWHERE, driver: NOWHERE + 0x1000, device };
    if (action.place === 'acrossEnd') areas = { desc, driver, device: arena + 0x70_0000 - 4 };
    if (action.place === 'zero') areas = { desc: 0, driver, device };
    if (action.place === 'swapped') areas = { desc, driver: device, device: driver };
    const model = this.#queue(action.queue);
    if (action.queue < 2) {
      model.size = size > 0 && size <= 1024 ? size : model.size;
      model.availIdx = 0;
      model.nextDesc = 0;
      model.areas = this.#areasOf(action.queue, model.size);
      this.#out.push({ op: 'clear', address: model.areas.desc, length: RING_STRIDE });
    }
    this.#out.push(...transport.setUpQueue(action.queue, action.size, areas, action.enable));
    this.#out.push(...transport.readQueue(action.queue));
  }

  #request(action: Action & { kind: 'request' }): void {
    const { arena, transport } = this.#configuration;
    const slot = arena + SLOTS_AT + SLOT * (this.#slot++ % SLOTS);
    const model = this.#queue(action.queue);
    const type = this.#slow ? 8 : action.type;
    if (type !== 8 && type !== 99) this.#slow = true;
    const segment = type === 11 || type === 13;
    const length = segment ? 16 : action.length;
    const out = (type & 1) === 1;
    const data = new Uint8Array(length).map((_, i) => (i * 7 + this.#slot) & 0xff);
    const header = new Uint8Array(16);
    const view = new DataView(header.buffer);
    view.setUint32(0, type, true);
    view.setBigUint64(8, BigInt(action.sector), true);
    if (segment) {
      const fields = new DataView(data.buffer);
      fields.setBigUint64(0, BigInt(action.sector), true);
      fields.setUint32(8, action.length >> 3, true);
      fields.setUint32(12, action.parts - 1, true);
    }
    this.#out.push(
      poke(slot, header),
      poke(slot + DATA_AT, out ? data : new Uint8Array(length)),
      pokeNumber(slot + STATUS_AT, 1, 0xee),
    );
    let pieces: Piece[] = [{ address: slot, length: 16, flags: 0 }];
    const share = Math.max(1, Math.floor(length / action.parts));
    for (let at = 0; at < length; at += share) {
      const rest = length - at < 2 * share ? length - at : share;
      pieces.push({
        address: slot + DATA_AT + at,
        length: rest,
        flags: out ? 0 : VIRTQ_DESC_F_WRITE,
      });
      if (rest !== share || at + rest >= length) break;
    }
    pieces.push({ address: slot + STATUS_AT, length: 1, flags: VIRTQ_DESC_F_WRITE });
    pieces = spoilPieces(pieces, action.fault);
    this.#offer(model, pieces, slot + TABLE_AT, action);
    if (action.notify) {
      this.#out.push(transport.notify(action.queue));
      this.#settle();
    }
  }

  #offer(
    model: QueueModel,
    pieces: readonly Piece[],
    table: number,
    { indirect, fault }: Action & { kind: 'request' },
  ): void {
    const { size, areas } = model;
    const usesTable = indirect || fault === 'indirectBadLength' || fault === 'indirectNested';
    const slot = (n: number) => (model.nextDesc + n) % size;
    const head = slot(0);
    const link = (index: number, next: number, more: boolean) => {
      const piece = pieces[index] as Piece;
      return {
        ...piece,
        flags: piece.flags | (more ? VIRTQ_DESC_F_NEXT : 0),
        next: more ? next : 0,
      };
    };
    const last = pieces.length - 1;
    const chain = pieces.map((_, i) => link(i, usesTable ? i + 1 : slot(i + 1), i < last));
    const end = chain[last];
    if (end && fault === 'loop')
      chain[last] = { ...end, flags: end.flags | VIRTQ_DESC_F_NEXT, next: usesTable ? 1 : slot(1) };
    if (end && fault === 'nextOutOfRange')
      chain[last] = { ...end, flags: end.flags | VIRTQ_DESC_F_NEXT, next: 0x7fff };
    if (end && (fault === 'indirectNested' || fault === 'indirectLate'))
      chain[last] = { ...end, flags: end.flags | VIRTQ_DESC_F_INDIRECT };
    if (usesTable) {
      chain.forEach((piece, i) => {
        this.#out.push(poke(table + 16 * i, descriptor(piece)));
      });
      const length = 16 * chain.length + (fault === 'indirectBadLength' ? 8 : 0);
      this.#out.push(
        poke(
          areas.desc + 16 * head,
          descriptor({ address: table, length, flags: VIRTQ_DESC_F_INDIRECT, next: 0 }),
        ),
      );
    } else
      chain.forEach((piece, i) => {
        this.#out.push(poke(areas.desc + 16 * slot(i), descriptor(piece)));
      });
    model.nextDesc = slot(usesTable ? 1 : chain.length);
    const at = areas.driver + SPLIT.availEntry(model.availIdx % size);
    this.#out.push(pokeNumber(at, 2, fault === 'headOutOfRange' ? size : head));
    model.availIdx = (model.availIdx + (fault === 'indexJump' ? size + 1 : 1)) & 0xffff;
    this.#out.push(pokeNumber(areas.driver + SPLIT.availIdx, 2, model.availIdx));
  }
}

function descriptor(piece: Piece & { next: number }): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(piece.address), true);
  view.setUint32(8, piece.length, true);
  view.setUint16(12, piece.flags, true);
  view.setUint16(14, piece.next, true);
  return bytes;
}

function spoilPieces(pieces: Piece[], fault: (Action & { kind: 'request' })['fault']): Piece[] {
  const [first, second, ...rest] = pieces;
  if (!first || !second) return pieces;
  switch (fault) {
    case 'zeroLength':
      return [first, { ...second, length: 0 }, ...rest];
    case 'wrongOrder':
      return [...rest, second, first];
    case 'outsideRam':
      return [first, { ...second, address: NOWHERE }, ...rest];
    case 'acrossEnd':
      return [first, { ...second, address: NOWHERE - 0x100, length: 0x2000 }, ...rest];
    case 'noStatus':
      return [first];
    case 'noHeader':
      return [{ ...second, flags: VIRTQ_DESC_F_WRITE }, ...rest];
    case 'shortHeader':
      return [{ ...first, length: 8 }, ...pieces.slice(-1)];
    default:
      return pieces;
  }
}
