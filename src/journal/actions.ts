import { ACTOR, EVENTS, INTERRUPT, SPACE } from './schema.ts';

const INTERRUPTS = EVENTS.interrupt.code;
const SPACE_AT = EVENTS.regRead.fields.space.at;

/** What a kind says of guest actions, by code: 0 none is one, 1 each is one, 2 those of the driver, 3 see `isAction`. */
const ACTIONS = actions();

function actions(): Uint8Array {
  const found = new Uint8Array(256);
  for (const kind of ['scriptLine', 'channel', 'hypercall'] as const) found[EVENTS[kind].code] = 1;
  for (const kind of ['memWrite', 'dataWrite'] as const) found[EVENTS[kind].code] = 2;
  for (const kind of ['regRead', 'regWrite', 'interrupt'] as const) found[EVENTS[kind].code] = 3;
  return found;
}

/**
 * Whether the record at word `at` of `words` is a guest action: what took a credit. Each action is one
 * event: a bus access, a write to memory, a script line, a channel instruction, a hypercall, an interrupt
 * taken. The decoded form of an access through CONFIG_DATA stands beside the access, and is none.
 */
export function isAction(words: Uint32Array, at: number): boolean {
  const head = words[at] as number;
  const rule = ACTIONS[head & 0xff] as number;
  if (rule < 2) return rule === 1;
  if (rule === 2) return ((head >>> 8) & 15) === ACTOR.driver;
  if ((head & 0xff) === INTERRUPTS) return head >>> 16 === INTERRUPT.taken;
  return words[at + SPACE_AT] !== SPACE.pciConfig;
}
