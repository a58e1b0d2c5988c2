import type { StandIn } from '../advice/advice.ts';
import type { DocumentOption } from '../document.ts';
import { entriesOf, entryOf, optionIdOf } from '../entries.ts';
import { quoted } from './notes.ts';
import { only, type Work, withEntries } from './work.ts';

/** Bytes of an image that stands in, by what it is put into. */
const BYTES = { disk: 8 * 2 ** 20, cdrom: 2 * 2 ** 20, floppy: 1_474_560 } as const;
type Medium = keyof typeof BYTES;

/** Names of what an image is read from or written as, before a colon or between `://`. */
const SCHEME = /^[A-Za-z][A-Za-z0-9+._-]+:/;
/** Formats that say so at the end of a file's name. */
const FOREIGN_ENDING = /\.(?:qcow2?|vmdk|vdi|vhdx?|vpc|qed|luks|img|image|raw)$/i;
/** Entries of a drive that belong to its format or to where it was read from. */
const DRIVE_KEYS =
  'file if id format index bus unit media readonly read-only serial cache aio discard detect-zeroes werror rerror snapshot copy-on-read node-name auto-read-only'.split(
    ' ',
  );
const NODE_KEYS =
  'driver node-name filename file read-only auto-read-only discard detect-zeroes cache.direct cache.no-flush size offset throttle-group'.split(
    ' ',
  );
/** Drivers of block nodes that hold an image's bytes and need nothing of the host. */
const OWN_NODES = new Set([
  'raw',
  'file',
  'null-co',
  'null-aio',
  'copy-on-read',
  'throttle',
  'preallocate',
]);
/** Drivers that read another node. */
const FORMATS = /^(?:raw|qcow2?|vmdk|vdi|vhdx|vpc|qed|luks|parallels|bochs|cloop|dmg|quorum)$/;

/** The images that a line names: those that are here, and empty ones in the place of the others. */
export class Images {
  readonly #work: Work;
  readonly #known: ReadonlySet<string>;
  readonly #standIns = new Map<string, StandIn>();

  constructor(work: Work, known: ReadonlySet<string>) {
    this.#work = work;
    this.#known = known;
  }

