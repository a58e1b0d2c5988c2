import { parseJson } from '../../engine/machine/json.ts';
import type { Machine } from '../../engine/machine/machine.ts';
import type { MachineEvent } from '../../engine/machine/management.ts';
import { QEMU_VERSION } from '../../engine/monitor/version.ts';
import { ConfigError } from '../../engine/qom/errors.ts';
import { JsonStream } from './json-stream.ts';
import { jsonText } from './json-text.ts';
import type { Peer } from './peer.ts';

const NEGOTIATE = 'qmp_capabilities';
/** Every capability that a client may ask for: none is offered. */
const CAPABILITIES: readonly string[] = [];

/** What a session needs of the machine. */
type QmpMachine = Pick<Machine, 'qmp'>;

/** Where answers go, and how they look. */
export interface QmpOptions {
  send(text: string): void;
  /** Whether answers are laid out for people. */
  readonly pretty: boolean;
  /** Microseconds since 1970, for events. */
  now(): number;
}

/** One client of the machine protocol: greeting, negotiation, commands and events as JSON. */
export class QmpSession implements Peer {
  readonly #machine: QmpMachine;
  readonly #options: QmpOptions;
  #stream = new JsonStream();
  #negotiated = false;

  constructor(machine: QmpMachine, options: QmpOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  /** A client came: it is greeted, and must negotiate. */
  open(): void {
    this.#stream = new JsonStream();
    this.#negotiated = false;
    const [major, minor, micro] = QEMU_VERSION.split('.').map(Number);
    this.#send({
      QMP: {
        version: { qemu: { micro, minor, major }, package: '' },
        capabilities: CAPABILITIES,
      },
    });
  }

  /** Takes what a client sent, in pieces of any size. */
  receive(text: string): void {
    for (const value of this.#stream.push(text)) this.#send(this.#answer(value));
  }

  close(): void {
    this.#negotiated = false;
  }

  /** Tells the client of an event, once it has negotiated. */
  event({ event, data }: MachineEvent): void {
    if (!this.#negotiated) return;
    const micros = this.#options.now();
    const timestamp = { seconds: Math.floor(micros / 1e6), microseconds: Math.floor(micros % 1e6) };
    this.#send({ timestamp, event, ...(data && { data }) });
  }

  #answer(text: string): object {
    let request: unknown;
    try {
      request = parseJson(text);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { error: { class: 'GenericError', desc: error.message } };
    }
    const { execute, arguments: args, id } = Object(request) as Record<string, unknown>;
    if (execute !== undefined && typeof execute === 'string') {
      const negotiates = execute === NEGOTIATE;
      if (negotiates !== !this.#negotiated) return refusal(id, this.#negotiated);
      if (negotiates) return this.#negotiate(id, args);
    }
    return this.#machine.qmp(request);
  }

  #negotiate(id: unknown, args: unknown): object {
    const { enable = [] } = Object(args ?? {}) as { enable?: unknown[] };
    const [first] = Array.isArray(enable) ? enable : [];
    if (first !== undefined)
      return error(id, 'GenericError', `Parameter 'null' does not accept value '${first}'`);
    this.#negotiated = true;
    return { return: {}, ...(id !== undefined && { id }) };
  }

  #send(value: object): void {
    const text = `${jsonText(value, this.#options.pretty)}\n`;
    this.#options.send(text.replaceAll('\n', '\r\n'));
  }
}

function refusal(id: unknown, negotiated: boolean): object {
  return error(
    id,
    'CommandNotFound',
    negotiated
      ? 'Capabilities negotiation is already complete, command ignored'
      : `Expecting capabilities negotiation with '${NEGOTIATE}'`,
  );
}

function error(id: unknown, errorClass: string, desc: string): object {
  return { error: { class: errorClass, desc }, ...(id !== undefined && { id }) };
}
