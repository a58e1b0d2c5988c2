/** What the types that others build upon are for. */
const WORDS: Readonly<Record<string, string>> = {
  object: 'the root of all types: it has properties and a place in the tree',
  device: 'is realized, resets, and may sit on a bus and carry buses',
  bus: 'holds devices',
  'pci-device': 'a PCI function: configuration space, BARs, interrupts',
  'base-pci-bridge': 'a PCI function that carries another PCI bus',
  'pci-bridge': 'a PCI function that carries another PCI bus',
  'pcie-port': 'one end of a PCI Express link',
  'pcie-slot': 'a port that a device can be plugged into',
  'pcie-root-port-base': 'a port of the root complex',
  'pci-host-bridge': 'joins the CPU’s addresses with a PCI bus',
  'pcie-host-bridge': 'joins the CPU’s addresses with a PCI Express root bus',
  'virtio-pci': 'a virtio transport over PCI: carries a virtio-bus',
  'virtio-mmio': 'a virtio transport at a fixed address: carries a virtio-bus',
  'virtio-ccw-device': 'a virtio transport over channel I/O: carries a virtio-bus',
  'ccw-device': 'a device behind a subchannel of the channel subsystem',
  'virtio-device': 'a virtio device, whatever its transport',
  'virtio-bus': 'the seam between a virtio transport and the device in it',
  'virtio-pci-bus': 'the virtio-bus of a PCI transport',
  'virtio-mmio-bus': 'the virtio-bus of an MMIO transport',
  'virtio-ccw-bus': 'the virtio-bus of a CCW transport',
  'virtio-serial-bus': 'the ports of a virtio console',
  'virtio-serial-port': 'a port of a virtio console',
  'virtio-input-device': 'a virtio input device',
  'virtio-input-hid-device': 'a keyboard, mouse or tablet as a virtio input device',
  'virtio-gpu-base': 'what virtio GPUs have in common',
  'virtio-scsi-common': 'what virtio SCSI hosts have in common',
  'scsi-device': 'a unit on a SCSI bus',
  'scsi-disk-base': 'what SCSI disks have in common',
  'sys-bus-device': 'sits at fixed addresses on the system bus',
  'isa-device': 'sits on the ISA bus',
  'ide-device': 'a drive on an IDE bus',
  'pci-ide': 'an IDE controller on PCI',
  'usb-device': 'a device on a USB bus',
  'usb-hid': 'a USB keyboard, mouse or tablet',
  'i2c-slave': 'a device on an I²C bus',
  'smbus-device': 'a device on an SMBus',
  'hda-codec': 'a codec on an HD Audio bus',
  cpu: 'a processor',
  PCI: 'a PCI bus',
  PCIE: 'a PCI Express bus',
  System: 'the bus of what sits at fixed addresses',
  ISA: 'an ISA bus',
  IDE: 'an IDE bus: two drives',
  SCSI: 'a SCSI bus',
  'usb-bus': 'a USB bus',
  'i2c-bus': 'an I²C bus, or SMBus',
  HDA: 'an HD Audio bus',
  'virtual-css-bus': 'the channel subsystem: one subchannel a device',
};

/** What a type is in a few words; '' where nothing general can be said. */
export function wordsOn(type: string): string {
  const known = WORDS[type];
  if (known !== undefined) return known;
  const shared = /^(.+?)-(?:base|base-type|common|generic)$/.exec(type)?.[1];
  return shared === undefined ? '' : `what the kinds of ${shared} have in common`;
}
