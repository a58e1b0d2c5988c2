import { BACKEND_OPS } from '../../journal/schema.ts';
import type { Tone } from '../state/tone.ts';
import { type Activity, firstFrom, type Lanes, type QueueLane, type RequestSpan } from './lanes.ts';
import { LABEL_WIDTH, RIGHT_MARGIN, type Span, xOfEvent } from './span.ts';

/** Most queues that get a lane of their own. */
const QUEUE_LANES = 3;

interface Look {
  readonly width: number;
  readonly height: number;
  readonly span: Span;
  readonly cursor: number;
  readonly length: number;
  readonly tone: Tone;
  readonly dark: boolean;
}

const ACTIVITY_WORDS: Readonly<Record<Activity, string>> = {
  enumerate: 'PCI enumeration',
  registers: 'device registers',
  memory: 'memory',
  halted: 'halted',
};

/** Draws the strip. Work is bounded by the pixels, not by the length of the run. */
export function drawLanes(canvas: HTMLCanvasElement, lanes: Lanes, look: Look): void {
  const ratio = window.devicePixelRatio || 1;
  const { width, height, span } = look;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const c = canvas.getContext('2d');
  if (!c) return;
  const style = getComputedStyle(canvas);
  const known = new Map<string, string>();
  const token = (name: string): string => {
    let value = known.get(name);
    if (value === undefined) {
      value = style.getPropertyValue(name).trim();
      known.set(name, value);
    }
    return value;
  };
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  c.font = `11px ${token('--sans')}`;
  c.textBaseline = 'middle';

  const queues = lanes.queues.slice(0, QUEUE_LANES);
  const names = [
    'guest',
    ...(queues.length > 0 ? queues.map((q) => laneName(q, queues.length === 1)) : ['queues']),
    'device',
    'interrupts',
  ];
  const lane = Math.min(26, (height - 8) / names.length);
  const centre = (i: number): number => 4 + lane * (i + 0.5);
  const bar = Math.min(16, lane - 5);
  const x = (count: number): number => xOfEvent(count, span, width);

  names.forEach((name, i) => {
    c.fillStyle = token('--dim');
    c.fillText(name, 12, centre(i));
    c.fillStyle = token('--line');
    c.fillRect(LABEL_WIDTH, Math.round(centre(i)), width - LABEL_WIDTH - RIGHT_MARGIN, 1);
  });

  c.save();
  c.beginPath();
  c.rect(LABEL_WIDTH - 1, 0, width - LABEL_WIDTH - RIGHT_MARGIN + 2, height);
  c.clip();

  const box = (from: number, to: number, row: number, fill: string, edge?: string): void => {
    const left = x(from);
    const w = Math.max(1.5, x(to) - left - 0.5);
    if (w < 5) {
      c.fillStyle = edge ?? fill;
      c.fillRect(left, centre(row) - bar / 2, w, bar);
      return;
    }
    c.fillStyle = fill;
    c.beginPath();
    c.roundRect(left, centre(row) - bar / 2, w, bar, 3);
    c.fill();
    if (edge) {
      c.strokeStyle = edge;
      c.lineWidth = 1;
      c.stroke();
    }
  };
  const label = (text: string, from: number, to: number, row: number, ink: string): void => {
    const left = Math.max(x(from), LABEL_WIDTH) + 5;
    const room = Math.min(x(to), width - RIGHT_MARGIN) - left - 4;
    if (room < 24) return;
    if (c.measureText(text).width > room) return;
    c.fillStyle = ink;
    c.fillText(text, left, centre(row) + 0.5);
  };

  const fills: Readonly<Record<Activity, readonly [string, string]>> = {
    enumerate: [token('--line'), token('--ink')],
    registers: [token('--exit'), token('--panel')],
    memory: [token('--driver'), token('--panel')],
    halted: ['transparent', token('--dim')],
  };
  eachVisible(
    lanes.stretches,
    (s) => s.to + 1,
    span,
    look,
    (s) => {
      const [fill, ink] = fills[s.activity];
      box(s.from, s.to + 1, 0, fill, s.activity === 'halted' ? token('--line-strong') : undefined);
      label(ACTIVITY_WORDS[s.activity], s.from, s.to + 1, 0, ink);
    },
  );

  queues.forEach((queue, k) => {
    const end = (r: RequestSpan): number => (r.pushed ?? look.length - 1) + 1;
    eachVisible(queue.requests, end, span, look, (r) => {
      if (r.available !== undefined) {
        c.setLineDash([3, 3]);
        box(r.available, r.popped, 1 + k, token('--driver-fill'), token('--driver'));
        c.setLineDash([]);
      }
      box(r.popped, end(r), 1 + k, token('--device-fill'), token('--device'));
      const words = requestWords(r);
      label(words, r.popped, end(r), 1 + k, token('--ink'));
    });
  });

  const deviceRow = names.length - 2;
  const tick = (event: number, row: number, colour: string, size: number): void => {
    c.fillStyle = colour;
    c.fillRect(x(event + 0.5) - 0.75, centre(row) - size / 2, 1.5, size);
  };
  const self = (event: number): number => event;
  eachVisible(lanes.device, self, span, look, (e) =>
    tick(e, deviceRow, token('--device'), bar - 4),
  );
  eachVisible(lanes.doorbells, self, span, look, (e) => {
    c.fillStyle = token('--notify');
    c.beginPath();
    c.arc(x(e + 0.5), centre(deviceRow), 3.5, 0, Math.PI * 2);
    c.fill();
  });
  eachVisible(
    lanes.interrupts,
    (s) => (s.lowered ?? look.length - 1) + 1,
    span,
    look,
    (s) => {
      box(s.raised, (s.lowered ?? look.length - 1) + 1, names.length - 1, token('--interrupt'));
    },
  );
  eachVisible(lanes.violations, self, span, look, (e) => {
    const at = x(e + 0.5);
    const y = centre(deviceRow);
    c.fillStyle = token('--violation');
    c.beginPath();
    c.moveTo(at, y - 8);
    c.lineTo(at + 7, y + 5);
    c.lineTo(at - 7, y + 5);
    c.fill();
  });

  // What the cursor has passed is the past that the page shows; the rest is there, but later.
  if (look.cursor < look.length) {
    const from = x(look.cursor);
    c.globalAlpha = 0.55;
    c.fillStyle = token('--panel');
    c.fillRect(from, 0, width - from, height);
    c.globalAlpha = 1;
  }
  if (look.cursor > 0) {
    const left = x(look.cursor - 1);
    const w = Math.max(2, x(look.cursor) - left);
    c.globalAlpha = 0.35;
    c.fillStyle = token('--current-edge');
    c.fillRect(left, 0, w, height);
    c.globalAlpha = 1;
  }
  c.restore();
}

function laneName({ dev, queue }: QueueLane, alone: boolean): string {
  return alone ? `queue ${queue}` : `dev ${dev} queue ${queue}`;
}

function requestWords({ op, head }: RequestSpan): string {
  if (!op) return `chain ${head}`;
  const name = BACKEND_OPS[op.code] ?? 'request';
  return op.length > 0 ? `${name} ${op.length} B at ${op.position}` : name;
}

/** Visits what lies in the span, at most one item a pixel. Items are in order of their ends. */
function eachVisible<T>(
  list: readonly T[],
  end: (item: T) => number,
  span: Span,
  look: Look,
  visit: (item: T) => void,
): void {
  const perPixel = (span.to - span.from) / Math.max(1, look.width - LABEL_WIDTH - RIGHT_MARGIN);
  let i = firstFrom(list, (item) => end(item) >= span.from);
  while (i < list.length) {
    const item = list[i] as T;
    visit(item);
    const next = end(item) + perPixel * 0.75;
    if (end(item) > span.to + (span.to - span.from)) break;
    i =
      perPixel < 0.75
        ? i + 1
        : Math.max(
            i + 1,
            firstFrom(list, (other) => end(other) >= next),
          );
  }
}
