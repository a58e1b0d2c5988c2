import type { LinkFacts } from '../../../protocol/messages.ts';
import type { DocumentOption, MachineDocument } from '../../document.ts';
import { entriesOf, entryOf, optionIdOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import { comesHot } from '../comes-hot.ts';
import { withMemoryRoom } from '../memory-room.ts';
import { quote } from '../mend.ts';
import { nearest } from '../nearest.ts';
import { linkFacts, newBackEnd, spareBackEnds } from '../new-parts.ts';
import { changeOption, type Refusal, type Rule } from '../refusal.ts';
import { shortName, virtioName } from '../transports.ts';

type Link = Omit<LinkFacts, 'property'>;

/** What a link wants, to who never heard of it. */
function wants(link: Link): string {
  const [kind] = link.kinds;
  if (kind === 'drive' || kind === 'blockdev') return 'a disk: -drive if=none or -blockdev';
  if (kind === 'netdev') return 'a network on the host: -netdev';
  if (kind === 'chardev') return "a stream on the host's side: -chardev";
  if (kind === 'fsdev') return "a folder on the host's side: -fsdev";
  return link.type === undefined ? 'an object: -object' : `an object of type ${link.type}: -object`;
}

/** Devices that nothing works without, and a value that serves whoever gave none. */
const COMPANIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'virtio-9p': { mount_tag: 'share' },
};

/** The line with what else the refused device needs as soon as its back end is there. */
function completed(refusal: Refusal, doc: MachineDocument): MachineDocument {
  const stem = virtioName(refusal.driver ?? '')?.stem ?? '';
  if (stem === 'virtio-mem' || stem === 'virtio-pmem') return withMemoryRoom(doc);
  const more = Object.hasOwn(COMPANIONS, stem) ? COMPANIONS[stem] : undefined;
  const { option } = refusal;
  if (!more || !option) return doc;
  const missing = Object.entries(more).filter(([key]) => entryOf(option, key) === undefined);
  return changeOption(doc, option.key, Object.fromEntries(missing));
}

/** Makes the back end and names it. */
function make(refusal: Refusal, property: string, link: Link, wish?: string): Fix[] {
  const { option, doc } = refusal;
  if (!option) return [];
  const added = newBackEnd(doc, option.key, link, wish);
  if (!added) return [];
  const named =
    added.id === wish ? added.doc : changeOption(added.doc, option.key, { [property]: added.id });
  const next = completed(refusal, named);
  return [
    {
      label: `Add ${added.id} for it`,
      words: `${property} is ${added.id}: ${added.words}.`,
      doc: next,
      // Nobody wants a running machine switched off without being asked.
      ...(!refusal.facts.hot || comesHot(refusal.facts, next) ? { automatic: true } : refusal.anew),
    },
  ];
}

const asked = ({ automatic: _, ...fix }: Fix): Fix => fix;

/** Takes one that is there and that nobody uses. */
function takeSpare(refusal: Refusal, property: string, link: Link): Fix[] {
  return spareBackEnds(refusal, link)
    .slice(0, 2)
    .map((id) => ({
      label: `Use ${quote(id)}`,
      words: `${quote(id)} is on the line, and nothing uses it.`,
      doc: completed(refusal, refusal.changed({ [property]: id })),
      ...refusal.anew,
    }));
}

/** Names like the one that is missing. */
function similar(refusal: Refusal, property: string, link: Link, missing: string): Fix[] {
  const ids = refusal.doc.options
    .filter(({ name }) => (link.kinds as readonly string[]).includes(name))
    .map(optionIdOf)
    .filter((id) => id !== undefined);
  return nearest(missing, ids, 2).map((id) => ({
    label: `Use ${quote(id)}`,
    words: `The line has ${quote(id)}, which reads much like ${quote(missing)}.`,
    doc: refusal.changed({ [property]: id }),
    ...refusal.anew,
  }));
}

/** Properties without which a device has no back end and works all the same. */
const OPTIONAL = ['netdev', 'chardev', 'rng', 'iothread'];

