import { parentPort, workerData } from 'node:worker_threads';
import { FloorRing, floorDoorbells, floorExit, floorPeer, floorPolling } from './floor.ts';
import { floorEvents, floorEventsPeer } from './floor-events.ts';

/** One of the two threads of the floor: the driver, or the peer that answers. */
export interface FloorData {
  readonly role: 'driver' | 'peer';
  readonly memory: SharedArrayBuffer;
  readonly control: SharedArrayBuffer;
}

const port = parentPort!;
const { role, memory, control: words } = workerData as FloorData;
const control = new Int32Array(words);
const u16 = new Uint16Array(memory);
const ring = new FloorRing(memory);

port.on('message', ({ kind, count }: { kind: string; count: number }) => {
  const start = performance.now();
  if (role === 'peer') {
    port.postMessage('serving');
    if (kind === 'events') floorEventsPeer(ring, u16, control);
    else floorPeer(ring, control, kind === 'polling');
  } else if (kind === 'events') floorEvents(ring, u16, control, count);
  else if (kind === 'polling') floorPolling(ring, count);
  else if (kind === 'exits') for (let i = 0; i < count; i++) floorExit(control);
  else floorDoorbells(ring, control, count);
  port.postMessage(performance.now() - start);
});
port.postMessage('ready');
