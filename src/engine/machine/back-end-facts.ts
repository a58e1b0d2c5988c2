import type { BackEndFacts, BackEndKind, BackendNode } from '../../journal/topology.ts';
import { BlockBackend } from '../backends/block.ts';
import { Chardev } from '../backends/chardev.ts';
import { Fsdev } from '../backends/fs.ts';
import { MemoryBackend } from '../backends/memory.ts';
import { NetClient } from '../backends/net.ts';
import { Device } from '../qdev/device.ts';
import { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { BackEnds } from './back-ends.ts';
import type { StartLog } from './start-log.ts';

/** A back end as the picture has it, whoever made it. */
type Shown = Pick<BackEndFacts, 'kind' | 'id' | 'type' | 'summary'>;

/** Who asked for which back end. */
export class Origins {
  readonly #log: StartLog;
  readonly #options = new WeakMap<object, number | undefined>();

  constructor(log: StartLog) {
    this.#log = log;
  }

  /** Takes note of what was just made: an option asked for it, the monitor did, or the board brought it along. */
  note(...made: readonly object[]): void {
    const { option, closed } = this.#log;
    for (const one of made) if (closed || option !== undefined) this.#options.set(one, option);
  }

  /** Whether somebody asked for it. */
  has(made: object): boolean {
    return this.#options.has(made);
  }

  /** Option of the line that asked for it; undefined where none did. */
  optionOf(made: object | undefined): number | undefined {
    return made && this.#options.get(made);
  }
}

/** Every back end that somebody asked for, by kind. */
export function backEndFacts(backEnds: BackEnds): BackEndFacts[] {
  const { drives, network, chardevs, fsdevs, objects, origins } = backEnds;
  const all: object[] = [
    ...drives.list.map(({ tray }) => tray),
    ...drives.ownNodes(),
    ...network.clients.filter(({ queueIndex }) => queueIndex === 0),
    ...chardevs.list(),
    ...fsdevs.list(),
    ...objects.children.values(),
  ];
  return all
    .filter((made) => origins.has(made))
    .map((made) => {
      const option = origins.optionOf(made);
      return { ...shown(made), ...(option !== undefined && { option }) };
    });
}

/** The back ends that properties of a device name. */
export function linkedBackEnds(device: Device, backEnds: BackEnds): BackendNode[] {
  const nodes: BackendNode[] = [];
  // A part that is on no bus has no node of its own.
  const inside = [...device.aliases].flatMap(([alias, { target }]) =>
    target instanceof Device && target.parentBus ? [] : alias,
  );
  for (const property of [...device.type.properties.keys(), ...inside]) {
    const found = device.findProperty(property);
    if (!found || found.property.read) continue;
    const { names, type } = found.property;
    if (!names && !type.startsWith('link<')) continue;
    const value = found.owner.values[found.name];
    const named = names?.includes('fsdev') ? backEnds.fsdevs.find(String(value)) : value;
    const backEnd = Array.isArray(named) ? named[0] : named;
    if (isBackEnd(backEnd)) nodes.push({ property, ...shown(backEnd) });
  }
  return nodes;
}

/** Types that an object of the user's can be, with their ancestors. */
const objectTypes = new WeakMap<TypeRegistry, ReadonlySet<string>>();

/** Kinds of back end that a property names, and the type that an object must have; undefined where it names none. */
export function linkOf(
  { names, type }: { readonly names?: readonly BackEndKind[]; readonly type: string },
  registry: TypeRegistry,
): { readonly kinds: readonly BackEndKind[]; readonly type?: string } | undefined {
  if (names) return { kinds: names };
  const target = /^link<(.*)>$/.exec(type)?.[1];
  if (target === undefined) return undefined;
  let known = objectTypes.get(registry);
  if (!known) {
    known = new Set(userObjectTypes(registry));
    objectTypes.set(registry, known);
  }
  return known.has(target) ? { kinds: ['object'], type: target } : undefined;
}

function* userObjectTypes(registry: TypeRegistry): Generator<string> {
  for (const type of registry.types())
    if (type.isA('user-creatable') && !type.info.abstract)
      for (const { name } of type.ancestry()) if (name !== 'object') yield name;
}

function isBackEnd(value: unknown): value is object {
  return (
    value instanceof BlockBackend ||
    value instanceof NetClient ||
    value instanceof Chardev ||
    value instanceof Fsdev ||
    (value instanceof QObject && value.type.isA('user-creatable'))
  );
}

function shown(made: object): Shown {
  if (made instanceof BlockBackend) return shownDrive(made);
  if (made instanceof NetClient)
    return {
      kind: 'netdev',
      id: made.name,
      type: made.kind,
      summary: made.info || made.kind,
    };
  if (made instanceof Chardev)
    return { kind: 'chardev', id: made.id, type: made.backend, summary: made.filename };
  if (made instanceof Fsdev)
    return { kind: 'fsdev', id: made.id, type: made.driver, summary: made.source };
  return shownObject(made as QObject);
}

function shownDrive(drive: BlockBackend): Shown {
  const { id, filename, format, readOnly, nodeName } = drive.options;
  const kind = nodeName === undefined ? 'blockdev' : 'drive';
  if (!drive.inserted) return { kind, id, type: 'empty', summary: 'no medium' };
  const what = filename.startsWith('json:') ? format : `${filename} (${format})`;
  const summary = `${what}, ${drive.length} bytes${readOnly ? ', read-only' : ''}`;
  return { kind, id, type: format, summary };
}

function shownObject(object: QObject): Shown {
  const isUsers = object.parent?.name === 'objects' && object.parent.parent?.parent === undefined;
  return {
    kind: 'object',
    id: isUsers ? object.name : object.path,
    type: object.type.name,
    summary: object instanceof MemoryBackend ? `${object.bytes} bytes` : object.path,
  };
}
