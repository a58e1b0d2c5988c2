import { inputsOf } from '../../engine/machine/interrupt-inputs.ts';
import type { Machine } from '../../engine/machine/machine.ts';
import { resolveNode } from '../../engine/monitor/qom-node.ts';
import { Device } from '../../engine/qdev/device.ts';
import { guestBytes } from './guest-bytes.ts';
import { hexBytes, hexText, parseUnsigned, parseWhole } from './numbers.ts';
import type { Peer } from './peer.ts';

/** A command that cannot be carried out; the message is the answer's line. */
class QtestFault extends Error {}

type AccessSize = 1 | 2 | 4 | 8;

/** Sizes by the letter that ends a command. */
const SIZES: Readonly<Record<string, AccessSize>> = { b: 1, w: 2, l: 4, q: 8 };
const PORT_COMMAND = /^(in|out)([bwl])$/;
const MEMORY_COMMAND = /^(read|write)([bwlq])$/;
/** Longest area that one command may name: answers and commands are lines of text. */
const MAX_AREA = 2 ** 28;

/** Where answers go, and what else a test server has. */
export interface QtestOptions {
  /** Gets each line of an answer, with its line end. */
  send(line: string): void;
  /** Whether the client moves the clock: only where nothing else does. */
  readonly clock: boolean;
  /** Gets what is asked (`R`), answered (`S`) and what happens otherwise (`I`), with line ends. */
  log?(kind: 'R' | 'S' | 'I', text: string): void;
}

/** QEMU's test protocol: each line is a command, which is carried out at once and answered by a line. */
export class QtestServer implements Peer {
  readonly #machine: Machine;
  readonly #options: QtestOptions;
  #partial = '';
  /** Virtual time in ns. */
  #clock = 0n;
  /** The device whose inputs are watched. */
  #watched: Device | undefined;
  /** Inputs of the watched device that the client was told are raised. */
  readonly #raised = new Set<number>();

  constructor(machine: Machine, options: QtestOptions) {
    this.#machine = machine;
    this.#options = options;
  }

  /** A client came: it knows of no raised input. */
  open(): void {
    this.#raised.clear();
    this.#partial = '';
    this.#options.log?.('I', 'OPENED\n');
  }

  /** The client left. */
  close(): void {
    this.#options.log?.('I', 'CLOSED\n');
  }

  /** Takes what a client sent, in pieces of any size. */
  receive(text: string): void {
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#execute(line);
  }

