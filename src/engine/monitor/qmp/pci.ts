import { pciFacts } from '../pci-facts.ts';
import { type QmpCommand, qmpCommand } from './command.ts';

/** Commands about PCI. */
export const PCI_QMP: readonly QmpCommand[] = [
  qmpCommand('query-pci', {}, ({ sysbus }) => pciFacts(sysbus)),
];
