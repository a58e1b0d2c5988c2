import type { GuestRam } from '../../../memory/guest-ram.ts';
import { VIRTIO_GPU_RESP as RESP, VIRTIO_GPU_FORMATS } from '../../../spec/gpu.ts';
import { refill, type State } from '../../qom/state.ts';
import { BOUNCE } from '../../virtio/virtqueue/element.ts';

const PIXEL = 4;
/** Smallest picture that a display shows, in pixels a side. */
const MIN_SCANOUT = 16;
/** Most pieces of guest memory behind a resource. */
export const MAX_BACKING = 16_384;
/** Bytes of one piece's description: address, length, padding. */
export const BACKING_ENTRY = 16;

/** A rectangle in pixels. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Bytes of the machine's page for what lies outside RAM. */
const BOUNCE_BYTES = 4096;

/** A piece of guest memory, by its offset in RAM; `BOUNCE` where it lies outside, and reads as zeros. */
interface Piece {
  readonly offset: number;
  readonly length: number;
}

/** A picture of the host's, and the guest's memory that it comes from. */
interface Resource {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
  backing: readonly Piece[] | undefined;
}

/** The pictures of a GPU, and which of them its displays show (VIRTIO 1.4 §5.7.6.8). Methods answer with a response's type. */
export class Resources {
  readonly #ram: GuestRam;
  readonly #resources = new Map<number, Resource>();
  /** Resource and part of it that each display shows. */
  readonly #scanouts = new Map<number, { readonly id: number; readonly part: Rectangle }>();
  readonly #maxBytes: number;
  readonly #bounce: { busy: boolean };
  #bytes = 0;

  /** `maxBytes`: the host's memory that all pictures have to stay below; `bounce`: who has the machine's one page for what lies outside RAM. */
  constructor(ram: GuestRam, maxBytes: number, bounce: { busy: boolean }) {
    this.#ram = ram;
    this.#maxBytes = maxBytes;
    this.#bounce = bounce;
  }

