import { hex } from '../../base/bits.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';

/** A violation in one sentence with the section that it breaks. */
export function violationText(v: { code: number; index: number; value: number }): string {
  const info: ViolationInfo | undefined = VIOLATIONS[v.code];
  if (!info) return `Unknown rule ${v.code}.`;
  const value = v.value > 0xffff ? hex(v.value) : String(v.value);
  const text = info.text.replace('{index}', String(v.index)).replace('{value}', value);
  return `${text} (VIRTIO 1.4 §${info.section})`;
}
