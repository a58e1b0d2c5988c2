import type { BusNode, DeviceNode } from '../../../protocol/topology.ts';
import type { DocumentOption, MachineDocument } from '../../document.ts';
import { addOption, freshId, removeOptions } from '../../edits.ts';
import { entryOf, optionIdOf } from '../../entries.ts';
import { lineOf } from '../../read.ts';
import type { Advice, Fix } from '../advice.ts';
import { addBefore } from '../new-parts.ts';
import { busesBelow, dependents, type Refusal, type Rule } from '../refusal.ts';
import { shortName } from '../transports.ts';
import { addedDevices } from '../wanted.ts';
import { worldOf } from '../world.ts';
import { rootPortArgument } from './bus-rules.ts';

/** Whether the running machine was asked to let a device go. */
function isRemoval({ facts }: Refusal): boolean {
  return facts.hot && addedDevices(facts).length === 0;
}

/** The machine as it was wanted, built from a cold start. */
function powerOff(refusal: Refusal): Fix[] {
  const { doc, facts } = refusal;
  if (!facts.hot || sameOptions(doc, facts.before)) return [];
  const gone = isRemoval(refusal);
  return [
    {
      label: gone ? 'Power off and build without it' : 'Power off and build with it',
      words: 'The machine is built anew from the command line; the run ends, and memory is empty.',
      doc,
      act: 'power-off',
    },
  ];
}

function sameOptions(one: MachineDocument, other: MachineDocument): boolean {
  return (
    one.options.length === other.options.length &&
    one.options.every(
      (option, i) =>
        option.key === other.options[i]?.key && option.argument === other.options[i]?.argument,
    )
  );
}

/** Slots of the running machine that take a device now. */
function openSlots(refusal: Refusal): BusNode[] {
  const wanted = refusal.type(refusal.driver)?.bus;
  return refusal.buses.filter(
    (bus) =>
      bus.hotpluggable &&
      !bus.full &&
      wanted !== undefined &&
      bus.ancestors.includes(wanted) &&
      // One slot behind a port, and a guest that was told of function 0 looks no further.
      !(isExpress(bus) && bus.children.length > 0),
  );
}

const isExpress = ({ ancestors }: BusNode): boolean => ancestors.includes('PCIE');

/** Plugs the device into a slot that takes it while the machine runs. */
function intoOpenSlot(refusal: Refusal): Fix[] {
  return openSlots(refusal)
    .filter(({ name }) => name !== refusal.entry('bus'))
    .slice(0, 2)
    .map(({ name }) => ({
      label: `Plug it into ${name}`,
      words: `${name} takes devices while the machine runs, and has room.`,
      doc: refusal.changed({ bus: name, addr: undefined }),
    }));
}

/** A root port for the device, which a machine has from the start or not at all. */
function withRootPort(refusal: Refusal): Fix[] {
  const { option, doc } = refusal;
  const { pciRoot } = worldOf(refusal);
  if (!option || pciRoot !== 'pcie.0' || refusal.type(refusal.driver)?.bus !== 'PCI') return [];
  const id = freshId(doc, 'rp');
  const added = addBefore(doc, option.key, 'device', rootPortArgument(doc, id));
  return [
    {
      label: 'Power off, add a root port, and plug it there',
      words: `A root port (${id}) cannot come while the machine runs either, but once it is there, its slot takes and gives back devices.`,
      doc: refusal.changed({ bus: id, addr: undefined }, added),
      act: 'power-off',
    },
  ];
}

/** Devices that would be in the empty slot that somebody tried to take away. */
function intoEmptySlot(refusal: Refusal): Fix[] {
  const slot = refusal.buses.find(
    ({ ancestors, full }) => ancestors.includes('virtio-mmio-bus') && !full,
  );
  if (!slot || !refusal.has('virtio-rng-device')) return [];
  const base = refusal.facts.before;
  const added = addOption(base, 'device', `virtio-rng-device,bus=${slot.name}`);
  return [
    {
      label: `Put an entropy device into ${slot.name}`,
      words: 'A slot that is of no use while it is empty is of use with a device in it.',
      doc: added,
      ...refusal.anew,
    },
  ];
}

/** `device_add` or `device_del` on a bus whose devices stay. */
function fixedBus([, name = '']: RegExpExecArray, refusal: Refusal): Advice {
  if (name === 'main-system-bus') return partOfBoard(refusal);
  const removal = isRemoval(refusal);
  const slot = /^virtio-mmio-bus\.\d+$/.test(name);
  return {
    title: removal ? `Devices on ${name} stay` : `${name} takes no device while the machine runs`,
    words: slot
      ? `A virtio-mmio slot has no way to tell the guest that a device came or went: the guest reads its registers once, when it starts. ${removal ? 'What is in it goes' : 'A device goes into it'} with the power off.`
      : `Devices on ${name} are integrated, as if soldered to the board, and the guest is not told of changes there. What can change while the machine runs sits in a slot behind a root port, a downstream port or a bridge.`,
    misconception: 3,
    section: slot ? '4.2.1' : '4.1.2',
    fixes: [
      ...(removal ? [] : intoOpenSlot(refusal)),
      ...powerOff(refusal),
      ...(removal ? [] : withRootPort(refusal)),
    ],
  };
}

