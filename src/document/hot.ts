import type { BusNode, DeviceNode, MachineTopology } from '../protocol/topology.ts';
import { stemOf } from './bus-names.ts';
import type { DocumentOption, MachineDocument } from './document.ts';
import { addOption, freshId, removeOptions, replaceOption } from './edits.ts';
import { entriesOf, entryOf, optionIdOf, withEntry } from './entries.ts';
import { isJson } from './json.ts';
import { addressOf, withAddress } from './places.ts';

/** A running machine, and which options its devices came from. */
export interface LiveMachine {
  readonly topology: MachineTopology;
  /** Keys of the options that the machine was built from, by their number on that line. */
  readonly keys: readonly number[];
  /** Keys of options for devices that came while it ran, by path. */
  readonly plugged: ReadonlyMap<string, number>;
}

/** What the monitor has to be told to make a running machine that of another document. */
export interface HotPlan {
  /** Lines of the human monitor, in order. */
  readonly lines: readonly string[];
  /** Lines that take back what was done, for when one of them is refused. Same length. */
  readonly back: readonly (string | undefined)[];
}

/** Monitor commands that make what an option of the command line makes, and take it back by its id. */
const COMMANDS: Readonly<
  Record<string, { readonly add: string; readonly remove: string; readonly qmp: string }>
> = {
  device: { add: 'device_add', remove: 'device_del', qmp: 'device_add' },
  netdev: { add: 'netdev_add', remove: 'netdev_del', qmp: 'netdev_add' },
  object: { add: 'object_add', remove: 'object_del', qmp: 'object-add' },
  chardev: { add: 'chardev-add', remove: 'chardev-remove', qmp: '' },
  // Its first word is of no account any more.
  drive: { add: 'drive_add 0', remove: '', qmp: '' },
  // The human monitor has no word for it.
  blockdev: { add: '', remove: '', qmp: 'blockdev-add' },
};

/** The monitor's line that makes what an option makes; undefined where it has none. */
function adder(option: DocumentOption): string | undefined {
  const { name, argument } = option;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command || argument === undefined || /[\r\n]/.test(argument)) return undefined;
  // The human monitor knows no JSON, the other nothing else.
  const json = command.add === '' ? flatJson(option) : option;
  if (!json) return undefined;
  if (isJson(json))
    return command.qmp && `{"execute":"${command.qmp}","arguments":${json.argument}}`;
  const plain = command.add === 'object_add' || !/[\s"\\]/.test(argument);
  return `${command.add} ${plain ? argument : `"${argument.replace(/["\\]/g, '\\$&')}"`}`;
}

/** An option in JSON, unless that would have objects inside it. */
function flatJson(option: DocumentOption): DocumentOption | undefined {
  if (isJson(option)) return option;
  const entries = entriesOf(option);
  if (entries.some(({ key }) => key.includes('.'))) return undefined;
  const empty: DocumentOption = { ...option, argument: '{}' };
  return entries.reduce((one, { key, value }) => withEntry(one, key, value), empty);
}

/** The monitor's line that takes back what an option made; undefined where it has none. */
function remover(option: DocumentOption): string | undefined {
  const id = optionIdOf(option);
  if (id === undefined) return undefined;
  if (option.name === 'blockdev')
    return `{"execute":"blockdev-del","arguments":{"node-name":${JSON.stringify(id)}}}`;
  const remove = COMMANDS[option.name]?.remove;
  return remove ? `${remove} ${id}` : undefined;
}

/**
 * How to go from `before` to `after` without building the machine anew; undefined where that is not to
 * be had: only devices and their back ends come and go.
 */
export function hotPlan(
  before: MachineDocument,
  after: MachineDocument,
  live: LiveMachine,
): HotPlan | undefined {
  if (before.program !== after.program) return undefined;
  const was = new Map(before.options.map((option) => [option.key, option]));
  const is = new Map(after.options.map((option) => [option.key, option]));
  const added = after.options.filter(({ key }) => !was.has(key));
  const gone = before.options.filter(({ key }) => !is.has(key));
  const changed = after.options.some((option) => {
    const old = was.get(option.key);
    return old && (old.name !== option.name || old.argument !== option.argument);
  });
  if (changed || added.length + gone.length === 0) return undefined;
  if (!added.some(isDevice) && !gone.some(isDevice)) return undefined;
  const lines: string[] = [];
  const back: (string | undefined)[] = [];
  for (const option of gone.filter(isDevice)) {
    const name = hotName(option, live);
    if (name === undefined) return undefined;
    lines.push(`device_del ${name}`);
    back.push(undefined);
  }
  // What devices use must be there before them, whatever their order on the line.
  const ordered = [...added.filter((one) => !isDevice(one)), ...added.filter(isDevice)];
  for (const option of ordered) {
    const line = adder(option);
    if (!line) return undefined;
    lines.push(line);
    back.push(remover(option));
  }
  return { lines, back };
}

/**
 * Gives ids to the devices that come to a running machine: they can leave again by them, and their buses are
 * called after them, while the numbers that QEMU would give depend on all that came and went before.
 */
