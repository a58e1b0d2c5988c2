/** Builds the page where the build is missing or older than the sources, and runs size-limit. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
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

run('size-limit', []);
