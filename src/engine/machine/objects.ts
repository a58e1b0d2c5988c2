import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import type { TypeRegistry } from '../qom/type.ts';
import type { JsonValue } from './json.ts';
import type { KeyvalTree } from './keyval.ts';
import { checkedId, lastValue, type Opts } from './opts.ts';
import { OBJECT_SCHEMA } from './qapi/object-options.ts';
import {
  type Visited,
  type VisitedValue,
  visitJson,
  visitKeyval,
  visitOpts,
} from './qapi/visit.ts';
import { qdictOrder } from './qdict-order.ts';

/** An object that was asked for, checked. */
export interface ObjectRequest {
  readonly type: string;
  readonly id: string;
  readonly values: Visited;
}

/** Reads an `-object` of options in a row. Throws ConfigError with QEMU's sentence. */
export function objectFromOpts({ id, entries }: Opts): ObjectRequest {
  if (lastValue(entries, 'qom-type') === undefined)
    throw new ConfigError("Parameter 'qom-type' is missing");
  return request(visitOpts(OBJECT_SCHEMA, 'ObjectOptions', id, entries));
}

/** Reads an object whose values are typed. Throws ConfigError with QEMU's sentence. */
export function objectFromJson(json: Readonly<Record<string, JsonValue>>): ObjectRequest {
  return request(visitJson(OBJECT_SCHEMA, 'ObjectOptions', json));
}

/** Reads an object of `a.b=c,…`. Throws ConfigError with QEMU's sentence. */
export function objectFromKeyval(tree: KeyvalTree): ObjectRequest {
  return request(visitKeyval(OBJECT_SCHEMA, 'ObjectOptions', tree));
}

function request(visited: Visited): ObjectRequest {
  const { 'qom-type': type, id, ...values } = visited;
  return { type: String(type), id: String(id), values };
}

/** An object that checks itself once its properties are set. */
interface Completable {
  /** Throws ConfigError with QEMU's sentence. */
  complete(): void;
}

function isCompletable(object: QObject): object is QObject & Completable {
  return 'complete' in object && typeof object.complete === 'function';
}

/** What making objects needs of the machine. */
export interface ObjectHome {
  readonly registry: TypeRegistry;
  /** Services of the machine, for constructors. */
  readonly context: unknown;
  /** `/objects`. */
  readonly objects: QObject;
  /** What a property names: a chardev, an object of `type`. */
  resolve(property: string, id: string, type: string): unknown;
}

/** Makes a checked object below `/objects`. Throws ConfigError where it cannot be. */
export function makeObject(home: ObjectHome, { type, id, values }: ObjectRequest): QObject {
  const { registry, objects } = home;
  checkedId(id);
  const known = registry.find(type);
  if (!known) throw new ConfigError(`invalid object type: ${type}`);
  if (!known.inherited('create'))
    throw new ConfigError(`objects of type '${type}' are not modelled yet`);
  const object = registry.create(type, home.context);
  for (const name of qdictOrder(Object.keys(values)))
    object.set(name, asText(values[name] as VisitedValue), (text, wanted) =>
      home.resolve(name, text, wanted),
    );
  objects.addChild(id, object);
  try {
    if (isCompletable(object)) object.complete();
  } catch (error) {
    objects.removeChild(object);
    throw error;
  }
  return object;
}

/** A value as a property reads it. */
function asText(value: VisitedValue): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (Array.isArray(value)) return value.map((one: VisitedValue) => asText(one)).join(' ');
  if (typeof value === 'object')
    return Object.entries(value as Visited)
      .map(([key, inner]) => `${key}=${asText(inner)}`)
      .join(',');
  return String(value);
}

/** Whether QEMU makes an object only after networks and character devices, which it may name. */
export function isMadeLate({ type }: ObjectRequest): boolean {
  return (
    /^(?:filter-|memory-backend-|colo-compare$)/.test(type) ||
    ['rng-egd', 'qtest', 'cryptodev-vhost-user'].includes(type)
  );
}
