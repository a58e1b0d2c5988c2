import { Monitor } from '../monitor/monitor.ts';
import { Qmp, type QmpAnswer } from '../monitor/qmp/qmp.ts';
import type { MonitorTarget } from '../monitor/target.ts';
import type { MemoryFormat } from '../monitor/xp.ts';
import type { State } from '../qom/state.ts';
import type { Messages } from './messages.ts';
import type { History } from './snapshot.ts';

/** An event of QMP's, without its time. */
export interface MachineEvent {
  readonly event: string;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Those who manage a machine: what they command at its monitors, and what they are told. */
export class Management {
  /** What happened since the machine was built; undefined for a machine that nobody sees. */
  history: History | undefined;
  readonly #monitor: Monitor;
  readonly #qmp: Qmp;
  readonly #messages: Messages;
  readonly #events: MachineEvent[] = [];
  readonly #told: () => void;

  /** `told` is called whenever there is an event to take. */
  constructor(target: MonitorTarget, messages: Messages, told: () => void) {
    this.#monitor = new Monitor(target);
    this.#qmp = new Qmp(target);
    this.#messages = messages;
    this.#told = told;
  }

  /** Executes one line of the human monitor; what it prints, with line ends. */
  hmp(line: string): string {
    this.history?.hmp(line);
    let complaints = '';
    const text = this.#messages.during(
      (message) => {
        complaints += `${message}\n`;
      },
      () => this.#monitor.execute(line),
    );
    return complaints + text;
  }

  /** Executes one request of the machine protocol; errors are answers. */
  qmp(request: unknown): QmpAnswer {
    this.history?.qmp(request);
    return this.#messages.during(undefined, () => this.#qmp.execute(request));
  }

  /** Something happened. */
  emit(event: string, data: Readonly<Record<string, unknown>>): void {
    this.history?.event(event, data);
    this.#events.push(Object.keys(data).length > 0 ? { event, data } : { event });
    this.#told();
  }

  /** Events since the last call, oldest first. */
  takeEvents(): MachineEvent[] {
    return this.#events.splice(0);
  }

  saveState(): State {
    return { events: this.#events, format: this.#monitor.format };
  }

  loadState(state: State): void {
    this.#events.splice(0, Number.POSITIVE_INFINITY, ...(state.events as MachineEvent[]));
    this.#monitor.format = state.format as MemoryFormat;
  }
}
