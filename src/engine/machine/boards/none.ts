import type { Board } from './board.ts';

/** The empty machine of QEMU's: no board, no CPU. */
export const NONE_BOARD: Board = {
  type: 'none-machine',
  ancestors: ['machine'],
  arch: 'x86_64',
  names: ['none'],
  ramBytes: 0,
  maxRamBytes: 3 * 2 ** 30,
  ramBase: 0,
  ramId: 'ram',
  cpu: undefined,
  defaults: {
    driveInterface: 'none',
    without: ['serial', 'parallel', 'cdrom', 'floppy', 'sdcard'],
  },
  registerTypes() {},
  build() {},
};
