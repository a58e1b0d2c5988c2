import { TWO_32 } from '../../base/bits.ts';
import { Intervals } from './intervals.ts';
import { EventList } from './series.ts';

/** What one device did as a whole. Events are counted from the owner's origin. */
export class DeviceSpans {
  readonly dev: number;
  /** Its turns: what it did between two acts of the guest. */
  readonly work = new Intervals();
  /** Its back end had something to do: from a request to the completion after which none is left. */
  readonly backend = new Intervals();
  /** Its interrupt line was raised. */
  readonly line = new Intervals();
  /** Configuration change notifications (VIRTIO 1.4 §2.5). */
  readonly configInterrupts = new EventList();
  /** Events of back-end requests without an answer, by queue and number. */
  readonly #asked = new Map<number, number>();
  #lineUp = false;

  constructor(dev: number) {
    this.dev = dev;
  }

  get bytes(): number {
    return [this.work, this.backend, this.line, this.configInterrupts].reduce(
      (sum, { bytes }) => sum + bytes,
      0,
    );
  }

  /** Whether its back end works, and whether its line is up, as of the newest event. */
  get asked(): boolean {
    return this.#asked.size > 0;
  }
  get lineUp(): boolean {
    return this.#lineUp;
  }

  /** `goes`: the guest did nothing since the last event of the device's. */
  worked(event: number, goes: boolean): void {
    if (goes && this.work.length > this.work.first) this.work.extend(event);
    else this.work.begin(event);
  }

  ask(queue: number, id: number, event: number): void {
    if (this.#asked.size === 0) this.backend.begin(event);
    this.#asked.set(queue * TWO_32 + id, event);
  }

  /** Returns when the back end was asked what it answers now; undefined where nobody knows. */
  answer(queue: number, id: number, event: number): number | undefined {
    const key = queue * TWO_32 + id;
    const asked = this.#asked.get(key);
    if (this.#asked.delete(key)) this.backend.extend(event);
    return asked;
  }

  raise(event: number): void {
    if (!this.#lineUp) this.line.begin(event);
    this.#lineUp = true;
  }

  lower(event: number): void {
    if (this.#lineUp) this.line.extend(event);
    this.#lineUp = false;
  }

  /** The device was reset, or is gone. */
  reset(event: number): void {
    if (this.asked) this.backend.extend(event);
    this.#asked.clear();
    this.lower(event);
  }

  dropBefore(event: number): void {
    for (const list of [this.work, this.backend, this.line, this.configInterrupts])
      list.dropBefore(event);
  }
}