export function withHotIds(before: MachineDocument, after: MachineDocument): MachineDocument {
  const was = new Set(before.options.map(({ key }) => key));
  return after.options.reduce((doc, option) => {
    const nameless =
      isDevice(option) && !was.has(option.key) && entryOf(option, 'id') === undefined;
    if (!nameless) return doc;
    const id = freshId(doc, stemOf(entryOf(option, 'driver') ?? ''));
    return replaceOption(doc, option.key, (one) => withEntry(one, 'id', id));
  }, after);
}

const isDevice = ({ name }: DocumentOption): boolean => name === 'device';

/** What `device_del` calls the device of an option: its id, else its path. */
function hotName(option: DocumentOption, live: LiveMachine): string | undefined {
  const id = entryOf(option, 'id');
  if (id !== undefined) return id;
  return devices(live.topology.root).find((device) => keyIn(live, device) === option.key)?.path;
}

/** Key of the option that a device came from; undefined for what the board brought along. */
export function keyIn(live: LiveMachine, device: DeviceNode): number | undefined {
  if (device.option !== undefined) return live.keys[device.option];
  return live.plugged.get(device.path);
}

/** The topology of a running machine with the options that its devices came from counted as `doc` has them. */
export function counted(doc: MachineDocument, live: LiveMachine): MachineTopology {
  const asBuilt =
    live.plugged.size === 0 && live.keys.every((key, i) => doc.options[i]?.key === key);
  if (asBuilt) return live.topology;
  const places = new Map(doc.options.map(({ key }, i) => [key, i]));
  const busOf = (bus: BusNode): BusNode => ({ ...bus, children: bus.children.map(deviceOf) });
  const deviceOf = (device: DeviceNode): DeviceNode => {
    const { option: _, ...rest } = device;
    const key = keyIn(live, device);
    const option = key === undefined ? undefined : places.get(key);
    const buses = device.buses.map(busOf);
    return { ...rest, buses, ...(option !== undefined && { option }) };
  };
  return { ...live.topology, root: busOf(live.topology.root) };
}

/** All devices below a bus. */
function devices(bus: BusNode): DeviceNode[] {
  return bus.children.flatMap((device) => [device, ...device.buses.flatMap(devices)]);
}

/** A document that follows what came and went while the machine ran. */
export interface Followed {
  readonly doc: MachineDocument;
  readonly plugged: ReadonlyMap<string, number>;
}

/**
 * The document of a machine whose devices came and went while it ran: a machine built from it has the
 * same tree, since whatever could be placed otherwise from a cold start gets its address written down. Only
 * subchannels are numbered anew, for which QEMU has no option.
 */
export function follow(doc: MachineDocument, before: LiveMachine, now: MachineTopology): Followed {
  const there = devices(now.root);
  const paths = new Set(there.map(({ path }) => path));
  const gone = devices(before.topology.root)
    .filter(({ path }) => !paths.has(path))
    .map((device) => keyIn(before, device))
    .filter((key) => key !== undefined);
  const plugged = new Map([...before.plugged].filter(([path]) => paths.has(path)));
  // A bus has its newest device first; a cold start makes them in the order of the line.
  const fresh = there
    .filter(({ path, added }) => added !== undefined && !plugged.has(path))
    .sort((a, b) => a.dev - b.dev);
  if (gone.length === 0 && fresh.length === 0) return { doc, plugged };
  let next = removeOptions(doc, gone);
  const live = { ...before, topology: now, plugged };
  if (gone.length > 0) next = pinned(next, live);
  const known = new Set([...before.keys, ...plugged.values()]);
  for (const device of fresh) {
    let option = next.options.find((one) => !known.has(one.key) && makes(one, device));
    if (!option) {
      next = addOption(next, 'device', device.added);
      option = next.options.at(-1);
    }
    if (!option) continue;
    known.add(option.key);
    plugged.set(device.path, option.key);
  }
  return {
    doc: pinned(next, { ...live, plugged }, new Set(fresh.map(({ path }) => path))),
    plugged,
  };
}

/** Whether a device that was plugged in a running machine is what an option asks for. */
function makes(option: DocumentOption, device: DeviceNode): boolean {
  if (!isDevice(option)) return false;
  return device.id === '' ? option.argument === device.added : entryOf(option, 'id') === device.id;
}

/** Writes down where devices sit; `only` limits it to some paths. */
function pinned(
  doc: MachineDocument,
  live: LiveMachine,
  only?: ReadonlySet<string>,
): MachineDocument {
  const places = new Map<number, (option: DocumentOption) => DocumentOption>();
  const visit = (bus: BusNode): void => {
    for (const device of bus.children) {
      const key = keyIn(live, device);
      if (key !== undefined && (!only || only.has(device.path)))
        places.set(key, (option) => placed(option, device, bus, only !== undefined));
      device.buses.forEach(visit);
    }
  };
  visit(live.topology.root);
  const options = doc.options.map((option) => places.get(option.key)?.(option) ?? option);
  return { ...doc, options };
}

function placed(
  option: DocumentOption,
  device: DeviceNode,
  bus: BusNode,
  withBus: boolean,
): DocumentOption {
  let next = option;
  if (withBus && entryOf(next, 'bus') === undefined) next = withEntry(next, 'bus', bus.name);
  return withAddress(next, addressOf(device, bus));
}
