import { knownMachines } from '../catalog/machines.ts';
import { ARCHES, type Arch, type Board } from './board.ts';
import { MICROVM } from './microvm/microvm.ts';
import { NONE_BOARD } from './none.ts';
import { PC } from './pc/pc.ts';
import { Q35 } from './q35/q35.ts';
import { RISCV_VIRT } from './riscv-virt/riscv-virt.ts';
import { S390_CCW } from './s390-ccw/s390-ccw.ts';
import { S390_VIRTIO } from './s390-virtio/s390-virtio.ts';
import { VIRT } from './virt/virt.ts';

/** Every program has the empty machine. */
const NONE_BOARDS = ARCHES.map((arch) => ({ ...NONE_BOARD, arch }));

/** Every machine type that can be built. */
const BOARDS: readonly Board[] = [
  PC,
  Q35,
  MICROVM,
  S390_CCW,
  S390_VIRTIO,
  VIRT,
  RISCV_VIRT,
  ...NONE_BOARDS,
];

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
  return knownMachines(arch).has(name);
}
