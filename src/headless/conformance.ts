import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Wanted } from './conformance/check.ts';
import { checks } from './conformance/checks.ts';
import { diskFolder } from './conformance/folder.ts';

const USAGE = `Usage: npm run conformance -- DIR [--only TEXT]... [--kind KIND]... [--quiet]

Compares what the engine prints with a folder of recorded answers of QEMU.
  --only TEXT   only entries whose name contains TEXT
  --kind KIND   only entries of this kind (qtree, mtree-f, help, errors, ...)
  --quiet       only the counts
`;

interface Arguments {
  readonly folder: string;
  readonly wanted: Wanted;
  readonly quiet: boolean;
}

function readArguments(words: readonly string[]): Arguments | undefined {
  const only: string[] = [];
  const kinds: string[] = [];
  const folders: string[] = [];
  let quiet = false;
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as string;
    if (word === '--only' || word === '--kind') {
      const value = words[++i];
      if (value === undefined) return undefined;
      (word === '--only' ? only : kinds).push(value);
    } else if (word === '--quiet') quiet = true;
    else if (word.startsWith('-')) return undefined;
    else folders.push(word);
  }
  const [folder, second] = folders;
  if (folder === undefined || second !== undefined) return undefined;
  const wanted: Wanted = (kind, id) =>
    (kinds.length === 0 || kinds.includes(kind)) &&
    (only.length === 0 || only.some((text) => id.includes(text)));
  return { folder: resolve(folder), wanted, quiet };
}

function main(words: readonly string[]): number {
  const args = readArguments(words);
  if (!args || !existsSync(args.folder)) {
    process.stderr.write(args ? `${args.folder}: no such folder\n` : USAGE);
    return 2;
  }
  const counts = new Map<string, { passed: number; failed: number }>();
  for (const { kind, id, difference } of checks(diskFolder(args.folder), args.wanted)) {
    const count = counts.get(kind) ?? { passed: 0, failed: 0 };
    counts.set(kind, count);
    if (difference === undefined) count.passed++;
    else {
      count.failed++;
      if (!args.quiet) process.stdout.write(`FAIL ${kind} ${id}: ${difference}\n`);
    }
  }
  let passed = 0;
  let failed = 0;
  for (const [kind, count] of counts) {
    passed += count.passed;
    failed += count.failed;
    process.stdout.write(`${kind}: ${count.passed} passed, ${count.failed} failed\n`);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
