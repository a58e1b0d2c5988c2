/** A command line as people paste it: typical of its source, with what virtio devices it asks for. */
export interface PastedLine {
  readonly name: string;
  readonly text: string;
  /** Virtio devices that are on the canvas afterwards: type, and id where it has one. */
  readonly virtio: readonly (readonly [type: string, id?: string])[];
  /** Words of the notes that tell of virtio devices which cannot be had. */
  readonly told?: readonly string[];
}

const WIKI_DESKTOP = `$ qemu-system-x86_64 -enable-kvm -machine q35,smm=on -cpu host -smp 4 -m 4G \\
    -drive if=pflash,format=raw,readonly=on,file=/usr/share/edk2/x64/OVMF_CODE.4m.fd \\
    -drive if=pflash,format=raw,file=/home/me/OVMF_VARS.4m.fd \\
    -drive file=disk_image,if=virtio,format=qcow2,cache=none,aio=native \\
    -nic bridge,br=br0,model=virtio-net-pci,mac=52:54:00:a1:b2:c3 \\
    -device virtio-balloon -device virtio-rng-pci \\
    -vga none -device virtio-vga-gl -display sdl,gl=on \\
    -audiodev pipewire,id=snd0 -device ich9-intel-hda -device hda-output,audiodev=snd0 \\
    -usb -device usb-tablet`;

const CLOUD_SCRIPT = `#!/bin/bash
set -e
# Boots a cloud image with its seed.
IMG=\${1:-jammy-server-cloudimg-amd64.img}
MEM=2048
CPUS=$(nproc)

if [ ! -f "$IMG" ]; then
  wget "https://cloud-images.ubuntu.com/jammy/current/$IMG"
fi
cloud-localds seed.img user-data
qemu-img resize "$IMG" 20G

NET="-netdev user,id=net0,hostfwd=tcp::2222-:22"
NET+=" -device virtio-net-pci,netdev=net0"

sudo qemu-system-x86_64 \\
  -machine accel=kvm,type=q35 \\
  -cpu host \\
  -m "$MEM" -smp $((CPUS * 1)) \\
  -nographic \\
  $NET \\
  -drive if=virtio,format=qcow2,file="$IMG" \\
  -drive if=virtio,format=raw,file=seed.img "$@"
`;

const MICROVM = `qemu-system-x86_64 -M microvm,x-option-roms=off,pit=off,pic=off,isa-serial=off,rtc=off \\
   -enable-kvm -cpu host -m 512m -smp 2 \\
   -kernel vmlinux -append "console=hvc0 root=/dev/vda" \\
   -nodefaults -no-user-config -nographic \\
   -chardev stdio,id=virtiocon0 \\
   -device virtio-serial-device \\
   -device virtconsole,chardev=virtiocon0 \\
   -drive id=test,file=test.img,format=raw,if=none \\
   -device virtio-blk-device,drive=test \\
   -netdev tap,id=tap0,script=no,downscript=no \\
   -device virtio-net-device,netdev=tap0`;

const ARM = `qemu-system-aarch64 -M virt,gic-version=host -accel hvf -cpu host -smp 4 -m 4096 \\
  -bios QEMU_EFI.fd \\
  -device virtio-gpu-pci -display default,show-cursor=on \\
  -device qemu-xhci -device usb-kbd -device usb-tablet \\
  -device virtio-keyboard-pci -device virtio-mouse-pci \\
  -drive if=none,file=ubuntu.qcow2,format=qcow2,id=hd0 -device virtio-blk-device,drive=hd0 \\
  -device virtio-net-device,netdev=net0 -netdev vmnet-shared,id=net0 \\
  -cdrom ubuntu-22.04-live-server-arm64.iso`;

const MAINFRAME = `qemu-system-s390x -M s390-ccw-virtio-6.2 -accel kvm -cpu host -m 2048 -smp 2 -nographic \\
 -device virtio-scsi-ccw,id=scsi0,devno=fe.0.0001 \\
 -blockdev driver=file,filename=/var/lib/images/root.qcow2,node-name=root-file \\
 -blockdev driver=qcow2,file=root-file,node-name=root \\
 -device scsi-hd,bus=scsi0.0,drive=root \\
 -drive file=/dev/dasda,if=none,id=dasd0,format=raw -device virtio-blk-ccw,drive=dasd0,devno=fe.0.0100 \\
 -netdev tap,id=n0,vhost=on,queues=4 -device virtio-net-ccw,netdev=n0,mq=on,devno=fe.0.0002 \\
 -device virtio-rng-ccw -device vhost-vsock-ccw,guest-cid=5`;

