import { EXAMPLES } from '../../lessons/examples.ts';
import { UndoIcon } from '../kit/icons.tsx';
import { replaceSource, useScript } from '../state/script-store.ts';
import { say } from '../state/ui-store.ts';

const exampleOf = (id: string) => EXAMPLES.find((example) => example.id === id);

/** What the script at hand began as. */
export function ExampleTitle() {
  const title = useScript((script) =>
    script.look ? 'of a run' : exampleOf(script.example)?.title,
  );
  return <span>{title}</span>;
}

/** Brings the example back as it was, once it was changed. */
export function RestoreButton() {
  const example = useScript((script) => exampleOf(script.example));
  const changed = useScript(
    ({ source, look }) => example !== undefined && !look && source !== example.source,
  );
  if (!changed || !example) return null;
  return (
    <button
      type="button"
      className="button button-bare"
      title={`Bring back “${example.title}” as it was`}
      onClick={() => {
        const mine = useScript.getState().source;
        replaceSource(example.source);
        say(`“${example.title}” is as it was.`, () => replaceSource(mine));
      }}
    >
      <UndoIcon /> Restore
    </button>
  );
}
