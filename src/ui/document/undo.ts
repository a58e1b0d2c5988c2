import { lineOf } from '../../document/read.ts';
import type { Session } from '../session/session.ts';
import { say } from '../state/ui-store.ts';
import { build } from './build.ts';
import { exclusively, putScript, type Step, scriptNow, useDocument } from './document-store.ts';

/** Takes back the last step. */
export function undo(session: Session): Promise<boolean> {
  return turn(session, 'past', 'future');
}

/** Does again what was taken back last. */
export function redo(session: Session): Promise<boolean> {
  return turn(session, 'future', 'past');
}

async function turn(
  session: Session,
  from: 'past' | 'future',
  to: 'past' | 'future',
): Promise<boolean> {
  return exclusively(async () => {
    const state = useDocument.getState();
    const step = state[from].at(-1);
    if (!step) return false;
    const hadRun = session.getState().run !== 'idle';
    const { doc: here } = state;
    const script = scriptNow();
    const same = lineOf(step.doc) === lineOf(here);
    const refused = same ? undefined : await build(session, step.doc);
    if (refused) {
      say(`It cannot be undone: ${refused.message}`);
      return false;
    }
    if (step.script) putScript(step.script);
    const returning: Step = {
      label: step.label,
      doc: here,
      ...(step.script && { script }),
    };
    useDocument.setState({
      doc: step.doc,
      refusal: undefined,
      [from]: state[from].slice(0, -1),
      [to]: [...state[to], returning],
    });
    const verb = from === 'past' ? 'Undone' : 'Done again';
    say(`${verb}: ${step.label}.${hadRun && !same ? ' The machine was built anew.' : ''}`);
    return true;
  });
}
