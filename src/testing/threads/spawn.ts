import { Worker } from 'node:worker_threads';
import { build } from 'vite';

/** One script of `entry`, a TypeScript file, and all that it imports. Rejects where that does not bundle. */
export async function bundle(entry: URL): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: entry.pathname,
      write: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { format: 'cjs' } },
    },
  });
  const { output } = Array.isArray(built) ? built[0]! : 'output' in built ? built : { output: [] };
  for (const part of output) if (part.type === 'chunk') return part.code;
  throw new Error(`nothing was built of ${entry.pathname}`);
}

/** Starts `entry`, a TypeScript file, in a thread of Node. */
export async function spawnThread(entry: URL, workerData: unknown): Promise<Worker> {
  return new Worker(await bundle(entry), { eval: true, workerData });
}
