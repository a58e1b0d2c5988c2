import { ramBytes } from './memory-room.ts';

/** Which numbers a property takes. */
export interface Limits {
  readonly least?: number;
  readonly most?: number;
  readonly powerOfTwo?: true;
  /** Sizes come in steps of this. */
  readonly step?: number;
}

const UNSIGNED: Readonly<Record<string, number>> = {
  uint8_t: 2 ** 8 - 1,
  uint16_t: 2 ** 16 - 1,
  uint32_t: 2 ** 32 - 1,
};
const SIGNED: Readonly<Record<string, number>> = {
  int8_t: 2 ** 7 - 1,
  int16_t: 2 ** 15 - 1,
  int32_t: 2 ** 31 - 1,
};

/** The numbers of a C type, as QEMU's sentence names it. */
export function limitsOfType(type: string): Limits {
  const most = Object.hasOwn(UNSIGNED, type) ? UNSIGNED[type] : undefined;
  if (most !== undefined) return { least: 0, most };
  const half = Object.hasOwn(SIGNED, type) ? SIGNED[type] : undefined;
  return half === undefined ? { least: 0 } : { least: -half - 1, most: half };
}

/** What a sentence of QEMU's says about the numbers that would do; empty where it says nothing. */
export function limitsIn(sentence: string): Limits {
  const number = (found: RegExpExecArray | null, off = 0): number | undefined =>
    found?.[1] === undefined ? undefined : Number(found[1]) + off;
  const between = /between (-?\d+) and (\d+)/.exec(sentence);
  const least =
    number(between) ??
    number(/minimum: (-?\d+)/.exec(sentence)) ??
    number(/at least (?:the page size \()?'?(0x[0-9a-f]+|\d+)/.exec(sentence)) ??
    number(/(?:must be > |larger than |greater than )(\d+)/.exec(sentence), 1) ??
    (/positive|non-zero|be greater/.test(sentence) ? 1 : undefined) ??
    (/non-negative|negative/.test(sentence) ? 0 : undefined);
  const most =
    (between ? Number(between[2]) : undefined) ??
    number(/maximum: (\d+)/.exec(sentence)) ??
    number(/\(max (?:is )?(\d+)\)/.exec(sentence)) ??
    number(/less than (\d+)(?!\^)\b(?!\^)/.exec(sentence), -1) ??
    number(
      /(?:invalid [\w-]+ > |must be <= |less or equal to |not exceed |not be larger than )(\d+)/.exec(
        sentence,
      ),
    ) ??
    number(/(\d+) or smaller/.exec(sentence)) ??
    number(/max\. allowed: (\d+)/.exec(sentence));
  return {
    ...(least !== undefined && { least }),
    ...(most !== undefined && { most }),
    ...(/power of (?:2|two)/.test(sentence) && { powerOfTwo: true }),
  };
}

/** The number that somebody meant who wrote `text`; undefined where it is none. */
export function numberMeant(text: string): number | undefined {
  const clean = text.trim().replaceAll(/[_']/g, '');
  if (clean === '' || clean.length > 24) return undefined;
  if (/^[+-]?0[xX][0-9a-f]+$/i.test(clean)) return Number(clean.replace(/^\+/, ''));
  const octal = /^[+-]?0+(\d+)$/.exec(clean);
  if (octal) return Number(clean);
  if (/^0b[01]+$/i.test(clean)) return Number(clean.toLowerCase());
  const plain = /^[+-]?\d+(?:\.\d+)?(?:e\d{1,2})?$/i.test(clean) ? Number(clean) : undefined;
  if (plain !== undefined && Number.isFinite(plain)) return Math.trunc(plain);
  return /^\d/.test(clean) ? wholeBytes(clean) : undefined;
}

function wholeBytes(text: string): number | undefined {
  const bytes = ramBytes(text);
  return bytes === undefined ? undefined : Math.trunc(bytes);
}

/** The nearest number within limits. */
export function within(wanted: number, { least, most, powerOfTwo, step }: Limits): number {
  const floor = least ?? Number.MIN_SAFE_INTEGER;
  const ceiling = most ?? Number.MAX_SAFE_INTEGER;
  let value = Math.min(Math.max(wanted, floor), ceiling);
  if (step !== undefined && step > 0) value = Math.max(step, Math.round(value / step) * step);
  if (powerOfTwo) {
    value = 2 ** Math.round(Math.log2(Math.max(1, value)));
    while (value < floor && value < 2 ** 52) value *= 2;
    while (value > ceiling && value > 1) value /= 2;
  }
  return value;
}
