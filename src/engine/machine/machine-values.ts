import type { QObject } from '../qom/object.ts';
import type { MachineSettings } from './machine-options.ts';
import { readSize } from './numbers.ts';

/** What machine types say of their properties where the line says nothing, by the type that has them. */
const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  machine: {
    graphics: true,
    usb: false,
    'dump-guest-core': true,
    'phandle-start': 0,
    'mem-merge': true,
    'suppress-vmdesc': false,
    hmat: false,
    nvdimm: false,
  },
  'x86-machine': {
    smm: 'auto',
    acpi: 'auto',
    pit: 'auto',
    pic: 'auto',
    'x-oem-table-id': 'BXPC    ',
    'x-oem-id': 'BOCHS ',
    'bus-lock-ratelimit': 0,
    'sgx-epc': [],
  },
  'generic-pc-machine': {
    firmware: 'bios-256k.bin',
    'max-fw-size': 8 * 2 ** 20,
    'default-bus-bypass-iommu': false,
    'device-memory-region-size': 0,
    sata: true,
    vmport: 'on',
    i8042: true,
    hpet: true,
    'smbios-entry-point-type': '32',
    'max-ram-below-4g': 2 ** 32,
    smbus: true,
    'cxl-fmw': [],
    cxl: false,
  },
  'pc-i440fx-7.2-machine': { 'max-ram-below-4g': 0xe000_0000 },
  'microvm-machine': {
    ioapic2: 'auto',
    'auto-kernel-cmdline': true,
    rtc: 'auto',
    pcie: 'auto',
    'x-option-roms': true,
    'isa-serial': true,
  },
  'virt-7.2-machine': {
    virtualization: false,
    its: true,
    secure: false,
    'default-bus-bypass-iommu': false,
    iommu: 'none',
    acpi: 'auto',
    mte: false,
    'x-oem-table-id': 'BXPC    ',
    'x-oem-id': 'BOCHS ',
    'gic-version': '2',
    'dtb-randomness': true,
    'dtb-kaslr-seed': true,
    ras: false,
    highmem: true,
  },
  'virt-machine': { 'aia-guests': '0', aia: 'none', aclint: false },
  's390-ccw-machine': { 'aes-key-wrap': true, 'dea-key-wrap': true },
};

/** First boot devices of the machines whose firmware looks at them. */
const BOOT_ORDER: Readonly<Record<string, string>> = { 'generic-pc-machine': 'cad' };

/** Gives the machine's properties the values that the line and its type say. */
export function showSettings(
  machine: QObject,
  settings: MachineSettings,
  ram: QObject | undefined,
): void {
  const { topology, options, boot, ramBytes, maxRamBytes, ramSlots } = settings;
  const lineage = machine.type.ancestry().reverse();
  for (const { name } of lineage) Object.assign(machine.values, DEFAULTS[name]);
  for (const [name, text] of options)
    machine.values[name] = typedValue(machine.type.properties.get(name)?.type, text);
  const order = lineage.map(({ name }) => BOOT_ORDER[name]).find((found) => found !== undefined);
  Object.assign(machine.values, {
    smp: {
      cpus: topology.cpus,
      maxcpus: topology.maxCpus,
      threads: topology.threads,
      cores: topology.cores,
      dies: topology.dies,
      sockets: topology.sockets,
      clusters: topology.clusters,
    },
    memory: {
      size: ramBytes,
      ...(ramSlots > 0 && { 'max-size': maxRamBytes, slots: ramSlots }),
    },
    boot: { order: order ?? '', ...boot },
    'memory-backend': ram,
  });
}

/** An option's text as its property has it. */
function typedValue(type: string | undefined, text: string): unknown {
  if (type === 'bool') return ['on', 'yes', 'true', 'y'].includes(text);
  if (type === 'loadparm') return text.slice(0, 8).toUpperCase().padEnd(8);
  if (type === 'size' || /^u?int/.test(type ?? '')) {
    const read = readSize(text);
    return typeof read === 'string' ? 0 : Number(read.bytes);
  }
  return text;
}
