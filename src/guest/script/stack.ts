/** Name by which stacks call the script's code, where the browser honours it. */
export const SCRIPT_NAME = 'guest-script.ts';

/** Chromium and Safari: the name above; Firefox: the place of the `Function` call. */
const FRAME = new RegExp(`(?:${SCRIPT_NAME.replaceAll('.', '\\.')}|> Function):(\\d+):\\d+`);

/** Line of the innermost frame of a stack that lies in generated code, or undefined. */
export function lineIn(stack: unknown): number | undefined {
  const match = typeof stack === 'string' ? FRAME.exec(stack) : undefined;
  return match ? Number(match[1]) : undefined;
}

/** Makes a function of `body`, whose lines `lineIn` finds after subtracting `offset`. */
export function makeFunction(
  parameters: readonly string[],
  body: string,
): (...values: readonly unknown[]) => unknown {
  return new Function(...parameters, `${body}\n//# sourceURL=${SCRIPT_NAME}`) as never;
}

/** Lines that the platform puts before the body of a function that `makeFunction` makes. */
export function linesBefore(): number {
  const probe = makeFunction(['a', 'b'], 'return new Error().stack');
  return (lineIn(probe()) ?? 1) - 1;
}

/** The stack is used up: Chromium and Safari throw RangeError, Firefox InternalError. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof Error && /call stack|too much recursion/i.test(error.message);
}
