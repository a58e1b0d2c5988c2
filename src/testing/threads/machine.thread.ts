import { parentPort, workerData } from 'node:worker_threads';
import { JournalRing } from '../../journal/ring.ts';
import { JournalWriter } from '../../journal/writer.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import type { MachineMemory } from '../../protocol/messages.ts';
import { ExitServer } from '../../worker/channel/exit-server.ts';
import { ServeLoop } from '../../worker/channel/serve-loop.ts';
import { FakeMachine } from '../fake-machine.ts';

/** Serves a `FakeMachine`; the message 'raise' asserts its interrupt, 'ping' is answered, 'stop' ends. */
const memory = workerData as MachineMemory;
const journal = new JournalWriter(new JournalRing(memory.machineJournal));
const machine = new FakeMachine(new GuestRam(memory.ram), journal);
const server = new ExitServer(new Int32Array(memory.control), machine, {
  onFault: (error) => parentPort?.postMessage(String(error)),
});
const loop = new ServeLoop({ next: (turn) => setImmediate(turn), now: () => performance.now() });
loop.start(server);
parentPort?.on('message', (message: string) => {
  if (message === 'raise') {
    machine.setInput(true);
    server.publishInterrupts();
  }
  if (message === 'ping') parentPort?.postMessage('pong');
  if (message === 'stop') {
    loop.stop();
    parentPort?.close();
  }
});
parentPort?.postMessage('ready');
