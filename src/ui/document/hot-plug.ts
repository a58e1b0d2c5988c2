import type { MachineDocument } from '../../document/document.ts';
import type { HotPlan } from '../../document/hot.ts';
import type { Session } from '../session/session.ts';
import { actingOn, followDevices } from './live-machine.ts';

/**
 * Carries out the plan that makes `doc` of `old`. Answers the document of the machine that there is then: what was
 * asked to leave may still be in it. Answers the monitor's complaint where a part was refused; what was done before
 * is taken back.
 */
export async function plug(
  session: Session,
  old: MachineDocument,
  doc: MachineDocument,
  plan: HotPlan,
): Promise<MachineDocument | string> {
  return await actingOn(async () => {
    for (const [at, line] of plan.lines.entries()) {
      const complaint = complaintIn(await session.monitor(line));
      if (complaint === '') continue;
      for (const undoing of plan.back.slice(0, at).reverse())
        if (undoing !== undefined) await session.monitor(undoing);
      return complaint;
    }
    const { machine: topology } = session.getState();
    if (!topology) return old;
    const both = inOrder([...doc.options, ...gone(old, doc)], old);
    return followDevices({ ...doc, options: both }, topology);
  });
}

/** Options of an older document that a newer one has no more. */
export function gone(old: MachineDocument, now: MachineDocument): MachineDocument['options'] {
  const is = new Set(now.options.map(({ key }) => key));
  return old.options.filter(({ key }) => !is.has(key));
}

/** What a monitor has against a line; '' where it did as it was told. */
function complaintIn(output: string): string {
  // `drive_add` says that it went well.
  if (!output.startsWith('{')) return output.trim() === 'OK' ? '' : output.trim();
  const { error } = JSON.parse(output) as { error?: { desc?: string } };
  return error ? (error.desc ?? output.trim()) : '';
}

/** Options in the order of an older document, new ones last. */
function inOrder(
  options: MachineDocument['options'],
  old: MachineDocument,
): MachineDocument['options'] {
  const place = new Map(old.options.map(({ key }, at) => [key, at]));
  const last = old.options.length;
  return options.toSorted((a, b) => (place.get(a.key) ?? last) - (place.get(b.key) ?? last));
}
