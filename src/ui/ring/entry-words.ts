import { hex } from '../../base/bits.ts';
import type {
  EventView,
  PackedDescriptorView,
  PackedView,
} from '../../journal/fold/packed-view.ts';
import type { DescriptorView, RingView, TableEntry } from '../../journal/fold/ring-view.ts';
import type { Spot } from './scene/layout.ts';

type Flags = Pick<DescriptorView, 'writable' | 'indirect' | 'hasNext'>;

/** Flags by the specification's names, without their prefix. */
export function flagWords({ writable, indirect, hasNext }: Flags): string {
  return [writable && 'WRITE', indirect && 'INDIRECT', hasNext && 'NEXT'].filter(Boolean).join(' ');
}

/** The same where there is no room: `W I N`. */
export function flagLetters({ writable, indirect, hasNext }: Flags): string {
  return [writable && 'W', indirect && 'I', hasNext && 'N'].filter(Boolean).join('');
}

/** The two marks of a packed descriptor as they are in memory: `A1 U0`. */
export function markWords({ avail, used }: { avail: boolean; used: boolean }): string {
  return `A${avail ? 1 : 0} U${used ? 1 : 0}`;
}

/** What a descriptor of a packed ring is now, in a word. */
export function packedWord({
  state,
  avail,
  used,
}: Pick<PackedDescriptorView, 'state' | 'avail' | 'used'>): string {
  if (state !== 'free') return state;
  // The marks still say available, but nobody owns it: the device has gone on behind its chain.
  return avail === used ? 'stale' : 'skipped';
}

/** What a descriptor is to driver and device. */
export function stateWords(
  d: Pick<PackedDescriptorView, 'state' | 'id' | 'len' | 'avail' | 'used'>,
): string {
  const word = packedWord(d);
  if (word === 'skipped') return 'skipped: part of a chain that came back, nobody marks it used';
  return {
    free: 'free, what it holds is stale',
    filling: 'being filled by the driver',
    available: 'with the device',
    used: `used: buffer ${d.id} came back with ${d.len} bytes written`,
  }[d.state];
}

/** A descriptor and the wrap counter with which its turn comes. */
export function placeWords({ slot, wrap }: { slot: number; wrap: number }): string {
  return `${slot} wrap ${wrap}`;
}

/** An event suppression structure in a few words. */
export function eventWords({ mode, off, wrap }: EventView): string {
  return mode === 'DESC' ? `DESC ${off} wrap ${wrap}` : mode;
}

/** The slot that a free-running index means, and how often the ring has come round before. */
export function indexWords(index: number, size: number): string {
  const lap = Math.floor(index / size);
  return `entry ${index % size}${lap > 0 ? `, lap ${lap + 1}` : ''}`;
}

const OWNER_WORDS = {
  free: 'free',
  driver: 'being filled by the driver',
  device: 'with the device',
} as const;

/** All about one entry, as one sentence for who cannot see the picture. */
export function entryWords(
  view: RingView | PackedView,
  { structure, index, entry }: Spot,
  role: string | undefined,
): string {
  if (structure === 'avail' && !view.packed) {
    const it = view.available(index);
    if (!it || it.state === 'empty') return `Available ring, entry ${index}: empty`;
    return `Available ring, entry ${index}: head ${it.head}, index ${it.index}, ${AVAIL_WORDS[it.state]}`;
  }
  if (structure === 'used' && !view.packed) {
    const it = view.used(index);
    if (!it || it.state === 'empty') return `Used ring, entry ${index}: empty`;
    return `Used ring, entry ${index}: head ${it.id}, ${it.len} bytes written, index ${it.index}, ${it.state}`;
  }
  if (entry !== undefined) {
    const it = view.table(index, entry + 1)[entry];
    return it
      ? `Entry ${entry} of the indirect table of descriptor ${index}: ${tableWords(it)}`
      : `Entry ${entry} of the indirect table of descriptor ${index}: not there`;
  }
  return `Descriptor ${index}: ${descriptorWords(view, index, role)}`;
}

const AVAIL_WORDS = {
  empty: 'empty',
  staged: 'written, not published',
  pending: 'published, not taken',
  seen: 'taken',
} as const;

function tableWords(it: TableEntry): string {
  const flags = flagWords({ ...it, indirect: false }) || 'no flags';
  return `${hex(it.addr, 8)}, ${it.len} bytes, ${flags}${it.hasNext ? `, next ${it.next}` : ''}`;
}

function descriptorWords(
  view: RingView | PackedView,
  index: number,
  role: string | undefined,
): string {
  const raw = `${role ? `${role}, ` : ''}`;
  if (view.packed) {
    const d = view.descriptor(index);
    if (!d || (d.state === 'free' && d.addr === 0 && d.len === 0 && d.flags === 0)) return 'empty';
    return `${raw}${hex(d.addr, 8)}, ${d.len} bytes, ${flagWords(d) || 'no flags'}, buffer ${d.id}, ${markWords(d)}, ${stateWords(d)}`;
  }
  const d = view.descriptor(index);
  if (!d || (d.owner === 'free' && d.addr === 0 && d.len === 0)) return 'empty';
  return `${raw}${hex(d.addr, 8)}, ${d.len} bytes, ${flagWords(d) || 'no flags'}, ${OWNER_WORDS[d.owner]}`;
}
