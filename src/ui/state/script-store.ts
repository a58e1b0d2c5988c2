import { create } from 'zustand';
import { REMEMBERED, recall, remember } from './storage.ts';

/** The script of a run. */
export interface ScriptOfRun {
  readonly source: string;
  /** `RunSummary.id` of the run whose script it is. */
  readonly run: number;
}

/** The script that the person edits. */
export interface ScriptState {
  readonly source: string;
  /** The script of the run that is shown, where the editor shows that in the place of the person's own text. */
  readonly look: ScriptOfRun | undefined;
  /** Id of the example that it began as. */
  readonly example: string;
  /** What was started last, and on which run; undefined before the first start. */
  readonly started: ScriptOfRun | undefined;
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
  look: undefined,
  example: '',
  started: undefined,
  kept: true,
  caret: 1,
  shown: undefined,
  replaced: 0,
}));

/** The text that the editor shows: what Run runs. */
export function textShown({ source, look }: ScriptState = useScript.getState()): string {
  return look?.source ?? source;
}

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
  useScript.setState({ source, example, look: undefined, replaced: replaced + 1 });
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
