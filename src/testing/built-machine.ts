import { Answered } from '../engine/machine/answered.ts';
import { Machine } from '../engine/machine/machine.ts';
import { StartRefused } from '../engine/machine/start-log.ts';
import { ConfigError } from '../engine/qom/errors.ts';
import { openImage } from '../headless/files.ts';
import { silentJournal } from '../journal/writer.ts';
import type { DeviceFacts, DeviceType } from '../protocol/messages.ts';
import type { MachineTopology } from '../protocol/topology.ts';

/** A machine as the page sees it, built in this thread. */
export interface BuiltMachine {
  topology(): MachineTopology;
  types(): readonly DeviceType[];
  facts(path: string): DeviceFacts | undefined;
  /** `info qtree`, with line ends. */
  qtree(): string;
  /** A line of the human monitor, or of QMP where it is JSON, as the page's monitor takes both; what it prints. */
  monitor(line: string): string;
}

/** Why a line makes no machine, as the machine worker tells the page. */
export interface LineRefused {
  readonly message: string;
  /** Option that it is about, counted from 0. */
  readonly option?: number;
}

/** RAM is never read by those who only look at the tree: machines of one size share it. */
const ram = new Map<number, SharedArrayBuffer>();

function sharedRam(bytes: number): SharedArrayBuffer {
  const known = ram.get(bytes);
  if (known) return known;
  // As much as a page gets.
  if (bytes > 2 ** 32) throw new RangeError('too much');
  const made = new SharedArrayBuffer(bytes);
  ram.set(bytes, made);
  return made;
}

/** Builds the machine of a command line, or says what QEMU has against it. */
export function buildLine(line: string): BuiltMachine | LineRefused {
  try {
    const machine = Machine.build(line, {
      journal: silentJournal(),
      allocateRam: sharedRam,
      openImage,
      random: (into) => into.fill(0),
    });
    return {
      topology: () => machine.topology(),
      types: () => machine.deviceTypes(),
      facts: (path) => machine.deviceFacts(path),
      qtree: () => machine.monitor('info qtree'),
      monitor: (text) =>
        text.startsWith('{')
          ? JSON.stringify(machine.qmp(JSON.parse(text)))
          : machine.monitor(text),
    };
  } catch (error) {
    if (error instanceof Answered) return { message: error.text };
    if (!(error instanceof ConfigError)) throw error;
    const option = error instanceof StartRefused ? error.option : undefined;
    return { message: error.message, ...(option !== undefined && { option }) };
  }
}

/** As `buildLine`, for lines that QEMU takes. */
export function machineOf(line: string): BuiltMachine {
  const built = buildLine(line);
  if ('message' in built) throw new Error(`${built.message}\n  of: ${line}`);
  return built;
}
