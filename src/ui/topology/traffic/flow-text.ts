import { bytesText } from '../../../journal/narration/words.ts';
import type { SessionState } from '../../session/session.ts';
import { FLOW_KINDS } from './flow-kinds.ts';
import { FASTEST_MARK, STRETCH } from './flow-meter.ts';

/** What the figures of traffic are about. */
export interface FlowSpan {
  /** They are a second's. */
  readonly live: boolean;
  /** Else those of so many events before the cursor. */
  readonly events: number;
  /** There are more events before the cursor than that. */
  readonly cut: boolean;
}

/** What the figures are about at a moment of the session. */
export function spanOf({
  run,
  speed,
  cursor,
  first,
}: Pick<SessionState, 'run' | 'speed' | 'cursor' | 'first'>): FlowSpan {
  const live = run === 'running' && speed > FASTEST_MARK;
  const before = Math.max(0, cursor - first);
  return { live, events: Math.min(STRETCH, before), cut: !live && before > STRETCH };
}

/** The same in words. */
export function spanText({ live, events }: Pick<FlowSpan, 'live' | 'events'>): string {
  return live
    ? 'a second, over what happened just now'
    : `in the last ${events.toLocaleString('en')} events before the cursor`;
}

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