function doWithout(refusal: Refusal, property: string): Fix[] {
  const stem = virtioName(refusal.driver ?? '')?.stem ?? '';
  if (!OPTIONAL.includes(property) || stem.startsWith('vhost-')) return [];
  if (refusal.entry(property) === undefined) return [];
  return [
    {
      label: `Leave out ${property}`,
      words:
        property === 'rng'
          ? 'The device takes random numbers that QEMU makes itself.'
          : property === 'iothread'
            ? "Requests are served by QEMU's main loop."
            : 'The device is there and is connected to nothing.',
      doc: refusal.changed({ [property]: undefined }),
      ...refusal.anew,
    },
  ];
}

const distinct = (fixes: readonly Fix[]): Fix[] =>
  fixes.filter(({ label }, at) => fixes.findIndex((other) => other.label === label) === at);

/** A device that names no back end at all. */
function unset(property: string, refusal: Refusal): Advice | undefined {
  const link = linkFacts(refusal, property);
  if (!link) return undefined;
  const type = shortName(refusal.driver ?? 'The device');
  if (needsDaemon(refusal)) return daemon(refusal);
  const spare = takeSpare(refusal, property, link);
  const made = make(refusal, property, link);
  return {
    title: `${type} has nothing behind it`,
    words: `A device is what the guest sees; what is behind it on the host's side is a back end, made by an option of its own and named by ${property}. ${type} needs ${wants(link)}.`,
    fixes: [
      ...spare.map((fix, i) => (i === 0 ? { ...fix, automatic: true as const } : fix)),
      ...(spare.length > 0 ? made.map(asked) : made),
      ...refusal.without(),
    ],
  };
}

/** The property of the refused option that says `id`, the one that names a back end first. */
function propertyNaming(refusal: Refusal, id: string): string | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  const same = entriesOf(option).filter(
    ({ key, value }) => value === id && !['id', 'driver', 'bus', 'addr'].includes(key),
  );
  return (same.find(({ key }) => linkFacts(refusal, key)) ?? same[0])?.key;
}

/** A back end that is named and not there. */
function missing(property: string, id: string, refusal: Refusal): Advice | undefined {
  const link = linkFacts(refusal, property);
  if (!link) return undefined;
  const type = shortName(refusal.driver ?? 'The device');
  const near = similar(refusal, property, link, id);
  const made = make(refusal, property, link, id);
  return {
    title: `There is no ${quote(id)}`,
    words: `${type} has ${property}=${quote(id)}, and no option of the line makes ${quote(id)}. It should be ${wants(link)}${/^-object/.test(id) ? '' : ` with ${link.kinds[0] === 'blockdev' ? 'node-name' : 'id'}=${quote(id)}`}.`,
    fixes: distinct([
      // A name that was mistyped is no wish for another back end.
      ...(near.length > 0 ? near : []),
      ...(near.length > 0 ? made.map(asked) : made),
      ...takeSpare(refusal, property, link),
      ...doWithout(refusal, property),
      ...refusal.without(),
    ]),
  };
}

/** A back end that another device holds. */
function inUse(id: string, refusal: Refusal): Advice | undefined {
  const property = propertyNaming(refusal, id);
  const link = property === undefined ? undefined : linkFacts(refusal, property);
  if (property === undefined || !link) return undefined;
  return {
    title: `${quote(id)} has its device`,
    words: `A back end serves one device. ${quote(id)} serves another one already, so ${shortName(refusal.driver ?? 'this one')} needs one of its own.`,
    fixes: [
      ...make(refusal, property, link),
      ...takeSpare(refusal, property, link),
      ...shared(refusal, property, id),
      ...doWithout(refusal, property),
      ...refusal.without(),
    ],
  };
}

/** Lets all devices of a block node write to it, each in the knowledge of the others. */
function shared(refusal: Refusal, property: string, id: string): Fix[] {
  const { doc } = refusal;
  // A -drive serves one device whatever they say.
  if (!doc.options.some((one) => one.name === 'blockdev' && optionIdOf(one) === id)) return [];
  if (property !== 'drive') return [];
  const users = refusal.devices((_, option) => entryOf(option, 'drive') === id);
  if (users.length < 2 || !users.every(canShare)) return [];
  const next = users.reduce((one, { key }) => changeOption(one, key, { 'share-rw': 'on' }), doc);
  return [
    {
      label: 'Let both write to it',
      words:
        'share-rw=on on each of them: both see one disk, and a file system that does not know of the other writer is destroyed.',
      doc: next,
      ...refusal.anew,
    },
  ];
}

