import { Dialog } from '@base-ui/react/dialog';
import { useMemo } from 'react';
import type { DeviceType } from '../../protocol/messages.ts';
import type { MachineTopology } from '../../protocol/topology.ts';
import { CloseIcon } from '../kit/icons.tsx';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { useUi } from '../state/ui-store.ts';
import { connect } from './actions.ts';
import { backEndLook } from './back-end-look.ts';
import { type Connect, type Item, useBuild } from './build-store.ts';
import { type Choice, linksOf, movesFor, placesFor, usersFor } from './choices.ts';
import { deviceWords, typesByName } from './fits.ts';
import { focusCanvas } from './focus.ts';
import { deviceAt } from './nodes-of.ts';
import { PaletteBody } from './palette.tsx';
import type { PickGroup } from './pick-entry.ts';
import { PickList } from './pick-list.tsx';
import { useDeviceTypes } from './use-types.ts';

/** Asks where something goes: a type, a device that is there, a back end. */
export function ConnectDialog() {
  const question = useBuild((build) => build.connect);
  const topology = useSessionState((state) => state.topology);
  const types = useDeviceTypes();
  const session = useSession();
  const near = useUi((ui) => ui.selection);
  const groups = useMemo(
    () => (question && topology ? choicesFor(question, topology, types, near) : []),
    [question, topology, types, near],
  );
  const close = () => useBuild.setState({ connect: undefined });
  return (
    <Dialog.Root
      open={question !== undefined}
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog dialog-pick" finalFocus={focusCanvas}>
          {question && topology && (
            <>
              <Dialog.Title>Connect {wordsOf(question.item, topology)} to…</Dialog.Title>
              <PickList<Choice>
                key={JSON.stringify(question)}
                first
                label="Where it goes"
                placeholder="Search buses and devices"
                groups={groups}
                empty="There is nothing to connect it to."
                onPick={({ act }) => {
                  close();
                  void connect(session, question.item, act);
                }}
              />
            </>
          )}
          <CloseButton />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** The palette as a dialog, where it has no panel of its own. */
export function AddDialog() {
  const adding = useBuild((build) => build.adding);
  const panel = useUi((ui) => ui.workspace === 'build');
  const close = () => useBuild.setState({ adding: false });
  return (
    <Dialog.Root
      open={adding && !panel}
      onOpenChange={(open) => {
        if (!open) close();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog dialog-pick" finalFocus={focusCanvas}>
          <Dialog.Title>Add to the machine</Dialog.Title>
          <PaletteBody done={close} />
          <CloseButton />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Last, so that a dialog opens with the focus in its field. */
function CloseButton() {
  return (
    <Dialog.Close className="button button-bare dialog-close" aria-label="Close">
      <CloseIcon />
    </Dialog.Close>
  );
}

function choicesFor(
  { item, only }: Connect,
  topology: MachineTopology,
  types: readonly DeviceType[],
  near: ReadonlySet<string>,
): PickGroup<Choice>[] {
  if (item.kind === 'type') {
    const type = typesByName(types).get(item.name);
    return type ? placesFor(type, topology, types, near) : [];
  }
  if (item.kind === 'device') {
    const device = deviceAt(topology, item.path);
    if (!device) return [];
    return [...linksOf(device, topology, types), ...movesFor(device, topology, types)];
  }
  const look = backEndLook(item, topology);
  const id = item.kind === 'backend' ? item.id : '';
  return look ? usersFor({ ...look, id }, topology, types, only) : [];
}

function wordsOf(item: Item, topology: MachineTopology): string {
  switch (item.kind) {
    case 'type':
    case 'template':
      return item.name;
    case 'backend':
      return item.id;
    case 'device': {
      const device = deviceAt(topology, item.path);
      return device ? deviceWords(device) : 'the device';
    }
  }
}
