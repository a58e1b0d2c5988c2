import { standInContent } from '../document/adopt/stand-in.ts';
import type { StandIn } from '../document/advice/advice.ts';
import { Machine } from '../engine/machine/machine.ts';
import type { MachineReply, Trial } from '../protocol/messages.ts';
import { MachineService } from '../worker/machine-service.ts';

/** Most RAM that a machine gets, in bytes: as in the page. */
const MOST_RAM = 2 ** 32;

/** Asks the engine what would come of a line, as the page does; `images` are there for it and ever after. */
export class Trials {
  /** How many lines were tried. */
  count = 0;
  #reply: MachineReply | undefined;
  readonly #service = new MachineService({
    build: (commandLine, host) => Machine.build(commandLine, host),
    files: {
      source: () => ({ length: 0, read: () => 0 }),
      join: (parts) => new Blob(parts as (Blob | Uint8Array<ArrayBuffer>)[]),
    },
    thread: { next: () => {}, now: () => 0 },
    allocate(bytes) {
      if (bytes > MOST_RAM) throw new RangeError('too much');
      return new SharedArrayBuffer(bytes);
    },
    post: (message) => {
      if ('id' in message) this.#reply = message;
    },
  });

  /** `files`: names of images that are there from the beginning, empty unless `contents` has them. */
  constructor(files: readonly string[] = [], contents: Readonly<Record<string, Uint8Array>> = {}) {
    for (const name of files)
      this.#service.handle({
        id: 0,
        kind: 'try',
        commandLine: '-M none',
        images: [
          { name, content: (contents[name] ?? new Uint8Array(2 ** 20)) as Uint8Array<ArrayBuffer> },
        ],
      });
  }

  readonly tryLine = async (commandLine: string, images: readonly StandIn[]): Promise<Trial> => {
    this.count++;
    this.#service.handle({
      id: this.count,
      kind: 'try',
      commandLine,
      images: images.map((image) => ({
        name: image.name,
        content: standInContent(image) as Uint8Array<ArrayBuffer>,
      })),
    });
    const reply = this.#reply;
    if (reply?.kind === 'tried') return reply.trial;
    throw new Error(reply && 'message' in reply ? reply.message : 'no answer');
  };
}
