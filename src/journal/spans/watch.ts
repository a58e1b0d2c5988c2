import type { MemoryWrite, Publication } from './publication.ts';
import type { QueueSpans } from './queue-spans.ts';

/** Bytes of a page by whose number watched addresses are found. */
const PAGE = 4096;

/** Finds the queues whose rings a write to guest memory touches. */
export class Watch {
  readonly #pages = new Map<number, QueueSpans[]>();
  readonly #known = new Map<QueueSpans, Publication>();

  clear(): void {
    this.#pages.clear();
    this.#known.clear();
  }

  /** The queue's rings have come, moved or gone. */
  update(queue: QueueSpans): void {
    const old = this.#known.get(queue);
    const { watched } = queue;
    if (old === watched) return;
    if (old)
      for (const page of pagesOf(old.start, old.end)) {
        const rest = this.#pages.get(page)?.filter((one) => one !== queue) ?? [];
        if (rest.length > 0) this.#pages.set(page, rest);
        else this.#pages.delete(page);
      }
    this.#known.delete(queue);
    if (!watched) return;
    this.#known.set(queue, watched);
    for (const page of pagesOf(watched.start, watched.end))
      this.#pages.set(page, [...(this.#pages.get(page) ?? []), queue]);
  }

  /** Whether a write of `size` bytes at `addr` may touch a ring. */
  near(addr: number, size: number): boolean {
    if (this.#pages.size === 0) return false;
    const last = Math.floor((addr + size - 1) / PAGE);
    for (let page = Math.floor(addr / PAGE); page <= last; page++)
      if (this.#pages.has(page)) return true;
    return false;
  }

  /** Tells the queues whose rings a write touches. */
  wrote(write: MemoryWrite, event: number): void {
    const first = Math.floor(write.addr / PAGE);
    const last = Math.floor((write.addr + write.size - 1) / PAGE);
    for (let page = first; page <= last; page++)
      for (const queue of this.#pages.get(page) ?? []) {
        const { watched } = queue;
        // In the first page only that the two have in common, lest it hear of the write twice.
        if (watched && page === Math.max(first, Math.floor(watched.start / PAGE)))
          this.#tell(queue, watched, write, event);
      }
  }

  #tell(queue: QueueSpans, watched: Publication, write: MemoryWrite, event: number): void {
    const { addr, size } = write;
    if (addr < watched.end && addr + size > watched.start) watched.wrote(write, queue, event);
  }
}

function pagesOf(start: number, end: number): number[] {
  const first = Math.floor(start / PAGE);
  const last = Math.floor((end - 1) / PAGE);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
}
