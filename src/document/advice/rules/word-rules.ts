import { freshAmong, freshId } from '../../edits.ts';
import { entriesOf, entryOf, idKey, optionIdOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import { leaveOut, quote, type Spot, shortKey, spotOf } from '../mend.ts';
import { nearest } from '../nearest.ts';
import { newBackEnd } from '../new-parts.ts';
import { keyMeant, keysOf } from '../property-names.ts';
import { changeOption, type Refusal, type Rule } from '../refusal.ts';
import { shortName, typeBehind, virtioName } from '../transports.ts';
import { archOf, worldOf } from '../world.ts';
import { findDevice, letGo } from './hot-plug-rules.ts';
import { otherTransports } from './transport-rules.ts';

/** Types of `-object` that people ask for. */
const OBJECTS = [
  'rng-builtin',
  'rng-random',
  'rng-egd',
  'iothread',
  'memory-backend-ram',
  'memory-backend-file',
  'memory-backend-memfd',
  'cryptodev-backend-builtin',
  'cryptodev-vhost-user',
  'throttle-group',
  'secret',
  'filter-dump',
  'filter-mirror',
  'filter-redirector',
  'filter-buffer',
  'filter-replay',
  'filter-rewriter',
  'authz-simple',
  'can-bus',
  'colo-compare',
  'input-linux',
  'main-loop',
  'tls-creds-x509',
  'tls-creds-anon',
  'tls-creds-psk',
];

/** What QEMU's headings of devices mean in virtio. */
const BY_CATEGORY: Readonly<Record<string, string>> = {
  'Storage devices': 'virtio-blk',
  'Network devices': 'virtio-net',
  'Input devices': 'virtio-keyboard',
  'Display devices': 'virtio-gpu',
  'Sound devices': 'virtio-snd',
};

/** The device type that a virtio device has on this machine, if it has any. */
function typeHere(refusal: Refusal, stem: string): string | undefined {
  return worldOf(refusal)
    .transports.map((transport) => typeBehind(stem, transport))
    .find((type) => type !== undefined && refusal.has(type));
}

/** Plugs another type in the place of the refused one. */
function instead(refusal: Refusal, type: string, words: string): Fix[] {
  return [
    {
      label: `Plug it as ${type}`,
      words,
      doc: refusal.changed({ driver: type }),
      ...refusal.anew,
    },
  ];
}

/** Types that a person may have meant by `name`, the nearest first. */
function typesLike(refusal: Refusal, name: string): string[] {
  if (!refusal.sameProgram) return [];
  const names = refusal.facts.types
    .filter((type) => !type.unmodelled)
    .flatMap((type) => [type.name, ...type.aliases]);
  const clean = name.trim().replaceAll('_', '-');
  const exact = names.find((one) => one.toLowerCase() === clean.toLowerCase());
  // A transport that this machine does not have is left for the one that it has.
  const stem = virtioName(clean)?.stem;
  const here = stem === undefined ? undefined : typeHere(refusal, stem);
  const near = nearest(clean, names, 4);
  const modern = near.filter((type) => !virtioName(type)?.variant);
  return [
    ...new Set([
      ...(exact === undefined ? [] : [exact]),
      ...(here === undefined ? [] : [here]),
      ...(modern.length > 0 ? modern : near),
    ]),
  ].slice(0, 3);
}

/** `-device virtio-blk-pcii`. */
function unknownType([, name = '']: RegExpExecArray, refusal: Refusal): Advice {
  const object = OBJECTS.includes(name.trim()) ? asObject(refusal, name.trim()) : [];
  const bus = refusal.buses.some(({ type }) => type === name);
  const here = worldOf(refusal).transports;
  const moved = channelType(name) ? otherTransports(refusal, here.slice(0, 1)) : [];
  const near = object.length > 0 || moved.length > 0 ? [] : typesLike(refusal, name);
  return {
    title: name.trim() === '' ? 'A device needs a type' : `There is no device ${quote(name)}`,
    words:
      object.length > 0
        ? `${quote(name)} is a back end: what is behind a device on the host's side. -object makes it.`
        : bus
          ? `${quote(name)} is a bus. A bus comes with the device that offers it.`
          : channelType(name)
            ? `${quote(name)} is a device of the mainframe's channel subsystem, and this program has none. The device inside is the same behind every transport.`
            : near.length > 0
              ? 'QEMU looks types up letter by letter. Did a letter slip?'
              : 'QEMU 7.2 has no device type of this name. The palette shows those that this machine can have.',
    fixes: [
      ...object,
      ...moved,
      ...(channelType(name) ? onMainframe(refusal) : []),
      ...near.flatMap((type) => instead(refusal, type, `QEMU has a device type ${type}.`)),
      ...refusal.without(),
    ],
  };
}

/** Types of the mainframe's alone. */
const channelType = (name: string): boolean =>
  virtioName(name)?.transport === 'ccw' || name === 'zpci';

/** The program that has channel devices. */
function onMainframe({ doc, anew }: Refusal): Fix[] {
  if (archOf(doc) === 's390x') return [];
  const options = doc.options.filter(({ name }) => !['M', 'machine', 'cpu', 'bios'].includes(name));
  return [
    {
      label: 'Call qemu-system-s390x',
      words: 'Channel devices belong to the mainframe, s390-ccw-virtio; -M and -cpu are left out.',
      doc: { program: 'qemu-system-s390x', options },
      ...anew,
    },
  ];
}

/** `-device rng-builtin`: meant as a back end. */
function asObject(refusal: Refusal, type: string): Fix[] {
  const { option, doc } = refusal;
  if (!option) return [];
  const id = optionIdOf(option) ?? freshId(doc, type.replace(/-.*$/, ''));
  const more = type.startsWith('memory-backend') ? ',size=64M' : '';
  return [
    {
      label: `Make it with -object`,
      words: `-object ${type},id=${id} makes the back end; a device names it.`,
      doc: {
        ...doc,
        options: doc.options.map((other) =>
          other.key === option.key
            ? { ...other, name: 'object', argument: `${type},id=${id}${more}` }
            : other,
        ),
      },
      ...refusal.anew,
    },
  ];
}

/** A type that stands for a family. */
function abstractType(_: RegExpExecArray, refusal: Refusal): Advice {
  const driver = refusal.driver ?? '';
  const known = refusal.facts.types.filter(({ unmodelled }) => !unmodelled);
  const base = driver.replace(/-base$/, '');
  const member = base !== driver && refusal.has(base) ? base : undefined;
  const members = known.filter(({ name }) => name.startsWith(`${base}-`)).slice(0, 1);
  const found = member ?? (base === driver ? undefined : members[0]?.name);
  return {
    title: `${shortName(driver)} is a family of types`,
    words:
      'Such a type holds what its members have in common; a device is always of a member, as virtio-blk-pci is one of the family virtio-pci.',
    ...(/^virtio-(?:pci|device|mmio-bus|ccw-device)$/.test(driver) && { misconception: 1 }),
    fixes: [
      ...(found === undefined ? [] : instead(refusal, found, `${found} is a member of it.`)),
      ...refusal.without(),
    ],
  };
}

/** A type that QEMU has and this page does not build. */
function unmodelled([, name = '']: RegExpExecArray, refusal: Refusal): Advice {
  const category = refusal.type(name)?.category ?? '';
  const stem = Object.hasOwn(BY_CATEGORY, category) ? BY_CATEGORY[category] : undefined;
  const type = stem === undefined ? undefined : typeHere(refusal, stem);
  const fixes: Fix[] = [];
  if (type !== undefined && refusal.option?.name === 'device') {
    const driver = refusal.entry('driver');
    const stays = ['driver', 'id', 'drive', 'netdev', 'mac', 'bootindex', 'serial'];
    const drop = entriesOf(refusal.option).filter(
      ({ key }) => !stays.includes(key) || (key === 'serial' && stem !== 'virtio-blk'),
    );
    let doc = refusal.changed({
      ...Object.fromEntries(drop.map(({ key }) => [key, undefined])),
      driver: type,
    });
    if (stem === 'virtio-blk' && refusal.entry('drive') === undefined) {
      const added = newBackEnd(doc, refusal.option.key, { kinds: ['blockdev'] });
      if (added) doc = changeOption(added.doc, refusal.option.key, { drive: added.id });
    }
    fixes.push({
      label: `Plug it as ${type}`,
      words: `${type} does for a guest what ${shortName(driver ?? name)} does, by virtio.`,
      doc,
      ...refusal.anew,
    });
  }
  return {
    title: `${quote(name)} is not modelled here`,
    words:
      'QEMU has it, and this page does not build it: it models virtio, and what a machine needs around it.',
    fixes: [...fixes, ...refusal.without()],
  };
}

/** A type of which this QEMU was built without the half that does the work. */
function missingHalf([, name = '']: RegExpExecArray, refusal: Refusal): Advice {
  const driver = refusal.driver ?? '';
  const plain = driver.replace(/-gl(?=-|$)/, '');
  return {
    title: `${shortName(driver || name)} is not in this QEMU`,
    words: `The type is known, but what it is made of (${quote(name)}) is a module that this QEMU does not have.`,
    fixes: [
      ...(plain !== driver && refusal.has(plain)
        ? instead(refusal, plain, `${plain} is the same device without 3D.`)
        : []),
      ...refusal.without(),
    ],
  };
}

/** A property that the refused option does not have. */
function unknownKey(owner: string, key: string, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  const spot: Spot | undefined = option ? ownSpot(refusal, key) : spotOf(refusal, key);
  if (spot?.key === 'id') return undefined;
  if (!spot) return option && owner !== '' ? noneOf(owner, key, refusal) : undefined;
  const known = keysOf(refusal);
  const clean = key.trim();
  const same = known.filter((one) => one.toLowerCase() === clean.toLowerCase() && one !== key);
  const near = [...new Set([...same, ...nearest(clean, known, 2)])].slice(0, 2);
  const fixes = near
    .filter((name) => entryOf(spot.option, name) === undefined)
    .map(
      (name): Fix => ({
        label: `Use ${name}=${quote(spot.value)}`,
        words: `${name} is what reads most like it.`,
        doc: renamedKey(refusal, spot, name),
        ...refusal.anew,
      }),
    );
  const name = virtioName(owner);
  return {
    title: `${shortName(owner)} has no ${quote(key) || 'property without a name'}`,
    words: `Every type has its own properties${near.length > 0 ? '; did a letter slip?' : '.'}${
      name?.transport === 'mmio' ? ' What belongs to the transport is not set on the device.' : ''
    }`,
    fixes: [
      ...fixes,
      ...leaveOut(refusal, spot, 'It is built without that property.'),
      ...refusal.without(),
    ],
  };
}

/** A property that the line says in a notation of its own, or that something else asked for. */
function noneOf(owner: string, key: string, refusal: Refusal): Advice {
  return {
    title: `${shortName(owner)} has no ${quote(key)}`,
    words: 'Every type has its own properties.',
    fixes: refusal.without(),
  };
}

/** The entry of the refused option itself, `key` exactly. */
function ownSpot(refusal: Refusal, key: string): Spot | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  const entry = entriesOf(option).find((one) => one.key === key);
  const meant = entry ? entry.key : keyMeant(refusal, key);
  return meant === undefined
    ? undefined
    : { option, key: meant, value: entryOf(option, meant) ?? '' };
}

