/**
 * Where each line of a text is after an edit: `moved(line)` of a line (from 1) of `before` answers its number in
 * `after`, or undefined where it was deleted. An edit is taken to be what lies between the lines that both texts
 * begin with and those that both end with.
 */
export function lineMover(before: string, after: string): (line: number) => number | undefined {
  const old = before.split('\n');
  const now = after.split('\n');
  const most = Math.min(old.length, now.length);
  let head = 0;
  while (head < most && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === now[now.length - 1 - tail]) tail++;
  const grown = now.length - old.length;
  const middle = now.length - head - tail;
  return (line) => {
    if (line <= head) return line;
    if (line > old.length - tail) return line + grown;
    const inside = line - head - 1;
    const text = old[line - 1];
    // A line that several edits at once only pushed about is found by its text, near where it was.
    for (const at of [inside, inside + grown]) {
      if (at >= 0 && at < middle && now[head + at] === text) return head + at + 1;
    }
    return inside < middle ? line : undefined;
  };
}

/** The line to stop at for a breakpoint on `line`: the next one that has a statement, else the last that has one. */
export function stopFor(line: number, statements: readonly number[]): number | undefined {
  return statements.find((one) => one >= line) ?? statements.at(-1);
}
