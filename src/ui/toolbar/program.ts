/** QEMU's programs, one an architecture; the first is meant where a line names none. */
export const PROGRAMS = [
  'qemu-system-x86_64',
  'qemu-system-aarch64',
  'qemu-system-s390x',
  'qemu-system-riscv64',
] as const;
export type Program = (typeof PROGRAMS)[number];

/** A command line, taken apart: the program and what is behind it. A path in front of the program is dropped. */
export function splitProgram(line: string): { program: Program; rest: string } {
  const match = /^\s*(?:\S*\/)?(qemu-system-\w+)(?:\s+|$)/.exec(line);
  const program = PROGRAMS.find((known) => known === match?.[1]);
  return program
    ? { program, rest: line.slice(match?.[0].length) }
    : { program: PROGRAMS[0], rest: line };
}

/** The command line again; the default program is left out. */
export function joinProgram(program: Program, rest: string): string {
  return program === PROGRAMS[0] ? rest : `${program} ${rest}`;
}
