import type { MachineDocument } from '../../document.ts';
import { addOption } from '../../edits.ts';
import { entryOf, withEntry } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import type { Refusal, Rule } from '../refusal.ts';
import { hadLegacy, shortName, virtioName } from '../transports.ts';
import { withMachineEntry, worldOf } from '../world.ts';

/** Properties that choose between the legacy interface and that of VIRTIO 1.0, by whose they are. */
const SWITCHES = ['disable-legacy', 'disable-modern', 'force-legacy'];
const IDS =
  'A transitional PCI function has one of the ids 0x1000 to 0x103f, which old drivers know; a modern-only one has 0x1040 plus the type of the device.';

const isOff = (value: string): boolean => /^(?:off|no|false|n)$/i.test(value);

/** All slots switched to one version, where the line does not say so already. */
function slotVersion(refusal: Refusal, doc: MachineDocument, legacy: boolean): Fix[] {
  const globals = doc.options.filter(
    (option) =>
      option.name === 'global' && entryOf(option, 'virtio-mmio.force-legacy') !== undefined,
  );
  const value = legacy ? 'true' : 'false';
  const next: MachineDocument =
    globals.length === 0
      ? addOption(doc, 'global', `virtio-mmio.force-legacy=${value}`)
      : {
          ...doc,
          options: doc.options.map((option) =>
            globals.includes(option)
              ? withEntry(option, 'virtio-mmio.force-legacy', value)
              : option,
          ),
        };
  return [
    {
      label: `Set force-legacy=${value} for every slot`,
      words: `-global reaches devices that the board makes. Every slot reads Version ${legacy ? 1 : 2} then.`,
      doc: next,
      ...refusal.anew,
    },
  ];
}

/** A switch of versions that is given where there is none. */
function switchNotHere(
  [, owner = '', key = '']: RegExpExecArray,
  refusal: Refusal,
): Advice | undefined {
  if (!SWITCHES.includes(key)) return undefined;
  if (owner.endsWith('-machine')) return slotSwitchOnMachine(key, refusal);
  const name = virtioName(owner);
  if (!name) return undefined;
  const value = refusal.entry(key) ?? 'on';
  const dropped = refusal.changed({ [key]: undefined });
  const drop: Fix = {
    label: `Leave out ${key}`,
    words: 'The device stays as its type makes it.',
    doc: dropped,
    ...refusal.anew,
  };
  if (name.transport === 'mmio') {
    const legacy = key === 'disable-legacy' ? isOff(value) : !isOff(value);
    return {
      title: `${shortName(owner)} does not choose its version`,
      words:
        "Whether a device speaks the legacy interface is the transport's matter, and here that is the slot. QEMU's virtio-mmio slots are legacy (Version 1) unless force-legacy is false; the board makes them, so -global sets it.",
      misconception: 7,
      section: '4.2.4',
      fixes: [...slotVersion(refusal, dropped, legacy), drop],
    };
  }
  if (name.variant)
    return {
      title: `${shortName(owner)} has chosen already`,
      words: `A type ending in -transitional or -non-transitional says by its name which drivers it is for, so it has no ${key}. ${IDS}`,
      misconception: 8,
      section: '4.1.2.3',
      fixes: [
        drop,
        {
          label: `Plug it as ${name.stem}-pci`,
          words: `The plain type has the switch ${key}.`,
          doc: refusal.changed({ driver: `${name.stem}-pci` }),
          ...refusal.anew,
        },
      ],
    };
  if (name.transport === 'ccw')
    return {
      title: 'A channel device negotiates its revision',
      words:
        'On channel I/O, driver and device agree on a revision: 0 is legacy, 1 and above are VIRTIO 1.0 and later. max_revision limits it; disable-legacy and disable-modern are switches of PCI.',
      misconception: 8,
      section: '4.3.2.1',
      fixes: [
        ...(key === 'disable-modern' && !isOff(value)
          ? [
              {
                label: 'Set max_revision=0',
                words: 'The device offers the legacy revision alone.',
                doc: refusal.changed({ max_revision: '0' }, dropped),
                ...refusal.anew,
              },
            ]
          : []),
        drop,
      ],
    };
  return { ...unknownSwitch(owner, key), fixes: [drop] };
}

function unknownSwitch(owner: string, key: string): Omit<Advice, 'fixes'> {
  return {
    title: `${shortName(owner)} has no ${key}`,
    words:
      'disable-legacy and disable-modern are switches of virtio-pci; force-legacy is one of virtio-mmio.',
    misconception: 8,
  };
}

/** `-M virt,force-legacy=off`. */
function slotSwitchOnMachine(key: string, refusal: Refusal): Advice {
  const doc = withMachineEntry(refusal.doc, key, undefined);
  const slots = worldOf(refusal).transports.includes('mmio');
  return {
    title: slots ? 'The switch belongs to the slots' : `The machine has no ${key}`,
    words: slots
      ? 'force-legacy is a property of every virtio-mmio slot, not of the machine. -global sets it on devices that the board makes.'
      : 'force-legacy is a property of virtio-mmio slots, and this machine has none.',
    misconception: 7,
    section: '4.2.4',
    fixes: [
      ...(slots ? slotVersion(refusal, doc, false) : []),
      {
        label: `Leave out ${key}`,
        words: 'The machine is built without it.',
        doc,
        ...refusal.anew,
      },
    ],
  };
}

