import { DocumentError, type MachineDocument } from '../document/document.ts';
import { optionIdOf } from '../document/entries.ts';
import { keepPlaces } from '../document/keep-places.ts';
import { lineOf, readDocument } from '../document/read.ts';
import { idKindOf } from '../document/references.ts';
import { buildLine, machineOf } from './built-machine.ts';
import { type Made, madeOf, Random, type RandomEdit, randomEdit, seats } from './random-edits.ts';

/** Devices above which a walk only makes room again. */
const MOST_OPTIONS = 60;

/** A walk through machines by edits at random; every step is judged. */
export class RandomWalk {
  readonly #random: Random;
  readonly #clip = { text: '' };
  readonly #past: MachineDocument[] = [];
  readonly #future: MachineDocument[] = [];
  readonly #qtrees = new WeakMap<MachineDocument, string>();
  made: Made;
  /** What went wrong, each with the line that it began from and what was done. */
  readonly complaints: string[] = [];
  taken = 0;
  refused = 0;

  constructor(seed: number, line: string) {
    this.#random = new Random(seed);
    this.made = madeOf(readDocument(line), machineOf(line));
    this.#note();
  }

  get line(): string {
    return lineOf(this.made.doc);
  }

  /** One edit, undo or redo. Answers what was done, or undefined where nothing was. */
  step(): string | undefined {
    const way = this.#random.below(100);
    if (way < 8) return this.#turn(this.#past, this.#future, 'undo');
    if (way < 13) return this.#turn(this.#future, this.#past, 'redo');
    if (this.made.doc.options.length > MOST_OPTIONS && this.#past.length > 20) {
      for (let i = 0; i < 20; i++) this.#turn(this.#past, this.#future, 'undo');
      this.#future.length = 0;
    }
    let edit: RandomEdit | undefined;
    try {
      edit = randomEdit(this.#random, this.made, this.#clip);
    } catch (error) {
      if (error instanceof DocumentError) return undefined;
      throw new Error(`on ${this.line}`, { cause: error });
    }
    return edit && this.#try(edit);
  }

  #try(edit: RandomEdit): string | undefined {
    const line = lineOf(edit.doc);
    const complain = (text: string) =>
      this.complaints.push(`${edit.label}: ${text}\n  from ${this.line}\n  to   ${line}`);
    const again = readDocument(line, edit.doc);
    if (JSON.stringify(again) !== JSON.stringify(edit.doc)) complain('the line reads otherwise');
    const ids = edit.doc.options.map((one) => {
      const id = optionIdOf(one);
      return id === undefined ? undefined : `${idKindOf(one)} ${id}`;
    });
    const named = ids.filter((id) => id !== undefined);
    if (new Set(named).size < named.length) complain('an id is there twice');
    const built = buildLine(line);
    if ('message' in built) {
      this.refused++;
      return undefined;
    }
    const before = this.made;
    const after = kept(before, madeOf(edit.doc, built));
    for (const text of edit.check?.(after) ?? []) complain(text);
    for (const text of displaced(before, after, edit.moves ?? []))
      complain(`${text}\n  at   ${lineOf(after.doc)}`);
    this.taken++;
    this.#past.push(before.doc);
    this.#future.length = 0;
    this.made = after;
    this.#note();
    return edit.label;
  }

  #turn(from: MachineDocument[], to: MachineDocument[], verb: string): string | undefined {
    const doc = from.pop();
    if (!doc) return undefined;
    to.push(this.made.doc);
    this.made = madeOf(doc, machineOf(lineOf(doc)));
    if (this.made.machine.qtree() !== this.#qtrees.get(doc))
      this.complaints.push(`${verb}: another machine than before\n  at ${this.line}`);
    this.taken++;
    return verb;
  }

  #note(): void {
    this.#qtrees.set(this.made.doc, this.made.machine.qtree());
  }
}

/** The machine in which everything else stays where it was, as the page builds it. */
function kept(before: Made, after: Made): Made {
  const doc = keepPlaces(before.doc, before.tree, after.doc, after.tree);
  if (doc === after.doc) return after;
  const built = buildLine(lineOf(doc));
  return 'message' in built ? after : madeOf(doc, built);
}

/** Devices that nobody touched, and that sit elsewhere now. */
function displaced(before: Made, after: Made, moves: readonly number[]): string[] {
  const was = seats(before);
  const is = seats(after);
  const touched = new Set(moves.map((key) => `#${key}`));
  const boardOf = (all: ReadonlyMap<string, string>) =>
    `${[...all.keys()].filter((device) => !device.startsWith('#'))}`;
  // QEMU's own network card and console come and go with the options that ask for others, and are made first.
  if (boardOf(was) !== boardOf(is)) return [];
  const taken = new Set(is.values());
  const complaints: string[] = [];
  for (const [device, seat] of was) {
    const now = is.get(device);
    // Who asks for a place by its address gets it, whoever had it by chance.
    if (now !== undefined && now !== seat && !touched.has(device) && !taken.has(seat))
      complaints.push(`${device} went from ${seat} to ${now}`);
  }
  return complaints;
}
