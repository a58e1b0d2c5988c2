import { Dialog } from '@base-ui/react/dialog';
import { CloseIcon } from '../kit/icons.tsx';
import { useUi } from '../state/ui-store.ts';
import { KEYS } from './keys.ts';

/** What the page is, how to read it, and its keys. */
export function HelpDialog() {
  const open = useUi((ui) => ui.helpOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(helpOpen) => useUi.setState({ helpOpen })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog">
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
            <CloseIcon />
          </Dialog.Close>
          <Dialog.Title>How to read this page</Dialog.Title>
          <Dialog.Description>
            A virtual machine runs in this page. The script on the left is its guest: a driver that
            talks to a virtio device. Everything you see is read from the journal of what happened,
            at the place in time that the timeline shows.
          </Dialog.Description>
          <div className="help-columns">
            <div>
              <h3>One event, everywhere</h3>
              <ul className="help-list">
                <li>
                  Yellow marks the event at the cursor: its script line, its ring entry, its
                  sentence, its place in time.
                </li>
                <li>Blue belongs to the driver, orange to the device.</li>
                <li>Violet is a doorbell, green an interrupt, red with a mark a broken rule.</li>
                <li>A solid way leaves the guest; a dotted one is plain shared memory.</li>
                <li>Select a device to see its queue and its registers.</li>
              </ul>
            </div>
            <div>
              <h3>Keys</h3>
              <dl className="help-keys">
                {KEYS.map(([keys, what]) => (
                  <div key={keys} style={{ display: 'contents' }}>
                    <dt>
                      <kbd>{keys}</kbd>
                    </dt>
                    <dd>{what}</dd>
                  </div>
                ))}
              </dl>
            </div>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
