/** Buses that device types plug into: `bus types…`, a type only where its parent differs. */
export const BUSES = `
ccid-bus ccid-card
floppy-bus floppy
HDA hda-codec
i2c-bus i2c-slave
IDE ide-device
IndustryPack ipack-device
ISA isa-device
nvme-bus nvme-ns
PCI pci-device
SCSI scsi-device
sd-bus sd-card
System sys-bus-device
usb-bus usb-device
virtio-bus virtio-device
virtio-serial-bus virtio-serial-port
aux-bus aux-slave
SSI ssi-peripheral
ap-bus ap-device
virtual-css-bus ccw-device
s390-sclp-events-bus s390-sclp-event-type
s390-pcibus zpci
`;
/** Short names of devices: `alias programs type`. */
export const ALIASES = `
ahci xar ich9-ahci
lsi xar lsi53c895a
virtio-9p xar virtio-9p-pci
virtio-blk xar virtio-blk-pci
virtio-scsi xar virtio-scsi-pci
e1000-82540em xar e1000
virtio-net xar virtio-net-pci
virtio-input-host xar virtio-input-host-pci
virtio-keyboard xar virtio-keyboard-pci
virtio-mouse xar virtio-mouse-pci
virtio-serial xar virtio-serial-pci
virtio-tablet xar virtio-tablet-pci
virtio-gpu-gl xar virtio-gpu-gl-pci
virtio-gpu xar virtio-gpu-pci
ac97 xar AC97
es1370 xar ES1370
virtio-balloon xar virtio-balloon-pci
virtio-iommu xar virtio-iommu-pci
virtio-rng xar virtio-rng-pci
virtio-9p s virtio-9p-ccw
virtio-blk s virtio-blk-ccw
virtio-scsi s virtio-scsi-ccw
virtio-net s virtio-net-ccw
virtio-keyboard s virtio-keyboard-ccw
virtio-mouse s virtio-mouse-ccw
virtio-serial s virtio-serial-ccw
virtio-tablet s virtio-tablet-ccw
virtio-gpu s virtio-gpu-ccw
virtio-balloon s virtio-balloon-ccw
virtio-rng s virtio-rng-ccw
`;
/** What `-device help` says of a device: `type text`. */
export const DESCRIPTIONS = `
cxl-downstream CXL Switch Downstream Port
cxl-rp CXL Root Port
cxl-upstream CXL Switch Upstream Port
ioh3420 Intel IOH device id 3420 PCIE Root Port
pci-bridge Standard PCI Bridge
pci-bridge-seat Standard PCI Bridge (multiseat)
pcie-root-port PCI Express Root Port
pxb PCI Expander Bridge
pxb-cxl CXL Host Bridge
pxb-pcie PCI Express Expander Bridge
vfio-pci-igd-lpc-bridge VFIO dummy ISA/LPC bridge for IGD assignment
x3130-upstream TI X3130 Upstream Port of PCI Express Switch
xio3130-downstream TI X3130 Downstream Port of PCI Express Switch
pci-ohci Apple USB Controller
am53c974 AMD Am53c974 PCscsi-PCI SCSI adapter
cxl-type3 CXL PMEM Device (Type 3)
dc390 Tekram DC-390 SCSI adapter
floppy virtual floppy drive
ide-cd virtual IDE CD-ROM
ide-hd virtual IDE disk
isa-fdc virtual floppy controller
megasas LSI MegaRAID SAS 1078
megasas-gen2 LSI MegaRAID SAS 2108
mptsas1068 LSI SAS 1068
nvdimm DIMM memory module
nvme Non-Volatile Memory Express
nvme-ns Virtual NVMe namespace
nvme-subsys Virtual NVMe subsystem
scsi-block SCSI block device passthrough
scsi-cd virtual SCSI CD-ROM
scsi-generic pass through generic scsi device (/dev/sg*)
scsi-hd virtual SCSI disk
usb-mtp USB Media Transfer Protocol device
e1000 Intel Gigabit Ethernet
e1000-82544gc Intel Gigabit Ethernet
e1000-82545em Intel Gigabit Ethernet
e1000e Intel 82574L GbE Controller
i82550 Intel i82550 Ethernet
i82551 Intel i82551 Ethernet
i82557a Intel i82557A Ethernet
i82557b Intel i82557B Ethernet
i82557c Intel i82557C Ethernet
i82558a Intel i82558A Ethernet
i82558b Intel i82558B Ethernet
i82559a Intel i82559A Ethernet
i82559b Intel i82559B Ethernet
i82559c Intel i82559C Ethernet
i82559er Intel i82559ER Ethernet
i82562 Intel i82562 Ethernet
i82801 Intel i82801 Ethernet
pvrdma RDMA Device
rocker Rocker Switch
vmxnet3 VMWare Paravirtualized Ethernet v3
ccid-card-emulated emulated smartcard
ccid-card-passthru passthrough smartcard
ipoctal232 GE IP-Octal 232 8-channel RS-232 IndustryPack
tpci200 TEWS TPCI200 IndustryPack carrier
usb-ccid CCID Rev 1.1 smartcard reader
usb-wacom-tablet QEMU PenPartner Tablet
cirrus-vga Cirrus CLGD 54xx VGA
qxl Spice QXL GPU (secondary)
qxl-vga Spice QXL GPU (primary, vga compatible)
ramfb ram framebuffer standalone device
sga Serial Graphics Adapter
AC97 Intel 82801AA AC97 Audio
adlib Yamaha YM3812 (OPL2)
cs4231a Crystal Semiconductor CS4231A
ES1370 ENSONIQ AudioPCI ES1370
gus Gravis Ultrasound GF1
hda-duplex HDA Audio Codec, duplex (line-out, line-in)
hda-micro HDA Audio Codec, duplex (speaker, microphone)
hda-output HDA Audio Codec, output-only (line-out)
ich9-intel-hda Intel HD Audio Controller (ich9)
intel-hda Intel HD Audio Controller (ich6)
sb16 Creative Sound Blaster 16
acpi-erst ACPI Error Record Serialization Table (ERST) device
amd-iommu AMD IOMMU (AMD-Vi) DMA Remapping device
AMDVI-PCI AMD IOMMU (AMD-Vi) DMA Remapping device
ctucan_pci CTU CAN PCI
guest-loader Guest Loader
intel-iommu Intel IOMMU (VT-d) DMA Remapping device
ivshmem-doorbell Inter-VM shared memory
ivshmem-plain Inter-VM shared memory
kvaser_pci Kvaser PCICANx
loader Generic Loader
mioe3680_pci Mioe3680 PCICANx
pci-testdev PCI Test Device
pcm3680_pci Pcm3680i PCICANx
u2f-passthru QEMU U2F passthrough key
vfio-pci VFIO-based PCI device assignment
vfio-pci-nohotplug VFIO-based PCI device assignment
i6300esb Intel 6300ESB
ib700 iBASE 700
pc-dimm DIMM memory module
pci-ipmi-bt PCI IPMI BT
pci-ipmi-kcs PCI IPMI KCS
led LED
adm1272 Analog Devices ADM1272 Hot Swap controller
aspeed.i2c.slave Aspeed I2C Bus Slave
isl69259 Renesas ISL69259 Digital Multiphase Voltage Regulator
isl69260 Renesas ISL69260 Digital Multiphase Voltage Regulator
max31785 Maxim MAX31785 6-Channel Fan Controller
max34451 Maxim MAX34451 16-Channel V/I monitor
pca9546 Pca954x i2c-mux
pca9548 Pca954x i2c-mux
raa228000 Renesas 228000 Digital Multiphase Voltage Regulator
raa229004 Renesas 229004 Digital Multiphase Voltage Regulator
vfio-amd-xgbe VFIO AMD XGBE
vfio-calxeda-xgmac VFIO Calxeda XGMAC
vfio-platform VFIO-based platform device assignment
npcm7xx-clock-divider NPCM7xx Clock Divider Module
npcm7xx-clock-pll NPCM7xx Clock PLL Module
npcm7xx-clock-sel NPCM7xx Clock SEL Module
vfio-ap VFIO-based AP device assignment
vfio-ccw VFIO-based subchannel assignment
zpci zpci device
diag288 diag288 device for s390x platform
`;
/** Types that are loaded when they are first used, and what comes with them: `type types…`. */
export const MODULES = `
ccid-card-emulated ccid-card-passthru
ccid-card-passthru ccid-card-emulated
chardev-braille
chardev-dbus dbus-display
chardev-spice chardev-spiceport chardev-spicevmc
chardev-spiceport chardev-spice chardev-spicevmc
chardev-spicevmc chardev-spice chardev-spiceport
dbus-display
pci-qxl
qxl pci-qxl qxl-vga
qxl-vga pci-qxl qxl
usb-host
usb-redir
vhost-user-gpu virtio-gpu-base virtio-gpu-device
vhost-user-gpu-pci vhost-user-gpu vhost-user-gpu-pci-base-type virtio-gpu-base virtio-gpu-device
 virtio-gpu-pci virtio-gpu-pci-base virtio-gpu-pci-base-type
vhost-user-gpu-pci-base-type
vhost-user-vga vhost-user-gpu vhost-user-vga-base-type virtio-gpu-base virtio-gpu-device virtio-vga
 virtio-vga-base virtio-vga-base-type
vhost-user-vga-base-type
virtio-gpu-base vhost-user-gpu virtio-gpu-device
virtio-gpu-device vhost-user-gpu virtio-gpu-base
virtio-gpu-gl-device vhost-user-gpu virtio-gpu-base virtio-gpu-device
virtio-gpu-gl-pci vhost-user-gpu vhost-user-gpu-pci vhost-user-gpu-pci-base-type virtio-gpu-base
 virtio-gpu-device virtio-gpu-gl-device virtio-gpu-gl-pci-base-type virtio-gpu-pci virtio-gpu-pci-base
 virtio-gpu-pci-base-type
virtio-gpu-gl-pci-base-type
virtio-gpu-pci vhost-user-gpu vhost-user-gpu-pci vhost-user-gpu-pci-base-type virtio-gpu-base
 virtio-gpu-device virtio-gpu-pci-base virtio-gpu-pci-base-type
virtio-gpu-pci-base vhost-user-gpu-pci vhost-user-gpu-pci-base-type virtio-gpu-base virtio-gpu-device
 virtio-gpu-pci virtio-gpu-pci-base-type
virtio-gpu-pci-base-type
virtio-vga vhost-user-gpu vhost-user-vga vhost-user-vga-base-type virtio-gpu-base virtio-gpu-device
 virtio-vga-base virtio-vga-base-type
virtio-vga-base vhost-user-vga vhost-user-vga-base-type virtio-gpu-base virtio-gpu-device virtio-vga
 virtio-vga-base-type
virtio-vga-base-type
virtio-vga-gl vhost-user-gpu vhost-user-vga vhost-user-vga-base-type virtio-gpu-base virtio-gpu-device
 virtio-gpu-gl-device virtio-vga virtio-vga-base virtio-vga-base-type virtio-vga-gl-base-type
virtio-vga-gl-base-type
virtio-gpu-ccw vhost-user-gpu virtio-gpu-base virtio-gpu-device
`;
