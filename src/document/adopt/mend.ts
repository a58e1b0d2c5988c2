import type { MachineTopology } from '../../protocol/topology.ts';
import type { Fix } from '../advice/advice.ts';
import { advise } from '../advice/advise.ts';
import { Refusal, shortText } from '../advice/refusal.ts';
import type { DocumentOption, MachineDocument } from '../document.ts';
import { entriesOf, entryOf, optionIdOf, withEntry } from '../entries.ts';
import { lineOf } from '../read.ts';
import {
  fewerProcessors,
  lessMemory,
  nearestMachine,
  standardDisplay,
  virtioDisk,
} from './boards.ts';
import { leaveUnused, nullCharacters, userNetwork } from './connections.ts';
import type { Images } from './files.ts';
import { quoted } from './notes.ts';
import { kindOf, only, type Work, withEntries } from './work.ts';

/** What QEMU said against a line. */
export interface Complaint {
  readonly message: string;
  readonly option?: number;
  /** The machine that the line makes up to the option that is refused, where that was asked for. */
  readonly topology?: MachineTopology;
}

/** Keys of entries that a device is nothing without. */
const ESSENTIAL =
  'driver id bus addr devno multifunction drive netdev chardev fsdev mount_tag tag memdev cryptodev rng iothread name nr serial chassis chassis_nr port slot scsi-id lun channel unit guest-cid bus_nr'.split(
    ' ',
  );
/** Entries that say what an option makes: without them it makes nothing. */
const WHO = new Set(['driver', 'id', 'type', 'qom-type', 'backend', 'fsdriver', 'bus', 'drive']);

