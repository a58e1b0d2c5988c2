import { useEffect, useMemo, useState } from 'react';
import type { Moment } from '../../journal/fold/moment.ts';
import { useSessionState, useSessionStateSlowly } from '../state/session-context.tsx';
import { RamMap } from './ram-map.ts';

/** Events a second from which on the view follows at a pace that can be read, and that pace in ms. */
const FAST = 30;
const FAST_EVERY = 160;

/** Guest memory at the cursor. */
export interface MemoryAtCursor {
  readonly map: RamMap;
  readonly moment: Moment;
  /** Whether bytes come from the machine's RAM, rather than from what the journal saw written. */
  readonly live: boolean;
  /** A copy of `length` bytes from guest-physical `addr`; what is not RAM reads as 0. */
  bytes(addr: number, length: number): Uint8Array;
}

/** Undefined while there is no machine. Another object whenever what it reads may be other bytes. */
export function useMemoryAtCursor(): MemoryAtCursor | undefined {
  const facts = useSessionState((state) => state.memoryFacts);
  const shared = useSessionState((state) => state.memory);
  const fast = useSessionState((state) => state.run === 'running' && state.speed > FAST);
  const running = useSessionState((state) => state.run === 'running');
  const moment = useSessionStateSlowly((state) => state.moment, fast, FAST_EVERY);
  const atEnd = useSessionStateSlowly(
    (state) => state.live && state.cursor === state.length,
    fast,
    FAST_EVERY,
  );
  const tick = useTick(running && atEnd);
  const map = useMemo(() => facts && new RamMap(facts), [facts]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: RAM changes under the same object
  return useMemo(() => {
    if (!map) return undefined;
    const ram = atEnd && shared ? new Uint8Array(shared.ram) : undefined;
    const bytes = (addr: number, length: number) => {
      if (!ram) return moment.memory.bytes(addr, length);
      const copy = new Uint8Array(length);
      for (let i = 0; i < length; i++) {
        const offset = map.offsetOf(addr + i);
        if (offset !== undefined) copy[i] = ram[offset] ?? 0;
      }
      return copy;
    };
    return { map, moment, live: ram !== undefined, bytes };
  }, [map, moment, shared, atEnd, tick]);
}

/** Counts on while a guest may write to RAM without a word in the journal. */
function useTick(on: boolean): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    if (!on) return undefined;
    const timer = setInterval(() => setTick((now) => now + 1), FAST_EVERY);
    return () => clearInterval(timer);
  }, [on]);
  return tick;
}
