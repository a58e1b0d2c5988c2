/**
 * Runs dependency-cruiser on src/ and fails on a broken layer rule, on a folder that the table does
 * not know, and when it has not really read every module: a parser that quietly reads nothing would
 * find no violation either.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const KNOWN =
  /^src\/(?:main\.tsx|vite-env\.d\.ts|(?:base|spec|memory|journal|options|guest|protocol|document|worker|headless|lessons|ui|testing)\/.+|engine\/(?:qom|qdev|hw|virtio|transports|devices|backends|machine|monitor)\/.+)$/;

/** @type {import('dependency-cruiser').IConfiguration} */
const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const { output } = await cruise(['src'], {
  ...config.options,
  ruleSet: { forbidden: config.forbidden ?? [] },
  validate: true,
});
if (typeof output === 'string') throw new Error('dependency-cruiser gave text, not a result');

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((path) => join('src', path).replaceAll('\\', '/'))
  .filter((path) => /\.tsx?$/.test(path));
const read = new Map(output.modules.map((module) => [module.source, module.dependencies.length]));
const edges = [...read.values()].reduce((sum, count) => sum + count, 0);

/** @type {string[]} */
const faults = [];
for (const { rule, from, to, cycle } of output.summary.violations) {
  const via = cycle ? ` via ${cycle.map((step) => step.name).join(' → ')}` : '';
  faults.push(`${rule.name}: ${from} → ${to}${via}`);
}
for (const file of files) {
  if (!KNOWN.test(file)) faults.push(`${file}: no such layer`);
  if (!file.endsWith('.d.ts') && !read.has(file))
    faults.push(`${file}: dependency-cruiser did not read it`);
}
if (files.length === 0 || edges === 0)
  faults.push('dependency-cruiser saw no modules or no imports');

for (const fault of faults) console.error(fault);
console.log(`${files.length} modules, ${edges} imports`);
process.exitCode = faults.length > 0 ? 1 : 0;
