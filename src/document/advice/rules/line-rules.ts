import { OPTIONS } from '../../../options/option-table.ts';
import type { DocumentOption, MachineDocument } from '../../document.ts';
import { entryOf } from '../../entries.ts';
import type { Advice, Fix } from '../advice.ts';
import { withMemoryRoom } from '../memory-room.ts';
import { leaveOut, machineSpot, quote, write } from '../mend.ts';
import { nearest } from '../nearest.ts';
import { changeOption, type Refusal, type Rule } from '../refusal.ts';
import { archOf, machineOf, withMachineEntry } from '../world.ts';

/** Machine types that this page builds, by program. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  x86_64: ['pc', 'q35', 'microvm', 'none'],
  aarch64: ['virt', 'none'],
  riscv64: ['virt', 'none'],
  s390x: ['s390-ccw-virtio', 's390-virtio', 'none'],
};
/** Versioned names, and the one without version. */
const FAMILIES: readonly (readonly [name: RegExp, machine: string])[] = [
  [/^pc-q35/, 'q35'],
  [/^(?:pc|isapc|pc-i440fx)(?:-|$)/, 'pc'],
  [/^virt-/, 'virt'],
  [/^s390-ccw-virtio-/, 's390-ccw-virtio'],
];

/** `-M foo`. */
function unknownMachine(_: RegExpExecArray, refusal: Refusal): Advice {
  const { doc } = refusal;
  const arch = archOf(doc);
  const wanted = machineOf(doc);
  const name =
    FAMILIES.find(([family]) => family.test(wanted.toLowerCase()))?.[1] ?? wanted.toLowerCase();
  const here = MACHINES[arch] ?? [];
  const elsewhere = Object.keys(MACHINES).find(
    (other) => other !== arch && MACHINES[other]?.includes(name),
  );
  const near = here.includes(name) ? [name] : nearest(name, here, 1);
  const all = [...new Set([...near, ...(elsewhere === undefined ? here.slice(0, 1) : [])])];
  const fixes: Fix[] = [];
  if (near.length === 0 && elsewhere !== undefined)
    fixes.push({
      label: `Call qemu-system-${elsewhere}`,
      words: `${name} is a machine of that program.`,
      doc: { ...withMachineEntry(doc, 'type', name), program: `qemu-system-${elsewhere}` },
      ...refusal.anew,
    });
  for (const machine of all)
    fixes.push({
      label: `Take the machine ${machine}`,
      words: `qemu-system-${arch} has a machine ${machine}.`,
      doc: withMachineEntry(doc, 'type', machine),
      ...refusal.anew,
    });
  return {
    title: `qemu-system-${arch} has no machine ${quote(wanted)}`,
    words: `Each program has machines of its own. Those of qemu-system-${arch} that this page builds: ${here.join(', ')}.`,
    fixes,
  };
}

/** A program whose machines this page does not build. */
function unknownProgram(_: RegExpExecArray, { doc, anew }: Refusal): Advice {
  return {
    title: 'Machines of that architecture are not built here',
    words: `This page builds machines of ${Object.keys(MACHINES).join(', ')}. A virtio device is the same on all of them; the transport differs.`,
    fixes: [
      {
        label: 'Call qemu-system-x86_64',
        words: 'Its usual machine is a pc with a PCI bus; -M, -cpu and -bios are left out.',
        doc: {
          ...withoutNamed(doc, ['M', 'machine', 'cpu', 'bios']),
          program: 'qemu-system-x86_64',
        },
        ...anew,
      },
    ],
  };
}

/** `-nosuch`. */
function unknownOption(_: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const { option } = refusal;
  if (!option) return undefined;
  const word = option.name.replace(/^-+/, '').replace(/=.*$/s, '');
  const rest = /^[^=]*=(.*)$/s.exec(option.name)?.[1];
  const names = [...OPTIONS.keys()];
  const near = [
    ...(OPTIONS.has(word) && word !== option.name ? [word] : []),
    ...nearest(word, names, 2),
  ];
  const fixes = [...new Set(near)].slice(0, 2).flatMap((name): Fix[] => {
    const takes = OPTIONS.get(name)?.argument === true;
    const argument = option.argument ?? rest;
    if (takes && argument === undefined) return [];
    return [
      {
        label: `Use -${name}`,
        words: `QEMU has an option -${name}.`,
        doc: {
          ...refusal.doc,
          options: refusal.doc.options.map((other) =>
            other.key === option.key
              ? { ...other, name, argument: takes ? argument : undefined }
              : other,
          ),
        },
        ...refusal.anew,
      },
    ];
  });
  return {
    title: `There is no option -${quote(option.name)}`,
    words: 'An option is one word after a dash; what belongs to it follows as the next word.',
    fixes: [...fixes, ...refusal.without()],
  };
}