  /** Those of the stand-ins that a line of these options still names. */
  needed(options: readonly DocumentOption[]): StandIn[] {
    const named = new Set(
      options.flatMap((option) => [
        option.argument ?? '',
        ...entriesOf(option).map(({ value }) => value),
      ]),
    );
    return [...this.#standIns.values()].filter(({ name }) => named.has(name));
  }

  /** Adds what a fix brings along. */
  bring(images: readonly StandIn[]): void {
    for (const image of images) this.#standIns.set(image.name, image);
  }

  /** Gives every option that names a file one that is here. */
  provide(): void {
    const work = this.#work;
    work.each(['hda', 'hdb', 'hdc', 'hdd', 'mtdblock', 'sd'], (option) => ({
      ...option,
      argument: this.#find(option.argument ?? '', 'disk', false),
    }));
    work.each(['cdrom'], (option) => ({
      ...option,
      argument: this.#find(option.argument ?? '', 'cdrom', false),
    }));
    work.each(['fda', 'fdb'], (option) => ({
      ...option,
      argument: this.#find(option.argument ?? '', 'floppy', false),
    }));
    work.each(['drive'], (option) => this.#drive(option));
    this.#nodes();
  }

  /** A drive that QEMU refuses, with nothing but what tells it from others. `format`: of the image, where it is that. */
  plainDrive(option: DocumentOption, format?: string): DocumentOption {
    if (option.name !== 'drive')
      return { ...option, argument: this.#find(option.argument ?? '', 'disk', true, format) };
    const kept = only(option, ['file', 'if', 'id', 'index', 'media', 'readonly', 'format']);
    const file = entryOf(kept, 'file') ?? `${optionIdOf(option) ?? 'disk'}.img`;
    return withEntries(kept, { file: this.#find(file, 'disk', true, format), format: 'raw' });
  }

  #drive(option: DocumentOption): DocumentOption {
    const below = entriesOf(option).filter(({ key }) => /^file\./.test(key));
    const format = entryOf(option, 'format') ?? entryOf(option, 'driver');
    const named = entryOf(option, 'file') ?? entryOf(option, 'file.filename');
    const media = entryOf(option, 'media');
    if (named === undefined && below.length === 0 && format === undefined) return option;
    if (format !== undefined && /^null-/.test(format)) return option;
    const medium =
      media === 'cdrom' ? 'cdrom' : entryOf(option, 'if') === 'floppy' ? 'floppy' : 'disk';
    const foreign = format !== undefined && format !== 'raw' && format !== 'file';
    const wanted =
      named ?? below.find(({ key }) => /(?:image|volume|path|export)$/.test(key))?.value;
    const file = this.#find(
      wanted ?? `${optionIdOf(option) ?? 'disk'}.img`,
      medium,
      foreign,
      format,
    );
    if (!foreign && below.length === 0)
      return file === named ? option : withEntries(option, { file });
    const kept = entriesOf(option)
      .map(({ key }) => key)
      .filter((key) => DRIVE_KEYS.includes(key) || /^(?:cache|throttling)\./.test(key));
    const values = { file, format: format === undefined ? undefined : 'raw', driver: undefined };
    return withEntries(only(option, [...kept, 'file']), values);
  }

  /** Nodes of `-blockdev`, where format and file are options of their own or one inside the other. */
  #nodes(): void {
    const foreign = new Map<string, string>();
    for (const option of this.#work.named('blockdev'))
      for (const { key, value } of entriesOf(option))
        if (/(?:^|\.)driver$/.test(key) && FORMATS.test(value) && value !== 'raw') {
          const below = entryOf(option, key.replace(/driver$/, 'file'));
          if (below !== undefined) foreign.set(below, value);
        }
    this.#work.each(['blockdev'], (option) => this.#node(option, foreign));
  }

  #node(option: DocumentOption, foreign: ReadonlyMap<string, string>): DocumentOption {
    let next = option;
    for (const { key, value: driver } of entriesOf(option)) {
      const prefix = /^((?:file\.)*)driver$/.exec(key)?.[1];
      if (prefix === undefined) continue;
      const isFormat = FORMATS.test(driver);
      if (driver === 'raw') continue;
      if (OWN_NODES.has(driver) && driver !== 'file') continue;
      const inside = entriesOf(next).filter((one) => one.key.startsWith(prefix));
      const strangers = inside.filter(({ key: one }) => {
        const rest = one.slice(prefix.length);
        return !NODE_KEYS.includes(rest) && !(isFormat && rest.startsWith('file.'));
      });
      const above = prefix === '' ? '' : prefix.replace(/file\.$/, '');
      const outer = entryOf(option, `${above}driver`);
      const inner = prefix !== '' && outer !== undefined && FORMATS.test(outer) ? outer : undefined;
      const format = inner ?? foreign.get(entryOf(option, 'node-name') ?? '') ?? 'raw';
      const named =
        entryOf(next, `${prefix}filename`) ??
        strangers.find(({ key: one }) => /(?:image|volume|path|export)$/.test(one))?.value ??
        `${optionIdOf(option) ?? 'disk'}.img`;
      const strange = driver === 'file' ? [] : strangers;
      const values: Record<string, string | undefined> = Object.fromEntries(
        strange.map(({ key: one }) => [one, undefined]),
      );
      values[`${prefix}driver`] = isFormat ? 'raw' : 'file';
      if (!isFormat)
        values[`${prefix}filename`] = this.#find(named, 'disk', format !== 'raw', format);
      next = withEntries(next, values);
    }
    return next;
  }

  /** The name of an image that is here: the one that was asked for, or an empty one. */
  #find(name: string, medium: Medium, foreign: boolean, format?: string): string {
    const bare = name.slice(name.lastIndexOf('/') + 1);
    if (!foreign && name === '') return name;
    if (!foreign && this.#known.has(name)) return name;
    if (!foreign && bare !== '' && this.#known.has(bare)) {
      if (bare !== name) this.#work.notes.add(`${quoted(name)} is your image ${bare} here.`);
      return bare;
    }
    const local = SCHEME.test(name) ? nameBehindScheme(name) : name;
    const plain = foreign ? `${local.replace(FOREIGN_ENDING, '')}.raw` : local;
    const free = this.#known.has(plain) && foreign ? `empty-${plain}` : plain;
    this.#standIns.set(free, { name: free, format: 'raw', bytes: BYTES[medium] });
    if (free === name) this.#work.notes.gather(absent, quoted(name));
    else
      this.#work.notes.add(
        format === undefined || format === 'raw'
          ? `${quoted(name)} is not here: ${quoted(free)}, a new and empty image, stands in for it.`
          : `${quoted(name)} is a ${format} image, which is not read here: ${quoted(free)}, an empty raw one, stands in for it.`,
      );
    return free;
  }
}

/** A file's name for what is read over a network: the image's own where it has one, else the protocol's. */
function nameBehindScheme(name: string): string {
  const [, scheme = '', rest = ''] = /^([^:]*):([\s\S]*)$/.exec(name) ?? [];
  const path = rest.startsWith('//')
    ? rest.replace(/[?#][\s\S]*$/, '')
    : (rest.split(/[:@?]/, 1)[0] ?? '');
  const last = path.slice(path.lastIndexOf('/') + 1);
  return /^(?=.*[a-z])[\w.+-]{3,}$/i.test(last) ? last : `${scheme}.img`;
}

const absent = (names: string) =>
  `Not here, so that an empty image of that name stands in: ${names}. Choose your own to put it in its place.`;