const MANY_DISKS = `qemu-kvm -name storage -m 1024 -machine pc-i440fx-rhel7.6.0,accel=kvm,usb=off \\
  -object iothread,id=iothread0 -object iothread,id=iothread1 \\
  -device virtio-scsi-pci,id=scsi0,iothread=iothread0,num_queues=4,bus=pci.0,addr=0x5 \\
  -device virtio-scsi-pci,id=scsi1,iothread=iothread1,bus=pci.0,addr=0x6 \\
  -drive file=/dev/vg0/root,if=none,id=drive0,format=raw,cache=none,aio=native \\
  -device scsi-hd,drive=drive0,bus=scsi0.0,channel=0,scsi-id=0,lun=0,bootindex=1 \\
  -drive file=/dev/vg0/data1,if=none,id=drive1,format=raw,discard=unmap \\
  -device scsi-hd,drive=drive1,bus=scsi0.0,scsi-id=1,lun=0,rotation_rate=1 \\
  -drive file=/dev/sg3,if=none,id=drive2,format=raw -device scsi-block,drive=drive2,bus=scsi1.0 \\
  -drive if=none,id=cd,media=cdrom,file=/iso/rescue.iso -device scsi-cd,drive=cd,bus=scsi1.0`;

const GUEST_AGENT = `/usr/bin/qemu-system-x86_64 -name guest=web,debug-threads=on -S -machine pc-q35-6.2,usb=off,dump-guest-core=off \\
-m 1024 -overcommit mem-lock=off -nodefaults -no-user-config -sandbox on,obsolete=deny \\
-object '{"qom-type":"secret","id":"masterKey0","format":"raw","file":"/var/lib/libvirt/qemu/domain-1-web/master-key.aes"}' \\
-chardev socket,id=charmonitor,fd=30,server=on,wait=off -mon chardev=charmonitor,id=monitor,mode=control \\
-rtc base=utc,driftfix=slew -global kvm-pit.lost_tick_policy=delay -no-hpet -no-shutdown -boot strict=on \\
-device pcie-root-port,port=16,chassis=1,id=pci.1,bus=pcie.0,multifunction=on,addr=0x2 \\
-device pcie-root-port,port=17,chassis=2,id=pci.2,bus=pcie.0,addr=0x2.0x1 \\
-device pcie-root-port,port=18,chassis=3,id=pci.3,bus=pcie.0,addr=0x2.0x2 \\
-device qemu-xhci,p2=15,p3=15,id=usb,bus=pci.3,addr=0x0 \\
-device virtio-serial-pci,id=virtio-serial0,bus=pci.2,addr=0x0 \\
-blockdev '{"driver":"file","filename":"/var/lib/libvirt/images/web.qcow2","node-name":"libvirt-1-storage","auto-read-only":true,"discard":"unmap"}' \\
-blockdev '{"node-name":"libvirt-1-format","read-only":false,"driver":"qcow2","file":"libvirt-1-storage","backing":null}' \\
-device virtio-blk-pci,bus=pci.1,addr=0x0,drive=libvirt-1-format,id=virtio-disk0,bootindex=1 \\
-chardev socket,id=charchannel0,fd=31,server=on,wait=off \\
-device virtserialport,bus=virtio-serial0.0,nr=1,chardev=charchannel0,id=channel0,name=org.qemu.guest_agent.0 \\
-chardev spicevmc,id=charchannel1,name=vdagent \\
-device virtserialport,bus=virtio-serial0.0,nr=2,chardev=charchannel1,id=channel1,name=com.redhat.spice.0 \\
-spice port=5900,addr=127.0.0.1,disable-ticketing=on -device qxl-vga,id=video0,bus=pcie.0,addr=0x1 \\
-msg timestamp=on`;

const SHARED_FOLDER = `# virtiofsd --socket-path=/tmp/vhostqemu -o source=/srv/share &
qemu-system-x86_64 -M pc -enable-kvm -m 4G,maxmem=4G -smp 2 \\
  -object memory-backend-file,id=mem,size=4G,mem-path=/dev/shm,share=on -numa node,memdev=mem \\
  -chardev socket,id=char0,path=/tmp/vhostqemu \\
  -device vhost-user-fs-pci,queue-size=1024,chardev=char0,tag=myfs \\
  -drive file=fedora.raw,format=raw,if=none,id=root -device virtio-blk-pci,drive=root,id=vda`;

const GRAPHICS = `qemu-system-x86_64 -M q35 -m 3G -accel kvm -cpu host,migratable=no,+invtsc \\
  -device virtio-gpu-gl-pci,hostmem=4G,blob=on,xres=1920,yres=1080 -vga none -display egl-headless,gl=on -spice unix=on,addr=/tmp/s,disable-ticketing=on \\
  -device virtio-tablet-pci -device virtio-keyboard-pci -device virtio-sound-pci,audiodev=a -audiodev pa,id=a \\
  -device virtio-serial -chardev qemu-vdagent,id=vda,clipboard=on -device virtserialport,chardev=vda,name=com.redhat.spice.0`;

