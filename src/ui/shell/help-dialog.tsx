import { Dialog } from '@base-ui/react/dialog';
import { CloseIcon } from '../kit/icons.tsx';
import { useUi } from '../state/ui-store.ts';
import { CANVAS_KEYS, KEYS } from './help-keys.ts';

/** What the page is, how to read it, and its keys. */
export function HelpDialog() {
  const open = useUi((ui) => ui.helpOpen);
  return (
    <Dialog.Root open={open} onOpenChange={(helpOpen) => useUi.setState({ helpOpen })}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog dialog-help">
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
              <h3>Building</h3>
              <ul className="help-list">
                <li>
                  Canvas, command line and info qtree are one machine: change it in any of them.
                </li>
                <li>
                  Drag a type from the palette onto a bus, a card onto another bus, a back end onto
                  its user.
                </li>
                <li>What QEMU refuses changes nothing; it says why, and what to click instead.</li>
                <li>Paste a qemu-system-… line or a libvirt domain anywhere on the canvas.</li>
              </ul>
              <h3>Keys of the canvas</h3>
              <KeyList keys={CANVAS_KEYS} />
            </div>
            <div>
              <h3>Keys</h3>
              <KeyList keys={KEYS} />
            </div>
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function KeyList({ keys }: { keys: typeof KEYS }) {
  return (
    <dl className="help-keys">
      {keys.map(([key, what]) => (
        <div key={key} style={{ display: 'contents' }}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{what}</dd>
        </div>
      ))}
    </dl>
  );
}
