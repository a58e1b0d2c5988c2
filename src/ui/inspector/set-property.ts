import { addBackEnd, type BackEndTemplate } from '../../document/back-end-templates.ts';
import type { MachineDocument } from '../../document/document.ts';
import { setProperty } from '../../document/wiring.ts';
import type { PropertyFacts } from '../../protocol/messages.ts';
import type { BusNode, DeviceNode, MachineTopology } from '../../protocol/topology.ts';
import { deviceTypes } from '../document/device-types.ts';
import { useDocument } from '../document/document-store.ts';
import { edit } from '../document/edit.ts';
import { keyOf } from '../document/live-machine.ts';
import type { Session } from '../session/session.ts';

/** What a property is to be: a value as typed, what it is by itself, or the id of a back end that is yet to be made. */
export type Wanted = string | undefined | BackEndTemplate;

/** A device and what it sits on. */
export interface Place {
  readonly device: DeviceNode;
  readonly bus: BusNode;
  /** The device that carries the bus; undefined at the root. */
  readonly carrier: DeviceNode | undefined;
}

/** Finds a device by its path. */
export function placeIn(topology: MachineTopology | undefined, path: string): Place | undefined {
  const visit = (bus: BusNode, carrier: DeviceNode | undefined): Place | undefined => {
    for (const device of bus.children) {
      if (device.path === path) return { device, bus, carrier };
      for (const below of device.buses) {
        const found = visit(below, device);
        if (found) return found;
      }
    }
    return undefined;
  };
  return topology && visit(topology.root, undefined);
}

/**
 * Whose option sets a device's properties: its own, or that of the transport that brought it along and
 * passes on what it is given; undefined for what the board made.
 */
export function settingKey({ device, bus, carrier }: Place): number | undefined {
  const own = keyOf(device);
  if (own !== undefined) return own;
  return carrier && bus.ancestors.includes('virtio-bus') ? keyOf(carrier) : undefined;
}

/**
 * Sets a property of a device, or takes what was set away where `value` is undefined. Answers QEMU's
 * sentence where it is refused.
 */
export async function applyProperty(
  session: Session,
  path: string,
  property: PropertyFacts,
  value: Wanted,
): Promise<string | undefined> {
  const place = placeIn(session.getState().topology, path);
  if (!place) return 'The device is not there any more.';
  const { device } = place;
  const { name } = property;
  const types = await deviceTypes(session);
  const label = `${value === undefined ? 'reset' : 'set'} ${name} of ${device.id || device.type}`;
  const change = (before: MachineDocument) => {
    const { doc, id } = withBackEnd(before, value);
    return setProperty(doc, types, device, settingKey(place), name, id, property);
  };
  const done = await edit(session, label, change, { assist: true });
  return done ? undefined : (useDocument.getState().refusal?.message ?? 'It was not changed.');
}

function withBackEnd(
  doc: MachineDocument,
  value: Wanted,
): { doc: MachineDocument; id: string | undefined } {
  if (typeof value !== 'object') return { doc, id: value };
  return addBackEnd(doc, value);
}
