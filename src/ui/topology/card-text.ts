import type { BackEndFacts, BusNode, DeviceNode } from '../../protocol/topology.ts';

/** Room for the longest word for a device's status, and for the four marks before it. */
const LONGEST_STATE = '****** DEVICE_NEEDS_RESET';
/** What the card of a device says whose requests are not processed yet. */
export const UNPROCESSED = 'unprocessed';
/** What the card of a device says that the guest was asked to let go of. */
export const LEAVING = 'asked to leave';
/** What the card of a back end says that no device uses. */
const UNUSED = 'unused';
const CARD_HEIGHT = 46;
const WIDEST = 290;

/** `pci.0 · PCI` */
export function busLabel(bus: BusNode): string {
  return bus.name === bus.type ? bus.name : `${bus.name} · ${bus.type}`;
}

/** Title and second line of a device's card; a virtio device's second line is the moment's status instead. */
export function deviceLines(device: DeviceNode): readonly [title: string, detail: string] {
  const title = device.id ? `${device.type} ${device.id}` : device.type;
  if (device.leaving) return [title, LEAVING];
  return [title, isUnprocessed(device) ? `FEATURES_OK · ${UNPROCESSED}` : placeOf(device)];
}

/** Whether notifications of a virtio device have no effect yet but to be recorded. */
export function isUnprocessed({ virtio }: DeviceNode): boolean {
  return virtio?.queues.some(({ unprocessed }) => unprocessed) ?? false;
}

/** Where a device sits and who made it, as `info qtree` tells: `02.0 · 1af4:1001`. */
function placeOf(device: DeviceNode): string {
  const pciId = device.facts.map((fact) => /pci id ([0-9a-f:]+)/.exec(fact)?.[1]).find(Boolean);
  return [device.address, pciId].filter(Boolean).join(' · ') || (device.ancestors[0] ?? '');
}

/** Title and second line of a back end's card. */
export function backEndLines(
  facts: BackEndFacts,
  used: boolean,
): readonly [title: string, detail: string] {
  const own = facts.id.startsWith('/');
  // An object that a device made for itself has a path for an id: its type says more.
  const title = own ? facts.type : facts.id;
  const detail = (own ? facts.id.split('/').at(-1) : facts.summary) || facts.type;
  return [title, used ? detail : `${detail} · ${UNUSED}`];
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Room for a bus's pill. */
export function busSize(bus: BusNode): Size {
  return { width: textWidth(busLabel(bus), 6.5) + 26, height: 20 };
}

/** Room for a device's card, whatever its status. */
export function deviceSize(device: DeviceNode): Size {
  if (!device.virtio) return cardSize(deviceLines(device));
  const state = isUnprocessed(device) ? `${LONGEST_STATE} · ${UNPROCESSED}` : LONGEST_STATE;
  return cardSize([deviceLines(device)[0], state]);
}

/** Room for two lines of text: 13 px bold above 11 px monospaced. Estimated, so that layout is pure. */
export function cardSize([title, detail]: readonly [string, string]): Size {
  const width = Math.max(textWidth(title, 7.3), textWidth(detail, 6.7), 124) + 26;
  return { width: Math.min(width, WIDEST), height: CARD_HEIGHT };
}

function textWidth(text: string, perCharacter: number): number {
  return Math.ceil(text.length * perCharacter);
}
