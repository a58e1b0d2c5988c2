import type { Arch, Board } from './board.ts';
import { NONE_BOARD } from './none.ts';
import { PC } from './pc/pc.ts';

/** Every machine type that can be built. */
const BOARDS: readonly Board[] = [PC, NONE_BOARD];

/** Machine types of QEMU 7.2 that ours has not, by architecture. */
const FOREIGN: Readonly<Record<Arch, RegExp>> = {
  x86_64: /^(?:microvm|q35|isapc|x-remote|pc-(?:q35|i440fx)-\d+(?:\.\d+){1,2})$/,
  aarch64: /^virt(?:-\d.*)?$/,
  s390x: /^$/,
  riscv64: /^$/,
};

/** The boards of an architecture. */
export function boardsOf(arch: Arch): Board[] {
  return BOARDS.filter((board) => board.arch === arch);
}

/** The board that `-M name` means, or undefined. */
export function findBoard(arch: Arch, name: string): Board | undefined {
  return boardsOf(arch).find((board) => board.names.includes(name));
}

/** The board where `-M` is not given, or undefined where there is none. */
export function defaultBoard(arch: Arch): Board | undefined {
  return boardsOf(arch).find(({ isDefault }) => isDefault);
}

/** Whether `name` is a machine that QEMU 7.2 has and ours does not. */
export function isForeignBoard(arch: Arch, name: string): boolean {
  return FOREIGN[arch].test(name);
}
