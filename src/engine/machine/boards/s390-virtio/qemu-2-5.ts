import { ConfigError } from '../../../qom/errors.ts';
import type { Property, PropertyTable } from '../../../qom/property.ts';
import type { TypeInfo } from '../../../qom/type.ts';

const BLOCK = [
  'drive',
  'logical_block_size',
  'physical_block_size',
  'min_io_size',
  'opt_io_size',
  'discard_granularity',
];
const SCSI_DISK = [
  ...BLOCK,
  ...['ver', 'serial', 'vendor', 'product', 'removable', 'dpofua', 'wwn', 'port_wwn', 'port_index'],
  ...['max_unmap_size', 'max_io_size'],
];
const NET_OFFLOADS =
  `csum guest_csum gso guest_tso4 guest_tso6 guest_ecn guest_ufo guest_announce host_tso4
  host_tso6 host_ecn host_ufo mrg_rxbuf status ctrl_vq ctrl_rx ctrl_vlan ctrl_rx_extra ctrl_mac_addr
  ctrl_guest_offloads mq`.split(/\s+/);

/** Properties that QEMU 2.5 had, where it had fewer than 7.2, by type and in its order. */
const PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'virtio-device': ['indirect_desc', 'event_idx', 'notify_on_empty', 'any_layout'],
  'virtio-blk-device': [
    ...BLOCK,
    ...['cyls', 'heads', 'secs', 'serial', 'config-wce', 'scsi', 'request-merging'],
  ],
  'virtio-net-device': [...NET_OFFLOADS, 'mac', 'netdev', 'x-txtimer', 'x-txburst', 'tx'],
  'virtio-scsi-device': ['num_queues', 'max_sectors', 'cmd_per_lun', 'hotplug', 'param_change'],
  'virtio-serial-device': ['max_ports'],
  'scsi-hd': [...SCSI_DISK, 'cyls', 'heads', 'secs'],
  'scsi-cd': SCSI_DISK,
  's390-flic': [],
};

/** What devices did that had no property for it, as later versions set it for machines of that time. */
const VALUES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'virtio-device': {
    queue_reset: false,
    'use-started': false,
    'use-disabled-flag': false,
    'x-disable-legacy-check': true,
  },
  'virtio-blk-device': {
    'queue-size': 128,
    'seg-max-adjust': false,
    discard: false,
    'report-discard-granularity': false,
    'write-zeroes': false,
    'x-enable-wce-if-config-wce': false,
  },
  'virtio-net-device': { 'x-mtu-bypass-backend': false },
  'virtio-scsi-device': { virtqueue_size: 128, seg_max_adjust: false },
  'virtio-serial-device': { 'emergency-write': false },
  's390-flic': { adapter_routes_max_batch: 64 },
};

/** A type as QEMU 2.5 had it: properties that came later are not listed, and nobody can set them. */
export function asInQemu25(info: TypeInfo): TypeInfo {
  const names = PROPERTIES[info.name];
  if (!names || !info.properties) return info;
  const table = info.properties as Readonly<Record<string, Property>>;
  const kept = names.flatMap((name) => {
    const property = table[name];
    return property ? [[name, inNumbers(property)] as const] : [];
  });
  const later = Object.entries(table).filter(([name]) => !names.includes(name));
  return {
    ...info,
    properties: Object.fromEntries(kept) as PropertyTable,
    instanceProperties: {
      ...info.instanceProperties,
      ...Object.fromEntries(later.map(([name, property]) => [name, unknown(property)])),
    },
    defaults: { ...info.defaults, ...VALUES[info.name] },
  };
}

/** Sizes were plain numbers. */
function inNumbers(property: Property): Property {
  if (property.type !== 'size') return property;
  return { ...property, print: (value) => `${value} (0x${Number(value).toString(16)})` };
}

/** A property that is there for the device's code only. */
function unknown(property: Property): Property {
  return {
    ...property,
    parse(_text, { name, type }) {
      throw new ConfigError(`Property '${type}.${name}' not found`);
    },
  };
}
