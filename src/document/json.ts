import { isJsonArgument } from '../options/entries.ts';
import type { DocumentOption } from './document.ts';

/** Whether an option is written as JSON. */
export function isJson({ name, argument }: DocumentOption): boolean {
  return argument !== undefined && isJsonArgument(name, argument);
}
