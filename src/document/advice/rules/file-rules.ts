import type { DocumentOption, MachineDocument } from '../../document.ts';
import { entriesOf, entryOf, optionIdOf } from '../../entries.ts';
import { lineOf } from '../../read.ts';
import type { Advice, Fix } from '../advice.ts';
import { quote, spotOf, write } from '../mend.ts';
import { nearest } from '../nearest.ts';
import { changeOption, type Refusal, type Rule } from '../refusal.ts';

const MIB = 2 ** 20;
const STAND_IN_BYTES = 64 * MIB;
/** Options whose whole argument is an image. */
const IMAGES = ['hda', 'hdb', 'hdc', 'hdd', 'cdrom', 'fda', 'fdb', 'sd', 'pflash', 'mtdblock'];
/** Block drivers that people name. */
const FORMATS = ['raw', 'file', 'null-co', 'null-aio'];

/** Formats of images that QEMU reads and this page does not. */
const FOREIGN = /^(?:qcow2?|vmdk|vdi|vhdx|vpc|qed|luks|parallels|bochs|cloop|dmg)$/;

/** The line with an option's image, and the nodes on top of it, read as plain bytes. */
function readRaw(doc: MachineDocument, option: DocumentOption): MachineDocument {
  const id = optionIdOf(option);
  const users = doc.options.filter(
    (other) =>
      other.key === option.key ||
      (other.name === 'blockdev' && id !== undefined && entryOf(other, 'file') === id),
  );
  return users.reduce((one, user) => {
    const foreign = entriesOf(user).filter(
      ({ key, value }) => /^(?:format|(?:.*\.)?driver)$/.test(key) && FOREIGN.test(value),
    );
    return changeOption(one, user.key, Object.fromEntries(foreign.map(({ key }) => [key, 'raw'])));
  }, doc);
}

/** Options that name a file as an image for a disk. */
function imageUsers({ doc, option }: Refusal, file: string): DocumentOption[] {
  const all = option ? [option] : doc.options;
  return all.filter(
    (one) =>
      (IMAGES.includes(one.name) && one.argument === file) ||
      ((one.name === 'drive' || one.name === 'blockdev') &&
        entriesOf(one).some(({ key, value }) => isFileKey(key) && value === file)),
  );
}

const isFileKey = (key: string): boolean => /(?:^|\.)(?:file|filename)$/.test(key);

/** The disk of an option as one that needs no file. */
function emptied(doc: MachineDocument, option: DocumentOption): MachineDocument | undefined {
  if (IMAGES.includes(option.name)) return undefined;
  const keep = option.name === 'drive' ? KEPT_OF_DRIVE : ['node-name', 'read-only'];
  const dropped = entriesOf(option).filter(({ key }) => !keep.includes(key));
  const bare = changeOption(
    doc,
    option.key,
    Object.fromEntries(dropped.map(({ key }) => [key, undefined])),
  );
  return changeOption(bare, option.key, {
    driver: 'null-co',
    size: option.name === 'drive' ? '64M' : String(STAND_IN_BYTES),
    'read-zeroes': 'on',
  });
}

const KEPT_OF_DRIVE = ['if', 'id', 'index', 'bus', 'unit', 'media', 'readonly', 'werror', 'rerror'];

/** Ways to a disk without the file that was named. */
function otherDisk(refusal: Refusal, file: string): Fix[] {
  return imageUsers(refusal, file)
    .slice(0, 1)
    .flatMap((option) => {
      const empty = emptied(refusal.doc, option);
      const raw = readRaw(refusal.doc, option);
      const stand: Fix = {
        label: `Make an empty ${quote(file)}`,
        words: `An empty image of 64 MiB of that name, which this page keeps; nothing is in it.${raw === refusal.doc || lineOf(raw) === lineOf(refusal.doc) ? '' : ' This page reads images as plain bytes, so the format becomes raw.'}`,
        doc: raw,
        images: [{ name: file, format: 'raw', bytes: STAND_IN_BYTES }],
        ...refusal.anew,
      };
      const none: Fix[] = empty
        ? [
            {
              label: 'Use an empty disk without a file',
              words: 'null-co: 64 MiB of zeros; what is written is forgotten.',
              doc: empty,
              ...refusal.anew,
            },
          ]
        : [];
      return [...(file === '' ? [] : [stand]), ...none];
    });
}

