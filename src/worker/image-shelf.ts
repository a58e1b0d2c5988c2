import { type ByteSource, bytesSource } from '../engine/backends/byte-source.ts';
import type { State } from '../engine/qom/state.ts';
import type { FileContent, ImageFacts, ImageSource, OpenedImage } from '../protocol/messages.ts';
import { DiskImage } from './disk-image.ts';

/** Reads and makes files, as the thread's platform does it. */
export interface Files {
  /** A file as bytes that are read on demand, synchronously. */
  source(content: FileContent): ByteSource;
  /** One file of `parts` in sequence. */
  join(parts: readonly (FileContent | Uint8Array<ArrayBuffer>)[]): FileContent;
}

interface Shelved {
  readonly image: DiskImage;
  readonly content: FileContent;
}

/** All images as they were at some moment. */
export type FrozenShelf = ReadonlyMap<string, Shelved & { readonly state: State }>;

/** The images that a machine's `file=` can name, by name. */
export class ImageShelf {
  readonly #files: Files;
  readonly #images = new Map<string, Shelved>();

  constructor(files: Files) {
    this.#files = files;
  }

  /** Puts an image on the shelf, in the place of one with the same name; a machine that has that one open keeps it. */
  add({ name, content, changes = [] }: ImageSource): void {
    const source =
      content instanceof Uint8Array ? bytesSource(content) : this.#files.source(content);
    const file = content instanceof Uint8Array ? this.#files.join([content.slice()]) : content;
    const image = new DiskImage(source);
    for (const { position, bytes } of changes) image.write(position, bytes);
    this.#images.set(name, { image, content: file });
  }

  open(name: string): DiskImage | undefined {
    return this.#images.get(name)?.image;
  }

  facts(): ImageFacts[] {
    return [...this.#images].map(([name, { image }]) => ({
      name,
      bytes: image.length,
      changedBytes: Math.min(image.changedBytes, image.length),
    }));
  }

  /** The image as guests left it; unchanged parts are not read. Undefined where there is none. */
  content(name: string): FileContent | undefined {
    const entry = this.#images.get(name);
    if (!entry) return undefined;
    const parts: (FileContent | Uint8Array<ArrayBuffer>)[] = [];
    let at = 0;
    for (const { position, bytes } of entry.image.changes()) {
      if (position > at) parts.push(entry.content.slice(at, position));
      parts.push(bytes);
      at = position + bytes.length;
    }
    parts.push(entry.content.slice(at));
    return this.#files.join(parts);
  }

  /** All images as they are now. What guests write from now on is kept apart. */
  freeze(): FrozenShelf {
    return new Map(
      [...this.#images].map(([name, shelved]) => [
        name,
        { ...shelved, state: shelved.image.freeze() },
      ]),
    );
  }

  /** Makes the images of `frozen` what they were then; others stay. */
  thaw(frozen: FrozenShelf): void {
    for (const [name, { image, content, state }] of frozen) {
      image.loadState(state);
      this.#images.set(name, { image, content });
    }
  }

  /** Images as they were in `frozen`, with what guests had written, as far as that is at most so many bytes in all. */
  opened(names: Iterable<string>, frozen: FrozenShelf, mostChanges: number): OpenedImage[] {
    let room = mostChanges;
    return [...names].flatMap((name) => {
      const then = frozen.get(name);
      // One that came later was opened as it was given.
      const { content } = then ?? this.#images.get(name) ?? {};
      if (!content) return [];
      const changes = then ? then.image.changesIn(then.state) : [];
      for (const { bytes } of changes ?? []) room -= bytes.length;
      return [{ name, content, changes: room < 0 ? undefined : changes }];
    });
  }

  /** Drops what guests wrote to an image. */
  restore(name: string): void {
    this.#images.get(name)?.image.restore();
  }
}
