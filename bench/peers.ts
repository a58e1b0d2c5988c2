import { createRequire } from 'node:module';
import { QUEUE_SIZE } from './bench-device.ts';
import { AVAIL, DESC, FLOOR_BYTES, FloorRing, USED } from './floor.ts';
import { BATCH } from './guest-load.ts';

/**
 * Other programs in JavaScript with a half of a split virtqueue in the npm registry; the floor is the
 * other half. v86 is a development dependency. runtimejs is measured where it is installed
 * (`npm install --no-save runtimejs@0.2.16`): its twenty dependencies are too many for a row of a table.
 */
export const PEERS = {
  v86: 'v86 0.5.462, its device half on its own memory',
  runtimejs: 'runtime.js 0.2.16, its driver half',
} as const;
export type Peer = keyof typeof PEERS;

/** What moves buffers through the half of a peer. Throws where its package is not there. */
export async function peer(name: Peer): Promise<(count: number) => void> {
  return name === 'v86' ? v86Device() : runtimeDriver();
}

// Not to be bundled: packages are found where they are installed.
const load = createRequire(import.meta.url);

interface V86Queue {
  readonly cpu: { readonly mem8: Uint8Array };
  desc_addr: number;
  avail_addr: number;
  used_addr: number;
  enable(): void;
  has_request(): boolean;
  pop_request(): object;
  push_reply(chain: object): void;
  flush_replies(): void;
}

interface V86 {
  readonly v86: { readonly cpu: { readonly devices: { readonly virtio_balloon: V86Device } } };
  add_listener(event: string, listener: () => void): void;
}
interface V86Device {
  readonly virtio: { readonly queues: readonly V86Queue[] };
}

/** v86's device half: a queue as its own devices have it, with memory of its machine, which never runs. */
async function v86Device(): Promise<(count: number) => void> {
  const { V86 } = load('v86') as { V86: new (options: object) => V86 };
  const emulator = new V86({
    wasm_path: load.resolve('v86/build/v86.wasm'),
    memory_size: 16 << 20,
    vga_memory_size: 1 << 20,
    virtio_balloon: true,
    autostart: false,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
    bios: { buffer: new ArrayBuffer(1 << 16) },
  });
  await new Promise<void>((ready) => emulator.add_listener('emulator-ready', ready));
  const { cpu } = emulator.v86;
  const like = cpu.devices.virtio_balloon.virtio.queues[0] as V86Queue;
  const transport = { is_feature_negotiated: () => false, raise_irq: () => {} };
  const Queue = like.constructor as new (
    cpu: object,
    transport: object,
    options: object,
  ) => V86Queue;
  const queue = new Queue(cpu, transport, { size_supported: QUEUE_SIZE, notify_offset: 0 });
  queue.desc_addr = DESC;
  queue.avail_addr = AVAIL;
  queue.used_addr = USED;
  queue.enable();
  const { buffer, byteOffset } = like.cpu.mem8;
  const floor = new FloorRing(buffer, byteOffset);
  return (count) => {
    for (let done = 0; done < count; done += BATCH) {
      floor.offer();
      while (queue.has_request()) queue.push_reply(queue.pop_request());
      queue.flush_replies();
      floor.take();
    }
  };
}

interface RuntimeRing {
  placeBuffers(buffers: readonly Uint8Array[], writeOnly: boolean): boolean;
  getBuffer(): Uint8Array | null;
}

/** runtime.js's driver half, with what its kernel would give it. */
function runtimeDriver(): (count: number) => void {
  const memory = new ArrayBuffer(FLOOR_BYTES);
  Object.assign(globalThis, {
    __SYSCALL: {
      bufferAddress: (bytes: Uint8Array) => [bytes.length, bytes.byteOffset, 0, 0],
      memoryBarrier: () => {},
    },
    debug: () => {},
  });
  const Ring = load('runtimejs/js/driver/virtio/vring') as new (
    memory: object,
    offset: number,
    size: number,
  ) => RuntimeRing;
  const ring = new Ring({ buffer: memory, address: 0 }, DESC, QUEUE_SIZE);
  const floor = new FloorRing(memory);
  const pieces = [new Uint8Array(64)];
  return (count) => {
    for (let done = 0; done < count; done += BATCH) {
      for (let i = 0; i < BATCH; i++) ring.placeBuffers(pieces, true);
      floor.serve();
      while (ring.getBuffer());
    }
  };
}
