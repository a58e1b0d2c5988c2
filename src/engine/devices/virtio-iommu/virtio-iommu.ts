import { AddressSpace } from '../../../memory/address-space.ts';
import { MemoryRegion, WHOLE } from '../../../memory/memory-region.ts';
import {
  VIRTIO_IOMMU_F as F,
  VIRTIO_IOMMU_S as S,
  VIRTIO_IOMMU_T as T,
  VIRTIO_IOMMU_BYTES,
  VIRTIO_IOMMU_CONFIG,
  VIRTIO_IOMMU_CONFIG_BYTES,
  VIRTIO_IOMMU_HEAD,
  VIRTIO_IOMMU_PROBE_RESV_MEM,
  VIRTIO_IOMMU_TAIL,
} from '../../../spec/iommu.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import type { Bus } from '../../qdev/bus.ts';
import { addRegion } from '../../qdev/regions.ts';
import { bool, link } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { Domains } from './domains.ts';

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
  readonly #domains = new Domains(
    (endpoint) => this.#viewAt(endpoint) !== undefined,
    () => this.#switchViews(),
  );
  #made = 0;

  override get configSize(): number {
    return VIRTIO_IOMMU_CONFIG_BYTES;
  }

  protected override realizeDevice(): void {
    const bus = this.props['primary-bus'];
    if (!bus) this.fail('VIRTIO-IOMMU is not attached to any PCI bus!');
    this.#bypass = this.props['boot-bypass'];
    this.addQueue('requestq', QUEUE_SIZE, (vq) => this.#requests(vq));
    // Faults are told here: endpoints reach memory past the device, so that there are none.
    this.addQueue('eventq', QUEUE_SIZE, () => {});
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

  protected override resetDevice(): void {
    this.#domains.reset();
  }

  override saveState(): State {
    return { ...super.saveState(), bypass: this.#bypass, domains: this.#domains.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#bypass = state.bypass as boolean;
    this.#domains.loadState(state.domains as State);
    this.#switchViews();
  }

  #setBypass(bypass: boolean): void {
    if (bypass === this.#bypass) return;
    this.#bypass = bypass;
    this.#switchViews();
  }

  /** Shows each endpoint memory itself, or what is mapped for it. */
  #switchViews(): void {
    for (const [bus, views] of this.#views)
      for (const [devfn, { subregions }] of views) {
        const bypass = this.#domains.bypasses(endpointOf(bus, devfn)) ?? this.#bypass;
        for (const region of subregions) region.setEnabled((region.kind === 'alias') === bypass);
      }
  }

  /** What an endpoint sees, by its number; undefined where there is none. */
  #viewAt(endpoint: number): MemoryRegion | undefined {
    for (const [bus, views] of this.#views)
      for (const [devfn, view] of views) if (endpointOf(bus, devfn) === endpoint) return view;
    return undefined;
  }

  /** Carries out requests (VIRTIO 1.4 §5.13.6). */
  #requests(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const { readableLength, writableLength, head } = element;
      if (readableLength < VIRTIO_IOMMU_HEAD || writableLength < VIRTIO_IOMMU_TAIL) {
        const message = 'virtio-iommu bad head/tail size';
        this.violate(vq.index, 'iommuHeadTail', head, readableLength, message);
        vq.discard(element);
        return;
      }
      const bytes = new Uint8Array(readableLength);
      element.read(0, bytes);
      vq.push(element, element.write(this.#answer(new DataView(bytes.buffer))));
      vq.notify();
    }
  }

  /** A request's tail, and in front of it what a probe found. */
  #answer(request: DataView): Uint8Array {
    const type = request.getUint8(0);
    const size = VIRTIO_IOMMU_BYTES[type];
    const front = type === T.PROBE ? PROBE_BYTES : 0;
    const answer = new Uint8Array(front + VIRTIO_IOMMU_TAIL);
    let status: number = S.UNSUPP;
    if (size !== undefined)
      status = request.byteLength < size ? S.INVAL : this.#perform(type, request, answer);
    answer[front] = status;
    return answer;
  }

  #perform(type: number, request: DataView, answer: Uint8Array): number {
    const u32 = (at: number) => request.getUint32(at, true);
    const u64 = (at: number) => request.getBigUint64(at, true);
    switch (type) {
      case T.ATTACH:
        return this.#domains.attach(u32(4), u32(8), u32(12));
      case T.DETACH:
        return this.#domains.detach(u32(4), u32(8));
      case T.MAP:
        return this.#domains.map(u32(4), {
          first: u64(8),
          last: u64(16),
          physical: u64(24),
          flags: u32(32),
        });
      case T.UNMAP:
        return this.#domains.unmap(u32(4), u64(8), u64(16));
      default:
        return this.#probe(u32(4), answer);
    }
  }

  /** Tells which ranges an endpoint's driver must not map (VIRTIO 1.4 §5.13.6.8.1). */
  #probe(endpoint: number, answer: Uint8Array): number {
    if (!this.#viewAt(endpoint)) return S.NOENT;
    const { type, length } = VIRTIO_IOMMU_PROBE_RESV_MEM;
    const view = new DataView(answer.buffer);
    let at = 0;
    for (const [first, last, kind] of this.#reserved()) {
      if (at + 4 + length > PROBE_BYTES) return S.INVAL;
      view.setUint16(at, type, true);
      view.setUint16(at + 2, length, true);
      view.setUint8(at + 4, Number(kind));
      view.setBigUint64(at + 8, first, true);
      view.setBigUint64(at + 16, last, true);
      at += 4 + length;
    }
    return S.OK;
  }

  /** Ranges that the transport was configured with: first and last address, and their kind. */
  #reserved(): (readonly [first: bigint, last: bigint, kind: bigint])[] {
    return Object.entries(this.bus.owner?.values ?? {})
      .filter(([name]) => name.startsWith('reserved-regions['))
      .map(([, range]) => {
        const [first = 0n, last = 0n, kind = 0n] = String(range).split(':').map(BigInt);
        return [first, last, kind];
      });
  }
}

/** Number of an endpoint: its bus's and its place (VIRTIO 1.4 §5.13.6). */
function endpointOf(bus: Bus, devfn: number): number {
  return ((bus as Bus & { readonly number: number }).number << 8) | devfn;
}

/** The type of the IOMMU. */
export const VIRTIO_IOMMU_TYPE: TypeInfo = {
  name: 'virtio-iommu-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioIommu(init),
};