const NINE_P = `qemu-system-x86_64 -m 1G -hda root.img \\
  -virtfs local,path=$HOME/src,mount_tag=host0,security_model=mapped-xattr,id=host0 \\
  -fsdev local,security_model=passthrough,id=fsdev0,path="$SHARE",readonly=on \\
  -device virtio-9p-pci,id=fs0,fsdev=fsdev0,mount_tag=data \\
  -net nic,model=virtio -net user -serial mon:stdio -monitor telnet:127.0.0.1:55555,server,nowait`;

const PROXMOX = `/usr/bin/kvm -id 102 -name 'test102,debug-threads=on' -no-shutdown \\
 -chardev 'socket,id=qmp,path=/var/run/qemu-server/102.qmp,server=on,wait=off' -mon 'chardev=qmp,mode=control' \\
 -pidfile /var/run/qemu-server/102.pid -daemonize -smbios 'type=1,uuid=5e6d2afd-29bc-4ae3-a12c-8584ba9c905d' \\
 -smp '2,sockets=1,cores=2,maxcpus=2' -nodefaults -boot 'menu=on,strict=on,splash=/usr/share/qemu-server/bootsplash.jpg' \\
 -vnc 'unix:/var/run/qemu-server/102.vnc,password=on' -cpu kvm64,enforce,+kvm_pv_eoi,+kvm_pv_unhalt -m 2048 \\
 -object 'iothread,id=iothread-virtioscsi0' \\
 -device 'pci-bridge,id=pci.1,chassis_nr=1,bus=pci.0,addr=0x1e' -device 'pci-bridge,id=pci.3,chassis_nr=3,bus=pci.0,addr=0x5' \\
 -device 'piix3-usb-uhci,id=uhci,bus=pci.0,addr=0x1.0x2' -device 'usb-tablet,id=tablet,bus=uhci.0,port=1' \\
 -device 'VGA,id=vga,bus=pci.0,addr=0x2' \\
 -device 'virtio-balloon-pci,id=balloon0,bus=pci.0,addr=0x3,free-page-reporting=on' \\
 -iscsi 'initiator-name=iqn.1993-08.org.debian:01:aabbcc' \\
 -device 'virtio-scsi-pci,id=virtioscsi0,bus=pci.3,addr=0x1,iothread=iothread-virtioscsi0' \\
 -drive 'file=/dev/pve/vm-102-disk-0,if=none,id=drive-scsi0,format=raw,cache=none,aio=io_uring,detect-zeroes=on' \\
 -device 'scsi-hd,bus=virtioscsi0.0,channel=0,scsi-id=0,lun=0,drive=drive-scsi0,id=scsi0,bootindex=100' \\
 -drive 'file=rbd:pool/vm-102-disk-1:conf=/etc/pve/ceph.conf,if=none,id=drive-virtio0,format=raw' \\
 -device 'virtio-blk-pci,drive=drive-virtio0,id=virtio0,bus=pci.0,addr=0xa' \\
 -netdev 'type=tap,id=net0,ifname=tap102i0,script=/var/lib/qemu-server/pve-bridge,downscript=/var/lib/qemu-server/pve-bridgedown,vhost=on' \\
 -device 'virtio-net-pci,mac=96:E7:59:A7:F0:98,netdev=net0,bus=pci.0,addr=0x12,id=net0,rx_queue_size=1024,tx_queue_size=256,bootindex=300' \\
 -machine 'type=pc+pve0'`;

const ARRAY_SCRIPT = `#!/usr/bin/env bash
OPTS=()
# Basic CPU settings.
OPTS+=(-cpu host,kvm=off)
OPTS+=(-smp 4,sockets=1,cores=4,threads=1)
OPTS+=(-enable-kvm)
OPTS+=(-m "\${RAM}G")
# Passed through.
OPTS+=(-device vfio-pci,host=01:00.0,multifunction=on,x-vga=on)
OPTS+=(-device vfio-pci,host=01:00.1)
# Disks and network.
OPTS+=(-object iothread,id=io1)
OPTS+=(-device virtio-blk-pci,drive=disk,iothread=io1)
OPTS+=(-drive "if=none,id=disk,cache=none,format=raw,aio=threads,file=$DISK")
OPTS+=(-netdev tap,id=t0,ifname=\${TAP:-tap0},script=no,vhost=on)
OPTS+=(-device virtio-net-pci,netdev=t0,mac=$MAC,id=nic0)
OPTS+=(-vga none -nographic)
taskset 0xF qemu-system-x86_64 "\${OPTS[@]}" "$@"
`;

