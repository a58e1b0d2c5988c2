import { Component, lazy, type ReactNode, Suspense, useMemo } from 'react';
import type { ViolationMoment } from '../../journal/fold/moment.ts';
import type { Names } from '../../journal/narration/narration-types.ts';
import './script.css';
import { UndoIcon, WarnIcon } from '../kit/icons.tsx';
import { Pane } from '../kit/pane.tsx';
import type { ScriptProblem } from '../session/session.ts';
import { namesOf } from '../state/names.ts';
import { replaceSource, useScript } from '../state/script-store.ts';
import { useSessionState } from '../state/session-context.tsx';
import { useDark } from '../state/theme.ts';
import { say } from '../state/ui-store.ts';
import type { EditorProps, LineMark } from './editor-props.ts';
import { exampleOf } from './examples.ts';
import { PlainEditor } from './plain-editor.tsx';
import { verdictOf } from './verdict.ts';

const MonacoEditor = lazy(() => import('./monaco-editor.tsx'));

/** Whether fingers are all there is: the full editor is no good then. */
const touchOnly = (): boolean =>
  window.matchMedia('(pointer: coarse)').matches &&
  !window.matchMedia('(any-pointer: fine)').matches;

/** The driver that the person writes, with the line that runs. */
export function ScriptPane() {
  const line = useSessionState(({ moment }) => (moment.script === 'idle' ? 0 : moment.line));
  const problem = useSessionState((state) => state.problem);
  const violations = useSessionState(({ moment }) => moment.violations);
  const dark = useDark();
  const topology = useSessionState((state) => state.topology);
  const names = useMemo(() => namesOf(topology), [topology]);
  const marks = useMemo(() => marksOf(problem, violations, names), [problem, violations, names]);
  const props: EditorProps = { line, marks, dark };
  const plain = <PlainEditor {...props} />;
  return (
    <Pane
      name="script"
      title="Guest script"
      detail={<ScriptDetail line={line} />}
      actions={<RestoreButton />}
      className="script"
    >
      <div className="script-body">
        {touchOnly() ? (
          plain
        ) : (
          <EditorBoundary fallback={plain}>
            <Suspense fallback={plain}>
              <MonacoEditor {...props} />
            </Suspense>
          </EditorBoundary>
        )}
      </div>
      <ScriptNotes problem={problem} violation={violations.at(-1)} names={names} />
    </Pane>
  );
}

/** Where the full editor does not load or breaks, the plain one takes its place with the same text. */
class EditorBoundary extends Component<{ fallback: ReactNode; children: ReactNode }> {
  override state = { broken: false };
  static getDerivedStateFromError() {
    return { broken: true };
  }
  override render() {
    return this.state.broken ? this.props.fallback : this.props.children;
  }
}

function ScriptDetail({ line }: { line: number }) {
  const example = useScript((script) => exampleOf(script.example)?.title);
  const run = useSessionState((state) => state.run);
  const where = line > 0 ? ` · line ${line}` : '';
  return (
    <>
      <span>{example}</span>
      <span className="run-state">
        {RUN_WORDS[run]}
        {where}
      </span>
    </>
  );
}

const RUN_WORDS = {
  idle: 'not started',
  running: 'running',
  paused: 'paused',
  ended: 'ended',
  failed: 'failed',
} as const;

function RestoreButton() {
  const example = useScript((script) => exampleOf(script.example));
  const changed = useScript((script) => example !== undefined && script.source !== example.source);
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

function ScriptNotes(props: {
  problem: ScriptProblem | undefined;
  violation: ViolationMoment | undefined;
  names: Names;
}) {
  const { problem, violation, names } = props;
  const kept = useScript((script) => script.kept);
  const live = useSessionState((state) => state.run === 'running' || state.run === 'paused');
  const edited = useScript(
    (script) => script.started !== undefined && script.started !== script.source,
  );
  return (
    <div className="script-notes">
      <div role="alert">
        {problem && (
          <p className="note note-bad">
            <WarnIcon />
            <span>
              <strong>
                {problem.phase === 'compile' ? 'Does not compile' : 'Stopped'}
                {problem.line === undefined ? '' : `, line ${problem.line}`}
              </strong>{' '}
              {problem.message}
            </span>
          </p>
        )}
        {violation && (
          <p className="note note-bad">
            <WarnIcon />
            <span>
              <strong>Rule broken{violation.line > 0 ? `, line ${violation.line}` : ''}</strong>{' '}
              {verdictOf(violation, names)}
            </span>
          </p>
        )}
      </div>
      {live && edited && (
        <p className="note">
          The run goes on with the text that it began with; Reset, then Run, takes the new one.
        </p>
      )}
      {!kept && <p className="note">This browser does not keep the script over a reload.</p>}
    </div>
  );
}

function marksOf(
  problem: ScriptProblem | undefined,
  violations: readonly ViolationMoment[],
  names: Names,
): readonly LineMark[] {
  const marks: LineMark[] = [];
  if (problem?.line !== undefined)
    marks.push({
      line: problem.line,
      column: problem.column,
      message: problem.message,
      kind: 'problem',
    });
  const marked = new Set(marks.map((mark) => mark.line));
  for (const violation of violations) {
    if (violation.line === 0 || marked.has(violation.line)) continue;
    marked.add(violation.line);
    marks.push({
      line: violation.line,
      column: undefined,
      message: verdictOf(violation, names),
      kind: 'violation',
    });
  }
  return marks;
}
