import './share.css';
import { ImportDialog } from './import-dialog.tsx';
import { MachinesDialog } from './machines-dialog.tsx';
import { OpeningPanel } from './opening-panel.tsx';
import { ReportPanel } from './report-panel.tsx';
import { ShareDialog } from './share-dialog.tsx';

/** The dialogs about keeping and sharing, and what came of an opening. */
export function ShareLayer() {
  return (
    <>
      <ShareDialog />
      <MachinesDialog />
      <ImportDialog />
      <ReportPanel />
      <OpeningPanel />
    </>
  );
}
