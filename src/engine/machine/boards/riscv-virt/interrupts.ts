import { ConfigError } from '../../../qom/errors.ts';
import type { BuildSite } from '../board.ts';
import { solder } from '../solder.ts';
import { isOn } from '../switches.ts';

/** The core-local interrupts: `riscv.aclint.swi`, and behind it the timer. */
const CLINT = { base: 0x200_0000, software: 0x4000 };
const SUPERVISOR_SOFTWARE = 0x2f0_0000;
/** The platform's controller; the advanced one has a second window, for supervisors. */
const PLATFORM = { machine: 0xc00_0000, supervisor: 0xd00_0000 };
/** Where messages to harts are received, a page a hart and guest. */
const MESSAGES = { machine: 0x2400_0000, supervisor: 0x2800_0000 };
const PAGE = 0x1000;
const TIMEBASE = 10_000_000;
const PLIC_SOURCES = 96;
/** Inputs of the advanced controller: number 0 is none. */
const APLIC_INPUTS = 97;
/** Messages that a hart tells apart. */
const MESSAGE_COUNT = 256;
const PRIORITY_MASK = 7;
const MOST_GUESTS = 7;

/** Models of harts that have no supervisor mode. */
const MACHINE_ONLY = ['any', 'sifive-e51'];

const KINDS = ['none', 'aplic', 'aplic-imsic'];

/** The advanced interrupt architecture that the options ask for. Throws ConfigError. */
function interruptChoice(options: ReadonlyMap<string, string>): { kind: string; guests: number } {
  const kind = options.get('aia') ?? 'none';
  if (!KINDS.includes(kind))
    throw new ConfigError(
      'Invalid AIA interrupt controller type\nValid values are none, aplic, and aplic-imsic.',
    );
  const guests = Number.parseInt(options.get('aia-guests') ?? '0', 10) || 0;
  if (guests < 0 || guests > MOST_GUESTS)
    throw new ConfigError(
      `Invalid number of AIA IMSIC guests\nValid values be between 0 and ${MOST_GUESTS}.`,
    );
  return { kind, guests };
}

/** Adds the controllers of the harts' own interrupts and of the devices', in QEMU's order. Throws ConfigError. */
export function addInterruptControllers(site: BuildSite): void {
  const { kind, guests } = interruptChoice(site.options);
  const messages = kind === 'aplic-imsic';
  addLocal(site, messages);
  if (messages) {
    addReceivers(site, true, 0);
    addReceivers(site, false, guests);
  }
  if (kind === 'none') addPlic(site);
  else for (const machineMode of [true, false]) addAplic(site, machineMode, messages);
}

function addLocal(site: BuildSite, messages: boolean): void {
  const harts = { 'num-harts': site.cpus };
  const timer = { ...harts, 'timebase-freq': TIMEBASE };
  const aclint = isOn(site.options, 'aclint', false);
  // Messages take the place of software interrupts.
  if (aclint && messages) {
    solder(site, 'riscv.aclint.mtimer', { values: timer, at: [CLINT.base] });
    return;
  }
  solder(site, 'riscv.aclint.swi', { values: harts, at: [CLINT.base] });
  solder(site, 'riscv.aclint.mtimer', { values: timer, at: [CLINT.base + CLINT.software] });
  if (aclint)
    solder(site, 'riscv.aclint.swi', {
      values: { ...harts, sswi: 1 },
      at: [SUPERVISOR_SOFTWARE],
    });
}

function addPlic(site: BuildSite): void {
  const levels = MACHINE_ONLY.includes(site.cpu) ? 'M' : 'MS';
  solder(site, 'riscv.sifive.plic', {
    values: {
      'hart-config': Array.from({ length: site.cpus }, () => levels).join(','),
      'num-sources': PLIC_SOURCES,
      'num-priorities': 7,
      'priority-base': 4,
      'pending-base': 0x1000,
      'enable-base': 0x2000,
      'enable-stride': 0x80,
      'context-base': 0x20_0000,
      'context-stride': 0x1000,
      'aperture-size': 0x60_0000,
    },
    at: [PLATFORM.machine],
  });
}

function addAplic(site: BuildSite, machineMode: boolean, messages: boolean): void {
  solder(site, 'riscv.aplic', {
    values: {
      'aperture-size': 0x8000,
      'num-harts': messages ? 0 : site.cpus,
      'iprio-mask': PRIORITY_MASK,
      'num-irqs': APLIC_INPUTS,
      msimode: messages,
      mmode: machineMode,
    },
    at: [machineMode ? PLATFORM.machine : PLATFORM.supervisor],
  });
}

/** A receiver of messages for each hart, with a page for each of its guests. */
function addReceivers(site: BuildSite, machineMode: boolean, guests: number): void {
  const stride = PAGE * 2 ** Math.ceil(Math.log2(guests + 1));
  const base = machineMode ? MESSAGES.machine : MESSAGES.supervisor;
  for (let hart = 0; hart < site.cpus; hart++)
    solder(site, 'riscv.imsic', {
      values: {
        mmode: machineMode,
        hartid: hart,
        'num-pages': guests + 1,
        'num-irqs': MESSAGE_COUNT,
      },
      at: [base + hart * stride],
    });
}
