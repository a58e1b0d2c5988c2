import { randomFillSync } from 'node:crypto';
import { writeSync } from 'node:fs';
import { main } from './run-guest.ts';

/** Written at once, so that nothing is lost when a script runs without an end. */
function print(stream: 1 | 2, line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(stream, bytes, at);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Whoever read this has gone: nobody is left to run for.
      if (code === 'EPIPE') process.exit(0);
      if (code !== 'EAGAIN') throw error;
    }
  }
}

process.exitCode = main(process.argv.slice(2), {
  out: (line) => print(1, line),
  error: (line) => print(2, line),
  random: (into) => randomFillSync(into),
});
