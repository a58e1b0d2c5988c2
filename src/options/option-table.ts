import { ARCHES, type Arch } from './programs.ts';

/** What becomes of a command-line option. */
export type OptionFate =
  /** Understood; the engine acts on it. */
  | 'used'
  /** Concerns the host, its windows or its logs: nothing that a guest could notice. */
  | 'harmless'
  /** QEMU would change the machine; ours stays as it is, and says so. */
  | 'unmodelled'
  /** Asks for words, not for a machine. */
  | 'question';

/** One option of QEMU's. */
export interface OptionInfo {
  /** Whether an argument follows. */
  readonly argument: boolean;
  readonly fate: OptionFate;
  /** Programs that have it; in the others it is known, and refused. */
  readonly arches: readonly Arch[];
}

const NAMES: Readonly<Record<OptionFate, { readonly plain: string; readonly argument: string }>> = {
  used: {
    plain: 'S enable-kvm nodefaults nographic snapshot usb',
    argument: `M accel append bios blockdev boot cdrom chardev cpu debugcon device drive fda fdb fsdev global hda
      hdb hdc hdd initrd k kernel m machine mem-path mon monitor mtdblock name net netdev nic object
      parallel pflash qmp qmp-pretty qtest rtc sd serial set smp uuid vga virtfs`,
  },
  harmless: {
    plain: `async-teardown audio-help daemonize enable-sync-profile full-screen mem-prealloc no-acpi
      no-fd-bootchk no-hpet no-reboot no-shutdown no-user-config old-param only-migratable portrait s
      semihosting singlestep win2k-hack xen-attach xen-domid-restrict -preconfig`,
    argument: `D L action add-fd audio audiodev chroot compat d dfilter display dump-vmstate echr g gdb
      msg overcommit pidfile plugin prom-env qtest-log rotate runas sandbox seed semihosting-config spice trace vnc
      watchdog-action xen-domid`,
  },
  question: { plain: 'h help version', argument: '' },
  unmodelled: {
    plain: '',
    argument: `acpitable dtb fw_cfg icount incoming iscsi loadvm numa option-rom readconfig smbios tpmdev
      usbdevice`,
  },
};

/** Options that only some programs have: x86_64, aarch64, s390x, riscv64 by their first letters. */
const ONLY: Readonly<Record<string, string>> = {
  acpitable: 'x',
  g: '',
  'no-acpi': 'xa',
  'no-fd-bootchk': 'x',
  'no-hpet': 'x',
  'old-param': 'a',
  'prom-env': '',
  semihosting: 'ar',
  'semihosting-config': 'ar',
  smbios: 'xa',
  'win2k-hack': 'x',
  'xen-attach': '',
  'xen-domid': '',
  'xen-domid-restrict': '',
};

function table(): ReadonlyMap<string, OptionInfo> {
  const options = new Map<string, OptionInfo>();
  for (const [fate, names] of Object.entries(NAMES) as [OptionFate, (typeof NAMES)['used']][])
    for (const [argument, list] of [
      [false, names.plain],
      [true, names.argument],
    ] as const)
      for (const name of list.split(/\s+/).filter((word) => word !== '')) {
        const only = ONLY[name];
        const arches = ARCHES.filter((arch) => only?.includes(arch.charAt(0)) ?? true);
        options.set(name, { argument, fate, arches });
      }
  return options;
}

/** Every option of QEMU 7.2 by name, without its dash. */
export const OPTIONS = table();
