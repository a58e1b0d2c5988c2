import type { Chardev } from '../../backends/chardev.ts';
import { VirtioNet } from '../../devices/virtio-net/virtio-net.ts';
import { SerialPort } from '../../devices/virtio-serial/serial-port.ts';
import { addChardev } from '../../machine/chardevs.ts';
import type { JsonObject } from '../../machine/json.ts';
import { addNetdev } from '../../machine/netdevs.ts';
import type { Entry } from '../../machine/opts.ts';
import { BLOCKDEV_SCHEMA } from '../../machine/qapi/blockdev.ts';
import { CHARDEV_SCHEMA } from '../../machine/qapi/chardev.ts';
import { NETDEV_SCHEMA } from '../../machine/qapi/netdev.ts';
import { type Visited, visitJson } from '../../machine/qapi/visit.ts';
import { NOWHERE } from '../../machine/start-log.ts';
import { ConfigError } from '../../qom/errors.ts';
import { blockFacts, nodeFacts, usedDrives } from '../block-facts.ts';
import type { MonitorTarget } from '../target.ts';
import { openQmpCommand, type QmpCommand, QmpError, qmpCommand } from './command.ts';

/** Names of a character back end's data in QMP, where an option calls them otherwise. */
const CHARDEV_KEYS: Readonly<Record<string, string>> = {
  out: 'path',
  device: 'path',
  str: 'fd',
  fqdn: 'name',
  type: 'name',
};

/** What `chardev-add` describes, as the `key=value`s of a `-chardev`. */
function chardevEntries({ type, data }: Visited): Entry[] {
  const entries: Entry[] = [{ key: 'backend', value: String(type) }];
  const add = (values: Visited): void => {
    for (const [key, value] of Object.entries(values))
      if (typeof value === 'object') add((value as Visited).data as Visited);
      else if (typeof value === 'boolean') entries.push({ key, value: value ? 'on' : 'off' });
      else entries.push({ key: CHARDEV_KEYS[key] ?? key, value: String(value) });
  };
  add(data as Visited);
  return entries;
}

/** QMP's `chardev-add`: the name of a terminal that it made is in its answer. */
function addQmpChardev(target: MonitorTarget, args: JsonObject): object {
  const { id: given, backend } = visitJson(CHARDEV_SCHEMA, 'ChardevAdd', args);
  const id = String(given);
  if (target.chardevs.find(id)) throw new QmpError(`Chardev with id '${id}' already exists`);
  try {
    const made = addChardevLate(target, id, chardevEntries(backend as Visited));
    const terminal = terminalOf(made);
    return terminal === undefined ? {} : { pty: terminal };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new QmpError(`Failed to add chardev '${id}': ${error.message}`);
  }
}

/** Name of the terminal that a back end made; undefined where it made none. */
export function terminalOf({ backend, filename }: Chardev): string | undefined {
  return backend === 'pty' ? filename.slice(filename.indexOf(':') + 1) : undefined;
}

/** Makes a character back end while the machine stands. Throws ConfigError with QEMU's sentence. */
export function addChardevLate(
  target: MonitorTarget,
  id: string | undefined,
  entries: readonly Entry[],
): Chardev {
  const made = addChardev(target.backEnds, { location: NOWHERE, id, entries, warnings: [] });
  // One that is made with the machine waits for its first user.
  if (made.backend === 'mux' || made.backend === 'vc') made.isOpen = true;
  return made;
}

function removeNetdev({ network }: MonitorTarget, id: string): void {
  if (network.find(id).length === 0)
    throw new QmpError(`Device '${id}' not found`, 'DeviceNotFound');
  network.removeBackend(id);
}

function removeChardev({ chardevs }: MonitorTarget, id: string): void {
  const found = chardevs.find(id);
  if (!found) throw new QmpError(`Chardev '${id}' not found`);
  if (found.user !== undefined || found.backend === 'mux')
    throw new QmpError(`Chardev '${id}' is busy`);
  chardevs.remove(id);
}

function resize(target: MonitorTarget, device = '', node = '', size: number | bigint): void {
  const found = target.backEnds.drives.find(device, node || undefined);
  if (!found && target.drives.list.some(({ id }) => id === device))
    throw new QmpError(`Device '${device}' has no medium`);
  if (!found) throw new QmpError(`Cannot find device='${device}' nor node-name='${node}'`);
  if (size < 0) throw new QmpError("Parameter 'size' expects a >0 size");
  if (found.options.readOnly) throw new QmpError('Image is read-only');
  if (found.options.discardsWrites)
    throw new QmpError('Image format driver does not support resize');
  found.resize(Number(size));
}

/** What NICs let through, all or that of one name. */
function receiveFilters({ devices, network }: MonitorTarget, name: string | undefined): object[] {
  const all = devices.flatMap((device) =>
    device instanceof VirtioNet && device.realized ? [device.filterFacts()] : [],
  );
  if (name === undefined) return all;
  const client = network.clients.find((candidate) => candidate.name === name);
  if (!client) throw new QmpError(`invalid net client name: ${name}`);
  if (client.kind !== 'nic') throw new QmpError(`net client(${name}) isn't a NIC`);
  const found = all.filter((filter) => filter.name === name);
  if (found.length === 0)
    throw new QmpError(`net client(${name}) doesn't support rx-filter querying`);
  return found;
}

/** Whether what uses a character back end listens: a serial port from when its driver opened it. */
function listens(user: object): boolean {
  return !(user instanceof SerialPort) || user.isConsole || user.guestConnected;
}

/** Commands about what stands behind devices. */
export const BACK_END_QMP: readonly QmpCommand[] = [
  qmpCommand('query-block', {}, (target) =>
    usedDrives(target).map((drive) => blockFacts(target, drive)),
  ),
  qmpCommand('query-named-block-nodes', { flat: 'boolean?' }, ({ drives }) =>
    drives.nodes().map(({ name, backend }) => nodeFacts(backend, name)),
  ),
  qmpCommand('query-chardev', {}, ({ chardevs }) =>
    chardevs.listedIds().map((label) => {
      const { filename, user } = chardevs.find(label) as Chardev;
      return { label, filename, 'frontend-open': user !== undefined && listens(user) };
    }),
  ),
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
  qmpCommand(
    'announce-self',
    {
      initial: 'integer',
      max: 'integer',
      rounds: 'integer',
      step: 'integer',
      interfaces: 'array?',
      id: 'string?',
    },
    ({ network }, { interfaces, rounds }) => {
      if (rounds > 0) network.announce(interfaces?.map(String));
      return {};
    },
  ),
  qmpCommand('query-rx-filter', { name: 'string?' }, (target, { name }) =>
    receiveFilters(target, name),
  ),
  openQmpCommand('chardev-add', (target, args) => addQmpChardev(target, args as JsonObject)),
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
