import { join64 } from '../../base/bits.ts';
import { isAction } from '../../journal/actions.ts';
import { sameEvent } from '../../journal/same-event.ts';
import { EVENTS, GAP } from '../../journal/schema.ts';
import { type EventStore, recordAt } from '../../journal/store.ts';

const SCRIPT = EVENTS.script.code;

/** Guest actions of a gap that the record at word `at` ends. */
function leftOut(words: Uint32Array, at: number): number {
  const { code, fields } = EVENTS.gap;
  if ((words[at]! & 0xff) !== code || words[at]! >>> 16 !== GAP.end) return 0;
  return join64(words[at + fields.actions.at]!, words[at + fields.actions.at + 1]!);
}

/** Follows a run that repeats another one: counts its guest actions, and compares event by event. */
export class RepeatCheck {
  readonly #first: EventStore;
  readonly #again: EventStore;
  /** Count of events that were looked at. */
  #at = 0;
  #running = false;
  #actions = 0;
  #difference: { readonly at: number; readonly actions: number } | undefined;

  /** `again` repeats `first`, from its beginning. */
  constructor(first: EventStore, again: EventStore) {
    this.#first = first;
    this.#again = again;
  }

  /** Guest actions so far. */
  get actions(): number {
    return this.#actions;
  }

  /** Number of the first event that is another one than in the first run, and the actions before it. */
  get difference(): { readonly at: number; readonly actions: number } | undefined {
    return this.#difference;
  }

  /** Looks at what came since. To be called before the store forgets it. */
  update(): void {
    const { length } = this.#again;
    for (; this.#at < length; this.#at++) {
      const words = this.#again.words(this.#at);
      if (!words) continue;
      if (!this.#difference && this.#differs(this.#at))
        this.#difference = { at: this.#at, actions: this.#actions };
      const at = recordAt(this.#at);
      this.#actions += leftOut(words, at);
      // What acts without a script is the board's firmware.
      if (this.#running && isAction(words, at)) this.#actions++;
      if ((words[at]! & 0xff) === SCRIPT) this.#running = words[at]! >>> 16 === 0;
    }
  }

  /** No more will come: that there are less than `wanted` events is a difference, too. */
  end(wanted: number): void {
    this.update();
    if (!this.#difference && this.#at < wanted)
      this.#difference = { at: this.#at, actions: this.#actions };
  }

  #differs(index: number): boolean {
    const { first, length } = this.#first;
    return index >= first && index < length && !sameEvent(this.#first, this.#again, index);
  }
}
