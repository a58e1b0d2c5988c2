import type { State } from '../../qom/state.ts';
import type { VirtQueueElement } from './element.ts';
import type { DeviceRing } from './virtqueue.ts';

// biome-ignore lint/suspicious/noExplicitAny: TypeScript wants the constructor of a mixin's base so.
type RingClass = new (...args: any[]) => DeviceRing;

/**
 * A ring of either format whose chains come back in the order in which they were popped, in whatever order
 * the device is done with them: VIRTIO_F_IN_ORDER was negotiated (VIRTIO 1.4 §2.7.9, VIRTIO 1.4 §2.8.8).
 */
export function inOrder<R extends RingClass>(Ring: R) {
  return class extends Ring {
    /** Chains that were popped and not returned to the driver, the oldest first. */
    readonly #taken: VirtQueueElement[] = [];
    /** Those among them that the device is done with, and how much it wrote. */
    readonly #done = new Map<VirtQueueElement, number>();
    /** Chains were returned since the last notification. */
    #returned = false;

    override reset(): void {
      super.reset();
      this.#taken.length = 0;
      this.#done.clear();
      this.#returned = false;
    }

    override pop(): VirtQueueElement | undefined {
      const element = super.pop();
      if (element) this.#taken.push(element);
      return element;
    }

    override discard(element: VirtQueueElement): void {
      this.#forget(element);
      super.discard(element);
    }

    override unpop(element: VirtQueueElement): void {
      this.#forget(element);
      super.unpop(element);
    }

    override push(element: VirtQueueElement, length: number): void {
      if (this.#taken.includes(element)) this.#done.set(element, length);
      let ready = 0;
      while (this.#done.has(this.#taken[ready] as VirtQueueElement)) ready++;
      if (ready === 0) return;
      this.#returned = true;
      const chains = this.#taken.slice(0, ready);
      const lengths = chains.map((one) => this.#done.get(one) ?? 0);
      for (const one of chains) this.#forget(one);
      if (ready === 1) {
        super.push(element, length);
        return;
      }
      for (const [i, one] of chains.entries()) super.fill(one, lengths[i] ?? 0, i);
      super.flush(ready);
    }

    /** A device that fills does so in the order of the ring. */
    override fill(element: VirtQueueElement, length: number, offset: number): void {
      this.#forget(element);
      super.fill(element, length, offset);
    }

    override flush(count: number): void {
      this.#returned = true;
      super.flush(count);
    }

    /** Nothing to tell while everything that is done waits for an older chain. */
    override notify(): void {
      if (!this.#returned) return;
      this.#returned = false;
      super.notify();
    }

    override saveState(): State {
      const taken = this.#taken.map((element) => ({
        element: super.saveElement(element),
        done: this.#done.get(element),
      }));
      return { ...super.saveState(), taken, returned: this.#returned };
    }

    override loadState(state: State): void {
      super.loadState(state);
      this.#taken.length = 0;
      this.#done.clear();
      for (const { element: saved, done } of state.taken as { element: State; done?: number }[]) {
        const element = super.loadElement(saved);
        this.#taken.push(element);
        if (done !== undefined) this.#done.set(element, done);
      }
      this.#returned = state.returned as boolean;
    }

    /** One that waits for its turn is known to the ring already. */
    override saveElement(element: VirtQueueElement): State {
      const place = this.#taken.indexOf(element);
      return place < 0 ? super.saveElement(element) : { place };
    }

    override loadElement(state: State): VirtQueueElement {
      return this.#taken[state.place as number] ?? super.loadElement(state);
    }

    #forget(element: VirtQueueElement): void {
      const at = this.#taken.indexOf(element);
      if (at >= 0) this.#taken.splice(at, 1);
      this.#done.delete(element);
    }
  };
}
