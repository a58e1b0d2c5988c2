import type { MachineTopology } from '../../protocol/topology.ts';
import { templateOf } from './actions.ts';
import type { Item } from './build-store.ts';
import type { BackEndLook } from './drop.ts';

/** What a dragged or connected back end is to the properties that could name it. */
export function backEndLook(item: Item, topology: MachineTopology): BackEndLook | undefined {
  if (item.kind === 'backend')
    return topology.backEnds.find(({ kind, id }) => kind === item.backEnd && id === item.id);
  return item.kind === 'template' ? templateOf(item.name) : undefined;
}
