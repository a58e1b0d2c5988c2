import fc from 'fast-check';
import { expect, it } from 'vitest';
import { goldenCommandLines } from '../../testing/golden.ts';
import { openMachine, refusalOf } from '../../testing/refused.ts';
import type { MachineDocument } from '../document.ts';
import { lineOf, readDocument } from '../read.ts';
import type { RefusalFacts } from './advice.ts';
import { advise } from './advise.ts';

const line = '-M pc -nodefaults -device virtio-rng-pci,id=r';
const machine = openMachine(line);
const before = readDocument(line);
const here = { before, topology: machine.topology(), types: machine.deviceTypes() };

/** Words of which lines and sentences are made. */
const WORDS = [
  ...new Set(goldenCommandLines().flatMap((one) => `${one.line} ${one.stderr}`.split(/[\s,=]+/))),
].filter((word) => word !== '' && word.length < 60);
const word = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...WORDS) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const entry = fc.tuple(word, word).map(([key, value]) => `${key}=${value}`);
const argument = fc
  .tuple(word, fc.array(fc.oneof(word, entry), { maxLength: 4 }))
  .map(([first, rest]) => [first, ...rest].join(','));
const name = fc.oneof(
  fc.constantFrom('device', 'drive', 'blockdev', 'netdev', 'object', 'chardev', 'M', 'm', 'global'),
  word.map((text) => text.replace(/^-+/, '') || 'x'),
);
const option = fc.record({ name, argument: fc.option(argument, { nil: undefined }) });
const documents = fc
  .array(option, { maxLength: 6 })
  .map(
    (options): MachineDocument => ({
      program: 'qemu-system-x86_64',
      options: options.map((one, i) => ({ key: i + 1, ...one })),
    }),
  )
  // What a person can have typed.
  .map((doc) => readDocument(lineOf(doc), before));
const SENTENCES = goldenCommandLines().flatMap(({ stderr }) => (stderr === '' ? [] : [stderr]));
const message = fc.oneof(
  fc.constantFrom(...SENTENCES),
  fc.array(word, { maxLength: 12 }).map((words) => words.join(' ')),
  fc
    .tuple(fc.constantFrom(...SENTENCES), fc.array(word, { minLength: 1, maxLength: 3 }))
    .map(([sentence, words]) => {
      let at = 0;
      return sentence.replace(/'[^']*'/g, () => `'${words[at++ % words.length]}'`);
    }),
  fc.string(),
);

/** Advice, checked: each fix is a line that a person could have typed. */
function checked(facts: RefusalFacts): void {
  const advice = advise(facts);
  expect(advice.title).not.toBe('');
  for (const { doc, label } of advice.fixes) {
    expect(label.length).toBeLessThan(120);
    if (!doc) continue;
    const text = lineOf(doc);
    expect(lineOf(readDocument(text))).toBe(text);
    expect(readDocument(text).options.length).toBe(doc.options.length);
    expect(new Set(doc.options.map(({ key }) => key)).size).toBe(doc.options.length);
  }
}

it('takes any sentence about any document', () => {
  fc.assert(
    fc.property(
      documents,
      message,
      fc.integer({ min: -1, max: 8 }),
      fc.boolean(),
      (doc, text, at, hot) => {
        checked({ ...here, doc, message: text, hot, ...(at >= 0 && { option: at }) });
      },
    ),
    { numRuns: 3000 },
  );
});

it('advises on random lines that the engine refuses', () => {
  let refused = 0;
  fc.assert(
    fc.property(documents, (doc) => {
      const facts = refusalOf(lineOf(doc));
      if (!facts) return;
      refused++;
      checked(facts);
    }),
    { numRuns: 150 },
  );
  expect(refused).toBeGreaterThan(50);
});

const long = 'a'.repeat(2 ** 19);
it.each([
  ['a long type', `-device ${long}`, `'${long}' is not a valid device model name`],
  ['a long sentence', '-device x', "Property '".repeat(50_000)],
  ['quotes without end', '-device x', `can't apply global ${"'".repeat(2 ** 20)}`],
  [
    'many dots',
    `-device virtio-rng-pci,bus=${'a.'.repeat(2 ** 18)}`,
    `Bus '${'a.'.repeat(2 ** 18)}' not found`,
  ],
  ['many commas', `-device x${','.repeat(2 ** 19)}`, "Property 'x.' not found"],
  ['many colons', '-hda x', 'qemu-system-x86_64: '.repeat(50_000)],
])('is quick with %s', (_, text, sentence) => {
  const doc = readDocument(text, before);
  const start = performance.now();
  checked({ ...here, doc, message: sentence, option: 0, hot: false });
  expect(performance.now() - start).toBeLessThan(2000);
});

it('is quick with ten thousand devices, each on the bus of the one before', () => {
  const options = Array.from(
    { length: 9000 },
    (_, i) => `-device pci-bridge,id=b${i},bus=${i === 0 ? 'pci.0' : `b${i - 1}`}`,
  );
  const doc = readDocument(options.join(' '));
  for (const reason of [
    'Bridge chassis not specified. Each bridge is required to be assigned a unique chassis id > 0.',
    'PCI: no slot/function available for pci-bridge, all in use or reserved',
    "No 'virtio-bus' bus found for device 'virtio-rng-device'",
    'drive property not set',
    "Duplicate ID 'b0' for device",
  ]) {
    const start = performance.now();
    const advice = advise({
      ...here,
      before: doc,
      doc,
      message: `qemu-system-x86_64: ${reason}`,
      option: 0,
      hot: false,
    });
    expect(advice.fixes.length).toBeGreaterThan(0);
    expect(performance.now() - start).toBeLessThan(3000);
  }
});