function partOfBoard(refusal: Refusal): Advice {
  const slots = refusal.buses.some(({ ancestors }) => ancestors.includes('virtio-mmio-bus'));
  return {
    title: 'It belongs to the board',
    words: slots
      ? 'The board brings its virtio-mmio slots along, as it brings its interrupt controller; none can be added or taken away. An empty slot is no fault: DeviceID reads 0 there, and the driver passes it by.'
      : 'What the board brings along can be neither added nor taken away; only what was plugged can.',
    ...(slots && { misconception: 6, section: '4.2.2' }),
    fixes: [...intoEmptySlot(refusal), ...refusal.without()],
  };
}

/** Fixes for a device that the guest was asked to let go of. */
export function letGo(refusal: Refusal, id: string | undefined): Fix[] {
  const { doc, facts } = refusal;
  const device = id === undefined ? undefined : findDevice(facts.topology?.root, id);
  const option = (device && refusal.optionOf(device)) ?? ownOption(doc, id);
  const gone = option ? removeOptions(doc, dependents(doc, option)) : doc;
  const fixes: Fix[] = [];
  // A new device just like the one that leaves: switching off and on brings it.
  if (addedDevices(facts).length > 0 && lineOf(gone) === lineOf(facts.before))
    return [
      {
        label: 'Power off and on',
        words:
          'The machine is built anew from its command line, on which the device stands; the run ends, and memory is empty.',
        act: 'reset',
      },
    ];
  if (!sameOptions(gone, facts.before))
    fixes.push({
      label:
        addedDevices(facts).length > 0
          ? 'Power off and build with the new one'
          : 'Power off and build without it',
      words: 'The machine is built anew from the command line; the run ends, and memory is empty.',
      doc: gone,
      act: 'power-off',
    });
  return fixes;
}

const busesBelow1 = (root: BusNode | undefined): BusNode[] => (root ? busesBelow(root) : []);

function ownOption(doc: MachineDocument, id: string | undefined): DocumentOption | undefined {
  return doc.options.find(
    (option) => option.name === 'device' && id !== undefined && optionIdOf(option) === id,
  );
}

/** The device with an id, or at a path. */
export function findDevice(root: BusNode | undefined, name: string): DeviceNode | undefined {
  return busesBelow1(root)
    .flatMap(({ children }) => children)
    .find(({ id, path }) => (id !== '' && id === name) || path === name);
}

function pending([, name = '']: RegExpExecArray, refusal: Refusal): Advice {
  return {
    title: `${shortName(name)} was asked to leave already`,
    words:
      'device_del only asks. The guest has to stop using the device and then let go of its slot; until it does, the device stays where it is. A guest that runs no driver for the slot never answers.',
    misconception: 10,
    fixes: letGo(refusal, name),
  };
}

function cannotLeave(reason: string, refusal: Refusal): Advice {
  return {
    title: 'It cannot leave while the machine runs',
    words: reason,
    misconception: 10,
    fixes: powerOff(refusal),
  };
}

/** The command named a device that is not there. */
function noSuchDevice([, name = '']: RegExpExecArray, refusal: Refusal): Advice | undefined {
  if (!refusal.facts.hot || addedDevices(refusal.facts).length > 0) return undefined;
  const ids = busesBelow1(refusal.facts.topology?.root)
    .flatMap(({ children }) => children)
    .map(({ id }) => id)
    .filter((id) => id !== '');
  return {
    title: `There is no device ${shortName(name)}`,
    words:
      ids.length > 0
        ? `device_del takes the id that the device was plugged with, or its path. Devices with an id: ${ids.slice(0, 8).map(shortName).join(', ')}${ids.length > 8 ? ', …' : ''}.`
        : 'device_del takes the id that the device was plugged with, or its path. No device of this machine has an id.',
    fixes: [],
  };
}

