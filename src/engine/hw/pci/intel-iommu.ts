import { AddressSpace } from '../../../memory/address-space.ts';
import { MemoryRegion, WHOLE } from '../../../memory/memory-region.ts';
import { addRegion } from '../../qdev/regions.ts';
import type { TypeRegistry } from '../../qom/type.ts';
import { SysBusDevice } from '../sysbus.ts';
import { PciBus } from './pci-bus.ts';
import { formatDevfn } from './pci-device.ts';

const REGISTERS = { base: 0xfed9_0000, size: 0x230 };
/** Where interrupt messages go. */
const MESSAGES = { base: 0xfee0_0000, size: 0x10_0000 };
const VIEW = 'intel-iommu-iommu-memory-region';
const ADDRESS_WIDTHS = [39, 48];

/** Intel's IOMMU as a PC has it before its driver switches it on: every function is passed through. Its registers do not answer. */
class IntelIommu extends SysBusDevice {
  readonly #views = new Map<PciBus, Map<number, MemoryRegion>>();
  /** What functions see while nothing is translated. */
  #direct!: MemoryRegion;
  #messages!: MemoryRegion;

  override get platform(): boolean {
    return true;
  }

  override realize(): void {
    this.#settle();
    this.addMmio(MemoryRegion.io('intel_iommu', REGISTERS.size));
    this.mapMmio(0, REGISTERS.base);
    const { root: memory } = this.context.memory;
    this.#direct = addRegion(this, MemoryRegion.container('vtd-nodmar'));
    this.#messages = addRegion(this, MemoryRegion.io('vtd-ir', MESSAGES.size));
    const all = addRegion(this, MemoryRegion.alias('vtd-sys-alias', memory, 0, WHOLE));
    this.#direct.addSubregion(0, all);
    this.#direct.addSubregion(MESSAGES.base, this.#messages, 1);
    const bus = this.parentBus?.devices
      .flatMap(({ childBuses }) => childBuses)
      .find((child) => child instanceof PciBus);
    if (!bus) return;
    // The interrupt controller asks by the place of the host bridge.
    this.#viewOf(bus, 0);
    bus.iommu = (_device, requester) => this.#viewOf(requester.bus, requester.devfn);
  }

  /** Checks properties, and fills in those that follow from others. */
  #settle(): void {
    const { values } = this;
    if (values.intremap === 'auto') values.intremap = 'on';
    if (values.eim === 'on') {
      if (values.intremap !== 'on') this.fail('eim=on cannot be selected without intremap=on');
      if (!values['x-buggy-eim']) this.fail('eim=on requires accel=kvm,kernel-irqchip=split');
    }
    if (values.eim === 'auto')
      values.eim = values['x-buggy-eim'] && values.intremap === 'on' ? 'on' : 'off';
    if (!ADDRESS_WIDTHS.includes(Number(values['aw-bits'])))
      this.fail(`Supported values for aw-bits are: ${ADDRESS_WIDTHS.join(', ')}`);
    if (values['x-scalable-mode'] && !values['dma-drain'])
      this.fail('Need to set dma_drain for scalable mode');
    if (values['x-pasid-mode'] && !values['x-scalable-mode'])
      this.fail('Need to set scalable mode for PASID');
  }

  #viewOf(bus: PciBus, devfn: number): MemoryRegion {
    const views = this.#views.get(bus) ?? new Map<number, MemoryRegion>();
    this.#views.set(bus, views);
    const known = views.get(devfn);
    if (known) return known;
    const name = `vtd-${formatDevfn(devfn)}`;
    const root = addRegion(this, MemoryRegion.container(name));
    const off = { enabled: false };
    const direct = MemoryRegion.alias('vtd-nodmar', this.#direct, 0, WHOLE);
    const mapped = MemoryRegion.memory('iommu', `${name}-dmar`, WHOLE, off);
    const messages = MemoryRegion.alias('vtd-ir', this.#messages, 0, MESSAGES.size);
    const fault = MemoryRegion.io('vtd-no-ir', MESSAGES.size, undefined, off);
    addRegion(this, mapped, VIEW);
    for (const region of [direct, messages, fault]) addRegion(this, region);
    mapped.addSubregion(MESSAGES.base, messages, 1);
    root.addSubregion(0, mapped);
    root.addSubregion(0, direct);
    root.addSubregion(MESSAGES.base, fault, 2);
    this.context.addressSpaces.add(new AddressSpace('vtd-root', root));
    views.set(devfn, root);
    return root;
  }
}

/** Registers Intel's IOMMU, which only a machine that allows it takes. */
export function registerIntelIommu(registry: TypeRegistry): void {
  registry.register({
    name: 'intel-iommu',
    parent: 'x86-iommu',
    userCreatable: true,
    hotpluggable: false,
    create: (init) => new IntelIommu(init),
  });
}
