import { lazy, type ReactNode, Suspense } from 'react';
import { ChevronIcon, DiskIcon, MachineIcon, ScriptIcon } from '../kit/icons.tsx';
import { useUi } from '../state/ui-store.ts';

const load = () => import('./overlays.ts');
const ExamplesMenu = lazy(async () => ({ default: (await load()).ExamplesMenu }));
const MachinesMenu = lazy(async () => ({ default: (await load()).MachinesMenu }));
const DiskMenu = lazy(async () => ({ default: (await load()).DiskMenu }));
const HelpDialog = lazy(async () => ({ default: (await load()).HelpDialog }));

/** The button of a menu, until the menu itself has arrived. */
function Waiting(props: { label: string; icon: ReactNode }) {
  return (
    <button type="button" className="button" disabled aria-label={props.label}>
      {props.icon}
      <span className="button-word">{props.label}</span>
      <ChevronIcon />
    </button>
  );
}

/** The menus of the toolbar: scripts, machines, disks. */
export function Menus() {
  return (
    <>
      <Suspense fallback={<Waiting label="Scripts" icon={<ScriptIcon />} />}>
        <ExamplesMenu />
      </Suspense>
      <Suspense fallback={<Waiting label="Machines" icon={<MachineIcon />} />}>
        <MachinesMenu />
      </Suspense>
      <Suspense fallback={<Waiting label="Disk" icon={<DiskIcon />} />}>
        <DiskMenu />
      </Suspense>
    </>
  );
}

/** The help, loaded when it is first asked for. */
export function Help() {
  const asked = useUi((ui) => ui.helpOpen);
  return asked ? (
    <Suspense>
      <HelpDialog />
    </Suspense>
  ) : null;
}
