/** Most characters that all words of a text may have once variables are put in. */
export const MOST_TEXT = 2 ** 20;

/** What a variable holds: a text, or the words of an array. */
export type Value = string | readonly string[];

/** A place in a word where the value of something unknown belongs; its name is the first group. */
export const UNSET = /\uE000([^\uE001]*)\uE001/g;

/** The place of a variable that has no value, by the name that the person knows it by. */
export function unset(name: string): string {
  return `\uE000${name.replace(/[\uE000\uE001]/g, '')}\uE001`;
}