  #execute(line: string): void {
    this.#options.log?.('R', `${line}\n`);
    this.#send(this.#answer(line.split(' ')));
  }

  #send(line: string): void {
    this.#options.log?.('S', `${line}\n`);
    this.#options.send(`${line}\n`);
  }

  #answer(words: readonly string[]): string {
    try {
      return this.#command(words);
    } catch (error) {
      if (error instanceof QtestFault) return error.message;
      throw error;
    }
  }

  #command(words: readonly string[]): string {
    const [command = '', ...args] = words;
    const [, direction, portLetter = ''] = PORT_COMMAND.exec(command) ?? [];
    if (direction) return this.#port(direction === 'out', SIZES[portLetter] as 1 | 2 | 4, args);
    const [, verb, letter = ''] = MEMORY_COMMAND.exec(command) ?? [];
    if (verb) return this.#memory(verb === 'write', SIZES[letter] as AccessSize, args);
    switch (command) {
      case 'endianness':
        return `OK ${this.#machine.bigEndian ? 'big' : 'little'}`;
      case 'read':
        return `OK 0x${hexText(this.#area(args, true))}`;
      case 'b64read':
        return `OK ${Buffer.from(this.#area(args, false)).toString('base64')}`;
      case 'write':
        return this.#write(args, hexBytes);
      case 'b64write':
        return this.#write(args, (text) => Buffer.from(text, 'base64'));
      case 'memset':
        return this.#fill(args);
      case 'irq_intercept_in':
        return this.#intercept(args, true);
      case 'irq_intercept_out':
        return this.#intercept(args, false);
      case 'set_irq_in':
        return this.#setInput(args);
      case 'module_load':
        // Everything is built in.
        return 'FAIL';
    }
    if (this.#options.clock && (command === 'clock_step' || command === 'clock_set'))
      return this.#moveClock(command === 'clock_step', args[0]);
    return `FAIL Unknown command '${command}'`;
  }

  #port(write: boolean, size: 1 | 2 | 4, [port, value]: readonly string[]): string {
    const addr = number(port);
    if (addr > 0xffff) throw new QtestFault(`FAIL there is no port ${port}`);
    if (!write) {
      const got = this.#machine.read('io', addr, size);
      return `OK 0x${got.toString(16).padStart(4, '0')}`;
    }
    this.#machine.write('io', addr, size, Number(BigInt.asUintN(32, unsigned(value))));
    return 'OK';
  }

  #memory(write: boolean, size: AccessSize, [at, text]: readonly string[]): string {
    const addr = number(at);
    const memory = guestBytes(this.#machine);
    if (!write) {
      const bytes = new Uint8Array(size);
      memory.read(addr, bytes);
      if (!this.#machine.bigEndian) bytes.reverse();
      return `OK 0x${hexText(bytes).padStart(16, '0')}`;
    }
    const value = unsigned(text);
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, value, true);
    const part = bytes.subarray(0, size);
    if (this.#machine.bigEndian) part.reverse();
    memory.write(addr, part);
    return 'OK';
  }

  #area([at, length]: readonly string[], wanted: boolean): Uint8Array {
    const addr = number(at);
    const bytes = new Uint8Array(areaLength(length, wanted));
    guestBytes(this.#machine).read(addr, bytes);
    return bytes;
  }

  #write(
    [at, length, text]: readonly string[],
    decode: (text: string) => Uint8Array | undefined,
  ): string {
    const addr = number(at);
    const bytes = new Uint8Array(areaLength(length, false));
    const given = text === undefined ? undefined : decode(text);
    if (!given) return 'ERR invalid argument size';
    // What is missing is zero.
    bytes.set(given.subarray(0, bytes.length));
    guestBytes(this.#machine).write(addr, bytes);
    return 'OK';
  }

  #fill([at, length, value]: readonly string[]): string {
    const addr = number(at);
    const bytes = new Uint8Array(areaLength(length, false));
    bytes.fill(Number(BigInt.asUintN(8, unsigned(value))));
    guestBytes(this.#machine).write(addr, bytes);
    return 'OK';
  }

  #intercept([path = '']: readonly string[], inputs: boolean): string {
    const device = this.#device(path);
    if (this.#watched && this.#watched !== device)
      throw new QtestFault('FAIL IRQ intercept already enabled');
    if (this.#watched) return 'OK';
    this.#watched = device;
    // Only inputs are modelled: outputs of the interrupt controllers would reach CPUs.
    const range = inputs ? inputsOf(this.#machine, device) : undefined;
    if (range)
      this.#machine.onInput = (line, level) => {
        const input = line - range.first;
        if (input < 0 || input >= range.count || this.#raised.has(input) === level) return;
        if (level) this.#raised.add(input);
        else this.#raised.delete(input);
        this.#send(`IRQ ${level ? 'raise' : 'lower'} ${input}`);
      };
    return 'OK';
  }

  #setInput([path = '', name = '', line, level]: readonly string[]): string {
    const device = this.#device(path);
    const range = inputsOf(this.#machine, device);
    const input = number(line);
    if (name !== 'unnamed-gpio-in' || !range || input >= range.count)
      throw new QtestFault(`FAIL ${path} has no input ${name} ${line}`);
    this.#machine.setInterrupt(range.first + input, number(level) !== 0);
    return 'OK';
  }

  #device(path: string): Device {
    const found = resolveNode(this.#machine.root, path);
    if (found && found !== 'ambiguous' && found.object instanceof Device) return found.object;
    throw new QtestFault('FAIL Unknown device');
  }

  #moveClock(step: boolean, text: string | undefined): string {
    const given = text === undefined ? undefined : parseWhole(text);
    if (text !== undefined && given === undefined)
      throw new QtestFault(`FAIL '${text}' is not a number`);
    if (!step && given === undefined) throw new QtestFault('FAIL clock_set needs a time');
    // Nothing waits for a time, so a step to the next deadline stays where it is.
    const target = step ? this.#clock + (given ?? 0n) : (given ?? 0n);
    if (target > this.#clock) this.#clock = target;
    return `OK ${this.#clock}`;
  }
}

function unsigned(text: string | undefined): bigint {
  const value = text === undefined ? undefined : parseUnsigned(text);
  if (value === undefined) throw new QtestFault(`FAIL '${text ?? ''}' is not a number`);
  return value;
}

function number(text: string | undefined): number {
  return Number(unsigned(text));
}

function areaLength(text: string | undefined, some: boolean): number {
  const length = number(text);
  if (length > MAX_AREA || (some && length === 0))
    throw new QtestFault(`FAIL ${length} bytes are not to be had`);
  return length;
}
