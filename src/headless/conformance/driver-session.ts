import type { Host } from '../../engine/machine/host.ts';
import type { Machine } from '../../engine/machine/machine.ts';
import { guestBytes } from '../qemu/guest-bytes.ts';
import { hexBytes, hexText } from '../qemu/numbers.ts';
import { areasOf, memoryDifference, type NamedArea, type Rings } from './areas.ts';
import { ChannelSession, type ChannelStep } from './channel-session.ts';
import { attempt, type Check, type Wanted } from './check.ts';
import { firstJsonDifference, firstTextDifference } from './compare.ts';
import { HostActions } from './host-actions.ts';
import { InterruptLog } from './interrupt-log.ts';
import { maskJson, maskText, withoutFolder } from './mask.ts';
import { momentaryTexts } from './momentary-texts.ts';
import { start } from './subject.ts';

/** One step of a driver session that a real QEMU answered. Numbers and bytes are text: `0x1f`, `hex:00ff`. */
export interface DriverStep extends ChannelStep {
  readonly space?: 'io' | 'mem' | 'ram';
  readonly addr?: string;
  readonly size?: number;
  readonly value?: string;
  readonly text?: string;
  readonly verb?: 'raise' | 'lower';
  readonly line?: number;
}

/** What the monitor said at one moment: answers by the commands that asked. */
interface Snapshot {
  readonly label: string;
  readonly hmp: Readonly<Record<string, string>>;
  readonly qmp: Readonly<Record<string, unknown>>;
}

/** A driver session: what was written, what a real QEMU answered, and what it left. */
export interface DriverSession {
  readonly name: string;
  readonly argv: readonly string[];
  readonly stderr: string;
  /** What became of QEMU where it did not live to see the end. */
  readonly qemu_fate?: string | null;
  /** What was noted on the way, by name. */
  readonly extra?: Readonly<Record<string, unknown>>;
  readonly log: readonly DriverStep[];
  readonly rings: Rings;
  readonly buffers: readonly NamedArea[];
  /** Absent where nobody asked the monitor. */
  readonly snapshots?: readonly Snapshot[];
}

/** Repeats a recorded driver session; the first thing that differs is the difference. */
export function checkDriverSession(session: DriverSession, wanted: Wanted): Check[] {
  const id = `drivers/${session.name}`;
  return wanted('drivers', id) ? [attempt('drivers', id, () => replayDriver(session))] : [];
}

/**
 * Performs every step of a session and compares each value that was read, each change of a watched
 * interrupt input, what the monitor says at each snapshot, the rings and buffers in the end, and stderr. Returns
 * the first difference, or undefined. `host` replaces parts of the machine's surroundings.
 */
export function replayDriver(session: DriverSession, host: Partial<Host> = {}): string | undefined {
  const argv = session.argv.map(withoutFolder);
  const result = start(argv, host);
  if (!('machine' in result)) return `did not start: ${result.stderr.trim()}`;
  const { machine } = result;
  machine.monitor('cont');
  return new Replay(machine, session).run();
}

class Replay {
  readonly #machine: Machine;
  readonly #session: DriverSession;
  readonly #interrupts: InterruptLog;
  readonly #actions: HostActions;
  readonly #channel: ChannelSession;
  #snapshots = 0;

  constructor(machine: Machine, session: DriverSession) {
    this.#machine = machine;
    this.#session = session;
    this.#interrupts = new InterruptLog(machine);
    this.#actions = new HostActions(machine, session.extra ?? {});
    this.#channel = new ChannelSession(machine);
  }

