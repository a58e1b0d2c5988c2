/**
 * Builds the page where the build is missing or older than the sources, checks that the first screen
 * loads nothing but `assets/page`, and runs size-limit.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
process.env.PATH = `${join(process.cwd(), 'node_modules/.bin')}${delimiter}${process.env.PATH}`;

const MANIFEST = 'dist/page/.vite/manifest.json';

/** Time of the newest change under `path`; a folder changes when a file in it comes or goes. */
function newest(/** @type {string} */ path) {
  if (!existsSync(path)) return 0;
  const own = statSync(path);
  if (!own.isDirectory()) return own.mtimeMs;
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((child) => !/\.test\.tsx?$/.test(child))
    .reduce((latest, child) => Math.max(latest, statSync(join(path, child)).mtimeMs), own.mtimeMs);
}

/** @type {(name: string, args: string[]) => void} */
function run(name, args) {
  const { status } = spawnSync(name, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(1);
}

const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];
if (newest(MANIFEST) <= Math.max(...sources.map(newest)))
  run('vite', ['build', '--logLevel', 'warn']);

/** @type {Record<string, { file: string; imports?: string[]; css?: string[] }>} */
const manifest = JSON.parse(readFileSync(MANIFEST, 'utf8'));
const first = new Set(['index.html']);
for (const key of first) for (const next of manifest[key]?.imports ?? []) first.add(next);
const strays = [...first]
  .flatMap((key) => [manifest[key]?.file ?? `missing ${key}`, ...(manifest[key]?.css ?? [])])
  .filter((file) => !file.startsWith('assets/page/'));
if (strays.length > 0) {
  console.error(`The first screen loads ${strays.join(', ')}: import it lazily.`);
  process.exitCode = 1;
}

run('size-limit', []);
