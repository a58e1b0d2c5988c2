import { REGION_INDEX, registerOf } from './regions.ts';
import type { RegisterMap } from './registers.ts';
import { VIRTIO_MMIO } from './virtio-mmio.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_LEGACY } from './virtio-pci.ts';

/** Registers that mean another thing for each value of a selector, by selector. */
type Selected<M extends RegisterMap> = Readonly<Partial<Record<keyof M, readonly (keyof M)[]>>>;

function offsets<M extends RegisterMap>(
  map: M,
  selected: Selected<M>,
): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const [selector, names] of Object.entries(selected))
    for (const name of names as readonly string[])
      found.set(map[name]?.offset ?? 0, map[selector]?.offset ?? 0);
  return found;
}

/** Offset of the selector by offset of the register, by region. */
const SELECTORS: ReadonlyMap<number, ReadonlyMap<number, number>> = new Map([
  [
    REGION_INDEX['virtio-pci-common'],
    offsets(VIRTIO_PCI_COMMON, {
      device_feature_select: ['device_feature'],
      driver_feature_select: ['driver_feature'],
      queue_select: [
        'queue_size',
        'queue_msix_vector',
        'queue_enable',
        'queue_notify_off',
        'queue_desc_lo',
        'queue_desc_hi',
        'queue_driver_lo',
        'queue_driver_hi',
        'queue_device_lo',
        'queue_device_hi',
        'queue_notif_config_data',
        'queue_reset',
      ],
    }),
  ],
  [
    REGION_INDEX['virtio-pci-legacy'],
    offsets(VIRTIO_PCI_LEGACY, { queue_select: ['queue_address', 'queue_size'] }),
  ],
  [
    REGION_INDEX['virtio-mmio'],
    offsets(VIRTIO_MMIO, {
      DeviceFeaturesSel: ['DeviceFeatures'],
      DriverFeaturesSel: ['DriverFeatures'],
      SHMSel: ['SHMLenLow', 'SHMLenHigh', 'SHMBaseLow', 'SHMBaseHigh'],
      QueueSel: [
        'QueueNumMax',
        'QueueNum',
        'QueueReady',
        'QueueDescLow',
        'QueueDescHigh',
        'QueueDriverLow',
        'QueueDriverHigh',
        'QueueDeviceLow',
        'QueueDeviceHigh',
        'QueueReset',
        'QueueAlign',
        'QueuePFN',
      ],
    }),
  ],
]);

/**
 * Offset of the register that chooses which queue, half of the features or shared memory the register at `offset`
 * of region `index` is about; undefined where none does.
 */
export function selectorOf(index: number, offset: number): number | undefined {
  return SELECTORS.get(index)?.get(offset);
}

/** What a selector's value chooses, in words: `queue 1`, `bits 32 to 63`. */
export function selectedText(index: number, offset: number, selected: number): string {
  const selector = selectorOf(index, offset);
  const name = selector === undefined ? undefined : registerOf(index, selector)?.name;
  if (name?.toLowerCase().includes('feature'))
    return `bits ${32 * selected} to ${32 * selected + 31}`;
  return `${name === 'SHMSel' ? 'region' : 'queue'} ${selected}`;
}
