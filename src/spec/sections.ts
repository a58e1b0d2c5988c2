import { SECTION_TITLES } from './section-titles.ts';

const PREFIX: Readonly<Record<string, string>> = {
  '>': 'Driver Requirements: ',
  '<': 'Device Requirements: ',
  '~': 'Legacy Interface: ',
};

/** The specification as published. */
const PUBLISHED = 'https://docs.oasis-open.org/virtio/virtio/v1.4/cs01/virtio-v1.4-cs01.html';

let titles: ReadonlyMap<string, string> | undefined;

/** Numbers and titles of the sections of VIRTIO 1.4, chapters 2 to 6, in the document's order. */
export function sections(): ReadonlyMap<string, string> {
  titles ??= new Map(
    SECTION_TITLES.split(/[|\n]/)
      .filter((entry) => entry !== '')
      .map((entry) => {
        const space = entry.indexOf(' ');
        const title = entry.slice(space + 1);
        const prefix = PREFIX[title.charAt(0)];
        return [entry.slice(0, space), prefix ? prefix + title.slice(1) : title];
      }),
  );
  return titles;
}

/**
 * Title of a section of VIRTIO 1.4 by its number (`2.7.13.3`), or undefined where there is none in
 * chapters 2 to 6.
 */
export function sectionTitle(section: string): string | undefined {
  return sections().get(section);
}

/**
 * Address of a section of VIRTIO 1.4 as published. Anchors there have no stable names: the browser looks for the
 * section's title behind its number, which it finds in the contents, and shows the document's top where it does not.
 */
export function sectionUrl(section: string): string {
  const title = sectionTitle(section);
  if (title === undefined) return PUBLISHED;
  return `${PUBLISHED}#:~:text=${section}-,${encodeURIComponent(title).replaceAll('-', '%2D')}`;
}