/** Refusals of a running machine. */
export const HOT_PLUG_RULES: readonly Rule[] = [
  { match: /^Bus '(.*)' does not support hotplugging$/, advise: fixedBus },
  { match: /^Device (?!')(\S+) is already in the process of unplug$/, advise: pending },
  {
    match: /^Hot-plug failed: unsupported by the port device/,
    advise: (_, refusal) => ({
      title: 'This port was made without hot-plug',
      words:
        'A root port or downstream port takes devices while the machine runs only if its hotplug property is on.',
      misconception: 3,
      fixes: [...intoOpenSlot(refusal), ...powerOff(refusal)],
    }),
  },
  {
    match: /^Hot-unplug failed: guest is busy/,
    advise: (_, refusal) =>
      cannotLeave(
        'The guest is still at work on the last request for this slot: its power indicator blinks. It has to finish, or the machine has to be built anew.',
        refusal,
      ),
  },
  {
    match:
      /^(?:Hot-unplug failed: unsupported by the port|PCI bridge hot unplug currently not supported)/,
    advise: (_, refusal) =>
      cannotLeave(
        'Nothing tells the guest that this device leaves, so QEMU does not let it go.',
        refusal,
      ),
  },
  {
    match: /^virtio based memory devices cannot be unplugged/,
    advise: (_, refusal) =>
      cannotLeave(
        'The guest may have its data in that memory. A virtio-mem device shrinks by its requested-size instead.',
        refusal,
      ),
  },
  {
    match: /^hotplug of virtio based memory devices not supported on this bus/,
    advise: (_, refusal) => ({
      title: 'Memory cannot come on this bus',
      words:
        'QEMU plugs virtio memory devices while the machine runs only where the bus tells the guest through its port.',
      misconception: 3,
      fixes: [...intoOpenSlot(refusal), ...powerOff(refusal)],
    }),
  },
  {
    match:
      /^(?:Device '(.*)' does not support hotplugging|Unsupported bus\. Bus doesn't have property 'acpi-pcihp-bsel' set|CPU hot unplug not supported|Boot CPU is unpluggable)/,
    advise: (_, refusal) => ({
      title: isRemoval(refusal)
        ? 'It cannot leave while the machine runs'
        : 'It cannot come while the machine runs',
      words: 'This kind of device is there from the start or not at all.',
      misconception: isRemoval(refusal) ? 10 : 3,
      fixes: powerOff(refusal),
    }),
  },
  {
    match: /^(?:.* is not a hotpluggable device)$/,
    advise: (_, refusal) => partOfBoard(refusal),
  },
  {
    match: /(?:belongs? to the board|part of the board|can(?:'|no)t be removed)/i,
    advise: (_, refusal) => partOfBoard(refusal),
  },
  {
    match: /^Parameter 'driver' expects a (?:pluggable|dynamic sysbus) device type/,
    advise: (_, refusal) => {
      const driver = refusal.driver ?? '';
      if (driver === 'virtio-mmio' || /^virtio-mmio/.test(driver)) return soldered(refusal);
      if (refusal.facts.hot && entryOf(refusal.option ?? NOTHING, 'driver') !== undefined)
        return {
          title: `${shortName(driver)} cannot come while the machine runs`,
          words: 'This kind of device is there from the start or not at all.',
          misconception: 3,
          fixes: powerOff(refusal),
        };
      return {
        title: `${shortName(driver)} stands on the board`,
        words: 'This type is soldered to boards that have it; -device cannot add one.',
        fixes: refusal.without(),
      };
    },
  },
  {
    match: /^(?:object|Device|Path) '?(.*?)'? (?:not found|could not be resolved)\.?$/,
    advise: noSuchDevice,
  },
  {
    match:
      /^object '(.*)' is in use, can not be deleted$|^(?:Node|Block device|Chardev) '?(.*?)'? is (?:in use|busy)$/,
    advise: ([, object, other], refusal) => ({
      title: `${shortName(object ?? other ?? 'It')} is in use`,
      words: 'A device holds it. Take the device out first; what it used can go then.',
      fixes: powerOff(refusal),
    }),
  },
];

const NOTHING: DocumentOption = { key: -1, name: '', argument: undefined };

/** Slots are soldered; devices for them are not. */
function soldered(refusal: Refusal): Advice {
  const legacy = refusal.entry('force-legacy');
  const base = refusal.without()[0]?.doc ?? refusal.doc;
  const version: Fix[] =
    legacy === undefined
      ? []
      : [
          {
            label: `Set force-legacy=${legacy} for every slot`,
            words: '-global sets a property of devices that the board makes.',
            doc: addOption(
              base,
              'global',
              `virtio-mmio.force-legacy=${/^(?:off|false|no|n)$/.test(legacy) ? 'false' : 'true'}`,
            ),
            ...refusal.anew,
          },
        ];
  const { transports } = worldOf(refusal);
  return {
    title: 'Slots are soldered to the board',
    words:
      'virtio-mmio is the slot itself. The board makes as many as it has, and -device cannot add one; what -device adds is a device in a slot, virtio-rng-device for one.',
    misconception: legacy === undefined ? 6 : 7,
    section: '4.2',
    fixes: [
      ...version,
      ...(transports.includes('mmio') ? intoEmptySlot(refusal) : []),
      ...refusal.without(),
    ],
  };
}
