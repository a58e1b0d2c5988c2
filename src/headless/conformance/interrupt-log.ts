import { type InterruptInputs, inputsOf } from '../../engine/machine/interrupt-inputs.ts';
import type { Machine } from '../../engine/machine/machine.ts';
import { resolveNode } from '../../engine/monitor/qom-node.ts';
import { Device } from '../../engine/qdev/device.ts';

/** The timer's input ticks by the host's clock; recordings leave it out. */
const TIMER = 0;

/** Changes of a controller's inputs, as they are expected and as they happen. */
export class InterruptLog {
  readonly #machine: Machine;
  readonly #seen: string[] = [];
  readonly #expected: string[] = [];
  readonly #raised = new Set<number>();

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** Follows the controller that a mark of the recording names: `irq_intercept_in /machine/… (ioapic): …`. */
  watch(mark: string): void {
    const [, path] = /^irq_intercept_in (\S+)/.exec(mark) ?? [];
    if (path === undefined) return;
    const found = resolveNode(this.#machine.root, path);
    if (!found || found === 'ambiguous' || !(found.object instanceof Device)) return;
    const inputs = inputsOf(this.#machine, found.object);
    if (inputs) this.#machine.onInput = (line, level) => this.#see(inputs, line, level);
  }

  /** The recording has a change here. */
  expect(change: string): void {
    this.#expected.push(change);
  }

  /** Whether something happened that the recording has not come to yet. */
  get isAhead(): boolean {
    return this.#seen.length > this.#expected.length;
  }

  /** How what happened so far differs from what was to happen. */
  difference(): string | undefined {
    const [seen, expected] = [this.#seen, this.#expected].map((list) => list.join(', ') || 'none');
    return seen === expected ? undefined : `interrupts: expected ${expected}, got ${seen}`;
  }

  #see({ first, count }: InterruptInputs, line: number, level: boolean): void {
    const input = line - first;
    if (input < 0 || input >= count || input === TIMER || this.#raised.has(input) === level) return;
    if (level) this.#raised.add(input);
    else this.#raised.delete(input);
    this.#seen.push(`${level ? 'raise' : 'lower'} ${input}`);
  }
}
