import { readdirSync } from 'node:fs';
import { defineConfig } from 'vite';

/** `run.ts` and every `*.worker.ts` beside it, as `dist/bench/<name>.js`. */
const entries = readdirSync(import.meta.dirname)
  .filter((name) => name === 'run.ts' || name.endsWith('.worker.ts'))
  .map((name): [string, string] => [name.slice(0, -3), `${import.meta.dirname}/${name}`]);

/** Bundles the benchmarks for Node: ES modules, nothing minified, nothing left to resolve. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir: `${import.meta.dirname}/../dist/bench`,
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: Object.fromEntries(entries),
      output: {
        format: 'es',
        minifyInternalExports: false,
        // V8 computes with a constant, but reads a variable at each use: `vite.config.ts` has the same.
        topLevelVar: false,
        entryFileNames: '[name].js',
        chunkFileNames: 'shared/[name].js',
      },
    },
  },
});
