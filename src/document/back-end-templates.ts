import type { BackEndKind } from '../protocol/topology.ts';
import type { MachineDocument } from './document.ts';
import { addOption, freshId, optionByKey, replaceOption } from './edits.ts';
import { idKey, withEntry } from './entries.ts';
import { nextKey } from './read.ts';
import { idKindOf } from './references.ts';

/** A back end as a person can ask for it. */
export interface BackEndTemplate {
  /** Option that makes it. */
  readonly kind: BackEndKind;
  /** QEMU's name of the type: `user`, `rng-builtin`. */
  readonly type: string;
  /** What ids begin with. */
  readonly stem: string;
  /** What it is, in plain words. */
  readonly words: string;
  /** The option's argument, without id. */
  readonly argument: string;
}

const EMPTY_DISK = '64 MiB of zeros; what is written is forgotten';

/** Back ends that need nothing of the host's, the most useful of each kind first. */
export const BACK_END_TEMPLATES: readonly BackEndTemplate[] = [
  {
    kind: 'drive',
    type: 'null-co',
    stem: 'drive',
    words: `Empty disk: ${EMPTY_DISK}`,
    argument: 'if=none,driver=null-co,size=64M,read-zeroes=on',
  },
  {
    kind: 'drive',
    type: 'cdrom',
    stem: 'cd',
    words: 'Drive without a medium',
    argument: 'if=none,media=cdrom',
  },
  {
    kind: 'blockdev',
    type: 'null-co',
    stem: 'node',
    words: `Empty block node: ${EMPTY_DISK}`,
    // Block nodes take no other notation.
    argument: 'null-co,size=67108864,read-zeroes=on',
  },
  {
    kind: 'blockdev',
    type: 'null-aio',
    stem: 'node',
    words: `The same, answered asynchronously`,
    argument: 'null-aio,size=67108864,read-zeroes=on',
  },
  {
    kind: 'netdev',
    type: 'user',
    stem: 'net',
    words: "User-mode network: 10.0.2.0/24 behind the host's address",
    argument: 'user',
  },
  {
    kind: 'netdev',
    type: 'hubport',
    stem: 'port',
    words: 'Port of a hub: whatever enters one port leaves all others',
    argument: 'hubport,hubid=0',
  },
  {
    kind: 'chardev',
    type: 'ringbuf',
    stem: 'char',
    words: 'Buffer that keeps the last 64 KiB written to it',
    argument: 'ringbuf',
  },
  {
    kind: 'chardev',
    type: 'null',
    stem: 'char',
    words: 'Takes everything, says nothing',
    argument: 'null',
  },
  {
    kind: 'chardev',
    type: 'pty',
    stem: 'char',
    words: "A new terminal of the host's",
    argument: 'pty',
  },
  {
    kind: 'fsdev',
    type: 'local',
    stem: 'fs',
    words: 'A folder of the host, by its own calls',
    argument: 'local,path=/tmp,security_model=none',
  },
  {
    kind: 'fsdev',
    type: 'synth',
    stem: 'fs',
    words: 'A file system that is made up',
    argument: 'synth',
  },
  {
    kind: 'object',
    type: 'rng-builtin',
    stem: 'rng',
    words: "Random bytes of QEMU's own",
    argument: 'rng-builtin',
  },
  {
    kind: 'object',
    type: 'rng-random',
    stem: 'rng',
    words: "Random bytes of the host's",
    argument: 'rng-random,filename=/dev/urandom',
  },
  {
    kind: 'object',
    type: 'iothread',
    stem: 'iothread',
    words: 'A thread of its own for a disk',
    argument: 'iothread',
  },
  {
    kind: 'object',
    type: 'memory-backend-ram',
    stem: 'mem',
    words: '64 MiB of memory',
    argument: 'memory-backend-ram,size=64M',
  },
  {
    kind: 'object',
    type: 'cryptodev-backend-builtin',
    stem: 'crypto',
    words: 'Ciphers computed by QEMU',
    argument: 'cryptodev-backend-builtin',
  },
  {
    kind: 'object',
    type: 'throttle-group',
    stem: 'limit',
    words: 'Limits for block nodes',
    argument: 'throttle-group',
  },
];

/** Adds a back end with a fresh id, in front of the first device. */
export function addBackEnd(
  doc: MachineDocument,
  template: BackEndTemplate,
): { readonly doc: MachineDocument; readonly id: string } {
  const id = freshId(doc, template.stem);
  const key = nextKey(doc.options);
  const firstDevice = doc.options.findIndex((option) => idKindOf(option) === 'device');
  const before = firstDevice < 0 ? doc.options.at(-1) : doc.options[firstDevice - 1];
  const added = addOption(doc, template.kind, template.argument, before?.key);
  const made = optionByKey(added, key);
  // Without anything in front of the first device, the end is as good: QEMU makes back ends first.
  const named = made ? replaceOption(added, key, (one) => withEntry(one, idKey(one), id)) : added;
  return { doc: named, id };
}
