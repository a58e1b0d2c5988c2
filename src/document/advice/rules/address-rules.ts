import type { BusNode, DeviceNode } from '../../../protocol/topology.ts';
import type { DocumentOption } from '../../document.ts';
import { freshId, removeOptions } from '../../edits.ts';
import { entryOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import { addBefore } from '../new-parts.ts';
import { changeOption, dependents, type Refusal, type Rule } from '../refusal.ts';
import { shortName, virtioName } from '../transports.ts';
import { worldOf } from '../world.ts';
import { freeChassis } from './bus-rules.ts';

/** Properties that say which function of which slot a PCI device is. */
const UNPLACED = { addr: undefined, multifunction: undefined };

/** The PCI bus that the refused device was meant for, in the tree that goes on. */
function pciBusOf(refusal: Refusal): BusNode | undefined {
  const pci = refusal.buses.filter(({ ancestors }) => ancestors.includes('PCI'));
  const named = refusal.entry('bus');
  return named === undefined ? pci[0] : pci.find(({ name }) => name === named.split('/').at(-1));
}

/** A slot with room for one more function, and who its function 0 is. */
interface Shared {
  readonly slot: string;
  readonly first: DocumentOption;
  readonly fn: number;
}

/** Slots of the line's own devices that can take another function, slots with several functions first. */
function shareable(refusal: Refusal, wanted?: string): Shared[] {
  const places = new Map<string, { taken: Set<number>; first?: DeviceNode }>();
  for (const device of pciBusOf(refusal)?.children ?? []) {
    const [slot = '', fn = ''] = device.address.split('.');
    const place = places.get(slot) ?? { taken: new Set<number>() };
    place.taken.add(Number(fn));
    places.set(slot, fn === '0' ? { ...place, first: device } : place);
  }
  const shared: Shared[] = [];
  for (const [slot, { taken, first }] of places) {
    const option = first && refusal.optionOf(first);
    const fn = [1, 2, 3, 4, 5, 6, 7].find((one) => !taken.has(one));
    if (option?.name === 'device' && fn !== undefined && (wanted ?? slot) === slot)
      shared.push({ slot, first: option, fn });
  }
  return shared.sort((a, b) => b.fn - a.fn);
}

/** Puts the refused device into a slot that another device has. */
function shareSlot(refusal: Refusal, wanted?: string): Fix[] {
  const { option } = refusal;
  const [shared] = shareable(refusal, wanted);
  if (!option || !shared || shared.first.key === option.key) return [];
  const { slot, first, fn } = shared;
  const with0 = changeOption(refusal.doc, first.key, { addr: `${slot}.0`, multifunction: 'on' });
  return [
    {
      label: `Share slot ${slot}: function ${fn}`,
      words: `${shortName(entryOf(first, 'driver') ?? '')} becomes function 0 of a device with several (multifunction=on), and this one is function ${fn} of it. A slot holds eight.`,
      doc: changeOption(with0, option.key, { addr: `${slot}.${fn}` }),
      ...refusal.anew,
    },
  ];
}

/** Devices that a bus behind a bridge has slots for: slot 0 is its own. */
const MOST_BEHIND = 31;

/** The refused device and those after it that look for a slot on the same bus, and so find none either. */
function homelessWith(refusal: Refusal): DocumentOption[] {
  const { option, doc } = refusal;
  if (!option) return [];
  const bus = entryOf(option, 'bus');
  let after = false;
  return doc.options.filter((other) => {
    if (other === option) after = true;
    if (!after || other.name !== 'device') return false;
    if (other === option) return true;
    const driver = entryOf(other, 'driver') ?? '';
    const type = refusal.type(driver);
    return (
      entryOf(other, 'bus') === bus &&
      entryOf(other, 'addr') === undefined &&
      (type ? type.bus === 'PCI' : virtioName(driver)?.transport === 'pci')
    );
  });
}

/** Takes out all devices that have no place. */
function withoutHomeless(refusal: Refusal, homeless: readonly DocumentOption[]): Fix[] {
  if (homeless.length < 2) return refusal.without();
  return [
    {
      label: `Take out the ${homeless.length} that have no slot`,
      words: 'The machine is built with the devices that fit.',
      doc: removeOptions(
        refusal.doc,
        homeless.flatMap((option) => dependents(refusal.doc, option)),
      ),
      ...refusal.anew,
    },
  ];
}

/** Adds a bridge in place of a device that QEMU placed, and puts that one and the refused one behind it. */
function behindBridge(refusal: Refusal, homeless: readonly DocumentOption[]): Fix[] {
  const { option, doc } = refusal;
  if (!option) return [];
  const bus = entryOf(option, 'bus');
  const express = (pciBusOf(refusal)?.name ?? worldOf(refusal).pciRoot) === 'pcie.0';
  const type = express ? 'pcie-pci-bridge' : 'pci-bridge';
  const here = doc.options.indexOf(option);
  const moved = refusal
    .devices(
      (driver, other) =>
        other.key !== option.key &&
        doc.options.indexOf(other) < here &&
        entryOf(other, 'bus') === bus &&
        entryOf(other, 'addr') === undefined &&
        (virtioName(driver)?.transport === 'pci' || virtioName(driver)?.transport === undefined) &&
        (refusal.type(driver)?.bus ?? 'PCI') === 'PCI',
    )
    .at(-1);
  if (!moved || !refusal.has(type)) return [];
  const id = freshId(doc, 'bridge');
  const chassis = express ? '' : `,chassis_nr=${freeChassis(doc)}`;
  const where = bus === undefined ? '' : `,bus=${bus.replaceAll(',', ',,')}`;
  let next = addBefore(doc, moved.key, 'device', `${type},id=${id}${chassis}${where}`);
  for (const { key } of [moved, ...homeless].slice(0, MOST_BEHIND))
    next = changeOption(next, key, { ...UNPLACED, bus: id });
  return [
    {
      label: 'Put a bridge in between',
      words: `A ${type} takes the slot of ${shortName(entryOf(moved, 'driver') ?? '')} and offers a bus with 32 slots more, one of them for each of the ${homeless.length === 1 ? 'two' : homeless.length + 1}.`,
      doc: next,
      ...refusal.anew,
    },
  ];
}

/** The address without which QEMU places the device itself. */
function unplaced(refusal: Refusal, key: string): Fix[] {
  if (refusal.entry(key) === undefined) return [];
  return [
    {
      label: 'Let QEMU choose the address',
      words: `Without ${key}=, the device gets the first address that is free.`,
      doc: refusal.changed(key === 'addr' ? UNPLACED : { [key]: undefined }),
      ...refusal.anew,
    },
  ];
}

function noSlot([, driver = '']: RegExpExecArray, refusal: Refusal): Advice {
  const homeless = homelessWith(refusal);
  return {
    title: 'No PCI slot is free',
    words: `A PCI bus has 32 slots, some of which the board's own devices take, and QEMU gives each new device a slot of its own. A slot holds up to eight functions though, and a bridge brings a whole bus for one slot; ${shortName(driver)} can go either way.`,
    misconception: 4,
    section: '4.1.2',
    fixes: [
      ...(homeless.length === 1 ? shareSlot(refusal) : []),
      ...behindBridge(refusal, homeless),
      ...withoutHomeless(refusal, homeless),
    ],
  };
}

function slotTaken(
  [, slot = '', fn = '', , holder = '']: RegExpExecArray,
  refusal: Refusal,
): Advice {
  const two = Number(slot).toString(16).padStart(2, '0');
  return {
    title: `Slot ${two} function ${fn} is taken`,
    words: `${shortName(holder)} is there. An address is slot.function in hexadecimal: a slot holds up to eight functions if function 0 says so (multifunction=on), and every function is a device of its own.`,
    misconception: 4,
    fixes: [...unplaced(refusal, 'addr'), ...shareSlot(refusal, two), ...refusal.without()],
  };
}

/** Function 0 does not say that there are others. */
function singleFunction([, slot = '', fn = '']: RegExpExecArray, refusal: Refusal): Advice {
  const two = slot.padStart(2, '0');
  const places = [`${slot}`, `0x${slot}`, two, `${slot}.0`, `${two}.0`, `0x${slot}.0`];
  const first = refusal
    .devices((_, option) => places.includes(entryOf(option, 'addr') ?? ''))
    .find((option) => fn === '' || option.key !== refusal.option?.key);
  const holder =
    first ??
    shareable(refusal, two).map((one) => one.first)[0] ??
    (fn === '0' ? refusal.option : undefined);
  const fix: Fix[] = holder
    ? [
        {
          label: 'Say that there are several functions',
          words: `multifunction=on on function 0 tells the guest to look for the others.`,
          doc: changeOption(refusal.doc, holder.key, { multifunction: 'on', addr: `${two}.0` }),
          ...refusal.anew,
        },
      ]
    : [];
  return {
    title: 'Function 0 hides the others',
    words: `A guest asks function 0 of a slot first, and looks for functions 1 to 7 only where function 0 says that there are several. Function 0 of slot ${two} does not.`,
    misconception: 4,
    fixes: [...fix, ...unplaced(refusal, 'addr'), ...refusal.without()],
  };
}

function chassisTaken(_: RegExpExecArray, refusal: Refusal): Advice {
  const number = String(freeChassis(refusal.doc));
  return {
    title: 'Two ports have the same chassis and slot',
    words:
      'Every root port and downstream port stands for a slot that a person could find: chassis and slot number together must be unlike any other. Both are 0 unless the line says otherwise.',
    fixes: [
      {
        label: `Number it chassis ${number}, slot ${number}`,
        words: 'The port gets a number of its own.',
        doc: refusal.changed({ chassis: number, slot: number }),
        automatic: true,
        ...refusal.anew,
      },
      ...refusal.without(),
    ],
  };
}

/** Refusals about places on a bus. */
export const ADDRESS_RULES: readonly Rule[] = [
  { match: /^PCI: no slot\/function available for (.*), all in use or reserved$/, advise: noSlot },
  {
    match: /^PCI: slot (\d+) function (\d+) not available for (.*), in use by (.*),id=/,
    advise: slotTaken,
  },
  {
    match: /^PCI: single function device can't be populated in function ([0-9a-f]+)\.(\d)/,
    advise: singleFunction,
  },
  {
    match: /^PCI: ([0-9a-f]+)\.(0) indicates single function/,
    advise: singleFunction,
  },
  {
    match: /^PCI: slot \d+ function 0 already occupied by (.*), new func .* cannot be exposed/,
    advise: ([, holder = ''], refusal) => ({
      title: 'The guest would not see it',
      words: `${shortName(holder)} is in that slot and was announced to the guest already. A slot takes further functions only before function 0 comes, or with the power off.`,
      misconception: 3,
      fixes: [
        ...(refusal.facts.hot
          ? [
              {
                label: 'Power off and build with it',
                words: 'The machine is built anew with the device in it.',
                doc: refusal.doc,
                act: 'power-off' as const,
              },
            ]
          : []),
        ...refusal.without(),
      ],
    }),
  },
  { match: /^Can't add chassis slot, error/, advise: chassisTaken },
  {
    match: /^Bridge chassis not specified/,
    advise: (_, refusal) => ({
      title: 'The bridge needs a chassis number',
      words:
        'A pci-bridge has a hot-plug controller, which tells the guest in which chassis its slots are. The number must be above 0 and unlike any other.',
      fixes: [
        {
          label: `Number it ${freeChassis(refusal.doc)}`,
          words: 'chassis_nr is the first number that is free.',
          doc: refusal.changed({ chassis_nr: String(freeChassis(refusal.doc)) }),
          automatic: true,
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^Unsupported PCI slot 0 for standard hotplug controller/,
    advise: (_, refusal) => ({
      title: 'Slot 0 of this bridge is not for devices',
      words: "The bridge's hot-plug controller numbers its slots from 1 to 31.",
      fixes: [...unplaced(refusal, 'addr'), ...refusal.without()],
    }),
  },
  {
    match: /^Device ([0-9a-f]+\.[0-9a-f]\.[0-9a-f]+) already exists$/i,
    advise: ([, place = ''], refusal) => ({
      title: `${place} is taken`,
      words:
        'Every channel device has a device number of its own: channel subsystem, subchannel set and number. The subchannel number that the guest counts by is another thing, and QEMU gives it out.',
      misconception: 9,
      section: '4.3.1',
      fixes: [...unplaced(refusal, 'devno'), ...refusal.without()],
    }),
  },
  {
    match: /^(?:lun already used by|bad scsi (?:device (?:id|lun)|channel id))/,
    advise: (_, refusal) => ({
      title: 'That SCSI address cannot be had',
      words:
        'A SCSI bus finds a device by channel, target (scsi-id) and unit (lun). Two devices cannot share all three, and a controller has only so many of each.',
      fixes: [
        {
          label: 'Let QEMU choose the address',
          words: 'Without scsi-id= and lun=, the device gets the first place that is free.',
          doc: refusal.changed({ 'scsi-id': undefined, lun: undefined, channel: undefined }),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match:
      /^(?:virtio-serial-bus: (A port already exists at id|Out-of-range port id|Maximum port limit|A port already exists by name)|(Port number 0) on virtio-serial)/,
    advise: ([, fault = ''], refusal) => serialPort(fault, refusal),
  },
  {
    match: /^The bootindex (-?\d+) has already been used$/,
    advise: (_, refusal) => ({
      title: 'Two devices have the same place in the boot order',
      words: 'bootindex says which device firmware tries first; every number can be used once.',
      fixes: [
        {
          label: `Give it the next number, ${nextBootIndex(refusal)}`,
          words: 'It is tried after all others that have a number.',
          doc: refusal.changed({ bootindex: String(nextBootIndex(refusal)) }),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
  {
    match: /^a PCI device with acpi-index = /,
    advise: (_, refusal) => ({
      title: 'That acpi-index is taken',
      words:
        'acpi-index gives a network interface its name in the guest; every number can be used once.',
      fixes: [
        {
          label: 'Leave it without acpi-index',
          words: 'The guest names the interface by its address.',
          doc: refusal.changed({ 'acpi-index': undefined }),
          ...refusal.anew,
        },
        ...refusal.without(),
      ],
    }),
  },
];

function serialPort(fault: string, refusal: Refusal): Advice {
  const full =
    fault.startsWith('Maximum') || (fault.startsWith('Out') && refusal.entry('nr') === undefined);
  const key = fault.endsWith('name') ? 'name' : 'nr';
  const type = worldOf(refusal).transports.map((one) =>
    one === 'mmio' ? 'virtio-serial-device' : `virtio-serial-${one}`,
  )[0];
  const { option, doc } = refusal;
  const id = freshId(doc, 'serial');
  const more: Fix[] =
    full && option && type !== undefined
      ? [
          {
            label: `Add another ${type}`,
            words: 'The port goes onto the new one.',
            doc: refusal.changed(
              { bus: `${id}.0`, nr: undefined },
              addBefore(doc, option.key, 'device', `${type},id=${id}`),
            ),
            ...refusal.anew,
          },
        ]
      : [];
  const other: Fix[] =
    refusal.entry(key) === undefined
      ? []
      : [
          {
            label: key === 'nr' ? 'Let QEMU choose the number' : 'Leave it without name',
            words:
              key === 'nr'
                ? 'It gets the first number that is free.'
                : 'The guest knows the port by its number.',
            doc: refusal.changed({ [key]: undefined }),
            ...refusal.anew,
          },
        ];
  return {
    title: full
      ? 'The serial device has no port left'
      : `That port ${key === 'nr' ? 'number' : 'name'} cannot be had`,
    words:
      'A virtio-serial device has max_ports ports, numbered from 0. Port 0 is kept for a virtconsole, since old drivers expect one there; a name is unique in the whole machine.',
    section: '5.3',
    fixes: [...other, ...more, ...refusal.without()],
  };
}

function nextBootIndex({ doc }: Refusal): number {
  const used = doc.options.map((option) =>
    Number(option.name === 'device' ? (entryOf(option, 'bootindex') ?? -1) : -1),
  );
  return Math.max(0, ...used.filter(Number.isInteger)) + 1;
}
