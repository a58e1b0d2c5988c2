import { DeviceNotFound } from '../../machine/hotplug.ts';
import { ConfigError } from '../../qom/errors.ts';
import { MonitorError, type MonitorTarget } from '../target.ts';
import { checkArguments, isJsonObject, QmpError, type QmpErrorClass } from './command.ts';
import { QMP_COMMANDS } from './commands.ts';

/** An answer of QMP's, as JSON; `id` is the request's. */
export type QmpAnswer = { readonly id?: unknown } & (
  | { readonly return: unknown }
  | { readonly error: { readonly class: QmpErrorClass; readonly desc: string } }
);

/** Members that a request may have. */
const MEMBERS = ['execute', 'arguments', 'id'];

/** The machine protocol of the monitor: QEMU's commands in JSON, as far as the machine has what they ask for. */
export class Qmp {
  readonly #target: MonitorTarget;

  constructor(target: MonitorTarget) {
    this.#target = target;
  }

  /** Executes one request, `{execute, arguments, id}`. Never throws for what a client sent. */
  execute(request: unknown): QmpAnswer {
    const id = isJsonObject(request) && Object.hasOwn(request, 'id') ? { id: request.id } : {};
    try {
      return { return: runQmp(this.#target, request), ...id };
    } catch (error) {
      if (!(error instanceof MonitorError || error instanceof ConfigError)) throw error;
      const missing = error instanceof DeviceNotFound ? 'DeviceNotFound' : 'GenericError';
      const errorClass = error instanceof QmpError ? error.errorClass : missing;
      return { error: { class: errorClass, desc: plain(error.message) }, ...id };
    }
  }
}

/** A sentence without the hints for people that stand on lines of their own. */
function plain(message: string): string {
  return message.split('\n')[0] ?? '';
}

/** Executes one request. Throws MonitorError or ConfigError with QEMU's sentence. */
export function runQmp(target: MonitorTarget, request: unknown): unknown {
  if (!isJsonObject(request)) throw new QmpError('QMP input must be a JSON object');
  for (const [member, value] of Object.entries(request)) {
    if (!MEMBERS.includes(member)) throw new QmpError(`QMP input member '${member}' is unexpected`);
    if (member === 'execute' && typeof value !== 'string')
      throw new QmpError("QMP input member 'execute' must be a string");
    if (member === 'arguments' && !isJsonObject(value))
      throw new QmpError("QMP input member 'arguments' must be an object");
  }
  if (!Object.hasOwn(request, 'execute')) throw new QmpError("QMP input lacks member 'execute'");
  const name = String(request.execute);
  const command = QMP_COMMANDS.find((candidate) => candidate.name === name);
  if (!command) throw new QmpError(`The command ${name} has not been found`, 'CommandNotFound');
  const args = isJsonObject(request.arguments) ? request.arguments : {};
  if (command.schema !== 'open') checkArguments(command.schema, args);
  return command.run(target, args);
}