/** An option that says nothing, or that another forbids. */
function takeOut(title: string, words: string): Rule['advise'] {
  return (_, refusal) => ({ title, words, fixes: refusal.without() });
}

/** Options of a document by name. */
function named({ doc }: Refusal, ...names: string[]): DocumentOption[] {
  return doc.options.filter(({ name }) => names.includes(name));
}

function withoutNamed(doc: MachineDocument, names: readonly string[]): MachineDocument {
  return { ...doc, options: doc.options.filter(({ name }) => !names.includes(name)) };
}

/** Takes every option of some names out. */
function withoutAll(refusal: Refusal, label: string, words: string, ...names: string[]): Fix[] {
  if (named(refusal, ...names).length === 0) return [];
  return [{ label, words, doc: withoutNamed(refusal.doc, names), ...refusal.anew }];
}

/** RAM that cannot be had, or that is not said in full. */
function memory(_: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const backend = refusal.doc.options.find(
    (option) =>
      option.name === 'object' &&
      entryOf(option, 'qom-type')?.startsWith('memory-backend') === true &&
      (option === refusal.option || refusal.reason.includes(`'${entryOf(option, 'id') ?? ''}'`)),
  );
  const back: Fix[] = backend
    ? [
        {
          label: 'Make it 64 MiB',
          words: 'That much a page can have.',
          doc: changeOption(refusal.doc, backend.key, { size: '64M' }),
          ...refusal.anew,
        },
      ]
    : [];
  const fixes = [
    ...back,
    ...named(refusal, 'm')
      .slice(-1)
      .map(
        ({ key }): Fix => ({
          label: 'Take 128 MiB',
          words: 'That is what QEMU takes by itself.',
          doc: changeOption(refusal.doc, key, {
            size: '128M',
            slots: undefined,
            maxmem: undefined,
          }),
          ...refusal.anew,
        }),
      ),
    ...withoutAll(refusal, 'Leave out -m', 'The machine has 128 MiB.', 'm'),
  ];
  if (fixes.length === 0) return undefined;
  return {
    title: 'That memory cannot be had',
    words:
      "Guest memory is memory of this page's. A few hundred MiB are there, and a virtio driver needs a few KiB of them.",
    fixes,
  };
}

function slotsWithoutRoom(_: RegExpExecArray, refusal: Refusal): Advice {
  const [option] = named(refusal, 'm').slice(-1);
  const spot = option && { option, key: 'slots', value: entryOf(option, 'slots') ?? '' };
  return {
    title: 'slots belongs to maxmem',
    words:
      'slots says how many memory devices may come, maxmem how far memory may grow with them; one is nothing without the other.',
    fixes: [
      ...(spot ? leaveOut(refusal, spot, 'Memory stays as large as it is.') : []),
      ...(option
        ? [
            {
              label: 'Say how far memory may grow',
              words: 'maxmem= keeps addresses free for memory devices.',
              doc: withMemoryRoom(refusal.doc),
              ...refusal.anew,
            },
          ]
        : []),
    ],
  };
}

function growth(_: RegExpExecArray, refusal: Refusal): Advice | undefined {
  const [option] = named(refusal, 'm').slice(-1);
  if (!option) return undefined;
  const plain = changeOption(refusal.doc, option.key, { maxmem: undefined, slots: undefined });
  return {
    title: 'Memory cannot grow to less than it is',
    words:
      'maxmem is the memory of the start and all that may come later, so it is the larger one.',
    fixes: [
      {
        label: 'Leave out maxmem',
        words: 'Memory stays as large as it is.',
        doc: plain,
        ...refusal.anew,
      },
      {
        label: 'Make maxmem large enough',
        words: '4 GiB more than at the start.',
        doc: withMemoryRoom(plain),
        ...refusal.anew,
      },
    ],
  };
}

