import { useEffect, useRef } from 'react';
import { GUEST_TYPES } from '../../lessons/guest-types.ts';
import { useRoom } from '../state/presentation.ts';
import { typed, useScript } from '../state/script-store.ts';
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

const FONT_SIZE = 12.5;
const LINE_HEIGHT = 19;

const themeOf = (dark: boolean): string => (dark ? 'playground-dark' : 'playground-light');

/** The full editor. It owns the text while it is there; the store follows. */
export default function MonacoEditor({ line, marks, dark }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<editor.IStandaloneCodeEditor>(undefined);
  const decorations = useRef<editor.IEditorDecorationsCollection>(undefined);
  const room = useRoom();

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
      glyphMargin: false,
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
      quickSuggestions: { strings: true, other: true, comments: false },
      stickyScroll: { enabled: false },
      occurrencesHighlight: 'off',
    });
    view.current = it;
    decorations.current = it.createDecorationsCollection();
    let following = false;
    const changes = model.onDidChangeContent(() => {
      if (!following) typed(model.getValue());
    });
    const unsubscribe = useScript.subscribe((now, before) => {
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

  useEffect(() => {
    const it = view.current;
    const model = it?.getModel();
    if (!it || !model) return;
    const last = model.getLineCount();
    decorations.current?.set([
      ...(line > 0 && line <= last ? [currentLine(line)] : []),
      ...marks.filter((mark) => mark.line <= last).map(lineMessage),
    ]);
    editor.setModelMarkers(model, 'run', marks.filter((mark) => mark.line <= last).map(marker));
    const typing = it.hasTextFocus();
    if (line > 0 && line <= last && !typing) it.revealLineInCenterIfOutsideViewport(line);
  }, [line, marks]);

  return <div ref={host} className="monaco-host" />;
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

function marker({ line, column, message }: LineMark): editor.IMarkerData {
  return {
    severity: MarkerSeverity.Error,
    message,
    startLineNumber: line,
    startColumn: column ?? 1,
    endLineNumber: line,
    endColumn: column === undefined ? Number.MAX_SAFE_INTEGER : column + 1,
  };
}
