import { hex } from '../../base/bits.ts';
import { REGION_INDEX, REGIONS, registerOf } from '../../spec/regions.ts';
import type { Register } from '../../spec/registers.ts';
import { type VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import type { VIRTIO_PCI_COMMON, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import { registerKey } from '../fold/moment.ts';
import { SPACES } from '../schema.ts';
import { MMIO_SAYS } from './mmio-registers.ts';
import {
  deviceName,
  type Narration,
  type Target,
  type Teller,
  type Telling,
} from './narration-types.ts';
import { tellConfigSpace, tellEcam, tellPorts } from './pci.ts';
import { COMMON_SAYS, LEGACY_SAYS, sayVector } from './pci-registers.ts';
import {
  type Access,
  arrow,
  config,
  doorbell,
  isr,
  type Said,
  type Say,
} from './register-words.ts';
import { address, count } from './words.ts';

const plain: Say = (access) => ({
  title: arrow(access),
  text: `${access.register.doc}.`,
  ...sourceOf(access.telling.event.region),
});

/** How accesses to each region are told; of other regions, the line in the table. */
const REGION_SAYS: ReadonlyMap<number, (access: Access) => Said> = new Map([
  [
    REGION_INDEX['virtio-pci-common'],
    (access: Access) =>
      (COMMON_SAYS[access.name as keyof typeof VIRTIO_PCI_COMMON] ?? plain)(access),
  ],
  [REGION_INDEX['virtio-pci-isr'], isr],
  [REGION_INDEX['virtio-pci-notify'], doorbell],
  [REGION_INDEX['virtio-pci-device'], config],
  [
    REGION_INDEX['virtio-mmio'],
    (access: Access) =>
      access.register.offset >= VIRTIO_MMIO_CONFIG
        ? config(access)
        : (MMIO_SAYS[access.name as keyof typeof VIRTIO_MMIO] ?? plain)(access),
  ],
  [
    REGION_INDEX['virtio-pci-legacy'],
    (access: Access) =>
      (LEGACY_SAYS[access.name as keyof typeof VIRTIO_PCI_LEGACY] ?? plain)(access),
  ],
]);

/** A bus read that left the guest. */
export const tellRead: Teller<'regRead'> = (telling) => tell(telling, false);

/** A bus write that left the guest. */
export const tellWrite: Teller<'regWrite'> = (telling) => tell(telling, true);

function tell(telling: Telling<'regRead' | 'regWrite'>, write: boolean): Narration {
  const { event, before, names } = telling;
  const { dev, region, offset, value } = event;
  const at: Target = { dev, region, offset };
  if (region === REGION_INDEX['pci-config-ports']) return tellPorts(telling, write);
  if (region === REGION_INDEX['pci-config']) return tellConfigSpace(telling, write);
  if (region === REGION_INDEX['pci-ecam']) return tellEcam(telling, write);
  if (region === REGION_INDEX['msix-table']) {
    const { tone = 'driver', ...said } = sayVector(telling, write);
    return { ...said, tone, at };
  }
  const found = registerOf(region, offset, names.virtioId(dev));
  if (!found) return { ...unnamed(telling, write), tone: 'driver', at };
  const registers = before.devices.get(dev)?.registers;
  const seen = (register: Register) =>
    registers?.get(registerKey(region, register.offset))?.value ?? 0;
  const access = { telling, write, value, seen, ...found };
  const { queue, tone = 'driver', ...said } = (REGION_SAYS.get(region) ?? plain)(access);
  return { ...said, tone, at: queue === undefined ? at : { ...at, queue } };
}

/** An access to an address where no register has a name. */
function unnamed({ event, names }: Telling<'regRead' | 'regWrite'>, write: boolean): Said {
  const { addr, size, value, space, offset, dev } = event;
  const where = SPACES[space] === 'io' ? `port ${hex(addr, 4)}` : address(addr);
  const shown = hex(value, size * 2);
  const title = write ? `${where} ← ${shown}` : `${where} is ${shown}`;
  const name = regionName(event.region);
  if (!name) {
    const text = write
      ? `Writes ${count(size, 'byte')} to ${where}, where nothing listens.`
      : `Reads ${count(size, 'byte')} from ${where}, where nothing answers.`;
    return { title, text };
  }
  const place = `${hex(offset)} of ${name} of ${deviceName(names, dev)}`;
  const text = write
    ? `Writes ${count(size, 'byte')} at offset ${place}.`
    : `Reads ${count(size, 'byte')} at offset ${place}.`;
  return { title, text, ...sourceOf(event.region) };
}

function regionName(region: number): string | undefined {
  const info: { readonly name: string } | undefined = REGIONS[region];
  return info?.name;
}

/** The section that defines a region, as a narration carries it. */
export function sourceOf(region: number): { section?: string; document?: string } {
  const info: { readonly source: string } | undefined = REGIONS[region];
  const section = /^VIRTIO 1\.4 §(.+)$/.exec(info?.source ?? '')?.[1];
  if (section) return { section };
  return info ? { document: info.source } : {};
}
