import { Dialog } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import { CloseIcon } from '../kit/icons.tsx';
import { type ShareState, useShare } from '../state/share-store.ts';

/** Closes whichever of the dialogs is open. */
export function closeShare(): void {
  useShare.setState({ open: undefined });
}

/** One of the dialogs: its content is made anew each time that it opens. */
export function ShareWindow(props: {
  name: NonNullable<ShareState['open']>;
  title: string;
  description: ReactNode;
  children: ReactNode;
}) {
  const open = useShare((share) => share.open === props.name);
  return (
    <Dialog.Root
      open={open}
      onOpenChange={(next) => {
        if (!next) closeShare();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog dialog-share">
          <Dialog.Title>{props.title}</Dialog.Title>
          <Dialog.Description className="share-description">{props.description}</Dialog.Description>
          {props.children}
          <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
            <CloseIcon />
          </Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
