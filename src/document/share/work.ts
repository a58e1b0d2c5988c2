import type { DocumentOption, MachineDocument } from '../document.ts';

/** A script, and the example that it began as. */
interface Script {
  readonly source: string;
  readonly example: string;
}

/** A state that can be returned to, and the act that led away from it. */
export interface WorkStep {
  readonly label: string;
  readonly doc: MachineDocument;
  readonly script?: Script;
}

/** An empty image that stands in for a file which is not here. */
interface EmptyImage {
  readonly name: string;
  readonly format: 'raw' | 'qcow2';
  readonly bytes: number;
}

/** What the page finds again after a reload, but for what it looks at. */
export interface Work {
  /** Names the visit that wrote it: two pages that stand open side by side can tell. */
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly doc: MachineDocument;
  /** Oldest first. */
  readonly past: readonly WorkStep[];
  /** Next one last. */
  readonly future: readonly WorkStep[];
  readonly script: Script;
  readonly standIns: readonly EmptyImage[];
}

const VERSION = 1;
/** Characters of a record; older steps are left out where it would be longer. Browsers keep 5 million in all. */
const MOST = 2_000_000;

/** A document in a record: its program, and its options as runs of the table: from, count, from, count, … */
type Runs = readonly [program: string, ...runs: number[]];
type PackedStep = readonly [label: string, doc: Runs, ...script: [number, string] | []];

/**
 * The work as text. What documents share is written once: a hundred steps of a large machine are little
 * longer than one. `mostSteps`: of each direction.
 */
export function encodeWork(work: Work, mostSteps = 100): string {
  const table = new Table();
  // First, so that the steps' documents are runs of it.
  const doc = table.runs(work.doc);
  const step = ({ label, doc: at, script }: WorkStep): PackedStep => [
    label,
    table.runs(at),
    ...(script ? ([table.text(script.source), script.example] as [number, string]) : ([] as [])),
  ];
  const past = mostSteps === 0 ? [] : work.past.slice(-mostSteps).map(step);
  const future = mostSteps === 0 ? [] : work.future.slice(-mostSteps).map(step);
  const script = [table.text(work.script.source), work.script.example];
  const { by, at, standIns } = work;
  const { options, texts } = table;
  const text = JSON.stringify({
    version: VERSION,
    ...{ by, at, doc, past, future, script, standIns, options, texts },
  });
  return text.length > MOST && mostSteps > 0 ? encodeWork(work, Math.floor(mostSteps / 2)) : text;
}

/** The work that a text of `encodeWork` tells; undefined for every other text. */
export function decodeWork(text: string): Work | undefined {
  try {
    return read(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether two records tell the same work, whoever wrote them and when. */
export function sameRecord(a: string, b: string): boolean {
  return withoutWriter(a) === withoutWriter(b);
}

function withoutWriter(text: string): string {
  return text.slice(text.indexOf('"doc":'));
}

/** Options and texts, each once. */
class Table {
  readonly options: (readonly [key: number, name: string, argument: string | null])[] = [];
  readonly texts: string[] = [];
  readonly #at = new Map<string, number>();
  /** By identity, which is what documents of a history mostly share. */
  readonly #known = new Map<DocumentOption, number>();
  readonly #textAt = new Map<string, number>();

  runs({ program, options }: MachineDocument): Runs {
    const runs: number[] = [];
    for (const option of options) {
      const at = this.#place(option);
      const [from = 0, count = 0] = runs.slice(-2);
      if (runs.length > 0 && from + count === at) runs[runs.length - 1] = count + 1;
      else runs.push(at, 1);
    }
    return [program, ...runs];
  }

  text(text: string): number {
    let at = this.#textAt.get(text);
    if (at === undefined) {
      at = this.texts.push(text) - 1;
      this.#textAt.set(text, at);
    }
    return at;
  }

  #place(option: DocumentOption): number {
    const known = this.#known.get(option);
    if (known !== undefined) return known;
    const { key, name, argument } = option;
    const row = [key, name, argument ?? null] as const;
    const id = JSON.stringify(row);
    let at = this.#at.get(id);
    if (at === undefined) {
      at = this.options.push(row) - 1;
      this.#at.set(id, at);
    }
    this.#known.set(option, at);
    return at;
  }
}

/** A record that cannot be read; never leaves this file. */
class Unreadable extends Error {}

function read(value: unknown): Work {
  const record = object(value);
  if (record.version !== VERSION) throw new Unreadable();
  const options = list(record.options).map((row): DocumentOption => {
    const [key, name, argument] = list(row);
    return {
      key: number(key),
      name: text(name),
      argument: argument === null ? undefined : text(argument),
    };
  });
  const texts = list(record.texts).map(text);
  const doc = (runs: unknown): MachineDocument => {
    const [program, ...pairs] = list(runs);
    const found: DocumentOption[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const from = number(pairs[i]);
      const to = from + number(pairs[i + 1]);
      if (from < 0 || to > options.length || found.length > options.length) throw new Unreadable();
      found.push(...options.slice(from, to));
    }
    return { program: text(program), options: found };
  };
  const script = (at: unknown, example: unknown): Script => {
    const source = texts[number(at)];
    if (source === undefined) throw new Unreadable();
    return { source, example: text(example) };
  };
  const step = (row: unknown): WorkStep => {
    const [label, at, ...rest] = list(row);
    return {
      label: text(label),
      doc: doc(at),
      ...(rest.length > 0 && { script: script(rest[0], rest[1]) }),
    };
  };
  const [source, example] = list(record.script);
  return {
    by: text(record.by),
    at: number(record.at),
    doc: doc(record.doc),
    past: list(record.past).map(step),
    future: list(record.future).map(step),
    script: script(source, example),
    standIns: list(record.standIns).map((image): EmptyImage => {
      const { name, format, bytes } = object(image);
      return {
        name: text(name),
        format: format === 'qcow2' ? 'qcow2' : 'raw',
        bytes: number(bytes),
      };
    }),
  };
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Unreadable();
  return value as Record<string, unknown>;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new Unreadable();
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Unreadable();
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw new Unreadable();
  return value;
}
