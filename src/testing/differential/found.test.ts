import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeAccess } from './access.ts';
import { shortened } from './answers.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { patternedDisk } from './differential.ts';
import { expand } from './expand.ts';
import { FOUND } from './found.ts';
import { OurMachine } from './our-machine.ts';

/** What QEMU 7.2 answered. */
const ANSWERS = JSON.parse(readFileSync(`${import.meta.dirname}/found.json`, 'utf8')) as Readonly<
  Record<string, readonly string[]>
>;

it.each(FOUND)('$name', async ({ name, on, actions }) => {
  const configuration = CONFIGURATIONS.find((one) => one.name === on);
  if (!configuration) throw new Error(`no configuration is called ${on}`);
  const accesses = expand(configuration, actions);
  const { program, line } = configuration;
  const ours = new OurMachine(`${program} -nodefaults ${line}`, patternedDisk());
  const answers = await ours.session(accesses);
  const told = (given: readonly string[]) =>
    accesses.map((access, i) => `${describeAccess(access)}: ${given[i]}`);
  expect(told(answers.map(shortened))).toEqual(told(ANSWERS[name] ?? []));
});
