import { AddressSpace } from '../../../../memory/address-space.ts';
import { MemoryRegion } from '../../../../memory/memory-region.ts';
import { ConfigError } from '../../../qom/errors.ts';
import type { BuildSite } from '../board.ts';
import { solder } from '../solder.ts';

/** Guest-physical addresses of the interrupt controller's parts. */
const DISTRIBUTOR = 0x0800_0000;
const CPU_INTERFACE = 0x0801_0000;
const MSI_FRAME = 0x0802_0000;
const HYPERVISOR_INTERFACE = 0x0803_0000;
const GUEST_INTERFACE = 0x0804_0000;
const ITS = 0x0808_0000;
const ITS_TRANSLATER = 0x0809_0000;
/** Redistributors of the first CPUs, and bytes that they may take; of the others. */
const REDISTRIBUTORS = { base: 0x080a_0000, size: 0x00f6_0000 };
const HIGH_REDISTRIBUTORS = 0x40_0000_0000;
/** Interrupts of devices: 256, and a CPU's own 32. */
const INTERRUPTS = 288;
/** First interrupt that a message can raise. */
const FIRST_MSI = 48;

/** What the interrupt controller is to be. */
export interface GicChoice {
  readonly version: 2 | 3 | 4;
  /** For hypervisors. */
  readonly virtualization: boolean;
  /** With a secure world. */
  readonly secure: boolean;
  /** Whether version 3 and later get a translation service for messages. */
  readonly its: boolean;
}

/** Version of the interrupt controller that the options ask for. Throws ConfigError. */
export function gicVersion(
  options: ReadonlyMap<string, string>,
  virtualization: boolean,
): 2 | 3 | 4 {
  const wanted = options.get('gic-version');
  switch (wanted) {
    case undefined:
    case '2':
      return 2;
    case '3':
      return 3;
    case 'max':
      return virtualization ? 4 : 3;
    case '4':
      if (!virtualization) throw new ConfigError('gic-version=4 requires virtualization enabled');
      return 4;
    case 'host':
      throw new ConfigError('gic-version=host requires KVM');
    default:
      throw new ConfigError('Invalid gic-version value\nValid values are 3, 2, host, max.');
  }
}

/** Most CPUs that an interrupt controller of a version serves. */
export function maxCpus(version: 2 | 3 | 4): number {
  return version === 2 ? 8 : 512;
}

/** First and last address by which devices raise interrupts, or undefined where messages raise none. */
export function messageAddresses({
  version,
  its,
}: GicChoice): readonly [number, number] | undefined {
  if (version === 2) return [MSI_FRAME, MSI_FRAME + 0xfff];
  return its ? [ITS_TRANSLATER, ITS_TRANSLATER + 0xffff] : undefined;
}

/** Address of the frame whose registers turn messages into interrupts; undefined where something else does, or nothing. */
export function messageFrame({ version }: GicChoice): number | undefined {
  return version === 2 ? MSI_FRAME : undefined;
}

/** Adds the interrupt controller, and what turns messages into interrupts. */
export function addGic(site: BuildSite, choice: GicChoice): void {
  const { version, its } = choice;
  if (version === 2) {
    addGicV2(site, choice);
    return;
  }
  const gic = solder(site, 'arm-gicv3', {
    values: {
      'num-cpu': site.cpus,
      'num-irq': INTERRUPTS,
      revision: version,
      'has-lpi': true,
      'has-security-extensions': choice.secure,
      'len-redist-region-count': redistributors(site.cpus, version).length,
    },
    at: [DISTRIBUTOR],
  });
  for (const [index, { base, size }] of redistributors(site.cpus, version).entries()) {
    gic.addMmio(MemoryRegion.io(`gicv3_redist_region[${index}]`, size));
    gic.mapMmio(index + 1, base);
  }
  // By which the redistributors would read tables of message interrupts.
  const { context } = site;
  context.addressSpaces.add(new AddressSpace('gicv3-its-sysmem', context.memory.root));
  if (its) solder(site, 'arm-gicv3-its', { at: [ITS] });
}

function addGicV2(site: BuildSite, { virtualization, secure }: GicChoice): void {
  solder(site, 'arm_gic', {
    values: {
      'num-cpu': site.cpus,
      'num-irq': INTERRUPTS,
      revision: 2,
      'has-security-extensions': secure,
      'has-virtualization-extensions': virtualization,
    },
    at: [
      DISTRIBUTOR,
      CPU_INTERFACE,
      ...(virtualization ? [HYPERVISOR_INTERFACE, GUEST_INTERFACE] : []),
    ],
  });
  solder(site, 'arm-gicv2m', { values: { 'base-spi': FIRST_MSI }, at: [MSI_FRAME] });
}

/** Where the redistributors lie: in one piece as far as they fit, the others high above. */
function redistributors(cpus: number, version: 3 | 4): { base: number; size: number }[] {
  const each = version === 3 ? 0x2_0000 : 0x4_0000;
  const first = Math.min(cpus, Math.floor(REDISTRIBUTORS.size / each));
  const pieces = [{ base: REDISTRIBUTORS.base, size: first * each }];
  if (cpus > first) pieces.push({ base: HIGH_REDISTRIBUTORS, size: (cpus - first) * each });
  return pieces;
}
