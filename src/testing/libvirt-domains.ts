/** libvirt domains as `virsh dumpxml` and the web's usual examples have them, and what virtio devices each has. */
export interface SampleDomain {
  readonly name: string;
  readonly xml: string;
  /** Ids of virtio devices by their QEMU type, in the order of the command line. */
  readonly virtio: readonly (readonly [type: string, id: string])[];
}

const rootPort = (index: number, slot: string, fn: number, first = false): string =>
  `<controller type='pci' index='${index}' model='pcie-root-port'>
      <model name='pcie-root-port'/>
      <target chassis='${index}' port='0x${(Number(slot) * 8 + fn).toString(16)}'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='${slot}' function='0x${fn}'${first ? " multifunction='on'" : ''}/>
    </controller>`;

const at = (bus: number, slot = '0x00', fn = '0x0'): string =>
  `<address type='pci' domain='0x0000' bus='0x${bus.toString(16).padStart(2, '0')}' slot='${slot}' function='${fn}'/>`;

/** What virt-manager makes of a Linux guest on q35. */
const VIRT_MANAGER = `<domain type='kvm'>
  <name>fedora</name>
  <uuid>8b0e3c5e-8b9a-4a4d-9d44-2c5f4a0a7f11</uuid>
  <metadata>
    <libosinfo:libosinfo xmlns:libosinfo="http://libosinfo.org/xmlns/libvirt/domain/1.0">
      <libosinfo:os id="http://fedoraproject.org/fedora/37"/>
    </libosinfo:libosinfo>
  </metadata>
  <memory unit='KiB'>262144</memory>
  <currentMemory unit='KiB'>262144</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>
    <boot dev='hd'/>
  </os>
  <features>
    <acpi/>
    <apic/>
    <vmport state='off'/>
  </features>
  <cpu mode='host-passthrough' check='none' migratable='on'/>
  <clock offset='utc'>
    <timer name='rtc' tickpolicy='catchup'/>
  </clock>
  <on_poweroff>destroy</on_poweroff>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' discard='unmap'/>
      <source file='/var/lib/libvirt/images/fedora.qcow2'/>
      <target dev='vda' bus='virtio'/>
      <boot order='1'/>
      ${at(4)}
    </disk>
    <disk type='file' device='cdrom'>
      <driver name='qemu' type='raw'/>
      <target dev='sda' bus='sata'/>
      <readonly/>
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <controller type='usb' index='0' model='qemu-xhci' ports='15'>${at(2)}</controller>
    <controller type='pci' index='0' model='pcie-root'/>
    ${rootPort(1, '0x02', 0, true)}
    ${[2, 3, 4, 5, 6, 7].map((i) => rootPort(i, '0x02', i - 1)).join('\n    ')}
    <controller type='sata' index='0'>${at(0, '0x1f', '0x2')}</controller>
    <controller type='virtio-serial' index='0'>${at(3)}</controller>
    <interface type='network'>
      <mac address='52:54:00:6b:3c:58'/>
      <source network='default'/>
      <model type='virtio'/>
      ${at(1)}
    </interface>
    <serial type='pty'><target type='isa-serial' port='0'><model name='isa-serial'/></target></serial>
    <console type='pty'><target type='serial' port='0'/></console>
    <channel type='unix'>
      <target type='virtio' name='org.qemu.guest_agent.0'/>
      <address type='virtio-serial' controller='0' bus='0' port='1'/>
    </channel>
    <channel type='spicevmc'>
      <target type='virtio' name='com.redhat.spice.0'/>
      <address type='virtio-serial' controller='0' bus='0' port='2'/>
    </channel>
    <input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>
    <input type='mouse' bus='ps2'/>
    <graphics type='spice' autoport='yes'/>
    <sound model='ich9'>${at(0, '0x1b')}</sound>
    <video><model type='virtio' heads='1' primary='yes'/>${at(0, '0x01')}</video>
    <memballoon model='virtio'>${at(5)}</memballoon>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend>${at(6)}</rng>
  </devices>
</domain>`;

/** A cloud image as people write it by hand: no addresses, no controllers. */
const CLOUD = `<domain type='kvm'>
  <name>debian-cloud</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='debian-12-genericcloud-amd64.qcow2'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <disk type='file' device='cdrom'>
      <source file='seed.iso'/>
      <target dev='sda' bus='sata'/>
    </disk>
    <interface type='user'><model type='virtio'/></interface>
    <serial type='pty'/>
    <rng model='virtio'><rate period='2000' bytes='1234'/><backend model='builtin'/></rng>
  </devices>
</domain>`;

