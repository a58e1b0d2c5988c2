import { featureNames, flagNames, STATUS_BITS } from '../../spec/constants.ts';
import { VIOLATIONS, type ViolationInfo } from '../../spec/violations.ts';
import { STATUS } from '../../spec/virtio.ts';
import { LOG_LEVELS, NONE } from '../schema.ts';
import { deviceName, type Names, type Target, type Teller } from './narration-types.ts';
import { address, combined, count, list, quoted } from './words.ts';

/** The device status field changed. */
export const tellStatus: Teller<'status'> = ({ event, names }) => {
  const { dev, old, new: now } = event;
  const name = deviceName(names, dev);
  const needs = now & STATUS.DEVICE_NEEDS_RESET & ~old;
  const shown = combined(flagNames(STATUS_BITS, now));
  const live = now & STATUS.DRIVER_OK & ~old ? ' It is live: it may use its queues.' : '';
  return {
    title: `Status of ${name}: ${shown}`,
    text: needs
      ? `${name} has met an error that only a reset mends (DEVICE_NEEDS_RESET).`
      : `It was ${combined(flagNames(STATUS_BITS, old))}.${live}`,
    section: needs ? '2.1.2' : '2.1',
    tone: 'device',
    at: { dev },
  };
};

/** The offered or the accepted features changed. */
export const tellFeatures: Teller<'features'> = ({ event, names }) => {
  const { dev, which, value } = event;
  const name = deviceName(names, dev);
  const bits = featureNames(names.virtioId(dev), value);
  const shown = bits.length === 0 ? 'none' : list(bits, 24);
  return {
    title: which === 0 ? `${name} offers features` : `Features of ${name} chosen`,
    text: `${which === 0 ? 'Offered' : 'Accepted and offered'}: ${shown}.`,
    section: which === 0 ? '2.2' : '2.2.1',
    tone: which === 0 ? 'device' : 'driver',
    at: { dev },
  };
};

/** The device-specific configuration changed. */
export const tellConfigChange: Teller<'configChange'> = ({ event, names }) => ({
  title: `Configuration of ${deviceName(names, event.dev)} changed`,
  text: `Its generation is ${event.generation} now: a driver that read halves must read again.`,
  section: '2.5',
  tone: 'device',
  at: { dev: event.dev },
});

/** A device came or went. */
export const tellPlug: Teller<'plug'> = ({ event, names }) => {
  const { dev, step, text } = event;
  const name = names.device(dev) ?? text;
  return {
    title: `${name} ${step === 0 ? 'is gone' : 'is there'}`,
    text: `${text} was ${step === 0 ? 'unplugged' : 'realized'}.`,
    tone: 'other',
    at: { dev },
  };
};

/** A device was reset. */
export const tellReset: Teller<'reset'> = ({ event, names }) => ({
  title: `${deviceName(names, event.dev)} reset`,
  text:
    event.cause === 0
      ? 'The driver asked for it. Status, features and queues are as after power-on.'
      : 'The platform asked for it. Status, features and queues are as after power-on.',
  section: '2.4',
  tone: 'device',
  at: { dev: event.dev },
});

/** The script reached a line. */
export const tellLine: Teller<'scriptLine'> = ({ event }) => ({
  title: `Line ${event.line}`,
  text: `The script reaches line ${event.line}.`,
  tone: 'other',
  at: { line: event.line },
});

/** A line of output. */
export const tellLog: Teller<'log'> = ({ event, before }) => {
  const level = LOG_LEVELS[event.level] ?? 'log';
  const who = event.actor === 'driver' ? 'The script' : 'The machine';
  const what = event.text.trim() === '' ? 'an empty line' : quoted(event.text);
  return {
    title: level === 'log' ? 'Printed' : `Printed (${level})`,
    text: `${who} prints ${what}.`,
    tone: 'other',
    at: before.line > 0 ? { line: before.line } : {},
  };
};

/** A run of a script began, ended or failed. */
export const tellScript: Teller<'script'> = ({ event, before }) => {
  if (event.step === 0)
    return { title: 'Script starts', text: 'A run of the script begins.', tone: 'other', at: {} };
  if (event.step === 1)
    return { title: 'Script ends', text: 'The script has run to its end.', tone: 'other', at: {} };
  const line = event.line || before.line;
  return {
    title: 'Script fails',
    text: `${event.text ? quoted(event.text) : 'The script failed'}${line > 0 ? `, at line ${line}` : ''}.`,
    tone: 'violation',
    at: line > 0 ? { line } : {},
  };
};

/** A rule of the specification was broken. */
export const tellViolation: Teller<'violation'> = ({ event, before, names }) => {
  const { dev, queue, code, index } = event;
  const info: ViolationInfo | undefined = VIOLATIONS[code];
  const line: Target = before.line > 0 ? { line: before.line } : {};
  const at: Target = { dev, ...(queue === NONE ? {} : { queue }), ...line };
  if (!info)
    return { title: 'Rule broken', text: `Rule ${code}, unknown here.`, tone: 'violation', at };
  const cell: Target = info.at
    ? { structure: info.at === 'descriptor' ? 'desc' : 'avail', part: 'entries', index }
    : {};
  return {
    title: titleOf(info),
    text: violationText(event, names),
    section: info.section,
    tone: 'violation',
    at: { ...at, ...cell },
  };
};

/** What happened, in a sentence: the table's text with the event's numbers, each as what it is. */
export function violationText(
  event: {
    readonly code: number;
    readonly dev: number;
    readonly index: number;
    readonly value: number;
  },
  names: Pick<Names, 'virtioId'>,
): string {
  const info: ViolationInfo | undefined = VIOLATIONS[event.code];
  if (!info) return '';
  const value = {
    address: () => address(event.value),
    features: () => featureNames(names.virtioId(event.dev), event.value).join(', '),
    status: () => combined(flagNames(STATUS_BITS, event.value)),
    number: () => String(event.value),
  }[info.value ?? 'number']();
  return info.text.replaceAll('{index}', String(event.index)).replaceAll('{value}', () => value);
}

/** Words of a violation's code that are not written as other words are. */
const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/\bram\b/i, 'RAM'],
  [/\bdriver ok\b/i, 'DRIVER_OK'],
  [/\bversion1\b/i, 'VERSION_1'],
];

/** `headOutOfRange` as words. */
function titleOf({ code }: ViolationInfo): string {
  const words = code.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const title = `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
  return SPELLED.reduce((text, [pattern, spelled]) => text.replace(pattern, spelled), title);
}

/** Events were lost. */
export const tellDropped: Teller<'dropped'> = ({ event }) => ({
  title: `${count(event.count, 'event')} lost`,
  text: 'The journal was full: what is shown after this may miss something.',
  tone: 'other',
  at: {},
});
