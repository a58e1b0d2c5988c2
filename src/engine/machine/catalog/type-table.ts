/** Types by parent: `parent programs words…`. A word is a name, with `*` where the type is abstract and `=` and the letters of its groups where `-device` makes it; `~suffix` ends every name of its line. */
export const TYPES = `
x86_64-cpu x ~-x86_64-cpu 486-v1=C 486=C Broadwell-IBRS=C Broadwell-noTSX-IBRS=C Broadwell-noTSX=C
 Broadwell-v1=C Broadwell-v2=C Broadwell-v3=C Broadwell-v4=C Broadwell=C Cascadelake-Server-noTSX=C
 Cascadelake-Server-v1=C Cascadelake-Server-v2=C Cascadelake-Server-v3=C Cascadelake-Server-v4=C
 Cascadelake-Server-v5=C Cascadelake-Server=C Conroe-v1=C Conroe=C Cooperlake-v1=C Cooperlake-v2=C
 Cooperlake=C Denverton-v1=C Denverton-v2=C Denverton-v3=C Denverton=C Dhyana-v1=C Dhyana-v2=C Dhyana=C
 EPYC-IBPB=C EPYC-Milan-v1=C EPYC-Milan=C EPYC-Rome-v1=C EPYC-Rome-v2=C EPYC-Rome=C EPYC-v1=C EPYC-v2=C
 EPYC-v3=C EPYC=C Haswell-IBRS=C Haswell-noTSX-IBRS=C Haswell-noTSX=C Haswell-v1=C Haswell-v2=C Haswell-v3=C
 Haswell-v4=C Haswell=C Icelake-Server-noTSX=C Icelake-Server-v1=C Icelake-Server-v2=C Icelake-Server-v3=C
 Icelake-Server-v4=C Icelake-Server-v5=C Icelake-Server-v6=C Icelake-Server=C IvyBridge-IBRS=C IvyBridge-v1=C
 IvyBridge-v2=C IvyBridge=C KnightsMill-v1=C KnightsMill=C Nehalem-IBRS=C Nehalem-v1=C Nehalem-v2=C Nehalem=C
 Opteron_G1-v1=C Opteron_G1=C Opteron_G2-v1=C Opteron_G2=C Opteron_G3-v1=C Opteron_G3=C Opteron_G4-v1=C
 Opteron_G4=C Opteron_G5-v1=C Opteron_G5=C Penryn-v1=C Penryn=C SandyBridge-IBRS=C SandyBridge-v1=C
 SandyBridge-v2=C SandyBridge=C Skylake-Client-IBRS=C Skylake-Client-noTSX-IBRS=C Skylake-Client-v1=C
 Skylake-Client-v2=C Skylake-Client-v3=C Skylake-Client-v4=C Skylake-Client=C Skylake-Server-IBRS=C
 Skylake-Server-noTSX-IBRS=C Skylake-Server-v1=C Skylake-Server-v2=C Skylake-Server-v3=C Skylake-Server-v4=C
 Skylake-Server-v5=C Skylake-Server=C Snowridge-v1=C Snowridge-v2=C Snowridge-v3=C Snowridge-v4=C Snowridge=C
 Westmere-IBRS=C Westmere-v1=C Westmere-v2=C Westmere=C athlon-v1=C athlon=C base=C core2duo-v1=C core2duo=C
 coreduo-v1=C coreduo=C kvm32-v1=C kvm32=C kvm64-v1=C kvm64=C max=C n270-v1=C n270=C pentium-v1=C pentium=C
 pentium2-v1=C pentium2=C pentium3-v1=C pentium3=C phenom-v1=C phenom=C qemu32-v1=C qemu32=C qemu64-v1=C
 qemu64=C
pci-device xar AC97=A ES1370=A am53c974=S ati-vga=D bochs-display=D cirrus-vga=D ctucan_pci=M e1000-base*
 e1000e=N edu=M gpex-root i6300esb=W i82550=N i82551=N i82557a=N i82557b=N i82557c=N i82558a=N i82558b=N
 i82559a=N i82559b=N i82559c=N i82559er=N i82562=N i82801=N ich9-ahci=S intel-hda-generic* ivshmem-common*
 kvaser_pci=M lsi53c895a=S megasas-base* mioe3680_pci=M mptsas1068=S ne2k_pci=N nvme=S pci-ehci-usb*
 pci-ohci=U pci-serial-2x=I pci-serial-4x=I pci-serial=I pci-testdev=M pci-uhci-usb* pci-vga* pci-xhci*
 pcm3680_pci=M pcnet=N pvpanic-pci=M pvrdma=N pvscsi=S rocker=N rtl8139=N sdhci-pci=S tpci200=I tulip=N
 vmware-svga=D vmxnet3=N
pci-device x AMDVI-PCI=M ICH9-LPC ICH9-SMB PIIX4_PM i440FX mch pci-ide* pci-ipmi-bt=O pci-ipmi-kcs=O
 pci-piix3* pci-qxl* vfio-pci-igd-lpc-bridge=B x-pci-proxy-dev=O
PCIE xasr CXL
bus xar HDA IDE IndustryPack ccid-bus i2c-bus nvme-bus sd-bus usb-bus
bus x ISA floppy-bus vmbus
bus xasr PCI SCSI System virtio-bus* virtio-serial-bus
PCI xasr PCIE
pci-piix3 x PIIX3 PIIX3-xen
pci-vga xar VGA=D secondary-vga=D
object xasr accel accel-ops* authz* bus* chardev* clock colo-compare confidential-guest-support* container
 cryptodev-backend dbus-display dbus-vmstate device* event-loop-base* input-barrier input-linux irq machine*
 memory-backend* memory-region netfilter* pr-manager* qemu-console qio-channel* qio-dns-resolver
 qio-net-listener qtest rng-backend* secret_common* thread-context throttle-group tls-creds* tpm-backend*
 vhost-user-backend
object x accel-x86_64-cpu* x-remote-iommu x-remote-object
interface xasr acpi-dev-aml-interface* acpi-device-interface* conventional-pci-device* cxl-device*
 fw-path-provider* fw_cfg-data-generator* hotplug-handler* intctrl* nmi* pci-express-device*
 qemu:ram-discard-manager* resettable* tpm-if* user-creatable* vmstate-if*
pci-device xa acpi-erst=M cxl-type3=S pxb-cxl=B pxb-pcie=B pxb=B
sys-bus-device xa acpi-ged ps2-device* sysbus-xhci
acpi-ged x acpi-ged-x86
isa-device x adlib=A cs4231a=A gus=A hyperv-testdev=M i8042=I i8257 ib700=W isa-applesmc=M isa-cirrus-vga=D
 isa-debug-exit=M isa-debugcon=M isa-fdc=S isa-ide=S isa-ipmi-bt=O isa-ipmi-kcs=O isa-parallel=I isa-pcspk
 isa-serial=I isa-vga=D mc146818rtc=M ne2k_isa=N pc-testdev=M pic-common* pit-common* port92 pvpanic=M sb16=A
 sga=D tpm-tis=M vmmouse=I vmport
x86-iommu x amd-iommu=M intel-iommu=M
iommu-memory-region x amd-iommu-iommu-memory-region intel-iommu-iommu-memory-region
apic-common x apic kvm-apic
device x apic-common* floppy=S hv-syndbg=M hyperv-synic ipmi-bmc* isa-device* sgx-epc tpm-crb=M vmbus-dev*
 vmgenid=M
authz xasr authz-list authz-list-file authz-simple
pci-device xasr base-pci-bridge* vfio-pci=M virtio-pci*
device xar base-xhci ccid-card* esp hda-codec* i2c-slave* ide-device* ipack-device* nvme-ns=S nvme-subsys=S
 sd-card=S serial usb-device* vmcoreinfo=M
object xar can-bus can-host*
can-host xar can-host-socketcan
ccid-card xar ccid-card-emulated=I ccid-card-passthru=I
sys-bus-device xar cfi.pflash01 generic-sdhci gpio_i2c imx.usbphy ramfb=D serial-mm sysbus-ahci sysbus-esp
 sysbus-ohci virtio-mmio
chardev xasr chardev-braille chardev-fd* chardev-gdb chardev-msmouse chardev-mux chardev-null
 chardev-parallel chardev-pty chardev-qemu-vdagent chardev-ringbuf chardev-socket chardev-spice*
 chardev-testdev chardev-udp chardev-vc chardev-wctablet
chardev-socket xasr chardev-dbus
chardev-fd xasr chardev-file chardev-pipe chardev-serial chardev-stdio
chardev-ringbuf xasr chardev-memory
chardev-spice xasr chardev-spiceport chardev-spicevmc
device xasr cpu* cpu-cluster cpu-core* guest-loader=M loader=M migration pci-device* scsi-device*
 sys-bus-device* virtio-device* virtio-serial-port*
cryptodev-backend xasr cryptodev-backend-builtin cryptodev-vhost-user
pcie-slot xa cxl-downstream=B
pcie-root-port-base xa cxl-rp=B
pcie-port xa cxl-upstream=B
am53c974 xar dc390=S
e1000-base xar e1000-82544gc=N e1000-82545em=N e1000=N
netfilter xasr filter-buffer filter-dump filter-mirror filter-redirector filter-replay filter-rewriter
sys-bus-device xasr fw_cfg* pci-host-bridge*
fw_cfg xasr fw_cfg_io fw_cfg_mem
x86-machine x ~-machine generic-pc* microvm
pcie-host-bridge xar gpex-pcihost
hda-codec xar hda-audio*
hda-audio xar hda-duplex=A hda-micro=A hda-output=A
max-x86_64-cpu x host-x86_64-cpu=C
sys-bus-device x hpet i8042-mmio ioapic-common* isabus-bridge kvmclock kvmvapic vmbus-bridge=B x86-iommu*
i2c-slave xar i2c-ddc=M
pci-host-bridge x i440FX-pcihost
base-pci-bridge xar i82801b11-bridge=B pcie-pci-bridge=B pcie-port*
intel-hda-generic xar ich9-intel-hda=A intel-hda=A
pci-ehci-usb xar ich9-usb-ehci1=U ich9-usb-ehci2=U usb-ehci=U
pci-uhci-usb xar ich9-usb-uhci1=U ich9-usb-uhci2=U ich9-usb-uhci3=U ich9-usb-uhci4=U ich9-usb-uhci5=U
 ich9-usb-uhci6=U piix3-usb-uhci=U piix4-usb-uhci=U
ide-device xar ide-cd=S ide-hd=S
generic-sdhci xar imx-usdhc s3c-sdhci
- xasr interface* object*
ioapic-common x ioapic kvm-ioapic
pcie-root-port-base xar ioh3420=B pcie-root-port=B
memory-region xasr iommu-memory-region*
event-loop-base xasr iothread main-loop
ipmi-bmc x ipmi-bmc-extern=O ipmi-bmc-sim=O
interface x ipmi-interface* isa-dma*
ipack-device xar ipoctal232=I
pic-common x isa-i8259 kvm-i8259
pit-common x isa-pit kvm-pit
generic-pc-machine x ~-machine isapc pc-i440fx-1.4 pc-i440fx-1.5 pc-i440fx-1.6 pc-i440fx-1.7 pc-i440fx-2.0
 pc-i440fx-2.1 pc-i440fx-2.10 pc-i440fx-2.11 pc-i440fx-2.12 pc-i440fx-2.2 pc-i440fx-2.3 pc-i440fx-2.4
 pc-i440fx-2.5 pc-i440fx-2.6 pc-i440fx-2.7 pc-i440fx-2.8 pc-i440fx-2.9 pc-i440fx-3.0 pc-i440fx-3.1
 pc-i440fx-4.0 pc-i440fx-4.1 pc-i440fx-4.2 pc-i440fx-5.0 pc-i440fx-5.1 pc-i440fx-5.2 pc-i440fx-6.0
 pc-i440fx-6.1 pc-i440fx-6.2 pc-i440fx-7.0 pc-i440fx-7.1 pc-i440fx-7.2 pc-q35-2.10 pc-q35-2.11 pc-q35-2.12
 pc-q35-2.4 pc-q35-2.5 pc-q35-2.6 pc-q35-2.7 pc-q35-2.8 pc-q35-2.9 pc-q35-3.0 pc-q35-3.1 pc-q35-4.0
 pc-q35-4.0.1 pc-q35-4.1 pc-q35-4.2 pc-q35-5.0 pc-q35-5.1 pc-q35-5.2 pc-q35-6.0 pc-q35-6.1 pc-q35-6.2
 pc-q35-7.0 pc-q35-7.1 pc-q35-7.2
ivshmem-common xar ivshmem-doorbell=M ivshmem-plain=M
accel x kvm-accel
accel-ops x kvm-accel-ops*
accel-x86_64-cpu x ~-accel-x86_64-cpu kvm* tcg*
lsi53c895a xar lsi53c810=S
megasas-base xar megasas-gen2=S megasas=S
memory-backend xasr memory-backend-file memory-backend-memfd memory-backend-ram
interface xa memory-device*
pci-xhci xar nec-usb-xhci=U qemu-xhci=U
machine xasr none-machine
pc-dimm xa nvdimm=S
device xa pc-dimm=O
base-pci-bridge xasr pci-bridge=B
pci-bridge xasr pci-bridge-seat=B
pci-host-bridge xar pcie-host-bridge*
pcie-slot xar pcie-root-port-base* xio3130-downstream=B
pcie-port xar pcie-slot* x3130-upstream=B
pci-ide x piix3-ide=S piix4-ide=S
pr-manager xasr pr-manager-helper
ps2-device xa ps2-kbd ps2-mouse
PCI xa pxb-bus
CXL xa pxb-cxl-bus
pci-host-bridge xa pxb-cxl-host pxb-host
PCIE xa pxb-pcie-bus
pcie-host-bridge x q35-pcihost remote-pcihost
qio-channel xasr qio-channel-block qio-channel-buffer qio-channel-command qio-channel-file qio-channel-null
 qio-channel-rdma qio-channel-socket qio-channel-tls qio-channel-websock
pci-qxl x qxl-vga=D qxl=D
interface xar rdma*
rng-backend xasr rng-builtin rng-egd rng-random
scsi-disk-base xasr scsi-block=S scsi-cd=S scsi-hd=S
scsi-device xasr scsi-disk-base* scsi-generic=S
sd-bus xar sdhci-bus
secret_common xasr secret secret_keyring
confidential-guest-support x sev-guest
i2c-slave xa smbus-device*
smbus-device xa smbus-eeprom
smbus-device x smbus-ipmi=M
accel xasr tcg-accel
accel-ops xasr tcg-accel-ops*
tls-creds xasr tls-cipher-suites tls-creds-anon tls-creds-psk tls-creds-x509
tpm-backend xar tpm-emulator tpm-passthrough
usb-device xar u2f-key* usb-audio=A usb-ccid=I usb-hid* usb-host=B usb-hub=B usb-mtp=S usb-net=N usb-redir=M
 usb-serial-dev* usb-storage-dev* usb-uas=S usb-wacom-tablet=I
u2f-key xar u2f-passthru=M
usb-storage-dev xar usb-bot=S usb-storage=S
usb-serial-dev xar usb-braille=I usb-serial=I
usb-hid xar usb-kbd=I usb-mouse=I usb-tablet=I
vfio-pci xasr vfio-pci-nohotplug=M
vhost-scsi-common xasr vhost-scsi=S vhost-user-scsi=S
virtio-scsi-common xasr vhost-scsi-common* virtio-scsi-device=S
vhost-scsi-pci-base xasr vhost-scsi-pci-non-transitional=S vhost-scsi-pci-transitional=S vhost-scsi-pci=S
virtio-pci xasr vhost-scsi-pci-base* vhost-user-blk-pci-base* vhost-user-fs-pci-base*
 vhost-user-gpio-pci-base* vhost-user-i2c-pci-base* vhost-user-rng-pci-base* vhost-user-scsi-pci-base*
 vhost-user-vsock-pci-base* vhost-vsock-pci-base* virtio-9p-pci-base* virtio-balloon-pci-base*
 virtio-blk-pci-base* virtio-crypto-pci-base-type* virtio-gpu-pci-base* virtio-input-pci*
 virtio-iommu-pci-base-type* virtio-net-pci-base* virtio-rng-pci-base* virtio-scsi-pci-base*
 virtio-serial-pci-base*
virtio-device xasr vhost-user-blk=S vhost-user-fs-device=S vhost-user-gpio-device=I vhost-user-i2c-device=I
 vhost-user-rng=I vhost-vsock-common* virtio-9p-device=S virtio-balloon-device=M virtio-blk-device=S
 virtio-crypto-device=M virtio-gpu-base* virtio-input-device* virtio-iommu-device=M virtio-net-device=N
 virtio-rng-device=M virtio-scsi-common* virtio-serial-device=I
vhost-user-blk-pci-base xasr vhost-user-blk-pci-non-transitional=S vhost-user-blk-pci-transitional=S
 vhost-user-blk-pci=S
vhost-user-fs-pci-base xasr vhost-user-fs-pci=S
vhost-user-gpio-pci-base xasr vhost-user-gpio-pci=I
virtio-gpu-base xasr vhost-user-gpu=D virtio-gpu-device=D
vhost-user-gpu-pci-base-type xasr vhost-user-gpu-pci=D
virtio-gpu-pci-base xasr vhost-user-gpu-pci-base-type* virtio-gpu-gl-pci-base-type* virtio-gpu-pci-base-type*
vhost-user-i2c-pci-base xasr vhost-user-i2c-pci=I
virtio-input-device xasr vhost-user-input=I virtio-input-hid-device* virtio-input-host-device=I
vhost-user-input-pci-base-type xasr vhost-user-input-pci=I
virtio-input-pci xasr vhost-user-input-pci-base-type* virtio-input-hid-pci* virtio-input-host-pci-base-type*
vhost-user-rng-pci-base xasr vhost-user-rng-pci=I
vhost-user-scsi-pci-base xasr vhost-user-scsi-pci-non-transitional=S vhost-user-scsi-pci-transitional=S
 vhost-user-scsi-pci=S
vhost-user-vga-base-type xr vhost-user-vga=D
virtio-vga-base xr vhost-user-vga-base-type* virtio-vga-base-type* virtio-vga-gl-base-type*
vhost-vsock-common xasr vhost-user-vsock-device=M vhost-vsock-device=M
vhost-user-vsock-pci-base xasr vhost-user-vsock-pci-non-transitional=M vhost-user-vsock-pci=M
vhost-vsock-pci-base xasr vhost-vsock-pci-non-transitional=M vhost-vsock-pci=M
virtserialport xasr virtconsole=I
virtio-9p-pci-base xasr virtio-9p-pci-non-transitional=S virtio-9p-pci-transitional=S virtio-9p-pci=S
virtio-balloon-pci-base xasr virtio-balloon-pci-non-transitional=M virtio-balloon-pci-transitional=M
 virtio-balloon-pci=M
virtio-blk-pci-base xasr virtio-blk-pci-non-transitional=S virtio-blk-pci-transitional=S virtio-blk-pci=S
virtio-crypto-pci-base-type xasr virtio-crypto-pci=M
virtio-gpu-gl-pci-base-type xasr virtio-gpu-gl-pci=D
virtio-gpu-pci-base-type xasr virtio-gpu-pci=D
virtio-input-host-pci-base-type xasr virtio-input-host-pci=I
iommu-memory-region xasr virtio-iommu-memory-region
virtio-iommu-pci-base-type xasr virtio-iommu-pci=M
virtio-input-hid-device xasr virtio-keyboard-device=I virtio-mouse-device=I virtio-tablet-device=I
virtio-keyboard-pci-base-type xasr virtio-keyboard-pci=I
virtio-input-hid-pci xasr virtio-keyboard-pci-base-type* virtio-mouse-pci-base-type*
 virtio-tablet-pci-base-type*
virtio-device xa virtio-mem=M
virtio-mem-pci-base xa virtio-mem-pci=M
virtio-pci xa virtio-mem-pci-base*
virtio-bus xar virtio-mmio-bus
virtio-mouse-pci-base-type xasr virtio-mouse-pci=I
virtio-net-pci-base xasr virtio-net-pci-non-transitional=N virtio-net-pci-transitional=N virtio-net-pci=N
virtio-bus xasr virtio-pci-bus
virtio-device x virtio-pmem=S
virtio-pmem-pci-base x virtio-pmem-pci=M
virtio-pci x virtio-pmem-pci-base*
virtio-rng-pci-base xasr virtio-rng-pci-non-transitional=M virtio-rng-pci-transitional=M virtio-rng-pci=M
virtio-scsi-pci-base xasr virtio-scsi-pci-non-transitional=S virtio-scsi-pci-transitional=S virtio-scsi-pci=S
virtio-serial-pci-base xasr virtio-serial-pci-non-transitional=I virtio-serial-pci-transitional=I
 virtio-serial-pci=I
virtio-tablet-pci-base-type xasr virtio-tablet-pci=I
virtio-vga-base-type xr virtio-vga=D
virtio-pci xr virtio-vga-base*
virtio-vga-gl-base-type xr virtio-vga-gl=D
virtio-serial-port xasr virtserialport=I
machine x ~-machine x-remote x86*
cpu x x86_64-cpu*
m25p80-generic ar 160s33b=O 320s33b=O 640s33b=O at25128a-nonjedec=O at25256a-nonjedec=O at25df041a=O
 at25df321a=O at25df641=O at25fs010=O at25fs040=O at26df081a=O at26df161a=O at26df321=O at26f004=O
 at45db081d=O en25f32=O en25p32=O en25p64=O en25q32b=O en25q64=O gd25q32=O gd25q64=O is25lp016d=O is25lp032=O
 is25lp064=O is25lp080d=O is25lp128=O is25lp256=O is25lq040b=O is25wp032=O is25wp064=O is25wp128=O
 is25wp256=O m25p05=O m25p10=O m25p128=O m25p16=O m25p20=O m25p32=O m25p40=O m25p64=O m25p80=O m25pe16=O
 m25pe20=O m25pe80=O m25px32-s0=O m25px32-s1=O m25px32=O m25px64=O m45pe10=O m45pe16=O m45pe80=O mt25ql01g=O
 mt25ql02g=O mt25ql512ab=O mt25qu01g=O mt25qu02g=O mt35xu01g=O mx25l12805d=O mx25l12855e=O mx25l1606e=O
 mx25l2005a=O mx25l25635e=O mx25l25635f=O mx25l25655e=O mx25l3205d=O mx25l4005a=O mx25l6405d=O mx25l8005=O
 mx66l1g45g=O mx66l51235f=O mx66u1g45g=O mx66u51235f=O n25q00=O n25q00a=O n25q032=O n25q032a11=O n25q032a13=O
 n25q064=O n25q064a11=O n25q064a13=O n25q128=O n25q128a11=O n25q128a13=O n25q256a11=O n25q256a13=O n25q256a=O
 n25q512a11=O n25q512a13=O n25q512a=O n25q512ax3=O s25fl016k=O s25fl064k=O s25fl129p0=O s25fl129p1=O
 s25fl256s0=O s25fl256s1=O s25fl512s=O s25fs512s=O s25sl004a=O s25sl008a=O s25sl016a=O s25sl032a=O
 s25sl032p=O s25sl064a=O s25sl064p=O s25sl12800=O s25sl12801=O s70fl01gs=O s70fs01gs=O sst25vf016b=O
 sst25vf032b=O sst25vf040b=O sst25vf080b=O sst25wf010=O sst25wf020=O sst25wf040=O sst25wf080=O sst25wf512=O
 w25q01jvq=O w25q256=O w25q32=O w25q32dw=O w25q512jv=O w25q64=O w25q80=O w25q80bl=O w25x10=O w25x16=O
 w25x20=O w25x32=O w25x40=O w25x64=O w25x80=O
sys-bus-device a ARM-bitband-memory a15mpcore_priv a9-scu a9mpcore_priv allwinner-A10-timer allwinner-a10-pic
 allwinner-cpucfg allwinner-emac allwinner-h3-ccu allwinner-h3-dramc allwinner-h3-sysctrl allwinner-rtc*
 allwinner-sdhost* allwinner-sid allwinner-sun8i-emac arm-gicv2m arm-gicv3-common* arm-gicv3-its-common*
 arm-smmu* arm-sse* arm.cortex-a9-global-timer arm11-scu arm11mpcore_priv arm_gic_common* arm_mptimer
 armsse-cpu-pwrctrl armsse-cpuid armsse-mhu armv7m armv7m-ras armv7m_nvic armv7m_systick aspeed-mmi
 aspeed.adc* aspeed.adc.engine aspeed.gpio* aspeed.hace aspeed.i2c* aspeed.i2c.bus aspeed.i3c
 aspeed.i3c.device aspeed.lpc aspeed.peci aspeed.rtc aspeed.sbc aspeed.scu* aspeed.sdhci aspeed.sdmc*
 aspeed.smc* aspeed.smc.flash aspeed.timer* aspeed.vic aspeed.wdt* aspeed.xdma* bcm2835-aux bcm2835-cprman
 bcm2835-dma bcm2835-fb bcm2835-ic bcm2835-mbox bcm2835-mphi bcm2835-peripherals bcm2835-powermgt
 bcm2835-property bcm2835-rng bcm2835-sdhost bcm2835-sys-timer bcm2835-thermal bcm2835_gpio bcm2836-control
 cfi.pflash02 cmsdk-apb-dualtimer cmsdk-apb-timer cmsdk-apb-uart cmsdk-apb-watchdog common-omap-intc*
 digic-timer digic-uart dwc2-usb exynos4210 exynos4210.clk exynos4210.combiner exynos4210.fimd exynos4210.gic
 exynos4210.i2c exynos4210.mct exynos4210.pmu exynos4210.pwm exynos4210.rng exynos4210.rtc exynos4210.uart
 ftgmac100 gpio-key gpio-pwr highbank-regs icp-ctrl-regs imx-gpcv2 imx.avic imx.ccm* imx.epit imx.fec
 imx.gpio imx.i2c imx.rngc imx.serial imx.spi imx2.wdt imx25.gpt imx6.src imx7.analog imx7.gpr imx7.snvs
 integrator_core integrator_debug integrator_pic integrator_pit iotkit-secctl iotkit-sysctl iotkit-sysinfo
 l2x0 lan9118 mainstone-fpga microbit.i2c mps2-fpgaio mps2-scc msf2-emac msf2-soc msf2-sysreg mss-spi
 mss-timer musicpal-misc musicpal_gpio musicpal_key musicpal_lcd mv88w8618_audio mv88w8618_eth
 mv88w8618_flashcfg mv88w8618_pic mv88w8618_pit mv88w8618_wlan npcm7xx-adc npcm7xx-clk npcm7xx-emc
 npcm7xx-fiu npcm7xx-gcr npcm7xx-gpio npcm7xx-mc npcm7xx-mft npcm7xx-otp* npcm7xx-pwm npcm7xx-rng
 npcm7xx-smbus npcm7xx-timer npcm7xx.sdhci nrf51-soc nrf51_soc.gpio nrf51_soc.nvm nrf51_soc.rng
 nrf51_soc.timer nrf51_soc.uart omap-gpio omap2-gpio omap_i2c onenand palm-misc-gpio pl011 pl022 pl031 pl041
 pl050* pl061 pl080 pl110 pl181 pl190 pl330 pxa2xx-dma pxa2xx-fir pxa2xx-gpio pxa2xx-mmci pxa2xx-pcmcia
 pxa2xx-ssp pxa2xx-timer* pxa2xx_i2c pxa2xx_pic pxa2xx_rtc realview_gic realview_mpcore realview_sysctl
 sbsa-ec sbsa_gwdt scoop sl-nand smc91c111 sp804 spitz-keyboard spitz-misc-gpio sse-counter sse-timer
 stellaris-adc stellaris-gptm stellaris-i2c stellaris-sys stellaris_enet stm32f100-soc stm32f205-soc
 stm32f2xx-adc stm32f2xx-spi stm32f2xx-syscfg stm32f2xx-timer stm32f2xx-usart stm32f405-soc stm32f4xx-exti
 stm32f4xx-syscfg strongarm-gpio strongarm-ppc strongarm-rtc strongarm-ssp strongarm-uart strongarm_pic
 sysbus-ehci-usb* tosa-misc-gpio tusb6010 tz-mpc tz-msc tz-ppc usb_dwc3 versatile_i2c versatilepb_sic xgmac
 xilinx-zynq_slcr xlnx,bbram-ctrl xlnx,pmc-efuse-cache xlnx,versal-crl xlnx,versal-efuse xlnx,zynqmp-efuse
 xlnx-versal xlnx-zynmp.rtc xlnx-zynq-xadc xlnx.apu-ctrl xlnx.axi-dma xlnx.axi-ethernet xlnx.csu_dma
 xlnx.dpdma xlnx.ps7-dev-cfg xlnx.ps7-spi xlnx.v-dp xlnx.versal-ospi xlnx.versal-pmc-iou-slcr
 xlnx.versal-usb2 xlnx.versal-usb2-ctrl-regs xlnx.versal-xramc xlnx.xps-intc xlnx.xps-spi xlnx.xps-timer
 xlnx.xps-uartlite xlnx.zdma xlnx.zynqmp-can xlnx.zynqmp_crf xlnx.zynqmp_ipi
bus ar SSI
aarch64-cpu a a64fx-arm-cpu cortex-a35-arm-cpu cortex-a53-arm-cpu cortex-a57-arm-cpu cortex-a72-arm-cpu
 cortex-a76-arm-cpu max-arm-cpu neoverse-n1-arm-cpu
arm-cpu a aarch64-cpu* arm1026-arm-cpu arm1136-arm-cpu arm1136-r2-arm-cpu arm1176-arm-cpu arm11mpcore-arm-cpu
 arm926-arm-cpu arm946-arm-cpu cortex-a15-arm-cpu cortex-a7-arm-cpu cortex-a8-arm-cpu cortex-a9-arm-cpu
 cortex-m0-arm-cpu cortex-m3-arm-cpu cortex-m33-arm-cpu cortex-m4-arm-cpu cortex-m55-arm-cpu
 cortex-m7-arm-cpu cortex-r5-arm-cpu cortex-r5f-arm-cpu pxa250-arm-cpu pxa255-arm-cpu pxa260-arm-cpu
 pxa261-arm-cpu pxa262-arm-cpu pxa270-a0-arm-cpu pxa270-a1-arm-cpu pxa270-arm-cpu pxa270-b0-arm-cpu
 pxa270-b1-arm-cpu pxa270-c0-arm-cpu pxa270-c5-arm-cpu sa1100-arm-cpu sa1110-arm-cpu ti925t-arm-cpu
object a accel-arm-cpu* xilinx-axi-dma-control-stream xilinx-axi-dma-data-stream
 xilinx-axienet-control-stream xilinx-axienet-data-stream
pmbus-device a adm1272=M isl69260=M max31785=M max34451=M raa228000=M raa229004=M
ssi-peripheral a ads7846=I corgi-ssp=O max111x* spitz-lcdtg=O ssd0323=D tosa-ssp=O
spitz-common a ~-machine akita borzoi spitz terrier
device a allwinner-a10 allwinner-h3 aspeed-soc* aux-slave* bcm2835-cprman-clock-mux=O
 bcm2835-cprman-dsi0hsck-mux=O bcm2835-cprman-pll-channel=O bcm2835-cprman-pll=O bcm283x* digic fsl-imx25
 fsl-imx31 fsl-imx6 fsl-imx6ul fsl-imx7 led=D nand=S npcm7xx* npcm7xx-clock-divider=O npcm7xx-clock-pll=O
 npcm7xx-clock-sel=O or-irq pcmcia-card* qemu-register split-irq xlnx,efuse=O xlnx-zynqmp
sysbus-ahci a allwinner-ahci
allwinner-rtc a allwinner-rtc-sun4i allwinner-rtc-sun6i allwinner-rtc-sun7i
sd-bus a allwinner-sdhost-bus bcm2835-sdhost-bus pl181-bus pxa2xx-mmci-bus
allwinner-sdhost a allwinner-sdhost-sun4i allwinner-sdhost-sun5i
cpu a arm-cpu*
arm-gicv3-common a arm-gicv3
arm-gicv3-its-common a arm-gicv3-its
interface a arm-linux-boot-if* idau-interface* stream-sink*
arm-smmu a arm-smmuv3
arm_gic_common a arm_gic
machine a aspeed-machine* canon-a1100-machine cheetah-machine collie-machine connex-machine
 cubieboard-machine emcraft-sf2-machine fby35-machine highbank-machine imx25-pdk-machine integratorcp-machine
 kzm-machine lm3s6965evb-machine lm3s811evb-machine mainstone-machine mcimx6ul-evk-machine
 mcimx7d-sabre-machine microbit-machine midway-machine mps2* mps2tz* musca* musicpal-machine n800-machine
 n810-machine netduino2-machine netduinoplus2-machine npcm7xx-machine* nuri-machine orangepi-pc-machine
 raspi-common-machine* realview-eb-machine realview-eb-mpcore-machine realview-pb-a8-machine
 realview-pbx-a9-machine sabrelite-machine sbsa-ref-machine smdkc210-machine spitz-common*
 stm32vldiscovery-machine sx1-machine sx1-v1-machine tosa-machine verdex-machine versatileab-machine
 versatilepb-machine vexpress* virt-machine* xilinx-zynq-a9-machine xlnx-versal-virt-machine
 xlnx-zcu102-machine z2-machine
aspeed.adc a aspeed.adc-ast1030 aspeed.adc-ast2400 aspeed.adc-ast2500 aspeed.adc-ast2600
aspeed.smc a aspeed.fmc-ast1030 aspeed.fmc-ast2400 aspeed.fmc-ast2500 aspeed.fmc-ast2600 aspeed.smc-ast2400
 aspeed.spi1-ast1030 aspeed.spi1-ast2400 aspeed.spi1-ast2500 aspeed.spi1-ast2600 aspeed.spi2-ast1030
 aspeed.spi2-ast2500 aspeed.spi2-ast2600
aspeed.gpio a aspeed.gpio-ast1030 aspeed.gpio-ast2400 aspeed.gpio-ast2500 aspeed.gpio-ast2600
 aspeed.gpio-ast2600-1_8v
aspeed.hace a aspeed.hace-ast1030 aspeed.hace-ast2400 aspeed.hace-ast2500 aspeed.hace-ast2600
aspeed.i2c a aspeed.i2c-ast1030 aspeed.i2c-ast2400 aspeed.i2c-ast2500 aspeed.i2c-ast2600
i2c-slave a aspeed.i2c.slave=M at24c-eeprom=M dps310=M ds1338=M emc141x* lm8323=M lsm303dlhc_mag=M m41t80=M
 max7310=M pca955x* pxa2xx-i2c-slave=M sii9022=M ssd0303=M tmp105=M tmp421-generic* tosa_dac=M twl92230=M
 wm8750=M
aspeed.sbc a aspeed.sbc-ast2600
aspeed.scu a aspeed.scu-ast1030 aspeed.scu-ast2400 aspeed.scu-ast2500 aspeed.scu-ast2600
aspeed.sdmc a aspeed.sdmc-ast2400 aspeed.sdmc-ast2500 aspeed.sdmc-ast2600
aspeed.timer a aspeed.timer-ast1030 aspeed.timer-ast2400 aspeed.timer-ast2500 aspeed.timer-ast2600
aspeed.wdt a aspeed.wdt-ast1030 aspeed.wdt-ast2400 aspeed.wdt-ast2500 aspeed.wdt-ast2600
aspeed.xdma a aspeed.xdma-ast2400 aspeed.xdma-ast2500 aspeed.xdma-ast2600
aspeed-soc a ast1030-a1 ast2400-a1 ast2500-a1 ast2600-a3
aspeed-machine a ~-machine ast1030-evb ast2500-evb ast2600-evb bletchley-bmc fp5280g2-bmc fuji-bmc g220a-bmc
 palmetto-bmc qcom-dc-scm-v1-bmc qcom-firework-bmc quanta-q71l-bmc rainier-bmc romulus-bmc sonorapass-bmc
 supermicrox11-bmc tacoma-bmc witherspoon-bmc
bus a aux-bus
aux-slave a aux-to-i2c-bridge dpcd=M
sysbus-ehci-usb a aw-h3-ehci-usb exynos4210-ehci-usb fusbh200-ehci-usb npcm7xx-ehci-usb platform-ehci-usb
 ppc4xx-ehci-usb tegra2-ehci-usb usb-chipidea
bcm283x a bcm2835 bcm2836 bcm2837
sys-bus-device ar cadence_gem cadence_ttc cadence_uart platform-bus-device tpm-tis-device=M
 unimplemented-device vfio-platform=M
pci-host-bridge a designware-pcie-host versatile_pci
base-pci-bridge a designware-pcie-root
microdrive a dscm1xxxx
emc141x a emc1413=M emc1414=M
ast2600-evb-machine a fby35-bmc-machine
imx.fec a imx.enet
imx.ccm a imx25.ccm imx31.ccm imx6.ccm imx6ul.ccm imx7.ccm
imx25.gpt a imx31.gpt imx6.gpt imx7.gpt
arm-sse a iotkit sse-200 sse-300
isl69260 a isl69259=M
npcm7xx-machine a ~-machine kudo-bmc mori-bmc npcm750-evb quanta-gbs-bmc quanta-gsj
cmsdk-apb-watchdog a luminary-watchdog
ssi-peripheral ar m25p80-generic* ssi-sd
max111x a max1110=M max1111=M
pcmcia-card a microdrive*
mps2 a ~-machine mps2-an385 mps2-an386 mps2-an500 mps2-an511
mps2tz a ~-machine mps2-an505 mps2-an521 mps3-an524 mps3-an547
musca a ~-machine musca-a musca-b1
npcm7xx a npcm730 npcm750
npcm7xx-otp a npcm7xx-fuse-array npcm7xx-key-storage
common-omap-intc a omap-intc omap2-intc
pca954x a pca9546=M pca9548=M
smbus-device a pca954x* pmbus-device*
pca955x a pca9552=M
pl011 a pl011_luminary
pl050 a pl050_keyboard pl050_mouse
pl061 a pl061_luminary
pl080 a pl081
pl110 a pl110_versatile pl111
pxa2xx-timer a pxa25x-timer pxa27x-timer
raspi-common-machine a ~-machine raspi0 raspi1ap raspi2b raspi3ap raspi3b
versatile_pci a realview_pci
iommu-memory-region a smmuv3-iommu-memory-region tz-mpc-iommu-memory-region
device ar ssi-peripheral*
tmp421-generic a tmp421=M tmp422=M tmp423=M
pci-device a versatile_pci_host
vexpress a ~-machine vexpress-a15 vexpress-a9
vfio-platform ar vfio-amd-xgbe=M vfio-calxeda-xgmac=M
virt-machine a ~-machine virt-2.10 virt-2.11 virt-2.12 virt-2.6 virt-2.7 virt-2.8 virt-2.9 virt-3.0 virt-3.1
 virt-4.0 virt-4.1 virt-4.2 virt-5.0 virt-5.1 virt-5.2 virt-6.0 virt-6.1 virt-6.2 virt-7.0 virt-7.1 virt-7.2
xlnx.ps7-spi a xlnx.ps7-qspi
xlnx.ps7-qspi a xlnx.usmp-gqspi
object s accel-s390x-cpu* s390-pci-iommu
sys-bus-device s ap-bridge s390-flic s390-sclp-event-facility virtual-css-bridge
bus s ap-bus s390-pcibus s390-sclp-events-bus virtual-css-bus
device s ap-device* ccw-device* diag288=W s390-ipl s390-sclp-event-type* s390-skeys* s390-storage_attributes*
 s390-tod* sclp zpci=M
ccw-device s emulated-ccw-3270* s390-ccw* virtio-ccw-device*
s390x-cpu s ~-s390x-cpu gen15a-base=C gen15a=C gen15b-base=C gen15b=C gen16a-base=C gen16a=C gen16b-base=C
 gen16b=C max=C qemu=C z10BC-base=C z10BC=C z10BC.2-base=C z10BC.2=C z10EC-base=C z10EC=C z10EC.2-base=C
 z10EC.2=C z10EC.3-base=C z10EC.3=C z114-base=C z114=C z13-base=C z13=C z13.2-base=C z13.2=C z13s-base=C
 z13s=C z14-base=C z14=C z14.2-base=C z14.2=C z14ZR1-base=C z14ZR1=C z196-base=C z196=C z196.2-base=C
 z196.2=C z800-base=C z800=C z890-base=C z890=C z890.2-base=C z890.2=C z890.3-base=C z890.3=C z900-base=C
 z900=C z900.2-base=C z900.2=C z900.3-base=C z900.3=C z990-base=C z990=C z990.2-base=C z990.2=C z990.3-base=C
 z990.3=C z990.4-base=C z990.4=C z990.5-base=C z990.5=C z9BC-base=C z9BC=C z9BC.2-base=C z9BC.2=C z9EC-base=C
 z9EC=C z9EC.2-base=C z9EC.2=C z9EC.3-base=C z9EC.3=C zBC12-base=C zBC12=C zEC12-base=C zEC12=C
 zEC12.2-base=C zEC12.2=C
machine s s390-ccw-machine*
s390-ccw-machine s ~-machine s390-ccw-virtio-2.10 s390-ccw-virtio-2.11 s390-ccw-virtio-2.12
 s390-ccw-virtio-2.4 s390-ccw-virtio-2.5 s390-ccw-virtio-2.6 s390-ccw-virtio-2.7 s390-ccw-virtio-2.8
 s390-ccw-virtio-2.9 s390-ccw-virtio-3.0 s390-ccw-virtio-3.1 s390-ccw-virtio-4.0 s390-ccw-virtio-4.1
 s390-ccw-virtio-4.2 s390-ccw-virtio-5.0 s390-ccw-virtio-5.1 s390-ccw-virtio-5.2 s390-ccw-virtio-6.0
 s390-ccw-virtio-6.1 s390-ccw-virtio-6.2 s390-ccw-virtio-7.0 s390-ccw-virtio-7.1 s390-ccw-virtio-7.2
s390-flic s s390-flic-qemu
iommu-memory-region s s390-iommu-memory-region
pci-host-bridge s s390-pcihost
s390-skeys s s390-skeys-qemu
s390-storage_attributes s s390-storage_attributes-qemu
s390-tod s s390-tod-qemu
cpu s s390x-cpu*
s390-sclp-event-type s sclp-cpu-hotplug sclpconsole=I sclplmconsole=I sclpquiesce
ap-device s vfio-ap=M
s390-ccw s vfio-ccw=M
virtio-ccw-device s vhost-scsi-ccw=S vhost-user-fs-ccw=S vhost-vsock-ccw=M virtio-9p-ccw=S
 virtio-balloon-ccw=M virtio-blk-ccw=S virtio-crypto-ccw=M virtio-gpu-ccw=D virtio-input-ccw*
 virtio-net-ccw=N virtio-rng-ccw=M virtio-scsi-ccw=S virtio-serial-ccw=I
virtio-bus s virtio-ccw-bus
virtio-input-ccw s virtio-input-hid-ccw*
virtio-input-hid-ccw s virtio-keyboard-ccw=I virtio-mouse-ccw=I virtio-tablet-ccw=I
emulated-ccw-3270 s x-terminal3270=D
object r accel-riscv-cpu*
riscv-cpu r ~-riscv-cpu any rv64 shakti-c sifive-e51 sifive-u54 x-rv128
sys-bus-device r cadence.sdhci goldfish_rtc mchp.pfsoc.ddr_cfg mchp.pfsoc.ddr_sgmii_phy mchp.pfsoc.ioscb
 mchp.pfsoc.sysreg mchp.pfsoc.uart riscv.aclint.mtimer riscv.aclint.swi riscv.aplic riscv.hart_array
 riscv.imsic riscv.sifive.e.prci riscv.sifive.plic riscv.sifive.test riscv.sifive.u.otp riscv.sifive.u.prci
 riscv.sifive.uart shakti-uart sifive-pwm sifive.pdma sifive.spi sifive_soc.gpio
machine r ~-machine microchip-icicle-kit shakti_c sifive_e sifive_u spike virt
device r microchip.pfsoc riscv.shakti.cclass.soc riscv.sifive.e.soc riscv.sifive.u.soc
cpu r riscv-cpu*
`;
