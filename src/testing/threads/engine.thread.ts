import { parentPort, workerData } from 'node:worker_threads';
import { bytesSource } from '../../engine/backends/byte-source.ts';
import { Machine } from '../../engine/machine/machine.ts';
import { JournalRing } from '../../journal/ring.ts';
import { JournalWriter } from '../../journal/writer.ts';
import type { MachineMemory } from '../../protocol/messages.ts';
import { ExitServer } from '../../worker/channel/exit-server.ts';
import { ServeLoop } from '../../worker/channel/serve-loop.ts';

/** Serves a real machine with one image, `disk.img`. */
const { memory, commandLine, image } = workerData as {
  memory: MachineMemory;
  commandLine: string;
  image: Uint8Array;
};
const machine = Machine.build(commandLine, {
  allocateRam: () => memory.ram,
  openImage: (name) => (name === 'disk.img' ? bytesSource(image) : undefined),
  random: (into) => into.fill(4),
  journal: new JournalWriter(new JournalRing(memory.machineJournal)),
});
const server = new ExitServer(new Int32Array(memory.control), machine, {
  onFault(error) {
    throw error;
  },
});
new ServeLoop({ next: (turn) => setImmediate(turn), now: () => performance.now() }).start(server);
parentPort?.postMessage('ready');
