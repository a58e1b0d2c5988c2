import { entryOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import { type Limits, limitsIn, limitsOfType, numberMeant, within } from '../limits.ts';
import { leaveOut, quote, type Spot, shortKey, spotOf, withoutSpot, write } from '../mend.ts';
import { nearest } from '../nearest.ts';
import type { Refusal, Rule } from '../refusal.ts';

/** What people write for a switch, and what QEMU calls it. */
const ON = ['on', 'true', 'yes', 'y', '1', 'enable', 'enabled'];
const OFF = ['off', 'false', 'no', 'n', '0', 'none', 'disable', 'disabled'];

/** Values of properties that take one of a few words. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  werror: ['auto', 'ignore', 'report', 'enospc', 'stop'],
  rerror: ['auto', 'ignore', 'report', 'stop'],
  cache: ['writeback', 'writethrough', 'none', 'directsync', 'unsafe'],
  aio: ['threads', 'native', 'io_uring'],
  discard: ['ignore', 'unmap', 'on', 'off'],
  'detect-zeroes': ['off', 'on', 'unmap'],
  media: ['disk', 'cdrom'],
  tx: ['timer', 'bh'],
  security_model: ['none', 'mapped-xattr', 'mapped-file', 'passthrough'],
  'gic-version': ['2', '3', 'max'],
  iommu: ['none', 'smmuv3'],
  'unplugged-inaccessible': ['auto', 'on', 'off'],
  policy: ['default', 'preferred', 'bind', 'interleave'],
  duplex: ['half', 'full'],
};
const ON_OFF_AUTO = ['on', 'off', 'auto'];

/** The word that a switch's value means: `on` for `true`, `1`, `ON`. */
function switchMeant(value: string): string | undefined {
  const clean = value.trim().toLowerCase();
  if (ON.includes(clean)) return 'on';
  return OFF.includes(clean) ? 'off' : nearest(clean, ['on', 'off'], 1)[0];
}

/** Words instead of a value that is none of them. */
function choose(refusal: Refusal, spot: Spot, choices: readonly string[]): Fix[] {
  const clean = spot.value.trim().toLowerCase();
  const same = choices.find((choice) => choice === clean);
  const meant = switchMeant(spot.value);
  const found = [
    ...(same === undefined ? [] : [same]),
    ...(meant !== undefined && choices.includes(meant) ? [meant] : []),
    ...nearest(spot.value, choices, 2),
  ];
  return [...new Set(found)]
    .slice(0, 2)
    .flatMap((value) => write(refusal, spot, value, `QEMU knows it as ${value}.`));
}

/** Whether a value that a person cannot see is in the way: it came from the option's own name. */
function bare({ option, key }: Spot): boolean {
  return option.argument?.split(',').includes(key) === true;
}

function onOrOff([, key = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const spot = spotOf(refusal, key);
  if (!spot) return undefined;
  return {
    title: `${shortKey(spot)} is on or off`,
    words: `A switch is written on or off, in small letters; QEMU does not read ${quote(spot.value) || 'an empty word'}.`,
    fixes: [...choose(refusal, spot, ['on', 'off']), ...leaveOut(refusal, spot)],
  };
}

function notAChoice(
  [, key = '', value = '']: RegExpExecArray,
  refusal: Refusal,
): Advice | undefined {
  const spot = spotOf(refusal, key);
  if (!spot || ['driver', 'qom-type', 'type', 'backend'].includes(key)) return undefined;
  const choices = Object.hasOwn(CHOICES, key) ? (CHOICES[key] ?? []) : ON_OFF_AUTO;
  return {
    title: `${shortKey(spot)} is one of a few words`,
    words: `${quote(value) || 'An empty word'} is none of them. ${shortKey(spot)} takes ${choices.join(', ')}.`,
    fixes: [...choose(refusal, spot, choices), ...leaveOut(refusal, spot)],
  };
}

/** `Parameter 'vectors' expects uint32_t`, and the like. */
function notANumber(
  [, key = '', type = '']: RegExpExecArray,
  refusal: Refusal,
): Advice | undefined {
  const spot = spotOf(refusal, key);
  if (!spot) return undefined;
  const limits = limitsOfType(type);
  const size = /size/.test(type) || /^a non-negative/.test(type);
  const meant = numberMeant(spot.value);
  const value = meant === undefined ? undefined : within(meant, limits);
  const range =
    limits.most === undefined ? '' : ` This one goes from ${limits.least} to ${limits.most}.`;
  return {
    title: `${shortKey(spot)} is a number`,
    words: bare(spot)
      ? `${shortKey(spot)} stands there without a value, which QEMU reads as on; it wants a number.`
      : size
        ? `A size is a whole number with k, M or G behind it; QEMU does not read ${quote(spot.value) || 'an empty word'} as one.`
        : `A number is written in decimal or with 0x, without unit or fraction.${range} QEMU does not take ${quote(spot.value) || 'an empty word'}.`,
    fixes: [
      ...(value === undefined || bare(spot)
        ? []
        : write(
            refusal,
            spot,
            numberText(value, size, key),
            'It is the nearest number that can be had.',
            'uint32',
          )),
      ...leaveOut(refusal, spot),
    ],
  };
}

/** `-m`'s sizes are MiB unless they say otherwise. */
function numberText(value: number, size: boolean, key: string): string {
  if (!size) return value.toFixed(0);
  if (key !== 'size' && key !== 'maxmem') return value.toFixed(0);
  return value < 2 ** 20 ? `${Math.max(1, value)}M` : `${Math.ceil(value / 2 ** 20)}M`;
}

/** A number that is out of its range, or not a power of two. */
function outOfRange(key: string, refusal: Refusal, extra: Limits = {}): Advice | undefined {
  const spot = spotOf(refusal, key);
  if (!spot) return undefined;
  const limits: Limits = { ...limitsIn(refusal.reason), ...extra };
  const meant = numberMeant(spot.value);
  const clean = meant === undefined ? undefined : within(meant, limits);
  const parts = [
    limits.powerOfTwo ? 'a power of two' : '',
    limits.step === undefined ? '' : `a multiple of ${limits.step}`,
    limits.least === undefined ? '' : `at least ${limits.least}`,
    limits.most === undefined ? '' : `at most ${limits.most}`,
  ].filter((part) => part !== '');
  return {
    title: `${shortKey(spot)} cannot be ${quote(spot.value) || 'empty'}`,
    words:
      parts.length > 0
        ? `It must be ${parts.join(', ')}.`
        : 'The device does not work with this number.',
    ...(/queue.?size/.test(spot.key) && { section: '2.7' }),
    fixes: [
      ...(clean === undefined
        ? []
        : write(
            refusal,
            spot,
            clean.toFixed(0),
            'It is the nearest number that can be had.',
            'uint32',
          )),
      ...(GEOMETRY.includes(spot.key) ? noGeometry(refusal) : leaveOut(refusal, spot)),
    ],
  };
}

const GEOMETRY = ['cyls', 'heads', 'secs'];

function noGeometry(refusal: Refusal): Fix[] {
  const given = GEOMETRY.filter((one) => refusal.entry(one) !== undefined);
  return [
    {
      label: `Leave out ${given.join(', ')}`,
      words: 'QEMU makes a geometry up from the size of the disk.',
      doc: refusal.changed(Object.fromEntries(GEOMETRY.map((one) => [one, undefined]))),
      ...refusal.anew,
    },
  ];
}

/** `heads must be between 1 and 255` of a device that was given cylinders alone. */
function incomplete(key: string, refusal: Refusal): Advice | undefined {
  const { least, most } = limitsIn(refusal.reason);
  if (!refusal.option || entryOf(refusal.option, key) !== undefined || least === undefined)
    return undefined;
  if (!GEOMETRY.includes(key)) return undefined;
  const usual: Readonly<Record<string, string>> = { cyls: '1024', heads: '16', secs: '63' };
  const all = Object.fromEntries(GEOMETRY.map((one) => [one, refusal.entry(one) ?? usual[one]]));
  return {
    title: 'A geometry has three numbers',
    words: `cyls, heads and secs belong together; ${key} is from ${least} to ${most}.`,
    fixes: [
      {
        label: 'Give all three',
        words: 'The missing ones get the numbers of most disks.',
        doc: refusal.changed(all),
        ...refusal.anew,
      },
      ...noGeometry(refusal),
    ],
  };
}

/** A property that must be a multiple of the block size. */
function multiple([, key = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const block = numberMeant(refusal.entry('logical_block_size') ?? '512') ?? 512;
  return outOfRange(key, refusal, { step: block });
}

/** A value that JSON notation wrote as another kind of thing. */
function wrongJson([, key = '', type = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const spot = spotOf(refusal, key);
  if (!spot || refusal.option?.argument?.startsWith('{') !== true) return undefined;
  const qemu: Readonly<Record<string, string>> = {
    boolean: 'bool',
    integer: 'int64',
    number: 'int64',
    string: 'str',
  };
  const as = Object.hasOwn(qemu, type) ? qemu[type] : undefined;
  const value = as === 'bool' ? switchMeant(spot.value) : spot.value;
  return {
    title: `${shortKey(spot)} is a ${type}`,
    words:
      'In JSON, switches are true and false, numbers stand without quotes, and words stand within them.',
    fixes: [
      ...(value === undefined || as === undefined
        ? []
        : write(refusal, spot, value, `It is written as a ${type}.`, as)),
      ...leaveOut(refusal, spot),
    ],
  };
}

/** A property whose value is right by itself and wrong beside another. */
function together(keys: readonly string[], words: string): Rule['advise'] {
  return (_, refusal) => {
    const spots = keys.flatMap((key) => {
      const spot = spotOf(refusal, key);
      return spot ? [spot] : [];
    });
    if (spots.length === 0) return undefined;
    return {
      title: `${spots.map(shortKey).join(' and ')} cannot be so`,
      words,
      fixes: [...spots.flatMap((spot) => leaveOut(refusal, spot)), ...refusal.without()],
    };
  };
}

/** A word of a list that the sentence does not name. */
function oneOf(key: string, refusal: Refusal): Advice | undefined {
  const spot = spotOf(refusal, key);
  const choices = Object.hasOwn(CHOICES, key) ? (CHOICES[key] ?? []) : [];
  if (!spot || choices.length === 0) return undefined;
  return {
    title: `${shortKey(spot)} is one of a few words`,
    words: `${quote(spot.value) || 'An empty word'} is none of them. ${shortKey(spot)} takes ${choices.join(', ')}.`,
    fixes: [...choose(refusal, spot, choices), ...leaveOut(refusal, spot)],
  };
}

/** A zpci device, which says how the mainframe numbers a PCI device: whose number is it? */
function target(_: RegExpExecArray, refusal: Refusal): Advice {
  const taken = new Set(
    refusal.devices((driver) => driver === 'zpci').map((one) => entryOf(one, 'target')),
  );
  const free = refusal
    .devices((driver) => driver !== 'zpci')
    .filter((one) => (refusal.type(entryOf(one, 'driver'))?.bus ?? 'PCI') === 'PCI')
    .flatMap((one) => entryOf(one, 'id') ?? [])
    .filter((id) => !taken.has(id));
  return {
    title: 'A zpci device belongs to one PCI device',
    words:
      'On the mainframe every PCI function has a zpci device beside it, which holds its uid and fid; target is the id of the function. QEMU makes one by itself where there is none.',
    fixes: [
      ...free.slice(0, 1).map(
        (id): Fix => ({
          label: `Use target=${quote(id)}`,
          words: `${quote(id)} has no zpci device yet.`,
          doc: refusal.changed({ target: id }),
          ...refusal.anew,
        }),
      ),
      ...refusal.without(),
    ],
  };
}

/** Leaves one thing out, in words of one's own. */
function dropping(key: string, title: string, words: string): Rule['advise'] {
  return (_, refusal) => {
    const spot = spotOf(refusal, key);
    return spot && { title, words, fixes: leaveOut(refusal, spot) };
  };
}

/** The complaint of a `-global` on the device that it met. */
function global(found: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const [, type = '', key = '', value = ''] = found;
  const option = refusal.doc.options.find(
    (one) => one.name === 'global' && entryOf(one, `${type}.${key}`) === value,
  );
  if (!option) return undefined;
  const spot = { option, key: `${type}.${key}`, value };
  const meant = switchMeant(value);
  const words = /expects 'on' or 'off'|does not accept/.test(refusal.reason) && meant !== undefined;
  return {
    title: 'A -global does not fit',
    words: `-global sets a property on every ${quote(type)} there will be. ${quote(key)}=${quote(value)} cannot be set on one.`,
    fixes: [
      ...(words ? write(refusal, spot, meant, `QEMU knows it as ${meant}.`) : []),
      {
        label: 'Take out the -global',
        words: 'Every device has the value that QEMU gives it by itself.',
        doc: withoutSpot(refusal.doc, spot),
        ...refusal.anew,
      },
    ],
  };
}

const KEY = "'?\\.?([\\w.-]+)'?";

/** Refusals of a value. */
export const VALUE_RULES: readonly Rule[] = [
  { match: /^can't apply global ([^.\s]+)\.([^=]+)=(.*?): /, advise: global },
  { match: /^Parameter '([^']*)' expects 'on' or 'off'/, advise: onOrOff },
  { match: /^Parameter '([^']*)' does not accept value '(.*)'$/, advise: notAChoice },
  { match: /^()'(.*)' invalid (?:write|read) error action$/, advise: invalidAction },
  {
    match: /^[Ii]nvalid '?(\w+)'? (?:option|setting)/,
    advise: ([, key = ''], refusal) => oneOf(key, refusal),
  },
  { match: /^'.*' invalid (media)$/, advise: ([, key = ''], refusal) => oneOf(key, refusal) },
  {
    match: /^(uid|fid) \d+ already in use$/,
    advise: ([, key = ''], refusal) => {
      const spot = spotOf(refusal, key);
      return (
        spot && {
          title: `${key} ${quote(spot.value)} is taken`,
          words: `A guest tells its PCI functions apart by ${key}; every number can be used once.`,
          fixes: [
            ...leaveOut(refusal, spot, 'It gets the first number that is free.'),
            ...refusal.without(),
          ],
        }
      );
    },
  },
  { match: /^target must be defined$|^target .* already has an associated zpci/, advise: target },
  { match: /^Parameter '([^']*)' expects (.*)/, advise: notANumber },
  {
    match: /^Property '?[\w-]*\.([\w-]+)'? doesn't take value '?-?\w+'?/,
    advise: ([, key = ''], refusal) => outOfRange(key, refusal),
  },
  {
    match: /^Property '.*\.(mac)' doesn't take value/,
    advise: dropping(
      'mac',
      'That is no MAC address',
      'A MAC address is six pairs of hexadecimal digits: 52:54:00:12:34:56.',
    ),
  },
  { match: /^Invalid parameter type for '([\w-]+)', expected: (\w+)$/, advise: wrongJson },
  {
    match: new RegExp(`^(?:[Ii]nvalid|Illegal) ${KEY}(?: property)? (?:\\(|>)`),
    advise: ([, key = ''], refusal) => outOfRange(key, refusal),
  },
  {
    match: /^Invalid number of queues \(/,
    advise: (_, refusal) => outOfRange('num_queues', refusal) ?? outOfRange('num-queues', refusal),
  },
  {
    match: /^ROM size \d+ is not a power of two/,
    advise: (_, refusal) => outOfRange('romsize', refusal, { powerOfTwo: true, least: 1 }),
  },
  {
    match: /^logical_block_size > physical_block_size not supported$/,
    advise: (_, refusal) => ({
      title: 'A logical block is larger than a physical one',
      words:
        'A disk writes physical blocks, and each holds one or more logical ones, which are what the guest counts.',
      section: '5.2',
      fixes: [
        {
          label: 'Make both the same',
          words: 'physical_block_size is as large as logical_block_size.',
          doc: refusal.changed({ physical_block_size: refusal.entry('logical_block_size') }),
          ...refusal.anew,
        },
        {
          label: 'Leave out both',
          words: 'Both are 512 bytes.',
          doc: refusal.changed({ logical_block_size: undefined, physical_block_size: undefined }),
          ...refusal.anew,
        },
      ],
    }),
  },
  {
    match:
      /^(discard_granularity|min_io_size|opt_io_size) must be a multiple of logical_block_size$/,
    advise: multiple,
  },
  {
    match: /^(min_io_size) must not exceed 65535 logical blocks$/,
    advise: ([, key = ''], refusal) => {
      const block = numberMeant(refusal.entry('logical_block_size') ?? '512') ?? 512;
      return outOfRange(key, refusal, { most: 65535 * block, step: block });
    },
  },
  {
    match: /^Please set scsi=off for virtio-blk devices in order to use virtio 1\.0$/,
    advise: dropping(
      'scsi',
      'SCSI requests belong to the legacy interface',
      'Before VIRTIO 1.0 a block device could pass SCSI commands through. A modern one cannot, and this one has a modern interface.',
    ),
  },
  {
    match: /^cannot enable blob resources without udmabuf$/,
    advise: dropping(
      'blob',
      "Blob resources need the host's kernel",
      'They are shared with the host through udmabuf, which a page does not have.',
    ),
  },
  {
    match: /^'free-page-hint' requires 'iothread' to be set$/,
    advise: dropping(
      'free-page-hint',
      'Free page hints need a thread',
      'Hints come while the machine migrates, and a thread of their own takes them in.',
    ),
  },
  {
    match: /^ioeventfd is required for iothread$/,
    advise: together(
      ['ioeventfd', 'iothread'],
      'A thread waits for doorbells on an ioeventfd, so it needs one.',
    ),
  },
  {
    match: /^(?:failed to find romfile|romfile ".*" \(\d+ bytes\) is too large)/,
    advise: together(
      ['romfile', 'romsize'],
      "romfile is code for firmware to run, from a file of the host's. The file is not here, or does not fit.",
    ),
  },
  {
    match: /^failover/,
    advise: dropping(
      'failover_pair_id',
      'A failover pair needs a network device behind a port',
      'The primary of a pair is a network device on PCI Express in a slot of its own, with an id.',
    ),
  },
  {
    match: /^'([\w-]+)' (?:parameter|property|must|value)/,
    advise: ([, key = ''], refusal) => outOfRange(key, refusal),
  },
  {
    match: /^([\w-]+)(?: property| size)? (?:must|should|value must|is invalid)/,
    advise: ([, key = ''], refusal) => outOfRange(key, refusal) ?? incomplete(key, refusal),
  },
  {
    match: /^(?:Maximum number of serial ports not specified|maximum ports supported: )/,
    advise: (_, refusal) => outOfRange('max_ports', refusal, { least: 1, most: 511 }),
  },
  {
    match: /^queue size must/,
    advise: (_, refusal) => outOfRange('queue-size', refusal),
  },
  {
    match: /^Property '[^']*\.([\w.-]+)' is not writable$/,
    advise: ([, key = ''], refusal) => {
      const spot = spotOf(refusal, key);
      if (!spot) return undefined;
      return {
        title: `${shortKey(spot)} can only be read`,
        words: 'Some properties tell what a device is; the command line cannot change them.',
        fixes: leaveOut(refusal, spot),
      };
    },
  },
];

function invalidAction([, , value = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const key = ['werror', 'rerror'].find((one) => refusal.entry(one) === value);
  const spot = key === undefined ? undefined : spotOf(refusal, key);
  if (!spot) return undefined;
  const choices = CHOICES[spot.key] ?? [];
  return {
    title: `${shortKey(spot)} is one of a few words`,
    words: `It says what happens when a request fails: ${choices.join(', ')}.`,
    fixes: [...choose(refusal, spot, choices), ...leaveOut(refusal, spot)],
  };
}
