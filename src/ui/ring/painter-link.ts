import type { FromPainter, ToPainter } from './scene/protocol.ts';

/** The painter of one canvas, in its own thread where browsers can. */
export interface PainterLink {
  tell(message: Exclude<ToPainter, { kind: 'canvas' }>): void;
  dispose(): void;
}

/** Gives `canvas`, which nobody has drawn on, to a painter; `hear` gets its news. */
export function openPainter(
  canvas: HTMLCanvasElement,
  hear: (news: FromPainter) => void,
): PainterLink {
  return typeof canvas.transferControlToOffscreen === 'function'
    ? inWorker(canvas.transferControlToOffscreen(), hear)
    : onPage(canvas, hear);
}

function inWorker(canvas: OffscreenCanvas, hear: (news: FromPainter) => void): PainterLink {
  const worker = new Worker(new URL('./ring.worker.ts', import.meta.url), {
    type: 'module',
    name: 'ring',
  });
  worker.onmessage = ({ data }: MessageEvent<FromPainter>) => hear(data);
  worker.postMessage({ kind: 'canvas', canvas } satisfies ToPainter, [canvas]);
  return {
    tell: (message) =>
      worker.postMessage(message, message.kind === 'patch' ? [message.patch.buffer] : []),
    dispose: () => worker.terminate(),
  };
}

/** The same painter on the page's thread, for browsers without canvases in workers. */
function onPage(canvas: HTMLCanvasElement, hear: (news: FromPainter) => void): PainterLink {
  let over = false;
  const painter = import('./scene/painter.ts').then(({ Painter }) => {
    const it = new Painter({
      canvas: (width, height) => Object.assign(document.createElement('canvas'), { width, height }),
      frame: (callback) => {
        requestAnimationFrame((now) => {
          if (!over) callback(now);
        });
      },
      now: () => performance.now(),
      tell: hear,
    });
    // A canvas of the page has all that the painter uses of the other kind.
    it.hear({ kind: 'canvas', canvas: canvas as unknown as OffscreenCanvas });
    return it;
  });
  return {
    tell: (message) => void painter.then((it) => it.hear(message)),
    dispose: () => {
      over = true;
    },
  };
}
