/** Architectures as the programs are called: `qemu-system-ARCH`. */
export const ARCHES = ['x86_64', 'aarch64', 's390x', 'riscv64'] as const;
/** One of them. */
export type Arch = (typeof ARCHES)[number];

/** Programs whose machines those of a wider one include. */
const WIDER: Readonly<Record<string, string>> = { i386: 'x86_64', arm: 'aarch64' };

const PROGRAM = /(?:^|[/\\])(?:qemu-system-(\w+)|qemu|kvm|qemu-kvm)(?:\.exe)?$/i;

/**
 * Name of the architecture that a program is for, if the word calls a program of QEMU's: its path and the
 * distributions' short names are understood. It may be one that is not in `ARCHES`.
 */
export function programArch(word: string): string | undefined {
  const name = programName(word);
  return name === undefined ? undefined : (WIDER[name] ?? name);
}

/** What a program calls itself, without `qemu-system-`: as it was called. Undefined where the word calls none. */
export function programName(word: string): string | undefined {
  const match = PROGRAM.exec(word);
  return match ? (match[1] ?? 'x86_64') : undefined;
}
