import { Folder } from '../../journal/fold/folder.ts';
import { heldPart } from '../../journal/held-part.ts';
import { RunFileError } from '../../journal/run-check.ts';
import { checkHead, RUN_FILE, runHead } from '../../journal/run-file.ts';
import type { RunContent } from '../../journal/run-record.ts';
import type { EventStore } from '../../journal/store.ts';
import { partsOfRun, readRun } from '../../protocol/run-facts.ts';
import type { Session } from '../session/session.ts';
import { useShare } from '../state/share-store.ts';
import { say } from '../state/ui-store.ts';
import { reportBad } from './opening.ts';

/** How long the page's thread works on a file at a stretch, in ms: less than a person feels. */
const STRETCH_MS = 12;
/** Lets the page do what is due. */
const breath = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
/** Bytes of a file that is not even tried. */
const FILE_LIMIT = 512 << 20;

/** The file of a run: compressed as it is made, a part at a time. Throws RunFileError where it cannot be saved. */
export async function fileOfRun(run: RunContent): Promise<Blob> {
  const { folder } = run;
  const parts = partsOfRun(
    run.store.first > 0 && folder ? await heldPart({ ...run, folder }, breath) : run,
  );
  const bytes = new ReadableStream<BufferSource>({
    pull(controller) {
      const { done, value } = parts.next();
      if (done) controller.close();
      else controller.enqueue(value as Uint8Array<ArrayBuffer>);
    },
  });
  const packed = bytes.pipeThrough(new CompressionStream('gzip'));
  const head = runHead() as Uint8Array<ArrayBuffer>;
  return new Blob([head, await new Response(packed).blob()]);
}

/**
 * The run in a file. `progress` is told how much of it has been read, 0 to 1, and may throw to end it.
 * Throws RunFileError where the file is none.
 */
export async function runOfFile(
  file: Blob,
  progress: (part: number) => void = () => {},
): Promise<RunContent> {
  if (file.size > FILE_LIMIT)
    throw new RunFileError(`This file is larger than ${FILE_LIMIT >> 20} MiB.`);
  checkHead(new Uint8Array(await file.slice(0, RUN_FILE.head).arrayBuffer()));
  let taken = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, BufferSource>({
    transform(piece, controller) {
      taken += piece.length;
      controller.enqueue(piece);
    },
  });
  const bytes = file
    .slice(RUN_FILE.head)
    .stream()
    .pipeThrough(counted)
    .pipeThrough(new DecompressionStream('gzip'));
  let since = performance.now();
  let folder: Folder | undefined;
  const rest = async (store: EventStore): Promise<void> => {
    folder ??= new Folder(store);
    // Folded as it comes, so that its end can be shown at once.
    folder.prepare(store.length);
    if (performance.now() - since < STRETCH_MS) return;
    progress(taken / file.size);
    await new Promise((resolve) => setTimeout(resolve));
    since = performance.now();
  };
  const run = await readRun(pieces(bytes), rest);
  return folder ? { ...run, folder } : run;
}

/** What a stream brings. Only this tells a damaged stream from a fault of this program. */
async function* pieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(() => {
        throw new RunFileError('This file is damaged: a part is missing or was changed.');
      });
      if (done) return;
      yield value;
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** The person does not want to wait. */
class Cancelled extends Error {}

/** Opens the run in a file beside those that the page has, and shows it; or says why it cannot be. */
export async function openRunFile(session: Session, file: File): Promise<void> {
  let cancelled = false;
  const cancel = () => {
    cancelled = true;
  };
  const progress = (part: number) => {
    if (cancelled) throw new Cancelled();
    useShare.setState({ opening: { title: `Opening ${file.name}`, part, cancel } });
  };
  try {
    const run = await runOfFile(file, progress);
    session.openRun(run);
    say(`“${run.name}” was opened: ${run.store.length.toLocaleString('en')} events.`);
  } catch (error) {
    if (error instanceof RunFileError) reportBad(`${file.name} cannot be opened`, error.message);
    else if (!(error instanceof Cancelled)) throw error;
  } finally {
    useShare.setState({ opening: undefined });
  }
}
