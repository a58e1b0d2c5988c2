import { readFileSync } from 'node:fs';
import type { Folder } from '../../headless/conformance/folder.ts';

interface Packed {
  readonly lines: readonly string[];
  /** Runs of lines: first line and how many, one after another. */
  readonly files: Readonly<Record<string, readonly number[]>>;
}

/** The recorded answers of QEMU 7.2 that are kept with the project; see `pack.ts`. */
export function packedFolder(): Folder {
  const path = `${import.meta.dirname}/../golden/answers.json`;
  const { lines, files } = JSON.parse(readFileSync(path, 'utf8')) as Packed;
  return {
    read(name) {
      const runs = files[name];
      if (!runs) return undefined;
      const text: string[] = [];
      for (let i = 0; i < runs.length; i += 2)
        text.push(...lines.slice(runs[i], (runs[i] ?? 0) + (runs[i + 1] ?? 0)));
      return text.join('\n');
    },
    list: (name) =>
      Object.keys(files)
        .filter((file) => file.startsWith(`${name}/`))
        .map((file) => file.slice(name.length + 1))
        .sort(),
  };
}
