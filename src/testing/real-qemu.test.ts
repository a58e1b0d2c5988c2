import { describe, expect, it } from 'vitest';
import { adopt } from '../document/adopt/adopt.ts';
import { lineOf } from '../document/read.ts';
import { SAMPLE_DOMAINS } from './libvirt-domains.ts';
import { PASTED_LINES } from './pasted-lines.ts';
import { isInstalled, realQtree } from './real-qemu.ts';
import { Trials } from './trials.ts';

const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ...SAMPLE_DOMAINS.map(({ name, xml }) => [name, xml] as const),
  ...PASTED_LINES.map(({ name, text }) => [name, text] as const),
];

/** QEMU gives networks without a name two digits at random. */
const plain = (qtree: string): string => qtree.replace(/"#net\d+"/g, '"#net"');

describe('what was pasted starts on the real QEMU 7.2, which prints the same tree', () => {
  it.each(TEXTS)('%s', async (_, text) => {
    const trials = new Trials();
    const { doc, images } = await adopt(text, trials.tryLine, { files: [] });
    if (!isInstalled(doc.program)) return;
    const trial = await trials.tryLine(lineOf(doc), images);
    if (trial.kind !== 'stands') throw new Error(trial.message);
    expect(plain(await realQtree(doc, images))).toBe(plain(trial.qtree));
  });
});
