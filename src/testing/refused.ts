import { standInContent } from '../document/adopt/stand-in.ts';
import type { Fix, RefusalFacts } from '../document/advice/advice.ts';
import type { MachineDocument } from '../document/document.ts';
import { lineOf, readDocument } from '../document/read.ts';
import { bytesSource } from '../engine/backends/byte-source.ts';
import type { Host } from '../engine/machine/host.ts';
import { Machine } from '../engine/machine/machine.ts';
import { StartRefused } from '../engine/machine/start-log.ts';
import { ConfigError } from '../engine/qom/errors.ts';
import type { DeviceType } from '../protocol/messages.ts';
import { goldenHost } from './golden.ts';

/** What the engine made of a line: a machine, or QEMU's complaint as the machine thread tells it. */
export type Attempt =
  | { readonly machine: Machine; readonly refused?: never }
  | {
      readonly machine?: never;
      readonly refused: { readonly message: string; readonly option?: number };
    };

/** Builds a machine from a line, as the page does; `fix`: with the images that it brings. */
export function attempt(line: string, fix?: Fix): Attempt {
  const images = new Map(fix?.images?.map((image) => [image.name, standInContent(image)]));
  const golden = goldenHost();
  const host: Host = {
    ...golden,
    openImage(name) {
      const content = images.get(name);
      return content ? bytesSource(content) : golden.openImage(name);
    },
  };
  try {
    return { machine: Machine.build(line, host) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const option = error instanceof StartRefused ? error.option : undefined;
    return { refused: { message: error.message, ...(option !== undefined && { option }) } };
  }
}

/** The machine of a line that stands. */
export function openMachine(line: string): Machine {
  const { machine, refused } = attempt(line);
  if (!machine) throw new Error(refused.message);
  return machine;
}

interface Bare {
  readonly doc: MachineDocument;
  readonly machine: Machine | undefined;
  readonly types: readonly DeviceType[];
}

const bareMachines = new Map<string, Bare>();

/** The machine of a document without what is plugged: what somebody sees before they paste the rest. */
function bare(doc: MachineDocument): Bare {
  const options = doc.options.filter(({ name }) => name === 'M' || name === 'machine');
  const alone = { ...doc, options };
  const line = lineOf(alone);
  let made = bareMachines.get(line);
  if (!made) {
    const { machine } = attempt(line);
    made = { doc: alone, machine, types: machine?.deviceTypes() ?? [] };
    bareMachines.set(line, made);
  }
  return made;
}

/** What advice is asked about where a whole line was given to a machine with nothing plugged; undefined where it stands. */
export function refusalOf(line: string): RefusalFacts | undefined {
  const doc = readDocument(line);
  const { refused } = attempt(lineOf(doc));
  if (!refused) return undefined;
  const { machine, types, doc: before } = bare(doc);
  return { doc, before, topology: machine?.topology(), types, hot: false, ...refused };
}

/** What advice is asked about where one edit of a machine was refused. */
export function refusedEdit(before: string, after: string): RefusalFacts {
  const was = readDocument(before);
  const doc = readDocument(after, was);
  const { machine, refused: fault } = attempt(lineOf(was));
  if (!machine) throw new Error(`The machine before does not stand: ${fault.message}`);
  const { refused } = attempt(lineOf(doc));
  if (!refused) throw new Error('The edit is not refused');
  return {
    doc,
    before: was,
    topology: machine.topology(),
    types: machine.deviceTypes(),
    hot: false,
    ...refused,
  };
}

/** What the page knows once a monitor line was refused by a running machine. */
export function refusedHot(machine: Machine, line: string, monitorLine: string): RefusalFacts {
  const before = readDocument(line);
  const message = machine.monitor(monitorLine).trim();
  if (message === '') throw new Error(`${monitorLine} is not refused`);
  const added = /^device_add (.*)$/.exec(monitorLine)?.[1];
  const doc =
    added === undefined
      ? before
      : readDocument(`${lineOf(before)} -device '${added.replaceAll("'", "'\\''")}'`, before);
  return {
    doc,
    before,
    topology: machine.topology(),
    types: machine.deviceTypes(),
    hot: true,
    message,
  };
}
