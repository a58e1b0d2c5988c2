import { ARCHES, type Arch } from '../../options/programs.ts';
import { machineEntry, machineOf, withMachineEntry } from '../advice/world.ts';
import { DocumentError, type DocumentOption } from '../document.ts';
import { entryOf, withEntry } from '../entries.ts';
import { kindOf, type Work, withEntries } from './work.ts';

/** Programs whose machines another program has as well. */
const CONTAINED: Readonly<Record<string, Arch>> = { arm: 'aarch64', riscv32: 'riscv64' };

/** The program to take for one that a text calls. Throws DocumentError where none is like it. */
export function archFor(called: string): Arch {
  const arch = ARCHES.find((one) => one === called) ?? CONTAINED[called];
  if (arch) return arch;
  throw new DocumentError(
    `The text is for qemu-system-${called.slice(0, 40)}; this page has the machines of ${ARCHES.join(', ')}.`,
  );
}

/** The program that options alone are for, as their machine or their devices tell. */
export function guessArch(options: readonly Pick<DocumentOption, 'name' | 'argument'>[]): Arch {
  const text = options.map(({ name, argument }) => `${name} ${argument ?? ''}`);
  const says = (pattern: RegExp) => text.some((one) => pattern.test(one));
  if (says(/^(?:M|machine) (?:type=)?s390|^device [^,]*-ccw/)) return 's390x';
  if (!says(/^(?:M|machine) (?:type=)?virt/)) return 'x86_64';
  return says(/^cpu rv|riscv/) ? 'riscv64' : 'aarch64';
}

/** The machine type of the same family that this page has. */
function modelled(arch: string, machine: string): string {
  if (arch === 's390x') return 's390-ccw-virtio';
  if (arch !== 'x86_64') return 'virt';
  if (/^microvm/.test(machine)) return 'microvm';
  return /q35/.test(machine) ? 'q35' : 'pc';
}

/** Takes the nearest machine type that is modelled. Answers whether that is another one. */
export function nearestMachine(work: Work): boolean {
  const asked = machineOf(work.doc);
  const machine = modelled(work.arch, asked);
  if (asked === machine) return false;
  work.notes.add(
    asked === ''
      ? `The program needs a machine type: ${machine}.`
      : `The machine type ${asked.slice(0, 60)} becomes ${machine}, the one of its kind that is modelled.`,
  );
  work.doc = withMachineEntry(work.doc, 'type', machine);
  return true;
}

const UNITS: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** A size in bytes; a number alone counts `unit`. Undefined where it is none. */
function sizeOf(text: string, unit: number): number | undefined {
  const [, number, suffix] = /^(\d{1,15}(?:\.\d+)?)([kmgt]?)i?b?$/i.exec(text.trim()) ?? [];
  if (number === undefined) return undefined;
  return Number(number) * (suffix ? (UNITS[suffix.toLowerCase()] ?? 1) : unit);
}

/** Most RAM that a pasted machine gets, in bytes: as much as a page can have. */
const PLENTY = 2 ** 32;
const LEAST = 2 ** 27;

/** The machine's memory in bytes; undefined where it does not say, or not in a way that can be read. */
function memoryOf(work: Work): number | undefined {
  const sizes = work.named('m').map((option) => sizeOf(entryOf(option, 'size') ?? '', 2 ** 20));
  return sizes.findLast((size) => size !== undefined);
}

/** Takes less memory where a text asks for as much as a host has. */
export function modestMemory(work: Work): void {
  const now = memoryOf(work);
  if (now !== undefined && now > PLENTY) takeMemory(work, now, PLENTY);
}

/** Takes a quarter of the memory where even that cannot be had. Answers whether there is less now. */
export function lessMemory(work: Work): boolean {
  const now = memoryOf(work);
  if (now === undefined || now <= LEAST) return false;
  takeMemory(work, now, Math.max(LEAST, now / 4));
  return true;
}

function takeMemory(work: Work, now: number, next: number): void {
  const mebibytes = Math.floor(next / 2 ** 20);
  const ratio = (mebibytes * 2 ** 20) / now;
  work.each(['m'], (option) => withEntry(option, 'size', `${mebibytes}M`));
  const named = new Set([
    machineEntry(work.doc, 'memory-backend'),
    ...work.named('numa').map((option) => entryOf(option, 'memdev')),
  ]);
  work.each(['object'], (option) => {
    const size = sizeOf(entryOf(option, 'size') ?? '', 1);
    if (size === undefined || !named.has(entryOf(option, 'id'))) return option;
    return withEntry(option, 'size', `${Math.floor((size * ratio) / 2 ** 20)}M`);
  });
  work.each(['numa'], (option) => withEntries(option, { mem: undefined }));
  work.notes.add(
    `The machine has ${mebibytes} MiB of memory here: a web page does not get as much as a host.`,
  );
}

/** The most processors that QEMU's sentence names. */
export function fewerProcessors(work: Work, reason: string): boolean {
  const most = /max CPUs supported by machine '[^']*' is (\d+)/.exec(reason)?.[1];
  let changed = false;
  work.each(['smp'], (option) => {
    const cpus = most ?? entryOf(option, 'cpus') ?? '1';
    const next = { ...option, argument: /^\d+$/.test(cpus) ? cpus : '1' };
    changed ||= next.argument !== option.argument;
    return next;
  });
  if (changed)
    work.notes.add(
      most === undefined
        ? 'How processors are arranged in sockets and cores is left out: the numbers do not fit together.'
        : `The machine has ${most} processors, the most that it can have.`,
    );
  return changed;
}

/** Takes the standard display adapter where the asked one is not there. */
export function standardDisplay(work: Work): boolean {
  const [asked] = work.named('vga').filter(({ argument }) => argument !== 'std');
  if (!asked) return false;
  const virtio = asked.argument === 'virtio';
  work.notes.add(
    `The display adapter ${asked.argument ?? ''} becomes ${virtio ? 'none' : 'std'}: it is not modelled.`,
  );
  work.replace({ ...asked, argument: virtio ? 'none' : 'std' });
  return true;
}

/** Disks that a board would put on a SCSI adapter of its own. */
export function virtioDisk(work: Work, option: DocumentOption): boolean {
  if (option.name !== 'drive' || entryOf(option, 'if') === 'virtio') return false;
  work.notes.add(
    `A disk becomes a virtio one (if=virtio), since the board has nothing for if=${entryOf(option, 'if') ?? kindOf(option)}.`,
  );
  work.replace(withEntries(option, { if: 'virtio', bus: undefined, unit: undefined }));
  return true;
}
