import { deviceTypes } from '../document/device-types.ts';
import type { Session } from '../session/session.ts';
import { say, useUi } from '../state/ui-store.ts';
import { graphOf } from '../topology/graph.ts';
import { addTemplate, connect } from './actions.ts';
import { backEndLook } from './back-end-look.ts';
import { connectTo, type Item, type Spot } from './build-store.ts';
import { landing } from './drop.ts';
import { deviceWords } from './fits.ts';

/** Does what a drag asked for, where it was dropped. */
export async function dropped(session: Session, item: Item, spot: Spot): Promise<void> {
  const { topology } = session.getState();
  if (!topology) return;
  const types = await deviceTypes(session);
  const { nodes } = graphOf(topology, useUi.getState().expanded);
  const look = (one: Item) => backEndLook(one, topology);
  const lands = landing(item, spot, topology, nodes, types, look);
  switch (lands?.kind) {
    case undefined:
      say('Nothing can be plugged there: drop it on a bus, or on a device that carries one.');
      return;
    case 'ask':
      // A device that is let go between the nodes stays where it is.
      if (item.kind === 'type') connectTo(item);
      else if (item.kind === 'template') await addTemplate(session, item.name);
      return;
    case 'bus':
      await connect(session, item, { kind: 'bus', bus: lands.bus.path });
      return;
    case 'transport':
      await connect(session, item, { kind: 'transport', bus: lands.bus.path });
      return;
    case 'link': {
      const [property, ...rest] = lands.properties;
      if (property === undefined)
        say(`No property of ${deviceWords(lands.device)} takes such a back end.`);
      else if (rest.length > 0) connectTo(item, lands.device.path);
      else
        await connect(session, item, {
          kind: 'link',
          device: lands.device.path,
          property,
          backEnd: item.kind === 'backend' ? item.id : undefined,
        });
    }
  }
}
