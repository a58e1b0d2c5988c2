const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A column of the compiled line, and the column of the source that it came from; both from 0. */
interface Mapping {
  readonly compiled: number;
  readonly source: number;
}

/**
 * Leads columns of compiled code back to the source. Lines are the same in both, so only the
 * columns of a source map's `mappings` (Source Map, revision 3) are kept.
 */
export class ColumnMap {
  readonly #lines: readonly (readonly Mapping[])[];

  constructor(mappings: string) {
    let source = 0;
    this.#lines = mappings.split(';').map((line) => {
      let compiled = 0;
      const found: Mapping[] = [];
      for (const segment of line.split(',')) {
        const fields = decode(segment);
        compiled += fields[0] ?? 0;
        // Fields 1 and 2 are the file and the line.
        source += fields[3] ?? 0;
        if (fields.length >= 4) found.push({ compiled, source });
      }
      return found;
    });
  }

  /** Column of the source (from 0) for a column of the compiled code; `line` counts from 1. */
  sourceColumn(line: number, column: number): number {
    const at = (this.#lines[line - 1] ?? []).findLast(({ compiled }) => compiled <= column);
    return at ? at.source + column - at.compiled : column;
  }
}

/** Base-64 digits of five bits and a continuation bit, the sign in the lowest bit. */
function decode(segment: string): number[] {
  const fields: number[] = [];
  let value = 0;
  let shift = 0;
  for (const char of segment) {
    const digit = DIGITS.indexOf(char);
    value += (digit & 31) * 2 ** shift;
    shift += 5;
    if (digit & 32) continue;
    fields.push(value % 2 === 1 ? -((value - 1) / 2) : value / 2);
    value = 0;
    shift = 0;
  }
  return fields;
}
