import { expect, it } from 'vitest';
import { packedFolder } from '../../testing/recorded/packed-folder.ts';
import { attempt, refusalOf } from '../../testing/refused.ts';
import { lineOf, readDocument } from '../read.ts';
import type { Fix, RefusalFacts } from './advice.ts';
import { advise, UNKNOWN } from './advise.ts';
import { Refusal } from './refusal.ts';

interface Recorded {
  readonly arch: string;
  readonly args: readonly string[];
  readonly started: boolean;
  readonly stderr: string;
}

/** Command lines that a real QEMU refused. */
function refusedLines(): string[] {
  const text = packedFolder().read('errors/command-lines.json') ?? '[]';
  return (JSON.parse(text) as Recorded[])
    .filter(({ started }) => !started)
    .map(({ arch, args }) =>
      lineOf(
        readDocument(
          [`qemu-system-${arch}`, ...args, '-nodefaults']
            .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
            .join(' '),
        ),
      ),
    );
}

/** Why a fix does not stand; `again`: it meets the same complaint about the same option. */
function fault(facts: RefusalFacts, fix: Fix): 'again' | 'later' | undefined {
  const refused = fix.doc && attempt(lineOf(fix.doc), fix).refused;
  if (!fix.doc || !refused) return undefined;
  const then = new Refusal({ ...facts, doc: fix.doc, ...refused });
  const first = new Refusal(facts);
  const same = then.reason === first.reason && then.option?.key === first.option?.key;
  return same ? 'again' : 'later';
}

it('knows what QEMU says, and what helps', () => {
  const lines = refusedLines();
  expect(lines.length).toBeGreaterThan(20);
  const unknown: string[] = [];
  const helpless: string[] = [];
  const useless: string[] = [];
  let count = 0;
  let fixes = 0;
  let stands = 0;
  for (const line of lines) {
    const facts = refusalOf(line);
    // Folders of the computer that recorded them are taken on trust.
    if (!facts) continue;
    count++;
    const advice = advise(facts);
    if (advice.title === UNKNOWN || /^(?:It is about|This -)/.test(advice.title))
      unknown.push(line);
    if (advice.fixes.length === 0) helpless.push(line);
    for (const fix of advice.fixes) {
      fixes++;
      const found = fault(facts, fix);
      if (found === 'again') useless.push(`${line}: ${fix.label}`);
      if (found === undefined) stands++;
    }
  }
  expect(count / lines.length).toBeGreaterThan(0.95);
  expect(unknown.length / count).toBeLessThanOrEqual(0.05);
  expect(helpless).toEqual([]);
  expect(useless).toEqual([]);
  expect(stands / fixes).toBeGreaterThanOrEqual(0.9);
}, 60_000);
