import { closeSync, openSync, writeSync } from 'node:fs';
import type { Machine } from '../engine/machine/machine.ts';
import { VirtioDevice } from '../engine/virtio/virtio-device.ts';
import { EXPORT_FORMATS } from '../journal/export/formats.ts';
import { Folder } from '../journal/fold/folder.ts';
import type { Names } from '../journal/narration/narration-types.ts';
import type { EventStore } from '../journal/store.ts';
import { UsageError } from './options.ts';

/** Writes a run to a file in one of `EXPORT_FORMATS`. Throws UsageError where the file cannot be written. */
export function exportRun(name: string, path: string, store: EventStore, machine: Machine): void {
  const format = EXPORT_FORMATS.find((one) => one.name === name);
  if (!format) throw new UsageError(`unknown format ${name}`);
  const folder = new Folder(store);
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (error) {
    throw new UsageError(`cannot write ${path}: ${(error as Error).message}`);
  }
  try {
    const pieces = format.pieces({
      store,
      momentAt: (at) => folder.momentAt(at),
      names: namesOf(machine),
    });
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
  } finally {
    closeSync(file);
  }
}

/** What a machine's devices and queues are called: a person's own id where there is one. */
function namesOf({ devices }: Machine): Names {
  const virtio = (dev: number): VirtioDevice | undefined => {
    const device = devices[dev];
    return device instanceof VirtioDevice ? device : undefined;
  };
  return {
    device: (dev) => {
      const found = virtio(dev);
      return found?.maker?.id || devices[dev]?.id || found?.deviceName || devices[dev]?.type.name;
    },
    virtioId: (dev) => virtio(dev)?.deviceId,
    queue: (dev, queue) => virtio(dev)?.queues[queue]?.name,
  };
}
