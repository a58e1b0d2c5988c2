import { Component, lazy, type ReactNode, Suspense, useCallback, useMemo } from 'react';
import './script.css';
import { Pane } from '../kit/pane.tsx';
import type { ScriptProblem } from '../session/session.ts';
import { useBreakpoints } from '../state/breakpoints.ts';
import { runToLine } from '../state/run.ts';
import { useScript } from '../state/script-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useDark } from '../state/theme.ts';
import type { EditorProps, LineMark } from './editor-props.ts';
import { PlainEditor } from './plain-editor.tsx';
import { ScriptNotes } from './script-notes.tsx';
import { useRunLines } from './use-run-lines.ts';
import { type JudgedViolation, useVerdicts } from './use-verdicts.ts';

const MonacoEditor = lazy(() => import('./monaco-editor.tsx'));
const parts = () => import('./example-parts.tsx');
const ExampleTitle = lazy(async () => ({ default: (await parts()).ExampleTitle }));
const RestoreButton = lazy(async () => ({ default: (await parts()).RestoreButton }));
const LookBar = lazy(() => import('../runs/look-bar.tsx'));
const breakpointActs = () => import('../runs/edit-breakpoints.ts');

/** Whether fingers are all there is: the full editor is no good then. */
const touchOnly = (): boolean =>
  window.matchMedia('(pointer: coarse)').matches &&
  !window.matchMedia('(any-pointer: fine)').matches;

/** The driver that the person writes, with the line that runs. */
export function ScriptPane() {
  const session = useSession();
  const lineOf = useRunLines();
  const ran = useSessionState(({ moment }) => (moment.script === 'idle' ? 0 : moment.line));
  const line = ran > 0 ? lineOf(ran) : 0;
  const problem = useSessionState((state) => state.problem);
  const breakpoints = useBreakpoints(({ lines }) => lines);
  const verdicts = useVerdicts();
  const dark = useDark();
  const marks = useMemo(
    () =>
      marksOf(problem, verdicts)
        .map((mark) => ({ ...mark, line: lineOf(mark.line) }))
        .filter((mark) => mark.line > 0),
    [problem, verdicts, lineOf],
  );
  const looks = useScript((script) => script.look !== undefined);
  const toggle = useCallback(
    (at: number) => void breakpointActs().then(({ toggleLine }) => toggleLine(session, at)),
    [session],
  );
  const runTo = useCallback(
    (at: number) =>
      void breakpointActs().then(async ({ stopOf }) =>
        runToLine(session, await stopOf(session, at)),
      ),
    [session],
  );
  const props: EditorProps = { line, marks, breakpoints, dark, toggle, runTo };
  const plain = <PlainEditor {...props} />;
  return (
    <Pane
      name="script"
      title="Guest script"
      detail={<ScriptDetail line={ran} />}
      actions={
        <Suspense>
          <RestoreButton />
        </Suspense>
      }
      className="script"
    >
      <Suspense>{looks && <LookBar />}</Suspense>
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
      <ScriptNotes problem={problem} violation={verdicts.at(-1)} />
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
  const run = useSessionState((state) => state.run);
  const stopped = useSessionState((state) => state.stopped);
  const where = line > 0 ? ` · line ${line}` : '';
  return (
    <>
      <Suspense>
        <ExampleTitle />
      </Suspense>
      <span className="run-state">
        {stopped && run === 'paused' ? 'stopped' : RUN_WORDS[run]}
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

/** What to say at which line: the script's own problem, and each rule that was broken there once. */
function marksOf(
  problem: ScriptProblem | undefined,
  violations: readonly JudgedViolation[],
): readonly LineMark[] {
  const marks: LineMark[] = [];
  const marked = new Set<string>();
  for (const { line, code, text, section } of violations) {
    const key = `${line}:${code}`;
    if (line === 0 || marked.has(key)) continue;
    marked.add(key);
    marks.push({
      ...{ line, column: undefined, message: text, kind: 'violation' },
      ...(section !== undefined && { section }),
    });
  }
  // What a driver throws over a broken rule comes of it, so the rule is told first.
  if (problem?.line !== undefined) {
    const { line, column, message } = problem;
    marks.push({ line, column, message, kind: 'problem' });
  }
  return marks;
}
