import { describe, expect, it } from 'vitest';
import { addOption, removeOptions } from '../edits.ts';
import { readDocument } from '../read.ts';
import { decodeWork, encodeWork, sameRecord, type Work } from './work.ts';

const script = { source: 'log("ä");\n', example: 'read-a-sector' };

function workOf(devices: number, steps: number): Work {
  let doc = readDocument(
    `-M q35 -nodefaults ${'-device virtio-rng-pci,id=x '.repeat(devices).trim()}`,
  );
  const past = Array.from({ length: steps }, (_, i) => {
    const step = { label: `add ${i}`, doc, ...(i % 3 === 0 && { script }) };
    doc = i % 2 ? addOption(doc, 'device', `virtio-net-pci,id=n${i}`) : withoutSecond(doc);
    return step;
  });
  const images = [{ name: 'a.qcow2', format: 'qcow2' as const, bytes: 2 ** 33 }];
  const future = past.slice(0, 2);
  return { by: 'me', at: 7, doc, past, future, script, standIns: images };
}

const withoutSecond = (doc: Work['doc']) => removeOptions(doc, [doc.options[1]!.key]);

describe('work that is kept', () => {
  it('comes back as it was: machine, both histories, scripts', () => {
    const work = workOf(5, 9);
    expect(decodeWork(encodeWork(work))).toEqual(work);
  });

  it('is the same whoever wrote it, and another where anything else differs', () => {
    const work = workOf(2, 2);
    expect(sameRecord(encodeWork(work), encodeWork({ ...work, by: 'you', at: 8 }))).toBe(true);
    expect(sameRecord(encodeWork(work), encodeWork({ ...work, past: [] }))).toBe(false);
  });

  it('is little longer with a hundred steps than with none', () => {
    const alone = encodeWork(workOf(1000, 0)).length;
    expect(encodeWork(workOf(1000, 100)).length).toBeLessThan(alone * 1.5);
  });

  it('lets go of the oldest steps rather than of the machine', () => {
    const work = workOf(3, 60);
    const past = work.past.map((step, i) => ({
      ...step,
      script: { source: `${i}${'x'.repeat(100_000)}`, example: '' },
    }));
    const found = decodeWork(encodeWork({ ...work, past, future: [] }));
    expect(found?.doc).toEqual(work.doc);
    expect(found?.past.length).toBeGreaterThan(5);
    expect(found?.past.at(-1)).toEqual(past.at(-1));
  });

  it.each([
    ['another version', { version: 2 }],
    ['no machine', { doc: undefined }],
    ['a run beyond the table', { doc: ['qemu-system-x86_64', 0, 4000] }],
    ['a script that is not there', { script: [9, ''] }],
    ['an option without a name', { options: [[1, 7, null]] }],
  ])('with %s is no work', (_, change) => {
    const record = JSON.parse(encodeWork(workOf(2, 2)));
    expect(decodeWork(JSON.stringify({ ...record, ...change }))).toBeUndefined();
  });

  it('that is no JSON is no work', () => {
    expect(decodeWork('{"version":1,')).toBeUndefined();
    expect(decodeWork('null')).toBeUndefined();
  });
});
