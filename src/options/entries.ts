import { jsonEntries, withJsonEntry } from './json-entries.ts';

/** One `key=value` of an option's argument. */
export interface Entry {
  readonly key: string;
  readonly value: string;
}

/** Where an entry stands in its argument. */
interface Span extends Entry {
  readonly start: number;
  /** Behind its last character; a comma or the end follows. */
  readonly end: number;
  /** Whether it is a value without its key. */
  readonly implied: boolean;
}

/** Options whose argument is `key=value,…`, and the key of a first value without one; '' where there is none. */
const IMPLIED: Readonly<Record<string, string>> = {
  M: 'type',
  accel: 'accel',
  action: '',
  'add-fd': '',
  audio: 'driver',
  audiodev: 'driver',
  blockdev: 'driver',
  boot: 'order',
  chardev: 'backend',
  compat: '',
  device: 'driver',
  display: 'type',
  drive: '',
  fsdev: 'fsdriver',
  fw_cfg: 'name',
  global: '',
  icount: 'shift',
  iscsi: '',
  m: 'size',
  machine: 'type',
  mon: 'chardev',
  msg: '',
  name: 'guest',
  net: 'type',
  netdev: 'type',
  nic: 'type',
  numa: 'type',
  object: 'qom-type',
  overcommit: '',
  rtc: '',
  sandbox: 'enable',
  set: '',
  smbios: '',
  smp: 'cpus',
  spice: '',
  tpmdev: 'type',
  virtfs: 'fsdriver',
  vnc: 'vnc',
};

/** Options that take JSON in place of `key=value`. */
const JSON_TOO = ['audiodev', 'blockdev', 'device', 'display', 'netdev', 'object'];

/** Arguments that are one key and one value, in which commas mean nothing: `-global T.P=V`, `-set group.id.key=V`. */
const RAW = /^(?:global [^.=,]+\.[^=,]+=|set )/;

/** The key of a first value without one; '' where there is none, undefined where an option has no `key=value`. */
export function impliedKey(name: string): string | undefined {
  return Object.hasOwn(IMPLIED, name) ? IMPLIED[name] : undefined;
}

/** Whether an option's argument is written as JSON. */
export function isJsonArgument(name: string, argument: string): boolean {
  return argument.startsWith('{') && JSON_TOO.includes(name);
}

/**
 * An argument's entries, in its order: a doubled comma stands for one, a key alone means `on` (`nokey` means
 * `off`), members of JSON objects and lists are joined by dots. Empty where the option has no `key=value`.
 */
export function argumentEntries(name: string, argument: string): Entry[] {
  if (isJsonArgument(name, argument)) return jsonEntries(argument);
  if (impliedKey(name) === undefined) return [];
  return spansOf(name, argument).map(({ key, value }) => ({ key, value }));
}

/**
 * The argument with `key` set, or without it where `value` is undefined. Everything else stays as it is
 * written; a new entry comes last. `type`: QEMU's name of the property's type, which JSON notation heeds.
 */
export function withArgumentEntry(
  name: string,
  argument: string,
  key: string,
  value: string | undefined,
  type?: string,
): string {
  if (isJsonArgument(name, argument)) return withJsonEntry(argument, key, value, type);
  const implied = impliedKey(name) ?? '';
  const spans = spansOf(name, argument);
  const same = spans.filter((span) => span.key === key);
  // Of several ids the first counts, of anything else the last.
  const kept = value === undefined ? undefined : key === 'id' ? same[0] : same.at(-1);
  const others = spans.filter((span) => span.key !== key || span === kept);
  const parts = others.map((span, i) => {
    if (span === kept) return entryText(name, key, value ?? '', span.implied);
    // A switch without value would be taken for the implied key's where it comes first.
    const moved = i === 0 && span.start > 0 && implied !== '';
    // Nothing at all would be no entry where nothing follows.
    const empty = span.implied && span.value === '';
    return moved || empty
      ? entryText(name, span.key, span.value, false)
      : argument.slice(span.start, span.end);
  });
  if (value !== undefined && !kept) {
    const first = key === implied && implied !== '';
    if (first) parts.unshift(entryText(name, key, value, true));
    else parts.push(entryText(name, key, value, false));
  }
  return parts.join(',');
}

function entryText(name: string, key: string, value: string, implied: boolean): string {
  if (RAW.test(`${name} ${key}=`)) return `${key}=${value}`;
  const text = value.replaceAll(',', ',,');
  // Without its key, a value with a sign of equality would be taken for one, and a brace for JSON.
  const bare = implied && value !== '' && !value.includes('=') && !isJsonArgument(name, text);
  return bare ? text : `${key}=${text}`;
}

function spansOf(name: string, text: string): Span[] {
  const raw = RAW.test(`${name} ${text}`) ? text.indexOf('=') : -1;
  if (raw > 0)
    return [
      {
        key: text.slice(0, raw),
        value: text.slice(raw + 1),
        start: 0,
        end: text.length,
        implied: false,
      },
    ];
  const implied = impliedKey(name) ?? '';
  const spans: Span[] = [];
  for (let start = 0; start < text.length; ) {
    let at = start;
    while (at < text.length && text[at] !== '=' && text[at] !== ',') at++;
    const word = text.slice(start, at);
    if (text[at] === '=') {
      const [value, end] = valueAt(text, at + 1);
      spans.push({ key: word, value, start, end, implied: false });
      start = end + 1;
    } else if (start === 0 && implied !== '') {
      const [value, end] = valueAt(text, start);
      spans.push({ key: implied, value, start, end, implied: true });
      start = end + 1;
    } else {
      const off = word.startsWith('no');
      const entry = { key: off ? word.slice(2) : word, value: off ? 'off' : 'on' };
      spans.push({ ...entry, start, end: at, implied: false });
      start = at + 1;
    }
  }
  return spans;
}

/** The value that starts at `start`, and where it ends: at a single comma. */
function valueAt(text: string, start: number): [value: string, end: number] {
  let value = '';
  for (let at = start; ; ) {
    const comma = text.indexOf(',', at);
    if (comma < 0) return [value + text.slice(at), text.length];
    value += text.slice(at, comma);
    if (text[comma + 1] !== ',') return [value, comma];
    value += ',';
    at = comma + 2;
  }
}
