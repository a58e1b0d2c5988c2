import { useState } from 'react';
import { fileNameOf } from '../../document/share/file.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../journal/export/formats.ts';
import { hasPackets } from '../../journal/export/pcapng.ts';
import type { ExportSource, Piece } from '../../journal/export/source.ts';
import type { Session } from '../session/session.ts';
import { namesOf } from '../state/names.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { say } from '../state/ui-store.ts';
import { saveFile } from './files.ts';

/** Milliseconds of work between two frames. */
const WORK_MS = 10;

/** Exports of the run that is shown: for Perfetto, tables, Wireshark. */
export function RunRows({ name }: { name: string }) {
  const session = useSession();
  const topology = useSessionState((state) => state.topology);
  const length = useSessionState((state) => state.length);
  const [busy, setBusy] = useState<string | undefined>(undefined);
  const { virtioId } = namesOf(topology);
  const packets = hasPackets(topology?.devices.length ?? 0, virtioId);
  const save = async (format: ExportFormat) => {
    setBusy(format.name);
    try {
      const parts = await gathered(format.pieces(sourceOf(session)));
      saveFile(fileNameOf(name, format.ending), new Blob(parts, { type: format.type }));
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(undefined);
    }
  };
  return EXPORT_FORMATS.map((format) => {
    const none = format.name === 'pcapng' && !packets;
    return (
      <li key={format.name}>
        <div>
          <strong>{format.title}</strong>
          <span>
            {none ? 'This machine has no network device: there are no packets.' : format.text}
          </span>
        </div>
        <button
          type="button"
          className="button"
          aria-label={`Save the run: ${format.title} (${format.ending})`}
          disabled={busy !== undefined || none || length === 0}
          onClick={() => void save(format)}
        >
          {busy === format.name ? 'Working …' : `Save ${format.ending}`}
        </button>
      </li>
    );
  });
}

function sourceOf(session: Session): ExportSource {
  const { topology } = session.getState();
  return {
    store: session.store,
    momentAt: (at) => session.momentAt(at),
    names: namesOf(topology),
  };
}

/** All pieces of a file, made a little at a time, so that the page goes on. */
async function gathered(pieces: Generator<Piece>): Promise<BlobPart[]> {
  const parts: BlobPart[] = [];
  for (;;) {
    const end = performance.now() + WORK_MS;
    while (performance.now() < end) {
      const next = pieces.next();
      if (next.done) return parts;
      if (next.value.length > 0) parts.push(next.value as BlobPart);
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}
