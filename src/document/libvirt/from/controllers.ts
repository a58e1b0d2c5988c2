import { type Element, element } from '../xml.ts';
import type { Entries } from './argument.ts';
import type { Reader } from './reader.ts';

const index = (controller: Element): number => Number(controller.attr('index') ?? 0) || 0;

/** Controllers in the order in which libvirt makes them: PCI first, by index, then what sits on PCI. */
export function readControllers(reader: Reader, controllers: readonly Element[]): void {
  const ofType = (type: string) =>
    controllers.filter((one) => one.attr('type') === type).sort((a, b) => index(a) - index(b));
  const pci = ofType('pci');
  // A controller may sit on one of a higher index: all ids are known before the first is made.
  for (const one of pci) if (index(one) > 0) reader.setController('pci', index(one), pciId(one));
  for (const one of parentsFirst(pci)) pciController(reader, one);
  for (const [type, read] of Object.entries(READERS))
    for (const one of ofType(type)) read(reader, one);
  for (const one of controllers) {
    const type = one.attr('type') ?? '';
    if (type !== 'pci' && !Object.hasOwn(READERS, type))
      reader.note(`The controller of type “${type}” is left out.`);
  }
}

const pciId = (one: Element): string => one.at('alias', 'name') ?? `pci.${index(one)}`;

/** So that a bus is there before what sits on it. */
function parentsFirst(controllers: readonly Element[]): Element[] {
  const waiting = new Map(controllers.map((one) => [index(one), one]));
  const sorted: Element[] = [];
  const visit = (at: number): void => {
    const one = waiting.get(at);
    if (!one || !waiting.delete(at)) return;
    visit(Number(one.at('address', 'bus') ?? 0));
    sorted.push(one);
  };
  for (const at of [...waiting.keys()]) visit(at);
  return sorted;
}

/** QEMU's type by libvirt's model; the number is the property that tells it from its like. */
const PCI_TYPES: Readonly<
  Record<string, { readonly type: string; readonly numbers: readonly string[] }>
> = {
  'pci-bridge': { type: 'pci-bridge', numbers: ['chassis_nr'] },
  'dmi-to-pci-bridge': { type: 'i82801b11-bridge', numbers: [] },
  'pcie-to-pci-bridge': { type: 'pcie-pci-bridge', numbers: [] },
  'pcie-root-port': { type: 'pcie-root-port', numbers: ['port', 'chassis'] },
  'pcie-switch-upstream-port': { type: 'x3130-upstream', numbers: [] },
  'pcie-switch-downstream-port': { type: 'xio3130-downstream', numbers: ['port', 'chassis'] },
  'pci-expander-bus': { type: 'pxb', numbers: ['bus_nr'] },
  'pcie-expander-bus': { type: 'pxb-pcie', numbers: ['bus_nr'] },
};
const TARGETS: Readonly<Record<string, string>> = {
  port: 'port',
  chassis: 'chassis',
  chassis_nr: 'chassisNr',
  bus_nr: 'busNr',
};

function pciController(reader: Reader, one: Element): void {
  const model = one.attr('model') ?? (reader.platform.pciRoot === 'pci.0' ? 'pci-bridge' : '');
  if (model === 'pci-root' || model === 'pcie-root') return;
  const known = Object.hasOwn(PCI_TYPES, model) ? PCI_TYPES[model] : undefined;
  if (!known) {
    reader.note(`The PCI controller of model “${model}” is left out.`);
    return;
  }
  const target = one.child('target');
  const numbers: Record<string, string> = {};
  for (const property of known.numbers) {
    const given = target?.attr(TARGETS[property] ?? '');
    const needed = property === 'chassis' || property === 'chassis_nr' || property === 'bus_nr';
    if (given !== undefined) numbers[property] = given;
    else if (needed)
      numbers[property] = String(property === 'bus_nr' ? 254 - index(one) : index(one));
  }
  const name = one.at('model', 'name');
  reader.device(name === 'ioh3420' ? name : known.type, {
    ...numbers,
    hotplug: target?.attr('hotplug'),
    id: reader.id(one, `pci.${index(one)}`),
    ...reader.pci(one, { integrated: false }),
  });
}

/** By libvirt's type; the order is that of the command line. */
const READERS: Readonly<Record<string, (reader: Reader, one: Element) => void>> = {
  usb: usbController,
  scsi: scsiController,
  sata: sataController,
  'virtio-serial': serialController,
  ide(reader, one) {
    const id = reader.platform.ide && index(one) === 0 ? 'ide' : undefined;
    if (id) reader.setController('ide', 0, id);
    else reader.note('An IDE controller that the board does not bring along is left out.');
  },
  fdc(reader, one) {
    reader.setController('fdc', index(one), reader.platform.ide ? '' : isaFloppy(reader));
  },
};

