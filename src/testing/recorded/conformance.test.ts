import { describe, expect, it } from 'vitest';
import { checks } from '../../headless/conformance/checks.ts';
import { KNOWN_DIFFERENCES } from './known-differences.ts';
import { packedFolder } from './packed-folder.ts';

const all = [...checks(packedFolder(), () => true)];
const known = new Set(KNOWN_DIFFERENCES);

describe('the engine says what QEMU 7.2 said', () => {
  const kinds = [...new Set(all.map(({ kind }) => kind))];
  it.each(kinds)('%s', (kind) => {
    const differing = all
      .filter((check) => check.kind === kind && check.difference !== undefined)
      .filter(({ id }) => !known.has(id))
      .map(({ id, difference }) => `${id}: ${difference}`);
    expect(differing).toEqual([]);
  });

  it('every known difference is one', () => {
    const equal = all.filter(({ difference }) => difference === undefined).map(({ id }) => id);
    expect(equal.filter((id) => known.has(id))).toEqual([]);
    const ids = new Set(all.map(({ id }) => id));
    expect([...known].filter((id) => !ids.has(id))).toEqual([]);
  });
});
