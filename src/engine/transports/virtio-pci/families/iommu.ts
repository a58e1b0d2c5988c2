import { ConfigError, RealizeError } from '../../../qom/errors.ts';
import { custom, u32 } from '../../../qom/property.ts';
import type { VirtioPci } from '../virtio-pci.ts';
import type { Family } from './family.ts';

const OTHER_CLASS = 0x00ff;
const COUNT = 'len-reserved-regions';
/** Kind of a reserved region that carries interrupt messages (VIRTIO 1.4 §5.13.6.7). */
const MESSAGES = 1;

/** How many ranges of addresses the IOMMU leaves alone. */
const regionCount = custom<number>({
  type: 'uint32',
  default: 0,
  hasDefault: true,
  parse: (text, context) => u32(0).parse(text, context),
  print: (count) => u32(0).print(count),
});

/** First and last address, and what lies there, as text. */
const reservedRegion = custom<string>({
  type: 'reserved_region',
  default: '',
  parse: (text) => text,
  print: (text) => text,
});

/**
 * Tells an IOMMU, before it is realized, which range of addresses carries interrupt messages (first
 * and last address). Throws ConfigError where the user declared ranges: they can be set only once.
 */
export function reserveMessages(
  transport: VirtioPci,
  range: readonly [number, number] | undefined,
): void {
  if (!range) return;
  if (transport.values[COUNT] !== 0)
    throw new ConfigError(`array size property ${COUNT} may not be set more than once`);
  transport.values[COUNT] = 1;
  const [first, last] = range.map((address) => `0x${address.toString(16)}`);
  transport.addProperty('reserved-regions[0]', reservedRegion, `${first}:${last}:${MESSAGES}`);
}

function attach(transport: VirtioPci): void {
  const { context, pciBus, vdev } = transport;
  if (!context.handlerOf(transport))
    throw new RealizeError(
      `Check your machine implements a hotplug handler for the ${transport.type.name} device`,
    );
  if (pciBus.bridge || pciBus.expander)
    throw new RealizeError(`${transport.type.name} must be plugged on the root bus`);
  vdev.values['primary-bus'] = pciBus;
}

/** The IOMMU. */
export const IOMMU_FAMILIES: readonly Family[] = [
  {
    name: 'virtio-iommu-pci',
    aliases: ['virtio-iommu'],
    deviceType: 'virtio-iommu-device',
    pciId: 0,
    classCode: OTHER_CLASS,
    modernOnly: true,
    hotpluggable: false,
    properties: { class: u32(0), [COUNT]: regionCount },
    variants: 'single',
    prepare: attach,
  },
];
