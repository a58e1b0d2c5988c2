import { Menu } from '@base-ui/react/menu';
import { useState } from 'react';
import './views.css';
import { lineOf } from '../../document/read.ts';
import { useDocument } from '../document/document-store.ts';
import { ChevronIcon, CopyIcon, PencilIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { useShare } from '../state/share-store.ts';
import { copy } from './copy.ts';
import { shellLine, shellScript } from './line-text.ts';
import { OptionRows } from './option-rows.tsx';
import { TextEditor } from './text-editor.tsx';
import { useLinks } from './use-links.ts';

/** The machine as the command line that builds it: as a list, or as text to be edited. */
export function CommandLineView() {
  const doc = useDocument((state) => state.doc);
  const links = useLinks();
  const [editing, setEditing] = useState<number>();
  const count = doc.options.length;
  return (
    <Pane
      name="command-line"
      title="Command line"
      className="line-pane"
      detail={
        <>
          <span className="mono">{doc.program}</span>
          <span>{count === 1 ? '1 option' : `${count} options`}</span>
        </>
      }
      actions={
        <>
          {editing === undefined && (
            <button
              type="button"
              className="button button-bare"
              onClick={() => setEditing(Number.POSITIVE_INFINITY)}
            >
              <PencilIcon />
              Edit text
            </button>
          )}
          <CopyMenu
            line={() => shellLine(doc)}
            script={() => shellScript(doc)}
            bare={() => lineOf(doc)}
          />
        </>
      }
    >
      {editing === undefined ? (
        <div className="view-scroll">
          <OptionRows doc={doc} links={links} editText={setEditing} />
        </div>
      ) : (
        <TextEditor doc={doc} links={links} at={editing} close={() => setEditing(undefined)} />
      )}
    </Pane>
  );
}

function CopyMenu(props: { line(): string; script(): string; bare(): string }) {
  const items = [
    ['As one line', 'For a terminal: the program and its options, quoted for a shell.', props.line],
    ['As a shell script', 'One option a row, joined by backslashes.', props.script],
    ['The options only', 'As the toolbar takes them.', props.bare],
  ] as const;
  return (
    <Menu.Root>
      <Menu.Trigger className="button button-bare" aria-label="Copy the command line">
        <CopyIcon />
        Copy
        <ChevronIcon />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="positioner" sideOffset={4} align="end">
          <Menu.Popup className="menu">
            {items.map(([title, text, content]) => (
              <Menu.Item
                key={title}
                className="menu-item"
                onClick={() => void copy(content(), 'The command line')}
              >
                <span className="menu-title">{title}</span>
                <span className="menu-text">{text}</span>
              </Menu.Item>
            ))}
            <Menu.Separator className="menu-line" />
            <Menu.Item className="menu-item" onClick={() => useShare.setState({ open: 'share' })}>
              <span className="menu-title">Share or export…</span>
              <span className="menu-text">A link, a script file, libvirt XML, a picture.</span>
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
