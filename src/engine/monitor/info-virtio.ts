import type { Command } from './commands.ts';
import { ask } from './hmp-answer.ts';
import type { FeatureReport, QueueReport, StatusReport } from './qmp/virtio.ts';
import { virtioDeviceAt } from './qmp/virtio.ts';
import { MonitorError, type MonitorTarget } from './target.ts';
import { type QueueElement, queueElement } from './virtio-element.ts';

function infoVirtio(target: MonitorTarget): string {
  const devices = ask(target, 'x-query-virtio') as { path: string; name: string }[];
  if (devices.length === 0) return 'No VirtIO devices\n';
  return devices.map(({ path, name }) => `${path} [${name}]\n`).join('');
}

function virtioStatus(target: MonitorTarget, path: string): string {
  const report = ask(target, 'x-query-virtio-status', { path }) as StatusReport;
  const fields: [string, unknown][] = [
    // QEMU leaves room for a vhost mark behind the name.
    ['device_name', `${report.name} ${report['vhost-started'] ? '(vhost)' : ''}`],
    ['device_id', report['device-id']],
    ['vhost_started', report['vhost-started']],
    ['bus_name', report['bus-name'] || '(null)'],
    ['broken', report.broken],
    ['disabled', report.disabled],
    ['disable_legacy_check', report['disable-legacy-check']],
    ['started', report.started],
    ['use_started', report['use-started']],
    ['start_on_kick', report['start-on-kick']],
    ['use_guest_notifier_mask', report['use-guest-notifier-mask']],
    ['vm_running', report['vm-running']],
    ['num_vqs', report['num-vqs']],
    ['queue_sel', report['queue-sel']],
    ['isr', report.isr],
    ['endianness', report['device-endian']],
  ];
  const { statuses, 'unknown-statuses': unknown } = report.status;
  return [
    `${path}:\n`,
    ...fields.map(([name, value]) => `${`  ${name}:`.padEnd(27)}${value}\n`),
    '  status:\n',
    `${bits(statuses)}\n`,
    unknown === undefined ? '' : `  unknown-statuses(${wide(unknown)})\n`,
    '  Guest features:\n',
    ...featureLines(report['guest-features']),
    '  Host features:\n',
    ...featureLines(report['host-features']),
    '  Backend features:\n',
    ...featureLines(report['backend-features']),
  ].join('');
}

function virtioQueueStatus(target: MonitorTarget, path: string, queue: number): string {
  const report = ask(target, 'x-query-virtio-queue-status', { path, queue }) as QueueReport;
  const fields: [string, unknown][] = [
    ['device_name', report.name],
    ['queue_index', report['queue-index']],
    ['inuse', report.inuse],
    ['used_idx', report['used-idx']],
    ['signalled_used', report['signalled-used']],
    ['signalled_used_valid', report['signalled-used-valid']],
    ['last_avail_idx', report['last-avail-idx']],
    ['shadow_avail_idx', report['shadow-avail-idx']],
  ];
  const ring: [string, unknown][] = [
    ['num', report['vring-num']],
    ['num_default', report['vring-num-default']],
    ['align', report['vring-align']],
    ['desc', wide(report['vring-desc'])],
    ['avail', wide(report['vring-avail'])],
    ['used', wide(report['vring-used'])],
  ];
  return [
    `${path}:\n`,
    ...fields.map(([name, value]) => `${`  ${name}:`.padEnd(24)}${value}\n`),
    '  VRing:\n',
    ...ring.map(([name, value]) => `${`    ${name}:`.padEnd(18)}${value}\n`),
  ].join('');
}

function virtioQueueElement(
  target: MonitorTarget,
  path: string,
  queue: number,
  index: number | undefined,
): string {
  const complaints: string[] = [];
  const element = found(() =>
    queueElement(virtioDeviceAt(target, path), queue & 0xffff, index, (text) =>
      complaints.push(`${text}\n`),
    ),
  );
  const descs = element.descs.map(
    ({ addr, len, flags }) =>
      `        addr 0x${addr.toString(16)} len ${len}${flags.length > 0 ? ` (${flags.join(', ')})` : ''}`,
  );
  return [
    ...complaints,
    `${path}:\n`,
    `  device_name: ${element.name}\n`,
    `  index:   ${element.index}\n`,
    '  desc:\n',
    '    descs:\n',
    `${descs.join(',\n')}\n`,
    '  avail:\n',
    `    flags: ${element.avail.flags}\n`,
    `    idx:   ${element.avail.idx}\n`,
    `    ring:  ${element.avail.ring}\n`,
    '  used:\n',
    `    flags: ${element.used.flags}\n`,
    `    idx:   ${element.used.idx}\n`,
  ].join('');
}

function found(work: () => QueueElement): QueueElement {
  try {
    return work();
  } catch (error) {
    if (error instanceof MonitorError) throw new MonitorError(`Error: ${error.message}`);
    throw error;
  }
}

function featureLines(report: FeatureReport): string[] {
  const unknown = report['unknown-dev-features'];
  return [
    `${bits(report.transports)}\n`,
    report['dev-features'].length === 0 ? '' : `${bits(report['dev-features'])}\n`,
    unknown === undefined ? '' : `  unknown-features(${wide(unknown)})\n`,
  ];
}

function bits(texts: readonly string[]): string {
  return texts.map((text) => `\t${text}`).join(',\n');
}

function wide(value: number | bigint): string {
  return `0x${value.toString(16).padStart(16, '0')}`;
}

/** Subcommands of `info` about virtio devices, sorted by name. */
export const VIRTIO_INFO: readonly Command[] = [
  {
    name: 'virtio',
    params: '',
    help: 'List all available virtio devices',
    args: [],
    run: infoVirtio,
  },
  {
    name: 'virtio-queue-element',
    params: 'path queue [index]',
    help: 'Display element of a given virtio queue',
    args: ['string', 'integer', 'integer?'],
    complete: ['virtio-path'],
    run: (target, { strings, integers }) =>
      virtioQueueElement(
        target,
        strings[0] ?? '',
        integers[0] ?? 0,
        integers[1] === undefined ? undefined : integers[1] & 0xffff,
      ),
  },
  {
    name: 'virtio-queue-status',
    params: 'path queue',
    help: 'Display status of a given virtio queue',
    args: ['string', 'integer'],
    complete: ['virtio-path'],
    run: (target, { strings, integers }) =>
      virtioQueueStatus(target, strings[0] ?? '', integers[0] ?? 0),
  },
  {
    name: 'virtio-status',
    params: 'path',
    help: 'Display status of a given virtio device',
    args: ['string'],
    complete: ['virtio-path'],
    run: (target, { strings }) => virtioStatus(target, strings[0] ?? ''),
  },
  {
    name: 'virtio-vhost-queue-status',
    params: 'path queue',
    help: 'Display status of a given vhost queue',
    args: ['string', 'integer'],
    complete: ['virtio-path'],
    run: (target, { strings, integers }) =>
      String(
        ask(target, 'x-query-virtio-vhost-queue-status', {
          path: strings[0],
          queue: integers[0],
        }),
      ),
  },
];
