import { sectionUrl } from '../../spec/sections.ts';
import { useDeviceTypes } from '../build/use-types.ts';
import { selectNode } from '../state/ui-store.ts';
import { wordsOn } from './ancestor-words.ts';
import type { Chapter } from './chapters.ts';
import { Section } from './section.tsx';

/** A button that goes to another node of the machine. */
export function NodeLink({ id, children }: { id: string; children: string }) {
  return (
    <button type="button" className="link mono" title={id} onClick={() => selectNode(id)}>
      {children}
    </button>
  );
}

/** A type and what it descends from, each with a word on what it is. */
export function Ancestors({ ancestors }: { ancestors: readonly string[] }) {
  const types = useDeviceTypes();
  const line = ancestors.toReversed();
  return (
    <Section title="Is a" count={ancestors.length}>
      <ol className="ancestors">
        {line.map((type) => {
          const words = types.find(({ name }) => name === type)?.description || wordsOn(type);
          return (
            <li key={type}>
              <span className="mono">{type}</span>
              {words && <span className="ancestor-words">{words}</span>}
            </li>
          );
        })}
      </ol>
    </Section>
  );
}

/** Where the specification speaks of it. */
export function Chapters({ chapters }: { chapters: readonly Chapter[] }) {
  if (chapters.length === 0) return null;
  return (
    <ul className="chapters" aria-label="In the specification">
      {chapters.map((chapter) => (
        <li key={chapter.section}>
          <a
            href={sectionUrl(chapter.section)}
            target="_blank"
            rel="noreferrer"
            aria-label={`VIRTIO 1.4, section ${chapter.section}, ${chapter.title}, opens a new tab`}
          >
            <span className="mono">§{chapter.section}</span> {chapter.title}
          </a>
        </li>
      ))}
    </ul>
  );
}
