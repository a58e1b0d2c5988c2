import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { DocumentError, type MachineDocument } from '../../document/document.ts';
import { readDocument } from '../../document/read.ts';
import { useDocument } from '../document/document-store.ts';
import { edit } from '../document/edit.ts';
import { WarnIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { pointAt } from '../state/ui-store.ts';
import { Coloured } from './coloured.tsx';
import { optionAt, rowsText } from './line-text.ts';
import { type Token, tokensOf, withReferences } from './line-tokens.ts';
import type { OptionLinks } from './links.ts';

/** What was said against the text, and the option that it is about, counted from 0. */
interface Complaint {
  readonly message: string;
  readonly option?: number;
}

/** The command line as text, coloured while it is typed. Ctrl Enter builds; a refused text stays. */
export function TextEditor(props: {
  doc: MachineDocument;
  links: OptionLinks;
  /** Option where the caret goes first, counted from 0. */
  at: number;
  close(): void;
}) {
  const { doc, links, at, close } = props;
  const session = useSession();
  const accepted = rowsText(doc);
  const [base, setBase] = useState(accepted);
  const [text, setText] = useState(accepted);
  const [complaint, setComplaint] = useState<Complaint>();
  const field = useRef<HTMLTextAreaElement>(null);
  const [messageId, helpId] = [useId(), useId()];
  const busy = useDocument((state) => state.busy);
  const tokens = useMemo(() => withReferences(tokensOf(text)), [text]);
  const starts = useMemo(() => optionStarts(tokens), [tokens]);
  const changed = text !== accepted;

  // Another view changed the machine: an untouched text follows, one in the making stays.
  useEffect(() => {
    setText((now) => (now === base ? accepted : now));
    setBase(accepted);
  }, [accepted, base]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when the text opens
  useEffect(() => {
    const start = starts[at] ?? text.length;
    field.current?.focus();
    field.current?.setSelectionRange(start, start);
    revealCaret(field.current, start);
  }, []);

  const build = async () => {
    let read: MachineDocument;
    try {
      read = readDocument(text, doc);
    } catch (error) {
      if (!(error instanceof DocumentError)) throw error;
      setComplaint({ message: error.message });
      return;
    }
    setComplaint(undefined);
    if (await edit(session, 'edit the command line', (before) => readDocument(text, before))) {
      setText(rowsText(useDocument.getState().doc));
      return;
    }
    const { refusal } = useDocument.getState();
    if (!refusal) return;
    const { message } = refusal;
    // What was refused may have been completed since; the mark belongs to what was typed.
    const same = refusal.option !== undefined && refusal.doc.options.length === read.options.length;
    setComplaint(same ? { message, option: refusal.option } : { message });
  };
  const restore = () => {
    setText(accepted);
    setComplaint(undefined);
    field.current?.focus();
  };
  const light = () => {
    const option = optionAt(starts, field.current?.selectionStart ?? 0);
    const key = changed ? undefined : doc.options[option]?.key;
    pointAt(key === undefined ? undefined : links.nodesOfKey.get(key)?.[0]);
  };

  return (
    <form
      className="text-editor"
      onSubmit={(event) => {
        event.preventDefault();
        void build();
      }}
    >
      <div className="text-scroll">
        <div className="text-layers mono">
          <pre aria-hidden="true">
            <Rows tokens={tokens} bad={complaint?.option} />
            {'\n'}
          </pre>
          <textarea
            ref={field}
            data-own-enter
            aria-label="Command line as text, one option a row"
            aria-describedby={complaint ? `${messageId} ${helpId}` : helpId}
            aria-invalid={complaint !== undefined}
            aria-busy={busy}
            value={text}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            onChange={({ target }) => {
              setText(target.value);
              setComplaint((now) => now && { message: now.message });
            }}
            onSelect={light}
            onBlur={() => pointAt(undefined)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                void build();
              } else if (event.key === 'Escape') {
                event.stopPropagation();
                if (changed || complaint) restore();
                else close();
              }
            }}
          />
        </div>
      </div>
      {complaint && (
        <p className="text-refused" id={messageId}>
          <WarnIcon />
          <span className="mono">{complaint.message}</span>
        </p>
      )}
      <div className="text-foot">
        <button type="submit" className="button button-small" disabled={busy || !changed}>
          Build
        </button>
        <button type="button" className="button button-small" disabled={!changed} onClick={restore}>
          Undo
        </button>
        <button type="button" className="button button-small" onClick={close}>
          {changed ? 'Leave without building' : 'Done'}
        </button>
        <span id={helpId} className="text-help">
          Ctrl Enter builds, Escape takes the change back.
        </span>
      </div>
    </form>
  );
}

/** Where each option begins in the text. */
function optionStarts(tokens: readonly Token[]): number[] {
  const starts: number[] = [];
  let place = 0;
  for (const { text, option } of tokens) {
    if (option >= 0) starts[option] ??= place;
    place += text.length;
  }
  return starts;
}

/** The layer behind the field: each option numbered, the one that was refused marked. */
function Rows({ tokens, bad }: { tokens: readonly Token[]; bad: number | undefined }) {
  const options: Token[][] = [];
  for (const token of tokens) {
    const at = token.option + 1;
    options[at] ??= [];
    options[at].push(token);
  }
  return options.map((pieces, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: options of a text have no other name than their place
    <span key={i} className="text-option" data-number={i > 0 ? i : undefined}>
      {i > 0 && i - 1 === bad ? (
        <mark className="text-bad">
          <Coloured tokens={pieces} />
        </mark>
      ) : (
        <Coloured tokens={pieces} />
      )}
    </span>
  ));
}

/** Scrolls so that a place of the text is in sight, as far as rows tell. */
function revealCaret(field: HTMLTextAreaElement | null, place: number): void {
  const scroller = field?.closest('.text-scroll');
  if (!field || !scroller) return;
  const lines = field.value.split('\n').length;
  const line = field.value.slice(0, place).split('\n').length - 1;
  scroller.scrollTop = (line / lines) * field.scrollHeight - scroller.clientHeight / 2;
}
