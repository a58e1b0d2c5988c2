import { useDocument } from '../document/document-store.ts';
import { redo, undo } from '../document/undo.ts';
import { AddIcon, ConnectIcon, DeleteIcon, RedoIcon, SearchIcon, UndoIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { connectSelected, deleteSelected } from './actions.ts';
import { useBuild } from './build-store.ts';

/** The canvas's tools: undo, redo, add, connect, delete, search. */
export function BuildTools() {
  const session = useSession();
  const undone = useDocument((state) => state.past.at(-1)?.label);
  const redone = useDocument((state) => state.future.at(-1)?.label);
  const chosen = useUi((ui) => ui.selection.size > 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div className="build-tools" role="group" aria-label="Build">
      <Tool
        name={undone === undefined ? 'Nothing to undo' : `Undo: ${undone}`}
        keys="Ctrl Z"
        off={undone === undefined}
        does={() => void undo(session)}
      >
        <UndoIcon />
      </Tool>
      <Tool
        name={redone === undefined ? 'Nothing to redo' : `Redo: ${redone}`}
        keys="Ctrl Y"
        off={redone === undefined}
        does={() => void redo(session)}
      >
        <RedoIcon />
      </Tool>
      <Tool
        name="Add a device or a back end"
        keys="A"
        does={() => useBuild.setState({ adding: true })}
      >
        <AddIcon />
      </Tool>
      <Tool name="Connect to…" keys="C" off={!chosen} does={() => connectSelected(session)}>
        <ConnectIcon />
      </Tool>
      <Tool name="Delete" keys="Delete" off={!chosen} does={() => void deleteSelected(session)}>
        <DeleteIcon />
      </Tool>
      <Tool
        name="Search the machine"
        keys="Ctrl F"
        does={() => useBuild.setState({ searching: true })}
      >
        <SearchIcon />
      </Tool>
    </div>
  );
}

function Tool(props: {
  name: string;
  keys: string;
  off?: boolean;
  does: () => void;
  children: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="button button-bare"
      aria-label={props.name}
      title={`${props.name} (${props.keys})`}
      disabled={props.off}
      onClick={props.does}
    >
      {props.children}
    </button>
  );
}