const S390X = `<domain type='kvm'>
  <name>zguest</name>
  <memory>262144</memory>
  <vcpu>2</vcpu>
  <os><type arch='s390x' machine='s390-ccw-virtio-7.2'>hvm</type></os>
  <cpu mode='host-model'/>
  <devices>
    <disk type='block' device='disk'>
      <driver name='qemu' type='raw' cache='none' io='native'/>
      <source dev='/dev/disk/by-path/ccw-0.0.e714'/>
      <target dev='vda' bus='virtio'/>
      <address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0000'/>
    </disk>
    <controller type='scsi' index='0' model='virtio-scsi'>
      <address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0002'/>
    </controller>
    <disk type='file' device='disk'>
      <source file='/images/data.img'/>
      <target dev='sda' bus='scsi'/>
      <address type='drive' controller='0' bus='0' target='0' unit='3'/>
    </disk>
    <interface type='direct'>
      <mac address='52:54:00:10:20:30'/>
      <source dev='enc1000' mode='bridge'/>
      <model type='virtio'/>
      <address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/>
    </interface>
    <console type='pty'><target type='sclp' port='0'/></console>
    <memballoon model='none'/>
    <panic model='s390'/>
  </devices>
</domain>`;

const AARCH64 = `<domain type='qemu'>
  <name>arm</name>
  <memory unit='MiB'>256</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='aarch64' machine='virt-7.2'>hvm</type>
    <loader readonly='yes' type='pflash'>/usr/share/AAVMF/AAVMF_CODE.fd</loader>
  </os>
  <features><acpi/><gic version='3'/></features>
  <cpu mode='custom' match='exact'><model fallback='forbid'>cortex-a57</model></cpu>
  <devices>
    <disk type='file' device='disk'>
      <source file='arm.img'/>
      <target dev='vda' bus='virtio'/>
      <address type='virtio-mmio'/>
    </disk>
    <controller type='pci' index='0' model='pcie-root'/>
    <controller type='scsi' index='0' model='virtio-scsi'/>
    <disk type='file' device='cdrom'>
      <source file='install.iso'/>
      <target dev='sda' bus='scsi'/>
      <readonly/>
    </disk>
    <interface type='bridge'><source bridge='br0'/><model type='virtio'/></interface>
    <serial type='pty'><target type='system-serial' port='0'><model name='pl011'/></target></serial>
    <input type='keyboard' bus='virtio'/>
    <video><model type='virtio' heads='1'/></video>
  </devices>
</domain>`;

const I440FX = `<domain type='kvm' id='7'>
  <name>classic</name>
  <memory unit='KiB'>131072</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <controller type='usb' index='0' model='none'/>
    <controller type='pci' index='0' model='pci-root'><alias name='pci.0'/></controller>
    <controller type='scsi' index='0' model='virtio-scsi'>
      <driver queues='4'/>
      <alias name='scsi0'/>
      ${at(0, '0x04')}
    </controller>
    <disk type='file' device='disk'>
      <driver name='qemu' type='raw' cache='writeback'/>
      <source file='root.img' index='2'/>
      <target dev='sda' bus='scsi'/>
      <serial>WD-1234</serial>
      <alias name='scsi0-0-0-0'/>
      <address type='drive' controller='0' bus='0' target='0' unit='0'/>
    </disk>
    <disk type='file' device='disk'>
      <source file='data, all.img' index='1'/>
      <target dev='sdb' bus='scsi'/>
      <alias name='ua-data'/>
      <address type='drive' controller='0' bus='0' target='1' unit='2'/>
    </disk>
    <disk type='file' device='cdrom'>
      <target dev='hdc' bus='ide'/>
      <address type='drive' controller='0' bus='1' target='0' unit='0'/>
    </disk>
    <interface type='user'>
      <mac address='52:54:00:00:00:01'/>
      <model type='e1000'/>
      <alias name='net0'/>
      ${at(0, '0x03')}
    </interface>
    <video><model type='cirrus'/>${at(0, '0x02')}</video>
    <memballoon model='virtio' autodeflate='on'><alias name='balloon0'/>${at(0, '0x05')}</memballoon>
  </devices>
</domain>`;

const MANY_NICS = `<domain type='qemu'>
  <name>router</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    ${Array.from(
      { length: 8 },
      (_, i) => `<interface type='network'>
      <mac address='52:54:00:aa:00:0${i}'/>
      <source network='lan${i}'/>
      <model type='${i % 2 ? 'virtio-transitional' : 'virtio'}'/>
      <driver name='vhost' queues='4' rx_queue_size='512'><host tso4='off' ecn='off'/></driver>
    </interface>`,
    ).join('\n    ')}
    <memballoon model='none'/>
  </devices>
</domain>`;

