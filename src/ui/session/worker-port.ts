/** One worker thread as the session sees it, whatever platform it runs on. */
export interface WorkerPort {
  post(message: unknown): void;
  /** What the worker posted. Set by the owner. */
  onMessage: (message: unknown) => void;
  /** The worker could not be loaded, threw, or got what it cannot read. Set by the owner. */
  onError: (message: string) => void;
  /** Ends the thread at once. */
  terminate(): void;
}

/** A web worker as a `WorkerPort`. */
function portOf(worker: Worker, name: string): WorkerPort {
  const port: WorkerPort = {
    post: (message) => worker.postMessage(message),
    onMessage: () => {},
    onError: () => {},
    terminate: () => worker.terminate(),
  };
  worker.onmessage = (event) => port.onMessage(event.data);
  worker.onmessageerror = () => port.onError(`a message of the ${name} thread could not be read`);
  worker.onerror = (event) => {
    event.preventDefault();
    // Where the script itself could not be loaded, browsers say nothing more.
    port.onError(event.message || `the ${name} thread could not be started`);
  };
  return port;
}

// The bundler finds a worker only where its address stands in the call.

/** Starts the thread of the machine. */
export function spawnMachine(): WorkerPort {
  const worker = new Worker(new URL('../../worker/machine.worker.ts', import.meta.url), {
    type: 'module',
    name: 'machine',
  });
  return portOf(worker, 'machine');
}

/** Starts a thread of the vCPU, for one run. */
export function spawnVcpu(): WorkerPort {
  const worker = new Worker(new URL('../../worker/vcpu.worker.ts', import.meta.url), {
    type: 'module',
    name: 'vcpu',
  });
  return portOf(worker, 'vCPU');
}
