import type { Machine } from '../../engine/machine/machine.ts';

const UNITS: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/**
 * What the person at the host did during a recorded session. Marks announce it: `QMP block_resize device=d0
 * size=524288`, or a line of the human monitor.
 */
export class HostActions {
  readonly #machine: Machine;
  readonly #waiting: (() => void)[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Does what a mark announces. */
  announce(mark: string): void {
    const [, execute, rest = ''] = /^QMP ([\w-]+)((?: [\w-]+=\S+(?: [KMG]iB)?)+)$/.exec(mark) ?? [];
    if (execute !== undefined) this.#machine.qmp({ execute, arguments: argumentsOf(rest) });
    else if (/^set_link \S+ (?:on|off)$/.test(mark)) this.#machine.monitor(mark);
  }

  /** Does what waits for its place in the recording. */
  next(): void {
    this.#waiting.shift()?.();
  }
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
