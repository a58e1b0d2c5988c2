import { type ReactNode, useState } from 'react';
import type { MachineDocument } from '../../document/document.ts';
import { lineOf } from '../../document/read.ts';
import { fileNameOf } from '../../document/share/file.ts';
import { knownStandIns } from '../document/stand-ins.ts';
import type { Session } from '../session/session.ts';
import { useSession } from '../state/session-context.tsx';
import { say } from '../state/ui-store.ts';
import { copy } from '../views/copy.ts';
import { shellLine } from '../views/line-text.ts';
import { startScript } from './exports.ts';
import { saveFile } from './files.ts';
import { RunRows } from './run-rows.tsx';
import { pngOf, takePicture } from './take-picture.ts';

/** Exports for other programs: a real QEMU, libvirt, whatever shows pictures or reads runs. */
export function ExportRows({ doc, name }: { doc: MachineDocument; name: string }) {
  const session = useSession();
  const [notes, setNotes] = useState<readonly string[]>([]);
  const xml = async (use: (xml: string) => void) => {
    const { topology } = session.getState();
    if (!topology) return;
    const { toLibvirt } = await import('../../document/libvirt/to-libvirt.ts');
    const domain = toLibvirt(doc, topology, name);
    setNotes(domain.notes);
    use(domain.xml);
  };
  const save = (ending: string, content: Blob | string) =>
    saveFile(fileNameOf(name, ending), content);
  return (
    <>
      <Row title="QEMU command line" text="Starts the machine on a real QEMU.">
        <button
          type="button"
          className="button"
          aria-label="Copy the QEMU command line"
          onClick={() => void copy(shellLine(doc), 'The command line')}
        >
          Copy
        </button>
        <button
          type="button"
          className="button"
          aria-label="Save the QEMU command line as a script (.sh)"
          onClick={() => save('.sh', startScript(doc, name, bytesIn(session)))}
        >
          Save .sh
        </button>
      </Row>
      <Row title="libvirt domain" text="For virsh define and virt-manager." notes={notes}>
        <button
          type="button"
          className="button"
          aria-label="Copy the libvirt XML"
          onClick={() => void xml((text) => void copy(text, 'The libvirt domain'))}
        >
          Copy
        </button>
        <button
          type="button"
          className="button"
          aria-label="Save the libvirt XML"
          onClick={() => void xml((text) => save('.xml', text))}
        >
          Save .xml
        </button>
      </Row>
      <Row title="Picture of the canvas" text="The whole machine, in the colours of this moment.">
        <button
          type="button"
          className="button"
          aria-label="Save the picture as SVG"
          onClick={() => {
            const svg = takePicture(session, name, lineOf(doc));
            if (svg) save('.svg', new Blob([svg.text], { type: 'image/svg+xml' }));
          }}
        >
          Save .svg
        </button>
        <button
          type="button"
          className="button"
          aria-label="Save the picture as PNG"
          onClick={() => void savePng(session, name, doc, (png) => save('.png', png))}
        >
          Save .png
        </button>
      </Row>
      <RunRows name={name} />
    </>
  );
}

function Row(props: {
  title: string;
  text: string;
  notes?: readonly string[];
  children: ReactNode;
}) {
  const { notes = [] } = props;
  return (
    <li>
      <div>
        <strong>{props.title}</strong>
        <span>{props.text}</span>
        {notes.length > 0 && (
          <ul className="share-notes" aria-label={`Not quite the same as ${props.title}`}>
            {notes.map((note, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two notes may read the same
              <li key={i}>{note}</li>
            ))}
          </ul>
        )}
      </div>
      {props.children}
    </li>
  );
}

async function savePng(
  session: Session,
  name: string,
  doc: MachineDocument,
  use: (png: Blob) => void,
): Promise<void> {
  const svg = takePicture(session, name, lineOf(doc));
  if (!svg) return;
  try {
    const { png, scale } = await pngOf(svg);
    use(png);
    if (scale < 1) say('The machine is too large for a sharp PNG. The SVG is sharp at any size.');
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
  }
}

/** Sizes of images here; of one that stands in for another, the size that it claims. */
function bytesIn(session: Session): (name: string) => number | undefined {
  const sizes = new Map(session.getState().images.map(({ name, bytes }) => [name, bytes]));
  for (const { name, bytes } of knownStandIns()) sizes.set(name, bytes);
  return (name) => sizes.get(name);
}