/** QEMU's sentences about one entry; the first group is its key, or the last part of it. */
const ENTRY_SENTENCES = [
  /Property '(?:[^']*\.)?([^'.]+)' not found/,
  /Property '(?:[^']*\.)?([^'.]+)' doesn't take value/,
  /(?:Block (?:format|protocol)) '[^']*' does(?:n't| not) support the option '([^']+)'/,
  /(?:Invalid parameter|for parameter|Parameter) '([^']+)'/,
];
/** Device types that there are not, or not here; the first group is the type. */
const TYPE_SENTENCES =
  /'([^']+)' is not modelled yet|'([^']+)' is not a valid device model name|missing object type/;

/** Controllers, and what can be on nothing but them. */
const FAMILIES: readonly (readonly [controller: RegExp, devices: RegExp])[] = [
  [/xhci|ehci|uhci|ohci/, /^usb-/],
  [/hda$|^intel-hda|sound-hda/, /^hda-/],
];
/** SCSI adapters that virtio-scsi can stand in for: their disks stay. */
const SCSI_ADAPTERS =
  /^(?:lsi\w*|megasas(?:-gen2)?|mptsas1068|pvscsi|am53c974|dc390|spapr-vscsi|esp)$/;

/** Mends a machine after one refusal after another, never twice in the same way. */
export class Mender {
  readonly #work: Work;
  readonly #images: Images;
  readonly #seen = new Set<string>();
  /** Options that were cut down to the essential already. */
  readonly #plain = new Set<number>();

  constructor(work: Work, images: Images) {
    this.#work = work;
    this.#images = images;
  }

  /** Whether advice on the complaint would be better with the machine as far as it got. */
  wantsTopology(complaint: Complaint): boolean {
    const { reason } = this.#refusal(complaint);
    return /\b(?:bus|slot|PCI|address|full)\b/i.test(reason) && !TYPE_SENTENCES.test(reason);
  }

  /** Changes the machine so that it may be taken. Answers false where nothing is left to try. */
  mend(complaint: Complaint): boolean {
    const changed = this.#change(complaint);
    leaveUnused(this.#work, 'chardev');
    return changed;
  }

  #change(complaint: Complaint): boolean {
    const work = this.#work;
    this.#seen.add(lineOf(work.doc));
    const refusal = this.#refusal(complaint);
    const { option, reason } = refusal;
    if (this.#board(reason, option)) return true;
    if (!option) return this.#follow(refusal, reason);
    if (/: invalid option$/.test(complaint.message) || /^invalid option$/.test(reason))
      return this.#drop(option, `QEMU has no option -${quoted(option.name, 40)}: it is left out.`);
    if (option.name === 'device' && this.#type(option, reason)) return true;
    if (this.#usualNic(option, reason)) return true;
    if (this.#entry(option, reason) || this.#backEnd(option, reason)) return true;
    return this.#follow(refusal, reason);
  }

  #refusal({ message, option, topology }: Complaint): Refusal {
    const { doc } = this.#work;
    const before: MachineDocument = topology
      ? { ...doc, options: doc.options.slice(0, option) }
      : { ...doc, options: [] };
    return new Refusal({
      doc,
      before,
      message,
      ...(option !== undefined && { option }),
      topology,
      types: [],
      hot: false,
    });
  }

  #board(reason: string, option: DocumentOption | undefined): boolean {
    const work = this.#work;
    if (
      /unsupported machine type|machines of type .* are not modelled|No machine spec/.test(reason)
    )
      return nearestMachine(work);
    if (/cannot set up guest memory|Cannot allocate memory|memory size .* not match/.test(reason))
      return lessMemory(work);
    if (/unable to find CPU model|CPU model '.*' requires|CPU type .* not supported/.test(reason))
      return this.#processor();
    if (/CPU topology|Invalid SMP CPUs|CPUs supported|not support.*(?:threads|dies)/.test(reason))
      return fewerProcessors(work, reason);
    if (!option && TYPE_SENTENCES.test(reason)) return standardDisplay(work);
    if (/does not support if=/.test(reason) && option) return virtioDisk(work, option);
    return false;
  }

  #processor(): boolean {
    const work = this.#work;
    const models = work.named('cpu');
    const asked = models.at(-1)?.argument ?? '';
    if (models.length === 0) return false;
    const max = asked !== 'max' && work.arch !== 'riscv64';
    work.notes.add(
      `The processor ${quoted(asked, 40)} becomes ${max ? 'max, all that QEMU itself can do' : 'the machine’s usual one'}: that model is not there.`,
    );
    work.each(['cpu'], (one) => (max ? { ...one, argument: 'max' } : undefined));
    return true;
  }

  /** A device type that cannot be had. */
  #type(option: DocumentOption, reason: string): boolean {
    const work = this.#work;
    const type = kindOf(option);
    const family = FAMILIES.find(([, devices]) => devices.test(type))?.[1];
    if (family && /^No '.*' bus found/.test(reason)) {
      this.#leaveDevices((kind) => family.test(kind), nowhere);
      return true;
    }
    const found = TYPE_SENTENCES.exec(reason);
    if (!found) return false;
    if (SCSI_ADAPTERS.test(type)) {
      work.notes.add(`${type} becomes virtio-scsi-pci: it is not modelled, and its disks stay.`);
      const other = withEntries(only(option, ['driver', 'id', 'bus', 'addr', 'multifunction']), {
        driver: 'virtio-scsi-pci',
      });
      work.replace(other);
      return true;
    }
    const below = FAMILIES.find(([controller]) => controller.test(type))?.[1];
    this.#leaveDevices(
      (kind) => kind === type || below?.test(kind) === true,
      found[2] === undefined ? notModelled : notThere,
    );
    return true;
  }

  /** A NIC that the board is asked for, of a model that it cannot make here. */
  #usualNic(option: DocumentOption, reason: string): boolean {
    const model = entryOf(option, 'model');
    if (option.name !== 'nic' && option.name !== 'net') return false;
    if (model === undefined || !/is not modelled|Unsupported NIC model/.test(reason)) return false;
    this.#work.replace(withEntries(option, { model: undefined }));
    this.#work.notes.add(
      `The network card ${quoted(model, 40)} becomes the machine’s usual one: it is not modelled.`,
    );
    return true;
  }

  #leaveDevices(which: (kind: string) => boolean, say: (kinds: string) => string): void {
    const work = this.#work;
    for (const one of work.named('device'))
      if (which(kindOf(one)))
        for (const gone of work.takeOut(one))
          if (gone.name === 'device') work.notes.gather(say, kindOf(gone));
  }

  /** An entry that QEMU does not take, of an option that it could take otherwise. */
  #entry(option: DocumentOption, reason: string): boolean {
    for (const sentence of ENTRY_SENTENCES) {
      const name = sentence.exec(reason)?.[1];
      if (name === undefined || WHO.has(name)) continue;
      const said = entriesOf(option).find(({ key }) => key === name || key.endsWith(`.${name}`));
      if (!said) continue;
      const next = withEntry(option, said.key, undefined);
      this.#work.notes.add(
        `${shortText(option)}: ${quoted(`${said.key}=${said.value}`, 40)} is left out, since QEMU says “${quoted(firstLine(reason), 100)}”.`,
      );
      this.#work.replace(next);
      return true;
    }
    return false;
  }

  /** A back end that cannot be had as it was asked for becomes the plainest of its kind. */
  #backEnd(option: DocumentOption, reason: string): boolean {
    const work = this.#work;
    const next = this.#plainBackEnd(option, reason);
    if (!next || next.argument === option.argument) return false;
    work.replace(next);
    return true;
  }

  #plainBackEnd(option: DocumentOption, reason: string): DocumentOption | undefined {
    const kind = kindOf(option);
    switch (option.name) {
      case 'netdev':
      case 'nic':
      case 'net':
        return kind === 'nic' || kind === 'none' ? undefined : userNetwork(this.#work, option);
      case 'chardev':
        return nullCharacters(this.#work, option);
      case 'serial':
      case 'parallel':
        return { ...option, argument: 'null' };
      case 'drive':
      case 'hda':
      case 'hdb':
      case 'hdc':
      case 'hdd':
      case 'cdrom':
        return this.#images.plainDrive(option, /format '([^']+)' are not/.exec(reason)?.[1]);
      case 'object': {
        if (!/^memory-backend-/.test(kind)) return undefined;
        const plain = only(option, ['qom-type', 'id', 'size']);
        return withEntries(plain, { 'qom-type': 'memory-backend-ram' });
      }
      default:
        return undefined;
    }
  }

  /** Takes the best of the ways out that are offered. */
  #follow(refusal: Refusal, reason: string): boolean {
    const { option } = refusal;
    const work = this.#work;
    const { fixes } = advise(refusal.facts);
    const open = fixes.filter(({ doc }) => doc && !this.#seen.has(lineOf(doc)));
    const [best] = open.toSorted((a, b) => this.#cost(a) - this.#cost(b));
    const keeps = best?.doc && lost(work.doc, best.doc) === 0;
    if (!keeps && option && this.#cutDown(option, reason)) return true;
    if (keeps && best.doc) {
      const what = option ? `${shortText(option)} was refused` : 'The line was refused';
      work.notes.add(`${what} (“${quoted(firstLine(reason), 100)}”). ${best.words}`);
      this.#images.bring(best.images ?? []);
      work.doc = best.doc;
      return true;
    }
    if (!option) return false;
    return this.#drop(
      option,
      `${shortText(option)} is left out: QEMU says “${quoted(firstLine(reason), 100)}”.`,
    );
  }

  /** A device with nothing but who and where it is, before it goes altogether. */
  #cutDown(option: DocumentOption, reason: string): boolean {
    if (option.name !== 'device' || this.#plain.has(option.key)) return false;
    this.#plain.add(option.key);
    // What it needs is not there: it needs it without its other properties too.
    if (/No such file|failed to open|open .* failed|can't find value|no .*bus/i.test(reason))
      return false;
    const next = only(option, ESSENTIAL);
    if (entriesOf(next).length === entriesOf(option).length) return false;
    this.#work.notes.add(
      `${shortText(option)} keeps only its place and its links: QEMU says “${quoted(firstLine(reason), 100)}”.`,
    );
    this.#work.replace(next);
    return true;
  }

  #drop(option: DocumentOption, note: string): boolean {
    const work = this.#work;
    work.notes.add(note);
    for (const gone of work.takeOut(option))
      if (gone.key !== option.key && gone.name === 'device')
        work.notes.gather(alongWith, optionIdOf(gone) ?? kindOf(gone));
    return true;
  }

  #cost(fix: Fix): number {
    const { doc } = this.#work;
    if (!fix.doc) return Number.POSITIVE_INFINITY;
    const before = new Map(doc.options.map((option) => [option.key, option.argument]));
    const changed = fix.doc.options.filter(({ key, argument }) => before.get(key) !== argument);
    return (fix.automatic ? 0 : 1) + 2 * changed.length + 1000 * lost(doc, fix.doc);
  }
}

/** How many options are gone. */
function lost(before: MachineDocument, after: MachineDocument): number {
  const keys = new Set(after.options.map(({ key }) => key));
  return before.options.filter(({ key }) => !keys.has(key)).length;
}

const firstLine = (reason: string): string => reason.split('\n', 1)[0] ?? '';

const alongWith = (ids: string) => `Left out with what it needs: ${ids}.`;
const notModelled = (types: string) => `Left out, since this page does not model it: ${types}.`;
const nowhere = (types: string) => `Left out, since no bus here takes it: ${types}.`;
const notThere = (types: string) =>
  `Left out, since QEMU 7.2, which this page follows, has no such device: ${types}.`;
