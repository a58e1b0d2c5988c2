import { useEffect, useRef, useState } from 'react';
import { GUEST_TYPES } from '../../lessons/guest-types.ts';
import { useRoom } from '../state/presentation.ts';
import { type ScriptOfRun, typed, useScript } from '../state/script-store.ts';
import type { EditorProps, LineMark } from './editor-props.ts';
import {
  defineThemes,
  editor,
  MarkerSeverity,
  Range,
  teachGuestTypes,
  Uri,
} from './monaco-setup.ts';

let taught = false;
function teachOnce(): void {
  if (taught) return;
  taught = true;
  teachGuestTypes(GUEST_TYPES);
  defineThemes();
}

/** Texts of runs that were looked at so far. */
let looks = 0;

/** Who typed so long ago is watching again, in ms. */
const TYPING_MS = 1500;
const FONT_SIZE = 12.5;
const LINE_HEIGHT = 19;

const themeOf = (dark: boolean): string => (dark ? 'playground-dark' : 'playground-light');

/** The full editor. It owns the text while it is there; the store follows. */
export default function MonacoEditor(props: EditorProps) {
  const { line, marks, breakpoints, dark } = props;
  /** As they are now, for listeners that are added once. */
  const acts = useRef(props);
  useEffect(() => {
    acts.current = props;
  });
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<editor.IStandaloneCodeEditor>(undefined);
  const decorations = useRef<editor.IEditorDecorationsCollection>(undefined);
  const lastTyped = useRef(Number.NEGATIVE_INFINITY);
  const stops = useRef<editor.IEditorDecorationsCollection>(undefined);
  const room = useRoom();
  /** Grows when another text is shown: what was put on lines went with the one before. */
  const [text, setText] = useState(0);

  useEffect(() => {
    if (!host.current) return undefined;
    teachOnce();
    const model = editor.createModel(
      useScript.getState().source,
      'typescript',
      Uri.parse('file:///guest-script.ts'),
    );
    const it = editor.create(host.current, {
      model,
      ariaLabel: 'Guest script. Press Control M to make Tab move the focus.',
      automaticLayout: true,
      minimap: { enabled: false },
      scrollBeyondLastLine: false,
      renderLineHighlight: 'none',
      lineNumbersMinChars: 3,
      lineDecorationsWidth: 8,
      glyphMargin: true,
      folding: false,
      fontSize: FONT_SIZE,
      lineHeight: LINE_HEIGHT,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      padding: { top: 6, bottom: 6 },
      scrollbar: { verticalScrollbarSize: 9, horizontalScrollbarSize: 9, useShadows: false },
      overviewRulerLanes: 2,
      overviewRulerBorder: false,
      hideCursorInOverviewRuler: true,
      fixedOverflowWidgets: true,
      tabSize: 2,
      wordWrap: 'on',
      wrappingIndent: 'indent',
      readOnlyMessage: { value: 'This is the script of a run. “Use it” makes it your text.' },
      quickSuggestions: { strings: true, other: true, comments: false },
      stickyScroll: { enabled: false },
      occurrencesHighlight: 'off',
    });
    view.current = it;
    decorations.current = it.createDecorationsCollection();
    stops.current = it.createDecorationsCollection();
    offerBreakpoints(it, acts);
    let following = false;
    const changes = model.onDidChangeContent(() => {
      if (following) return;
      lastTyped.current = performance.now();
      typed(model.getValue());
    });
    const show = look(it, model);
    show(useScript.getState().look);
    const unsubscribe = useScript.subscribe((now, before) => {
      if (now.look !== before.look) {
        show(now.look);
        setText((count) => count + 1);
      }
      if (now.shown && now.shown !== before.shown) {
        it.setPosition({ lineNumber: now.shown.line, column: 1 });
        it.revealLineInCenter(now.shown.line);
        it.focus();
      }
      if (now.replaced === before.replaced) return;
      following = true;
      it.pushUndoStop();
      it.executeEdits('replace', [{ range: model.getFullModelRange(), text: now.source }]);
      it.pushUndoStop();
      following = false;
    });
    return () => {
      unsubscribe();
      show(undefined);
      changes.dispose();
      it.dispose();
      model.dispose();
    };
  }, []);

  useEffect(() => {
    editor.setTheme(themeOf(dark));
  }, [dark]);

  useEffect(() => {
    view.current?.updateOptions({
      fontSize: FONT_SIZE * room,
      lineHeight: Math.round(LINE_HEIGHT * room),
    });
  }, [room]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another text has to be marked anew
  useEffect(() => {
    const it = view.current;
    const model = it?.getModel();
    if (!it || !model) return;
    const last = model.getLineCount();
    decorations.current?.set([
      ...(line > 0 && line <= last ? [currentLine(line)] : []),
      ...firstOfEachLine(marks.filter((mark) => mark.line <= last)).map(lineMessage),
    ]);
    editor.setModelMarkers(model, 'run', marks.filter((mark) => mark.line <= last).map(marker));
    const typing = it.hasTextFocus() && performance.now() - lastTyped.current < TYPING_MS;
    if (line > 0 && line <= last && !typing) it.revealLineInCenterIfOutsideViewport(line);
  }, [line, marks, text]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  useEffect(() => {
    const last = view.current?.getModel()?.getLineCount() ?? 0;
    stops.current?.set(
      breakpoints
        .filter((one) => one.line <= last)
        .map((one) => glyph(one.line, one.on ? 'code-stop' : 'code-stop-off')),
    );
  }, [breakpoints, text]);

  return <div ref={host} className="monaco-host" />;
}

/**
 * Makes what shows a script to be looked at in the place of the person's own text, or that again: with its own
 * history of undo, and where the cursor was.
 */
function look(
  it: editor.IStandaloneCodeEditor,
  own: editor.ITextModel,
): (what: ScriptOfRun | undefined) => void {
  let shown: editor.ITextModel | undefined;
  let place: editor.ICodeEditorViewState | null = null;
  return (what) => {
    const before = shown;
    if (!before && !what) return;
    if (!before) place = it.saveViewState();
    // Another name each time: the model before is there until this one is shown.
    const uri = Uri.parse(`file:///look-${++looks}.ts`);
    shown = what && editor.createModel(what.source, 'typescript', uri);
    it.setModel(shown ?? own);
    it.updateOptions({ readOnly: what !== undefined });
    if (!what) it.restoreViewState(place);
    before?.dispose();
  };
}

const { MouseTargetType } = editor;

/** Clicks beside the line numbers, and the same by menu and key; tells where the cursor is. */
function offerBreakpoints(
  it: editor.IStandaloneCodeEditor,
  acts: { readonly current: EditorProps },
): void {
  const hint = it.createDecorationsCollection();
  const lineAt = ({ type, position }: editor.IMouseTarget): number | undefined =>
    type === MouseTargetType.GUTTER_GLYPH_MARGIN || type === MouseTargetType.GUTTER_LINE_NUMBERS
      ? position?.lineNumber
      : undefined;
  it.onMouseDown(({ target, event }) => {
    const line = lineAt(target);
    if (line === undefined || !event.leftButton) return;
    event.preventDefault();
    acts.current.toggle(line);
  });
  it.onMouseMove(({ target }) => {
    const line = lineAt(target);
    const there = line === undefined || acts.current.breakpoints.some((one) => one.line === line);
    hint.set(there ? [] : [glyph(line, 'code-stop-hint')]);
  });
  it.onMouseLeave(() => hint.clear());
  it.onDidChangeCursorPosition(({ position }) => {
    useScript.setState({ caret: position.lineNumber });
  });
  const caret = (): number => it.getPosition()?.lineNumber ?? 1;
  it.addAction({
    id: 'guest.run-to-line',
    label: 'Run to This Line (Ctrl F8)',
    contextMenuGroupId: '1_run',
    contextMenuOrder: 1,
    run: () => acts.current.runTo(caret()),
  });
  it.addAction({
    id: 'guest.toggle-breakpoint',
    label: 'Breakpoint on This Line, On or Off (Shift F9)',
    contextMenuGroupId: '1_run',
    contextMenuOrder: 2,
    run: () => acts.current.toggle(caret()),
  });
}

function glyph(line: number, glyphMarginClassName: string): editor.IModelDeltaDecoration {
  const hover = {
    'code-stop': `The script stops before line ${line}. Click to take the breakpoint off.`,
    'code-stop-off': 'This breakpoint is off. Click to delete it.',
    'code-stop-hint': 'Click to stop the script before this line.',
  }[glyphMarginClassName];
  return {
    range: new Range(line, 1, line, 1),
    options: {
      glyphMarginClassName,
      glyphMarginHoverMessage: { value: hover ?? '' },
      stickiness: editor.TrackedRangeStickiness.NeverGrowsWhenTypingAtEdges,
    },
  };
}

function currentLine(line: number): editor.IModelDeltaDecoration {
  return {
    range: new Range(line, 1, line, 1),
    options: {
      isWholeLine: true,
      className: 'code-current',
      linesDecorationsClassName: 'code-current-edge',
      overviewRuler: { color: '#d8b234', position: editor.OverviewRulerLane.Full },
    },
  };
}

/** Behind a line there is room for one message; the markers have them all. */
function firstOfEachLine(marks: readonly LineMark[]): readonly LineMark[] {
  return marks.filter((mark, i) => marks.findIndex(({ line }) => line === mark.line) === i);
}

/** The message stands behind the line that it is about. */
function lineMessage({ line, message, kind }: LineMark): editor.IModelDeltaDecoration {
  return {
    range: new Range(line, 1, line, Number.MAX_SAFE_INTEGER),
    options: {
      isWholeLine: true,
      className: 'code-bad',
      after: {
        content: `  ${kind === 'violation' ? '⚠' : '✕'} ${brief(message)}`,
        inlineClassName: 'code-message',
      },
      overviewRuler: { color: '#c3282d', position: editor.OverviewRulerLane.Full },
    },
  };
}

/** The whole sentence is in the note below and in the marker. */
function brief(message: string): string {
  const line = message.split('\n')[0] ?? '';
  return line.length > 44 ? `${line.slice(0, 42)}…` : line;
}

function marker({ line, column, message, section }: LineMark): editor.IMarkerData {
  return {
    severity: MarkerSeverity.Error,
    message,
    ...(section !== undefined && { source: 'VIRTIO 1.4', code: `§${section}` }),
    startLineNumber: line,
    startColumn: column ?? 1,
    endLineNumber: line,
    endColumn: column === undefined ? Number.MAX_SAFE_INTEGER : column + 1,
  };
}
