import { join64 } from '../base/bits.ts';
import { REGIONS } from '../spec/regions.ts';
import { EVENTS, KINDS, NONE, PAYLOADS } from './schema.ts';

/** A saved run that cannot be opened; the message says what is wrong and where, for the person. */
export class RunFileError extends Error {
  override readonly name = 'RunFileError';
}

/** Bytes of a block of guest memory that a run touches, and most of them. */
const BLOCK = 1 << 16;
const MOST = { blocks: 1 << 15, queues: 1 << 14, inputs: 1 << 14, setUps: 20_000_000 } as const;

const WRITE = EVENTS.memWrite.fields;
const DATA = EVENTS.dataWrite.fields;
const codeOf = EVENTS as Readonly<Record<keyof typeof EVENTS, { readonly code: number }>>;

/**
 * Looks at the records of a file that anybody may have made: their kinds are known, and what folding
 * keeps of them has bounds.
 */
export class RunCheck {
  readonly #blocks = new Set<number>();
  readonly #queues = new Set<number>();
  readonly #inputs = new Set<number>();
  /** Queues that are looked at where one of them changes, in sum. */
  #setUps = 0;

  /** Event `index` is the record at word `at` of `words`, in a chunk with so many bytes of payloads. */
  see(words: Uint32Array, at: number, index: number, payloads: number): void {
    const head = words[at] as number;
    const code = head & 0xff;
    if (KINDS[code] === undefined) throw wrong(index, `is of kind ${code}, which there is not`);
    if (PAYLOADS[code]) this.#payload(words, at, index, payloads);
    const word = words[at + 2] as number;
    switch (code) {
      case codeOf.regRead.code:
      case codeOf.regWrite.code:
      case codeOf.register.code: {
        const region = head >>> 16;
        if (region >= REGIONS.length && region !== NONE)
          throw wrong(index, `is an access to region ${region}, which there is not`);
        break;
      }
      case codeOf.memWrite.code:
        this.#write(words, at + WRITE.addr.at, 16, index);
        break;
      case codeOf.dataWrite.code:
        this.#write(words, at + DATA.addr.at, words[at + DATA.length.at] as number, index);
        break;
      case codeOf.queueConfig.code:
      case codeOf.chainPopped.code:
      case codeOf.chainPushed.code:
      case codeOf.queueState.code:
      case codeOf.notification.code:
        bound(this.#queues, word, MOST.queues, index, 'queues');
        if (code === codeOf.queueConfig.code) this.#setUp(index);
        break;
      case codeOf.interrupt.code:
        bound(
          this.#inputs,
          (word & 0xffff) * 2 ** 32 + (words[at + EVENTS.interrupt.fields.line.at] as number),
          MOST.inputs,
          index,
          'interrupt inputs of devices',
        );
        bound(this.#queues, word, MOST.queues, index, 'queues');
        break;
      case codeOf.input.code:
        bound(
          this.#inputs,
          (word & 0xffff) * 2 ** 32 + (words[at + EVENTS.input.fields.line.at] as number),
          MOST.inputs,
          index,
          'interrupt inputs of devices',
        );
        break;
      case codeOf.reset.code:
      case codeOf.plug.code:
      case codeOf.gap.code:
        this.#setUp(index);
        break;
    }
  }

  #setUp(index: number): void {
    this.#setUps += this.#queues.size;
    if (this.#setUps > MOST.setUps) throw wrong(index, 'sets up one queue too often');
  }

  /** Where a payload lies is told by the last two words. */
  #payload(words: Uint32Array, at: number, index: number, payloads: number): void {
    const from = words[at + 10] as number;
    const bytes = words[at + 11] as number;
    // Old bytes may lie with another event.
    const code: number = (words[at] as number) & 0xff;
    const least = code === EVENTS.dataWrite.code ? Math.floor(bytes / 2) : bytes;
    if (from + least > payloads)
      throw wrong(
        index,
        `has ${bytes} bytes at ${from}, where its part of the file has ${payloads}`,
      );
  }

  #write(words: Uint32Array, at: number, length: number, index: number): void {
    const addr = join64(words[at] as number, words[at + 1] as number);
    const last = Math.floor((addr + Math.max(1, length) - 1) / BLOCK);
    for (let block = Math.floor(addr / BLOCK); block <= last; block++)
      bound(this.#blocks, block, MOST.blocks, index, 'blocks of memory');
  }
}

function bound(seen: Set<number>, value: number, most: number, index: number, what: string): void {
  if (seen.has(value)) return;
  if (seen.size === most)
    throw wrong(index, `is about more than ${most.toLocaleString('en')} ${what}`);
  seen.add(value);
}

function wrong(index: number, what: string): RunFileError {
  return new RunFileError(`Event ${index.toLocaleString('en')} ${what}.`);
}
