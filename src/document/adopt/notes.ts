/** What was changed, as sentences for the person, each once and in the order of the work. */
export class Notes {
  readonly #said = new Set<string>();
  /** Subjects of a sentence that is said once of all of them. */
  readonly #gathered = new Map<(subjects: string) => string, Set<string>>();

  add(sentence: string): void {
    this.#said.add(sentence);
  }

  /** Adds a subject to a sentence about several; `sentence` is the same function each time. */
  gather(sentence: (subjects: string) => string, subject: string): void {
    const subjects = this.#gathered.get(sentence) ?? new Set();
    this.#gathered.set(sentence, subjects.add(subject));
  }

  /** Everything so far. */
  all(): string[] {
    const gathered = [...this.#gathered].map(([sentence, subjects]) =>
      sentence(listed([...subjects])),
    );
    return [...this.#said, ...gathered];
  }
}

/** Subjects that are named before the rest is counted. */
const NAMED = 8;

/** `a`, `a and b`, `a, b and c`, `a, b, … and 3 more`. */
function listed(subjects: readonly string[]): string {
  if (subjects.length > NAMED)
    return `${subjects.slice(0, NAMED).join(', ')} and ${subjects.length - NAMED} more`;
  if (subjects.length < 2) return subjects.join('');
  return `${subjects.slice(0, -1).join(', ')} and ${subjects.at(-1)}`;
}

/** A text of the person's as a sentence quotes it: short, on one line. */
export function quoted(text: string, longest = 60): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
