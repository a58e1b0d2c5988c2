import { decodeRequest, fieldsIn } from '../../journal/decode-request.ts';
import type { GuestImage } from '../../journal/fold/guest-image.ts';
import type { QueueView } from '../../journal/fold/ring-view.ts';

/** Most chains whose buffers are named: nobody reads more at a glance. */
const MOST_CHAINS = 64;

/** What the buffer of each descriptor in a chain is to the device: `header`, `data`, `status`. By descriptor. */
export function rolesOf(
  view: QueueView,
  virtioId: number | undefined,
  memory: GuestImage,
): ReadonlyMap<number, string> {
  const roles = new Map<number, string>();
  const heads = new Set(view.deviceHeads);
  for (const index of view.queue.filling) {
    const head = view.descriptor(index)?.head;
    if (head !== undefined) heads.add(head);
  }
  for (const head of [...heads].slice(0, MOST_CHAINS)) {
    const chain = view.chain(head);
    const request = decodeRequest(virtioId, view.pieces(head), memory);
    for (const { index, writable, indirect } of chain) {
      const names = request ? fieldsIn(request, index).map((field) => field.name) : [];
      // The fields before the data have no name of their own in common but this one.
      const text = names.length > 1 && names.includes('type') ? 'header' : names.join(', ');
      const unknown = writable ? 'device writes' : 'device reads';
      roles.set(index, indirect ? 'table' : text || unknown);
    }
  }
  return roles;
}
