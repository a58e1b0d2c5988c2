import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { REGIONS } from './regions.ts';
import { sections, sectionTitle, sectionUrl } from './sections.ts';
import { VIOLATIONS } from './violations.ts';

/** The specification's own list, as the citation check reads it. */
const rows = readFileSync(new URL('../../.ci/virtio-1.4-sections.tsv', import.meta.url), 'utf8')
  .split('\n')
  .slice(1)
  .filter((line) => /^[2-6]/.test(line))
  .map((line) => line.split('\t'));

describe('sections', () => {
  it('are those of chapters 2 to 6, with their titles, in order', () => {
    expect(rows.length).toBeGreaterThan(800);
    expect([...sections()]).toEqual(rows.map(([number, , title]) => [number, title]));
  });

  it('answer a title by number, and nothing for what is not there', () => {
    expect(sectionTitle('2.7.13.3')).toBe('Updating idx');
    expect(sectionTitle('2.7.13.3.1')).toBe('Driver Requirements: Updating idx');
    expect(sectionTitle('2.7.99')).toBeUndefined();
    expect(sectionTitle('1.4')).toBeUndefined();
  });

  it('have an address each, by number and title, in which nothing has another meaning', () => {
    const seen = new Set<string>();
    for (const [number, title] of sections()) {
      const [page, fragment = ''] = sectionUrl(number).split('#:~:text=');
      expect(page).toMatch(/virtio-v1\.4-cs01\.html$/);
      // `prefix-,text`: no other hyphen, comma or ampersand is left as it is.
      expect(fragment.match(/[-,&]/g)).toEqual(['-', ',']);
      expect(decodeURIComponent(fragment)).toBe(`${number}-,${title}`);
      seen.add(fragment);
    }
    expect(seen.size).toBe(sections().size);
    expect(sectionUrl('2.7.99')).not.toContain('#');
  });

  it('exist for every violation', () => {
    for (const { code, section } of VIOLATIONS) expect(sectionTitle(section), code).toBeDefined();
  });

  it('exist for every region that VIRTIO defines', () => {
    const cited = REGIONS.map(({ source }) => /^VIRTIO 1\.4 §(.*)$/.exec(source)?.[1]);
    expect(cited.filter((section) => section !== undefined).length).toBeGreaterThan(4);
    for (const section of cited) if (section) expect(sectionTitle(section)).toBeDefined();
  });
});
