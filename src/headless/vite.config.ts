import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vite';

const OUT = `${import.meta.dirname}/../../dist/qemu`;
const PROGRAMS = ['x86_64', 'i386', 'aarch64', 'arm', 's390x', 'riscv64'];

/** One program for Node, and files by whose names it is called as QEMU's programs are. */
export default defineConfig({
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: `${import.meta.dirname}/qemu.ts`,
    target: 'node20',
    outDir: OUT,
    emptyOutDir: true,
    rolldownOptions: { output: { format: 'es', entryFileNames: 'qemu.mjs', codeSplitting: false } },
  },
  plugins: [
    {
      name: 'programs',
      writeBundle({ dir = OUT }) {
        for (const program of PROGRAMS)
          writeFileSync(
            join(dir, `qemu-system-${program}`),
            "#!/usr/bin/env node\nimport('./qemu.mjs');\n",
            { mode: 0o755 },
          );
      },
    },
  ],
});
