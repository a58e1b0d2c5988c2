import { Painter } from './scene/painter.ts';
import type { ToPainter } from './scene/protocol.ts';

/** Draws one ring picture beside the page's thread. */
const painter = new Painter({
  canvas: (width, height) => new OffscreenCanvas(width, height),
  frame: (callback) => void self.requestAnimationFrame(callback),
  now: () => performance.now(),
  tell: (news) => self.postMessage(news),
});

self.onmessage = (event: MessageEvent<ToPainter>) => painter.hear(event.data);
