import 'monaco-editor/features/register.all';
import 'monaco-editor/languages/definitions/typescript/register';
import { editor, MarkerSeverity, Range, Uri } from 'monaco-editor/editor/editor.api';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import * as typescript from 'monaco-editor/languages/features/typescript/register';
import TypeScriptWorker from 'monaco-editor/languages/features/typescript/ts.worker?worker';

export { editor, MarkerSeverity, Range, Uri };

self.MonacoEnvironment = {
  getWorker: (_id, label) => (label === 'typescript' ? new TypeScriptWorker() : new EditorWorker()),
};

/** Tells the language service what a guest script is: a module without DOM or Node, in strict TypeScript. */
export function teachGuestTypes(declarations: string): void {
  const { typescriptDefaults: ts } = typescript;
  ts.setCompilerOptions({
    target: typescript.ScriptTarget.ESNext,
    module: typescript.ModuleKind.ESNext,
    moduleResolution: typescript.ModuleResolutionKind.NodeJs,
    moduleDetection: 3,
    lib: ['es2023'],
    strict: true,
    noEmit: true,
    allowNonTsExtensions: true,
  });
  ts.setEagerModelSync(true);
  ts.addExtraLib(declarations, 'file:///guest.d.ts');
}

/** Both looks, in the page's own hues; Monaco wants them as numbers. */
export function defineThemes(): void {
  editor.defineTheme('playground-light', {
    base: 'vs',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '667085', fontStyle: 'italic' },
      { token: 'keyword', foreground: '8b3fb8' },
      { token: 'string', foreground: '0a7352' },
      { token: 'number', foreground: '0b6bcb' },
      // Also on the yellow of the current line it stands out enough.
      { token: 'type', foreground: '006d6d' },
    ],
    colors: {
      'editor.background': '#ffffff',
      'editor.foreground': '#1b2330',
      'editorLineNumber.foreground': '#667085',
      'editorLineNumber.dimmedForeground': '#667085',
      'editorLineNumber.activeForeground': '#1b2330',
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editorGutter.background': '#ffffff',
      'scrollbar.shadow': '#00000000',
    },
  });
  editor.defineTheme('playground-dark', {
    base: 'vs-dark',
    inherit: true,
    rules: [
      { token: 'comment', foreground: '9aa6b6', fontStyle: 'italic' },
      { token: 'keyword', foreground: 'd595f5' },
      { token: 'string', foreground: '4fd1a1' },
      { token: 'number', foreground: '6cb4ff' },
    ],
    colors: {
      'editor.background': '#191f29',
      'editor.foreground': '#e6eaf0',
      'editorLineNumber.foreground': '#9aa6b6',
      'editorLineNumber.dimmedForeground': '#9aa6b6',
      'editorLineNumber.activeForeground': '#e6eaf0',
      'editor.lineHighlightBackground': '#00000000',
      'editor.lineHighlightBorder': '#00000000',
      'editorGutter.background': '#191f29',
      'editorWidget.background': '#1f2733',
      'scrollbar.shadow': '#00000000',
    },
  });
}
