import { DeviceNotFound } from '../../machine/hotplug.ts';
import type { JsonObject } from '../../machine/json.ts';
import { objectFromJson } from '../../machine/objects.ts';
import type { Entry } from '../../machine/opts.ts';
import type { MonitorTarget } from '../target.ts';
import { openQmpCommand, type QmpCommand, QmpError, qmpCommand } from './command.ts';

/** Text of a member as QEMU's older commands read it: they take every value as words. */
function text(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Members of a command that reads them like an option's `key=value`s. */
export function optionsOf(args: Readonly<Record<string, unknown>>): {
  id: string | undefined;
  entries: Entry[];
  warnings: string[];
} {
  const { id, ...members } = args;
  return {
    id: id === undefined ? undefined : text(id),
    entries: Object.entries(members).map(([key, value]) => ({ key, value: text(value) })),
    warnings: [],
  };
}

function status({ runState }: MonitorTarget): object {
  return { status: runState, singlestep: false, running: runState === 'running' };
}

/** Commands about the machine as a whole and its devices. */
export const MACHINE_QMP: readonly QmpCommand[] = [
  qmpCommand('query-status', {}, status),
  qmpCommand('cont', {}, (target) => {
    target.cont();
    return {};
  }),
  qmpCommand('stop', {}, (target) => {
    target.stop();
    return {};
  }),
  qmpCommand('system_reset', {}, (target) => {
    target.reset();
    return {};
  }),
  openQmpCommand('device_add', (target, args) => {
    target.addDevice(optionsOf(args));
    return {};
  }),
  qmpCommand('device_del', { id: 'string' }, (target, { id }) => {
    try {
      target.removeDevice(id);
    } catch (error) {
      if (error instanceof DeviceNotFound) throw new QmpError(error.message, 'DeviceNotFound');
      throw error;
    }
    return {};
  }),
  qmpCommand(
    'human-monitor-command',
    { 'command-line': 'string', 'cpu-index': 'integer?' },
    (target, args) => target.monitor(args['command-line']),
  ),
  openQmpCommand('object-add', (target, args) => {
    target.addObject(objectFromJson(args as JsonObject));
    return {};
  }),
  qmpCommand('object-del', { id: 'string' }, (target, { id }) => {
    target.removeObject(id);
    return {};
  }),
];
