import { lineOf, readDocument } from '../../document/read.ts';
import { decodeWork, encodeWork, sameRecord } from '../../document/share/work.ts';
import { DEFAULT_COMMAND_LINE } from '../../lessons/default-machine.ts';
import { EXAMPLES } from '../../lessons/examples.ts';
import { restoreDocument, useDocument } from '../document/document-store.ts';
import { addStandIns, knownStandIns } from '../document/stand-ins.ts';
import type { Session } from '../session/session.ts';
import { keptDisks } from '../state/kept-disk.ts';
import { rememberLook } from '../state/look.ts';
import { replaceSource, useScript } from '../state/script-store.ts';
import { REMEMBERED, recall, remember } from '../state/storage.ts';
import { say, useUi } from '../state/ui-store.ts';
import { onView } from '../topology/last-view.ts';

const sharing = () => import('./index.ts');

/** Quiet after the last change before it is written, in ms. */
const AFTER_MS = 400;
/** Longest wait for the disks of the last visit, in ms. */
const PATIENCE_MS = 2_000;
/** Names this visit in the record. */
const VISIT = crypto.randomUUID();
/** Most records of other pages that wait to be kept. */
const MOST_ASIDE = 8;

/** The record as this page last read or wrote it: another one there means that another page wrote. */
let seen = recall(REMEMBERED.work);

/** Builds the machine of the last visit, its script and its history put back. */
export async function resume(session: Session): Promise<void> {
  const work = seen === undefined ? undefined : decodeWork(seen);
  if (seen !== undefined && !work) {
    remember(REMEMBERED.unread, seen);
    say('The work of your last visit was kept in a way that this version of the page cannot read.');
  }
  const line = work ? lineOf(work.doc) : (recall(REMEMBERED.commandLine) ?? DEFAULT_COMMAND_LINE);
  if (work) addStandIns(session, work.standIns);
  // After the stand-ins: a person's own file goes before one that stands in for it.
  const disks = await Promise.race([keptDisks(), afterPatience()]);
  for (const [name, content] of disks ?? []) session.addImage(name, content);
  restoreDocument(work ?? { doc: readDocument(line), past: [], future: [] });
  if (work && work.script.source !== useScript.getState().source)
    replaceSource(work.script.source, work.script.example);
  if (await session.build(line)) return;
  remember(REMEMBERED.unread, seen);
  const past = work?.past ?? [];
  restoreDocument({ doc: readDocument(DEFAULT_COMMAND_LINE), past, future: [] });
  await session.build(DEFAULT_COMMAND_LINE);
  const { source: script } = useScript.getState();
  await (await sharing()).openAgain(session, { version: 1, commandLine: line, script });
}

/** A browser's database may never answer; the page does not wait for it. */
function afterPatience(): Promise<undefined> {
  return new Promise((done) => setTimeout(() => done(undefined), PATIENCE_MS));
}

/** Keeps the work of this page from now on. Answers how to stop. */
export function keepWork(session: Session): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let changed = false;
  let looked = false;
  const write = () => {
    clearTimeout(timer);
    if (looked) rememberLook();
    if (changed) writeWork(session);
    changed = false;
    looked = false;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(write, AFTER_MS);
  };
  const work = () => {
    changed = true;
    later();
  };
  const look = () => {
    looked = true;
    later();
  };
  const stops = [
    useDocument.subscribe((now, before) => {
      if (now.doc !== before.doc || now.past !== before.past || now.future !== before.future)
        work();
    }),
    useScript.subscribe((now, before) => {
      if (now.source !== before.source || now.example !== before.example) work();
    }),
    useUi.subscribe((now, before) => {
      if (LOOKS.some((key) => now[key] !== before[key])) look();
    }),
  ];
  onView(look);
  const hidden = () => {
    if (document.visibilityState === 'hidden') write();
  };
  window.addEventListener('pagehide', write);
  document.addEventListener('visibilitychange', hidden);
  keepAside();
  // What came before there was anybody to notice it.
  work();
  return () => {
    write();
    for (const stop of stops) stop();
    onView(undefined);
    window.removeEventListener('pagehide', write);
    document.removeEventListener('visibilitychange', hidden);
  };
}

const LOOKS = ['workspace', 'era', 'expanded', 'selection', 'selected'] as const;

function writeWork(session: Session): void {
  const { doc, past, future } = useDocument.getState();
  // The document follows the first machine a moment after it was built.
  if (!session.getState().topology || doc === useDocument.getInitialState().doc) return;
  const { source, example } = useScript.getState();
  const script = { source, example };
  const fresh =
    past.length + future.length === 0 &&
    lineOf(doc) === DEFAULT_COMMAND_LINE &&
    EXAMPLES.some((one) => one.source === source);
  const work = { by: VISIT, at: Date.now(), doc, past, future, script, standIns: knownStandIns() };
  let record = fresh ? undefined : encodeWork(work);
  const there = recall(REMEMBERED.work);
  if (there === record || (there && record && sameRecord(there, record))) {
    seen = there;
    return;
  }
  // An untouched page lets be what others do.
  if (fresh && there !== seen) return;
  if (there !== undefined && there !== seen) putAside(there, lineOf(doc), source);
  if (!remember(REMEMBERED.work, record) && record !== undefined) {
    // No room: the machine itself goes before the way to it.
    record = encodeWork(work, 0);
    if (!remember(REMEMBERED.work, record)) return;
  }
  seen = record;
  remember(REMEMBERED.commandLine, undefined);
}

/** Sets work of another page aside, at once: this page may be about to close. */
function putAside(record: string, line: string, source: string): void {
  const other = decodeWork(record);
  if (!other || (lineOf(other.doc) === line && other.script.source === source)) return;
  const alone = encodeWork(other, 0);
  const others = asides().filter((text) => decodeWork(text)?.by !== other.by);
  remember(REMEMBERED.aside, JSON.stringify([...others, alone].slice(-MOST_ASIDE)));
  keepAside();
}

/** Moves what was set aside to the kept machines. */
function keepAside(): void {
  const waiting = asides();
  if (waiting.length === 0) return;
  void (async () => {
    const { keepOther } = await sharing();
    for (const text of waiting) {
      const work = decodeWork(text);
      if (work && !(await keepOther(work))) continue;
      const left = asides().filter((one) => one !== text);
      remember(REMEMBERED.aside, left.length > 0 ? JSON.stringify(left) : undefined);
    }
  })();
}

function asides(): string[] {
  try {
    const value: unknown = JSON.parse(recall(REMEMBERED.aside) ?? '[]');
    return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
  } catch {
    return [];
  }
}
