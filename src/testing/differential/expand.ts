import { SPLIT, STATUS, VIRTIO_F, VIRTQ_DESC_F_WRITE } from '../../spec/virtio.ts';
import { type Access, poke, pokeNumber, read, type Width, write } from './access.ts';
import type { Action, ActionOf, Fault } from './actions.ts';
import { BARS, type Configuration } from './configurations.ts';
import { pciConfigRead, pciConfigWrite } from './pci-config.ts';
import { PackedModel, type Piece, type RingModel, SplitModel } from './rings.ts';
import type { Areas } from './transports.ts';

/** Bytes of RAM that a session uses. */
export const ARENA_BYTES = 0x3_0000;
const RING_STRIDE = 0x8000;
/** Requests lie in slots, used again and again. */
const SLOTS = { at: 0x1_0000, bytes: 0x1000, count: 16 } as const;
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
const BARS_AT = 0x10;
const CAPABILITIES_AT = 0x34;
const PENDING_AT = 0x800;
const GET_ID = 8;
const UNKNOWN_TYPE = 99;

/** Turns the steps of a session into accesses, as a driver that remembers what it did. */
export function expand(configuration: Configuration, actions: readonly Action[]): Access[] {
  return new Driver(configuration).run(actions);
}

class Driver {
  readonly #configuration: Configuration;
  readonly #out: Access[] = [];
  readonly #rings: RingModel[] = [];
  /** Descriptors that the device has not been told of, by queue. */
  readonly #untold = [0, 0];
  /** Whether a queue may be set up without a reset before: it is as after power-on. */
  readonly #fresh = [true, true];
  #slot = 0;
  /** Whether a request waits that the device does not answer at once, by queue: two of them come back in any order. */
  readonly #slow = [false, false];

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    for (const index of [0, 1]) this.#rings.push(this.#model(index, configuration.queueSize));
  }

  run(actions: readonly Action[]): Access[] {
    const { arena, firmware, transport } = this.#configuration;
    this.#out.push({ op: 'clear', address: arena, length: ARENA_BYTES }, ...firmware);
    this.#out.push(...transport.prepare);
    for (const action of actions) this.#act(action);
    this.#settle();
    this.#out.push(
      transport.readStatus(),
      ...transport.acknowledge(),
      ...[0, 1].flatMap((index) => transport.readQueue(index)),
      { op: 'settle' },
      { op: 'peek', address: arena, length: ARENA_BYTES },
      // QEMU's system reset can leave an input up: the next session begins with all of them down.
      ...firmware,
      transport.writeStatus(0),
    );
    return this.#out;
  }

  #act(action: Action): void {
    const { transport } = this.#configuration;
    const out = this.#out;
    switch (action.kind) {
      case 'begin':
        this.#begin(action);
        break;
      case 'queue':
        this.#setUp(action);
        break;
      case 'status':
        out.push(transport.writeStatus(action.value));
        this.#settle();
        out.push(transport.readStatus());
        break;
      case 'request':
        this.#request(action);
        break;
      case 'notify':
        this.#notify(action.queue);
        break;
      case 'acknowledge':
        out.push(...transport.acknowledge());
        this.#settle();
        break;
      case 'readQueue':
        out.push(...transport.readQueue(action.queue));
        break;
      case 'resetQueue':
        out.push(...transport.resetQueue(action.queue));
        break;
      case 'ringFlags':
        out.push(...this.#ring(action.queue).setFlags(action.value));
        break;
      case 'event':
        out.push(...this.#ring(action.queue).setEvent(action.ahead));
        break;
      case 'register':
        this.#register(action);
        break;
      case 'config':
        out.push(
          action.value === undefined
            ? transport.readConfig(action.offset, action.width)
            : transport.writeConfig(action.offset, action.width, action.value),
        );
        break;
      case 'assign':
        out.push(...transport.assignVector(action.queue, action.vector));
        break;
      default:
        this.#pci(action, this.#configuration.devfn ?? 0);
        break;
    }
  }

  /** What only a PCI function has. */
  #pci(action: ActionOf<'pciConfig' | 'window' | 'vector' | 'messages' | 'table'>, devfn: number) {
    const out = this.#out;
    switch (action.kind) {
      case 'pciConfig': {
        const offset = action.offset - (action.offset % action.width);
        // The BARs stay where they are; a packed ring's device must not miss what it is told.
        const writable =
          offset >= CAPABILITIES_AT ||
          (offset + action.width <= BARS_AT && !this.#configuration.packed);
        if (action.value === undefined) out.push(...pciConfigRead(devfn, offset, action.width));
        else if (writable) out.push(...pciConfigWrite(devfn, offset, action.width, action.value));
        this.#settle();
        break;
      }
      case 'window': {
        const { bar, offset, length, width, value } = action;
        const writes = value !== undefined && this.#mayWrite(offset < 0x1000 ? 'common' : '');
        out.push(
          ...pciConfigWrite(devfn, WINDOW + 4, 1, bar),
          ...pciConfigWrite(devfn, WINDOW + 8, 4, offset),
          ...pciConfigWrite(devfn, WINDOW + 12, 4, length),
          ...(writes
            ? pciConfigWrite(devfn, WINDOW + 16, width, value)
            : pciConfigRead(devfn, WINDOW + 16, width)),
        );
        this.#settle();
        break;
      }
      case 'vector': {
        const at = BARS.msix + 16 * action.entry;
        out.push(
          write('memory', at, 4, this.#configuration.arena + CELLS_AT + 4 * action.cell),
          write('memory', at + 4, 4, 0),
          write('memory', at + 8, 4, action.data),
          write('memory', at + 12, 4, action.control),
        );
        break;
      }
      case 'messages':
        out.push(...pciConfigWrite(devfn, MSIX_CONTROL, 2, action.control));
        this.#settle();
        break;
      case 'table': {
        const at = BARS.msix + (action.pending ? PENDING_AT : 0) + action.offset;
        out.push(read('memory', action.width === 8 ? at - (at % 4) : at, action.width));
        break;
      }
    }
  }

  #begin({ low, high }: ActionOf<'begin'>): void {
    const { transport, packed } = this.#configuration;
    const { ACKNOWLEDGE, DRIVER, FEATURES_OK } = STATUS;
    this.#settle();
    this.#fresh.fill(true);
    const more = packed ? 2 ** (VIRTIO_F.VIRTIO_F_RING_PACKED - 32) : 0;
    this.#out.push(
      transport.writeStatus(0),
      transport.readStatus(),
      ...transport.prepare,
      transport.writeStatus(ACKNOWLEDGE),
      transport.writeStatus(ACKNOWLEDGE | DRIVER),
      ...transport.readFeatures(),
      ...transport.writeFeatures(low, (high | more) >>> 0),
    );
    if (transport.legacy) return;
    this.#out.push(
      transport.writeStatus(ACKNOWLEDGE | DRIVER | FEATURES_OK),
      transport.readStatus(),
    );
  }

  /** Whether a driver may write what it likes there: QEMU 7.2 never ends the reading of a broken packed ring. */
  #mayWrite(range: string): boolean {
    return !this.#configuration.packed || !['common', 'registers'].includes(range);
  }

  #register({ range: which, known, offset: any, width, value }: ActionOf<'register'>): void {
    const { ranges } = this.#configuration.transport;
    const range = ranges[which % ranges.length];
    if (!range) return;
    const offset =
      known === undefined ? any % range.size : (range.known[known % range.known.length] ?? 0);
    const bytes: Width = width === 8 && range.space === 'io' ? 4 : width;
    const at = range.address + offset - (bytes === 8 ? offset % 4 : 0);
    this.#out.push(
      value === undefined || !this.#mayWrite(range.name)
        ? read(range.space, at, bytes)
        : write(range.space, at, bytes, value),
    );
    this.#settle();
  }

  #settle(): void {
    this.#out.push({ op: 'settle' }, ...this.#rings.flatMap((ring) => ring.watch()));
  }

  #notify(queue: number): void {
    this.#out.push(this.#configuration.transport.notify(queue));
    if (queue < 2) {
      this.#untold[queue] = 0;
      this.#slow[queue] = false;
    }
    this.#settle();
  }

  #ring(index: number): RingModel {
    return this.#rings[index & 1] as RingModel;
  }

  #model(index: number, size: number): RingModel {
    const areas = this.#areas(index, size);
    return new (this.#configuration.packed ? PackedModel : SplitModel)(areas, size);
  }

  #areas(index: number, size: number): Areas {
    const { arena, transport } = this.#configuration;
    const desc = arena + (index & 1) * RING_STRIDE;
    if (!transport.legacy) return { desc, driver: desc + 0x2000, device: desc + 0x4000 };
    const driver = desc + SPLIT.descTable(size);
    const end = driver + SPLIT.usedEvent(size);
    return { desc, driver, device: Math.ceil(end / 0x1000) * 0x1000 };
  }

  #setUp(action: ActionOf<'queue'>): void {
    const { transport, queueSize, packed } = this.#configuration;
    const { queue } = action;
    if (packed) {
      if (!this.#fresh[queue & 1]) return;
      this.#fresh[queue & 1] = false;
    }
    // A legacy driver takes the size as it is.
    const fits = action.size >= LONGEST || !packed;
    const wanted = fits ? action.size : queueSize;
    const usable = !transport.legacy && wanted > 0 && wanted <= 1024 ? wanted : queueSize;
    if (queue < 2) {
      this.#rings[queue] = this.#model(queue, usable);
      this.#untold[queue] = 0;
      this.#slow[queue] = false;
      this.#out.push({ op: 'clear', address: this.#areas(queue, 1).desc, length: RING_STRIDE });
    }
    const areas = this.#spoilt(this.#areas(queue, usable), action.place);
    this.#out.push(...transport.setUpQueue(queue, wanted, areas, action.enable));
    this.#out.push(...transport.readQueue(queue));
  }

  #spoilt(areas: Areas, place: ActionOf<'queue'>['place']): Areas {
    const { desc, driver, device } = areas;
    switch (place) {
      case 'outside':
        // QEMU goes on with a packed ring of which only the descriptors are nowhere; here it is not used.
        return {
          desc: NOWHERE,
          driver: NOWHERE + 0x1000,
          device: this.#configuration.packed ? NOWHERE + 0x2000 : device,
        };
      case 'zero':
        return { desc: 0, driver, device };
      case 'misaligned':
        return this.#configuration.packed
          ? areas
          : { desc: desc + 4, driver: driver + 1, device: device + 2 };
      case 'acrossEnd':
        return this.#configuration.packed
          ? areas
          : { desc, driver, device: this.#configuration.ramEnd - 4 };
      case 'swapped':
        return this.#configuration.packed ? areas : { desc, driver: device, device: driver };
      default:
        return areas;
    }
  }

  #request(action: ActionOf<'request'>): void {
    const { arena, packed, device } = this.#configuration;
    const fault = packed && action.fault !== 'indirectNested' ? undefined : action.fault;
    const slot = arena + SLOTS.at + SLOTS.bytes * (this.#slot++ % SLOTS.count);
    const index = action.queue & 1;
    const type = this.#slow[index] ? GET_ID : action.type;
    if (type !== GET_ID && type !== UNKNOWN_TYPE) this.#slow[index] = true;
    const pieces = spoilPieces(
      device === 'rng' ? buffers(action, slot) : this.#pieces(action, type, slot),
      fault,
    );
    const inTable = action.indirect || fault === 'indirectBadLength' || fault === 'indirectNested';
    const places = inTable ? 1 : pieces.length;
    if (packed && (this.#untold[index] ?? 0) + places > LONGEST) this.#notify(action.queue);
    this.#untold[index] = (this.#untold[index] ?? 0) + places;
    const table = inTable ? slot + TABLE_AT : undefined;
    this.#out.push(...this.#ring(action.queue).offer(pieces, table, fault));
    if (action.notify) this.#notify(action.queue);
  }

  /** Writes header and data of a request to its slot; returns the buffers. */
  #pieces({ sector, length: asked, parts }: ActionOf<'request'>, type: number, slot: number) {
    const segment = type === 11 || type === 13;
    const length = segment ? 16 : asked;
    const out = (type & 1) === 1;
    const data = new Uint8Array(length).map((_, i) => (i * 7 + this.#slot) & 0xff);
    const header = new Uint8Array(16);
    const view = new DataView(header.buffer);
    view.setUint32(0, type, true);
    view.setBigUint64(8, BigInt(sector), true);
    if (segment) {
      const fields = new DataView(data.buffer);
      fields.setBigUint64(0, BigInt(sector), true);
      fields.setUint32(8, asked >> 3, true);
      fields.setUint32(12, parts - 1, true);
    }
    this.#out.push(
      poke(slot, header),
      poke(slot + DATA_AT, out ? data : new Uint8Array(length)),
      pokeNumber(slot + STATUS_AT, 1, 0xee),
    );
    const flags = out ? 0 : VIRTQ_DESC_F_WRITE;
    const pieces: Piece[] = [{ address: slot, length: 16, flags: 0 }];
    const share = Math.max(1, Math.floor(length / parts));
    for (let at = 0; at < length; ) {
      const rest = length - at < 2 * share ? length - at : share;
      pieces.push({ address: slot + DATA_AT + at, length: rest, flags });
      at += rest;
    }
    pieces.push({ address: slot + STATUS_AT, length: 1, flags: VIRTQ_DESC_F_WRITE });
    return pieces;
  }
}

/** The most buffers of a request. */
const LONGEST = 5;

/** Buffers that a device fills. */
function buffers({ length, parts }: ActionOf<'request'>, slot: number): Piece[] {
  return Array.from({ length: parts }, (_, i) => ({
    address: slot + DATA_AT + i * 0x400,
    length: 1 + (length % 0x400),
    flags: VIRTQ_DESC_F_WRITE,
  }));
}

function spoilPieces(pieces: Piece[], fault: Fault | undefined): Piece[] {
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
