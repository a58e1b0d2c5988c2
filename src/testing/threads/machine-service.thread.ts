import { parentPort } from 'node:worker_threads';
import { ConfigError } from '../../engine/qom/errors.ts';
import { GuestRam } from '../../memory/guest-ram.ts';
import type { FileContent, MachineRequest } from '../../protocol/messages.ts';
import { MachineService, type ServedMachine } from '../../worker/machine-service.ts';
import { FakeMachine } from '../fake-machine.ts';

/**
 * The machine thread with a `FakeMachine` in it. Its command line is `-m BYTES`; another one is
 * refused. Monitor: `raise` asserts the interrupt, `tell NAME` emits an event, `write NAME TEXT` writes to an image as a guest
 * would, `throw` throws, `hang` hangs for ever.
 */
const port = parentPort!;
const service = new MachineService({
  build(commandLine, host): ServedMachine {
    const bytes = Number(/^-m (\d+)$/.exec(commandLine)?.[1]);
    if (commandLine === '-throw') throw new Error('a fault while building');
    if (!bytes) throw new ConfigError(`${commandLine}: invalid option`);
    const machine = new FakeMachine(new GuestRam(host.allocateRam(bytes), 0, bytes), host.journal);
    return Object.assign(machine, {
      warnings: [`built with ${commandLine}`],
      topology: () => ({
        machineType: 'fake-machine',
        ramBytes: bytes,
        root: {
          kind: 'bus' as const,
          path: '/',
          name: 'root',
          type: 'System',
          ancestors: ['System', 'bus', 'object'],
          full: false,
          hotpluggable: false,
          children: [],
        },
        backEnds: [],
        devices: [],
      }),
      deviceTypes: () => [],
      deviceFacts: () => undefined,
      qtree: () => [{ text: 'bus: root', path: '/' }],
      complete: (line: string) => ({ start: line.length, candidates: ['raise'] }),
      takeEvents: () => machine.events.splice(0),
      onEvent: () => {},
      qmp: (request: unknown) => ({ return: request, big: 2n ** 64n - 1n }),
      cont: () => {},
      monitor(line: string): string {
        const [command, name = '', text = ''] = line.split(' ');
        if (command === 'raise') machine.setInput(true);
        if (command === 'tell') {
          machine.events.push({ event: name });
          this.onEvent();
        }
        if (command === 'throw') throw new Error('the monitor is broken');
        while (command === 'hang');
        const image = host.openImage(name);
        if (command === 'write' && image && 'write' in image && typeof image.write === 'function')
          image.write(0, new TextEncoder().encode(text));
        return `did ${command}`;
      },
    });
  },
  files: {
    source: (content) => ({ length: content.size, read: () => 0 }),
    join: (parts) => new Blob(parts as (Blob | Uint8Array<ArrayBuffer>)[]) as FileContent,
  },
  thread: { next: (turn) => setImmediate(turn), now: () => performance.now() },
  allocate: (bytes) => new SharedArrayBuffer(bytes),
  post: (message) => port.postMessage(message),
});
port.on('message', (request: MachineRequest) => service.handle(request));
