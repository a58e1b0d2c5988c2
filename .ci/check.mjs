/** Every static check, two at a time; prints the output of those that fail. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
process.env.PATH = `${join(process.cwd(), 'node_modules/.bin')}${delimiter}${process.env.PATH}`;

/** A program each, by the native compiler, in a tenth of the time; the other one is there for its API, which tests use. */
const types = (/** @type {string} */ part) => ({
  name: `types: ${part}`,
  command: `node node_modules/typescript-native/bin/tsc -p tsconfig.${part}.json --pretty false`,
});

/** The longest first, so that the two lanes end together. */
const STEPS = [
  { name: 'sizes', command: 'node .ci/sizes.mjs' },
  { name: 'dead code', command: 'knip --no-progress' },
  {
    name: 'code that only tests use',
    command: 'knip --no-progress --production --include files,dependencies',
  },
  { name: 'layers', command: 'node .ci/layers.mjs' },
  { name: 'lint and format', command: 'biome check --error-on-warnings .' },
  types('node'),
  types('browser-tests'),
  types('ui'),
  types('core'),
  types('worker'),
  { name: 'citations', command: 'node .ci/citations.mjs' },
];

/** @type {(command: string) => Promise<{ code: number | null; output: string }>} */
function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => resolve({ code: 1, output: String(error) }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

const begin = performance.now();
const seconds = (/** @type {number} */ since) => ((performance.now() - since) / 1000).toFixed(1);
/** @type {string[]} */
const failed = [];

async function lane() {
  for (let step = STEPS.shift(); step; step = STEPS.shift()) {
    const start = performance.now();
    const { code, output } = await run(step.command);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${step.name} (${seconds(start)} s)`);
    if (code !== 0) {
      failed.push(step.name);
      console.log(`${output.trimEnd()}\n`);
    }
  }
}

await Promise.all([lane(), lane()]);
console.log(
  failed.length > 0
    ? `check failed: ${failed.join(', ')} (${seconds(begin)} s)`
    : `check passed (${seconds(begin)} s)`,
);
process.exitCode = failed.length > 0 ? 1 : 0;
