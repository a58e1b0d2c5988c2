import { describe, expect, test } from 'vitest';
import { DEVICE_CLAUSES } from './device-clauses.ts';
import { LEGACY_CLAUSES } from './legacy-clauses.ts';
import type { PortName } from './port.ts';
import { PORTS } from './ports.ts';
import { type Format, Subject } from './subject.ts';

const CLAUSES = [...DEVICE_CLAUSES, ...LEGACY_CLAUSES];
/** Interfaces from before VIRTIO 1.0 have no packed rings. */
const COMBINATIONS = (Object.keys(PORTS) as PortName[]).flatMap((name) =>
  (['split', 'packed'] as const satisfies Format[])
    .filter((format) => format === 'split' || !new Subject(name, 'split').port.legacy)
    .map((format) => ({ name, format })),
);

describe.each(COMBINATIONS)('a device on $name with $format virtqueues', ({ name, format }) => {
  const subject = new Subject(name, format);
  for (const { section, title, properties, applies = () => true, trial } of CLAUSES) {
    if (!applies(subject)) continue;
    test(`[${section}] ${title}`, () => {
      const results = trial(new Subject(name, format, properties));
      const found = Object.fromEntries(Object.entries(results).map(([what, [is]]) => [what, is]));
      const wanted = Object.fromEntries(
        Object.entries(results).map(([what, [, is]]) => [what, is]),
      );
      expect(found).toEqual(wanted);
    });
  }
});
