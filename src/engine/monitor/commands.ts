import { infoBlock } from './info-block.ts';
import { infoPci } from './info-pci.ts';
import {
  infoVirtio,
  virtioQueueStatus,
  virtioStatus,
  virtioVhostQueueStatus,
} from './info-virtio.ts';
import { qomTree } from './qom-tree.ts';
import { qtree } from './qtree.ts';
import type { MonitorTarget } from './target.ts';
import { dumpMemory, type MemoryFormat } from './xp.ts';

/** Version of QEMU that the machine is modelled on. */
const QEMU_VERSION = '7.2.22';

/** Kinds of arguments; `?` marks one that may be left out. */
export type ArgumentKind =
  | 'string'
  | 'string?'
  | 'rest?'
  | 'integer'
  | 'address'
  | 'format?'
  | `flag -${string}`;

/** Arguments of a command, by position. */
export interface Arguments {
  readonly strings: readonly (string | undefined)[];
  readonly integers: readonly number[];
  readonly addresses: readonly bigint[];
  readonly format: MemoryFormat;
}

/** One command of the human monitor. */
export interface Command {
  /** Its names, separated by `|`. */
  readonly name: string;
  /** Arguments as help prints them. */
  readonly params: string;
  readonly help: string;
  readonly args: readonly ArgumentKind[];
  /** Returns what is printed; throws MonitorError. */
  run(target: MonitorTarget, args: Arguments): string;
}

/** Subcommands of `info`, sorted by name. */
export const INFO_COMMANDS: readonly Command[] = [
  {
    name: 'block',
    params: '[-n] [-v] [device]',
    help: 'show info of one block device or all block devices (-n: show named nodes; -v: show details)',
    args: ['string?'],
    run: (target, { strings }) => infoBlock(target, strings[0]),
  },
  {
    name: 'pci',
    params: '',
    help: 'show PCI info',
    args: [],
    run: ({ sysbus }) => infoPci(sysbus),
  },
  {
    name: 'qom-tree',
    params: '[path]',
    help: 'show QOM composition tree',
    args: ['string?'],
    run: ({ root }, { strings }) => qomTree(root, strings[0] ?? '/machine'),
  },
  {
    name: 'qtree',
    params: '',
    help: 'show device tree',
    args: [],
    run: ({ sysbus }) => qtree(sysbus),
  },
  {
    name: 'status',
    params: '',
    help: 'show the current VM status (running|paused)',
    args: [],
    run: () => 'VM status: running\n',
  },
  {
    name: 'version',
    params: '',
    help: 'show the version of QEMU',
    args: [],
    run: () => `${QEMU_VERSION}\n`,
  },
  {
    name: 'virtio',
    params: '',
    help: 'List all available virtio devices',
    args: [],
    run: infoVirtio,
  },
  {
    name: 'virtio-queue-status',
    params: 'path queue',
    help: 'Display status of a given virtio queue',
    args: ['string', 'integer'],
    run: (target, { strings, integers }) =>
      virtioQueueStatus(target, strings[0] ?? '', integers[0] ?? 0),
  },
  {
    name: 'virtio-status',
    params: 'path',
    help: 'Display status of a given virtio device',
    args: ['string'],
    run: (target, { strings }) => virtioStatus(target, strings[0] ?? ''),
  },
  {
    name: 'virtio-vhost-queue-status',
    params: 'path queue',
    help: 'Display status of a given vhost queue',
    args: ['string', 'integer'],
    run: (target, { strings }) => virtioVhostQueueStatus(target, strings[0] ?? ''),
  },
];

/** Commands other than `help` and `info`. */
export const COMMANDS: readonly Command[] = [
  {
    name: 'quit|q',
    params: '',
    help: 'quit the emulator',
    args: [],
    run: () => 'The machine has no process of its own to end. system_reset starts it afresh.\n',
  },
  {
    name: 'system_reset',
    params: '',
    help: 'reset the system',
    args: [],
    run(target) {
      target.reset();
      return '';
    },
  },
  {
    name: 'xp',
    params: '/fmt addr',
    help: "physical memory dump starting at 'addr'",
    args: ['format?', 'address'],
    run: ({ ram }, { addresses, format }) => dumpMemory(ram, addresses[0] ?? 0n, format),
  },
];
