import type { GuestImage } from '../../journal/fold/guest-image.ts';
import type { QueueMoment } from '../../journal/fold/moment.ts';
import { VIRTQ_DESC_F_INDIRECT, VIRTQ_DESC_F_NEXT, VIRTQ_DESC_F_WRITE, SPLIT } from '../../spec/virtio.ts';
export type Owner = 'free' | 'filling' | 'driver' | 'device' | 'returned';
export interface DescriptorView { index: number; addr: number; length: number; next: number | undefined; write: boolean; indirect: boolean; owner: Owner; head: number | undefined; }
export interface AvailSlot { slot: number; head: number; state: 'free' | 'staged' | 'published' | 'taken' | 'old' }
export interface UsedSlot { slot: number; head: number; length: number; state: 'free' | 'written' }
export interface RingView { size: number; descriptors: DescriptorView[]; avail: { flags: number; idx: number; next: number; slots: AvailSlot[] }; used: { flags: number; idx: number; slots: UsedSlot[] } }
export function ringView(q: QueueMoment, m: GuestImage): RingView {
  const size = q.size; const owner = new Map<number, { owner: Owner; head: number }>();
  const idx = m.u16(q.driver + 2), uidx = m.u16(q.device + 2);
  const chain = (head: number, o: Owner) => { let i = head; for (let n = 0; n < size && i < size; n++) { owner.set(i, { owner: o, head }); const f = m.u16(q.desc + i * 16 + 12); if (!(f & 1)) break; i = m.u16(q.desc + i * 16 + 14); } };
  const slots: AvailSlot[] = Array.from({ length: size }, (_, slot) => ({ slot, head: m.u16(q.driver + SPLIT.availEntry(slot)), state: 'free' as AvailSlot['state'] }));
  const used: UsedSlot[] = Array.from({ length: size }, (_, slot) => ({ slot, head: m.u32(q.device + SPLIT.usedEntry(slot)), length: m.u32(q.device + SPLIT.usedEntry(slot) + 4), state: 'free' as UsedSlot['state'] }));
  for (let i = Math.max(0, uidx - size); i < uidx; i++) used[i % size]!.state = 'written';
  if (uidx > 0) chain(used[(uidx - 1) % size]!.head, 'returned');
  for (let i = Math.max(0, idx - size); i < idx; i++) { const s = slots[i % size]!; s.state = i < q.lastAvailIdx ? (q.inFlight.includes(s.head) ? 'taken' : 'old') : 'published'; if (s.state === 'taken') chain(s.head, 'device'); if (s.state === 'published') chain(s.head, 'driver'); }
  for (let k = 0; k < q.staged; k++) slots[(idx + k) % size]!.state = 'staged';
  for (const d of q.filling) owner.set(d, { owner: 'filling', head: d });
  return { size, descriptors: Array.from({ length: size }, (_, index) => { const a = q.desc + index * 16; const f = m.u16(a + 12); return { index, addr: m.u32(a) + m.u32(a + 4) * 2 ** 32, length: m.u32(a + 8), next: f & VIRTQ_DESC_F_NEXT ? m.u16(a + 14) : undefined, write: !!(f & VIRTQ_DESC_F_WRITE), indirect: !!(f & VIRTQ_DESC_F_INDIRECT), owner: owner.get(index)?.owner ?? 'free', head: owner.get(index)?.head }; }), avail: { flags: m.u16(q.driver), idx, next: q.lastAvailIdx, slots }, used: { flags: m.u16(q.device), idx: uidx, slots: used } };
}
