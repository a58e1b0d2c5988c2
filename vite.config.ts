import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Shared memory needs a cross-origin isolated page; `NO_ISOLATION=1` shows the page without it. */
const isolation: Record<string, string> = process.env.NO_ISOLATION
  ? {}
  : {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cross-Origin-Resource-Policy': 'same-origin',
    };

/** The guest's script is compiled in a worker, hence 'unsafe-eval'; editor and canvas set inline styles. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-eval' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const ofMonaco = (ids: readonly string[]): boolean =>
  ids.some((id) => id.includes('/node_modules/monaco-editor/'));

/** Monaco is counted on its own: `.size-limit.cjs`. */
function chunkFolder(chunk: { moduleIds: readonly string[] }): string {
  return ofMonaco(chunk.moduleIds) ? 'monaco' : 'page';
}

/** Monaco's own workers are counted with the editor, and those that draw apart from the machine's. */
function workerFile({ moduleIds }: { moduleIds: readonly string[] }): string {
  const drawing = moduleIds.some((id) => id.includes('/src/ui/'));
  const folder = ofMonaco(moduleIds) ? 'monaco' : drawing ? 'drawing' : 'worker';
  return `assets/${folder}/[name]-[hash].js`;
}

export default defineConfig({
  plugins: [react()],
  server: { host: '127.0.0.1', headers: isolation },
  preview: {
    host: '127.0.0.1',
    headers: { ...isolation, 'Content-Security-Policy': contentSecurityPolicy },
  },
  build: {
    target: 'es2023',
    outDir: 'dist/page',
    manifest: true,
    // Monaco's language service is one large module, loaded only with the editor.
    chunkSizeWarningLimit: 10_000,
    rolldownOptions: {
      checks: { pluginTimings: false },
      output: {
        // V8 computes with a constant, but reads a variable at each use: half as much again for a queue.
        topLevelVar: false,
        entryFileNames: 'assets/page/[name]-[hash].js',
        chunkFileNames: (chunk) => `assets/${chunkFolder(chunk)}/[name]-[hash].js`,
        assetFileNames: 'assets/page/[name]-[hash][extname]',
      },
    },
  },
  worker: {
    format: 'es',
    rolldownOptions: {
      output: {
        topLevelVar: false,
        entryFileNames: workerFile,
        chunkFileNames: workerFile,
      },
    },
  },
});
