import { MonitorError, type MonitorTarget } from '../target.ts';

/** Classes of QMP errors that a client may rely on. */
export type QmpErrorClass =
  | 'GenericError'
  | 'CommandNotFound'
  | 'DeviceNotFound'
  | 'DeviceNotActive'
  | 'KVMMissingCap';

/** A QMP command that fails; the message is QEMU's `desc`. Any other MonitorError or ConfigError is a GenericError. */
export class QmpError extends MonitorError {
  readonly errorClass: QmpErrorClass;

  constructor(message: string, errorClass: QmpErrorClass = 'GenericError') {
    super(message);
    this.errorClass = errorClass;
  }
}

/** What the JSON of an argument becomes, by the word that declares it. */
interface ArgumentTypes {
  string: string;
  boolean: boolean;
  /** A whole number; a bigint where it came as one. */
  integer: number | bigint;
  /** A whole number of 16 bits. */
  u16: number | bigint;
  number: number;
  object: Readonly<Record<string, unknown>>;
  array: readonly unknown[];
  any: unknown;
}

/** How an argument is declared: `string`, or `string?` where it may be left out. */
export type QmpArgument = keyof ArgumentTypes | `${keyof ArgumentTypes}?`;

/** Arguments of a command by name, in the order of QEMU's schema, in which they are checked. */
export type QmpSchema = Readonly<Record<string, QmpArgument>>;

/** Arguments as `run` gets them. */
export type QmpArguments<S extends QmpSchema> = {
  readonly [K in keyof S]: S[K] extends `${infer T extends keyof ArgumentTypes}?`
    ? ArgumentTypes[T] | undefined
    : S[K] extends keyof ArgumentTypes
      ? ArgumentTypes[S[K]]
      : never;
};

/** One QMP command. */
export interface QmpCommand {
  readonly name: string;
  /** `open` where QEMU takes any members and checks them itself: `device_add`. */
  readonly schema: QmpSchema | 'open';
  /** Returns what `return` holds; throws QmpError, MonitorError or ConfigError. */
  run(target: MonitorTarget, args: Readonly<Record<string, unknown>>): unknown;
}

/** Declares a command; `run` sees its arguments checked and typed. */
export function qmpCommand<const S extends QmpSchema>(
  name: string,
  schema: S,
  run: (target: MonitorTarget, args: QmpArguments<S>) => unknown,
): QmpCommand {
  return { name, schema, run: (target, args) => run(target, args as QmpArguments<S>) };
}

/** Declares a command that takes whatever members it is given. */
export function openQmpCommand(name: string, run: QmpCommand['run']): QmpCommand {
  return { name, schema: 'open', run };
}

const CHECKS: Readonly<Record<keyof ArgumentTypes, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  integer: isInteger,
  u16: (value) => isInteger(value) && value >= 0 && value < 2 ** 16,
  number: (value) => typeof value === 'bigint' || typeof value === 'number',
  object: isJsonObject,
  array: Array.isArray,
  any: () => true,
};

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}

/** What is said of a value that is not as declared. */
function complaint(name: string, kind: keyof ArgumentTypes, value: unknown): string {
  if (kind !== 'u16') return `Invalid parameter type for '${name}', expected: ${kind}`;
  return `Parameter '${name}' expects ${isInteger(value) ? 'uint16_t' : 'uint64'}`;
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Checks arguments against a schema, in its order. Throws QmpError with QEMU's sentence. */
export function checkArguments(schema: QmpSchema, args: Readonly<Record<string, unknown>>): void {
  for (const [name, declared] of Object.entries(schema)) {
    const optional = declared.endsWith('?');
    const kind = (optional ? declared.slice(0, -1) : declared) as keyof ArgumentTypes;
    if (!Object.hasOwn(args, name)) {
      if (optional) continue;
      throw new QmpError(`Parameter '${name}' is missing`);
    }
    if (!CHECKS[kind](args[name])) throw new QmpError(complaint(name, kind, args[name]));
  }
  const extra = Object.keys(args).find((name) => !Object.hasOwn(schema, name));
  if (extra !== undefined) throw new QmpError(`Parameter '${extra}' is unexpected`);
}
