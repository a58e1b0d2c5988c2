import './runs.css';
import { EXAMPLES } from '../../lessons/examples.ts';
import { useBreakpoints } from '../state/breakpoints.ts';
import { replaceSource, useScript } from '../state/script-store.ts';
import { useSessionState } from '../state/session-context.tsx';
import { say } from '../state/ui-store.ts';

/** Says whose script the editor shows in the place of the person's own, and the ways out. */
export default function LookBar() {
  const look = useScript((script) => script.look);
  const runs = useSessionState((state) => state.runs);
  if (!look) return null;
  const name = runs.find(({ id }) => id === look.run)?.name ?? 'a run';
  const use = () => {
    const { source: mine, example } = useScript.getState();
    const { aside } = useBreakpoints.getState();
    replaceSource(look.source, EXAMPLES.find(({ source }) => source === look.source)?.id ?? '');
    say(`The script of ${name} is yours now.`, () => {
      replaceSource(mine, example);
      useBreakpoints.setState({ lines: aside ?? [] });
    });
  };
  return (
    <div className="look-bar">
      <p>
        <strong>This is the script of {name}.</strong> Your own text is as you left it.
      </p>
      <button type="button" className="button button-small" onClick={use}>
        Use it
      </button>
      <button
        type="button"
        className="button button-small"
        onClick={() => useScript.setState({ look: undefined })}
      >
        Back to my text
      </button>
    </div>
  );
}
