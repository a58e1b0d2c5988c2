import type { Board } from '../../machine/boards/board.ts';
import { boardsOf } from '../../machine/boards/boards.ts';
import { type QmpCommand, qmpCommand } from './command.ts';

/** A machine type as `query-machines` has it. */
function machineFacts({ names, isDefault, smp, cpu, ramId, ...board }: Board): object {
  const [name, alias] = names;
  return {
    name,
    ...(alias !== undefined && { alias }),
    ...(isDefault && { 'is-default': true }),
    'cpu-max': smp?.most ?? 1,
    'hotpluggable-cpus': board.hotpluggableCpus === true,
    'numa-mem-supported': board.numaMemory === true,
    deprecated: false,
    ...(cpu && { 'default-cpu-type': `${cpu.model}${cpu.suffix}` }),
    'default-ram-id': ramId,
  };
}

/** Commands about the machines that the program can build: those that it only knows by name are left out. */
export const MACHINES_QMP: readonly QmpCommand[] = [
  qmpCommand('query-machines', {}, ({ type }) =>
    boardsOf(type.arch)
      .filter(({ retired }) => !retired)
      .map(machineFacts),
  ),
  qmpCommand('query-target', {}, ({ program }) => ({
    arch: program.replace('qemu-system-', ''),
  })),
  qmpCommand('query-kvm', {}, () => ({ enabled: false, present: true })),
];
