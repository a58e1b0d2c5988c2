import type { ViolationMoment } from '../../journal/fold/moment.ts';
import { violationText } from '../../journal/narration/lifecycle.ts';
import type { Names } from '../../journal/narration/narration-types.ts';
import { sectionTitle } from '../../spec/sections.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';

/** What a device found wrong, in words. */
export interface Verdict {
  /** One sentence, with number and title of the section that it breaks. */
  readonly text: string;
  /** Section of VIRTIO 1.4, where it is a rule that this page knows. */
  readonly section?: string;
}

/** A violation in one sentence, with the section that it breaks. */
export function verdictOf(violation: ViolationMoment, names: Names): Verdict {
  const info: ViolationInfo | undefined = VIOLATIONS[violation.code];
  if (!info) return { text: `Rule ${violation.code}, which this page does not know.` };
  const { section } = info;
  const title = sectionTitle(section);
  const where = `VIRTIO 1.4 §${section}${title ? ` ${title}` : ''}`;
  return { text: `${violationText(violation, names)} (${where})`, section };
}
