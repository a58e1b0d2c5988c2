import { OPTIONS } from '../../options/option-table.ts';
import type { MachineDocument } from '../document.ts';
import { lineOf } from '../read.ts';
import type { Advice, Fix, RefusalFacts } from './advice.ts';
import { comesHot } from './comes-hot.ts';
import { Refusal, type Rule } from './refusal.ts';
import { ADDRESS_RULES } from './rules/address-rules.ts';
import { BUS_RULES } from './rules/bus-rules.ts';
import { FILE_RULES, HOST_RULES } from './rules/file-rules.ts';
import { HOT_PLUG_RULES } from './rules/hot-plug-rules.ts';
import { LINE_RULES, OPTION_RULE, QUESTION_RULE } from './rules/line-rules.ts';
import { LINK_RULES } from './rules/link-rules.ts';
import { NUMBER_RULES } from './rules/number-rules.ts';
import { TRANSPORT_RULES } from './rules/transport-rules.ts';
import { VALUE_RULES } from './rules/value-rules.ts';
import { VERSION_RULES } from './rules/version-rules.ts';
import { LAST_RULE, WORD_RULES } from './rules/word-rules.ts';

/** The first rule that has something to say counts. */
const RULES: readonly Rule[] = [
  QUESTION_RULE,
  ...TRANSPORT_RULES,
  ...BUS_RULES,
  ...ADDRESS_RULES,
  ...NUMBER_RULES,
  ...VERSION_RULES,
  ...LINK_RULES,
  ...FILE_RULES,
  ...HOT_PLUG_RULES,
  ...LINE_RULES,
  ...WORD_RULES,
  ...VALUE_RULES,
  ...HOST_RULES,
  LAST_RULE,
  OPTION_RULE,
];

/** Title of what is said where no rule knows the sentence. */
export const UNKNOWN = 'QEMU does not take this';

/** Why QEMU refused a change, in plain words, and the ways out. */
export function advise(facts: RefusalFacts): Advice {
  const refusal = new Refusal(facts);
  for (const { match, advise: told } of RULES) {
    const found = match.exec(refusal.reason);
    const advice = found && told(found, refusal);
    if (advice) return { ...advice, fixes: carriedOut(facts, advice.fixes) };
  }
  return {
    title: UNKNOWN,
    words: 'Its sentence above says why. The machine that runs is untouched.',
    fixes: carriedOut(facts, refusal.without()),
  };
}

/** Fixes that change something, each once, and of a running machine without switching it off where that can be. */
function carriedOut(facts: RefusalFacts, fixes: readonly Fix[]): Fix[] {
  const wanted = lineOf(facts.doc);
  const before = lineOf(facts.before);
  const seen = new Set<string>();
  const labels = new Set<string>();
  return fixes.flatMap((fix) => {
    // Buttons are told apart by what is on them.
    if (labels.has(fix.label)) return [];
    labels.add(fix.label);
    if (!fix.doc) return [fix];
    if (dangles(fix.doc)) return [];
    const line = lineOf(fix.doc);
    const same = `${line} ${fix.images?.length ?? 0} ${fix.act === 'reset'}`;
    const nothing = line === (facts.hot ? before : wanted) && !fix.images;
    const asWanted = facts.hot && line === wanted;
    if ((nothing && !asWanted) || seen.has(same)) return [];
    seen.add(same);
    const { act, ...rest } = fix;
    const hot = act === 'power-off' && !asWanted && !fix.label.startsWith('Power off');
    return [hot && comesHot(facts, fix.doc) ? rest : fix];
  });
}

/** Whether an option without its argument would take the next one for it: the line could not be read again. */
function dangles({ options }: MachineDocument): boolean {
  return options
    .slice(0, -1)
    .some(({ name, argument }) => argument === undefined && OPTIONS.get(name)?.argument === true);
}