function canShare(option: DocumentOption): boolean {
  const driver = entryOf(option, 'driver') ?? '';
  return (
    virtioName(driver)?.stem === 'virtio-blk' || /^(?:scsi-hd|ide-hd|usb-storage)$/.test(driver)
  );
}

/** `-drive if=virtio` made a device of its own, and another one asks for the drive. */
function takenByBoard([, id = '']: RegExpExecArray, refusal: Refusal): Advice {
  const { option, doc } = refusal;
  const user = refusal.devices((_, other) => entryOf(other, 'drive') === id)[0];
  const free: Fix[] = option
    ? [
        {
          label: 'Say if=none',
          words: 'The drive is a back end alone then, and the device on the line takes it.',
          doc: changeOption(doc, option.key, { if: 'none', id }),
          ...refusal.anew,
        },
      ]
    : [];
  const drop: Fix[] = user
    ? [
        {
          label: `Take out ${shortName(entryOf(user, 'driver') ?? 'the device')}`,
          words: 'The device that the board makes for the drive stays.',
          doc: { ...doc, options: doc.options.filter(({ key }) => key !== user.key) },
          ...refusal.anew,
        },
      ]
    : [];
  return {
    title: `${quote(id)} made its own device`,
    words:
      'A -drive is plugged into a device by itself, unless it says if=none. This one was, and a device of the line asks for it too.',
    fixes: [...free, ...drop],
  };
}

/** An object of another kind than the link takes. */
function wrongKind(
  [, property = '', type = '']: RegExpExecArray,
  refusal: Refusal,
): Advice | undefined {
  const link = linkFacts(refusal, property);
  const value = refusal.entry(property);
  if (!link || value === undefined) return undefined;
  return {
    title: `${quote(value)} is no ${type}`,
    words: `${property} names ${wants(link)}. ${quote(value)} is something else.`,
    fixes: [
      ...make(refusal, property, link).map(asked),
      ...takeSpare(refusal, property, link),
      ...doWithout(refusal, property),
      ...refusal.without(),
    ],
  };
}

/** What serves the guest in the same way and needs no program or module beside QEMU. */
const PLAIN: Readonly<Record<string, string>> = {
  'vhost-user-blk': 'virtio-blk',
  'vhost-user-scsi': 'virtio-scsi',
  'vhost-scsi': 'virtio-scsi',
  'vhost-user-fs': 'virtio-9p',
  'vhost-user-rng': 'virtio-rng',
  'vhost-user-gpu': 'virtio-gpu',
  'vhost-user-input': 'virtio-keyboard',
};

const stemOf = (refusal: Refusal): string => virtioName(refusal.driver ?? '')?.stem ?? '';
const needsDaemon = (refusal: Refusal): boolean => stemOf(refusal).startsWith('vhost-');

/** The device that QEMU serves itself, in the place of one that somebody else serves. */
function plainly(refusal: Refusal): Fix[] {
  const { option, doc } = refusal;
  const from = stemOf(refusal);
  const stem = Object.hasOwn(PLAIN, from) ? PLAIN[from] : undefined;
  const name = virtioName(refusal.driver ?? '');
  if (!option || stem === undefined || !name) return [];
  const end = name.transport ?? 'pci';
  const type =
    refusal.driver === 'vhost-user-vga'
      ? 'virtio-vga'
      : `${stem}-${end === 'mmio' ? 'device' : end}`;
  if (!refusal.has(type)) return [];
  const stays = ['id', 'bus', 'addr', 'multifunction', 'devno', 'disable-legacy', 'disable-modern'];
  const dropped = entriesOf(option).filter(({ key }) => key !== 'driver' && !stays.includes(key));
  const keys = Object.fromEntries(dropped.map(({ key }) => [key, undefined]));
  let next = changeOption(changeOption(doc, option.key, keys), option.key, { driver: type });
  const property = stem === 'virtio-blk' ? 'drive' : stem === 'virtio-9p' ? 'fsdev' : undefined;
  if (property !== undefined) {
    const link: Link = { kinds: property === 'drive' ? ['blockdev'] : ['fsdev'] };
    const added = newBackEnd(next, option.key, link);
    if (!added) return [];
    const tag = property === 'fsdev' ? { mount_tag: entryOf(option, 'tag') ?? 'share' } : {};
    next = changeOption(added.doc, option.key, { [property]: added.id, ...tag });
  }
  return [
    {
      label: `Plug it as ${type}`,
      words: `${type} is served by QEMU itself, so nothing else has to run.`,
      doc: next,
      ...refusal.anew,
    },
  ];
}

