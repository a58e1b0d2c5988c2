import { BACK_END_QMP } from './back-ends.ts';
import { BALLOON_QMP } from './balloon.ts';
import { type QmpCommand, qmpCommand } from './command.ts';
import { INPUT_QMP } from './input.ts';
import { MACHINE_QMP } from './machine.ts';
import { MACHINES_QMP } from './machines.ts';
import { PCI_QMP } from './pci.ts';
import { QOM_QMP } from './qom.ts';
import { VIRTIO_QMP } from './virtio.ts';

/** Every QMP command that there is; one file a group. */
export const QMP_COMMANDS: readonly QmpCommand[] = [
  ...QOM_QMP,
  ...MACHINE_QMP,
  ...MACHINES_QMP,
  ...PCI_QMP,
  ...VIRTIO_QMP,
  ...BALLOON_QMP,
  ...INPUT_QMP,
  ...BACK_END_QMP,
  qmpCommand('query-commands', {}, () => QMP_COMMANDS.map(({ name }) => ({ name }))),
];
