/**
 * Which clauses of VIRTIO 1.4 have a test: every normative section of chapters 2 to 4 with the number of
 * tests whose title begins with it (`[2.7.7.2] notifies …`), those of tables of cases included, because
 * the runner itself lists them. `--missing` prints only those without one.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** What a device must do: the parts that every device and transport has. */
const DEVICE_TARGET = /^(2\.[1-9]|4\.[123])(\.|$)/;
const TITLE = /\[(\d+(?:\.\d+)+(?:,\s*\d+(?:\.\d+)+)*)\]\s/g;

/** @returns {string[]} */
function testFiles(/** @type {string} */ folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testFiles(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}

/** Titles of the tests of all files that name clauses, or put them into titles. */
function titles() {
  const files = testFiles(join(ROOT, 'src')).filter((file) =>
    /['"`]\[(\d+\.\d|\$\{)/.test(readFileSync(file, 'utf8')),
  );
  const output = execFileSync(
    join(ROOT, 'node_modules/.bin/vitest'),
    ['list', ...files.map((file) => file.slice(ROOT.length)), '--json'],
    { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  /** @type {{ name: string }[]} */
  const tests = JSON.parse(output.slice(output.indexOf('[')));
  return tests.map(({ name }) => name);
}

/** @type {Map<string, number>} */
const counts = new Map();
for (const title of titles()) {
  const named = [...title.matchAll(TITLE)].flatMap((match) => (match[1] ?? '').split(/,\s*/));
  for (const section of new Set(named)) counts.set(section, (counts.get(section) ?? 0) + 1);
}

const sections = readFileSync(new URL('./virtio-1.4-sections.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [number = '', role = '', title = '', ...demands] = line.split('\t');
    return { number, role, title, demands: demands.reduce((sum, n) => sum + Number(n), 0) };
  })
  .filter(({ number, demands }) => /^[234]\./.test(number) && demands > 0);

const onlyMissing = process.argv.includes('--missing');
for (const { number, role, title } of sections) {
  const tests = counts.get(number) ?? 0;
  if (onlyMissing && tests > 0) continue;
  const mark = tests > 0 ? String(tests).padStart(4) : ' ---';
  console.log(`${mark}  ${number.padEnd(14)} ${role.padEnd(7)} ${title}`);
}
/** Says how many sections of a kind have a test. */
function count(/** @type {string} */ what, /** @type {typeof sections} */ of) {
  const tested = of.filter(({ number }) => counts.has(number)).length;
  console.log(`${what}: ${tested} of ${of.length} have a test`);
}
console.log('');
count('normative sections of chapters 2 to 4', sections);
count(
  'device requirements of §2.1 to §2.9 and §4.1 to §4.3 of VIRTIO 1.4',
  sections.filter(({ number, role }) => role === 'device' && DEVICE_TARGET.test(number)),
);
count(
  'driver requirements of the same',
  sections.filter(({ number, role }) => role === 'driver' && DEVICE_TARGET.test(number)),
);
