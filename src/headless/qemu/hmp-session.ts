import type { Machine } from '../../engine/machine/machine.ts';
import { QEMU_VERSION } from '../../engine/monitor/version.ts';
import type { Peer } from './peer.ts';

const PROMPT = '(qemu) ';

/** One person at the human monitor: a prompt, a line, what it prints. The terminal edits and shows the line. */
export class HmpSession implements Peer {
  readonly #machine: Pick<Machine, 'monitor'>;
  readonly #send: (text: string) => void;
  #partial = '';

  constructor(machine: Pick<Machine, 'monitor'>, send: (text: string) => void) {
    this.#machine = machine;
    this.#send = send;
  }

  open(): void {
    this.#partial = '';
    this.#print(`QEMU ${QEMU_VERSION} monitor - type 'help' for more information\n${PROMPT}`);
  }

  receive(text: string): void {
    const lines = (this.#partial + text).split(/\r?\n/);
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#print(`${this.#machine.monitor(line)}${PROMPT}`);
  }

  close(): void {}

  #print(text: string): void {
    this.#send(text.replaceAll('\n', '\r\n'));
  }
}
