import { expect, test } from 'vitest';
import { goldenHost } from '../../../testing/golden.ts';
import { Machine } from '../machine.ts';

const build = (line: string) => Machine.build(line, goldenHost());

test('disks stand in the machine’s order of cables, and their serial numbers count every place', () => {
  // The second controller's first cable comes behind the two of the board's own.
  const machine = build('-M pc -nodefaults -device ahci,id=a -device ide-cd,id=c,bus=a.1');
  expect(machine.root.at('/machine/peripheral/c')).toMatchObject({
    values: { unit: 0, serial: 'QM00007' },
  });
});

test('a cable has two places on the pc and one on a SATA port', () => {
  const two = '-device ide-cd,bus=ide.0 -device ide-cd,bus=ide.0';
  expect(build(`-M pc -nodefaults ${two}`).monitor('info qtree')).toContain('unit = 1 (0x1)');
  expect(() => build(`-M q35 -nodefaults ${two}`)).toThrow(
    "Can't create IDE unit 1, bus supports only 1 units",
  );
  expect(() => build(`-M pc -nodefaults ${two} -device ide-cd,bus=ide.0,unit=1`)).toThrow(
    'IDE unit 1 is in use',
  );
});

test('ports that nobody numbered take the next number, with its I/O ports and interrupt', () => {
  const machine = build('-M q35 -nodefaults -device isa-serial,id=a -device isa-serial,id=b');
  expect(machine.root.at('/machine/peripheral/b')?.values).toMatchObject({
    index: 1,
    iobase: 0x2f8,
    irq: 3,
  });
  expect(machine.io.find(0x2f8)?.region.name).toBe('serial');
});

test('a machine without options has a display, a network card, ports and an empty CD drive; -nodefaults none', () => {
  const types = (line: string) => {
    const machine = build(line);
    return ['VGA', 'e1000e', 'isa-serial', 'isa-parallel', 'ide-cd'].filter((type) =>
      machine.monitor('info qtree').includes(`dev: ${type},`),
    );
  };
  expect(types('-M q35')).toHaveLength(5);
  expect(types('-M q35 -nodefaults')).toEqual([]);
});