/** Root port, switch, and a conventional bus below PCI Express. */
const EXPRESS = `<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
  <name>express</name>
  <memory unit='MiB'>128</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <features><acpi/></features>
  <devices>
    <controller type='pci' index='0' model='pcie-root'/>
    ${rootPort(1, '0x03', 0)}
    <controller type='pci' index='2' model='pcie-switch-upstream-port'>${at(1)}</controller>
    <controller type='pci' index='3' model='pcie-switch-downstream-port'>
      <target chassis='3' port='0x0'/>${at(2)}
    </controller>
    <controller type='pci' index='4' model='pcie-switch-downstream-port'>
      <target chassis='4' port='0x1'/>${at(2, '0x01')}
    </controller>
    <controller type='pci' index='6' model='pci-bridge'>
      <target chassisNr='6'/>${at(5, '0x01')}
    </controller>
    <controller type='pci' index='5' model='dmi-to-pci-bridge'>${at(0, '0x1e')}</controller>
    <controller type='usb' model='none'/>
    <disk type='network' device='disk'>
      <driver type='raw'/>
      <source protocol='rbd' name='pool/vol'><host name='ceph1' port='6789'/></source>
      <target dev='vda' bus='virtio'/>
      ${at(3)}
    </disk>
    <interface type='user'><model type='virtio'/>${at(4)}</interface>
    <crypto model='virtio' type='qemu'><backend model='builtin' queues='1'/>${at(6, '0x02')}</crypto>
    <hostdev mode='subsystem' type='pci' managed='yes'>
      <source><address domain='0x0000' bus='0x06' slot='0x12' function='0x5'/></source>
    </hostdev>
    <memballoon model='none'/>
  </devices>
  <qemu:commandline>
    <qemu:arg value='-device'/>
    <qemu:arg value='virtio-rng-pci,id=extra,bus=pcie.0,addr=0x10'/>
  </qemu:commandline>
</domain>`;

/** As small as a domain gets. */
const RISCV = `<domain type='qemu'>
  <name>rv</name>
  <memory unit='GiB'>1</memory>
  <os><type arch='riscv64' machine='virt'>hvm</type></os>
  <devices>
    <disk type='file'><source file='rv.img'/><target dev='vda' bus='virtio'/></disk>
    <serial type='pty'/>
    <console type='pty'><target type='virtio'/></console>
  </devices>
</domain>`;

/** The samples. */
export const SAMPLE_DOMAINS: readonly SampleDomain[] = [
  {
    name: 'virt-manager, q35',
    xml: VIRT_MANAGER,
    virtio: [
      ['virtio-serial-pci', 'virtio-serial0'],
      ['virtio-blk-pci', 'virtio-disk0'],
      ['virtio-net-pci', 'net0'],
      ['virtio-vga', 'video0'],
      ['virtio-balloon-pci', 'balloon0'],
      ['virtio-rng-pci', 'rng0'],
    ],
  },
  {
    name: 'cloud image without addresses',
    xml: CLOUD,
    virtio: [
      ['virtio-blk-pci', 'virtio-disk0'],
      ['virtio-net-pci', 'net0'],
      ['virtio-rng-pci', 'rng0'],
      ['virtio-balloon-pci', 'balloon0'],
    ],
  },
  {
    name: 's390x, channel devices',
    xml: S390X,
    virtio: [
      ['virtio-scsi-ccw', 'scsi0'],
      ['virtio-blk-ccw', 'virtio-disk0'],
      ['virtio-net-ccw', 'net0'],
    ],
  },
  {
    name: 'aarch64, virt',
    xml: AARCH64,
    virtio: [
      ['virtio-scsi-pci', 'scsi0'],
      ['virtio-blk-device', 'virtio-disk0'],
      ['virtio-net-pci', 'net0'],
      ['virtio-keyboard-pci', 'input0'],
      ['virtio-gpu-pci', 'video0'],
      ['virtio-balloon-pci', 'balloon0'],
    ],
  },
  {
    name: 'i440fx, running, with virtio-scsi',
    xml: I440FX,
    virtio: [
      ['virtio-scsi-pci', 'scsi0'],
      ['virtio-balloon-pci', 'balloon0'],
    ],
  },
  {
    name: 'many network cards',
    xml: MANY_NICS,
    virtio: Array.from(
      { length: 8 },
      (_, i) => [`virtio-net-pci${i % 2 ? '-transitional' : ''}`, `net${i}`] as const,
    ),
  },
  {
    name: 'PCI Express with a switch',
    xml: EXPRESS,
    virtio: [
      ['virtio-blk-pci', 'virtio-disk0'],
      ['virtio-net-pci', 'net0'],
      ['virtio-crypto-pci', 'crypto0'],
      ['virtio-rng-pci', 'extra'],
    ],
  },
  {
    name: 'riscv64, the least',
    xml: RISCV,
    virtio: [
      ['virtio-blk-pci', 'virtio-disk0'],
      ['virtio-serial-pci', 'virtio-serial0'],
      ['virtio-balloon-pci', 'balloon0'],
    ],
  },
];
