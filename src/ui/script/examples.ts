import type { Example } from '../../lessons/example.ts';
import { EXAMPLES } from '../../lessons/examples.ts';

/** The script that a new visitor finds. Throws where there is none, which is a fault of this program. */
export function defaultExample(): Example {
  const [first] = EXAMPLES;
  if (!first) throw new Error('there is no example script');
  return first;
}

/** The example of that id, if there is one. */
export function exampleOf(id: string): Example | undefined {
  return EXAMPLES.find((example) => example.id === id);
}
