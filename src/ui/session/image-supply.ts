import type { ImageSource } from '../../protocol/messages.ts';

/** Images that the person gave, and which of them the machine thread does not have yet. */
export class ImageSupply {
  readonly #images = new Map<string, Blob | Uint8Array>();
  readonly #unsent = new Set<string>();

  add(name: string, content: Blob | Uint8Array): void {
    this.#images.set(name, content);
    this.#unsent.add(name);
  }

  /** The newest of a name. */
  content(name: string): Blob | Uint8Array | undefined {
    return this.#images.get(name);
  }

  /** What to send with the next request. */
  get unsent(): ImageSource[] {
    return [...this.#unsent].map((name) => ({ name, content: this.#images.get(name)! }));
  }

  /** `images` have arrived; those that were replaced meanwhile stay to be sent. */
  sent(images: readonly ImageSource[]): void {
    for (const { name, content } of images)
      if (this.#images.get(name) === content) this.#unsent.delete(name);
  }

  /** The machine thread is a new one. */
  startAnew(): void {
    for (const name of this.#images.keys()) this.#unsent.add(name);
  }
}