const KERNEL_HACKER = `qemu-system-x86_64 -s -S \\
  -kernel arch/x86/boot/bzImage -initrd initramfs.cpio.gz \\
  -append "console=ttyS0 nokaslr root=/dev/vda rw init=/bin/sh" \\
  -drive file=<rootfs.ext4>,if=virtio,format=raw -nographic -no-reboot \\
  -net nic,model=virtio,macaddr=52:54:00:12:34:56 -net tap,ifname=tap0,script=no \\
  -device virtio-rng-pci,max-bytes=1024,period=1000 2>&1 | tee boot.log`;

const RISCV = `qemu-system-riscv64 -machine virt -nographic -m 2048 -smp 4 \\
  -bios /usr/lib/riscv64-linux-gnu/opensbi/generic/fw_jump.bin \\
  -kernel /usr/lib/u-boot/qemu-riscv64_smode/uboot.elf \\
  -device virtio-net-device,netdev=eth0 -netdev user,id=eth0 \\
  -device virtio-rng-pci \\
  -drive file=ubuntu-riscv64.img,format=raw,if=virtio`;

/** The samples. */
export const PASTED_LINES: readonly PastedLine[] = [
  {
    name: 'a desktop guest of a distribution’s wiki',
    text: WIKI_DESKTOP,
    virtio: [
      ['virtio-blk-pci'],
      ['virtio-net-pci'],
      ['virtio-balloon-pci'],
      ['virtio-rng-pci'],
      ['virtio-vga'],
    ],
    told: ['virtio-vga-gl becomes virtio-vga'],
  },
  {
    name: 'a script around a cloud image',
    text: CLOUD_SCRIPT,
    virtio: [['virtio-net-pci'], ['virtio-blk-pci'], ['virtio-blk-pci']],
  },
  {
    name: 'microvm, as its documentation has it',
    text: MICROVM,
    virtio: [['virtio-serial-device'], ['virtio-blk-device'], ['virtio-net-device']],
  },
  {
    name: 'virt on a Mac',
    text: ARM,
    virtio: [
      ['virtio-gpu-pci'],
      ['virtio-keyboard-pci'],
      ['virtio-mouse-pci'],
      ['virtio-blk-device'],
      ['virtio-net-device'],
    ],
  },
  {
    name: 'a mainframe',
    text: MAINFRAME,
    virtio: [
      ['virtio-scsi-ccw', 'scsi0'],
      ['virtio-blk-ccw'],
      ['virtio-net-ccw'],
      ['virtio-rng-ccw'],
    ],
    told: ['vhost-vsock-ccw is left out'],
  },
  {
    name: 'many disks on virtio-scsi',
    text: MANY_DISKS,
    virtio: [
      ['virtio-scsi-pci', 'scsi0'],
      ['virtio-scsi-pci', 'scsi1'],
    ],
  },
  {
    name: 'what libvirt logs, with a guest agent',
    text: GUEST_AGENT,
    virtio: [
      ['virtio-serial-pci', 'virtio-serial0'],
      ['virtio-blk-pci', 'virtio-disk0'],
    ],
  },
  {
    name: 'a folder shared by virtiofsd',
    text: SHARED_FOLDER,
    virtio: [['virtio-blk-pci', 'vda']],
    told: ['vhost-user-fs-pci'],
  },
  {
    name: 'virtio-gpu with 3D',
    text: GRAPHICS,
    virtio: [
      ['virtio-gpu-pci'],
      ['virtio-tablet-pci'],
      ['virtio-keyboard-pci'],
      ['virtio-serial-pci'],
    ],
    told: ['virtio-gpu-gl-pci becomes virtio-gpu-pci', 'virtio-sound-pci'],
  },
  {
    name: 'folders shared by 9p',
    text: NINE_P,
    virtio: [['virtio-9p-pci'], ['virtio-9p-pci', 'fs0'], ['virtio-net-pci']],
  },
  {
    name: 'what Proxmox runs',
    text: PROXMOX,
    virtio: [
      ['virtio-balloon-pci', 'balloon0'],
      ['virtio-scsi-pci', 'virtioscsi0'],
      ['virtio-blk-pci', 'virtio0'],
      ['virtio-net-pci', 'net0'],
    ],
  },
  {
    name: 'a script with an array, and variables from elsewhere',
    text: ARRAY_SCRIPT,
    virtio: [['virtio-blk-pci'], ['virtio-net-pci', 'nic0']],
  },
  {
    name: 'a kernel under test',
    text: KERNEL_HACKER,
    virtio: [['virtio-blk-pci'], ['virtio-net-pci'], ['virtio-rng-pci']],
  },
  {
    name: 'RISC-V',
    text: RISCV,
    virtio: [['virtio-net-device'], ['virtio-rng-pci'], ['virtio-blk-device']],
  },
];
