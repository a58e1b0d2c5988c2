import type { Page } from 'playwright';

/** A machine with a network device that has no peer: what it is given is used at once. */
export const SAMPLED_LINE = 'qemu-system-x86_64 -m 64 -nic none -device virtio-net-pci';

/** Sends frames for ever, 128 with a doorbell. */
const SENDER = `import { virtio, dma, VIRTIO_ID_NET, ACKNOWLEDGE, DRIVER, FEATURES_OK, DRIVER_OK, VIRTIO_F_VERSION_1 } from 'guest';
const net = virtio.find(VIRTIO_ID_NET).open();
net.reset();
net.status = ACKNOWLEDGE | DRIVER;
net.acceptFeatures([VIRTIO_F_VERSION_1]);
net.status |= FEATURES_OK;
const queue = net.queue(1);
net.status |= DRIVER_OK;
const frames = dma.alloc(128 * 76).addr;
queue.suppressInterrupts(true);
for (;;) {
  for (let i = 0; i < 128; i++) queue.post1(frames + 76 * i, 76, 0);
  queue.publish();
  queue.notify();
  while (queue.popUsed() >= 0);
}
`;

/** What a page is like while a guest runs as fast as it can. */
export interface SampledRun {
  /** Buffers, and events that were recorded, a second. */
  readonly buffers: number;
  readonly events: number;
  /** From an input to its handler, in ms: the median, 95 of 100, and the longest. */
  readonly delay: readonly [median: number, p95: number, longest: number];
  readonly frames: number;
}

/** How many inputs there are, and the time between two, in ms. */
const INPUTS = 150;
const INPUT_EVERY = 40;

/** Runs the sender in a page that shows `SAMPLED_LINE`, and moves the pointer meanwhile. */
export async function sampledRun(page: Page): Promise<SampledRun> {
  await page.evaluate((source) => {
    const session = window.virtioPlayground?.session;
    session?.setSpeed(Number.POSITIVE_INFINITY, true);
    session?.run(source);
  }, SENDER);
  await page.waitForFunction(
    () => (window.virtioPlayground?.session.getState().moment.unrecorded ?? 0) > 1e6,
  );
  await page.waitForTimeout(2000);
  const counts = () =>
    page.evaluate(() => {
      const { moment, length } = window.virtioPlayground!.session.getState();
      const pushed = [...moment.queues.values()].reduce((sum, queue) => sum + queue.pushed, 0);
      return { pushed, length, at: performance.now() };
    });
  await page.evaluate(() => {
    const bench = { delays: [] as number[], frames: 0, on: true };
    const note = (): void => {
      bench.frames++;
      if (bench.on) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
    addEventListener('mousemove', (event) => {
      bench.delays.push(performance.now() - event.timeStamp);
    });
    Object.assign(window, { bench });
  });
  const before = await counts();
  for (let i = 0; i < INPUTS; i++) {
    await page.mouse.move(300 + 2 * i, 400 + (i % 7));
    await page.waitForTimeout(INPUT_EVERY);
  }
  const after = await counts();
  const { delays, frames } = await page.evaluate(() => {
    const { bench } = window as unknown as {
      bench: { delays: number[]; frames: number; on: boolean };
    };
    bench.on = false;
    return bench;
  });
  await page.evaluate(() => window.virtioPlayground?.session.pause());
  const seconds = (after.at - before.at) / 1000;
  const sorted = delays.toSorted((a, b) => a - b);
  const of = (part: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return {
    buffers: (after.pushed - before.pushed) / seconds,
    events: (after.length - before.length) / seconds,
    delay: [of(0.5), of(0.95), of(1)],
    frames: frames / seconds,
  };
}
