import { addChardev } from '../../machine/chardevs.ts';
import type { JsonObject } from '../../machine/json.ts';
import { addNetdev } from '../../machine/netdevs.ts';
import type { Entry } from '../../machine/opts.ts';
import { BLOCKDEV_SCHEMA } from '../../machine/qapi/blockdev.ts';
import { NETDEV_SCHEMA } from '../../machine/qapi/netdev.ts';
import { visitJson } from '../../machine/qapi/visit.ts';
import type { MonitorTarget } from '../target.ts';
import { isJsonObject, openQmpCommand, type QmpCommand, QmpError, qmpCommand } from './command.ts';

/** Names of a character back end's data in QMP, where an option calls them otherwise. */
const CHARDEV_KEYS: Readonly<Record<string, string>> = { out: 'path', device: 'path' };

/** What `chardev-add` describes, as the `key=value`s of a `-chardev`. */
function chardevEntries(backend: Readonly<Record<string, unknown>>): Entry[] {
  const entries: Entry[] = [{ key: 'backend', value: String(backend.type) }];
  const add = (data: Readonly<Record<string, unknown>>): void => {
    for (const [key, value] of Object.entries(data))
      if (isJsonObject(value)) add(isJsonObject(value.data) ? value.data : value);
      else if (typeof value === 'boolean') entries.push({ key, value: value ? 'on' : 'off' });
      else entries.push({ key: CHARDEV_KEYS[key] ?? key, value: String(value) });
  };
  if (isJsonObject(backend.data)) add(backend.data);
  return entries;
}

/** Makes a character back end while the machine stands. Throws ConfigError with QEMU's sentence. */
export function addChardevLate(
  target: MonitorTarget,
  id: string | undefined,
  entries: readonly Entry[],
): void {
  addChardev(target.backEnds, { location: '', id, entries, warnings: [] });
}

function removeNetdev({ network }: MonitorTarget, id: string): void {
  const [client] = network.clients.filter(({ name }) => name === id);
  if (!client) throw new QmpError(`Device '${id}' not found`, 'DeviceNotFound');
  if (client.kind === 'nic') throw new QmpError(`Device '${id}' is not a netdev`);
  network.removeBackend(id);
}

function removeChardev({ chardevs }: MonitorTarget, id: string): void {
  const found = chardevs.find(id);
  if (!found) throw new QmpError(`Chardev '${id}' not found`);
  if (found.user !== undefined) throw new QmpError(`Chardev '${id}' is busy`);
  chardevs.remove(id);
}

function resize(target: MonitorTarget, device = '', node = '', size: number | bigint): void {
  const found = target.backEnds.drives.find(device, node || undefined);
  if (!found) throw new QmpError(`Cannot find device='${device}' nor node-name='${node}'`);
  if (size < 0) throw new QmpError("Parameter 'size' expects a >0 size");
  if (found.options.readOnly) throw new QmpError('Image is read-only');
  if (found.options.discardsWrites)
    throw new QmpError('Image format driver does not support resize');
  found.resize(Number(size));
}

/** Commands about what stands behind devices. */
export const BACK_END_QMP: readonly QmpCommand[] = [
  openQmpCommand('netdev_add', ({ backEnds }, args) => {
    addNetdev(backEnds, visitJson(NETDEV_SCHEMA, 'Netdev', args as JsonObject));
    return {};
  }),
  qmpCommand('netdev_del', { id: 'string' }, (target, { id }) => {
    removeNetdev(target, id);
    return {};
  }),
  qmpCommand('set_link', { name: 'string', up: 'boolean' }, ({ network }, { name, up }) => {
    if (!network.setLink(name, up))
      throw new QmpError(`Device '${name}' not found`, 'DeviceNotFound');
    return {};
  }),
  qmpCommand('chardev-add', { id: 'string', backend: 'object' }, (target, { id, backend }) => {
    addChardevLate(target, id, chardevEntries(backend));
    return {};
  }),
  qmpCommand('chardev-remove', { id: 'string' }, (target, { id }) => {
    removeChardev(target, id);
    return {};
  }),
  openQmpCommand('blockdev-add', ({ backEnds }, args) => {
    backEnds.drives.addNode(visitJson(BLOCKDEV_SCHEMA, 'BlockdevOptions', args as JsonObject));
    return {};
  }),
  qmpCommand('blockdev-del', { 'node-name': 'string' }, ({ backEnds }, args) => {
    backEnds.drives.removeNode(args['node-name']);
    return {};
  }),
  qmpCommand(
    'block_resize',
    { device: 'string?', 'node-name': 'string?', size: 'integer' },
    (target, args) => {
      resize(target, args.device, args['node-name'], args.size);
      return {};
    },
  ),
];
