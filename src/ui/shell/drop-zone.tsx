import { useEffect, useState } from 'react';
import { useSession } from '../state/session-context.tsx';
import { putInAsDisk } from '../toolbar/disk.ts';

const bringsFile = (event: DragEvent): boolean =>
  event.dataTransfer?.types.includes('Files') ?? false;

/** A file dropped anywhere on the page becomes the disk. */
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
      if (file) void putInAsDisk(session, file);
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
      <p>Drop it: the file becomes the machine’s disk</p>
    </div>
  );
}
