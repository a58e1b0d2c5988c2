import { peek } from '../../memory/peek.ts';
import type { CompletionKind } from './completion-kinds.ts';
import { BACKEND_HMP } from './hmp-backends.ts';
import { BALLOON_HMP, BALLOON_INFO } from './hmp-balloon.ts';
import { INPUT_HMP } from './hmp-input.ts';
import { MACHINE_HMP } from './hmp-machine.ts';
import { QOM_HMP } from './hmp-qom.ts';
import { infoBlock } from './info-block.ts';
import { infoChardev } from './info-chardev.ts';
import { infoFlatViews, infoMtree } from './info-mtree.ts';
import { infoNetwork, infoUsernet } from './info-network.ts';
import { infoPci } from './info-pci.ts';
import { VIRTIO_INFO } from './info-virtio.ts';
import { qomTree } from './qom-tree.ts';
import { qtree } from './qtree.ts';
import { qtreeBefore } from './qtree-before.ts';
import { MonitorError, type MonitorTarget } from './target.ts';
import { QEMU_PACKAGE, QEMU_VERSION } from './version.ts';
import { dumpMemory, type MemoryFormat } from './xp.ts';

/**
 * Kinds of arguments; `?` marks one that may be left out. `block` is a string that names a block device,
 * `options` a word of `key=value`s that may be empty, `rest` all that is left of the line, `switch` on or
 * off, `size` bytes (a bare number counts MiB), `mebibytes` a number of them, `-x` a flag.
 */
export type ArgumentKind =
  | 'string'
  | 'string?'
  | 'block'
  | 'block?'
  | 'options'
  | 'rest'
  | 'switch'
  | 'size'
  | 'mebibytes'
  | 'integer'
  | 'integer?'
  | 'address'
  | 'format?'
  | `-${string}`;

/** Arguments of a command, by position. */
export interface Arguments {
  readonly strings: readonly (string | undefined)[];
  readonly integers: readonly number[];
  /** Addresses and sizes. */
  readonly addresses: readonly bigint[];
  /** Letters of the flags that were given. */
  readonly flags: ReadonlySet<string>;
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
  /** What its arguments name, in order, for completion; flags do not count. */
  readonly complete?: readonly CompletionKind[];
  /** Returns what is printed; throws MonitorError. */
  run(target: MonitorTarget, args: Arguments): string;
}

/** Subcommands of `info`, sorted by name. */
export const INFO_COMMANDS: readonly Command[] = [
  BALLOON_INFO,
  {
    name: 'block',
    params: '[-n] [-v] [device]',
    help: 'show info of one block device or all block devices (-n: show named nodes; -v: show details)',
    args: ['-n', '-v', 'block?'],
    run: (target, { strings, flags }) =>
      infoBlock(target, { name: strings[0], nodes: flags.has('n'), verbose: flags.has('v') }),
  },
  {
    name: 'chardev',
    params: '',
    help: 'show the character devices',
    args: [],
    run: infoChardev,
  },
  {
    name: 'mtree',
    params: '[-f][-d][-o][-D]',
    help: 'show memory tree (-f: dump flat view for address spaces;-d: dump dispatch tree, valid with -f only);-o: dump region owners/parents;-D: dump disabled regions',
    args: ['-f', '-d', '-o', '-D'],
    run({ addressSpaces }, { flags }) {
      if (!flags.has('f'))
        return infoMtree(addressSpaces, { owners: flags.has('o'), disabled: flags.has('D') });
      if (flags.has('d'))
        throw new MonitorError('There is no dispatch tree here: -d is not modelled');
      return infoFlatViews(addressSpaces, flags.has('o'));
    },
  },
  {
    name: 'network',
    params: '',
    help: 'show the network state',
    args: [],
    run: infoNetwork,
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
    complete: ['path'],
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
    name: 'qtree-1.2',
    params: '',
    help: 'show device tree as QEMU 1.2 had it, before transports carried a virtio-bus (not in QEMU)',
    args: [],
    run: ({ sysbus }) => qtreeBefore(sysbus),
  },
  {
    name: 'status',
    params: '',
    help: 'show the current VM status (running|paused)',
    args: [],
    run: ({ runState }) =>
      `VM status: ${runState === 'prelaunch' ? 'paused (prelaunch)' : runState}\n`,
  },
  {
    name: 'usernet',
    params: '',
    help: 'show user network stack connection states',
    args: [],
    run: infoUsernet,
  },
  {
    name: 'version',
    params: '',
    help: 'show the version of QEMU',
    args: [],
    run: () => `${QEMU_VERSION}${QEMU_PACKAGE}\n`,
  },
  ...VIRTIO_INFO,
];

/** Commands other than `help` and `info`, sorted by name. */
export const COMMANDS: readonly Command[] = byName([
  BALLOON_HMP,
  ...INPUT_HMP,
  ...BACKEND_HMP,
  ...MACHINE_HMP,
  ...QOM_HMP,
  {
    name: 'xp',
    params: '/fmt addr',
    help: "physical memory dump starting at 'addr'",
    args: ['format?', 'address'],
    run: ({ memory, ram }, { addresses, format }) =>
      dumpMemory((addr, length) => peek(memory, ram, addr, length), addresses[0] ?? 0n, format),
  },
]);

function byName(commands: readonly Command[]): Command[] {
  return [...commands].sort((a, b) => (a.name < b.name ? -1 : 1));
}
