/** A kind of virtio device, and what it needs beside it. */
interface DeviceKind {
  /** Types without the suffix that tells the transport; the second is for virtio-mmio, where it is another. */
  readonly pci: string;
  readonly mmio: string;
  /** Properties. */
  readonly properties: string;
  /** Options in front, and devices behind. */
  readonly before: string;
  readonly after?: string;
  /** Whether its requests can change any page of RAM that the driver names. */
  readonly takesPages?: boolean;
}

const KINDS: Readonly<Record<string, DeviceKind>> = {
  blk: {
    pci: 'virtio-blk-pci',
    mmio: 'virtio-blk-device',
    properties: 'drive=d0,num-queues=2,queue-size=16',
    before: '-drive if=none,id=d0,file=disk,format=raw',
  },
  net: {
    pci: 'virtio-net-pci',
    mmio: 'virtio-net-device',
    properties: 'netdev=n0',
    before: '-netdev hubport,id=n0,hubid=0 -netdev hubport,id=n1,hubid=0',
  },
  rng: { pci: 'virtio-rng-pci', mmio: 'virtio-rng-device', properties: '', before: '' },
  serial: {
    pci: 'virtio-serial-pci',
    mmio: 'virtio-serial-device',
    properties: 'max_ports=4',
    before: '-chardev null,id=c0 -chardev ringbuf,id=c1',
    after: '-device virtconsole,chardev=c0 -device virtserialport,chardev=c1,name=p',
  },
  scsi: {
    pci: 'virtio-scsi-pci',
    mmio: 'virtio-scsi-device',
    properties: 'num_queues=2',
    before: '-drive if=none,id=d0,file=disk,format=raw -drive if=none,id=d1,media=cdrom',
    after: '-device scsi-hd,drive=d0 -device scsi-cd,drive=d1',
  },
  balloon: {
    pci: 'virtio-balloon-pci',
    mmio: 'virtio-balloon-device',
    properties: 'deflate-on-oom=on,free-page-reporting=on',
    before: '',
    takesPages: true,
  },
  '9p': {
    pci: 'virtio-9p-pci',
    mmio: 'virtio-9p-device',
    properties: 'fsdev=f0,mount_tag=t',
    before: '-fsdev synth,id=f0',
  },
  crypto: {
    pci: 'virtio-crypto-pci',
    mmio: 'virtio-crypto-device',
    properties: 'cryptodev=k0',
    before: '-object cryptodev-backend-builtin,id=k0',
  },
  gpu: { pci: 'virtio-gpu-pci', mmio: 'virtio-gpu-device', properties: '', before: '' },
  keyboard: {
    pci: 'virtio-keyboard-pci',
    mmio: 'virtio-keyboard-device',
    properties: '',
    before: '',
  },
  tablet: { pci: 'virtio-tablet-pci', mmio: 'virtio-tablet-device', properties: '', before: '' },
  pmem: {
    pci: 'virtio-pmem-pci',
    mmio: '',
    properties: 'memdev=m0',
    before: '-m maxmem=256M,slots=1 -object memory-backend-ram,id=m0,size=2M',
  },
  mem: {
    pci: 'virtio-mem-pci',
    mmio: '',
    properties: 'memdev=m0',
    before: '-m maxmem=256M,slots=1 -object memory-backend-ram,id=m0,size=4M',
  },
  iommu: { pci: 'virtio-iommu-pci', mmio: '', properties: '', before: '' },
};

/** How a driver reaches a device, and with what properties. */
const WAYS = {
  modern: { machine: '-M pc -m 4', extra: ',addr=4' },
  packed: { machine: '-M pc -m 4', extra: ',addr=4,packed=on' },
  legacy: { machine: '-M pc -m 4', extra: ',addr=4,disable-modern=on,disable-legacy=off' },
  mmio1: {
    machine: '-M microvm,ioapic2=off -m 4 -global virtio-mmio.force-legacy=on',
    extra: '',
  },
  mmio2: {
    machine: '-M microvm,ioapic2=off -m 4 -global virtio-mmio.force-legacy=off',
    extra: '',
  },
  mmio2packed: {
    machine: '-M microvm,ioapic2=off -m 4 -global virtio-mmio.force-legacy=off',
    extra: ',packed=on',
  },
} as const;

/** A way to reach a device. */
export type Way = keyof typeof WAYS;

/** A machine with one device to be hostile to. */
export interface Target {
  /** `blk-modern` */
  readonly name: string;
  readonly kind: string;
  readonly way: Way;
  /** Command line without program. */
  readonly line: string;
  readonly takesPages: boolean;
}

/** Whether a kind came with VIRTIO 1 and has no legacy interface, or sits where only some ways lead. */
function exists(kind: string, way: Way): boolean {
  const { mmio } = KINDS[kind] as DeviceKind;
  if (way.startsWith('mmio')) return mmio !== '';
  return way !== 'legacy' || LEGACY.has(kind);
}

const LEGACY = new Set(['blk', 'net', 'rng', 'serial', 'scsi', 'balloon', '9p']);

/** Every device by every way that leads to it. */
export const TARGETS: readonly Target[] = Object.entries(KINDS).flatMap(([kind, device]) =>
  (Object.keys(WAYS) as Way[])
    .filter((way) => exists(kind, way))
    .map((way) => {
      const { machine, extra } = WAYS[way];
      const type = way.startsWith('mmio') ? device.mmio : device.pci;
      const properties = `${device.properties === '' ? '' : `,${device.properties}`}${extra}`;
      const options = ['-nodefaults', machine, device.before, `-device ${type}${properties}`];
      if (device.after) options.push(device.after);
      const line = options.filter((part) => part !== '').join(' ');
      return { name: `${kind}-${way}`, kind, way, line, takesPages: device.takesPages ?? false };
    }),
);