  saveState(): State {
    return { resources: this.#resources, scanouts: this.#scanouts, bytes: this.#bytes };
  }

  loadState(state: State): void {
    refill(this.#resources, state.resources);
    refill(this.#scanouts, state.scanouts);
    this.#bytes = state.bytes as number;
  }

  /** Forgets everything. */
  reset(): void {
    for (const resource of this.#resources.values()) this.#unmap(resource.backing);
    this.#resources.clear();
    this.#scanouts.clear();
    this.#bytes = 0;
  }

  create(id: number, format: number, width: number, height: number): number {
    if (id === 0 || this.#resources.has(id)) return RESP.ERR_INVALID_RESOURCE_ID;
    if (!VIRTIO_GPU_FORMATS.includes(format)) return RESP.ERR_INVALID_PARAMETER;
    const bytes = width * height * PIXEL;
    if (this.#bytes + bytes >= this.#maxBytes) return RESP.ERR_OUT_OF_MEMORY;
    const pixels = new Uint8Array(bytes);
    this.#resources.set(id, { width, height, pixels, backing: undefined });
    this.#bytes += bytes;
    return RESP.OK_NODATA;
  }

  destroy(id: number): number {
    const found = this.#resources.get(id);
    if (!found) return RESP.ERR_INVALID_RESOURCE_ID;
    for (const [display, shown] of this.#scanouts)
      if (shown.id === id) this.#scanouts.delete(display);
    this.#unmap(found.backing);
    this.#resources.delete(id);
    this.#bytes -= found.pixels.length;
    return RESP.OK_NODATA;
  }

  /** `entries`: addresses and lengths as the driver lists them; undefined where the list is too short. */
  attach(id: number, entries: Uint8Array | undefined): number {
    const found = this.#resources.get(id);
    if (!found) return RESP.ERR_INVALID_RESOURCE_ID;
    if (found.backing || !entries) return RESP.ERR_UNSPEC;
    const view = new DataView(entries.buffer, entries.byteOffset, entries.length);
    const pieces: Piece[] = [];
    for (let at = 0; at < entries.length; at += BACKING_ENTRY) {
      const length = view.getUint32(at + 8, true);
      const offset = this.#map(Number(view.getBigUint64(at, true)), length);
      if (offset === undefined) {
        this.#unmap(pieces);
        return RESP.ERR_UNSPEC;
      }
      pieces.push({ offset, length });
    }
    found.backing = pieces;
    return RESP.OK_NODATA;
  }

  detach(id: number): number {
    const fault = this.#backingFault(id);
    const found = this.#resources.get(id);
    if (fault !== undefined || !found) return fault ?? RESP.ERR_UNSPEC;
    this.#unmap(found.backing);
    found.backing = undefined;
    return RESP.OK_NODATA;
  }

  /** Where a piece lies; undefined where it is outside RAM and does not fit into the page for that. */
  #map(address: number, length: number): number | undefined {
    const offset = this.#ram.offsetOf(address, length);
    if (offset >= 0) return offset;
    if (this.#bounce.busy || length > BOUNCE_BYTES) return undefined;
    this.#bounce.busy = true;
    return BOUNCE;
  }

  #unmap(pieces: readonly Piece[] = []): void {
    if (pieces.some(({ offset }) => offset === BOUNCE)) this.#bounce.busy = false;
  }

  /** Has a display show a part of a resource; resource 0 switches it off. */
  show(display: number, id: number, part: Rectangle): number {
    if (id === 0) {
      this.#scanouts.delete(display);
      return RESP.OK_NODATA;
    }
    const fault = this.#backingFault(id);
    if (fault !== undefined) return fault;
    const found = this.#resources.get(id);
    const tooSmall = part.width < MIN_SCANOUT || part.height < MIN_SCANOUT;
    if (!found || tooSmall || !lies(part, found)) return RESP.ERR_INVALID_PARAMETER;
    this.#scanouts.set(display, { id, part });
    return RESP.OK_NODATA;
  }

  /** Copies a part of a resource from the guest's memory, rows of the whole picture's length from `start` on. */
  transfer(id: number, part: Rectangle, start: number): number {
    const fault = this.#backingFault(id);
    if (fault !== undefined) return fault;
    const found = this.#resources.get(id);
    if (!found || !lies(part, found)) return RESP.ERR_INVALID_PARAMETER;
    const { width, height, pixels, backing = [] } = found;
    const stride = width * PIXEL;
    if (start === 0 && part.x === 0 && part.y === 0 && part.width === width) {
      this.#gather(backing, 0, pixels.subarray(0, stride * height));
      return RESP.OK_NODATA;
    }
    for (let row = 0; row < part.height; row++) {
      const at = (part.y + row) * stride + part.x * PIXEL;
      this.#gather(backing, start + stride * row, pixels.subarray(at, at + part.width * PIXEL));
    }
    return RESP.OK_NODATA;
  }

  /** Checks a flush; the displays that show the resource have its picture then. */
  flush(id: number, part: Rectangle): number {
    const found = this.#resources.get(id);
    if (!found) return RESP.ERR_INVALID_RESOURCE_ID;
    return lies(part, found) ? RESP.OK_NODATA : RESP.ERR_INVALID_PARAMETER;
  }

  /** What a display shows, four bytes a pixel, row by row; undefined where it is off. */
  picture(display: number): { readonly part: Rectangle; readonly pixels: Uint8Array } | undefined {
    const shown = this.#scanouts.get(display);
    const found = shown && this.#resources.get(shown.id);
    if (!shown || !found) return undefined;
    const { part } = shown;
    const pixels = new Uint8Array(part.width * part.height * PIXEL);
    for (let row = 0; row < part.height; row++) {
      const at = ((part.y + row) * found.width + part.x) * PIXEL;
      pixels.set(found.pixels.subarray(at, at + part.width * PIXEL), row * part.width * PIXEL);
    }
    return { part, pixels };
  }

  /** Why a resource without memory of the guest's cannot be used; undefined where it can. */
  #backingFault(id: number): number | undefined {
    const found = this.#resources.get(id);
    if (!found) return RESP.ERR_INVALID_RESOURCE_ID;
    return found.backing ? undefined : RESP.ERR_UNSPEC;
  }

  /** Copies bytes that lie in pieces, from position `from` on; what is missing stays. */
  #gather(pieces: readonly Piece[], from: number, into: Uint8Array): void {
    let skip = from;
    let done = 0;
    for (const { offset, length } of pieces) {
      const part = Math.min(length - skip, into.length - done);
      if (part > 0) {
        if (offset === BOUNCE) into.fill(0, done, done + part);
        else into.set(this.#ram.u8.subarray(offset + skip, offset + skip + part), done);
        done += part;
        skip = 0;
      } else skip -= Math.min(skip, length);
      if (done === into.length) return;
    }
  }
}

function lies({ x, y, width, height }: Rectangle, within: Resource): boolean {
  return x + width <= within.width && y + height <= within.height;
}
