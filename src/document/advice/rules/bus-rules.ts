import type { BusNode } from '../../../protocol/topology.ts';
import type { MachineDocument } from '../../document.ts';
import { freshId, optionByKey } from '../../edits.ts';
import { entryOf, optionIdOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import { nearest } from '../nearest.ts';
import { addBefore, controllersFor } from '../new-parts.ts';
import type { Refusal, Rule } from '../refusal.ts';
import { shortName, virtioName } from '../transports.ts';
import { machineOf, worldOf } from '../world.ts';
import { otherTransports, switchPciOn } from './transport-rules.ts';

/** Without `bus=`: QEMU takes the first that fits and has room. */
function anyBus(refusal: Refusal, label = 'Let QEMU choose the bus'): Fix[] {
  if (refusal.entry('bus') === undefined) return [];
  return [
    {
      label,
      words: 'Without bus=, QEMU takes the first bus of the right type that has room.',
      doc: refusal.changed({ bus: undefined }),
      ...refusal.anew,
    },
  ];
}

/** Slots of the machine, in the order in which QEMU fills them. */
function slots(refusal: Refusal): BusNode[] {
  return refusal.buses.filter(({ ancestors }) => ancestors.includes('virtio-mmio-bus'));
}

/** `bus=virtio-mmio-bus.31` where a device is. */
function fullBus([, path = '']: RegExpExecArray, refusal: Refusal): Advice {
  const name = path.split('/').findLast((part) => part !== '') ?? path;
  if (/^virtio-mmio-bus\.\d+$/.test(name)) return fullSlot(name, refusal);
  const world = worldOf(refusal);
  const isVirtio = virtioName(refusal.driver ?? '')?.transport === 'mmio';
  const others = world.transports.filter((transport) => transport !== 'mmio');
  if (isVirtio)
    return {
      title: 'A transport carries one device',
      words: `${shortName(name)} is the inside of a transport, and it has its device already. Each virtio device needs a transport of its own.`,
      misconception: 2,
      section: '4.1',
      fixes: [
        ...otherTransports(refusal, others),
        ...(world.transports.includes('mmio') ? anyBus(refusal, 'Put it into a free slot') : []),
        ...refusal.without(),
      ],
    };
  return {
    title: `${shortName(name)} has no room`,
    words: `Every bus takes as many devices as it has places, and all places of ${shortName(name)} are taken.`,
    misconception: 2,
    fixes: [...anyBus(refusal), ...refusal.without()],
  };
}

function fullSlot(name: string, refusal: Refusal): Advice {
  const all = slots(refusal);
  const order = all.map((bus) => bus.name);
  const taken = new Set(
    refusal
      .devices((_, option) => option.key !== refusal.option?.key)
      .map((one) => entryOf(one, 'bus')),
  );
  const next = all.find((bus) => !bus.full && !taken.has(bus.name));
  const [first] = order;
  const last = order.at(-1);
  const way =
    first === undefined || last === undefined || first === last
      ? ''
      : ` QEMU fills them from ${first} to ${last}, so a device without bus= takes the highest free number first.`;
  const free: Fix[] = next
    ? [
        {
          label: `Put it into ${next.name}`,
          words: `${next.name} is the next slot that is free.`,
          doc: refusal.changed({ bus: next.name }),
          ...refusal.anew,
        },
      ]
    : [];
  return {
    title: `${name} has its device`,
    words: `A virtio-mmio slot takes one device.${order.length > 0 ? ` The board has ${order.length} slots.` : ''}${numberOf(first) > numberOf(last) ? way : ''}`,
    misconception: 5,
    section: '4.2.2',
    fixes: [...free, ...anyBus(refusal, 'Let QEMU choose the slot'), ...refusal.without()],
  };
}

const numberOf = (name: string | undefined): number => Number(/\d+$/.exec(name ?? '')?.[0] ?? -1);

/** A bus, or a device on the way to one, that is not there. */
function noSuchBus([, missing = '']: RegExpExecArray, refusal: Refusal): Advice {
  const asked = refusal.entry('bus') ?? missing;
  const fits = refusal.type(refusal.driver)?.bus;
  const known = refusal.buses.filter(
    ({ ancestors, full }) => (fits === undefined || ancestors.includes(fits)) && !full,
  );
  const names = known.map(({ name }) => name);
  const near = [...sameStem(missing, names), ...nearest(missing, names)];
  const chosen = [...new Set(near)].slice(0, 2).map(
    (name): Fix => ({
      label: `Plug it into ${name}`,
      words: `The machine has a bus ${name} with room for it.`,
      doc: refusal.changed({ bus: name }),
      ...refusal.anew,
    }),
  );
  const world = worldOf(refusal);
  const count = slots(refusal).length;
  const numbered =
    /^virtio-mmio-bus/.test(asked) && count > 0
      ? ` The slots of ${machineOf(refusal.doc)} are virtio-mmio-bus.0 to virtio-mmio-bus.${count - 1}.`
      : '';
  return {
    title: `There is no bus ${shortName(asked)}`,
    words: `Buses are named by who offers them: pci.0 on pc, pcie.0 on q35 and virt, ID.0 or ID for the bus of a device with an id.${numbered} ${world.pciRoot && /^pcie?\./.test(asked) ? `The first PCI bus of ${machineOf(refusal.doc)} is ${world.pciRoot}.` : `A device that offers the bus must come before the one that uses it.`}`,
    ...(/^virtio-mmio-bus/.test(asked) && { misconception: 5, section: '4.2.2' }),
    fixes: [
      ...ownerFirst(refusal, asked),
      ...chosen,
      ...anyBus(refusal),
      ...rootPort(refusal, asked),
      ...refusal.without(),
    ],
  };
}

/** Names that differ in their number alone. */
function sameStem(name: string, names: readonly string[]): string[] {
  const stem = name.replace(/\d+$/, '');
  return names.filter((other) => other.replace(/\d+$/, '') === stem);
}

/** The device that offers the bus, put before the one that uses it. */
function ownerFirst(refusal: Refusal, bus: string): Fix[] {
  const { option, doc } = refusal;
  const owner = doc.options.find((other) => {
    const id = other.name === 'device' ? optionIdOf(other) : undefined;
    return id !== undefined && other !== option && (bus === id || bus.startsWith(`${id}.`));
  });
  if (!option || !owner || doc.options.indexOf(owner) < doc.options.indexOf(option)) return [];
  const rest = doc.options.filter((other) => other !== option);
  const at = rest.indexOf(owner) + 1;
  return [
    {
      label: `Put it behind ${optionIdOf(owner)}`,
      words: 'Devices are made in the order of the line; the one with the bus comes first now.',
      doc: { ...doc, options: [...rest.slice(0, at), option, ...rest.slice(at)] },
      automatic: true,
      ...refusal.anew,
    },
  ];
}

/** A root port of the name that a PCI device asks for. */
function rootPort(refusal: Refusal, bus: string): Fix[] {
  const { option } = refusal;
  const { pciRoot } = worldOf(refusal);
  if (!option || pciRoot !== 'pcie.0' || /^pcie?\.\d+$/.test(bus) || !/^[A-Za-z][\w-]*$/.test(bus))
    return [];
  if (refusal.type(refusal.driver)?.bus !== 'PCI') return [];
  return [
    {
      label: `Add a root port ${bus}`,
      words: `A PCI Express root port with the id ${bus} offers a bus of that name, with one slot.`,
      doc: addBefore(refusal.doc, option.key, 'device', rootPortArgument(refusal.doc, bus)),
      ...refusal.anew,
    },
  ];
}

/** `-device pcie-root-port` of this id, with a chassis of its own. */
export function rootPortArgument(doc: MachineDocument, id: string): string {
  const chassis = freeChassis(doc);
  return `pcie-root-port,id=${id},chassis=${chassis},slot=${chassis}`;
}

/** The lowest chassis number above all that the line names. */
export function freeChassis(doc: MachineDocument): number {
  const numbers = doc.options.flatMap((option) =>
    option.name === 'device'
      ? [entryOf(option, 'chassis'), entryOf(option, 'chassis_nr')].map((text) => Number(text ?? 0))
      : [],
  );
  return Math.min(255, Math.max(0, ...numbers.filter(Number.isInteger)) + 1);
}

/** A device whose kind of bus nobody offers: its controller is missing. */
function noController([, bus = '', driver = '']: RegExpExecArray, refusal: Refusal): Advice {
  const { option, doc } = refusal;
  const types = controllersFor(refusal, bus);
  const type = shortName(driver);
  const fixes = !option
    ? []
    : types.slice(0, 3).map((controller, i): Fix => {
        const id = freshId(doc, controllerStem(bus));
        const added = addBefore(doc, option.key, 'device', `${controller},id=${id}`);
        const now = optionByKey(added, option.key);
        return {
          label: `Add a ${controller} for it`,
          words: `${controller} offers a bus of type ${bus}; ${type} goes onto it.`,
          doc:
            now && entryOf(now, 'bus') !== undefined
              ? refusal.changed({ bus: undefined }, added)
              : added,
          ...(i === 0 && { automatic: true as const }),
          ...refusal.anew,
        };
      });
  const full = refusal.buses.some(({ ancestors }) => ancestors.includes(bus));
  return {
    title: full ? `Every ${bus} bus is full` : `${type} needs a controller`,
    words: full
      ? `${type} plugs into a bus of type ${bus}, and each that the machine has is full. Another controller brings another bus.`
      : `${type} plugs into a bus of type ${bus}, and nothing in this machine offers one. A controller brings the bus along.`,
    fixes: [
      ...fixes,
      ...(types.length === 0 ? controllerWithPci(refusal, bus) : []),
      ...refusal.without(),
    ],
  };
}

/** Gives the machine a PCI bus and a controller on it, where it can have one. */
function controllerWithPci(refusal: Refusal, bus: string): Fix[] {
  const { option } = refusal;
  const [type] = controllersFor(refusal, bus, true);
  if (!option || type === undefined) return [];
  return switchPciOn(refusal, worldOf(refusal)).map((fix) => ({
    ...fix,
    label: `${fix.label}, and add ${type}`,
    words: `${fix.words} ${type} offers a bus of type ${bus} there.`,
    doc: addBefore(
      fix.doc ?? refusal.doc,
      option.key,
      'device',
      `${type},id=${freshId(refusal.doc, controllerStem(bus))}`,
    ),
  }));
}

function controllerStem(bus: string): string {
  const stems: Readonly<Record<string, string>> = {
    SCSI: 'scsi',
    'virtio-serial-bus': 'serial',
    'usb-bus': 'usb',
    IDE: 'ahci',
    HDA: 'sound',
  };
  return (Object.hasOwn(stems, bus) ? stems[bus] : undefined) ?? 'bus';
}

/** Refusals about buses: missing, full, of another name. */
export const BUS_RULES: readonly Rule[] = [
  { match: /^Bus '(.*)' is full$/, advise: fullBus },
  { match: /^Bus '(.*)' not found(?:\n|$)/, advise: noSuchBus },
  { match: /^Device '(.*)' not found\ndevices at /, advise: noSuchBus },
  {
    match: /^Device '(.*)' has (no child bus|multiple child buses)/,
    advise: ([, name = '', fault = ''], refusal) => ({
      title: fault.startsWith('no')
        ? `${shortName(name)} has no bus`
        : `${shortName(name)} has several buses`,
      words: fault.startsWith('no')
        ? 'A path in bus= must end at a bus, or at a device that offers one.'
        : 'Where a device offers several buses, the path has to name one of them.',
      fixes: [...anyBus(refusal), ...refusal.without()],
    }),
  },
  { match: /^No '(.*)' bus found for device '(.*)'$/, advise: noController },
];
