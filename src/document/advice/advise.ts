import type { Advice, RefusalFacts } from './advice.ts';
import { Refusal, type Rule } from './refusal.ts';
import { ADDRESS_RULES } from './rules/address-rules.ts';
import { BUS_RULES } from './rules/bus-rules.ts';
import { HOT_PLUG_RULES } from './rules/hot-plug-rules.ts';
import { NUMBER_RULES } from './rules/number-rules.ts';
import { TRANSPORT_RULES } from './rules/transport-rules.ts';
import { VERSION_RULES } from './rules/version-rules.ts';

/** The first rule that has something to say counts. */
const RULES: readonly Rule[] = [
  ...TRANSPORT_RULES,
  ...BUS_RULES,
  ...ADDRESS_RULES,
  ...NUMBER_RULES,
  ...VERSION_RULES,
  ...HOT_PLUG_RULES,
];

/** Why QEMU refused a change, in plain words, and the ways out. */
export function advise(facts: RefusalFacts): Advice {
  const refusal = new Refusal(facts);
  for (const { match, advise: told } of RULES) {
    const found = match.exec(refusal.reason);
    const advice = found && told(found, refusal);
    if (advice) return advice;
  }
  return {
    title: 'QEMU does not take this',
    words: 'Its sentence above says why. The machine that runs is untouched.',
    fixes: refusal.without(),
  };
}
