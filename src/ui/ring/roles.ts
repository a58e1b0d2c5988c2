import { decodeRequest, fieldsIn } from '../../journal/decode-request.ts';
import type { ViolationMoment } from '../../journal/fold/moment.ts';
import type { QueueView } from '../../journal/fold/ring-view.ts';
import { violationText } from '../../journal/narration/lifecycle.ts';
import { sectionTitle } from '../../spec/sections.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';
import type { Spot } from './scene/layout.ts';
import type { Fault } from './scene/protocol.ts';
import type { RingNow } from './source.ts';

/** Most chains whose buffers are named: nobody reads more at a glance. */
const MOST_CHAINS = 64;
/** Most violations that stay marked; older ones are in the story. */
const MOST_FAULTS = 8;

/**
 * What the buffer of each descriptor in a chain is to the device: `header`, `data`, `status`. By descriptor, for the
 * chains that have one among `indices`.
 */
export function rolesOf(
  view: QueueView,
  virtioId: number | undefined,
  { buffers, requests }: Pick<RingNow, 'buffers' | 'requests'>,
  indices: Iterable<number>,
): ReadonlyMap<number, string> {
  const roles = new Map<number, string>();
  const heads = new Set<number>();
  for (const index of indices) {
    if (heads.size >= MOST_CHAINS) break;
    if (view.ownerAt(index) === 'free') continue;
    const head = view.descriptor(index)?.head;
    if (head !== undefined) heads.add(head);
  }
  for (const head of heads) {
    const chain = view.chain(head);
    const request = decodeRequest(virtioId, view.pieces(head), buffers, requests);
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

/** The newest broken rules of a queue, on the entries that broke them. */
export function faultsOf(view: QueueView, violations: readonly ViolationMoment[]): Fault[] {
  const { dev, queue, packed } = view.queue;
  const faults = new Map<string, Fault>();
  for (let i = violations.length - 1; i >= 0 && faults.size < MOST_FAULTS; i--) {
    const violation = violations[i];
    if (violation?.dev !== dev || violation.queue !== queue) continue;
    const info: ViolationInfo | undefined = VIOLATIONS[violation.code];
    if (!info?.at || violation.index >= view.size) continue;
    const structure = info.at === 'descriptor' || packed ? 'desc' : 'avail';
    const key = `${structure}${violation.index}`;
    const { section } = info;
    const title = sectionTitle(section) ?? '';
    if (!faults.has(key)) faults.set(key, { structure, index: violation.index, section, title });
  }
  return [...faults.values()];
}

/** What is wrong with an entry, as a sentence with its section; undefined where nothing is known to be. */
export function faultSentence(
  view: QueueView,
  violations: readonly ViolationMoment[],
  { structure, index }: Pick<Spot, 'structure' | 'index'>,
  virtioId: number | undefined,
): string | undefined {
  const found = violations.findLast((violation) => {
    const { dev, queue, packed } = view.queue;
    const info: ViolationInfo | undefined = VIOLATIONS[violation.code];
    if (!info?.at || violation.dev !== dev || violation.queue !== queue) return false;
    const on = info.at === 'descriptor' || packed ? 'desc' : 'avail';
    return violation.index === index && structure === on;
  });
  if (!found) return undefined;
  const section = VIOLATIONS[found.code]?.section ?? '';
  const title = sectionTitle(section) ?? '';
  const text = violationText(found, { virtioId: () => virtioId });
  return `${text} VIRTIO 1.4 §${section} ${title}`.trimEnd();
}
