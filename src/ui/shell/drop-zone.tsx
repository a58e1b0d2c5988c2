import { useEffect, useState } from 'react';
import type { Session } from '../session/session.ts';
import { useSession } from '../state/session-context.tsx';

const bringsFile = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/** Files that are machines or saved runs; every other file is a disk. */
const MACHINE = /\.(?:json|xml|sh|txt|virtio-run)$/i;

async function take(session: Session, file: File): Promise<void> {
  if (MACHINE.test(file.name)) await (await import('../share/index.ts')).openFile(session, file);
  else await (await import('../toolbar/disk.ts')).putInAsDisk(session, file);
}

/** A file dropped anywhere on the page is opened, where it is a machine, or becomes the disk. */
export function DropZone() {
  const session = useSession();
  const [over, setOver] = useState(false);
  useEffect(() => {
    const drag = (event: DragEvent) => {
      if (!bringsFile(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!bringsFile(event)) return;
      // Before the editor takes it for text.
      event.preventDefault();
      event.stopPropagation();
      const file = event.dataTransfer?.files[0];
      if (file) void take(session, file);
    };
    window.addEventListener('dragover', drag, true);
    window.addEventListener('dragleave', leave, true);
    window.addEventListener('drop', drop, true);
    return () => {
      window.removeEventListener('dragover', drag, true);
      window.removeEventListener('dragleave', leave, true);
      window.removeEventListener('drop', drop, true);
    };
  }, [session]);
  if (!over) return null;
  return (
    <div className="drop">
      <p>
        Drop it: the file becomes the machine’s disk
        <small>A machine (.json, .xml, .sh, .txt) or a saved run (.virtio-run) is opened</small>
      </p>
    </div>
  );
}
