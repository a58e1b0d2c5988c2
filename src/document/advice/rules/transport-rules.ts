import type { DocumentOption } from '../../document.ts';
import { entryOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import type { Refusal, Rule } from '../refusal.ts';
import {
  allBehind,
  behind,
  shortName,
  type Transport,
  typeBehind,
  virtioName,
} from '../transports.ts';
import { PLACES, type World, withMachineEntry, worldOf } from '../world.ts';

/** Section of VIRTIO 1.4 about each transport. */
const SECTIONS: Readonly<Record<Transport, string>> = {
  pci: '4.1',
  mmio: '4.2',
  ccw: '4.3',
  s390: '4.3',
};

/** What a transport is, to who never heard of it. */
const IS: Readonly<Record<Transport, string>> = {
  pci: 'a PCI function with a virtio-bus inside',
  mmio: 'a numbered slot of the board with a virtio-bus inside',
  ccw: 'a channel proxy (a subchannel) with a virtio-bus inside',
  s390: 'an entry in the page of device descriptors',
};

/** Fixes that put the refused device behind another transport, alone and with all that have the same trouble. */
export function otherTransports(refusal: Refusal, wanted: readonly Transport[]): Fix[] {
  const { option, doc } = refusal;
  const driver = refusal.driver ?? '';
  const name = virtioName(driver);
  if (!option || !name) return [];
  return wanted.flatMap((transport) => {
    const type = typeBehind(name.stem, transport);
    const moved = behind(option, transport);
    if (type === undefined || !moved || type === driver || !refusal.has(type)) return [];
    const one: Fix = {
      label: `Plug it as ${type}`,
      words: `${type} is ${IS[transport]} and the device in it, as one piece.`,
      doc: allBehind(doc, [option.key], transport),
      ...refusal.anew,
    };
    const alike = strangers(refusal, driver, transport);
    if (alike.length < 2 || alike.length > roomBehind(refusal, transport))
      return [transport === 'mmio' ? { ...one, words: slotWords(type) } : one];
    const all: Fix = {
      label: `Move all ${alike.length} virtio devices to ${PLACES[transport]}`,
      words: `Each becomes its type for this machine: ${driver} becomes ${type}, and so on. What only its old transport understood is left out.`,
      doc: allBehind(
        doc,
        alike.map(({ key }) => key),
        transport,
      ),
      ...refusal.anew,
    };
    return [all, transport === 'mmio' ? { ...one, words: slotWords(type) } : one];
  });
}

/** Slots that a PCI bus has beside the board's own devices, as long as nobody can count them. */
const USUAL_SLOTS = 27;

/** How many devices without address a transport takes. */
function roomBehind(refusal: Refusal, transport: Transport): number {
  if (transport !== 'pci') return transport === 'mmio' ? freeSlots(refusal) : 4096;
  const root = refusal.buses.find(({ ancestors }) => ancestors.includes('PCI'));
  if (!root) return USUAL_SLOTS;
  return 32 - new Set(root.children.map(({ address }) => address.split('.')[0])).size;
}

/** Slots of the board, all of which may be free once its devices are placed anew. */
function freeSlots({ buses }: Refusal): number {
  const all = buses.filter(({ ancestors }) => ancestors.includes('virtio-mmio-bus'));
  return all.length === 0 ? USUAL_SLOTS : all.length;
}

function slotWords(type: string): string {
  return `${type} is the device alone; the board's next free virtio-mmio slot is its transport.`;
}

/** Devices that were written for the same transport as `driver`, and that can be had behind another. */
function strangers(refusal: Refusal, driver: string, to: Transport): DocumentOption[] {
  const from = virtioName(driver)?.transport;
  return refusal.devices((other, option) => {
    const name = virtioName(other);
    const type = name && typeBehind(name.stem, to);
    if (!name || type === undefined || !refusal.has(type) || name.transport !== from) return false;
    // What sits on a bus of another device's is not lost with the machine's own.
    return entryOf(option, 'bus') === undefined || option.key === refusal.option?.key;
  });
}

/** Gives the machine a PCI bus, where it is one that can have one. */
export function switchPciOn(refusal: Refusal, { machine }: World): Fix[] {
  if (machine !== 'microvm') return [];
  return [
    {
      label: 'Give the microvm a PCI bus',
      words:
        'With pcie=on the microvm has a PCI Express bus beside its slots; it takes longer to boot.',
      doc: withMachineEntry(refusal.doc, 'pcie', 'on'),
      ...refusal.anew,
    },
  ];
}

/** `-device virtio-blk-device` where no virtio-bus is free. */
function noVirtioBus([, driver = '']: RegExpExecArray, refusal: Refusal): Advice {
  const world = worldOf(refusal);
  const { transports, machine } = world;
  const others = transports.filter((transport) => transport !== 'mmio');
  const type = shortName(driver);
  if (transports.includes('mmio'))
    return {
      title: 'Every virtio-mmio slot is taken',
      words: `${machine} has a fixed number of slots, one device each, and all of them are taken. QEMU looks for a virtio-bus with room and, finding none, says that there is none.`,
      misconception: 2,
      section: '4.2',
      fixes: [
        ...otherTransports(refusal, others),
        ...microvmOnPci(refusal, world),
        ...refusal.without(),
      ],
    };
  const [first] = others;
  return {
    title: `${type} needs a transport`,
    words: first
      ? `${type} is the device alone: it plugs into a virtio-bus, and only a transport offers one. Here a transport is ${IS[first]}; the types ending in -${first} are both pieces in one.`
      : `${type} is the device alone: it plugs into a virtio-bus, and only a transport offers one. The machine ${machine} has no bus that a transport could sit on.`,
    misconception: 1,
    section: SECTIONS[first ?? 'mmio'],
    fixes: [
      ...otherTransports(refusal, others),
      ...(first ? [] : otherMachine(refusal)),
      ...refusal.without(),
    ],
  };
}

/** A device behind PCI on a microvm whose slots are all taken. */
function microvmOnPci(refusal: Refusal, world: World): Fix[] {
  const { option } = refusal;
  if (world.transports.includes('pci')) return [];
  const [on] = switchPciOn(refusal, world);
  const moved = option && behind(option, 'pci');
  if (!on?.doc || !option || !moved) return [];
  return [
    {
      ...on,
      label: `Give the microvm a PCI bus, and plug ${entryOf(moved, 'driver')}`,
      doc: allBehind(on.doc, [option.key], 'pci'),
    },
  ];
}

/** A machine type with a PCI bus, for machines that take no virtio device at all. */
function otherMachine(refusal: Refusal): Fix[] {
  const machines: Readonly<Record<string, string>> = {
    'qemu-system-x86_64': 'q35',
    'qemu-system-aarch64': 'virt',
    'qemu-system-riscv64': 'virt',
    'qemu-system-s390x': 's390-ccw-virtio',
  };
  const machine = machines[refusal.doc.program];
  if (machine === undefined || machine === worldOf(refusal).machine) return [];
  const doc = withMachineEntry(refusal.doc, 'type', machine);
  const name = virtioName(refusal.driver ?? '');
  const to = machine.startsWith('s390') ? 'ccw' : 'pci';
  const move = refusal.option && name && (name.transport !== 'mmio' || machine === 'q35');
  return [
    {
      label: `Use the machine ${machine}`,
      words: `${machine} has ${PLACES[to]}, which takes virtio devices.`,
      doc: move && refusal.option ? allBehind(doc, [refusal.option.key], to) : doc,
      ...refusal.anew,
    },
  ];
}

/** `-device virtio-blk-pci` where there is no PCI bus. */
function noPciBus([, driver = '']: RegExpExecArray, refusal: Refusal): Advice {
  const world = worldOf(refusal);
  const name = virtioName(driver);
  const others = world.transports.filter((transport) => transport !== 'pci');
  const type = shortName(driver);
  return {
    title: `${world.machine || 'This machine'} has no PCI bus`,
    words: name
      ? `${type} is a virtio device together with its transport, a PCI function, and needs a PCI bus. ${others[0] ? `This machine has ${PLACES[others[0]]} instead, which take the same device as ${typeBehind(name.stem, others[0]) ?? 'another type'}.` : 'This machine has nowhere to put one.'}`
      : `${type} is a PCI device, and this machine has no PCI bus.`,
    ...(name && { misconception: 1, section: '4.1' }),
    fixes: [
      ...otherTransports(refusal, others),
      ...switchPciOn(refusal, world),
      ...(others.length === 0 && world.machine !== 'microvm' ? otherMachine(refusal) : []),
      ...refusal.without(),
    ],
  };
}

/** `-device virtio-blk-device,bus=pci.0`, and the other way round. */
function wrongBus([, driver = '', bus = '']: RegExpExecArray, refusal: Refusal): Advice {
  const name = virtioName(driver);
  const to = name && transportOfBus(bus);
  const type = shortName(driver);
  const anywhere: Fix[] = [
    {
      label: 'Let QEMU choose the bus',
      words: `Without bus=, QEMU takes the first bus that ${type} fits on and that has room.`,
      doc: refusal.changed({ bus: undefined }),
      ...refusal.anew,
    },
  ];
  const wanted = refusal.type(driver)?.bus;
  const speaks = wanted === undefined ? 'another kind of bus' : `a bus of type ${wanted}`;
  const others = worldOf(refusal).transports.filter((transport) => transport !== to);
  if (!name || !to)
    return {
      title: `${type} does not fit on a ${bus} bus`,
      words: `Every device type names the one kind of bus that it plugs into. ${type} wants ${speaks}, and the bus that was named is of type ${bus}.`,
      ...(name && { misconception: 1 }),
      fixes: [
        ...(name?.transport === 'mmio' ? otherTransports(refusal, others) : anywhere),
        ...refusal.without(),
      ],
    };
  return {
    title:
      name.transport === 'mmio' ? `${type} needs a transport` : `${type} brings its own transport`,
    words:
      name.transport === 'mmio'
        ? `${type} is the device alone: it plugs into a virtio-bus, not into a ${bus} bus. The piece between them is a transport: ${IS[to]}.`
        : `${type} is ${name.transport ? IS[name.transport] : 'a transport'} and the device in it. The bus that was named is a ${bus}, which takes ${to === 'mmio' ? 'the device alone' : 'another kind of transport'}.`,
    misconception: 1,
    section: SECTIONS[to],
    fixes: [
      ...(to === 'mmio' ? intoNamedSlot(refusal) : keepingBus(refusal, to)),
      ...(name.transport === 'mmio' ? [] : anywhere),
      ...refusal.without(),
    ],
  };
}

/** The refused device as the type that fits where it was put. */
function keepingBus(refusal: Refusal, to: Transport): Fix[] {
  const bus = refusal.entry('bus');
  return otherTransports(refusal, [to]).map((fix) =>
    fix.doc && refusal.option && bus !== undefined && fix.label.startsWith('Plug')
      ? { ...fix, doc: refusal.changed({ bus }, fix.doc) }
      : fix,
  );
}

function intoNamedSlot(refusal: Refusal): Fix[] {
  return keepingBus(refusal, 'mmio').map((fix) => ({
    ...fix,
    words: 'The slot is the transport already, so only the device itself goes into it.',
  }));
}

/** The transport that sits on, or in, a bus type. */
function transportOfBus(type: string): Transport | undefined {
  if (/^(?:PCI|PCIE|.*pcie?-bus)$/i.test(type)) return 'pci';
  if (type === 'virtual-css-bus') return 'ccw';
  if (type === 's390-virtio-bus') return 's390';
  return /^virtio-(?:mmio|pci|ccw|s390)?-?bus$/.test(type) ? 'mmio' : undefined;
}

/** Refusals about what carries a virtio device. */
export const TRANSPORT_RULES: readonly Rule[] = [
  { match: /^No 'virtio-bus' bus found for device '(.*)'$/, advise: noVirtioBus },
  { match: /^No 'PCI' bus found for device '(.*)'$/, advise: noPciBus },
  { match: /^Device '(.*)' can't go on (.*) bus$/, advise: wrongBus },
  {
    match: /^MSI-X support is mandatory in the S390 architecture$/,
    advise: (_, refusal) => ({
      title: 'A PCI device on a mainframe needs MSI-X',
      words:
        'The mainframe has no interrupt lines, so a PCI function must send messages, and this one has no vectors for them. Behind a channel the device needs none.',
      misconception: 1,
      section: '4.3',
      fixes: [...otherTransports(refusal, ['ccw']), ...refusal.without()],
    }),
  },
  {
    match: /^(pxb(?:-pcie)?) devices cannot reside on a PCIe? bus$/,
    advise: ([, type = ''], refusal) => {
      const other = type === 'pxb' ? 'pxb-pcie' : 'pxb';
      return {
        title: `${type} is for the other kind of PCI`,
        words: 'pxb expands a PCI bus, as pc has one, and pxb-pcie a PCI Express bus, as q35 does.',
        fixes: [
          {
            label: `Plug it as ${other}`,
            words: `${other} fits here.`,
            doc: refusal.changed({ driver: other }),
            ...refusal.anew,
          },
          ...refusal.without(),
        ],
      };
    },
  },
  {
    match: /^No '(virtual-css-bus|s390-virtio-bus)' bus found for device '(.*)'$/,
    advise: ([, , driver = ''], refusal) => {
      const { transports, machine } = worldOf(refusal);
      return {
        title: `${machine} has no channel devices`,
        words: `${shortName(driver)} is made for another of the mainframe's machine types. The device inside is the same on every machine; its transport differs.`,
        misconception: 1,
        section: '4.3',
        fixes: [...otherTransports(refusal, transports), ...refusal.without()],
      };
    },
  },
];
