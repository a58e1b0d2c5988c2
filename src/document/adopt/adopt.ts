import { optionsOf } from '../../options/command.ts';
import type { Trial } from '../../protocol/messages.ts';
import type { StandIn } from '../advice/advice.ts';
import { DocumentError, type MachineDocument } from '../document.ts';
import { fromLibvirt, looksLikeDomain } from '../libvirt/from-libvirt.ts';
import { LibvirtError } from '../libvirt/xml.ts';
import { lineOf } from '../read.ts';
import { archFor, guessArch, modestMemory } from './boards.ts';
import { leaveUnused, ownCharacters, ownDevices, ownNetworks } from './connections.ts';
import { Images } from './files.ts';
import { fillUnset } from './fill.ts';
import { type Call, findCall } from './find-call.ts';
import {
  leaveAccelerators,
  leaveBootFiles,
  leaveHost,
  leaveObjects,
  ownFolders,
  ownMemory,
} from './host-rules.ts';
import { type Complaint, Mender } from './mend.ts';
import { quoted } from './notes.ts';
import { otherWords } from './other-words.ts';
import { Work } from './work.ts';

/** A pasted machine, so that it builds here. */
export interface Adopted {
  readonly doc: MachineDocument;
  /** What was changed or left out so that it builds here, one plain sentence each. */
  readonly notes: readonly string[];
  /** Images that the machine needs first. */
  readonly images: readonly StandIn[];
}

/** Asks the engine what would come of a line; `images` are there already for it. */
export type TryLine = (commandLine: string, images: readonly StandIn[]) => Promise<Trial>;

/** What a text is: a libvirt domain, a call of QEMU, or a call's options alone. */
export type TextKind = 'domain' | 'command' | 'options';

/** Longest text that is looked at, in characters. */
const LONGEST = 2 ** 20;
/** Most options that a line may have. */
const MOST_OPTIONS = 10_000;
/** Most lines that are tried for one text, and most options of all of them: each is a device to build. */
const MOST_TRIES = 80;
const MOST_WORK = 10_000;

/** What a text is; undefined where no machine can be made of it. */
export function kindOfText(text: string): TextKind | undefined {
  if (text.length > LONGEST) return undefined;
  if (looksLikeDomain(text)) return 'domain';
  try {
    const call = findCall(text);
    return call && (call.arch === undefined ? 'options' : 'command');
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}

/**
 * Makes a machine of a pasted QEMU command line, shell script or libvirt domain, and tries it until the engine
 * takes it. `known.files`: images that are here already. Throws DocumentError, whose message is for the person.
 */
export async function adopt(
  text: string,
  tryLine: TryLine,
  known: { readonly files: readonly string[] },
): Promise<Adopted> {
  if (text.length > LONGEST)
    throw new DocumentError(`The text is longer than ${LONGEST} characters.`);
  const work = /^\s*</.test(text) ? ofDomain(text) : ofShell(text);
  if (work.options.length > MOST_OPTIONS)
    throw new DocumentError(`The command line has more than ${MOST_OPTIONS} options.`);
  const files = new Set(known.files);
  const images = new Images(work, files);
  leaveAccelerators(work);
  leaveHost(work);
  otherWords(work);
  leaveBootFiles(work, files);
  leaveObjects(work);
  ownMemory(work);
  modestMemory(work);
  ownFolders(work);
  ownNetworks(work);
  ownDevices(work);
  ownCharacters(work);
  leaveUnused(work, 'chardev');
  images.provide();
  await build(work, images, tryLine);
  return {
    doc: work.doc,
    notes: work.notes.all(),
    images: images.needed(work.options),
  };
}

function ofDomain(text: string): Work {
  try {
    const { commandLine, notes } = fromLibvirt(text);
    const work = ofCall(findCall(commandLine));
    for (const note of notes) work.notes.add(note);
    return work;
  } catch (error) {
    throw error instanceof LibvirtError ? new DocumentError(error.message) : error;
  }
}

function ofShell(text: string): Work {
  const call = findCall(text);
  const work = ofCall(call);
  if (call?.more) work.notes.add('The text calls QEMU more than once: this is the first machine.');
  return work;
}

function ofCall(call: Call | undefined): Work {
  if (!call)
    throw new DocumentError(
      'This text is neither a QEMU command line (qemu-system-x86_64 …) nor a libvirt domain (<domain>).',
    );
  const options = optionsOf(call.words);
  const arch = call.arch === undefined ? guessArch(options) : archFor(call.arch);
  const work = new Work(arch, options);
  work.options = fillUnset(work.options, work.notes);
  for (const name of call.unknown)
    work.notes.add(`${quoted(name, 40)} has no value in the text: nothing stands for it.`);
  if (call.arch !== undefined && call.arch !== arch)
    work.notes.add(`qemu-system-${call.arch} becomes qemu-system-${arch}, which has its machines.`);
  return work;
}

/** Tries the line, and mends it until it stands. Throws DocumentError where it never does. */
async function build(work: Work, images: Images, tryLine: TryLine): Promise<void> {
  const mender = new Mender(work, images);
  let tries = 0;
  let options = 0;
  const attempt = (doc: MachineDocument): Promise<Trial> => {
    tries++;
    options += doc.options.length;
    return tryLine(lineOf(doc), images.needed(doc.options));
  };
  for (;;) {
    const trial = await attempt(work.doc);
    if (trial.kind === 'stands') return;
    let complaint: Complaint = trial;
    if (trial.option !== undefined && mender.wantsTopology(trial)) {
      const far = await attempt({ ...work.doc, options: work.options.slice(0, trial.option) });
      if (far.kind === 'stands') complaint = { ...trial, topology: far.topology };
    }
    if (tries >= MOST_TRIES || options > MOST_WORK || !mender.mend(complaint))
      throw new DocumentError(
        `This machine cannot be built here. QEMU says: ${quoted(trial.message, 300)}`,
      );
  }
}
