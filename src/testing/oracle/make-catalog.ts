/**
 * Makes the tables of engine/machine/catalog from installed QEMU programs:
 * `npx tsx src/testing/oracle/make-catalog.ts`.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { emitCatalog } from './emit-catalog.ts';
import { SURVEY_MACHINES, type Survey, survey } from './type-survey.ts';

const FOLDER = fileURLToPath(new URL('../../engine/machine/catalog/', import.meta.url));

async function main(): Promise<void> {
  const surveys: Record<string, Survey> = {};
  for (const arch of Object.keys(SURVEY_MACHINES)) surveys[arch] = await survey(arch);
  for (const [file, text] of Object.entries(emitCatalog(surveys)))
    writeFileSync(`${FOLDER}${file}`, text);
}

await main();
