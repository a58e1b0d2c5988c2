/** Kinds of properties: `code|type|description`, `!` at the end where a textual twin is listed. */
export const KINDS = `
k0|str|ID of an audiodev to use as a backend
k1|int32|Slot and optional function number, example: 06.0 or 06!
str|str|
u32|uint32|
bit|bool|on/off
k5|link<bus>|
bool|bool|
k7|string|
k8|link<memory-backend>|!
k9|child<esp>|
onoff|OnOffAuto|on/off/auto
u16|uint16|
k12|uint8|Use pixman for: 1: fill, 2: blit
k13|QAuthZListRule|
k14|QAuthZListPolicy|
size|size|
k16|link<can-bus>|
u8|uint8|
k18|str|ID of a chardev to use as a backend
k19|SocketAddress|
k20|child<memory-region>|
u64|uint64|
k22|DisplayGLMode|
k23|str|Ethernet 6-byte MAC Address, example: 52:54:00:12:34:56
k24|str|ID of a netdev to use as a backend
i32|int32|
k26|uint8|Do not use virtio headers, perform SW offloads emulation instead
k27|uint16|PCI device Subsystem Vendor ID
k28|uint16|PCI device Subsystem ID
k29|int|
k30|NetFilterDirection|
k31|str|Node name or ID of a block device to use as a backend
k32|size|A power of two between 512 B and 2 MiB
k33|FdcDriveType|FDC drive type, 144/288/120/none/auto
k34|child<ps2-mouse>|
k35|child<irq>|
k36|link<irq>|
k37|child<ps2-kbd>|
k38|BlockdevOnError|Error handling policy, report/ignore/enospc/stop/auto
k39|BiosAtaTranslation|Logical CHS translation algorithm, auto/none/lba/large/rechs
k40|GrabToggleKeys|
k41|str|UUID (aka GUID) or "auto" for random value (default)
k42|link<ipmi-bmc>|
k43|child<serial>|
k44|string|Set NVDIMM persistenceValid values are cpu, mem-ctrl
k45|CXLFixedMemoryWindow|CXL Fixed Memory Windows (array)
k46|child<container>|
k47|bool|Set on/off to enable/disable NVDIMM instantiation
k48|bool|Set on/off to enable/disable ACPI Heterogeneous Memory Attribute Table (HMAT)
k49|bool|Set on/off to enable/disable CXL instantiation
k50|size|Maximum ram below the 4G boundary (32bit boundary)
k51|bool|Enable/disable system management bus
k52|str|SMBIOS Entry Point type [32, 64]
k53|bool|Enable/disable high precision event timer emulation
k54|OnOffAuto|Enable vmport (pc & q35)
k55|bool|Enable/disable Serial ATA bus
k56|size|Maximum combined firmware size
k57|OnOffAuto|Enable SMM
k58|OnOffAuto|Enable ACPI
k59|OnOffAuto|Enable i8254 PIT
k60|OnOffAuto|Enable i8259 PIC
k61|string|Override the default value of field OEM Table ID in ACPI table header.The string may be up to 8 bytes in size
k62|uint64_t|Set the ratelimit for the bus locks acquired in VMs
k63|SgxEPC|SGX EPC device
k64|string|Override the default value of field OEMID in ACPI table header.The string may be up to 6 bytes in size
k65|string|Linux kernel command line
k66|bool|Enable/disable memory merge support
k67|string|Linux kernel device tree file
k68|link<memory-backend>|Set RAM backendValid value is ID of hostmem based backend
k69|string|Dump current dtb to a file and quit
k70|int|The first phandle ID we may generate dynamically
k71|bool|Include guest memory in a core dump
k72|SMPConfiguration|CPU topology
k73|string|Set memory encryption object to use
k74|string|Firmware image
k75|bool|Set on/off to enable/disable usb
k76|bool|Set on/off to enable/disable graphics emulation
k77|link<confidential-guest-support>|Set confidential guest scheme to support
k78|string|Linux initial ramdisk file
k79|MemorySizeConfiguration|Memory size configuration
k80|BootConfiguration|Boot configuration
k81|string|Overrides the "compatible" property of the dt root node
k82|string|Linux kernel image file
k83|bool|Set on to disable self-describing migration
k84|LostTickPolicy|
k85|bool|Mark memory as mergeable
k86|int|Binds memory to the list of NUMA host nodes
k87|bool|Reserve swap space (or huge pages) if applicable
k88|bool|Preallocate memory
k89|link<thread-context>|Context to use for creating CPU threads for preallocation
k90|HostMemPolicy|Set the NUMA policy
k91|int|Number of CPU threads to use for prealloc
k92|bool|Set to 'off' to exclude from core dump
k93|int|Size of the memory region (ex: 500M)
k94|bool|Mark the memory as private to QEMU or shared
k95|int|Huge pages size (ex: 2M, 1G)
k96|bool|Seal growing & shrinking
k97|bool|Use huge pages
k98|link<memory-region>|
k99|link<device>|
k100|child<base-xhci>|
k101|QemuUUID|
k102|link<nvme-subsys>|!
k103|child<cfi.pflash01>|
k104|PCIELinkSpeed|2_5/5/8/16
k105|PCIELinkWidth|1/2/4/8/12/16/32
k106|QCryptoSecretFormat|
k107|int32_t|
k108|bool|add kernel hashes to guest firmware for measured Linux boot
k109|string|guest owners session parameters (encoded with base64)
k110|string|SEV device to use
k111|string|guest owners DH certificate (encoded with base64)
k112|ThrottleLimits|
k113|QCryptoTLSCredsEndpoint|
k114|str|ID of a tpm to use as a backend
k115|uint4|NVIDIA GPUDirect Clique ID (0 - 15)
k116|OffAutoPCIBAR|off/auto/bar0/bar1/bar2/bar3/bar4/bar5
k117|str|Address (bus/device/function) of the host device, example: 04:10.0
k118|link<i8042>|!
k119|child<clock>|
k120|child<i2c-bus>|
k121|bool|Set on/off to enable/disable emulating a guest CPU which implements the ARM Virtualization Extensions
k122|bool|Set on/off to enable/disable ITS instantiation
k123|bool|Set on/off to enable/disable the ARM Security Extensions (TrustZone)
k124|bool|Set on/off to enable/disable bypass_iommu for default root bus
k125|string|Set the IOMMU type. Valid values are none and smmuv3
k126|bool|Set on/off to enable/disable emulating a guest CPU which implements the ARM Memory Tagging Extension
k127|string|Set GIC version. Valid values are 2, 3, 4, host and max
k128|bool|Set off to disable passing random or non-deterministic dtb nodes to guest
k129|bool|Set on/off to enable/disable reporting host memory errors to a KVM guest using ACPI and guest external abort exceptions
k130|bool|Set on/off to enable/disable using physical address space above 32 bits
k131|bool|Deprecated synonym of dtb-randomness
k132|str|Node name or ID of a block device to use as eFUSE backend
k133|bool|enable/disable DEA key wrapping using the CPACF wrapping key
k134|bool|enable/disable AES key wrapping using the CPACF wrapping key
k135|loadparm|Up to 8 chars in set of [A-Za-z0-9. ] (lower case chars converted to upper case) to pass to machine loader, boot manager, and guest kernel
k136|str|Identifier of an I/O device in the channel subsystem, example: fe.1.23ab
k137|str|Read-only identifier of an I/O device in the channel subsystem, example: fe.1.23ab
k138|zpci_fid|
k139|bool|Set on/off to enable/disable emulating ACLINT devices
k140|string|Set type of AIA interrupt conttoller. Valid values are none, aplic, and aplic-imsic.
k141|string|Set number of guest MMIO pages for AIA IMSIC. Valid value should be between 0 and 7.
`;
/** Properties that a type adds to its parent's: `types name:kind=default…`, behind a lone `=` in the order of lists; `~` marks what help does not offer; behind `-` those of the class that the device tree does not print; behind `+` those that each instance gets; `@` and letters where programs differ. */
export const ROWS = `
160s33b&320s33b&640s33b&at25128a-nonjedec&at25256a-nonjedec&at25df041a&at25df321a&at25df641&at25fs010&at25fs040&at26df081a&at26df161a&at26df321&at26f004&at45db081d&en25f32&en25p32&en25p64&en25q32b&en25q64&gd25q32&gd25q64&is25lp016d&is25lp032&is25lp064&is25lp080d&is25lp128&is25lp256&is25lq040b&is25wp032&is25wp064&is25wp128&is25wp256&m25p05&m25p10&m25p128&m25p16&m25p20&m25p32&m25p40&m25p64&m25p80&m25pe16&m25pe20&m25pe80&m25px32&m25px32-s0&m25px32-s1&m25px64&m45pe10&m45pe16&m45pe80&mt25ql01g&mt25ql02g&mt25ql512ab&mt25qu01g&mt25qu02g&mt35xu01g&mx25l12805d&mx25l12855e&mx25l1606e&mx25l2005a&mx25l25635e&mx25l25635f&mx25l25655e&mx25l3205d&mx25l4005a&mx25l6405d&mx25l8005&mx66l1g45g&mx66l51235f&mx66u1g45g&mx66u51235f&n25q00&n25q00a&n25q032&n25q032a11&n25q032a13&n25q064&n25q064a11&n25q064a13&n25q128&n25q128a11&n25q128a13&n25q256a&n25q256a11&n25q256a13&n25q512a&n25q512a11&n25q512a13&n25q512ax3&s25fl016k&s25fl064k&s25fl129p0&s25fl129p1&s25fl256s0&s25fl256s1&s25fl512s&s25fs512s&s25sl004a&s25sl008a&s25sl016a&s25sl032a&s25sl032p&s25sl064a&s25sl064p&s25sl12800&s25sl12801&s70fl01gs&s70fs01gs&sst25vf016b&sst25vf032b&sst25vf040b&sst25vf080b&sst25wf010&sst25wf020&sst25wf040&sst25wf080&sst25wf512&w25q01jvq&w25q256&w25q32&w25q32dw&w25q512jv&w25q64&w25q80&w25q80bl&w25x10&w25x16&w25x20&w25x32&w25x40&w25x64&w25x80
 write-enable:bool=false spansion-cr1nv:u8=0 nonvolatile-cfg:u32=36863 spansion-cr2nv:u8=8 drive:k31
 spansion-cr3nv:u8=2 spansion-cr4nv:u8=16
AC97&ES1370&wm8750 audiodev:k0
VGA vgamem_mb:u32=16 mmio:bit=true qemu-extended-regs:bit=true edid:bit=true xres:u32=0 yres:u32=0 xmax:u32=0
 ymax:u32=0 refresh_rate:u32=0 global-vmstate:bool=false - big-endian-framebuffer:bool
acpi-erst record_size:u32=8192 memdev:k8
adlib freq:u32=44100 iobase:u32=544 audiodev:k0
adm1272 pin:u16 vout:u16 vin:u16 iout:u16
am53c974 + esp:k9
at24c-eeprom writable:bool=true rom-size:u32=0 drive:k31
ati-vga vgamem_mb:u32=16 model:str x-device-id:u16=20550 guest_hwcursor:bool=false x-pixman:k12=3
authz-list rules:k13 policy:k14
authz-list-file refresh:bool filename:k7
authz-simple identity:k7
bcm2835-cprman-clock-mux + srcs[4]:k119 srcs[3]:k119 srcs[2]:k119 srcs[1]:k119 srcs[0]:k119 out:k119
 srcs[9]:k119 srcs[8]:k119 srcs[7]:k119 srcs[6]:k119 srcs[5]:k119
bcm2835-cprman-dsi0hsck-mux + plld-in:k119 out:k119 plla-in:k119
bcm2835-cprman-pll + out:k119 xosc-in:k119
bcm2835-cprman-pll-channel + out:k119 pll-in:k119
bochs-display vgamem:size=16777216 edid:bool=true xres:u32=0 yres:u32=0 xmax:u32=0 ymax:u32=0
 refresh_rate:u32=0 + big-endian-framebuffer:bool
can-host&kvaser_pci canbus:k16
can-host-socketcan if:k7
ccid-card slot:u32=0
ccid-card-emulated cert1:str cert3:str backend:str debug:u8=0 cert2:str db:str
ccid-card-passthru debug:u8=0 chardev:k18
ccw-device devno:k136 dev_id:k137 subch_id:k137
chardev-socket addr:k19 connected:bool
cirrus-vga vgamem_mb:u32=4 blitter:bool=true global-vmstate:bool=false
cryptodev-backend queues:u32
cryptodev-vhost-user&rng-egd&vhost-user-backend chardev:k7
cs4231a audiodev:k0 iobase:u32=1332 irq:u32=9 dma:u32=3 + cs4231a[0]:k20
ctucan_pci&mioe3680_pci&pcm3680_pci canbus0:k16 canbus1:k16
cxl-rp bus-reserve:u32=4294967295 io-reserve:size=18446744073709551615 mem-reserve:size=18446744073709551615
 pref32-reserve:size=18446744073709551615 pref64-reserve:size=18446744073709551615
cxl-type3 lsa:k8 cdat:str memdev:k8 sn:u64=18446744073709551615
cxl-upstream cdat:str
dbus-display p2p:bool gl-mode:k22 audiodev:k7 addr:k7
dbus-vmstate addr:k7 id-list:k7
device parent_bus:k5 - hotpluggable:bool hotplugged:bool realized:bool
dpcd + dpcd[0]:k20
e1000&e1000-82544gc&e1000-82545em mac:k23 netdev:k24 autonegotiation:bit=true mitigation:bit=true
 extra_mac_registers:bit=true migrate_tso_props:bit=true init-vet:bit=true + bootindex:i32
e1000e mac:k23 netdev:k24 disable_vnet_hdr:k26=0 subsys_ven:k27=32902 subsys:k28=0 init-vet:bool=true +
 bootindex:i32
edu - dma_mask:u64
emc1413&emc1414&tmp421&tmp422&tmp423 temperature3:k29 temperature0:k29 temperature2:k29 temperature1:k29
event-loop-base thread-pool-max:k29 aio-max-batch:k29 thread-pool-min:k29
filter-buffer interval:u32
filter-dump file:k7 maxlen:u32
filter-mirror vnet_hdr_support:bool outdev:k7
filter-redirector vnet_hdr_support:bool indev:k7 outdev:k7
filter-rewriter vnet_hdr_support:bool
floppy unit:u32=4294967295 drive:k31 backend_defaults:onoff=auto logical_block_size:k32=0
 physical_block_size:k32=0 min_io_size:size=0 opt_io_size:size=0 discard_granularity:size=4294967295
 write-cache:onoff=auto share-rw:bool=false account-invalid:onoff=auto account-failed:onoff=auto
 drive-type:k33=auto
generic-pc-machine max-ram-below-4g:k50 smbus:k51 smbios-entry-point-type:k52 hpet:k53 i8042:bool vmport:k54
 sata:k55 device-memory-region-size:k29~ default-bus-bypass-iommu:bool max-fw-size:k56
guest-loader initrd:str addr:u64=0 kernel:str bootargs:str
gus freq:u32=44100 iobase:u32=576 audiodev:k0 irq:u32=7 dma:u32=3
hda-audio audiodev:k0 debug:u32=0 mixer:bool=true use-timer:bool=true
hda-codec cad:u32=4294967295
hv-syndbg host_port:u16=50000 host_ip:str use_hcalls:bool=false
i2c-ddc xres:u32=0 yres:u32=0 xmax:u32=0 ymax:u32=0 refresh_rate:u32=0
i2c-slave address:u8=0
i8042 extended-state:bool=true kbd-throttle:bool=false kbd-irq:u8=1 mouse-irq:u8=12 + ps2mouse:k34
 ps2-kbd-input-irq[0]:k35 i8042-data[0]:k20 unnamed-gpio-out[1]:k36 unnamed-gpio-out[0]:k36 i8042-cmd[0]:k20
 ps2-mouse-input-irq[0]:k35 ps2kbd:k37 a20[0]:k36
i82550&i82551&i82557a&i82557b&i82557c&i82558a&i82558b&i82559a&i82559b&i82559c&i82559er&i82562&i82801&ne2k_pci&pcnet&rtl8139&tulip
 mac:k23 netdev:k24 + bootindex:i32
ich9-ahci + ahci-idp[0]:k20 ahci[0]:k20
ich9-usb-ehci1&ich9-usb-ehci2&usb-ehci + operational[0]:k20 capabilities[0]:k20 ehci[0]:k20 ports[0]:k20
ich9-usb-uhci1&ich9-usb-uhci2&ich9-usb-uhci3&ich9-usb-uhci4&ich9-usb-uhci5&ich9-usb-uhci6 masterbus:str
 firstport:u32=0 bandwidth:u32=1280 maxframes:u32=128
ide-cd@x drive:k31 backend_defaults:onoff=auto logical_block_size:k32=0 physical_block_size:k32=0
 min_io_size:size=0 opt_io_size:size=0 discard_granularity:size=4294967295 write-cache:onoff=auto
 share-rw:bool=false account-invalid:onoff=auto account-failed:onoff=auto rerror:k38=auto werror:k38=auto
 ver:str wwn:u64=0 serial:str model:str + bootindex:i32
ide-cd@ar werror:k38=auto physical_block_size:k32=0 account-failed:onoff=auto min_io_size:size=0
 rerror:k38=auto opt_io_size:size=0 backend_defaults:onoff=auto discard_granularity:size=4294967295 wwn:u64=0
 write-cache:onoff=auto share-rw:bool=false ver:str logical_block_size:k32=0 serial:str drive:k31 model:str
 account-invalid:onoff=auto + bootindex:i32
ide-device unit:u32=4294967295
ide-hd@x drive:k31 backend_defaults:onoff=auto logical_block_size:k32=0 physical_block_size:k32=0
 min_io_size:size=0 opt_io_size:size=0 discard_granularity:size=4294967295 write-cache:onoff=auto
 share-rw:bool=false account-invalid:onoff=auto account-failed:onoff=auto rerror:k38=auto werror:k38=auto
 ver:str wwn:u64=0 serial:str model:str cyls:u32=0 heads:u32=0 secs:u32=0 lcyls:u32=0 lheads:u32=0
 lsecs:u32=0 bios-chs-trans:k39=auto rotation_rate:u16=0 + bootindex:i32
ide-hd@ar = lsecs:u32=0 account-invalid:onoff=auto model:str lheads:u32=0 rotation_rate:u16=0 drive:k31
 serial:str logical_block_size:k32=0 ver:str share-rw:bool=false write-cache:onoff=auto heads:u32=0 wwn:u64=0
 discard_granularity:size=4294967295 backend_defaults:onoff=auto cyls:u32=0 lcyls:u32=0 opt_io_size:size=0
 rerror:k38=auto bios-chs-trans:k39=auto min_io_size:size=0 account-failed:onoff=auto
 physical_block_size:k32=0 secs:u32=0 werror:k38=auto bootindex:i32
input-barrier y-origin:k7 width:k7 port:k7 x-origin:k7 name:k7 server:k7 height:k7
input-linux evdev:k7 grab-toggle:k40 grab_all:bool repeat:bool
intel-hda-generic debug:u32=0 msi:onoff=auto old_msi_addr:bool=false
intel-iommu version:u32=0 eim:onoff=auto x-buggy-eim:bool=false aw-bits:u8=39 caching-mode:bool=false
 x-scalable-mode:bool=false snoop-control:bool=false x-pasid-mode:bool=false dma-drain:bool=true
 dma-translation:bool=true
iothread poll-shrink:k29 poll-grow:k29 poll-max-ns:k29
ipack-device slot:i32=-1
ipmi-bmc slave_addr:u8=32
ipmi-bmc-extern&sclpconsole&virtserialport&x-terminal3270 chardev:k18
ipmi-bmc-sim fwrev2:u8=0 mfg_id:u32=0 fwrev1:u8=0 sdrfile:str product_id:u16=0 device_id:u8=32 guid:k41
 ipmi_version:u8=2 fruareasize:u16=1024 device_rev:u8=0 frudatafile:str
ipoctal232 chardev3:k18 chardev2:k18 chardev1:k18 chardev7:k18 chardev0:k18 chardev6:k18 chardev5:k18
 chardev4:k18
isa-applesmc iobase:u32=768 osk:str
isa-cirrus-vga vgamem_mb:u32=4 blitter:bool=true
isa-debug-exit iobase:u32=1281 iosize:u32=2
isa-debugcon iobase:u32=233 chardev:k18 readback:u32=233
isa-fdc iobase:u32=1008 irq:u32=6 dma:u32=2 fdtypeA:k33=auto fdtypeB:k33=auto fallback:k33=288 +
 bootindexA:i32 bootindexB:i32
isa-ide iobase:u32=496 iobase2:u32=1014 irq:u32=14
isa-ipmi-bt bmc:k42 irq:i32=5 ioport:u32=228
isa-ipmi-kcs bmc:k42 irq:i32=5 ioport:u32=3234
isa-parallel index:u32=4294967295 iobase:u32=4294967295 irq:u32=7 chardev:k18
isa-serial index:u32=4294967295 iobase:u32=4294967295 irq:u32=4294967295 + serial:k43 baudbase:u32=115200
 chardev:k18 wakeup:bool=false
isa-vga vgamem_mb:u32=8
isapc-machine + nvdimm-persistence:k44~ cxl-fmw:k45~ peripheral-anon:k46~ nvdimm:k47~ pcspk-audiodev:k0~
 hmat:k48~ cxl:k49~ peripheral:k46~
isl69260&raa229004 vout[1]:u16 pin[1]:u16 temp3[1]:u16 iin[0]:u16 iout[0]:u16 iin[1]:u16 pout[0]:u16
 temp1[0]:u16 vout[0]:u16 iout[1]:u16 temp2[0]:u16 vin[0]:u16 pin[0]:u16 pout[1]:u16 temp1[1]:u16
 temp3[0]:u16
ivshmem-doorbell ioeventfd:bit=true master:onoff=off chardev:k18 vectors:u32=1
ivshmem-plain master:onoff=off memdev:k8
led color:str gpio-active-high:bool=true description:str
loader data:u64=0 data-len:u8=0 cpu-num:u32=4294967295 addr:u64=0 force-raw:bool=false data-be:bool=false
 file:str
lsm303dlhc_mag mag-x:k29 mag-z:k29 temperature:k29 mag-y:k29
machine append:k65 mem-merge:k66 dtb:k67 memory-backend:k68 dumpdtb:k69 phandle-start:k70 dump-guest-core:k71
 smp:k72 memory-encryption:k73 firmware:k74 usb:k75 graphics:k76 confidential-guest-support:k77 initrd:k78
 memory:k79 boot:k80 dt-compatible:k81 kernel:k82 suppress-vmdesc:k83
max1110 input3:u8=192 input0:u8=240 input2:u8=208 input1:u8=224
max1111 input7:u8=128 input0:u8=240 input6:u8=144 input5:u8=160 input4:u8=176 input3:u8=192 input2:u8=208
 input1:u8=224
max34451 vout[10]:u16 temperature[2]:u16 vout[4]:u16 vout[13]:u16 vout[7]:u16 vout[0]:u16 temperature[1]:u16
 vout[3]:u16 vout[12]:u16 temperature[4]:u16 vout[6]:u16 vout[15]:u16 temperature[0]:u16 vout[9]:u16
 vout[2]:u16 vout[11]:u16 temperature[3]:u16 vout[5]:u16 vout[14]:u16 vout[8]:u16 vout[1]:u16
mc146818rtc base_year:i32=1980 iobase:u16=112 irq:u8=8 lost_tick_policy:k84=discard
megasas max_sge:u32=80 max_cmds:u32=1000 hba_serial:str sas_address:u64=0 msi:onoff=auto msix:onoff=auto
 use_jbod:bit=false
megasas-gen2 max_sge:u32=80 max_cmds:u32=1008 hba_serial:str sas_address:u64=0 msi:onoff=auto msix:onoff=auto
 use_jbod:bit=false
memory-backend merge:k85 host-nodes:k86 reserve:k87 prealloc:k88 prealloc-context:k89 policy:k90
 x-use-canonical-path-for-ramblock-id:bool prealloc-threads:k91 dump:k92 size:k93 share:k94
memory-backend-file discard-data:bool mem-path:k7 pmem:bool align:k29 readonly:bool
memory-backend-memfd hugetlbsize:k95 seal:k96 hugetlb:k97
memory-region + priority:u32 size:u64 addr:u64 container:k98
mptsas1068 sas_address:u64=0 msi:onoff=auto
nand manufacturer_id:u8=0 chip_id:u8=0 drive:k31
ne2k_isa iobase:u32=768 irq:u32=9 mac:k23 netdev:k24 + bootindex:i32
nec-usb-xhci msi:onoff=auto msix:onoff=auto superspeed-ports-first:bit=true force-pcie-endcap:bit=false
 intrs:u32=16 slots:u32=64 host:k99 + xhci-core:k100 p2:u32=4 streams:bit=true p3:u32=4
netfilter position:k7 status:k7 insert:k7 netdev:k7 queue:k30
none-machine&s390-ccw-virtio-7.2-machine + peripheral:k46~ peripheral-anon:k46~
npcm7xx-clock-divider&npcm7xx-clock-pll + clock-in:k119 clock-out:k119
npcm7xx-clock-sel + clock-in[0]:k119 clock-in[4]:k119 clock-in[3]:k119 clock-in[2]:k119 clock-in[1]:k119
 clock-out:k119
nvdimm unarmed:bool=false + label-size:k29 uuid:k101
nvme = share-rw:bool=false mdts:u8=7 cmb_size_mb:u32=0 account-invalid:onoff=auto aerl:u8=3 serial:str
 use-intel-id:bool=false min_io_size:size=0 drive:k31 sriov_vq_flexible:u16=0 zoned.zasl:u8=0
 num_queues:u32=0 zoned.auto_transition:bool=true write-cache:onoff=auto ioeventfd:bool=false
 physical_block_size:k32=0 max_ioqpairs:u32=64 legacy-subsys:str legacy-pmrdev:str opt_io_size:size=0
 logical_block_size:k32=0 msix_qsize:u16=65 sriov_max_vq_per_vf:u8=0 legacy-cmb:bool subsys:k102 pmrdev:k8
 discard_granularity:size=4294967295 msix-exclusive-bar:bool=false sriov_max_vi_per_vf:u8=0
 sriov_max_vfs:u8=0 aer_max_queued:u32=64 account-failed:onoff=auto sriov_vi_flexible:u16=0 vsl:u8=7
 backend_defaults:onoff=auto smart_critical_warning:u8 bootindex:i32
nvme-ns zoned.max_active:u32=0 pif:u8=0 discard_granularity:size=4294967295 write-cache:onoff=auto
 detached:bool=false ms:u16=0 mcl:u32=128 opt_io_size:size=0 mssrl:u16=128 nsid:u32=0
 backend_defaults:onoff=auto eui64:u64=0 min_io_size:size=0 account-invalid:onoff=auto pi:u8=0
 shared:bool=true zoned.zrwas:size=0 zoned.zrwafg:size=18446744073709551615 mset:u8=0 pil:u8=0
 account-failed:onoff=auto zoned.descr_ext_size:u32=0 zoned.zone_size:size=134217728 zoned:bool=false
 share-rw:bool=false zoned.zone_capacity:size=0 logical_block_size:k32=0 zoned.cross_read:bool=false
 physical_block_size:k32=0 zoned.max_open:u32=0 uuid:k41 drive:k31 msrc:u8=127 zoned.numzrwa:u32=0
 eui64-default:bool=false + bootindex:i32
nvme-subsys nqn:str
object - type:k7~
pc-dimm slot:i32=-1 addr:u64=0 node:u32=0 memdev:k8 + size:u64
pc-i440fx-7.2-machine&pc-q35-7.2-machine + system.flash1:k103~ nvdimm-persistence:k44~ system.flash0:k103~
 cxl-fmw:k45~ peripheral-anon:k46~ nvdimm:k47~ pcspk-audiodev:k0~ peripheral:k46~ cxl:k49~ pflash1:k31~
 hmat:k48~ pflash0:k31~
pca9546 + i2c.0:k120 i2c.2:k120 i2c.1:k120 i2c.3:k120
pca9548 + i2c.3:k120 i2c.2:k120 i2c.1:k120 i2c.7:k120 i2c.0:k120 i2c.6:k120 i2c.5:k120 i2c.4:k120
pca9552 led0:bool led3:bool led12:bool led6:bool led15:bool led9:bool led1:bool led10:bool led4:bool
 led13:bool led7:bool led2:bool led11:bool led5:bool led14:bool led8:bool
pca955x description:str
pci-bridge chassis_nr:u8=0 msi:onoff=auto shpc:bit=true bus-reserve:u32=4294967295
 io-reserve:size=18446744073709551615 mem-reserve:size=18446744073709551615
 pref32-reserve:size=18446744073709551615 pref64-reserve:size=18446744073709551615
pci-device addr:k1=-1 romfile:str romsize:u32=4294967295 rombar:u32=1 multifunction:bit=false
 x-pcie-lnksta-dllla:bit=true x-pcie-extcap-init:bit=true failover_pair_id:str acpi-index:u32=0
pci-ehci-usb maxframes:u32=128
pci-ipmi-bt&pci-ipmi-kcs&smbus-ipmi bmc:k42
pci-ohci masterbus:str num-ports:u32=3 firstport:u32=0
pci-qxl ram_size:u32=67108864 vram_size:u64=67108864 revision:u32=5 debug:u32=0 guestdebug:u32=0 cmdlog:u32=0
 ram_size_mb:u32=4294967295 vram_size_mb:u32=4294967295 vram64_size_mb:u32=4294967295 vgamem_mb:u32=16
 surfaces:i32=1024 max_outputs:u16=0 xres:u32=0 yres:u32=0 global-vmstate:bool=false
pci-serial prog_if:u8=2 + serial:k43 baudbase:u32=115200 chardev:k18 wakeup:bool=false
pci-serial-2x chardev1:k18 chardev2:k18 prog_if:u8=2 + serial[1]:k43 serial[0]:k43
pci-serial-4x chardev1:k18 chardev2:k18 chardev3:k18 chardev4:k18 prog_if:u8=2 + serial[3]:k43 serial[2]:k43
 serial[1]:k43 serial[0]:k43
pci-testdev membar:size=0
pcie-pci-bridge msi:onoff=auto
pcie-port port:u8=0 aer_log_max:u16=8
pcie-root-port x-migrate-msix:bool=true bus-reserve:u32=4294967295 io-reserve:size=18446744073709551615
 mem-reserve:size=18446744073709551615 pref32-reserve:size=18446744073709551615
 pref64-reserve:size=18446744073709551615 x-speed:k104=16 x-width:k105=32
pcie-root-port-base power_controller_present:bit=true disable-acs:bool=false
pcie-slot chassis:u8=0 slot:u16=0 hotplug:bool=true x-native-hotplug:bool=true
piix3-usb-uhci&piix4-usb-uhci bandwidth:u32=1280 maxframes:u32=128
pr-manager-helper path:k7
pvpanic ioport:u16=1285 events:u8=3 + pvpanic[0]:k20
pvpanic-pci events:u8=3
pvrdma ibdev:str dev-caps-qp-rd-atom:i32=16 dev-caps-max-mr-size:u64=134217728 mad-chardev:k18
 dev-caps-max-cq:i32=2048 dev-caps-max-pd:i32=1024 dev-caps-max-qp:i32=1024 ibport:u8=1
 dev-caps-max-srq:i32=512 dev-caps-max-mr:i32=1024 netdev:str dev-caps-max-qp-init-rd-atom:i32=16
 dev-caps-max-ah:i32=64
pvscsi use_msg:u8=1 x-old-pci-configuration:bit=false x-disable-pcie:bit=false
pxb&pxb-cxl@x numa_node:u16=128 bus_nr:u8=0 bypass_iommu:bool=false
pxb-cxl@a&pxb-pcie bus_nr:u8=0 numa_node:u16=128 bypass_iommu:bool=false
qemu-xhci host:k99 - p2:u32=4 streams:bit=true p3:u32=4 + xhci-core:k100
qtest log:k7 chardev:k7
raa228000 pin[0]:u16 pout[0]:u16 vin[0]:u16 temp2[0]:u16 temp1[0]:u16 iout[0]:u16 iin[0]:u16 vout[0]:u16
 temp3[0]:u16
rng-backend opened:bool~
rng-random filename:k7
rocker name:str world:str fp_start_macaddr:k23 switch_id:u64=0 len-ports:u32=0
s390-ccw-machine dea-key-wrap:k133 aes-key-wrap:k134 loadparm:k135
sb16 audiodev:k0 version:u32=1029 iobase:u32=544 irq:u32=5 dma:u32=1 dma16:u32=5
sclplmconsole chardev:k18 write_errors:u32=0 echo:bool=true
scsi-block io_timeout:u32=30 rotation_rate:u16=0 scsi_version:i32=-1 max_unmap_size:u64=1073741824
 werror:k38=auto share-rw:bool=false drive:k31 max_io_size:u64=2147483647 rerror:k38=auto + bootindex:i32
scsi-cd drive:k31 backend_defaults:onoff=auto logical_block_size:k32=0 physical_block_size:k32=0
 min_io_size:size=0 opt_io_size:size=0 discard_granularity:size=4294967295 write-cache:onoff=auto
 share-rw:bool=false account-invalid:onoff=auto account-failed:onoff=auto rerror:k38=auto werror:k38=auto
 ver:str serial:str vendor:str product:str device_id:str wwn:u64=0 port_wwn:u64=0 port_index:u16=0
 max_io_size:u64=2147483647 scsi_version:i32=5 quirk_mode_page_apple_vendor:bit=false
 quirk_mode_sense_rom_use_dbd:bit=false quirk_mode_page_vendor_specific_apple:bit=false
 quirk_mode_page_truncated:bit=false + bootindex:i32
scsi-device channel:u32=0 scsi-id:u32=4294967295 lun:u32=4294967295
scsi-generic io_timeout:u32=30 drive:k31 share-rw:bool=false + bootindex:i32
scsi-hd drive:k31 backend_defaults:onoff=auto logical_block_size:k32=0 physical_block_size:k32=0
 min_io_size:size=0 opt_io_size:size=0 discard_granularity:size=4294967295 write-cache:onoff=auto
 share-rw:bool=false account-invalid:onoff=auto account-failed:onoff=auto rerror:k38=auto werror:k38=auto
 ver:str serial:str vendor:str product:str device_id:str removable:bit=false dpofua:bit=false wwn:u64=0
 port_wwn:u64=0 port_index:u16=0 max_unmap_size:u64=1073741824 max_io_size:u64=2147483647 rotation_rate:u16=0
 scsi_version:i32=5 quirk_mode_page_vendor_specific_apple:bit=false cyls:u32=0 heads:u32=0 secs:u32=0
 lcyls:u32=0 lheads:u32=0 lsecs:u32=0 + bootindex:i32
sd-card spec_version:u8=2 spi:bool=false drive:k31
sdhci-pci sd-spec-version:u8=2 uhs:u8=0 vendor:u8=0 capareg:u64=91763892 maxcurr:u64=0
secondary-vga vgamem_mb:u32=16 qemu-extended-regs:bit=true edid:bit=true xres:u32=0 yres:u32=0 xmax:u32=0
 ymax:u32=0 refresh_rate:u32=0 + big-endian-framebuffer:bool
secret data:k7 file:k7
secret_common format:k106 loaded:bool~ keyid:k7 iv:k7
secret_keyring serial:k107
sev-guest kernel-hashes:k108 session-file:k109 sev-device:k110 dh-cert-file:k111 + cbitpos:u32~
 reduced-phys-bits:u32~ policy:u32~ handle:u32~
thread-context cpu-affinity:k29 node-affinity:k29 thread-id:k29~
throttle-group x-iops-write-max:k29 x-bps-total-max-length:k29 x-iops-total:k29 x-iops-total-max:k29
 x-bps-write-max:k29 x-bps-read:k29 x-iops-read:k29 x-bps-read-max-length:k29 x-iops-write:k29
 x-bps-total-max:k29 x-iops-read-max:k29 x-bps-read-max:k29 x-iops-write-max-length:k29 x-bps-write:k29
 x-iops-read-max-length:k29 x-bps-total:k29 limits:k112 x-iops-size:k29 x-iops-total-max-length:k29
 x-bps-write-max-length:k29
tls-creds priority:k7 verify-peer:bool dir:k7 endpoint:k113
tls-creds-anon loaded:bool~
tls-creds-psk loaded:bool~ username:k7
tls-creds-x509 loaded:bool~ passwordid:k7 sanity-check:bool
tmp105 temperature:k29
tpm-crb ppi:bool=true tpmdev:k114
tpm-tis ppi:bool=true irq:u32=5 tpmdev:k114 + tpm-tis-mmio[0]:k20
tpm-tis-device irq:u32=5 tpmdev:k114 + tpm-tis-mmio[0]:k20 sysbus-irq[0]:k36
u2f-passthru attached:bool hidraw:str
usb-audio audiodev:k0 debug:u32=0 buffer:u32=0 multi:bool=false - attached:bool
usb-bot&usb-wacom-tablet - attached:bool
usb-braille chardev:k18 - attached:bool
usb-ccid debug:u8=0 - attached:bool
usb-device port:str serial:str msos-desc:bit=true pcap:str
usb-host hostbus:u32=0 hostaddr:u32=0 hostport:str vendorid:u32=0 productid:u32=0 hostdevice:str
 isobufs:u32=4 isobsize:u32=32 guest-reset:bool=true guest-resets-all:bool=false loglevel:u32=2
 pipeline:bit=true suppress-remote-wake:bool=true + attached:bool bootindex:i32
usb-hub ports:u32=8 port-power:bool=false - attached:bool
usb-kbd usb_version:u32=2 display:str - attached:bool
usb-mouse usb_version:u32=2 - attached:bool
usb-mtp attached:bool desc:str rootdir:str readonly:bool=true
usb-net mac:k23 netdev:k24 + attached:bool bootindex:i32
usb-redir chardev:k18 debug:u8=2 filter:str streams:bool=true suppress-remote-wake:bool=true + attached:bool
 bootindex:i32
usb-serial chardev:k18 always-plugged:bool=false - attached:bool
usb-storage drive:k31 backend_defaults:onoff=auto logical_block_size:k32=0 physical_block_size:k32=0
 min_io_size:size=0 opt_io_size:size=0 discard_granularity:size=4294967295 write-cache:onoff=auto
 share-rw:bool=false account-invalid:onoff=auto account-failed:onoff=auto rerror:k38=auto werror:k38=auto
 removable:bool=false commandlog:bool=false + attached:bool bootindex:i32
usb-tablet usb_version:u32=2 display:str head:u32=0 - attached:bool
usb-uas log-scsi-req:u32=0 - attached:bool
vfio-ap sysfsdev:str
vfio-ccw sysfsdev:str force-orb-pfch:bool=false + bootindex:i32
vfio-pci = x-no-kvm-msix:bool=false yres:u32=0 x-vga:bit=false x-pre-copy-dirty-page-tracking:onoff=on
 x-nv-gpudirect-clique:k115 x-msix-relocation:k116=off x-no-vfio-ioeventfd:bool=false sysfsdev:str host:k117
 x-pci-device-id:u32=4294967295 x-no-kvm-msi:bool=false x-pci-sub-vendor-id:u32=4294967295
 x-enable-migration:bool=false x-no-geforce-quirks:bool=false x-req:bit=true x-igd-gms:u32=0
 x-intx-mmap-timeout-ms:u32=1100 x-no-kvm-intx:bool=false x-no-kvm-ioeventfd:bool=false
 x-pci-sub-device-id:u32=4294967295 display:onoff=off x-igd-opregion:bit=false x-pci-vendor-id:u32=4294967295
 xres:u32=0 x-no-mmap:bool=false x-balloon-allowed:bool=false + bootindex:i32
vfio-pci-nohotplug ramfb:bool=false
vfio-platform mmap-timeout-ms:u32=1100 sysfsdev:str x-no-mmap:bool=false host:str x-irqfd:bool=true
virt-7.2-machine + nvdimm-persistence:k44~ virt.flash0:k103~ peripheral-anon:k46~ nvdimm:k47~ peripheral:k46~
 pflash1:k31~ hmat:k48~ virt.flash1:k103~ pflash0:k31~
virt-machine@a = virtualization:k121 its:k122 secure:k123 default-bus-bypass-iommu:k124 iommu:k125 acpi:k58
 mte:k126 x-oem-table-id:k61 gic-version:k127 dtb-randomness:k128 ras:k129 highmem:k130 dtb-kaslr-seed:k131
 x-oem-id:k64
virt-machine@r aclint:k139 aia:k140 aia-guests:k141 + peripheral:k46~ peripheral-anon:k46~ hmat:k48~
virtio-serial-port nr:u32=4294967295 name:str
vmbus-bridge irq:u8=7
vmgenid guid:k41=auto
vmmouse i8042:k118
vmware-svga vgamem_mb:u32=16 global-vmstate:bool=false
vmxnet3 mac:k23 netdev:k24 x-old-msi-offsets:bit=false x-disable-pcie:bit=false + bootindex:i32
x-pci-proxy-dev fd:str
x86-iommu intremap:onoff=auto device-iotlb:bool=false pt:bool=true
x86-machine smm:k57 acpi:k58 pit:k59 pic:k60 x-oem-table-id:k61 bus-lock-ratelimit:k62 sgx-epc:k63
 x-oem-id:k64
xio3130-downstream power_controller_present:bit=true
xlnx,efuse efuse-nr:u8=3 len-read-only:u32=0 efuse-size:u32=2048 drive:k132 init-factory-tbits:bool=true
zpci uid:u16=0 fid:k138 target:str interpret:bool=true forwarding-assist:bool=true
`;
