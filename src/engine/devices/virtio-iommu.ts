import { AddressSpace } from '../../memory/address-space.ts';
import { MemoryRegion, WHOLE } from '../../memory/memory-region.ts';
import {
  VIRTIO_IOMMU_F as F,
  VIRTIO_IOMMU_CONFIG,
  VIRTIO_IOMMU_CONFIG_BYTES,
} from '../../spec/iommu.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import type { Bus } from '../qdev/bus.ts';
import { addRegion } from '../qdev/regions.ts';
import { bool, link } from '../qom/property.ts';
import type { TypeInfo } from '../qom/type.ts';
import { packConfig } from '../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../virtio/virtio-device.ts';

const QUEUE_SIZE = 256;
/** Every page size from 4 KiB on. */
const PAGE_SIZES = 2n ** 64n - 4096n;
const PROBE_BYTES = 512;
const NAME = 'virtio-iommu-memory-region';

const PROPERTIES = {
  'boot-bypass': bool(true),
  'primary-bus': link<IommuBus>('PCI'),
} as const;

const FEATURES = [
  F.VIRTIO_IOMMU_F_INPUT_RANGE,
  F.VIRTIO_IOMMU_F_DOMAIN_RANGE,
  F.VIRTIO_IOMMU_F_MAP_UNMAP,
  F.VIRTIO_IOMMU_F_PROBE,
  F.VIRTIO_IOMMU_F_MMIO,
  F.VIRTIO_IOMMU_F_BYPASS_CONFIG,
] as const;

/** Who asks for memory: a place on a bus. */
interface Endpoint {
  readonly bus: Bus;
  readonly devfn: number;
}

/** A root bus whose masters can be put behind an IOMMU. */
export interface IommuBus extends Bus {
  iommu: ((device: never, endpoint: Endpoint) => MemoryRegion) | undefined;
}

/** IOMMU: gives each function on a PCI root bus addresses of its own (VIRTIO 1.4 §5.13). */
class VirtioIommu extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.IOMMU;
  readonly deviceName = 'virtio-iommu';
  /** Whether endpoints without a domain reach memory; written by the driver. */
  #bypass = true;
  /** What each endpoint sees, by bus and place. */
  readonly #views = new Map<Bus, Map<number, MemoryRegion>>();
  #made = 0;

  override get configSize(): number {
    return VIRTIO_IOMMU_CONFIG_BYTES;
  }

  protected override realizeDevice(): void {
    const bus = this.props['primary-bus'];
    if (!bus) this.fail('VIRTIO-IOMMU is not attached to any PCI bus!');
    this.#bypass = this.props['boot-bypass'];
    this.addQueue('requestq', QUEUE_SIZE, this.unprocessed);
    this.addQueue('eventq', QUEUE_SIZE, this.unprocessed);
    bus.iommu = (_device, endpoint) => this.#viewOf(endpoint);
  }

  override unrealize(): void {
    super.unrealize();
    const bus = this.props['primary-bus'];
    if (bus) bus.iommu = undefined;
  }

  /** What an endpoint sees: all memory while it bypasses the device, else what is mapped for it. */
  #viewOf({ bus, devfn }: Endpoint): MemoryRegion {
    const views = this.#views.get(bus) ?? new Map<number, MemoryRegion>();
    this.#views.set(bus, views);
    const known = views.get(devfn);
    if (known) return known;
    const { root: memory } = this.context.memory;
    const name = `${NAME}-${this.#made++}-${devfn}`;
    const root = addRegion(this, MemoryRegion.container(name));
    const direct = addRegion(
      this,
      MemoryRegion.alias('system', memory, 0, WHOLE, { enabled: this.#bypass }),
    );
    const mapped = addRegion(
      this,
      MemoryRegion.memory('iommu', name, WHOLE, { enabled: !this.#bypass }),
      NAME,
    );
    root.addSubregion(0, mapped);
    root.addSubregion(0, direct);
    this.context.addressSpaces.add(new AddressSpace(this.type.name, root));
    views.set(devfn, root);
    return root;
  }

  protected override offerFeatures(common: bigint): bigint {
    return FEATURES.reduce((features, feature) => features | featureMask(feature), common);
  }

  override readConfig(): Uint8Array {
    return packConfig(
      VIRTIO_IOMMU_CONFIG,
      {
        page_size_mask: PAGE_SIZES,
        input_range_end: 2n ** 64n - 1n,
        domain_range_end: 2 ** 32 - 1,
        probe_size: PROBE_BYTES,
        bypass: this.#bypass ? 1 : 0,
      },
      this.configSize,
    );
  }

  override writeConfig(config: Uint8Array): void {
    const value = config[VIRTIO_IOMMU_CONFIG.bypass.offset] ?? 0;
    if (value !== 0 && value !== 1) {
      this.context.report(
        `virtio_iommu_set_config: invalid value written to bypass field: ${value}`,
      );
      return;
    }
    if (!this.accepted(F.VIRTIO_IOMMU_F_BYPASS_CONFIG)) return;
    this.#setBypass(value === 1);
  }

  #setBypass(bypass: boolean): void {
    if (bypass === this.#bypass) return;
    this.#bypass = bypass;
    for (const views of this.#views.values())
      for (const { subregions } of views.values())
        for (const region of subregions) region.setEnabled((region.kind === 'alias') === bypass);
  }
}

/** The type of the IOMMU. */
export const VIRTIO_IOMMU_TYPE: TypeInfo = {
  name: 'virtio-iommu-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioIommu(init),
};
