import { expect } from 'vitest';
import type { Explanation } from '../journal/why/chain.ts';
import { sectionTitle } from '../spec/sections.ts';

/** What every explanation is: whole sentences, sections that exist, events that are held. */
export function sound(explanation: Explanation, length: number): void {
  expect(explanation.verdict.text).toMatch(/^[\w“].*[.]$/);
  for (const { text, section, sectionTitle: title, event, state, advice } of explanation.links) {
    expect(text).toMatch(/[.]$/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
    expect(sectionTitle(section)).toBe(title);
    expect(title).not.toBe('');
    if (event !== undefined) expect(event).toBeLessThan(length);
    if (state === 'broken') expect(advice ?? text).not.toBe('');
  }
}
