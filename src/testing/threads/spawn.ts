import { Worker } from 'node:worker_threads';
import { build } from 'vite';

/** Starts `entry`, a TypeScript file with its imports, in a thread of Node. Rejects where it does not bundle. */
export async function spawnThread(entry: URL, workerData: unknown): Promise<Worker> {
  const bundle = await build({
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
  const { output } = Array.isArray(bundle) ? bundle[0]! : 'output' in bundle ? bundle : { output: [] };
  for (const part of output)
    if (part.type === 'chunk') return new Worker(part.code, { eval: true, workerData });
  throw new Error(`nothing was built of ${entry.pathname}`);
}
