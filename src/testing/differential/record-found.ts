import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shortened } from './answers.ts';
import { CONFIGURATIONS } from './configurations.ts';
import { patternedDisk } from './differential.ts';
import { expand } from './expand.ts';
import { FOUND } from './found.ts';
import { RealMachine } from './real-machine.ts';

/** Asks the installed QEMU 7.2 every session in `found.ts`, and writes what it answers to `found.json`. */
async function record(): Promise<void> {
  const answers: Record<string, readonly string[]> = {};
  const folder = mkdtempSync(join(tmpdir(), 'record-'));
  const image = join(folder, 'disk');
  for (const { name, on, actions } of FOUND) {
    const configuration = CONFIGURATIONS.find((one) => one.name === on);
    if (!configuration) throw new Error(`no configuration is called ${on}`);
    writeFileSync(image, patternedDisk());
    const { program, line, intercept } = configuration;
    const words = line.replace('DISK', image).split(' ');
    const real = await RealMachine.start(program, words, intercept, folder);
    answers[name] = (await real.session(expand(configuration, actions))).map(shortened);
    await real.close();
  }
  rmSync(folder, { recursive: true });
  writeFileSync(`${import.meta.dirname}/found.json`, `${JSON.stringify(answers)}\n`);
}

await record();
