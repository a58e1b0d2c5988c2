import {
  type BitName,
  DEVICE_FEATURE_NAMES,
  STATUS_NAMES,
  TRANSPORT_FEATURE_NAMES,
} from '../../../spec/feature-names.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import { MonitorError, type MonitorTarget } from '../target.ts';
import { queueElement } from '../virtio-element.ts';
import { type QmpCommand, qmpCommand } from './command.ts';

/** Features as QMP gives them: names, and the bits that have none. */
export interface FeatureReport {
  readonly transports: readonly string[];
  readonly 'dev-features': readonly string[];
  readonly 'unknown-dev-features'?: number | bigint;
}

/** What `x-query-virtio-status` returns. */
export interface StatusReport {
  readonly name: string;
  readonly 'device-id': number;
  readonly 'vhost-started': boolean;
  readonly 'bus-name': string;
  readonly broken: boolean;
  readonly disabled: boolean;
  readonly 'disable-legacy-check': boolean;
  readonly started: boolean;
  readonly 'use-started': boolean;
  readonly 'start-on-kick': boolean;
  readonly 'use-guest-notifier-mask': boolean;
  readonly 'vm-running': boolean;
  readonly 'num-vqs': number;
  readonly 'queue-sel': number;
  readonly isr: number;
  readonly 'device-endian': string;
  readonly status: { readonly statuses: readonly string[]; readonly 'unknown-statuses'?: number };
  readonly 'guest-features': FeatureReport;
  readonly 'host-features': FeatureReport;
  readonly 'backend-features': FeatureReport;
}

/** What `x-query-virtio-queue-status` returns. */
export interface QueueReport {
  readonly name: string;
  readonly 'queue-index': number;
  readonly inuse: number;
  readonly 'used-idx': number;
  readonly 'signalled-used': number;
  readonly 'signalled-used-valid': boolean;
  readonly 'last-avail-idx': number;
  readonly 'shadow-avail-idx': number;
  readonly 'vring-num': number;
  readonly 'vring-num-default': number;
  readonly 'vring-align': number;
  readonly 'vring-desc': number;
  readonly 'vring-avail': number;
  readonly 'vring-used': number;
}

/** Realized virtio devices of a machine, the newest first. */
export function virtioDevices({ devices }: MonitorTarget): VirtioDevice[] {
  return devices
    .filter((device) => device instanceof VirtioDevice && device.realized)
    .reverse() as VirtioDevice[];
}

/** The virtio device at a canonical path. Throws MonitorError. */
export function virtioDeviceAt(target: MonitorTarget, path: string): VirtioDevice {
  const device = target.root.at(path);
  if (!(device instanceof VirtioDevice && device.realized) || device.path !== path)
    throw new MonitorError(`Path ${path} is not a VirtIODevice`);
  return device;
}

function status(target: MonitorTarget, path: string): StatusReport {
  const device = virtioDeviceAt(target, path);
  const { values } = device;
  const statuses = named(STATUS_NAMES, BigInt(device.status));
  return {
    name: device.deviceName,
    'device-id': device.deviceId,
    'vhost-started': false,
    'bus-name': device.ownBusName ?? '',
    broken: device.broken,
    disabled: device.disabled,
    'disable-legacy-check': values['x-disable-legacy-check'] === true,
    started: device.started,
    'use-started': values['use-started'] === true,
    'start-on-kick': device.startOnKick,
    'use-guest-notifier-mask': true,
    'vm-running': target.runState === 'running',
    'num-vqs': device.queues.length,
    'queue-sel': device.queueSel,
    isr: device.isr,
    'device-endian': device.context.bigEndian ? 'big' : 'little',
    status: {
      statuses: statuses.texts,
      ...(statuses.rest !== 0n && { 'unknown-statuses': Number(statuses.rest) }),
    },
    'guest-features': features(device.deviceId, device.driverFeatures),
    'host-features': features(device.deviceId, device.deviceFeatures),
    'backend-features': features(device.deviceId, 0n),
  };
}

function queueStatus(target: MonitorTarget, path: string, queue: number): QueueReport {
  const device = virtioDeviceAt(target, path);
  const found = device.queues[queue];
  if (!found) throw new MonitorError(`Invalid virtqueue number ${queue}`);
  const { vq, align } = found;
  return {
    name: device.deviceName,
    'queue-index': queue,
    inuse: vq.inUse,
    'used-idx': vq.usedIdx,
    'signalled-used': vq.signalledUsed,
    'signalled-used-valid': vq.signalledUsedValid,
    'last-avail-idx': vq.lastAvailIdx,
    'shadow-avail-idx': vq.shadowAvailIdx,
    'vring-num': vq.size,
    'vring-num-default': vq.maxSize,
    'vring-align': align,
    'vring-desc': vq.addresses.desc,
    'vring-avail': vq.addresses.driver,
    'vring-used': vq.addresses.device,
  };
}

function features(deviceId: number, bits: bigint): FeatureReport {
  const transport = named(TRANSPORT_FEATURE_NAMES, bits);
  const device = named(DEVICE_FEATURE_NAMES[deviceId] ?? [], transport.rest);
  const { rest } = device;
  const unknown = rest <= Number.MAX_SAFE_INTEGER ? Number(rest) : rest;
  return {
    transports: transport.texts,
    'dev-features': device.texts,
    ...(rest !== 0n && { 'unknown-dev-features': unknown }),
  };
}

/** Names of the bits that are set, and the bits without a name. */
function named(names: readonly BitName[], bits: bigint): { texts: string[]; rest: bigint } {
  const set = names.filter(({ bit }) => (bits >> BigInt(bit)) & 1n);
  const rest = set.reduce((left, { bit }) => left & ~(1n << BigInt(bit)), bits);
  return { texts: set.map(({ name, text }) => `${name}: ${text}`), rest };
}

const QUEUE = { path: 'string', queue: 'u16' } as const;

/** Commands about virtio devices, whatever carries them. */
export const VIRTIO_QMP: readonly QmpCommand[] = [
  qmpCommand('x-query-virtio', {}, (target) =>
    virtioDevices(target).map((device) => ({ path: device.path, name: device.deviceName })),
  ),
  qmpCommand('x-query-virtio-status', { path: 'string' }, (target, { path }) =>
    status(target, path),
  ),
  qmpCommand('x-query-virtio-queue-status', QUEUE, (target, { path, queue }) =>
    queueStatus(target, path, Number(queue)),
  ),
  qmpCommand('x-query-virtio-vhost-queue-status', QUEUE, (target, { path }) => {
    // Nothing here is served by vhost.
    virtioDeviceAt(target, path);
    throw new MonitorError('Error: vhost device has not started yet');
  }),
  qmpCommand(
    'x-query-virtio-queue-element',
    { ...QUEUE, index: 'u16?' },
    (target, { path, queue, index }) =>
      queueElement(
        virtioDeviceAt(target, path),
        Number(queue),
        index === undefined ? undefined : Number(index),
        (text) => target.printError(text),
      ),
  ),
];