function processors([, , most]: RegExpExecArray, refusal: Refusal): Advice {
  const [option] = named(refusal, 'smp').slice(-1);
  const spot = option && { option, key: 'cpus', value: entryOf(option, 'cpus') ?? '' };
  return {
    title: 'That many processors cannot be',
    words: `cpus is how many there are; sockets, dies, clusters, cores and threads multiply to it.${most === undefined ? '' : ` This machine has ${most} at most.`}`,
    fixes: [
      ...(spot && most !== undefined
        ? [
            {
              label: `Take ${most}`,
              words: 'As many as the machine can have.',
              doc: {
                ...refusal.doc,
                options: refusal.doc.options.map((other) =>
                  other.key === option.key ? { ...other, argument: most } : other,
                ),
              },
              ...refusal.anew,
            },
          ]
        : []),
      ...withoutAll(refusal, 'Leave out -smp', 'The machine has one processor.', 'smp'),
    ],
  };
}

function processorType(_: RegExpExecArray, refusal: Refusal): Advice {
  const [option] = named(refusal, 'cpu').slice(-1);
  return {
    title: 'That processor cannot be had',
    words:
      "Guest code does not run on a processor here: your script plays the driver. Which model there is shows in info qom-tree alone, and 'host' is a matter of KVM.",
    fixes: [
      ...(option && archOf(refusal.doc) !== 'riscv64'
        ? [
            {
              label: 'Use -cpu max',
              words: 'The processor with all that QEMU can do.',
              doc: {
                ...refusal.doc,
                options: refusal.doc.options.map((other) =>
                  other.key === option.key ? { ...other, argument: 'max' } : other,
                ),
              },
              ...refusal.anew,
            },
          ]
        : []),
      ...withoutAll(refusal, 'Leave out -cpu', 'The board takes its usual processor.', 'cpu'),
    ],
  };
}

/** KVM and the like, which a page has not. */
function accelerator(_: RegExpExecArray, refusal: Refusal): Advice {
  const plain = withMachineEntry(
    withoutNamed(refusal.doc, ['accel', 'enable-kvm']),
    'accel',
    undefined,
  );
  return {
    title: 'That accelerator is not here',
    words:
      "KVM and its like run guest code on the host's processor. Without one, QEMU translates (tcg); to a virtio device it is all the same.",
    fixes: [
      {
        label: 'Leave the accelerator out',
        words: 'QEMU takes tcg.',
        doc: plain,
        ...refusal.anew,
      },
      {
        label: 'Use -accel tcg',
        words: 'QEMU translates guest code.',
        doc: withMachineEntry(plain, 'accel', 'tcg'),
        ...refusal.anew,
      },
    ],
  };
}

/** A kernel, firmware or device tree from a file that is not here. */
function bootFile(_: RegExpExecArray, refusal: Refusal): Advice {
  const names = ['kernel', 'initrd', 'append', 'dtb'];
  const boots = named(refusal, ...names).length > 0;
  return {
    title: 'No guest boots from a file here',
    words:
      'The guest is your script: it starts where a driver would be called, so kernel, firmware and device tree have nothing to do.',
    fixes: [
      ...(boots
        ? withoutAll(refusal, 'Leave them out', 'The machine is built without.', ...names, 'bios')
        : withoutAll(refusal, 'Leave it out', 'The machine is built without.', 'bios', 'pflash')),
      ...refusal.without(),
    ],
  };
}

