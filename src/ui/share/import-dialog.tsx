import { type ClipboardEvent, useId, useRef, useState } from 'react';
import { WarnIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';
import { isRun, textOf } from './files.ts';
import { openRunFile } from './saved-runs.ts';
import { closeShare, ShareWindow } from './share-window.tsx';
import { LONGEST_TEXT, openAny, tooLong } from './texts.ts';

/** Takes a machine from a text or a file. */
export function ImportDialog() {
  return (
    <ShareWindow
      name="import"
      title="Open or import"
      description="A QEMU command line, a libvirt domain, a link, a saved file or a saved run. What cannot stand here as it is, is changed until it does, and you are told how. Files can be dropped on the page too."
    >
      <Content />
    </ShareWindow>
  );
}

function Content() {
  const session = useSession();
  const [text, setText] = useState('');
  const [reason, setReason] = useState<string>();
  const [busy, setBusy] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const message = useId();

  const open = async (what: string) => {
    if (busy) return;
    setBusy(true);
    setReason(undefined);
    try {
      const problem = await openAny(session, what);
      if (problem === undefined) closeShare();
      else setReason(problem);
    } finally {
      setBusy(false);
    }
  };
  const openFile = async (file: File) => {
    if (await isRun(file)) {
      closeShare();
      await openRunFile(session, file);
      return;
    }
    const read = await textOf(file);
    if ('reason' in read) {
      setReason(`${file.name}: ${read.reason}`);
      return;
    }
    // A long one would only make the field slow.
    setText(read.text.length < 100_000 ? read.text : '');
    await open(read.text);
  };
  const paste = (event: ClipboardEvent) => {
    const { length } = event.clipboardData.getData('text/plain');
    if (length <= LONGEST_TEXT) return;
    event.preventDefault();
    setReason(tooLong(length));
  };
  return (
    <form
      className="import-form"
      onSubmit={(event) => {
        event.preventDefault();
        void open(text);
      }}
    >
      <label>
        Paste a qemu-system-… command line, a libvirt domain, a link or a file
        <textarea
          className="mono"
          rows={11}
          value={text}
          spellCheck={false}
          data-own-enter
          aria-invalid={reason !== undefined}
          aria-describedby={reason === undefined ? undefined : message}
          placeholder={
            'qemu-system-x86_64 -M q35 -m 2G \\\n  -drive file=disk.qcow2,if=virtio \\\n  -nic user,model=virtio'
          }
          onChange={({ target }) => setText(target.value)}
          onPaste={paste}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void open(text);
          }}
        />
      </label>
      <div role="alert">
        {reason !== undefined && (
          <p className="share-problem" id={message}>
            <WarnIcon />
            <span>{reason} Nothing was changed.</span>
          </p>
        )}
      </div>
      <div className="share-actions">
        <button type="submit" className="button button-main" aria-busy={busy}>
          {busy ? 'Trying…' : 'Import'}
        </button>
        <button type="button" className="button" onClick={() => picker.current?.click()}>
          Choose a file…
        </button>
        <span className="share-hint">
          <kbd>Ctrl Enter</kbd> imports
        </span>
        <input
          ref={picker}
          type="file"
          hidden
          accept=".json,.xml,.sh,.txt,.virtio-run"
          aria-label="File to open"
          data-testid="import-file"
          onChange={({ target }) => {
            const file = target.files?.[0];
            target.value = '';
            if (file) void openFile(file);
          }}
        />
      </div>
    </form>
  );
}
