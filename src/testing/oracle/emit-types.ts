import type { Survey } from './type-survey.ts';

/** Letters by which the tables call the programs. */
export const ARCH_LETTERS: Readonly<Record<string, string>> = {
  x86_64: 'x',
  aarch64: 'a',
  s390x: 's',
  riscv64: 'r',
};

/** Groups of `-device help` in its order, with the letters by which the table calls them. */
const CATEGORIES: Readonly<Record<string, string>> = {
  'Controller/Bridge/Hub devices': 'B',
  'USB devices': 'U',
  'Storage devices': 'S',
  'Network devices': 'N',
  'Input devices': 'I',
  'Display devices': 'D',
  'Sound devices': 'A',
  'Misc devices': 'M',
  'CPU devices': 'C',
  'Watchdog devices': 'W',
  'Uncategorized devices': 'O',
};

/** Comes with QEMU's graphics packages, which the machine is modelled without. */
const ABSENT = new Set(['virtio-gpu-gl-device']);

type Surveys = Readonly<Record<string, Survey>>;

interface Row {
  readonly parent: string;
  readonly archs: string;
  /** `name`, `name*` where it is abstract, `name=SB` with its groups where `-device` makes it. */
  readonly word: string;
}

/** Type hierarchy: `parent archs words…`, a line a parent and set of programs. */
export function typeTable(surveys: Surveys): string {
  const words = new Map<string, Row>();
  for (const [arch, survey] of Object.entries(surveys)) {
    const groups = groupsOf(survey.deviceHelp);
    for (const { name, parent = '-', abstract } of survey.types) {
      if (ABSENT.has(name)) continue;
      const word = `${name}${abstract ? '*' : ''}${groups.has(name) ? `=${groups.get(name)}` : ''}`;
      const key = `${parent} ${word}`;
      const archs = (words.get(key)?.archs ?? '') + ARCH_LETTERS[arch];
      words.set(key, { parent, archs, word });
    }
  }
  const lines = new Map<string, string[]>();
  for (const { parent, archs, word } of words.values()) {
    const key = `${parent} ${archs}`;
    lines.set(key, [...(lines.get(key) ?? []), word]);
  }
  return wrap([...lines].map(([key, list]) => `${key} ${shorten(key, list.sort()).join(' ')}`));
}

/** `-cpu` and `-machine` at the end of every word of a line is said once, as `~-cpu`. */
function shorten(key: string, words: readonly string[]): readonly string[] {
  const parent = key.split(' ')[0] ?? '';
  const suffix = parent.endsWith('-cpu') ? `-${parent}` : '-machine';
  const pattern = new RegExp(`^(.+)${suffix}((?:\\*|=.*)?)$`);
  if (words.length < 2 || !words.every((word) => pattern.test(word))) return words;
  return [`~${suffix}`, ...words.map((word) => word.replace(pattern, '$1$2'))];
}

function groupsOf(deviceHelp: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const block of deviceHelp.split('\n\n')) {
    const [title = '', ...lines] = block.split('\n').filter((line) => line !== '');
    const letter = CATEGORIES[title.replace(/:$/, '')];
    if (letter === undefined) throw new Error(`unknown group ${title}`);
    for (const line of lines) {
      const name = /^name "([^"]+)"/.exec(line)?.[1] ?? '';
      groups.set(name, (groups.get(name) ?? '') + letter);
    }
  }
  return groups;
}

/** Interfaces that types add to their parents': `interface: types…`. */
export function interfaceTable(surveys: Surveys): string {
  const lines = new Map<string, Set<string>>();
  for (const survey of Object.values(surveys)) {
    const parents = new Map(survey.types.map(({ name, parent }) => [name, parent ?? '']));
    const isOneBy = (name: string, among: ReadonlySet<string>): boolean =>
      among.has(parents.get(name) ?? '');
    for (const [face, names] of Object.entries(survey.implementers)) {
      const all = new Set(names);
      const own = names.filter((name) => name !== face && !isOneBy(name, all));
      lines.set(face, new Set([...(lines.get(face) ?? []), ...own]));
    }
  }
  return wrap(
    [...lines]
      .filter(([, own]) => own.size > 0)
      .map(([face, own]) => `${face} ${[...own].sort().join(' ')}`),
  );
}

/** Descriptions of devices as help prints them: `name text`. */
export function descriptionTable(surveys: Surveys): string {
  const lines = new Map<string, string>();
  for (const { deviceHelp } of Object.values(surveys))
    for (const [, name = '', text = ''] of deviceHelp.matchAll(
      /^name "([^"]+)".*?, desc "(.*)"$/gm,
    ))
      lines.set(name, text);
  const constant = [...lines].filter(([name]) => !/^.*-(?:x86_64|s390x)-cpu$/.test(name));
  return constant.map(([name, text]) => `${name} ${text}`).join('\n');
}