/** The refused option with one of its keys called otherwise. */
function renamedKey(refusal: Refusal, { option, key, value }: Spot, name: string) {
  return changeOption(changeOption(refusal.doc, option.key, { [key]: undefined }), option.key, {
    [name]: value.trim(),
  });
}

/** `Property 'pc-i440fx-7.2-machine.foo' not found`, device or not. */
function noProperty(
  [, owner = '', key = '']: RegExpExecArray,
  refusal: Refusal,
): Advice | undefined {
  return unknownKey(owner, key, refusal);
}

function noParameter([, key = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  return key === '' ? emptyPart(refusal) : unknownKey(`-${option.name}`, key, refusal);
}

/** Two commas in a row, or one at the end. */
function emptyPart(refusal: Refusal): Advice | undefined {
  const { option, doc } = refusal;
  const parts = option?.argument?.split(',') ?? [];
  const argument = parts.filter((part) => part !== '' && !part.startsWith('=')).join(',');
  if (!option || argument === '' || argument === option.argument) return undefined;
  return {
    title: 'A name is missing between two commas',
    words:
      'Commas part one KEY=VALUE from the next. Two in a row stand for a comma within a value, where there is one.',
    fixes: [
      {
        label: 'Take out what has no name',
        words: `-${option.name} keeps the rest.`,
        doc: {
          ...doc,
          options: doc.options.map((one) => (one === option ? { ...one, argument } : one)),
        },
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** An id that something has already. */
function duplicate([, id = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  const key = optionIdOf(option) === undefined ? 'id' : idKey(option);
  const fresh = freshFor(refusal, id);
  const holder = refusal.facts.hot ? findDevice(refusal.facts.topology?.root, id) : undefined;
  if (holder?.leaving)
    return {
      title: `${quote(id)} has not left yet`,
      words:
        'device_del only asks. Until the guest lets go of it, the device is where it was and has its id, so another cannot have that id.',
      misconception: 10,
      fixes: letGo(refusal, id),
    };
  return {
    title: `${quote(id)} is taken`,
    words:
      'An id names one thing of its kind, so that other options can speak of it; two cannot have the same.',
    fixes: [
      {
        label: `Call it ${fresh}`,
        words: `${fresh} is free. What names ${quote(id)} still means the first.`,
        doc: refusal.changed({ [key]: fresh }),
        ...(comesFromHand(refusal) && { automatic: true as const }),
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** Whether a change of the id alone brings a cold machine about. */
const comesFromHand = ({ facts }: Refusal): boolean => !facts.hot;

/** An id that neither the line nor the running machine has. */
function freshFor({ doc, buses }: Refusal, stem: string): string {
  const taken = new Set(doc.options.map(optionIdOf));
  for (const { children } of buses) for (const { id } of children) taken.add(id);
  return freshAmong(taken, stem);
}

/** An option that needs an id and has none, or one that cannot be. */
function needsId(refusal: Refusal, wrong?: string): Advice | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  const key = idKey(option);
  const stem = wrong ?? entriesOf(option)[0]?.value ?? option.name;
  const fresh = freshFor(refusal, /[A-Za-z]/.test(stem) ? stem.slice(0, 20) : option.name);
  return {
    title: wrong === undefined ? 'It needs a name' : `${quote(wrong)} cannot be a name`,
    words:
      wrong === undefined
        ? `What -${option.name} makes is of use only where another option names it, by its ${key}.`
        : "A name begins with a letter; letters, digits, '-', '.' and '_' follow.",
    fixes: [
      {
        label: `Call it ${fresh}`,
        words: `${key}=${fresh} is free.`,
        doc: refusal.changed({ [key]: fresh }),
        automatic: true,
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** `-object foo`. */
function unknownObject([, name = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  if (option?.name !== 'object') return undefined;
  const near = nearest(name.trim(), OBJECTS, 2);
  const family = OBJECTS.find((one) => one.startsWith(name.replace(/backend$/, '')) && name !== '');
  const found = [...new Set([...near, ...(family === undefined ? [] : [family])])].slice(0, 2);
  const fixes = found.map(
    (type): Fix => ({
      label: `Make it a ${type}`,
      words: `QEMU has objects of type ${type}.`,
      doc: refusal.changed({ 'qom-type': type }),
      ...refusal.anew,
    }),
  );
  const device: Fix[] =
    refusal.type(name) && refusal.has(name)
      ? [
          {
            label: 'Make it with -device',
            words: `${name} is a device, and -device plugs devices.`,
            doc: {
              ...refusal.doc,
              options: refusal.doc.options.map((other) =>
                other.key === option.key ? { ...other, name: 'device' } : other,
              ),
            },
            ...refusal.anew,
          },
        ]
      : [];
  return {
    title: `There is no object ${quote(name)}`,
    words:
      "-object makes what is behind devices on the host's side: sources of randomness, memory, threads, ciphers.",
    fixes: [...device, ...fixes, ...refusal.without()],
  };
}

/** JSON that is not whole, or words where there should be some. */
function badJson(_: RegExpExecArray, refusal: Refusal): Advice {
  return {
    title: 'That is not JSON',
    words:
      'An argument that begins with a brace is read as JSON: names and words in double quotes, commas between, every brace closed.',
    fixes: refusal.without(),
  };
}

/** Refusals of a word: types, properties, ids. */
export const WORD_RULES: readonly Rule[] = [
  { match: /^'(.*)' is not a valid device model name$/s, advise: unknownType },
  {
    match: /^Device '(.*)' not found$/,
    advise: (found, refusal) =>
      refusal.driver === found[1] ? unknownType(found, refusal) : undefined,
  },
  {
    match: /^Parameter '(?:driver|typename)' expects a non-abstract device type$/,
    advise: abstractType,
  },
  { match: /^(?:objects of type )?'(.*)' (?:is|are) not modelled yet$/, advise: unmodelled },
  { match: /^missing object type '(.*)'$/, advise: missingHalf },
  {
    match: /^Parameter 'driver' is missing$/,
    advise: (_, refusal) =>
      refusal.option?.name === 'device'
        ? {
            title: 'A device needs a type',
            words: '-device plugs a device of the type that stands first: -device virtio-rng-pci.',
            fixes: refusal.without(),
          }
        : undefined,
  },
  { match: /^Property '(.*)\.([^.]*)' not found$/, advise: noProperty },
  { match: /^Invalid parameter '(.*)'$/, advise: noParameter },
  { match: /^Parameter '(.*)' is unexpected$/, advise: noParameter },
  { match: /^Block format '.*' does not support the option '(.*)'$/, advise: noParameter },
  { match: /^'(.*)' is invalid for fsdriver /, advise: noParameter },
  { match: /^Expected '=' after parameter '(.*)'$/, advise: noParameter },
  { match: /^Duplicate (?:device )?ID '(.*?)'/, advise: duplicate },
  { match: /^Duplicate nodes with node-name='(.*)'$/, advise: duplicate },
  { match: /^attempt to add duplicate property '(.*)' to object/, advise: duplicate },
  { match: /^Device with id '(.*)' already exists$/, advise: duplicate },
  { match: /^Device name '(.*)' conflicts with an existing node name$/, advise: duplicate },
  { match: /^duplicate or invalid fsdev id: (.*)$/, advise: duplicate },
  {
    match: /^Parameter 'id' expects an identifier/,
    advise: (_, refusal) => needsId(refusal, refusal.entry('id') ?? ''),
  },
  {
    match: /^Invalid node-name: '(.*)'$/,
    advise: ([, name = ''], refusal) => needsId(refusal, name),
  },
  {
    match:
      /^(?:Parameter 'id' is missing|'node-name' must be specified for the root node|fsdev: No id specified|chardev: no id specified)$/,
    advise: (_, refusal) => needsId(refusal),
  },
  { match: /^Parameter 'qom-type' does not accept value '(.*)'$/, advise: unknownObject },
  { match: /^(?:invalid object type: )(.*)$/, advise: unknownObject },
  {
    match: /^Parameter 'qom-type' is missing$/,
    advise: (_, refusal) => ({
      title: 'An object needs a type',
      words: '-object makes an object of the type that stands first: -object rng-builtin,id=rng0.',
      fixes: refusal.without(),
    }),
  },
  { match: /^(?:JSON parse error|Expecting at most one JSON value)/, advise: badJson },
];

/**
 * What is left: a sentence that names an entry of its option, or the option itself. It cannot say more than QEMU
 * does, but it can say where.
 */
export const LAST_RULE: Rule = {
  match: /^.*$/s,
  advise: ([sentence], refusal) => {
    const { option } = refusal;
    if (!option) return undefined;
    const named = entriesOf(option).filter(
      ({ key, value }) =>
        mentions(sentence, key) || (value.length > 1 && mentions(sentence, value)),
    );
    const [entry] = named.filter(({ key }) => key !== 'id' && key !== 'driver');
    if (!entry) return undefined;
    const spot = { option, ...entry };
    return {
      title: `It is about ${shortKey(entry)}`,
      words: `QEMU does not take -${option.name} with ${shortKey(entry)}=${quote(entry.value)}; its sentence says why.`,
      fixes: [...leaveOut(refusal, spot), ...refusal.without()],
    };
  },
};

/** Whether a sentence has a word in it as a word. */
function mentions(sentence: string, word: string): boolean {
  if (word.length < 2 || word.length > 200) return false;
  const at = sentence.indexOf(word);
  if (at < 0) return false;
  const edge = /[\w-]/;
  return !edge.test(sentence.charAt(at - 1)) && !edge.test(sentence.charAt(at + word.length));
}
