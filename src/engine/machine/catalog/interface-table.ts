/** Interfaces that a type has and its parent has not: `interface types…`. */
export const INTERFACES = `
acpi-dev-aml-interface ICH9-LPC ICH9-SMB i8042 isa-applesmc isa-fdc isa-ipmi-bt isa-ipmi-kcs isa-parallel
 isa-serial mc146818rtc pci-piix3 pci-vga pvpanic smbus-ipmi tpm-tis
acpi-device-interface ICH9-LPC PIIX4_PM acpi-ged
conventional-pci-device AC97 AMDVI-PCI ES1370 ICH9-LPC ICH9-SMB PIIX4_PM acpi-erst am53c974 ati-vga
 bochs-display cirrus-vga ctucan_pci e1000-base edu gpex-root i440FX i6300esb i82550 i82551 i82557a i82557b
 i82557c i82558a i82558b i82559a i82559b i82559c i82559er i82562 i82801 i82801b11-bridge ich9-ahci
 intel-hda-generic ivshmem-common kvaser_pci lsi53c895a mch megasas mioe3680_pci mptsas1068 ne2k_pci
 pci-bridge pci-ehci-usb pci-ide pci-ipmi-bt pci-ipmi-kcs pci-ohci pci-piix3 pci-qxl pci-serial pci-serial-2x
 pci-serial-4x pci-testdev pci-uhci-usb pci-vga pci-xhci pcm3680_pci pcnet pvpanic-pci pvrdma pvscsi pxb
 pxb-cxl pxb-pcie rocker rtl8139 sdhci-pci tpci200 tulip versatile_pci_host vfio-pci vfio-pci-igd-lpc-bridge
 vhost-scsi-pci vhost-scsi-pci-non-transitional vhost-scsi-pci-transitional vhost-user-blk-pci
 vhost-user-blk-pci-non-transitional vhost-user-blk-pci-transitional vhost-user-fs-pci vhost-user-gpio-pci
 vhost-user-gpu-pci vhost-user-i2c-pci vhost-user-input-pci vhost-user-rng-pci vhost-user-scsi-pci
 vhost-user-scsi-pci-non-transitional vhost-user-scsi-pci-transitional vhost-user-vga vhost-user-vsock-pci
 vhost-user-vsock-pci-non-transitional vhost-vsock-pci vhost-vsock-pci-non-transitional virtio-9p-pci
 virtio-9p-pci-non-transitional virtio-9p-pci-transitional virtio-balloon-pci
 virtio-balloon-pci-non-transitional virtio-balloon-pci-transitional virtio-blk-pci
 virtio-blk-pci-non-transitional virtio-blk-pci-transitional virtio-crypto-pci virtio-gpu-gl-pci
 virtio-gpu-pci virtio-input-host-pci virtio-iommu-pci virtio-keyboard-pci virtio-mem-pci virtio-mouse-pci
 virtio-net-pci virtio-net-pci-non-transitional virtio-net-pci-transitional virtio-pmem-pci virtio-rng-pci
 virtio-rng-pci-non-transitional virtio-rng-pci-transitional virtio-scsi-pci virtio-scsi-pci-non-transitional
 virtio-scsi-pci-transitional virtio-serial-pci virtio-serial-pci-non-transitional
 virtio-serial-pci-transitional virtio-tablet-pci virtio-vga virtio-vga-gl vmware-svga vmxnet3
 x-pci-proxy-dev
cxl-device cxl-downstream cxl-rp cxl-type3 cxl-upstream
fw-path-provider vhost-scsi vhost-user-scsi
fw_cfg-data-generator tls-cipher-suites
hotplug-handler ICH9-LPC PIIX4_PM SCSI acpi-ged ap-bridge generic-pc-machine microvm-machine pci-bridge
 pcie-pci-bridge pcie-slot pvscsi s390-ccw-machine s390-pcihost usb-bus usb-ccid virt-machine
 virtio-scsi-device virtio-serial-device virtual-css-bridge x-remote-machine
intctrl ioapic-common pic-common
ipmi-interface isa-ipmi-bt isa-ipmi-kcs pci-ipmi-bt pci-ipmi-kcs smbus-ipmi
isa-dma i8257
memory-device pc-dimm sgx-epc virtio-mem-pci-base virtio-pmem-pci-base
nmi s390-ccw-machine x86-machine
pci-express-device bochs-display cxl-downstream cxl-type3 cxl-upstream designware-pcie-root e1000e
 megasas-gen2 nvme pci-xhci pcie-pci-bridge pcie-root-port-base pvscsi vfio-pci vhost-scsi-pci
 vhost-scsi-pci-non-transitional vhost-user-blk-pci vhost-user-blk-pci-non-transitional vhost-user-fs-pci
 vhost-user-gpio-pci vhost-user-gpu-pci vhost-user-i2c-pci vhost-user-input-pci vhost-user-rng-pci
 vhost-user-scsi-pci vhost-user-scsi-pci-non-transitional vhost-user-vga vhost-user-vsock-pci
 vhost-user-vsock-pci-non-transitional vhost-vsock-pci vhost-vsock-pci-non-transitional virtio-9p-pci
 virtio-9p-pci-non-transitional virtio-balloon-pci virtio-balloon-pci-non-transitional virtio-blk-pci
 virtio-blk-pci-non-transitional virtio-crypto-pci virtio-gpu-gl-pci virtio-gpu-pci virtio-input-host-pci
 virtio-iommu-pci virtio-keyboard-pci virtio-mem-pci virtio-mouse-pci virtio-net-pci
 virtio-net-pci-non-transitional virtio-pmem-pci virtio-rng-pci virtio-rng-pci-non-transitional
 virtio-scsi-pci virtio-scsi-pci-non-transitional virtio-serial-pci virtio-serial-pci-non-transitional
 virtio-tablet-pci virtio-vga virtio-vga-gl vmxnet3 x3130-upstream xio3130-downstream
qemu:ram-discard-manager virtio-mem
rdma pvrdma
resettable bus device
tpm-if tpm-crb tpm-tis tpm-tis-device
user-creatable authz-list authz-list-file authz-simple can-bus can-host colo-compare cryptodev-backend
 dbus-display dbus-vmstate event-loop-base input-barrier input-linux memory-backend netfilter pr-manager
 qtest rng-backend secret_common sev-guest thread-context throttle-group tls-cipher-suites tls-creds-anon
 tls-creds-psk tls-creds-x509 x-remote-object
vmstate-if dbus-vmstate device
arm-linux-boot-if arm-gicv3-common arm_gic_common
idau-interface arm-sse mps2tz
stream-sink xilinx-axi-dma-control-stream xilinx-axi-dma-data-stream xilinx-axienet-control-stream
 xilinx-axienet-data-stream xlnx.csu_dma
`;
