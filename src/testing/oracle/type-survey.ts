import { type Answer, type Ended, printed, Qemu } from './qemu.ts';

/** A property as QMP describes it. */
export interface SurveyedProperty {
  readonly name: string;
  readonly type: string;
  readonly description?: string;
  readonly 'default-value'?: unknown;
}

/** All that one program tells of its types. */
export interface Survey {
  readonly types: { name: string; parent?: string; abstract?: boolean }[];
  /** Types by interface, inherited ones too. */
  readonly implementers: Record<string, string[]>;
  /** `qom-list-properties` by type; absent where the program would not say. */
  readonly listed: Record<string, SurveyedProperty[]>;
  /** `device-list-properties` by type. */
  readonly device: Record<string, SurveyedProperty[]>;
  /** How the program died when it was asked about a device type. */
  readonly fatal: Record<string, Ended>;
  /** `info qdm`. */
  readonly qdm: string;
  readonly deviceHelp: string;
  readonly machineHelp: string;
  readonly cpuHelp: string;
  readonly chardevHelp: string;
  /** Names of properties as `info qtree` prints them, a type's own before its parent's, by device type. */
  readonly declared: Record<string, string[]>;
  /** Names of properties that help offers to set, by type of `-object` or `-M`. */
  readonly settable: Record<string, string[]>;
  /** Types that are loaded with the first use of one of them, by type. */
  readonly modules: Record<string, string[]>;
}

/** The board on which a program's types are asked for. */
export const SURVEY_MACHINES: Readonly<Record<string, string>> = {
  x86_64: 'pc',
  aarch64: 'virt',
  s390x: 's390-ccw-virtio',
  riscv64: 'virt',
};

/** Asks `qemu-system-ARCH` about every type that it has. */
export async function survey(arch: string): Promise<Survey> {
  const qemu = new Qemu(arch, ['-M', SURVEY_MACHINES[arch] ?? 'none', '-nodefaults']);
  const types = (await returned(qemu.ask('qom-list-types', { abstract: true }))) as Survey['types'];
  types.sort((a, b) => (a.name < b.name ? -1 : 1));
  const implementers: Survey['implementers'] = {};
  for (const { name, parent } of types)
    if (parent === 'interface') {
      const found = await returned(
        qemu.ask('qom-list-types', { implements: name, abstract: true }),
      );
      implementers[name] = (found as Survey['types']).map((type) => type.name).sort();
    }
  const qdm = await qemu.hmp('info qdm');
  const listed: Survey['listed'] = {};
  const device: Survey['device'] = {};
  const fatal: Survey['fatal'] = {};
  for (const { name } of types) {
    const ask = async (command: string): Promise<SurveyedProperty[] | undefined> => {
      const answer = await qemu.ask(command, { typename: name });
      if (!('code' in answer)) return answer.return as SurveyedProperty[] | undefined;
      fatal[name] = answer;
      // Loads the modules again.
      await qemu.ask('qom-list-types');
      return undefined;
    };
    const all = await ask('qom-list-properties');
    if (all) listed[name] = all;
    const own = fatal[name] ? undefined : await ask('device-list-properties');
    if (own) device[name] = own;
  }
  await qemu.stop();
  const deviceHelp = printed(arch, ['-device', 'help']);
  return {
    types,
    implementers,
    listed,
    device,
    fatal,
    qdm,
    deviceHelp,
    settable: settable(arch, types, implementers),
    declared: await declarations(arch, creatable(deviceHelp)),
    machineHelp: printed(arch, ['-M', 'help']),
    cpuHelp: printed(arch, ['-cpu', 'help']),
    chardevHelp: printed(arch, ['-M', SURVEY_MACHINES[arch] ?? 'none', '-chardev', 'help']),
    modules: await modules(
      qemu,
      types.map(({ name }) => name),
    ),
  };
}

/** Types that a `-device help` lists; not CPUs, nor chips for buses that no surveyed board offers. */
function creatable(deviceHelp: string): string[] {
  const lines = [...deviceHelp.matchAll(/^name "([^"]+)"(?:, bus ([^,\s]+))?/gm)];
  return [
    ...new Set(
      lines
        .filter(
          ([, name = '', bus]) => !name.endsWith('-cpu') && bus !== 'SSI' && bus !== 'i2c-bus',
        )
        .map((match) => match[1] ?? ''),
    ),
  ];
}

