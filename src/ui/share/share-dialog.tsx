import { useMemo, useState } from 'react';
import { fieldsOf, ShareError } from '../../document/share/bundle.ts';
import { encodeFile, FILE_ENDING, fileNameOf } from '../../document/share/file.ts';
import { encodeLink } from '../../document/share/link.ts';
import { useDocument } from '../document/document-store.ts';
import { CopyIcon, WarnIcon } from '../kit/icons.tsx';
import { copy } from '../views/copy.ts';
import { addressOf } from './address.ts';
import { ExportRows } from './export-rows.tsx';
import { ownFiles } from './exports.ts';
import { saveFile } from './files.ts';
import { presentBundle, usualName } from './present.ts';
import { RunRow } from './run-row.tsx';
import { ShareWindow } from './share-window.tsx';

/** The machine as a link, as files, as a picture. */
export function ShareDialog() {
  return (
    <ShareWindow
      name="share"
      title="Share this machine"
      description="Everything is made in this browser; nothing is sent anywhere."
    >
      <Content />
    </ShareWindow>
  );
}

function Content() {
  const doc = useDocument((state) => state.doc);
  const [typed, setTyped] = useState<string>();
  const [script, setScript] = useState(true);
  const [presentation, setPresentation] = useState(false);
  const name = typed ?? usualName(doc);
  const bundle = presentBundle({ name: name.trim(), script, presentation });
  const key = JSON.stringify(fieldsOf(bundle));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is all that the link depends on
  const link = useMemo(() => linkOf(() => encodeLink(bundle)), [key]);
  const files = ownFiles(doc);
  return (
    <>
      <div className="share-choices">
        <label className="share-name">
          Name
          <input
            value={name}
            maxLength={120}
            spellCheck={false}
            onChange={({ target }) => setTyped(target.value)}
          />
        </label>
        <label>
          <input
            type="checkbox"
            checked={script}
            onChange={({ target }) => setScript(target.checked)}
          />
          With the guest script
        </label>
        <label>
          <input
            type="checkbox"
            checked={presentation}
            onChange={({ target }) => setPresentation(target.checked)}
          />
          Opens in presentation mode
        </label>
      </div>
      <h3>Link</h3>
      {'address' in link ? (
        <>
          <div className="share-link">
            <input
              className="mono"
              readOnly
              aria-label="Link"
              value={link.address}
              onFocus={({ target }) => target.select()}
            />
            <button
              type="button"
              className="button button-main"
              onClick={() => void copy(link.address, 'The link')}
            >
              <CopyIcon />
              Copy link
            </button>
          </div>
          <p className="share-hint" data-testid="link-size">
            {count(link.address.length)} characters, for {count(new Blob([key]).size)} bytes of
            machine{script && ' and script'}. Whoever opens it sees this machine; nothing runs by
            itself.
          </p>
        </>
      ) : (
        <p className="share-problem" role="alert">
          <WarnIcon />
          <span>{link.problem}</span>
        </p>
      )}
      {files.length > 0 && (
        <p className="share-hint">
          Disk images stay on this computer: {files.map((file) => file.name).join(', ')}. Where one
          is missing, an empty image stands in.
        </p>
      )}
      <h3>Files</h3>
      <ul className="share-rows">
        <li>
          <div>
            <strong>Machine{script && ' and script'}</strong>
            <span>To open here again; a text that version control can keep.</span>
          </div>
          <button
            type="button"
            className="button"
            aria-label={`Save as a file (${FILE_ENDING})`}
            onClick={() => saveFile(fileNameOf(name, FILE_ENDING), encodeFile(bundle))}
          >
            Save {FILE_ENDING}
          </button>
        </li>
        <RunRow name={name} />
        <ExportRows doc={doc} name={name} />
      </ul>
    </>
  );
}

function linkOf(make: () => string): { address: string } | { problem: string } {
  try {
    return { address: addressOf(make()) };
  } catch (error) {
    if (error instanceof ShareError) return { problem: error.message };
    throw error;
  }
}

const count = (value: number): string => value.toLocaleString('en');
