import { lazy, type ReactNode, Suspense, useState } from 'react';
import { ChevronIcon, DiskIcon, MachineIcon, ScriptIcon, ShareIcon } from '../kit/icons.tsx';
import { useShare } from '../state/share-store.ts';
import { useUi } from '../state/ui-store.ts';

const load = () => import('./overlays.ts');
const ExamplesMenu = lazy(async () => ({ default: (await load()).ExamplesMenu }));
const MachinesMenu = lazy(async () => ({ default: (await load()).MachinesMenu }));
const DiskMenu = lazy(async () => ({ default: (await load()).DiskMenu }));
const ShareMenu = lazy(async () => ({ default: (await load()).ShareMenu }));
const ShareLayer = lazy(async () => ({
  default: (await import('../share/index.ts')).ShareLayer,
}));
const HelpDialog = lazy(async () => ({ default: (await load()).HelpDialog }));

/** The button of a menu, until the menu itself has arrived. */
function Waiting(props: { label: string; icon: ReactNode }) {
  return (
    <button type="button" className="button menu-button" disabled aria-label={props.label}>
      {props.icon}
      <span className="button-word">{props.label}</span>
      <ChevronIcon />
    </button>
  );
}

/** The menus of the toolbar: scripts, machines, disks, sharing. */
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
      <Suspense fallback={<Waiting label="Share" icon={<ShareIcon />} />}>
        <ShareMenu />
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

/** Dialogs and reports about keeping and sharing, loaded when there is one to show. */
export function Sharing() {
  const asked = useShare(({ open, report, opening }) => Boolean(open || report || opening));
  const [loaded, setLoaded] = useState(false);
  if (asked && !loaded) setLoaded(true);
  return loaded ? (
    <Suspense>
      <ShareLayer />
    </Suspense>
  ) : null;
}
