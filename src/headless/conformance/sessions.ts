import type { Machine } from '../../engine/machine/machine.ts';
import { attempt, type Check, type Wanted } from './check.ts';
import { firstJsonDifference, firstTextDifference } from './compare.ts';
import { maskJson, maskText } from './mask.ts';
import { start } from './subject.ts';

/** One step of a recorded session at the monitor, and what came back. */
interface Step {
  readonly hmp?: string;
  readonly output?: string;
  readonly qtest?: string;
  readonly qmp?: { readonly execute: string; readonly arguments: Record<string, unknown> };
  readonly reply?: unknown;
  readonly events?: unknown;
}

/** A command line and what was said to its monitor. */
export interface Session {
  readonly what: string;
  readonly argv: readonly string[];
  readonly steps: readonly Step[];
  readonly stderr: string;
}

/** A command line and how it ended; `exit` is null where it started. */
export interface CommandLine {
  readonly what: string;
  readonly argv: readonly string[];
  readonly exit: number | null;
  readonly stderr: string;
}

/** Repeats a recorded session; the first step that differs is the difference. */
export function checkSession(
  kind: string,
  file: string,
  session: Session,
  wanted: Wanted,
): Check[] {
  const id = `${file}/${session.what}`;
  if (!wanted(kind, id)) return [];
  return [attempt(kind, id, () => replay(session))];
}

function replay(session: Session): string | undefined {
  const result = start(session.argv);
  if (!('machine' in result)) return `did not start: ${result.stderr.trim()}`;
  const { machine } = result;
  machine.takeEvents();
  const ours: unknown[] = [];
  const theirs: unknown[] = [];
  for (const [i, step] of session.steps.entries()) {
    const found = stepDifference(machine, step);
    if (found !== undefined) return `step ${i + 1} (${nameOf(step)}): ${found}`;
    ours.push(...machine.takeEvents());
    theirs.push(...(Array.isArray(step.events) ? step.events : []));
  }
  // An event may be recorded a step late, and the last ones not at all.
  const events = firstJsonDifference(
    maskJson(ours.slice(0, theirs.length)),
    maskJson(theirs),
    'events',
  );
  return events ?? firstTextDifference(machine.stderr, session.stderr);
}

function nameOf({ hmp, qtest, qmp }: Step): string {
  return hmp ?? qtest ?? `${qmp?.execute} ${JSON.stringify(qmp?.arguments)}`;
}

function stepDifference(machine: Machine, step: Step): string | undefined {
  if (step.hmp !== undefined)
    return firstTextDifference(
      maskText('', machine.monitor(step.hmp)),
      maskText('', step.output ?? ''),
    );
  if (step.qtest !== undefined)
    return firstJsonDifference(portAccess(machine, step.qtest), step.reply);
  return firstJsonDifference(maskJson(machine.qmp(step.qmp)), maskJson(step.reply));
}

const SIZES: Readonly<Record<string, 1 | 2 | 4>> = { b: 1, w: 2, l: 4 };

/** One qtest command that touches an I/O port: the words of the server's answer behind its OK. */
function portAccess(machine: Machine, command: string): string[] {
  const [verb = '', port, value] = command.split(' ');
  const size = SIZES[verb.slice(-1)] ?? 4;
  if (verb.startsWith('out')) {
    machine.write('io', Number(port), size, Number(value));
    return [];
  }
  return [`0x${machine.read('io', Number(port), size).toString(16).padStart(4, '0')}`];
}

/** Starts a recorded command line and compares its stderr and exit status. */
export function checkCommandLine(file: string, line: CommandLine, wanted: Wanted): Check[] {
  const id = `${file}/${line.what}`;
  if (!wanted('errors', id)) return [];
  return [
    attempt('errors', id, () => {
      const result = start(line.argv);
      const ours =
        'machine' in result
          ? { exit: null, stderr: result.machine.stderr }
          : { exit: result.exit, stderr: result.stderr };
      const text = firstTextDifference(maskText('', ours.stderr), maskText('', line.stderr));
      if (text !== undefined) return `stderr ${text}`;
      return ours.exit === line.exit ? undefined : `exit: expected ${line.exit}, got ${ours.exit}`;
    }),
  ];
}
