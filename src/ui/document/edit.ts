import type { Fix } from '../../document/advice/advice.ts';
import { DocumentError, type MachineDocument } from '../../document/document.ts';
import { counted, type HotPlan, hotPlan, withHotIds } from '../../document/hot.ts';
import { lineOf, readDocument } from '../../document/read.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import type { Session } from '../session/session.ts';
import { say } from '../state/ui-store.ts';
import { build, type Refused } from './build.ts';
import { deviceTypes } from './device-types.ts';
import {
  exclusively,
  type KeptScript,
  pushStep,
  putScript,
  type Step,
  scriptNow,
  useDocument,
} from './document-store.ts';
import { gone, plug } from './hot-plug.ts';
import { liveMachine } from './live-machine.ts';
import { undo } from './undo.ts';

/** How an edit is carried out. */
export interface EditOptions {
  /**
   * For those who build by hand: what is plainly missing (a back end) is added without asking, and devices that
   * the edit is not about stay where they are.
   */
  readonly assist?: boolean;
  /** Whether a machine that runs is switched off rather than changed as it runs. */
  readonly powerOff?: boolean;
  /** The script that comes with it. */
  readonly script?: KeptScript;
  /** Instead of the usual sentence about what was done. */
  readonly said?: string;
}

/** Whether a guest is at work, so that devices come and go by hot-plug. */
function isLive(session: Session): boolean {
  const { run } = session.getState();
  return run === 'running' || run === 'paused';
}

/** Changes a document; `topology`: the machine that it makes, options counted as the document has them. */
export type Change = (
  doc: MachineDocument,
  topology: MachineTopology | undefined,
) => MachineDocument;

/**
 * Changes the machine: by hot-plug where a guest is at work and the change is one, else by building it
 * anew. Answers whether QEMU took it; if not nothing is changed, and `refusal` says why. Edits wait for those
 * before them: `change` is given what these left.
 */
export function edit(
  session: Session,
  label: string,
  change: Change,
  options: EditOptions = {},
): Promise<boolean> {
  return exclusively(async () => {
    const before = useDocument.getState().doc;
    let doc: MachineDocument;
    try {
      const live = liveMachine();
      doc = change(before, live && counted(before, live));
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      say(error.message);
      return false;
    }
    return await carryOut(session, label, before, doc, options);
  });
}

async function carryOut(
  session: Session,
  label: string,
  before: MachineDocument,
  doc: MachineDocument,
  options: EditOptions,
): Promise<boolean> {
  useDocument.setState({ refusal: undefined });
  const script = scriptNow();
  const sameScript = (options.script?.source ?? script.source) === script.source;
  if (lineOf(doc) === lineOf(before) && sameScript) {
    useDocument.setState({ doc });
    return true;
  }
  const step: Step = { label, doc: before, ...(options.script && { script }) };
  const live = liveMachine();
  if (live && isLive(session) && !options.powerOff) {
    const named = options.assist ? withHotIds(before, doc) : doc;
    const plan = hotPlan(before, named, live);
    if (plan) return await plugLive(session, step, named, plan, options);
  }
  const hadRun = session.getState().run !== 'idle';
  const refused = lineOf(doc) === lineOf(before) ? undefined : await build(session, doc, options);
  if (refused?.answer) {
    say('That line is a question: QEMU answers it and builds no machine.');
    return false;
  }
  if (refused) return await refuse(session, label, before, doc, refused, options);
  if (options.script) putScript(options.script);
  pushStep(step);
  sayDone(session, label, hadRun, options);
  return true;
}

/** Repairs that are made without asking, one after the other. */
const MOST_REPAIRS = 4;

