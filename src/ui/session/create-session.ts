import { BrowserFrames } from './frames.ts';
import { LiveSession } from './live-session.ts';
import type { Session } from './session.ts';
import { spawnMachine, spawnVcpu } from './worker-port.ts';

/** A session in this page, with threads of its own. The page must be cross-origin isolated. */
export function createSession(): Session {
  return new LiveSession({
    spawnMachine,
    spawnVcpu,
    frames: new BrowserFrames(),
    now: () => performance.now(),
    time: () => Date.now(),
    seed: () => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0,
  });
}
