/** Groups of `-device help`, in its order, by the catalog's letters. */
const GROUPS: readonly (readonly [letter: string, title: string])[] = [
  ['B', 'Controller/Bridge/Hub'],
  ['U', 'USB'],
  ['S', 'Storage'],
  ['N', 'Network'],
  ['I', 'Input'],
  ['D', 'Display'],
  ['A', 'Sound'],
  ['M', 'Misc'],
  ['C', 'CPU'],
  ['W', 'Watchdog'],
  ['O', 'Uncategorized'],
];

/** Headings of `-device help`, in its order. */
export const HEADINGS: readonly string[] = GROUPS.map(([, title]) => `${title} devices`);

/** Headings under which a type of the groups `letters` stands; none where nobody can make one. */
export function headingsOf(letters: string | undefined): string[] {
  return HEADINGS.filter((_, i) => letters?.includes(GROUPS[i]?.[0] ?? '-') ?? false);
}
