import {
  type BitName,
  DEVICE_FEATURE_NAMES,
  STATUS_NAMES,
  TRANSPORT_FEATURE_NAMES,
} from '../../spec/feature-names.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';
import { MonitorError, type MonitorTarget } from './target.ts';

/** Alignment that QEMU names for every queue, legacy or not. */
const VRING_ALIGN = 4096;

/** `info virtio`: every virtio device, newest first. */
export function infoVirtio(target: MonitorTarget): string {
  const devices = virtioDevices(target);
  if (devices.length === 0) return 'No VirtIO devices\n';
  return devices.map((device) => `${device.path} [${device.deviceName}]\n`).join('');
}

function virtioDevices({ devices }: MonitorTarget): VirtioDevice[] {
  return devices
    .filter((device) => device instanceof VirtioDevice && device.realized)
    .reverse() as VirtioDevice[];
}

function findDevice(target: MonitorTarget, path: string): VirtioDevice {
  const device = target.root.at(path);
  if (!path.startsWith('/') || !(device instanceof VirtioDevice))
    throw new MonitorError(`Error: Path ${path} is not a VirtIODevice`);
  return device;
}

/** `info virtio-status PATH`. Throws MonitorError. */
export function virtioStatus(target: MonitorTarget, path: string): string {
  const device = findDevice(target, path);
  const fields: [string, unknown][] = [
    // QEMU leaves room for a vhost mark behind the name.
    ['device_name', `${device.deviceName} `],
    ['device_id', device.deviceId],
    ['vhost_started', false],
    ['bus_name', '(null)'],
    ['broken', device.broken],
    ['disabled', device.disabled],
    ['disable_legacy_check', device.values['x-disable-legacy-check']],
    ['started', device.started],
    ['use_started', device.values['use-started']],
    ['start_on_kick', device.startOnKick],
    ['use_guest_notifier_mask', true],
    ['vm_running', true],
    ['num_vqs', device.queues.length],
    ['queue_sel', device.queueSel],
    ['isr', device.isr],
    ['endianness', 'little'],
  ];
  return [
    `${path}:\n`,
    ...fields.map(([name, value]) => `${`  ${name}:`.padEnd(27)}${value}\n`),
    '  status:\n',
    ...statusLines(device.status),
    '  Guest features:\n',
    ...featureLines(device.deviceId, device.driverFeatures),
    '  Host features:\n',
    ...featureLines(device.deviceId, device.deviceFeatures),
    '  Backend features:\n',
    ...featureLines(device.deviceId, 0n),
  ].join('');
}

/** `info virtio-queue-status PATH N`. Throws MonitorError. */
export function virtioQueueStatus(target: MonitorTarget, path: string, queue: number): string {
  const device = findDevice(target, path);
  const vq = device.queues[queue]?.vq;
  if (!vq) throw new MonitorError(`Error: Invalid virtqueue number ${queue}`);
  const wide = (value: number) => `0x${value.toString(16).padStart(16, '0')}`;
  const fields: [string, unknown][] = [
    ['device_name', device.deviceName],
    ['queue_index', vq.index],
    ['inuse', vq.inUse],
    ['used_idx', vq.usedIdx],
    ['signalled_used', vq.signalledUsed],
    ['signalled_used_valid', vq.signalledUsedValid],
    ['last_avail_idx', vq.lastAvailIdx],
    ['shadow_avail_idx', vq.shadowAvailIdx],
  ];
  const ring: [string, unknown][] = [
    ['num', vq.size],
    ['num_default', vq.maxSize],
    ['align', VRING_ALIGN],
    ['desc', wide(vq.addresses.desc)],
    ['avail', wide(vq.addresses.driver)],
    ['used', wide(vq.addresses.device)],
  ];
  return [
    `${path}:\n`,
    ...fields.map(([name, value]) => `${`  ${name}:`.padEnd(24)}${value}\n`),
    '  VRing:\n',
    ...ring.map(([name, value]) => `${`    ${name}:`.padEnd(18)}${value}\n`),
  ].join('');
}

/** `info virtio-vhost-queue-status PATH N`: nothing here is served by vhost. Throws MonitorError. */
export function virtioVhostQueueStatus(target: MonitorTarget, path: string): never {
  findDevice(target, path);
  throw new MonitorError('Error: Error: vhost device has not started yet');
}

function statusLines(status: number): string[] {
  const { lines, rest } = named(STATUS_NAMES, BigInt(status));
  return [`${lines}\n`, ...(rest === 0n ? [] : [`  unknown-statuses(${wideBits(rest)})\n`])];
}

function featureLines(deviceId: number, features: bigint): string[] {
  const transport = named(TRANSPORT_FEATURE_NAMES, features);
  const device = named(DEVICE_FEATURE_NAMES[deviceId] ?? [], transport.rest);
  return [
    `${transport.lines}\n`,
    ...(device.lines === '' ? [] : [`${device.lines}\n`]),
    ...(device.rest === 0n ? [] : [`  unknown-features(${wideBits(device.rest)})\n`]),
  ];
}

/** Names of the bits that are set, and the bits without a name. */
function named(names: readonly BitName[], bits: bigint): { lines: string; rest: bigint } {
  const set = names.filter(({ bit }) => (bits >> BigInt(bit)) & 1n);
  const rest = set.reduce((left, { bit }) => left & ~(1n << BigInt(bit)), bits);
  return { lines: set.map(({ name, text }) => `\t${name}: ${text}`).join(',\n'), rest };
}

function wideBits(bits: bigint): string {
  return `0x${bits.toString(16).padStart(16, '0')}`;
}
