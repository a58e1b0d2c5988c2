import type { BusNode, DeviceNode } from '../../protocol/topology.ts';
import { entriesOf } from '../entries.ts';
import { busesBelow, type Refusal } from './refusal.ts';
import { OF_TRANSPORT, virtioName } from './transports.ts';

const words = (text: string): readonly string[] => text.split(' ');

/** What every device understands, and what every virtio device does. */
const EVERY = words('id bus');
const VIRTIO = words(
  'any_layout event_idx indirect_desc iommu_platform notify_on_empty packed queue_reset use-disabled-flag use-started',
);
const SCSI = 'cmd_per_lun max_sectors num_queues seg_max_adjust virtqueue_size';
const GPU = 'blob edid max_hostmem max_outputs xres yres';
const INPUT = 'display head serial wheel-axis';
const DISK =
  'bootindex discard_granularity drive logical_block_size min_io_size opt_io_size physical_block_size rerror serial share-rw werror write-cache';

/** What each virtio device understands beside that, by its stem. */
const OF_DEVICE: Readonly<Record<string, readonly string[]>> = {
  'virtio-blk': words(
    `${DISK} account-failed account-invalid config-wce cyls discard heads iothread lcyls lheads lsecs max-discard-sectors max-write-zeroes-sectors num-queues queue-size report-discard-granularity request-merging scsi secs seg-max-adjust write-zeroes`,
  ),
  'virtio-net': words(
    'bootindex csum ctrl_guest_offloads ctrl_mac_addr ctrl_rx ctrl_rx_extra ctrl_vlan ctrl_vq duplex failover gso guest_announce guest_csum guest_ecn guest_rsc_ext guest_tso4 guest_tso6 guest_ufo hash host_ecn host_mtu host_tso4 host_tso6 host_ufo mac mq mrg_rxbuf netdev rsc_interval rss rx_queue_size speed status tx tx_queue_size',
  ),
  'virtio-rng': words('max-bytes period rng'),
  'virtio-scsi': words(`${SCSI} hotplug iothread param_change`),
  'virtio-serial': words('emergency-write max_ports'),
  'virtio-balloon': words(
    'deflate-on-oom free-page-hint free-page-reporting guest-stats-polling-interval iothread page-poison',
  ),
  'virtio-9p': words('fsdev mount_tag'),
  'virtio-crypto': words('cryptodev'),
  'virtio-gpu': words(GPU),
  'virtio-keyboard': words(INPUT),
  'virtio-mouse': words(INPUT),
  'virtio-tablet': words(INPUT),
  'virtio-input-host': words('evdev serial'),
  'virtio-iommu': words('boot-bypass len-reserved-regions primary-bus'),
  'virtio-mem': words(
    'block-size memaddr memdev node prealloc requested-size size unplugged-inaccessible',
  ),
  'virtio-pmem': words('memaddr memdev'),
  'vhost-scsi': words(`${SCSI} boot_tpgt bootindex migratable t10_pi vhostfd wwpn`),
  'vhost-user-scsi': words(`${SCSI} boot_tpgt bootindex chardev t10_pi`),
  'vhost-user-blk': words(
    'bootindex chardev config-wce discard num-queues queue-size write-zeroes',
  ),
  'vhost-user-fs': words('bootindex chardev num-request-queues queue-size tag'),
  'vhost-user-gpu': words(`${GPU} chardev`),
  'vhost-user-input': words('chardev serial'),
  'vhost-vsock': words('guest-cid seqpacket vhostfd'),
  'vhost-user-vsock': words('chardev seqpacket'),
};

/** Keys of options that are not devices, as people use them. */
const OF_OPTION: Readonly<Record<string, readonly string[]>> = {
  drive: words(
    'aio bus cache copy-on-read detect-zeroes discard driver file format id if index media read-only readonly rerror size snapshot throttling unit werror',
  ),
  blockdev: words(
    'auto-read-only backing cache.direct cache.no-flush detect-zeroes discard driver file filename latency-ns node-name offset read-only read-zeroes size',
  ),
  netdev: words(
    'chardev connect dhcpstart dns guestfwd host hostfwd hostname hubid id ifname ipv6 listen mcast net queues restrict script smb tftp type vhost',
  ),
  chardev: words('backend host id logfile mux path port reconnect server size telnet wait'),
  fsdev: words('fsdriver id multidevs path readonly security_model writeout'),
  m: words('maxmem size slots'),
  smp: words('clusters cores cpus dies maxcpus sockets threads'),
  M: words(
    'acpi accel dumpdtb gic-version graphics hmat i8042 iommu its kernel-irqchip mem-merge memory-backend nvdimm pcie pic pit ras rtc sata secure smbus smm type usb virtualization vmport',
  ),
};

/** Keys of `-object`, whatever it makes. */
const OF_OBJECT = words(
  'aio-max-batch chardev dump filename host-nodes id merge poll-grow poll-max-ns poll-shrink policy prealloc qom-type queues reserve share size thread-pool-max thread-pool-min',
);

/** What a device type understands, as far as is known: by its name, and by devices of the tree like it. */
export function propertyNames(refusal: Refusal, type: string): readonly string[] {
  const name = virtioName(type);
  const own = name && Object.hasOwn(OF_DEVICE, name.stem) ? (OF_DEVICE[name.stem] ?? []) : [];
  const carried = name?.transport === 'pci' ? OF_TRANSPORT.pci : [];
  const channel = name?.transport === 'ccw' ? OF_TRANSPORT.ccw : [];
  const virtio = name ? VIRTIO : [];
  const links = refusal.type(type)?.links.map(({ property }) => property) ?? [];
  const disk = links.includes('drive') ? words(DISK) : [];
  const alike = devicesOf(refusal.facts.topology?.root)
    .filter((device) => device.type === type)
    .slice(0, 1)
    .flatMap((device) => device.properties.map(([property]) => property));
  return [
    ...new Set([...EVERY, ...links, ...own, ...carried, ...channel, ...virtio, ...disk, ...alike]),
  ];
}

/** What the refused option understands, as far as is known. */
export function keysOf(refusal: Refusal): readonly string[] {
  const { option } = refusal;
  if (!option) return [];
  if (option.name === 'device') return propertyNames(refusal, refusal.driver ?? '');
  if (option.name === 'object') return OF_OBJECT;
  const name = option.name === 'machine' ? 'M' : option.name;
  return Object.hasOwn(OF_OPTION, name) ? (OF_OPTION[name] ?? []) : [];
}

function devicesOf(root: BusNode | undefined): DeviceNode[] {
  return root ? busesBelow(root).flatMap(({ children }) => children) : [];
}

/** Keys of the refused option that its complaint is about, by name; a dash for an underscore is no matter. */
export function keyMeant(refusal: Refusal, spoken: string): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replaceAll(/[_\s-]/g, '');
  const wanted = plain(spoken);
  const keys = refusal.option ? entriesOf(refusal.option).map(({ key }) => key) : [];
  return (
    keys.find((key) => key === spoken) ??
    keys.find((key) => key.endsWith(`.${spoken}`)) ??
    keys.find((key) => plain(key) === wanted)
  );
}