/** Makes the repairs that nobody need be asked about, or shows what was refused. */
async function refuse(
  session: Session,
  label: string,
  before: MachineDocument,
  doc: MachineDocument,
  refused: Refused,
  options: EditOptions,
  hot = false,
  repairs: readonly string[] = [],
): Promise<boolean> {
  const { machine: topology } = session.getState();
  const types = await deviceTypes(session);
  const { advise } = await import('../../document/advice/advise.ts');
  const advice = advise({ doc, before, topology, types, hot, ...refused });
  const fix = advice.fixes.find(({ automatic }) => automatic);
  if (!options.assist || !fix?.doc || repairs.length === MOST_REPAIRS) {
    const { assist } = options;
    useDocument.setState({
      refusal: { label, doc, advice, ...refused, ...(assist && { assist }) },
    });
    return false;
  }
  await bringImages(session, fix);
  const made = [...repairs, fix.words];
  const said = `${options.said ?? `${capital(label)}.`} ${made.join(' ')}`;
  const live = liveMachine();
  const plan = hot && live ? hotPlan(before, fix.doc, live) : undefined;
  if (plan) return await plugLive(session, { label, doc: before }, fix.doc, plan, options, made);
  const hadRun = session.getState().run !== 'idle';
  const again = await build(session, fix.doc, options);
  if (again) return await refuse(session, label, before, fix.doc, again, options, false, made);
  pushStep({ label, doc: before });
  sayDone(session, label, hadRun, { ...options, said });
  return true;
}

/** Carries out a hot-plug; what was done already is taken back when a part is refused. */
async function plugLive(
  session: Session,
  step: Step,
  doc: MachineDocument,
  plan: HotPlan,
  options: EditOptions,
  repairs: readonly string[] = [],
): Promise<boolean> {
  const plugged = await plug(session, step.doc, doc, plan);
  if (typeof plugged === 'string') {
    const refused = { message: plugged };
    return await refuse(session, step.label, step.doc, doc, refused, options, true, repairs);
  }
  // A device that was only asked to leave is still there: there is nothing to undo yet.
  if (lineOf(plugged) !== lineOf(step.doc)) pushStep(step);
  useDocument.setState({ doc: plugged });
  const left = new Set(gone(step.doc, plugged));
  const stays = gone(step.doc, doc).some((option) => !left.has(option));
  if (stays)
    say('The guest was asked to let go of it; it stays until the guest agrees, or until a reset.');
  else {
    const said = [options.said ?? `${capital(step.label)}.`, ...repairs].join(' ');
    sayDone(session, step.label, false, { ...options, said });
  }
  return true;
}

function sayDone(session: Session, label: string, hadRun: boolean, options: EditOptions): void {
  const said = options.said ?? `${capital(label)}.`;
  say(hadRun ? `${said} The machine was built anew: empty memory, empty journal.` : said, () => {
    void undo(session);
  });
}

/** Puts a document in the place of the one at hand, script included where one comes along. */
export function replaceDocument(
  session: Session,
  label: string,
  doc: MachineDocument,
  options: EditOptions = {},
): Promise<boolean> {
  return edit(session, label, () => doc, { ...options, powerOff: true });
}

/** Takes one of the ways out that were offered. */
export async function followFix(session: Session, fix: Fix): Promise<boolean> {
  const { refusal } = useDocument.getState();
  useDocument.setState({ refusal: undefined });
  await bringImages(session, fix);
  const { doc } = fix;
  if (fix.act === 'reset' || !doc) {
    await session.reset();
    say('The machine was reset: empty memory, empty journal.');
    return true;
  }
  const powerOff = fix.act === 'power-off';
  return edit(session, refusal?.label ?? 'change the machine', () => doc, {
    powerOff,
    ...(refusal?.assist && { assist: true }),
    said: fix.words,
  });
}

async function bringImages(session: Session, { images = [] }: Fix): Promise<void> {
  if (images.length === 0) return;
  const { addStandIns } = await import('./stand-ins.ts');
  addStandIns(session, images);
}

/** Shows what the monitor refused, with the ways out. */
export async function adviseOnMonitor(
  session: Session,
  line: string,
  output: string,
): Promise<void> {
  const command = /^\s*(device_add|device_del)\s+(\S+)/.exec(line);
  const message = output.trim();
  if (!command || message === '') return;
  const { doc } = useDocument.getState();
  const wanted =
    command[1] === 'device_add'
      ? readDocument(
          `${lineOf(doc)} -device '${line.trim().slice(10).trim().replaceAll("'", "'\\''")}'`,
          doc,
        )
      : doc;
  await refuse(session, line.trim(), doc, wanted, { message }, {}, true);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
