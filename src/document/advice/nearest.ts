/** Longest word that is compared: nobody mistypes a longer one, and the time grows with its square. */
const MOST = 64;

/** The candidates that read most like `word`, the nearest first; none where nothing is near. */
export function nearest(word: string, candidates: Iterable<string>, most = 3): string[] {
  const wanted = word.toLowerCase();
  if (wanted === '' || wanted.length > MOST) return [];
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const scored: { candidate: string; distance: number }[] = [];
  for (const candidate of new Set(candidates)) {
    if (candidate === word || candidate.length > MOST) continue;
    const distance = distanceBetween(wanted, candidate.toLowerCase());
    if (distance <= limit) scored.push({ candidate, distance });
  }
  // A word that is much further off than the nearest was not meant.
  const best = scored.reduce((least, { distance }) => Math.min(least, distance), limit);
  return scored
    .filter(({ distance }) => distance <= best + 1)
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, most)
    .map(({ candidate }) => candidate);
}

/**
 * Letters to add, drop, change or swap with their neighbour to make one word the other; a dash for an
 * underscore costs nothing.
 */
function distanceBetween(from: string, to: string): number {
  const a = from.replaceAll('_', '-');
  const b = to.replaceAll('_', '-');
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      next.push(cost);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}
