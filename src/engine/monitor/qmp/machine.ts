import type { JsonObject } from '../../machine/json.ts';
import { objectFromJson } from '../../machine/objects.ts';
import { checkedId, type Entry } from '../../machine/opts.ts';
import type { MonitorTarget } from '../target.ts';
import { QEMU_PACKAGE, QEMU_VERSION } from '../version.ts';
import { openQmpCommand, type QmpCommand, QmpError, qmpCommand } from './command.ts';

/** Text of a member as QEMU's older commands read it: as words, and what is no scalar not at all. */
function text(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : undefined;
}

/** Members of a command that reads them like an option's `key=value`s. Throws ConfigError. */
function optionsOf(args: Readonly<Record<string, unknown>>): {
  id: string | undefined;
  entries: Entry[];
  warnings: string[];
} {
  const { id: given, ...members } = args;
  const id = typeof given === 'string' ? checkedId(given) : undefined;
  const entries = Object.entries(members).flatMap(([key, member]) => {
    const value = text(member);
    return value === undefined ? [] : [{ key, value }];
  });
  return { id, entries, warnings: [] };
}

function status({ runState }: MonitorTarget): object {
  return { status: runState, singlestep: false, running: runState === 'running' };
}

/** Commands about the machine as a whole and its devices. */
export const MACHINE_QMP: readonly QmpCommand[] = [
  qmpCommand('query-status', {}, status),
  qmpCommand('query-version', {}, () => {
    const [major, minor, micro] = QEMU_VERSION.split('.').map(Number);
    return { qemu: { micro, minor, major }, package: QEMU_PACKAGE };
  }),
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
  qmpCommand('quit', {}, (target) => {
    if (!target.quit())
      throw new QmpError(
        'The machine has no process of its own to end. system_reset starts it afresh.',
      );
    return {};
  }),
  openQmpCommand('device_add', (target, args) => {
    target.addDevice(optionsOf(args));
    return {};
  }),
  qmpCommand('device_del', { id: 'string' }, (target, { id }) => {
    target.removeDevice(id);
    return {};
  }),
  qmpCommand(
    'human-monitor-command',
    { 'command-line': 'string', 'cpu-index': 'integer?' },
    (target, args) => {
      const index = args['cpu-index'];
      if (index !== undefined && (index < 0 || index >= target.cpus))
        throw new QmpError("Parameter 'cpu-index' expects a CPU number");
      // Lines end as on a terminal.
      return target.monitor(args['command-line']).replaceAll('\n', '\r\n');
    },
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
