/** A machine type that can be built. */
export interface MachineType {
  /** QOM type. */
  readonly type: string;
  /** Names for `-M`, the canonical one first. */
  readonly names: readonly string[];
  /** Bytes of RAM where `-m` does not say. */
  readonly ramBytes: number;
  /** Most RAM that fits, in bytes: below the PCI hole, since RAM is one piece. */
  readonly maxRamBytes: number;
  /** Id of the RAM's memory back end. */
  readonly ramId: string;
  /** CPU model where `-cpu` does not say, or undefined where there is no CPU. */
  readonly cpu: string | undefined;
}

/** Machine types that can be built; the first is QEMU's default. */
export const MACHINE_TYPES: readonly MachineType[] = [
  {
    type: 'pc-i440fx-7.2-machine',
    names: ['pc-i440fx-7.2', 'pc'],
    ramBytes: 128 * 2 ** 20,
    maxRamBytes: 0xe000_0000 - 8192,
    ramId: 'pc.ram',
    cpu: 'qemu64',
  },
  {
    type: 'none-machine',
    names: ['none'],
    ramBytes: 0,
    maxRamBytes: 3 * 2 ** 30,
    ramId: 'ram',
    cpu: undefined,
  },
];

/** The machine type that `-M name` means, or undefined. */
export function findMachineType(name: string): MachineType | undefined {
  return MACHINE_TYPES.find((machine) => machine.names.includes(name));
}

/** Whether `name` is a machine that `qemu-system-x86_64` 7.2 has and ours does not. */
export function isForeignMachineType(name: string): boolean {
  return /^(?:microvm|q35|isapc|x-remote|pc-(?:q35|i440fx)-\d+(?:\.\d+){1,2})$/.test(name);
}

/** Properties of the pc machine type, and how their values read. */
export const PC_PROPERTIES: Readonly<Record<string, 'switch' | 'any'>> = {
  acpi: 'any',
  append: 'any',
  boot: 'any',
  'bus-lock-ratelimit': 'any',
  'confidential-guest-support': 'any',
  'default-bus-bypass-iommu': 'switch',
  'dt-compatible': 'any',
  dtb: 'any',
  'dump-guest-core': 'switch',
  dumpdtb: 'any',
  firmware: 'any',
  graphics: 'switch',
  hpet: 'switch',
  i8042: 'switch',
  initrd: 'any',
  kernel: 'any',
  'max-fw-size': 'any',
  'max-ram-below-4g': 'any',
  'mem-merge': 'switch',
  'memory-backend': 'any',
  'memory-encryption': 'any',
  memory: 'any',
  'phandle-start': 'any',
  pic: 'any',
  pit: 'any',
  sata: 'switch',
  'sgx-epc': 'any',
  'smbios-entry-point-type': 'any',
  smbus: 'switch',
  smm: 'any',
  smp: 'any',
  'suppress-vmdesc': 'switch',
  usb: 'switch',
  vmport: 'any',
  'x-oem-id': 'any',
  'x-oem-table-id': 'any',
};
