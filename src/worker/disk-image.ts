import { Overlay } from '../engine/backends/block.ts';
import type { ByteSource } from '../engine/backends/byte-source.ts';
import type { State } from '../engine/qom/state.ts';

/** Bytes of a piece: what one write marks as changed. */
const PIECE = 65536;

/**
 * An image under its name, with what guests wrote to it. It outlives the machines that use it:
 * the engine writes to an `Overlay` that it is given instead of making one.
 */
export class DiskImage extends Overlay implements ByteSource {
  readonly #touched = new Set<number>();

  override read(position: number, into: Uint8Array): number {
    super.read(position, into);
    return Math.max(0, Math.min(into.length, this.length - position));
  }

  override write(position: number, bytes: Uint8Array): void {
    const last = Math.floor((position + bytes.length - 1) / PIECE);
    for (let piece = Math.floor(position / PIECE); piece <= last; piece++) this.#touched.add(piece);
    super.write(position, bytes);
  }

  override freeze(): State {
    return { ...super.freeze(), touched: new Set(this.#touched) };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#touched.clear();
    for (const piece of state.touched as Set<number>) this.#touched.add(piece);
  }

  /** How the image differed from its source in a state that `freeze` gave; undefined where it had another length. */
  changesIn(state: State): ReturnType<DiskImage['changes']> | undefined {
    const then = new DiskImage(this.source);
    if (state.length !== then.length || state.shown !== then.length) return undefined;
    then.loadState(state);
    return then.changes();
  }

  override restore(): void {
    this.#touched.clear();
    super.restore();
  }

  /** What may differ from the source, in order of position, as copies that end at the image's end. */
  changes(): { readonly position: number; readonly bytes: Uint8Array<ArrayBuffer> }[] {
    return [...this.#touched]
      .sort((a, b) => a - b)
      .map((piece) => piece * PIECE)
      .filter((position) => position < this.length)
      .map((position) => {
        const bytes = new Uint8Array(Math.min(PIECE, this.length - position));
        super.read(position, bytes);
        return { position, bytes };
      });
  }
}
