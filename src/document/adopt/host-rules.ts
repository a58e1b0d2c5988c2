import type { DocumentOption } from '../document.ts';
import { entriesOf, entryOf, withEntry } from '../entries.ts';
import { only, type Work, withEntries } from './work.ts';

/** Options about windows, logs, users and processes of the host: a machine is the same without them. */
const HOST_ONLY = new Set(
  `display vnc spice audio audiodev full-screen daemonize pidfile chroot runas sandbox D d dfilter L plugin trace
   add-fd gdb s overcommit mem-path mem-prealloc realtime msg dump-vmstate qmp qmp-pretty mon monitor incoming loadvm
   readconfig writeconfig iscsi tpmdev enable-kvm no-kvm no-fd-bootchk no-user-config nodefconfig portrait rotate
   semihosting semihosting-config async-teardown enable-sync-profile watchdog-action action accel enable-hax
   alt-grab ctrl-grab no-frame no-quit sdl curses display-refresh only-migratable xen-attach xen-domid
   xen-domid-restrict set-fd id perfmap jitdump`.split(/\s+/),
);
/** Those of them that hold what the machine was made of, which is more of a loss. */
const TOLD_APART: Readonly<Record<string, string>> = {
  readconfig: 'The file of -readconfig is not here, so what it says is left out.',
  loadvm: 'The saved state of -loadvm is left out: the machine starts afresh.',
  incoming: '-incoming is left out: the machine starts afresh, and waits for nobody.',
  tpmdev: 'The TPM is left out: it belongs to the host.',
};
const FASTER = new Set(['enable-kvm', 'no-kvm', 'accel', 'enable-hax']);

const leftOut = (subjects: string) =>
  `Left out, since it concerns the host and not the machine: ${subjects}.`;

/** Takes out what concerns the host alone. */
export function leaveHost(work: Work): void {
  work.options = work.options.filter((option) => {
    const { name, argument } = option;
    if (!HOST_ONLY.has(name)) return true;
    // What says that there is none is no host's.
    if ((name === 'monitor' || name === 'display') && /^(?:none|stdio)$/.test(argument ?? ''))
      return true;
    if (name === 'accel' && entryOf(option, 'accel') === 'tcg') return true;
    const told = TOLD_APART[name];
    if (told !== undefined) work.notes.add(told);
    else if (FASTER.has(name)) noteFaster(work, entryOf(option, 'accel') ?? 'KVM');
    else work.notes.gather(leftOut, `-${name}`);
    return false;
  });
}

function noteFaster(work: Work, accelerators: string): void {
  if (accelerators === 'tcg') return;
  const names = accelerators.split(':').filter((name) => name !== 'tcg');
  work.notes.gather(faster, names[0] === undefined ? 'an accelerator' : names[0].toUpperCase());
}

const faster = (names: string) =>
  `Left out, since it makes processors faster and is no part of the machine: ${names}.`;

/** Entries of `-machine` that only an accelerator of the host makes sense of. */
const ACCELERATED = [
  ...['kernel_irqchip', 'kernel-irqchip', 'kvm_shadow_mem', 'kvm-shadow-mem', 'kvm-type'],
  ...['memory-encryption', 'confidential-guest-support', 'igd-passthru', 'suppress-vmdesc'],
];

/** Machines and processors as QEMU itself can make them. */
export function leaveAccelerators(work: Work): void {
  work.each(['M', 'machine'], (option) => {
    const accelerators = entryOf(option, 'accel');
    if (accelerators !== undefined) noteFaster(work, accelerators);
    let next = withEntry(option, 'accel', undefined);
    for (const key of ACCELERATED) {
      if (entryOf(next, key) === undefined) continue;
      if (!/irqchip|suppress/.test(key))
        work.notes.add(`${key} is left out: it needs the host’s own processor.`);
      next = withEntry(next, key, undefined);
    }
    if (entryOf(next, 'gic-version') === 'host') {
      work.notes.add('gic-version=host becomes max: there is no host’s interrupt controller.');
      next = withEntry(next, 'gic-version', 'max');
    }
    return next.argument === '' ? undefined : next;
  });
  work.each(['cpu'], (option) => {
    const [model = '', ...features] = (option.argument ?? '').split(',');
    if (model !== 'host') return option;
    if (work.arch === 'riscv64') {
      work.notes.add('-cpu host is left out: no host’s processor is here.');
      return undefined;
    }
    work.notes.add('-cpu host becomes max: all that QEMU itself can do.');
    return { ...option, argument: ['max', ...features].join(',') };
  });
}

/** What a guest would boot from outside its disks: no guest code runs here. */
const BOOTED = ['kernel', 'initrd', 'append', 'dtb', 'bios', 'option-rom', 'acpitable', 'shim'];

/** Takes out kernels and firmware, except those that the page has. */
export function leaveBootFiles(work: Work, known: ReadonlySet<string>): void {
  const kernel = work.named('kernel').at(-1)?.argument;
  const keeps = kernel !== undefined && known.has(kernel);
  const gone = new Set<string>();
  work.options = work.options.filter((option) => {
    const { name, argument = '' } = option;
    const flash =
      name === 'pflash' || (name === 'drive' && entryOf(option, 'if') === 'pflash')
        ? (entryOf(option, 'file') ?? argument)
        : undefined;
    if (flash === undefined && !BOOTED.includes(name)) return true;
    const stays = name === 'append' ? keeps : known.has(flash ?? argument);
    if (!stays) gone.add(flash === undefined && name !== 'bios' ? 'kernel' : 'firmware');
    return stays;
  });
  if (gone.has('kernel'))
    work.notes.add('The kernel and what goes with it are left out: no guest code runs here.');
  if (gone.has('firmware')) work.notes.add('The firmware is left out: no guest code runs here.');
  leaveFlashNodes(work);
}

