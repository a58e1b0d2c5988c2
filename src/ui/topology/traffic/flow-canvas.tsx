import { useEffect, useMemo, useRef } from 'react';
import { useStoreApi } from 'reactflow';
import { useSession } from '../../state/session-context.tsx';
import type { Tone } from '../../state/tone.ts';
import { useUi } from '../../state/ui-store.ts';
import type { MachineGraph } from '../graph.ts';
import { FASTEST_MARK } from './flow-meter.ts';
import { FlowNet } from './flow-net.ts';
import { type Note, notesOf } from './flow-notes.ts';
import { DPR, FlowPainter } from './flow-painter.ts';
import { meterOf } from './meter-of.ts';
import { prefersStillness } from './stillness.ts';

/** Figures change at most this often, in ms: faster, nobody reads them. */
const FIGURES_MS = 250;

/** Frames whose cost is remembered; `data-cost` is their median, in ms. */
const COSTS = 120;

/** Traffic between frames, as flow: one canvas above the machine. */
export function FlowCanvas({ graph }: { graph: MachineGraph }) {
  const session = useSession();
  const flow = useStoreApi();
  const canvas = useRef<HTMLCanvasElement>(null);
  const net = useMemo(() => new FlowNet(graph), [graph]);
  const devices = graph.topology.devices.length;

  useEffect(() => {
    meterOf(session).resize(devices);
  }, [session, devices]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return undefined;
    const drawing = new Drawing(context, net, session, () => flow.getState());
    const stops = [
      session.subscribe(drawing.request),
      flow.subscribe(({ transform, width, height }, before) => {
        if (transform !== before.transform || width !== before.width || height !== before.height)
          drawing.moved();
      }),
      useUi.subscribe(drawing.changed),
    ];
    drawing.changed();
    return () => {
      for (const stop of stops) stop();
      drawing.stop();
    };
  }, [session, flow, net]);

  return (
    <div className="flow" aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}

interface View {
  readonly transform: readonly [x: number, y: number, zoom: number];
  readonly width: number;
  readonly height: number;
}

/** Draws when something is to be drawn, and rests else. */
class Drawing {
  readonly #context: CanvasRenderingContext2D;
  readonly #net: FlowNet;
  readonly #painter: FlowPainter;
  readonly #session: Parameters<typeof meterOf>[0];
  readonly #view: () => View;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #then = 0;
  #dirty = true;
  /** The meter's, when it was drawn. */
  #version = -1;
  #empty = true;
  #notes: readonly Note[] = [];
  #figured = 0;
  #notesAt: View['transform'] = [0, 0, 1];
  #colours:
    | { of: string; by: Record<Tone, string>; panel: string; ink: string; font: string }
    | undefined;
  #widths = { of: '', by: new Map<string, number>() };
  /** Milliseconds that the last frames took, for benchmarks. */
  readonly #costs: number[] = [];

  constructor(
    context: CanvasRenderingContext2D,
    net: FlowNet,
    session: Parameters<typeof meterOf>[0],
    view: () => View,
  ) {
    this.#context = context;
    this.#net = net;
    this.#painter = new FlowPainter(net);
    this.#session = session;
    this.#view = view;
  }

  readonly request = (): void => {
    this.#frame ||= requestAnimationFrame(this.#draw);
  };

