/** Sizes in bytes of the option ROMs that QEMU brings with it, by file name. */
const ROM_BYTES: Readonly<Record<string, number>> = {
  'efi-e1000.rom': 249856,
  'efi-e1000e.rom': 249856,
  'efi-eepro100.rom': 247808,
  'efi-ne2k_pci.rom': 245760,
  'efi-pcnet.rom': 246272,
  'efi-rtl8139.rom': 249856,
  'efi-virtio.rom': 249344,
  'efi-vmxnet3.rom': 243712,
  'pxe-e1000.rom': 75264,
  'pxe-eepro100.rom': 75264,
  'pxe-ne2k_pci.rom': 74752,
  'pxe-pcnet.rom': 74752,
  'pxe-rtl8139.rom': 75776,
  'pxe-virtio.rom': 75776,
  'vgabios.bin': 39424,
  'vgabios-ati.bin': 39936,
  'vgabios-bochs-display.bin': 28672,
  'vgabios-cirrus.bin': 39424,
  'vgabios-qxl.bin': 39936,
  'vgabios-ramfb.bin': 29184,
  'vgabios-stdvga.bin': 39936,
  'vgabios-virtio.bin': 39936,
  'vgabios-vmware.bin': 39936,
};

/** Index of the BAR that places an option ROM, in QEMU's lists. */
export const ROM_BAR = 6;

/** Bytes of the option ROM in the file `name`, or undefined where QEMU brings no such file. */
export function optionRomBytes(name: string): number | undefined {
  return Object.hasOwn(ROM_BYTES, name) ? ROM_BYTES[name] : undefined;
}
