import type { ViolationMoment } from '../../journal/fold/moment.ts';
import { violationText } from '../../journal/narration/lifecycle.ts';
import type { Names } from '../../journal/narration/narration-types.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';

/** A violation in one sentence with the section that it breaks. */
export function verdictOf(violation: ViolationMoment, names: Names): string {
  const info: ViolationInfo | undefined = VIOLATIONS[violation.code];
  if (!info) return `Rule ${violation.code}, which this page does not know.`;
  return `${violationText(violation, names)} (VIRTIO 1.4 §${info.section})`;
}