/** A vhost device: its queues are somebody else's business, who is not here. */
function daemon(refusal: Refusal): Advice {
  const type = shortName(refusal.driver ?? 'The device');
  const user = stemOf(refusal).startsWith('vhost-user-');
  return {
    title: user ? `${type} is served by another program` : `${type} is served by the host's kernel`,
    words: user
      ? `QEMU makes the transport of a vhost-user device alone; its queues are worked by a second program, to which QEMU speaks over a -chardev socket. A page has no such program, so the device cannot start here. A chardev that nobody answers on is no peer.`
      : `QEMU makes the transport of a vhost device alone; its queues are worked by a module of the host's Linux kernel. A page has no such kernel, so the device cannot start here.`,
    fixes: [...plainly(refusal), ...refusal.without()],
  };
}

/** `missing chardev` and the like, of devices that name the property in plain words. */
function notGiven([, property = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  return unset(property, refusal);
}

/** `Device 'x' not found` where `x` is what a property names. */
function notFound([, id = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const property = propertyNaming(refusal, id);
  return property === undefined ? undefined : missing(property, id, refusal);
}

const heldById = ([, id = '']: RegExpExecArray, refusal: Refusal): Advice | undefined =>
  inUse(id, refusal);

/** Refusals about what is behind a device on the host's side. */
export const LINK_RULES: readonly Rule[] = [
  { match: /^(drive) property not set$/, advise: notGiven },
  { match: /^'([\w-]+)' property (?:must be|is not) set$/, advise: notGiven },
  { match: /^'(cryptodev)' parameter expects a valid object$/, advise: notGiven },
  { match: /^virtio-pmem (memdev) not set$/, advise: notGiven },
  { match: /^No (drive) specified$/, advise: notGiven },
  { match: /^(?:[\w-]+: )?missing (chardev)$/, advise: notGiven },
  { match: /^(?:[\w-]+: )?(chardev) is mandatory$/, advise: notGiven },
  {
    match: /^Chardev '(.*)' not found$/,
    advise: (found, refusal) => (needsDaemon(refusal) ? daemon(refusal) : notFound(found, refusal)),
  },
  {
    match: /^Can't create (?:serial|parallel) device, empty char device$/,
    advise: (_, refusal) => unset('chardev', refusal),
  },
  {
    match: /^9pfs device couldn't find fsdev with the id = (.*)$/,
    advise: ([, id = ''], refusal) =>
      refusal.entry('fsdev') === undefined
        ? unset('fsdev', refusal)
        : missing('fsdev', id, refusal),
  },
  {
    match: /^Property '.*\.([\w-]+)' can't find value '(.*)'$/,
    advise: ([, property = '', id = ''], refusal) => missing(property, id, refusal),
  },
  { match: /^Device '(.*)' not found$/, advise: notFound },
  { match: /^Memory backend '(.*)' not found$/, advise: notFound },
  {
    match: /^Drive '(.*)' is already in use because it has been automatically/,
    advise: takenByBoard,
  },
  { match: /^Drive '(.*)' is already in use by another device$/, advise: heldById },
  { match: /^Property '.*' can't take value '(.*)', it's in use$/, advise: heldById },
  { match: /^Property '.*' can't take value '(.*)': Device '.*' is in use$/, advise: heldById },
  { match: /^can't use already (?:used cryptodev backend|busy memdev): (.*)$/, advise: heldById },
  { match: /^'memdev' property specifies a busy memdev: (.*)$/, advise: heldById },
  { match: /^Permission conflict on node '([^']*)'/, advise: heldById },
  { match: /^Invalid parameter type for '([\w-]+)', expected: ([\w-]+)$/, advise: wrongKind },
  {
    match:
      /(?:vhost_backend_init failed|vhost_set_owner failed|vhost initialization failed|failed to open vhost device|open vhost char device failed|^vhost-scsi: missing wwpn|unable to parse vhostfd|unable to set non-blocking mode|^missing tag property)/,
    advise: (_, refusal) => (needsDaemon(refusal) ? daemon(refusal) : undefined),
  },
  {
    match: /^guest-cid property must be/,
    advise: (_, refusal) => (needsDaemon(refusal) ? daemon(refusal) : undefined),
  },
  {
    match: /^fsdev with id .* needs mount_tag arguments$/,
    advise: (_, refusal) => ({
      title: 'The share needs a name',
      words: 'A guest mounts a shared folder by its mount_tag, so a 9p device must have one.',
      section: '5.10',
      fixes: [
        {
          label: 'Call it share',
          words: 'mount_tag=share: the guest mounts it by that name.',
          doc: refusal.changed({ mount_tag: 'share' }),
          automatic: true,
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^mount tag '(.*)' \(\d+ bytes\) is longer than maximum \((\d+) bytes\)$/,
    advise: ([, tag = '', most = '31'], refusal) => ({
      title: 'The name of the share is too long',
      words: `A mount_tag has ${most} bytes at most.`,
      fixes: [
        {
          label: 'Shorten it',
          words: `The first ${most} characters stay.`,
          doc: refusal.changed({
            mount_tag: tag.replace(/[^\x20-\x7e]/g, '').slice(0, Number(most)) || 'share',
          }),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^memory devices \(e\.g\. for memory hotplug\) are not enabled/,
    advise: (_, refusal) => ({
      title: 'The machine has no room for memory devices',
      words:
        'Memory that comes as a device needs addresses of its own. -m keeps some free if it says how far memory may grow: maxmem.',
      fixes: [
        {
          label: 'Say how far memory may grow',
          words: 'maxmem= on -m keeps addresses free for memory devices.',
          doc: withMemoryRoom(refusal.doc),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^not enough space, currently 0x[0-9a-f]+ in use of total space for memory devices/,
    advise: (_, refusal) => ({
      title: 'Memory cannot grow that far',
      words:
        'Memory devices share the addresses that -m keeps free: what is between its size and maxmem.',
      fixes: [
        {
          label: 'Keep more addresses free',
          words: '4 GiB more than at the start.',
          doc: withMemoryRoom(refusal.doc, true),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^Only support one queue in cryptdov-builtin backend$/,
    advise: (_, refusal) => ({
      title: 'The built-in ciphers have one queue',
      words: 'cryptodev-backend-builtin computes one request after the other.',
      fixes: [
        {
          label: 'Leave out queues',
          words: 'One queue it is.',
          doc: refusal.doc.options
            .filter(({ name }) => name === 'object')
            .filter((one) => entryOf(one, 'qom-type') === 'cryptodev-backend-builtin')
            .reduce((doc, { key }) => changeOption(doc, key, { queues: undefined }), refusal.doc),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /must be plugged on the root bus$/,
    advise: (_, refusal) => ({
      title: 'It belongs on the first PCI bus',
      words: 'An IOMMU translates for a whole machine, so it sits where everything begins.',
      fixes: [
        {
          label: 'Let QEMU choose the bus',
          words: 'Without bus=, it goes onto the first.',
          doc: refusal.changed({ bus: undefined, addr: undefined }),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^(?:evdev property is required|.*: is not an evdev device|Could not open '.*': .*)$/,
    advise: (_, refusal) => evdev(refusal),
  },
];

/** An input device of the host's, which a page has none of. */
function evdev(refusal: Refusal): Advice | undefined {
  const name = virtioName(refusal.driver ?? '');
  if (name?.stem !== 'virtio-input-host' || !refusal.option) return undefined;
  const end = name.transport === 'mmio' ? 'device' : (name.transport ?? 'pci');
  const type = `virtio-keyboard-${end}`;
  const fixes: Fix[] = refusal.has(type)
    ? [
        {
          label: `Plug it as ${type}`,
          words: 'A keyboard of its own takes the place of one of the host.',
          doc: refusal.changed({ driver: type, evdev: undefined }),
          ...refusal.anew,
        },
      ]
    : [];
  return {
    title: "It passes an input device of the host's on",
    words: "evdev names a device file of the host's (/dev/input/event0), and a page has none.",
    fixes: [...fixes, ...refusal.without()],
  };
}