  /** The view moved: figures move with it. */
  moved(): void {
    if (this.#empty) return;
    this.#dirty = true;
    this.request();
  }

  /** Something else that the picture depends on has changed. */
  readonly changed = (): void => {
    this.#dirty = true;
    this.#figured = 0;
    this.request();
  };

  stop(): void {
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }

  readonly #draw = (now: number): void => {
    this.#frame = 0;
    clearTimeout(this.#timer);
    const start = performance.now();
    const meter = meterOf(this.#session);
    meter.look(now);
    if (meter.version !== this.#version) this.#dirty = true;
    this.#version = meter.version;
    const { speed, run } = this.#session.getState();
    const { rates } = meter.rates;
    // At a speed at which one can follow the marks, they are all that there is to see.
    const shown = speed > FASTEST_MARK && rates.size > 0 && run !== 'idle';
    const still = prefersStillness();
    if (this.#dirty || (shown && meter.live)) this.#paint(now, shown, still);
    this.#dirty = false;
    this.#then = now;
    if (meter.live && rates.size > 0) {
      if (still) this.#timer = setTimeout(this.request, FIGURES_MS);
      else this.request();
    }
    if (!shown) return;
    this.#costs.push(performance.now() - start);
    if (this.#costs.length > COSTS) this.#costs.shift();
  };

  #paint(now: number, shown: boolean, still: boolean): void {
    const context = this.#context;
    const { canvas } = context;
    const { transform, width, height } = this.#view();
    const wide = Math.round(width * DPR());
    const high = Math.round(height * DPR());
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      this.#empty = true;
    }
    if (!this.#empty) context.clearRect(0, 0, wide, high);
    this.#empty = !shown;
    if (!shown) return;
    const meter = meterOf(this.#session);
    const { presentation, pointed } = useUi.getState();
    const { live } = meter;
    const elapsed = live && !still ? Math.min(100, now - this.#then) : 0;
    const colours = this.#palette();
    this.#net.load(meter.rates.rates);
    const view = { transform, width, height, presentation, live, elapsed };
    this.#painter.paint(context, view, colours.by);
    const size = presentation ? 16 : 11;
    context.setTransform(DPR(), 0, 0, DPR(), 0, 0);
    context.font = `550 ${size}px ${colours.font}`;
    if (!live || now - this.#figured >= FIGURES_MS || transform[2] !== this.#notesAt[2]) {
      this.#figured = now;
      this.#notesAt = transform;
      const { estimated } = meter.rates;
      const measure = (text: string): number => this.#widthOf(text);
      const how = { live, estimated, pointed };
      this.#notes = notesOf(this.#net, meter.rates.rates, how, view, { size, measure });
      const costs = this.#costs.toSorted((a, b) => a - b);
      canvas.dataset.cost = (costs[costs.length >> 1] ?? 0).toFixed(2);
    }
    context.translate(transform[0] - this.#notesAt[0], transform[1] - this.#notesAt[1]);
    for (const note of this.#notes) this.#write(note, size);
  }

  /** Width of a text, from those of its letters: figures are others each time, and measuring one takes long. */
  #widthOf(text: string): number {
    const context = this.#context;
    if (context.font !== this.#widths.of) this.#widths = { of: context.font, by: new Map() };
    let width = 0;
    for (const letter of text) {
      let known = this.#widths.by.get(letter);
      if (known === undefined) {
        known = context.measureText(letter).width;
        this.#widths.by.set(letter, known);
      }
      width += known;
    }
    return width;
  }

  #write(note: Note, size: number): void {
    const context = this.#context;
    const colours = this.#palette();
    context.globalAlpha = 0.93;
    context.fillStyle = colours.panel;
    context.beginPath();
    context.roundRect(note.x, note.y, note.width, note.height, 4);
    context.fill();
    context.globalAlpha = 1;
    context.textBaseline = 'middle';
    note.lines.forEach(({ text, tone, stopped }, i) => {
      const y = note.y + size * (0.95 + 1.3 * i);
      const x = note.x + size * 0.7;
      context.strokeStyle = colours.by[tone];
      context.fillStyle = colours.by[tone];
      if (stopped) {
        // Nothing went anywhere: a bar, as where a single one is stopped.
        context.lineWidth = size / 5;
        context.beginPath();
        context.moveTo(x - size * 0.3, y);
        context.lineTo(x + size * 0.15, y);
        context.moveTo(x + size * 0.2, y - size * 0.4);
        context.lineTo(x + size * 0.2, y + size * 0.4);
        context.stroke();
      } else context.fillRect(x - size * 0.3, y - size * 0.3, size * 0.6, size * 0.6);
      context.fillStyle = colours.ink;
      context.fillText(text, note.x + size * 1.5, y);
    });
  }

  /** The style sheet's colours, read again when the theme is another one. */
  #palette() {
    const { theme = '' } = document.documentElement.dataset;
    if (this.#colours?.of !== theme) {
      const style = getComputedStyle(document.documentElement);
      const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim();
      const by: Record<Tone, string> = {
        ...{ driver: colour('driver'), device: colour('device'), notify: colour('notify') },
        ...{ interrupt: colour('interrupt'), violation: colour('violation') },
        ...{ exit: colour('exit'), quiet: colour('dim') },
      };
      const font = colour('sans');
      this.#colours = { of: theme, by, panel: colour('panel'), ink: colour('ink'), font };
    }
    return this.#colours;
  }
}
