/** What becomes of a command-line option. */
export type OptionFate =
  /** Understood; see `configure`. */
  | 'used'
  /** Concerns the host, its windows or its logs: nothing that a guest could notice. */
  | 'harmless'
  /** QEMU would change the machine; ours stays as it is, and says so. */
  | 'unmodelled'
  /** Asks for words, not for a machine. */
  | 'question';

/** One option of `qemu-system-x86_64`. */
export interface OptionInfo {
  /** Whether an argument follows. */
  readonly argument: boolean;
  readonly fate: OptionFate;
}

const NAMES: Readonly<Record<OptionFate, { readonly plain: string; readonly argument: string }>> = {
  used: {
    plain: 'nodefaults snapshot',
    argument: 'M machine m drive blockdev object device global set cpu',
  },
  harmless: {
    plain: `S daemonize enable-kvm enable-sync-profile full-screen mem-prealloc no-fd-bootchk no-hpet
      no-reboot no-shutdown no-user-config nographic old-param only-migratable portrait s singlestep
      win2k-hack async-teardown xen-attach xen-domid-restrict audio-help semihosting no-acpi`,
    argument: `D L accel action add-fd audio audiodev bios boot chardev chroot compat d dfilter display
      dump-vmstate echr g gdb k mem-path mon monitor msg name overcommit pidfile plugin qmp qmp-pretty
      qtest qtest-log rotate rtc runas sandbox seed serial parallel spice trace vga vnc watchdog-action
      xen-domid`,
  },
  question: { plain: 'h help version', argument: '' },
  unmodelled: {
    plain: 'usb',
    argument: `acpitable append cdrom debugcon dtb fda fdb fsdev hda hdb hdc hdd icount incoming initrd
      iscsi kernel loadvm mtdblock net netdev nic numa option-rom pflash readconfig sd smbios smp tpmdev
      usbdevice uuid virtfs`,
  },
};

function table(): ReadonlyMap<string, OptionInfo> {
  const options = new Map<string, OptionInfo>();
  for (const [fate, names] of Object.entries(NAMES) as [OptionFate, (typeof NAMES)['used']][])
    for (const [argument, list] of [
      [false, names.plain],
      [true, names.argument],
    ] as const)
      for (const name of list.split(/\s+/)) if (name !== '') options.set(name, { argument, fate });
  return options;
}

/** Every option of `qemu-system-x86_64` 7.2 by name, without its dash. */
export const OPTIONS = table();
