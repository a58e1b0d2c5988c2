import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import type { BreakpointState } from '../state/breakpoints.ts';

/** Fields of each kind, and what each is made of; all but those that end in `?` must be there. */
const SHAPES: Readonly<Record<EventBreakpoint['kind'], Readonly<Record<string, string>>>> = {
  used: { dev: 'number', queue: 'number' },
  available: { dev: 'number', queue: 'number' },
  notification: { dev: 'number?', queue: 'number?', sent: 'boolean?' },
  interrupt: { dev: 'number?', queue: 'number?', outcome: 'string?' },
  violation: { dev: 'number?' },
  status: { dev: 'number?' },
  register: { dev: 'number', region: 'number', offset: 'number', write: 'boolean?' },
  memory: { addr: 'number', length: 'number' },
  console: { text: 'string?' },
};
const OUTCOMES: readonly unknown[] = [undefined, 'raised', 'suppressed', 'masked'];

/** Breakpoints as text for the browser's storage; undefined where there are none. */
export function encodeBreakpoints(state: BreakpointState): string | undefined {
  const { aside, events } = state;
  const lines = aside ?? state.lines;
  if (lines.length + events.length === 0) return undefined;
  return JSON.stringify({
    lines,
    events: events.map(({ on, what, path }) => ({ on, what, path })),
  });
}

/** Breakpoints that an earlier visit left. What cannot be read is left out. */
export function decodeBreakpoints(text: string | undefined): BreakpointState {
  let kept: unknown;
  try {
    kept = JSON.parse(text ?? 'null');
  } catch {
    kept = undefined;
  }
  if (!isRecord(kept)) return { lines: [], aside: undefined, events: [] };
  const lines = listOf(kept.lines).flatMap(({ line, on }) =>
    isCount(line) && line > 0 ? [{ line, on: on !== false }] : [],
  );
  const events = listOf(kept.events).flatMap(({ what, on, path }, i) => {
    const read = readBreakpoint(what);
    const of = typeof path === 'string' ? path : undefined;
    return read ? [{ id: i + 1, on: on !== false, what: read, path: of }] : [];
  });
  return { lines: lines.sort((a, b) => a.line - b.line), aside: undefined, events };
}

function readBreakpoint(value: unknown): EventBreakpoint | undefined {
  if (!isRecord(value) || !Object.hasOwn(SHAPES, String(value.kind))) return undefined;
  const kind = value.kind as EventBreakpoint['kind'];
  if (kind === 'interrupt' && !OUTCOMES.includes(value.outcome)) return undefined;
  const read: Record<string, unknown> = { kind };
  for (const [field, shape] of Object.entries(SHAPES[kind])) {
    const found = value[field];
    if (found === undefined && shape.endsWith('?')) continue;
    if (typeof found !== shape.replace('?', '')) return undefined;
    if (typeof found === 'number' && !isCount(found)) return undefined;
    read[field] = found;
  }
  // Its fields were checked one by one.
  return read as unknown as EventBreakpoint;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