/** `-set device.a.x=1` of what is not there. */
function setNothing([, group = '', id = '']: RegExpExecArray, refusal: Refusal): Advice {
  const { option } = refusal;
  const ids = refusal.doc.options
    .filter(({ name }) => name === group)
    .flatMap((one) => entryOf(one, 'id') ?? []);
  const near = nearest(id, ids, 1);
  const at = option ? refusal.doc.options.indexOf(option) : -1;
  const later = refusal.doc.options.some(
    (one, i) => i > at && one.name === group && entryOf(one, 'id') === id,
  );
  return {
    title: later ? '-set comes too early' : `There is no ${group} ${quote(id)}`,
    words: '-set changes an option that stands before it on the line and has that id.',
    fixes: [
      ...(later && option
        ? [
            {
              label: 'Put it last',
              words: 'What it changes stands before it then.',
              doc: {
                ...refusal.doc,
                options: [...refusal.doc.options.filter((one) => one !== option), option],
              },
              ...refusal.anew,
            },
          ]
        : []),
      ...(option
        ? near.map(
            (other): Fix => ({
              label: `Set it on ${quote(other)}`,
              words: `The line has ${quote(other)}.`,
              doc: {
                ...refusal.doc,
                options: refusal.doc.options.map((one) =>
                  one === option
                    ? { ...one, argument: one.argument?.replace(`.${id}.`, `.${other}.`) }
                    : one,
                ),
              },
              ...refusal.anew,
            }),
          )
        : []),
      ...refusal.without(),
    ],
  };
}

/** A value of the machine's own that this board does not have. */
function ofMachine(key: string, value: string, words: string): Rule['advise'] {
  return (_, refusal) => {
    const spot = machineSpot(refusal, key);
    return {
      title: `${key} cannot be so on this machine`,
      words,
      fixes: spot
        ? [...write(refusal, spot, value, 'The board takes it.'), ...leaveOut(refusal, spot)]
        : refusal.without(),
    };
  };
}

/** What options that are rarely given are for. */
const ABOUT: Readonly<Record<string, string>> = {
  audiodev: 'where sound goes on the host',
  blockdev: 'one node of the bytes behind a disk',
  boot: 'from what firmware boots: a for floppy, c for disk, d for CD, n for network',
  display: 'the window on the host',
  drive: 'the bytes behind a disk',
  fw_cfg: 'what firmware is told',
  icount: 'how time goes by for the guest',
  mon: 'a monitor on a chardev',
  monitor: 'where the monitor is',
  net: 'a network of the old kind: a hub that everything is on',
  nic: 'a network card of the board and its network',
  numa: 'which memory is near which processor',
  object: 'a back end or helper of its own',
  parallel: 'what is behind the parallel ports of the board',
  qmp: 'where management software talks to QEMU',
  rtc: "the guest's clock",
  serial: 'what is behind the serial ports of the board',
  smbios: 'what firmware tells of the machine',
  tpmdev: 'what is behind a TPM',
  uuid: 'a number that names the machine',
  vga: 'the graphics card of the board: none, std, cirrus, virtio',
  vnc: 'a display over the network',
  watchdog: 'a watchdog of the board',
};

/** An option of the line that no rule knows more of. */
export const OPTION_RULE: Rule = {
  match: /^.*$/s,
  advise: (_, refusal) => {
    const name = refusal.option?.name ?? '';
    const about = Object.hasOwn(ABOUT, name) ? ABOUT[name] : undefined;
    if (about === undefined) return undefined;
    return {
      title: `This -${name} cannot be`,
      words: `-${name} says ${about}. The machine stands without it as well.`,
      fixes: refusal.without(),
    };
  },
};

/** A line that asks for words: there is no machine to build then, only an answer. */
export const QUESTION_RULE: Rule = {
  match: /^.*$/s,
  advise: (_, refusal) => {
    const { message } = refusal.facts;
    if (/^qemu(?:-system-\w+)?: /m.test(message)) return undefined;
    const asking = refusal.doc.options.filter(
      ({ name, argument = '' }) =>
        OPTIONS.get(name)?.fate === 'question' || /(?:^|,)(?:help|\?)(?:[,=]|$)/.test(argument),
    );
    if (asking.length === 0 || refusal.facts.hot) return undefined;
    const gone = new Set(asking.map(({ key }) => key));
    return {
      title: 'The line asks a question',
      words:
        'With help in it, QEMU prints an answer and ends, so there is no machine. The monitor below answers the same.',
      fixes: [
        {
          label: 'Take the question out',
          words: 'The machine is built from the rest of the line.',
          doc: { ...refusal.doc, options: refusal.doc.options.filter(({ key }) => !gone.has(key)) },
          ...refusal.anew,
        },
      ],
    };
  },
};

