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
      return { return: this.#run(request), ...id };
    } catch (error) {
      if (!(error instanceof MonitorError || error instanceof ConfigError)) throw error;
      const errorClass = error instanceof QmpError ? error.errorClass : 'GenericError';
      return { error: { class: errorClass, desc: error.message }, ...id };
    }
  }

  #run(request: unknown): unknown {
    if (!isJsonObject(request)) throw new QmpError('QMP input must be a JSON object');
    for (const [member, value] of Object.entries(request)) {
      if (!MEMBERS.includes(member))
        throw new QmpError(`QMP input member '${member}' is unexpected`);
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
    return command.run(this.#target, args);
  }
}
