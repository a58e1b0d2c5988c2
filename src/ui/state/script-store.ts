import { create } from 'zustand';
import { REMEMBERED, recall, remember } from './storage.ts';

/** The script that the person edits. */
export interface ScriptState {
  readonly source: string;
  /** Id of the example that it began as. */
  readonly example: string;
  /** The text that the run at hand was started with; undefined before the first run. */
  readonly started: string | undefined;
  /** Whether the browser keeps it over a reload. */
  readonly kept: boolean;
  /** Line of the editor's cursor, from 1. */
  readonly caret: number;
  /** Line to be brought into sight, 1-based; another object each time somebody asks. */
  readonly shown: { readonly line: number } | undefined;
  /** Grows when the text was replaced from outside the editor. */
  readonly replaced: number;
}

/** The script's store; the editor writes it, everyone else reads. */
export const useScript = create<ScriptState>()(() => ({
  source: '',
  example: '',
  started: undefined,
  kept: true,
  caret: 1,
  shown: undefined,
  replaced: 0,
}));

/** Brings a line into sight, and puts the cursor there. */
export function showLine(line: number): void {
  useScript.setState({ shown: { line } });
}

/** Wait after the last keystroke before the text is kept, in ms. */
const KEEP_AFTER = 250;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Takes over the text as typed. */
export function typed(source: string): void {
  useScript.setState({ source });
  clearTimeout(timer);
  timer = setTimeout(keepNow, KEEP_AFTER);
}

/** Replaces the text by another, as one undoable act. */
export function replaceSource(source: string, example = useScript.getState().example): void {
  const { replaced } = useScript.getState();
  useScript.setState({ source, example, replaced: replaced + 1 });
  keepNow();
}

/** Keeps the text in the browser at once. */
export function keepNow(): void {
  clearTimeout(timer);
  const { source, example } = useScript.getState();
  const kept = remember(REMEMBERED.script, source) && remember(REMEMBERED.example, example);
  if (kept !== useScript.getState().kept) useScript.setState({ kept });
}

/** Starts from what the browser kept, else from an example. */
export function recallScript(example: { readonly id: string; readonly source: string }): void {
  useScript.setState({
    source: recall(REMEMBERED.script) ?? example.source,
    example: recall(REMEMBERED.example) ?? example.id,
  });
  window.addEventListener('pagehide', keepNow);
}