/** Asks `-object T,help` and `-M T,help` for every type that they know. */
function settable(
  arch: string,
  types: Survey['types'],
  implementers: Survey['implementers'],
): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  const read = (name: string, text: string) => {
    found[name] = [...text.matchAll(/^ {2}([^=]+)=</gm)].map((match) => match[1] ?? '');
  };
  const abstract = new Set(types.filter((type) => type.abstract).map(({ name }) => name));
  for (const name of implementers['user-creatable'] ?? [])
    if (!abstract.has(name)) read(name, printed(arch, ['-object', `${name},help`]));
  for (const { name } of types)
    if (MODERN_MACHINE.test(name))
      read(name, printed(arch, ['-M', `${name.replace(/-machine$/, '')},help`]));
  return found;
}

/** Machine types whose properties are of interest. */
export const MODERN_MACHINE =
  /^(?:pc-.*-7\.2|microvm|none|isapc|virt(?:-7\.2)?|s390-ccw-virtio-7\.2)-machine$/;

/** Boards whose own devices are looked at, by program. */
const BOARDS: Readonly<Record<string, readonly string[]>> = {
  x86_64: ['pc', 'q35', 'microvm,pcie=on', 'isapc'],
  aarch64: ['virt', 'virt,gic-version=3,iommu=smmuv3'],
  s390x: ['s390-ccw-virtio'],
  riscv64: ['virt'],
};

/** Reads `info qtree` of the boards, and of a board with one device added, for every device that comes alone. */
async function declarations(
  arch: string,
  devices: readonly string[],
): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  const look = async (args: readonly string[]) => {
    const qemu = new Qemu(arch, args);
    const answer = await qemu.ask('human-monitor-command', { 'command-line': 'info qtree' });
    if ('return' in answer) readTree(String(answer.return), found);
    await qemu.stop();
  };
  const boards = BOARDS[arch] ?? [];
  for (const board of boards) await look(['-M', board]);
  const board = ['-M', boards[1] ?? boards[0] ?? 'none', '-nodefaults'];
  for (const device of devices)
    for (const attempt of attempts(device)) {
      if (found[device]) break;
      await look([...board, ...attempt]);
    }
  return found;
}

/** What a device may need beside itself. */
const SURROUNDINGS = [
  ...['-blockdev', 'driver=null-co,node-name=d0,size=16777216'],
  ...['-chardev', 'null,id=c0', '-m', '128,slots=2,maxmem=1G'],
  ...['-object', 'memory-backend-ram,id=m0,size=128M'],
];
const CARRIERS = ['virtio-scsi', 'virtio-serial', 'qemu-xhci', 'intel-hda'];
const NEEDS: readonly RegExp[] = [
  /^scsi-/,
  /^virt(?:console|serialport)$/,
  /^(?:usb|u2f|ccid)-/,
  /^hda-/,
];

/** Options that may bring a device into being. */
function attempts(device: string): string[][] {
  const carrier = CARRIERS[NEEDS.findIndex((pattern) => pattern.test(device))];
  const before = carrier === undefined ? [] : ['-device', carrier];
  return ['', ',drive=d0', ',drive=d0,serial=s', ',chassis_nr=1', ',memdev=m0', ',chardev=c0'].map(
    (properties) => [...SURROUNDINGS, ...before, '-device', `${device}${properties}`],
  );
}

function readTree(tree: string, found: Record<string, string[]>): void {
  for (const block of tree.split(/^ *dev: /m).slice(1)) {
    const [head = '', ...lines] = block.split(/\r?\n/);
    const name = head.split(',')[0] ?? '';
    const properties: string[] = [];
    for (const line of lines) {
      const property = /^ *(\S+) = /.exec(line)?.[1];
      if (property !== undefined) properties.push(property);
      else if (!/^ *gpio-/.test(line)) break;
    }
    found[name] ??= properties;
  }
}

/** Which types appear when a type that was not there yet is asked for as a device. */
async function modules(qemu: Qemu, names: readonly string[]): Promise<Survey['modules']> {
  const missing: string[] = [];
  const isThere = async (name: string): Promise<boolean> => {
    const answer = await qemu.ask('qom-list-properties', { typename: name });
    return 'code' in answer || answer.error?.class !== 'DeviceNotFound';
  };
  for (const name of names) if (!(await isThere(name))) missing.push(name);
  const found: Survey['modules'] = {};
  for (const name of missing) {
    await qemu.stop();
    await qemu.ask('device-list-properties', { typename: name });
    found[name] = [];
    for (const other of missing) if (await isThere(other)) found[name].push(other);
  }
  await qemu.stop();
  return found;
}

async function returned(answer: Promise<Answer | Ended>): Promise<unknown> {
  const got = await answer;
  if (!('return' in got)) throw new Error(JSON.stringify(got));
  return got.return;
}
