import { ACTOR } from '../../../journal/schema.ts';
import type { JournalWriter } from '../../../journal/writer.ts';
import type { GuestRam } from '../../../memory/guest-ram.ts';
import type { State } from '../../qom/state.ts';
import { VirtQueueElement } from './element.ts';

/** No place in the pool. */
const NONE = -1;

/**
 * The elements of one queue, which are used again: no chain costs memory. Those that are free are linked by
 * their places and not by reference, since V8 must tell its collector of every reference that it stores.
 */
export class ElementPool {
  declare private readonly ram: GuestRam;
  declare private readonly journal: JournalWriter;
  /** All of them, each at its `poolSlot`. */
  private elements: VirtQueueElement[] = [];
  /** Place of the first free one, from which `poolNext` leads on. */
  private free = NONE;
  /** Resets so far: what was popped before one is nobody's after it. */
  private epoch = 0;

  constructor(ram: GuestRam, journal: JournalWriter) {
    this.ram = ram;
    this.journal = journal;
  }

  /** An element that is free, with whatever was in it. */
  take(): VirtQueueElement {
    const slot = this.free;
    if (slot < 0) return this.make();
    const element = this.elements[slot] as VirtQueueElement;
    this.free = element.poolNext;
    return element;
  }

  /** Takes back an element that it `knows`. */
  giveBack(element: VirtQueueElement): void {
    element.poolNext = this.free;
    this.free = element.poolSlot;
  }

  /** Whether the element was taken since the last reset. */
  knows(element: VirtQueueElement): boolean {
    return element.poolEpoch === this.epoch;
  }

  /** Forgets those that were taken. */
  reset(): void {
    this.elements = [];
    this.free = NONE;
    this.epoch++;
  }

  /** What a snapshot keeps of an element. */
  save(element: VirtQueueElement): State {
    return element.saveState(this.epoch);
  }

  /** That element again, taken. */
  load(state: State): VirtQueueElement {
    const element = this.make();
    element.loadState(state, this.epoch);
    return element;
  }

  private make(): VirtQueueElement {
    const { ram, journal } = this;
    const element = new VirtQueueElement(
      ram,
      () => journal.on,
      (offset, before, after) =>
        journal.bytesWritten(ACTOR.device, ram.addressOf(offset), before, after),
    );
    element.poolEpoch = this.epoch;
    element.poolSlot = this.elements.length;
    this.elements.push(element);
    return element;
  }
}