/** A file that is not here. */
function noFile([, file = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const random = refusal.doc.options.filter(
    (one) => entryOf(one, 'qom-type') === 'rng-random' && (entryOf(one, 'filename') ?? '') === file,
  );
  const [source] = random;
  if (source) return noSource(source, refusal);
  const fixes = otherDisk(refusal, file);
  if (fixes.length === 0) return undefined;
  return {
    title: `There is no file ${quote(file) || 'without a name'}`,
    words:
      "A page cannot see your computer's files. It knows the images that it made itself and those that you dropped onto it.",
    fixes: [...fixes, ...refusal.without()],
  };
}

/** `-object rng-random` of a file of the host's. */
function noSource(option: DocumentOption, refusal: Refusal): Advice {
  return {
    title: "The source is a file of the host's",
    words:
      'rng-random reads random numbers from a file, /dev/urandom for one. rng-builtin asks the host for them and needs no file.',
    fixes: [
      {
        label: 'Make it rng-builtin',
        words: 'QEMU makes the random numbers itself.',
        doc: changeOption(refusal.doc, option.key, {
          'qom-type': 'rng-builtin',
          filename: undefined,
        }),
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** An image that two disks would write to. */
function locked([, mode = '', file = '']: RegExpExecArray, refusal: Refusal): Advice {
  const named = refusal.entry('drive');
  const drive =
    refusal.doc.options.find(
      (one) => named !== undefined && optionIdOf(one) === named && one.name !== 'device',
    ) ?? refusal.option;
  const empty = drive && emptied(refusal.doc, drive);
  const disk: Fix[] = empty
    ? [
        {
          label: 'Give it an empty disk of its own',
          words: 'null-co: 64 MiB of zeros; what is written is forgotten.',
          doc: empty,
          ...refusal.anew,
        },
      ]
    : [];
  const name = freshFile(refusal.doc, file);
  const copy: Fix[] =
    drive && entryOf(drive, 'file') === file
      ? [
          {
            label: `Give it a new image ${name}`,
            words: 'An empty image that this page keeps.',
            doc: changeOption(readRaw(refusal.doc, drive), drive.key, { file: name }),
            images: [{ name, format: 'raw', bytes: STAND_IN_BYTES }],
            ...refusal.anew,
          },
        ]
      : [];
  return {
    title: `${quote(file) || 'The image'} has its writer`,
    words: `QEMU locks an image while a disk ${mode === 'write' ? 'may write to it' : 'uses it'}, so that two do not destroy it. Each disk needs its own, or both must be read-only.`,
    fixes: [...disk, ...copy, ...refusal.without()],
  };
}

function freshFile({ options }: MachineDocument, file: string): string {
  const text = options.map(({ argument }) => argument ?? '').join('\n');
  const [, stem = 'disk', end = '.img'] = /^(.*?)(\.\w+)?$/s.exec(file) ?? [];
  for (let i = 2; ; i++) if (!text.includes(`${stem}-${i}${end}`)) return `${stem}-${i}${end}`;
}

/** A format that the image does not have. */
function wrongFormat([, format = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const spot = ['format', 'driver']
    .map((key) => spotOf(refusal, key))
    .find((one) => one?.value === format);
  if (!spot) return undefined;
  return {
    title: `The image is not ${quote(format)}`,
    words: 'An image has its format, whatever the line says: the first bytes tell. raw takes any.',
    fixes: [
      ...write(refusal, spot, 'raw', 'The bytes of the file are the bytes of the disk.'),
      ...refusal.without(),
    ],
  };
}

/** A block driver that there is not. */
function unknownFormat([, name = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  if (!option || !['drive', 'blockdev'].includes(option.name)) return undefined;
  const spot = ['format', 'driver', 'file.driver']
    .map((key) => spotOf(refusal, key))
    .find((one) => one?.value === name);
  const near = nearest(name, FORMATS, 1);
  const empty = emptied(refusal.doc, option);
  return {
    title: FOREIGN.test(name)
      ? `Images of format ${name} are not read here`
      : `There is no block driver ${quote(name)}`,
    words:
      'A disk image is read by a driver for its format. This page has raw, for plain bytes; qemu-img convert -O raw makes such an image of any other.',
    fixes: [
      ...(spot
        ? [...near, ...(option.name === 'drive' || FOREIGN.test(name) ? ['raw'] : [])].flatMap(
            (format) => write(refusal, spot, format, `QEMU has a driver ${format}.`),
          )
        : []),
      ...(empty
        ? [
            {
              label: 'Use an empty disk',
              words: 'null-co: 64 MiB of zeros; what is written is forgotten.',
              doc: empty,
              ...refusal.anew,
            },
          ]
        : []),
      ...refusal.without(),
    ],
  };
}

/** A drive that says neither file nor driver, or a protocol that is not here. */
function noMedium(_: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  const empty = option && emptied(refusal.doc, option);
  if (!option || !empty || !['drive', 'blockdev'].includes(option.name)) return undefined;
  return {
    title: 'Nothing says what is on the disk',
    words:
      'A disk needs bytes: a file that the page knows, or a driver that makes them up. A file name with a colon is read as a protocol.',
    fixes: [
      {
        label: 'Use an empty disk',
        words: 'null-co: 64 MiB of zeros; what is written is forgotten.',
        doc: empty,
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** A place on a bus for drives that the board does not have. */
function noPlace(_: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  const place = { index: undefined, bus: undefined, unit: undefined };
  const ownFile = IMAGES.includes(option.name) ? option.argument : undefined;
  const virtio: MachineDocument =
    ownFile === undefined
      ? refusal.changed({ ...place, if: 'virtio' })
      : {
          ...refusal.doc,
          options: refusal.doc.options.map((other) =>
            other === option
              ? {
                  ...option,
                  name: 'drive',
                  argument: `if=virtio,file=${ownFile.replaceAll(',', ',,')},format=raw${option.name === 'cdrom' ? ',media=cdrom,readonly=on' : ''}`,
                }
              : other,
          ),
        };
  const placed = Object.keys(place).some((key) => refusal.entry(key) !== undefined);
  return {
    title: 'The board has no such place for a disk',
    words:
      "-drive if= says which of the board's own buses a disk goes to, and index, bus and unit where. Not every board has every bus.",
    fixes: [
      ...(placed
        ? [
            {
              label: 'Let QEMU choose the place',
              words: 'Without index, bus and unit, the disk gets the first place that is free.',
              doc: refusal.changed(place),
              ...refusal.anew,
            },
          ]
        : []),
      {
        label: 'Make it a virtio disk',
        words: 'if=virtio: the board plugs a virtio block device for it.',
        doc: virtio,
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** `if=foo`. */
function unknownInterface([, name = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const spot = spotOf(refusal, 'if');
  if (!spot) return undefined;
  const near = nearest(name, ['none', 'virtio', 'ide', 'scsi', 'floppy', 'pflash', 'sd'], 1);
  return {
    title: `There is no if=${quote(name)}`,
    words: 'none makes a back end alone, for a -device to take; virtio, ide and others plug one.',
    fixes: [
      ...[...new Set([...near, 'none', 'virtio'])]
        .slice(0, 2)
        .flatMap((value) =>
          write(
            refusal,
            spot,
            value,
            value === 'none'
              ? 'The drive waits for a -device that names it.'
              : 'The board plugs a device for it.',
          ),
        ),
      ...refusal.without(),
    ],
  };
}

/** A back end of another kind that takes something of the host's, as one that takes nothing. */
function onlyHere(
  name: 'netdev' | 'chardev' | 'fsdev',
  type: string,
  title: string,
  words: string,
): (found: RegExpExecArray, refusal: Refusal) => Advice | undefined {
  return (found, refusal) => {
    const card = name === 'netdev' && ['nic', 'net'].includes(refusal.option?.name ?? '');
    const option =
      refusal.option?.name === name || card
        ? refusal.option
        : refusal.doc.options.find((one) => one.name === name && optionIdOf(one) === found[1]);
    const id = option && optionIdOf(option);
    if (!option || (id === undefined && !card)) return undefined;
    const kept = card ? ['model', 'id'] : ['id'];
    const rest = entriesOf(option).filter(({ key }) => kept.includes(key));
    const argument = [
      type,
      ...rest.map(({ key, value }) => `${key}=${value.replaceAll(',', ',,')}`),
    ].join(',');
    return {
      title,
      words,
      fixes: [
        {
          label: `Make it -${option.name} ${type}`,
          words: `${type} needs nothing of the host's; it keeps its id, so what names it still does.`,
          doc: {
            ...refusal.doc,
            options: refusal.doc.options.map((other) =>
              other.key === option.key ? { ...other, argument } : other,
            ),
          },
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    };
  };
}

const network = onlyHere(
  'netdev',
  'user',
  "It needs a network of the host's",
  'Taps, bridges and sockets belong to the computer that QEMU runs on, and a page has none. The user network is made by QEMU itself.',
);
const characters = onlyHere(
  'chardev',
  'null',
  'Nobody is at the other end',
  "A -chardev connects a device with something of the host's: a socket, a file, a terminal. This one cannot be had here.",
);
const files = onlyHere(
  'fsdev',
  'synth',
  "It needs a folder of the host's",
  'A shared folder lies on the computer that QEMU runs on, and a page has none. The synth file system is made up.',
);

/** Refusals about files and other things of the host's. */
export const FILE_RULES: readonly Rule[] = [
  {
    match: /^Could not open '(.*)': (?:No such file or directory|Is a directory)$/,
    advise: noFile,
  },
  { match: /^Failed to get (?:shared )?"(\w+)" lock\n.*\[(.*)\]/, advise: locked },
  { match: /^Image is not in (\w+) format$/, advise: wrongFormat },
  { match: /^Unknown driver '(.*)'$/, advise: unknownFormat },
  { match: /^Images of format '(.*)' are not modelled/, advise: unknownFormat },
  { match: /^Parameter 'driver' does not accept value '(.*)'$/, advise: unknownFormat },
  {
    match:
      /^(?:A block device must be specified for "file"|Unknown protocol '|Must specify either driver or file|The '.*' block driver requires a file name|The only allowed filename for this driver|Parameter '(?:driver|file|filename)' is missing$|Cannot specify both 'driver' and 'format'|Can't specify 'file' and 'filename'|Cannot find device=)/,
    advise: noMedium,
  },
  {
    match:
      /^(?:machine type does not support if=|unit \d+ too big|index cannot be used with bus and unit|drive with bus=)/,
    advise: noPlace,
  },
  { match: /^unsupported bus type '(.*)'$/, advise: unknownInterface },
  {
    match: /^security_model property not set/,
    advise: (_, refusal) => ({
      title: 'Who owns the files?',
      words:
        'security_model says how owners and rights of files are kept: none as the host has them, mapped-xattr beside each file.',
      fixes: [
        {
          label: 'Use security_model=none',
          words: 'Owners and rights are those of the host.',
          doc: refusal.changed({ security_model: 'none' }),
          automatic: true,
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^invalid security_model property '/,
    advise: (_, refusal) => {
      const spot = spotOf(refusal, 'security_model');
      return (
        spot && {
          title: 'That is no security model',
          words: 'There are none, mapped-xattr, mapped-file and passthrough.',
          fixes: [
            ...write(refusal, spot, 'none', 'Owners and rights are those of the host.'),
            ...refusal.without(),
          ],
        }
      );
    },
  },
  { match: /^cannot initialize fsdev '(.*)': /, advise: files },
  {
    match: /^(?:fsdev: |path property not set|.* is only valid for mapped|both socket and sock_fd)/,
    advise: files,
  },
  {
    match: /^Parameter 'type' (?:does not accept value|is missing|expects)/,
    advise: network,
  },
  {
    match:
      /(?:\/dev\/net\/tun|bridge helper failed|is not compiled into this binary|Connection refused|could not bind socket|Could not open vde|exactly one of listen=|^chardev "|vhost-vdpa|requires local=|^fd is not valid)/,
    advise: (found, refusal) => network(found, refusal) ?? characters(found, refusal),
  },
  {
    match:
      /^(?:Failed to connect to '|'.*' is not a valid char driver|chardev: |invalid character backend|could not connect )/,
    advise: characters,
  },
  {
    match:
      /^(?:Failed to parse|Invalid netmask|.*doesn't belong to network|Invalid (?:host|guest) forwarding rule|Conflicting\/invalid|.*IPv[46])/,
    advise: network,
  },
  {
    match: /^Parameter '(\w+)' is missing$/,
    advise: (found, refusal) =>
      refusal.option?.name === 'chardev' ? characters(found, refusal) : needed(found, refusal),
  },
];

/** What makes an object of another type, which takes nothing of the host's, of one that does. */
const OBJECTS_HERE: Readonly<
  Record<string, { type: string; drop: readonly string[]; words: string }>
> = {
  'rng-random': {
    type: 'rng-builtin',
    drop: ['filename'],
    words: 'QEMU makes the random numbers itself.',
  },
  'rng-egd': {
    type: 'rng-builtin',
    drop: ['chardev'],
    words: 'QEMU makes the random numbers itself.',
  },
  'memory-backend-file': {
    type: 'memory-backend-ram',
    drop: ['mem-path', 'discard-data', 'align', 'pmem', 'readonly'],
    words: 'The memory is not kept in a file then.',
  },
  'memory-backend-memfd': {
    type: 'memory-backend-ram',
    drop: ['hugetlb', 'hugetlbsize', 'seal'],
    words: 'The memory is not shared then.',
  },
  'cryptodev-vhost-user': {
    type: 'cryptodev-backend-builtin',
    drop: ['chardev', 'queues'],
    words: 'QEMU computes the ciphers itself.',
  },
};

/** An object that takes something of the host's. */
function objectHere(_: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const type = refusal.option?.name === 'object' ? (refusal.entry('qom-type') ?? '') : '';
  const here = Object.hasOwn(OBJECTS_HERE, type) ? OBJECTS_HERE[type] : undefined;
  if (!here) return undefined;
  return {
    title: `${type} needs something of the host's`,
    words:
      'Files, sockets and other programs belong to the computer that QEMU runs on, and a page has none.',
    fixes: [
      {
        label: `Make it ${here.type}`,
        words: here.words,
        doc: refusal.changed({
          ...Object.fromEntries(here.drop.map((key) => [key, undefined])),
          'qom-type': here.type,
        }),
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** What is said of a back end where no rule knows its complaint: another of its kind would do. */
export const HOST_RULES: readonly Rule[] = [
  {
    match: /^.*$/s,
    advise: (found, refusal) => {
      const { name } = refusal.option ?? { name: '' };
      if (name === 'chardev') return characters(found, refusal);
      if (name === 'netdev') return network(found, refusal);
      if (name === 'fsdev') return files(found, refusal);
      return name === 'object' ? objectHere(found, refusal) : undefined;
    },
  },
];

/** What an option cannot be without, and what serves whoever gave none. */
const NEEDED: Readonly<Record<string, string>> = { size: '64M', filename: '/dev/urandom' };

function needed([, key = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const value = Object.hasOwn(NEEDED, key) ? NEEDED[key] : undefined;
  if (value === undefined || refusal.option?.name !== 'object') return undefined;
  return {
    title: `${key} is missing`,
    words: `An object of this type cannot be made without ${key}.`,
    fixes: [
      {
        label: `Use ${key}=${value}`,
        words: 'It can be changed later.',
        doc: refusal.changed({ [key]: value }),
        automatic: true,
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}
