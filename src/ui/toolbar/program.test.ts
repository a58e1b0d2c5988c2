import { expect, it } from 'vitest';
import { joinProgram, splitProgram } from './program.ts';

it.each([
  ['-M pc', 'qemu-system-x86_64', '-M pc'],
  ['qemu-system-x86_64 -M pc', 'qemu-system-x86_64', '-M pc'],
  ['/usr/bin/qemu-system-s390x  -m 64', 'qemu-system-s390x', '-m 64'],
  ['qemu-system-aarch64', 'qemu-system-aarch64', ''],
  ['qemu-system-sparc -m 64', 'qemu-system-x86_64', 'qemu-system-sparc -m 64'],
])('%j is %s with %j', (line, program, rest) => {
  expect(splitProgram(line)).toEqual({ program, rest });
  const again = joinProgram(splitProgram(line).program, rest);
  expect(splitProgram(again)).toEqual({ program, rest });
});