/** `-device virtio-gpu-pci-transitional`: a modern device has no such type. */
function noSuchVariant([, driver = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const name = virtioName(driver);
  if (!name?.variant || !refusal.has(`${name.stem}-pci`)) return undefined;
  if (hadLegacy(name.stem) && refusal.has(driver)) return undefined;
  return {
    title: `${name.stem} was never legacy`,
    words: `This device came with VIRTIO 1.0, so it has no legacy interface and no -transitional type: ${name.stem}-pci is modern-only. ${IDS}`,
    misconception: 8,
    section: '4.1.2',
    fixes: [
      {
        label: `Plug it as ${name.stem}-pci`,
        words: 'It is the same device, with the only interface that it has.',
        doc: refusal.changed({ driver: `${name.stem}-pci` }),
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** Refusals about legacy, transitional and modern. */
export const VERSION_RULES: readonly Rule[] = [
  { match: /^Property '(.*)\.([\w-]+)' not found$/, advise: switchNotHere },
  { match: /^'(.*)' is not a valid device model name$/, advise: noSuchVariant },
  {
    match: /^device cannot work as neither modern nor legacy mode is enabled/,
    advise: (_, refusal) => {
      const behindPort = refusal.entry('disable-legacy') === undefined;
      return {
        title: 'Both interfaces are switched off',
        words: `A virtio PCI function is modern, legacy, or both (transitional). disable-modern and disable-legacy each take one away, and one must stay.${behindPort ? ' Behind a PCI Express port disable-legacy is on by itself, since legacy needs I/O ports.' : ''} ${IDS}`,
        misconception: 8,
        section: '4.1.2.3',
        fixes: [
          {
            label: 'Make it modern',
            words:
              'disable-modern is left out: a driver of today finds it by the id 0x1040 plus its type.',
            doc: refusal.changed({ 'disable-modern': undefined }),
            ...refusal.anew,
          },
          {
            label: 'Make it legacy',
            words: 'disable-legacy=off: only a driver from before VIRTIO 1.0 finds it.',
            doc: refusal.changed({ 'disable-legacy': 'off' }),
            ...refusal.anew,
          },
          {
            label: 'Make it transitional',
            words: 'Both stay: drivers of both kinds find it.',
            doc: refusal.changed({ 'disable-modern': 'off', 'disable-legacy': 'off' }),
            ...refusal.anew,
          },
        ],
      };
    },
  },
  {
    match: /^VIRTIO_F_IOMMU_PLATFORM was supported by neither legacy nor transitional device$/,
    advise: (_, refusal) => ({
      title: 'An address translation that old drivers do not know',
      words:
        'With iommu_platform=on the driver must use translated addresses (VIRTIO_F_ACCESS_PLATFORM). A driver from before VIRTIO 1.0 never asks about that feature, so the device must not be open to one: it has to be modern-only.',
      misconception: 8,
      section: '6.3',
      fixes: [
        {
          label: 'Make it modern-only',
          words:
            'disable-legacy=on takes the legacy interface away; the id becomes 0x1040 plus the type.',
          doc: refusal.changed({ 'disable-legacy': 'on', 'disable-modern': 'off' }),
          ...refusal.anew,
        },
        {
          label: 'Leave out iommu_platform',
          words: 'The device uses guest-physical addresses, as virtio devices always did.',
          doc: refusal.changed({ iommu_platform: undefined }),
          ...refusal.anew,
        },
      ],
    }),
  },
  {
    match: /^Invalid value of property max_rev \(is (-?\d+) expected >= (\d+)\)/,
    advise: ([, , least = '1'], refusal) => ({
      title: 'This device has no legacy revision',
      words:
        'A channel device negotiates a revision: 0 is legacy, 1 and above are VIRTIO 1.0 and later. This one came with VIRTIO 1.0, so it needs revision 1 at least.',
      misconception: 8,
      section: '4.3.2.1',
      fixes: [
        {
          label: 'Leave out max_revision',
          words: 'The device offers every revision that it has.',
          doc: refusal.changed({ max_revision: undefined }),
          ...refusal.anew,
        },
        {
          label: `Set max_revision=${least}`,
          words: 'The lowest revision that the device has.',
          doc: refusal.changed({ max_revision: least }),
          ...refusal.anew,
        },
      ],
    }),
  },
  {
    match: /^can't apply global virtio-mmio\.force-legacy=/,
    advise: (_, refusal) => ({
      title: 'force-legacy is on or off',
      words:
        "true makes every slot legacy (Version 1), false makes it modern (Version 2). QEMU's own choice is true.",
      misconception: 7,
      section: '4.2.4',
      fixes: slotVersion(refusal, refusal.doc, false),
    }),
  },
];
