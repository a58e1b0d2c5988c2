import type { Chardev } from '../../engine/backends/chardev.ts';
import { KEY_CODES } from '../../engine/backends/key-codes.ts';
import { SerialPort } from '../../engine/devices/virtio-serial/serial-port.ts';
import type { Machine } from '../../engine/machine/machine.ts';

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };
/** Kinds of a guest's input events, and the codes of buttons, as Linux numbers them. */
const EV = { SYN: 0, KEY: 1, ABS: 3 } as const;
const BUTTONS: Readonly<Record<number, string>> = {
  0x110: 'left',
  0x111: 'right',
  0x112: 'middle',
};
const AXES: Readonly<Record<number, string>> = { 0: 'x', 1: 'y' };

/** An input event as a recording notes it. */
interface NotedEvent {
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

/**
 * What the person at the host did during a recorded session. Marks announce it: `QMP block_resize device=d0
 * size=524288`, a request as JSON, a line of the human monitor, bytes for a character device, somebody at the end of a serial port. Of keys and pointers only what the
 * guest got is noted, and each group of events came before the interrupt that tells of it.
 */
export class HostActions {
  readonly #machine: Machine;
  readonly #waiting: (() => void)[] = [];
  /** Number of the serial port that the host has connected to. */
  #port: number | undefined;

  constructor(machine: Machine, { events }: Readonly<Record<string, unknown>>) {
    this.#machine = machine;
    const noted = Array.isArray(events) ? (events as NotedEvent[]) : [];
    let group: object[] = [];
    for (const { type, code, value } of noted)
      if (type === EV.SYN) {
        const send = { execute: 'input-send-event', arguments: { events: group } };
        this.#waiting.push(() => void machine.qmp(send));
        group = [];
      } else if (type === EV.KEY || type === EV.ABS) group.push(hostEvent(type, code, value));
  }

  /** Does what a mark announces. */
  announce(mark: string): void {
    const [, json] = /^QMP (\{.*\})$/.exec(mark) ?? [];
    const [, line] = /^HMP (.*)$/.exec(mark) ?? [];
    const [, chardev = '', what = '', bytes = ''] =
      /^chardev (\S+) (open|close|input)(?: ([0-9a-f]+))?$/.exec(mark) ?? [];
    if (json !== undefined) this.#machine.qmp(JSON.parse(json));
    else if (line !== undefined) this.#machine.monitor(line);
    else if (what === 'input')
      this.#machine.chardevs.find(chardev)?.input(Buffer.from(bytes, 'hex'));
    else this.#machine.chardevs.find(chardev)?.setOpen(what === 'open');
    const [, execute, rest = ''] = /^QMP ([\w-]+)((?: [\w-]+=\S+(?: [KMG]iB)?)+)$/.exec(mark) ?? [];
    if (execute !== undefined) this.#machine.qmp({ execute, arguments: argumentsOf(rest) });
    else if (/^set_link \S+ (?:on|off)$/.test(mark)) this.#machine.monitor(mark);
    const [, port, text = ''] = /^host connects to port (\d+) and writes "(.*)"$/.exec(mark) ?? [];
    if (port !== undefined) this.#connect(Number(port), text);
    else if (mark === 'host disconnects') this.#chardev?.setOpen(false);
  }

  /** Does what waits for its place in the recording. */
  next(): void {
    this.#waiting.shift()?.();
  }

  #connect(number: number, text: string): void {
    this.#port = number;
    this.#chardev?.setOpen(true);
    this.#chardev?.input(Buffer.from(text));
  }

  get #chardev(): Chardev | undefined {
    const port = this.#machine.devices.find(
      (device): device is SerialPort =>
        device instanceof SerialPort && device.number === this.#port,
    );
    return port?.props.chardev;
  }
}

/** What a person did to cause a guest's event. */
function hostEvent(type: number, code: number, value: number): object {
  const axis = AXES[code];
  const button = BUTTONS[code];
  if (type === EV.ABS) return { type: 'abs', data: { axis, value } };
  const down = value !== 0;
  if (button !== undefined) return { type: 'btn', data: { down, button } };
  const name = [...KEY_CODES].find(([, number]) => number === code)?.[0];
  return { type: 'key', data: { down, key: { type: 'qcode', data: name } } };
}

/** ` device=d0 size=50 MiB` as an object; numbers are numbers. */
function argumentsOf(text: string): Record<string, string | number> {
  const pairs = text.matchAll(/ ([\w-]+)=(\S+)(?: ([KMG]iB))?/g);
  return Object.fromEntries(
    Array.from(pairs, ([, key = '', value = '', unit = '']) => [
      key,
      /^\d+$/.test(value) ? Number(value) * (UNITS[unit] ?? 1) : value,
    ]),
  );
}
