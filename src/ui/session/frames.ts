/** Where frames come from. */
export interface FrameSource {
  /** Calls `callback` once, with the time in ms, at the next frame; again asked before that, it changes nothing. */
  request(callback: (now: number) => void): void;
  /** Ends all requests for good. */
  dispose(): void;
}

/** Time between two frames while nobody sees them, in ms. */
const HIDDEN_MS = 250;

/** The browser's animation frames, or a slow timer while the page is hidden. */
export class BrowserFrames implements FrameSource {
  #callback: ((now: number) => void) | undefined;
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    document.addEventListener('visibilitychange', this.#visibilityChanged);
  }

  request(callback: (now: number) => void): void {
    if (this.#callback) return;
    this.#callback = callback;
    this.#arm();
  }

  dispose(): void {
    this.#callback = undefined;
    this.#disarm();
    document.removeEventListener('visibilitychange', this.#visibilityChanged);
  }

  readonly #visibilityChanged = (): void => {
    if (!this.#callback) return;
    this.#disarm();
    this.#arm();
  };

  #arm(): void {
    if (document.visibilityState === 'hidden')
      this.#timer = setTimeout(() => this.#fire(performance.now()), HIDDEN_MS);
    else this.#frame = requestAnimationFrame((now) => this.#fire(now));
  }

  #disarm(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
  }

  #fire(now: number): void {
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.(now);
  }
}
