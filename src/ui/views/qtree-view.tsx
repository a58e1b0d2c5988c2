import { useState } from 'react';
import './views.css';
import { CloseIcon, CopyIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import { copy } from './copy.ts';
import { linesWith } from './qtree-lines.ts';
import { QtreeList } from './qtree-list.tsx';
import { useQtree } from './use-qtree.ts';

/** What the monitor prints for `info qtree`, to be searched, followed and edited. */
export function QtreeView() {
  const { lines, fresh } = useQtree();
  const [wanted, setWanted] = useState('');
  const [at, setAt] = useState(0);
  const found = linesWith(lines, wanted);
  const hit = found.length > 0 ? found[at % found.length] : undefined;
  return (
    <Pane
      name="qtree"
      title="info qtree"
      className="qtree-pane"
      detail={
        <span role="status">
          {wanted.trim() === ''
            ? `${lines.length} lines`
            : found.length === 0
              ? 'nothing found'
              : `${(at % found.length) + 1} of ${found.length}`}
        </span>
      }
      actions={
        <>
          <input
            type="search"
            className="view-search"
            aria-label="Search in info qtree"
            placeholder="Search"
            value={wanted}
            onChange={({ target }) => {
              setWanted(target.value);
              setAt(0);
            }}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && found.length > 0)
                setAt((now) => (now + (event.shiftKey ? found.length - 1 : 1)) % found.length);
              else if (event.key === 'Escape' && wanted !== '') setWanted('');
              else return;
              event.preventDefault();
              event.stopPropagation();
            }}
          />
          {wanted !== '' && (
            <button
              type="button"
              className="button button-bare"
              aria-label="End the search"
              onClick={() => setWanted('')}
            >
              <CloseIcon />
            </button>
          )}
          <button
            type="button"
            className="button button-bare"
            aria-label="Copy all of info qtree"
            onClick={() =>
              void copy(lines.map(({ text }) => `${text}\n`).join(''), 'The text of info qtree')
            }
          >
            <CopyIcon />
            Copy
          </button>
        </>
      }
    >
      <QtreeList lines={lines} fresh={fresh} wanted={wanted} found={found} hit={hit} />
    </Pane>
  );
}