function isaFloppy(reader: Reader): string {
  const id = reader.id(undefined, 'fdc0');
  reader.device('isa-fdc', { id });
  return id;
}

/** Makes a controller that disks ask for and the domain does not list, as libvirt does. Answers its id. */
export function neededController(
  reader: Reader,
  type: string,
  at: number,
  element: Element,
): string {
  const there = reader.controller(type, at);
  if (there !== undefined) return there;
  if (type === 'sata' && reader.platform.sata && at === 0) {
    reader.setController('sata', 0, 'ide');
  } else if (type === 'ide' && reader.platform.ide && at === 0) {
    reader.setController('ide', 0, 'ide');
  } else {
    READERS[type]?.(reader, element);
  }
  return reader.controller(type, at) ?? `${type}${at}`;
}

/** USB controllers by libvirt's model, those whose name is not QEMU's. */
const USB_TYPES: Readonly<Record<string, string>> = {
  'piix3-uhci': 'piix3-usb-uhci',
  'piix4-uhci': 'piix4-usb-uhci',
  ehci: 'usb-ehci',
  'ich9-ehci1': 'ich9-usb-ehci1',
  'ich9-uhci1': 'ich9-usb-uhci1',
  'ich9-uhci2': 'ich9-usb-uhci2',
  'ich9-uhci3': 'ich9-usb-uhci3',
  'vt82c686b-uhci': 'vt82c686b-usb-uhci',
};

function usbController(reader: Reader, one: Element): void {
  const model = one.attr('model') ?? (reader.platform.ide ? 'piix3-uhci' : 'qemu-xhci');
  if (model === 'none') return;
  const master = one.at('master', 'startport');
  const bus = reader.controller('usb', index(one));
  const ports = one.attr('ports');
  const companion = master !== undefined && bus !== undefined;
  const id = reader.id(one, index(one) === 0 && !companion ? 'usb' : `usb${index(one)}`);
  if (!companion) reader.setController('usb', index(one), id);
  reader.device(USB_TYPES[model] ?? model, {
    p2: ports,
    p3: ports,
    masterbus: companion ? `${bus}.0` : undefined,
    firstport: companion ? master : undefined,
    id,
    ...reader.pci(one),
  });
}

const SCSI_TYPES: Readonly<Record<string, string>> = {
  lsilogic: 'lsi53c895a',
  lsisas1068: 'mptsas1068',
  lsisas1078: 'megasas',
};

/** `one` may be a disk: then the controller is the one that libvirt would add for it. */
function scsiController(reader: Reader, one: Element): void {
  const listed = one.name === 'controller';
  const at = listed ? index(one) : Number(one.at('address', 'controller') ?? 0);
  const x86 = reader.platform.program === 'qemu-system-x86_64';
  const model = (listed ? one.attr('model') : undefined) ?? (x86 ? 'lsilogic' : 'virtio-scsi');
  const id = reader.id(listed ? one : undefined, `scsi${at}`);
  reader.setController('scsi', at, id);
  reader.setController('scsi wide', at, model.startsWith('virtio') ? 'yes' : 'no');
  const source = listed ? one : undefined;
  if (!model.startsWith('virtio')) {
    reader.device(SCSI_TYPES[model] ?? model, { id, ...reader.pci(source) });
    return;
  }
  const { type, entries } = reader.virtio('virtio-scsi', source ?? UNDESCRIBED);
  const driver = source?.child('driver');
  const more: Entries = {
    num_queues: driver?.attr('queues'),
    cmd_per_lun: driver?.attr('cmd_per_lun'),
    max_sectors: driver?.attr('max_sectors'),
  };
  reader.device(type, { ...more, id, ...entries });
}

/** A controller that nobody described. */
const UNDESCRIBED = element('controller', {});

function sataController(reader: Reader, one: Element): void {
  const at = one.name === 'controller' ? index(one) : Number(one.at('address', 'controller') ?? 0);
  if (reader.platform.sata && at === 0) {
    reader.setController('sata', 0, 'ide');
    return;
  }
  const id = reader.id(one.name === 'controller' ? one : undefined, `sata${at}`);
  reader.setController('sata', at, id);
  reader.device('ahci', { id, ...reader.pci(one.name === 'controller' ? one : undefined) });
}

function serialController(reader: Reader, one: Element): void {
  const listed = one.name === 'controller';
  const at = listed ? index(one) : Number(one.at('address', 'controller') ?? 0);
  const id = reader.id(listed ? one : undefined, `virtio-serial${at}`);
  reader.setController('virtio-serial', at, id);
  const { type, entries } = reader.virtio('virtio-serial', listed ? one : UNDESCRIBED);
  reader.device(type, {
    max_ports: listed ? one.attr('ports') : undefined,
    vectors: listed ? one.attr('vectors') : undefined,
    id,
    ...entries,
  });
}
