import { bytesText } from '../../../journal/narration/words.ts';
import { FLOW_KINDS } from './flow-kinds.ts';

/** A count or a rate in at most three digits: `7`, `1.2 k`, `34 M`. */
export function short(value: number): string {
  const units = ['', ' k', ' M', ' G', ' T'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit++;
  }
  const digits =
    unit === 0 ? (value < 9.95 && !Number.isInteger(value) ? 1 : 0) : scaled < 9.95 ? 1 : 0;
  return `${scaled.toFixed(digits)}${units[unit]}`;
}

/** Events as the picture has them: a second while live, else in the stretch. */
export function eventsText(events: number, live: boolean, estimated: boolean): string {
  return `${estimated ? '≈ ' : ''}${short(events)}${live ? '/s' : ''}`;
}

/** Bytes as the picture has them; '' where a kind has none. */
export function amountText(bytes: number, kind: number, live: boolean, estimated: boolean): string {
  if (!FLOW_KINDS[kind]?.bytes) return '';
  if (live || estimated)
    return `${estimated ? '≈ ' : ''}${spaced(short(bytes))}B${live ? '/s' : ''}`;
  return bytes < 10_000 ? bytesText(bytes) : `${spaced(short(bytes))}B`;
}

const spaced = (text: string): string => (text.includes(' ') ? text : `${text} `);