  run(): string | undefined {
    const { log, extra = {}, qemu_fate: fate = null } = this.#session;
    const moments = momentaryTexts(this.#machine, extra);
    for (const [i, step] of log.entries()) {
      // QEMU left while it was asked.
      if (fate !== null && this.#missesSnapshot(step)) break;
      if (step.op === 'mark') moments.look();
      const found = this.#step(step);
      if (found !== undefined) return `step ${i} (${describe(step)}): ${found}`;
    }
    const found = this.#interrupts.difference();
    if (found !== undefined) return `end: ${found}`;
    // What it would have left, it took along.
    if (fate !== null) return undefined;
    moments.look();
    return this.#memory() ?? moments.difference() ?? this.#stderr();
  }

  #step(step: DriverStep): string | undefined {
    switch (step.op) {
      case 'mark':
        return this.#mark(step.text ?? '');
      case 'irq':
        // What the host did is not in the log; that the device answered is.
        if (step.verb === 'raise' && !this.#interrupts.isAhead) this.#actions.next();
        this.#interrupts.expect(`${step.verb} ${step.line}`);
        return undefined;
      case 'write':
        this.#write(step);
        return undefined;
      case 'memset':
        this.#fill(step);
        return undefined;
      case 'read': {
        const got = this.#read(step);
        return got === step.value ? undefined : `read ${got}`;
      }
      default:
        return this.#channel.knows(step)
          ? this.#channel.perform(step)
          : 'is of a kind that is not known here';
    }
  }

  #missesSnapshot({ op, text }: DriverStep): boolean {
    return (
      op === 'mark' &&
      text?.startsWith('SNAPSHOT ') === true &&
      this.#snapshots >= (this.#session.snapshots ?? []).length
    );
  }

  #mark(text: string): string | undefined {
    const late = this.#interrupts.difference();
    if (late !== undefined) return late;
    this.#interrupts.watch(text);
    this.#actions.announce(text);
    const [, label] = /^SNAPSHOT (.*)$/s.exec(text) ?? [];
    const { snapshots } = this.#session;
    if (label === undefined || !snapshots) return undefined;
    const snapshot = snapshots[this.#snapshots++];
    if (snapshot?.label !== label) return `there is no snapshot of it`;
    return snapshotDifference(this.#machine, snapshot);
  }

  #write({ space, addr, size = 0, value = '' }: DriverStep): void {
    const at = Number(addr);
    if (space === 'io') this.#machine.write('io', at, size as 1 | 2 | 4, Number(value));
    else guestBytes(this.#machine).write(at, bytesOf(value, size));
  }

  #fill({ addr, size = 0, value }: DriverStep): void {
    guestBytes(this.#machine).write(Number(addr), new Uint8Array(size).fill(Number(value)));
  }

  #read({ space, addr, size = 0, value = '' }: DriverStep): string {
    const at = Number(addr);
    if (space === 'io') return `0x${this.#machine.read('io', at, size as 1 | 2 | 4).toString(16)}`;
    const bytes = new Uint8Array(size);
    guestBytes(this.#machine).read(at, bytes);
    if (value.startsWith('hex:')) return `hex:${hexText(bytes)}`;
    return `0x${BigInt(`0x${hexText(bytes.reverse())}`).toString(16)}`;
  }

  #memory(): string | undefined {
    const { rings, buffers } = this.#session;
    const found = memoryDifference(this.#machine, [...areasOf(rings), ...buffers]);
    return found && `end: ${found}`;
  }

  #stderr(): string | undefined {
    const text = firstTextDifference(this.#machine.stderr, this.#session.stderr);
    return text === undefined ? undefined : `stderr ${text}`;
  }
}

/** Bytes that a step writes: as they are, or a little-endian number. */
function bytesOf(value: string, size: number): Uint8Array {
  if (value.startsWith('hex:')) return hexBytes(`0x${value.slice(4)}`) ?? new Uint8Array(0);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return bytes.subarray(0, size);
}

function describe(step: DriverStep): string {
  return [step.op, step.space, step.addr ?? step.text, step.value].filter(Boolean).join(' ');
}

function snapshotDifference(machine: Machine, snapshot: Snapshot): string | undefined {
  for (const [command, text] of Object.entries(snapshot.hmp)) {
    const found = firstTextDifference(maskText('', machine.monitor(command)), maskText('', text));
    if (found !== undefined) return `${command}: ${found}`;
  }
  // Which device QMP was asked about, only the other monitor's commands say.
  const path = /^info virtio-status (\S+)$/m.exec(Object.keys(snapshot.hmp).join('\n'))?.[1] ?? '';
  for (const [asked, expected] of Object.entries(snapshot.qmp)) {
    const [execute = '', queue, index] = asked.split(' ');
    const args = {
      ...(execute !== 'x-query-virtio' && { path }),
      ...(queue !== undefined && { queue: Number(queue) }),
      ...(index !== undefined && { index: Number(index) }),
    };
    const answer = machine.qmp({ execute, arguments: args });
    const got = 'return' in answer ? answer.return : { error: answer.error };
    const found = firstJsonDifference(maskJson(got), maskJson(expected), asked);
    if (found !== undefined) return found;
  }
  return undefined;
}