/** `-machine pflash0=NODE` names a block device, which goes too. */
function leaveFlashNodes(work: Work): void {
  const nodes = new Set<string>();
  work.each(['M', 'machine'], (option) => {
    let next = option;
    for (const key of ['pflash0', 'pflash1']) {
      const node = entryOf(next, key);
      if (node === undefined) continue;
      nodes.add(node);
      next = withEntry(next, key, undefined);
    }
    return next;
  });
  if (nodes.size === 0) return;
  work.notes.add('The firmware is left out: no guest code runs here.');
  // A format node names the one with the file.
  for (const node of nodes)
    for (const option of work.named('blockdev'))
      if (entryOf(option, 'node-name') === node) {
        const below = entryOf(option, 'file');
        if (below !== undefined) nodes.add(below);
      }
  work.each(['blockdev'], (option) =>
    nodes.has(entryOf(option, 'node-name') ?? '') ? undefined : option,
  );
}

/** What a backend of the machine's memory is here, and what of it stays. */
const MEMORY = /^memory-backend-(?:file|epc|shm)$/;
const MEMORY_KEYS = ['qom-type', 'id', 'size', 'share', 'merge', 'dump'];

const memoryKeys = (keys: string) => `Left out of the memory, as the host’s affair: ${keys}.`;
const plainMemory = (ids: string) => `Ordinary memory here, instead of a file of the host: ${ids}.`;

/** Memory is taken from the page, whatever it was taken from. */
export function ownMemory(work: Work): void {
  work.each(['object'], (option) => {
    const kind = entryOf(option, 'qom-type') ?? '';
    if (!kind.startsWith('memory-backend-')) return option;
    if (!MEMORY.test(kind)) {
      for (const { key } of entriesOf(option))
        if (!MEMORY_KEYS.includes(key)) work.notes.gather(memoryKeys, key);
      return only(option, MEMORY_KEYS);
    }
    work.notes.gather(plainMemory, entryOf(option, 'id') ?? '');
    return withEntries(only(option, MEMORY_KEYS), { 'qom-type': 'memory-backend-ram' });
  });
}

/** Objects that read files or devices of the host. */
const FOREIGN_OBJECTS =
  /^(?:secret.*|tls-.*|sev-guest|sev-snp-guest|tdx-guest|pef-guest|s390-pv-guest|input-.*|authz-.*|can-.*|dbus-.*|filter-.*|colo-.*|x-.*|pr-manager-.*|tpm-.*|iothread-vhost.*|vfio-.*|iommufd)$/;

const ofTheHost = (kinds: string) => `Left out, since the host has a part in it: ${kinds}.`;

/** Objects that need something of the host: out, or QEMU's own in their place. */
export function leaveObjects(work: Work): void {
  for (const option of work.named('object')) {
    const kind = entryOf(option, 'qom-type') ?? '';
    const id = entryOf(option, 'id') ?? '';
    if (FOREIGN_OBJECTS.test(kind)) {
      work.takeOut(option);
      work.notes.gather(ofTheHost, kind);
    } else if (/^cryptodev-(?!backend-builtin)/.test(kind)) {
      work.replace(withEntries(only(option, ['qom-type', 'id', 'queues']), BUILTIN_CIPHERS));
      work.notes.add(`The cipher ${id} is QEMU’s own instead of ${kind}.`);
    } else if (kind === 'rng-egd' || (kind === 'rng-random' && !isRandom(option))) {
      work.replace(withEntries(only(option, ['qom-type', 'id']), { 'qom-type': 'rng-builtin' }));
      work.notes.add(`The randomness of ${id} is QEMU’s own instead of the host’s.`);
    }
  }
}

const BUILTIN_CIPHERS = { 'qom-type': 'cryptodev-backend-builtin' };

function isRandom(option: DocumentOption): boolean {
  const files = entriesOf(option).filter(({ key }) => key === 'filename');
  return files.every(({ value }) => value === '/dev/urandom' || value === '/dev/random');
}

/** What stays of a shared folder that another program would serve. */
const FOLDER_KEYS = ['fsdriver', 'id', 'mount_tag', 'readonly'];

/** Folders that QEMU itself shares, instead of another program. */
export function ownFolders(work: Work): void {
  work.each(['fsdev', 'virtfs'], (option) => {
    const kind = entryOf(option, 'fsdriver') ?? '';
    if (kind === 'local' || kind === 'synth') return option;
    const name = entryOf(option, 'id') ?? entryOf(option, 'mount_tag') ?? '';
    work.notes.gather(ownFolder, name);
    return withEntries(only(option, FOLDER_KEYS), {
      fsdriver: 'local',
      path: name || 'share',
      security_model: 'none',
    });
  });
}

const ownFolder = (names: string) =>
  `Shared by QEMU itself here, instead of by another program: ${names}.`;