/** Refusals about the line as a whole: programs, machines, memory, processors, options. */
export const LINE_RULES: readonly Rule[] = [
  { match: /^unsupported machine type/, advise: unknownMachine },
  { match: /^machines of type '.*' are not modelled yet$/, advise: unknownMachine },
  { match: /^machines of architecture .* are not modelled/, advise: unknownProgram },
  { match: /^No machine specified/, advise: unknownMachine },
  { match: /^invalid option$/, advise: unknownOption },
  {
    match: /^requires an argument$/,
    advise: takeOut('The option wants a word', 'What it is about follows as the next word.'),
  },
  {
    match: /^Option not supported for this target$/,
    advise: takeOut('Another program has this option', 'Some options belong to one architecture.'),
  },
  {
    match: /^cannot set up guest memory|^property 'size' of memory-backend|^ram size must be/,
    advise: memory,
  },
  { match: /^invalid value of maxmem|^maximum memory size/, advise: growth },
  { match: /^slots specified but no max-size/, advise: slotsWithoutRoom },
  { match: /^Parameter 'smp\./, advise: processors },
  { match: /^(Invalid SMP CPUs)(?:.* is (\d+))?/, advise: processors },
  {
    match: /^Invalid CPU topology|not supported by this machine's CPU topology|more than 1 threads/,
    advise: processors,
  },
  {
    match: /^unable to find CPU model|^CPU model 'host' requires|CPU type .* not supported/,
    advise: processorType,
  },
  { match: /accelerator|^The -accel and|requires KVM|^gic-version=host/, advise: accelerator },
  {
    match: /^Invalid gic-version value/,
    advise: ofMachine('gic-version', '3', 'There are 2, 3 and max.'),
  },
  {
    match: /^Invalid iommu value/,
    advise: ofMachine('iommu', 'smmuv3', 'There are none and smmuv3.'),
  },
  {
    match:
      /(?:could not (?:open|load)(?: .*)? (?:kernel|PC BIOS|initrd|initial ram disk|ROM|firmware)|only allowed with -kernel option|the -kernel parameter is not supported|[Cc]ould not (?:find|load|open) .*(?:bios|BIOS|firmware|dtb|device tree))/,
    advise: bootFile,
  },
  { match: /^there is no (\w+) "(.*)" defined$/, advise: setNothing },
  {
    match: /^(?:There is no option group|can't parse: |-set is not supported with)/,
    advise: takeOut(
      '-set does not find what it should change',
      '-set GROUP.ID.KEY=VALUE changes a key of an option that has an id: -set device.disk0.serial=A1.',
    ),
  },
  {
    match: /^options 'driver', 'property', and 'value' are required$/,
    advise: takeOut(
      '-global says too little',
      '-global TYPE.PROPERTY=VALUE sets a property on every device of a type.',
    ),
  },
  {
    match: /^Invalid parameter '/,
    advise: (found, refusal) =>
      refusal.option?.name === 'global'
        ? takeOut(
            '-global says too little',
            '-global TYPE.PROPERTY=VALUE sets a property on every device of a type.',
          )(found, refusal)
        : undefined,
  },
  {
    match: /^Only one balloon device is supported$/,
    advise: takeOut(
      'A machine has one balloon',
      'The balloon takes memory from the guest and gives it back; two of them would fight.',
    ),
  },
  {
    match:
      /^QEMU does not support multiple vIOMMUs|^Check your machine implements a hotplug handler for the virtio-iommu|^VIRTIO-IOMMU is not attached to any PCI bus!/,
    advise: takeOut(
      'An IOMMU belongs to a PCI bus',
      'It translates for the PCI devices of a machine, so there is one, and it needs a PCI bus to sit on.',
    ),
  },
  {
    match: /^SCLP event initialization failed/,
    advise: takeOut(
      'That console cannot be had',
      'Consoles of a mainframe sit on SCLP, which takes one of each kind.',
    ),
  },
  {
    match: /^too many NICs|^no more on-board|^Unsupported NIC model/,
    advise: takeOut(
      'The board has no place for this network card',
      '-nic and -net nic plug cards that the board has places for. -netdev and -device plug as many as there are slots.',
    ),
  },
];
