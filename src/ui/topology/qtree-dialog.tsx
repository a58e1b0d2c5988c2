import { Dialog } from '@base-ui/react/dialog';
import { diffLines } from 'diff';
import { useEffect, useMemo, useRef, useState } from 'react';
import { CloseIcon } from '../kit/icons.tsx';
import { useSession } from '../state/session-context.tsx';

/** A line of one text, and whether the other has none like it there. */
interface Line {
  readonly text: string;
  readonly only: boolean;
}

/** Two texts line by line, padded so that what they share stands side by side. */
export function align(before: string, since: string): { before: Line[]; since: Line[] } {
  const left: Line[] = [];
  const right: Line[] = [];
  const level = () => {
    while (left.length < right.length) left.push({ text: '', only: false });
    while (right.length < left.length) right.push({ text: '', only: false });
  };
  for (const { value, added, removed } of diffLines(before, since)) {
    const lines = value.replace(/\n$/, '').split('\n');
    if (!added && !removed) level();
    for (const text of lines) {
      if (!added) left.push({ text, only: removed });
      if (!removed) right.push({ text, only: added });
    }
  }
  level();
  return { before: left, since: right };
}

/** `info qtree` of this machine before and since QEMU 1.3, side by side. */
export function QtreeDialog(props: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const session = useSession();
  const [texts, setTexts] = useState({ before: '', since: '' });
  const { open } = props;
  useEffect(() => {
    if (!open) return;
    void (async () => {
      const before = await session.monitor('info qtree-1.2');
      setTexts({ before, since: await session.monitor('info qtree') });
    })();
  }, [open, session]);
  const lines = useMemo(() => align(texts.before, texts.since), [texts]);
  const trees = useRef<HTMLElement>(null);
  useEffect(() => {
    if (lines.since.length > 1)
      trees.current?.querySelector('[data-only]')?.scrollIntoView({ block: 'center' });
  }, [lines]);
  return (
    <Dialog.Root open={open} onOpenChange={props.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog dialog-wide">
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
            <CloseIcon />
          </Dialog.Close>
          <Dialog.Title>Before and since the virtio-bus</Dialog.Title>
          <Dialog.Description>
            Until QEMU 1.2 a virtio transport was the device. Since 1.3 it carries a virtio-bus, and
            the virtio device sits on that; one <code>-device</code> still makes both. Properties
            and values are those of this machine on both sides.
          </Dialog.Description>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section ref={trees} className="qtrees" aria-label="The two trees" tabIndex={0}>
            <h3>info qtree, laid out as by QEMU 1.2</h3>
            <h3>info qtree, as since QEMU 1.3</h3>
            <Text lines={lines.before} side="before" />
            <Text lines={lines.since} side="since" />
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Text({ lines, side }: { lines: readonly Line[]; side: 'before' | 'since' }) {
  return (
    <pre className="mono" data-side={side}>
      {lines.map(({ text, only }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
        <span key={i} className="qtree-line" data-only={only && text !== '' ? side : undefined}>
          {text}
        </span>
      ))}
    </pre>
  );
}