/** Short names of devices: `alias archs name`. */
export function aliasTable(surveys: Surveys): string {
  const lines = new Map<string, string>();
  for (const [arch, { deviceHelp }] of Object.entries(surveys)) {
    const seen = new Set<string>();
    for (const [, name = '', alias = ''] of deviceHelp.matchAll(
      /^name "([^"]+)".*?, alias "([^"]+)"/gm,
    )) {
      const key = `${alias} ${name}`;
      if (!seen.has(key)) lines.set(key, (lines.get(key) ?? '') + ARCH_LETTERS[arch]);
      seen.add(key);
    }
  }
  return [...lines].map(([key, archs]) => key.replace(' ', ` ${archs} `)).join('\n');
}

/** Types that a program loads only when one of them is used, a line each that asks for others: `type others…`. */
export function moduleTable(surveys: Surveys): string {
  const lines = new Map<string, string[]>();
  for (const { modules } of Object.values(surveys))
    for (const [name, others] of Object.entries(modules)) lines.set(name, others);
  return wrap(
    [...lines].map(([name, others]) =>
      `${name} ${others.filter((other) => other !== name).join(' ')}`.trim(),
    ),
  );
}

/** Breaks lines at column 110; a continued line is indented. */
export function wrap(lines: readonly string[]): string {
  const wrapped: string[] = [];
  for (const line of lines) {
    let current = '';
    for (const word of line.split(' ')) {
      if (current !== '' && current.length + word.length > 108) {
        wrapped.push(current);
        current = ` ${word}`;
      } else current += current === '' ? word : ` ${word}`;
    }
    wrapped.push(current);
  }
  return wrapped.join('\n');
}

/** Buses that device types plug into, where a type's parent says nothing or something else: `bus types…`. */
export function busTable(surveys: Surveys): string {
  const lines = new Map<string, Set<string>>();
  for (const survey of Object.values(surveys)) {
    const known = new Map<string, string>();
    for (const [, name = '', bus = ''] of survey.qdm.matchAll(/^name "([^"]+)", bus ([^,\s]+)/gm))
      known.set(name, bus);
    const children = new Map<string, string[]>();
    for (const { name, parent = '' } of survey.types)
      children.set(parent, [...(children.get(parent) ?? []), name]);
    const abstract = new Set(survey.types.filter((type) => type.abstract).map(({ name }) => name));
    const busOf = (name: string): string | undefined => {
      if (!abstract.has(name)) return known.get(name);
      const below = new Set((children.get(name) ?? []).map(busOf));
      return below.size === 1 ? [...below][0] : undefined;
    };
    const visit = (name: string, inherited: string | undefined): void => {
      const bus = busOf(name);
      if (bus !== undefined && bus !== inherited)
        lines.set(bus, (lines.get(bus) ?? new Set()).add(name));
      for (const child of children.get(name) ?? []) visit(child, bus ?? inherited);
    };
    visit('device', undefined);
  }
  return wrap([...lines].map(([bus, names]) => `${bus} ${[...names].sort().join(' ')}`));
}

/** Machine types as help prints them: `archs flags type|names|text`; `*` marks the default. */
export function machineTable(surveys: Surveys): string {
  const lines: string[] = [];
  for (const [arch, { machineHelp }] of Object.entries(surveys))
    for (const [, name = '', text = ''] of machineHelp.matchAll(/^(\S+) +(.+)$/gm))
      if (name !== 'Supported') lines.push(`${ARCH_LETTERS[arch]} ${name} ${text}`);
  return lines.join('\n');
}

/** `-cpu help`, a section a program that starts with `#LETTER`; what its columns hold behind `x86|`, `s390|` and `flags|`. */
export function cpuTable(surveys: Surveys): string {
  return Object.entries(surveys)
    .map(([arch, { cpuHelp }]) => `#${ARCH_LETTERS[arch]}\n${shortCpus(cpuHelp)}`)
    .join('');
}

function shortCpus(text: string): string {
  return text
    .replace(/^x86 (\S+) +(.*)$/gm, (_, name, rest) => `x86|${name}|${rest.trimStart()}`)
    .replace(/^s390 (\S+) +(.*)$/gm, 's390|$1|$2')
    .replace(
      /(?<=CPUID flags:\n)(?: {2}.*\n)+/,
      (flags) => `flags|${flags.trim().split(/\s+/).join(' ')}\n`,
    );
}

/** `-chardev help`, a section a program that starts with `#LETTER`. */
export function chardevTable(surveys: Surveys): string {
  return Object.entries(surveys)
    .map(([arch, { chardevHelp }]) => `#${ARCH_LETTERS[arch]}\n${chardevHelp.replace(/^.*\n/, '')}`)
    .join('');
}
