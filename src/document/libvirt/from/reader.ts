import type { Element } from '../xml.ts';
import { argumentOf, type Entries } from './argument.ts';
import { type Placed, Slots } from './slots.ts';

/** What a domain runs on, as far as its devices care. */
export interface Platform {
  /** `qemu-system-x86_64`, … */
  readonly program: string;
  /** Where PCI devices go that name no controller; undefined on machines without PCI. */
  readonly pciRoot: 'pci.0' | 'pcie.0' | undefined;
  /** What a virtio device is attached by that does not say. */
  readonly transport: 'pci' | 'ccw' | 'mmio';
  /** The board brings a SATA controller along (q35). */
  readonly sata: boolean;
  /** The board brings an IDE controller and a floppy controller along (pc). */
  readonly ide: boolean;
}

/** A domain on its way to a command line: the options so far, what was left out, and where devices went. */
export class Reader {
  readonly platform: Platform;
  readonly words: string[] = [];
  readonly #notes = new Set<string>();
  readonly #slots: Slots;
  /** Ids of controllers by type and index. */
  readonly #controllers = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** `devices`: the `<devices>` of the domain, for the addresses that it gives away. */
  constructor(platform: Platform, devices: Element | undefined) {
    this.platform = platform;
    this.#slots = new Slots(platform, devices);
  }

  get notes(): string[] {
    return [...this.#notes];
  }

  option(name: string, argument?: string): void {
    this.words.push(`-${name}`, ...(argument === undefined ? [] : [argument]));
  }

  /** `-device TYPE,…`; entries without a value are left out. */
  device(type: string, entries: Entries): void {
    this.option('device', argumentOf(type, entries));
  }

  note(text: string): void {
    this.#notes.add(text);
  }

  /** The id of an element: its alias, else what libvirt would call it. Unique on the line. */
  id(element: Element | undefined, fallback: string): string {
    const wanted = element?.at('alias', 'name') ?? fallback;
    let id = wanted;
    for (let i = 1; this.#taken.has(id); i++) id = `${wanted}-${i}`;
    this.#taken.add(id);
    return id;
  }

  /** Makes a controller known to those that sit on it. */
  setController(type: string, index: number, id: string): void {
    this.#controllers.set(`${type} ${index}`, id);
  }

  /** Id of the controller of a type and index; undefined where the domain has none. */
  controller(type: string, index: number): string | undefined {
    return this.#controllers.get(`${type} ${index}`);
  }

  /** Entries that put a PCI device where its address says, or where libvirt would put it. */
  pci(element: Element | undefined, what: { readonly integrated?: boolean } = {}): Entries {
    const address = element?.child('address');
    if (address && address.attr('type') !== 'pci' && address.attr('type') !== undefined)
      this.note(
        `An address of type ${address.attr('type')} is left out: the device is placed on PCI.`,
      );
    const { bus, addr, multifunction } =
      address?.attr('type') === 'pci' && address.attr('slot') !== undefined
        ? this.#given(address)
        : this.#slots.free(what.integrated === true, (index, port) => {
            const id = this.id(undefined, `pci.${index}`);
            this.setController('pci', index, id);
            this.device('pcie-root-port', {
              port: `0x${port.number.toString(16)}`,
              chassis: String(index),
              id,
              bus: 'pcie.0',
              multifunction: port.multifunction,
              addr: port.addr,
            });
            return id;
          });
    return { bus, multifunction, addr };
  }

  #given(address: Element): Placed {
    const number = (name: string) => Number(address.attr(name) ?? 0) || 0;
    const index = number('bus');
    const bus = index === 0 ? this.platform.pciRoot : this.controller('pci', index);
    if (bus === undefined) this.note(`PCI bus ${index} is named by an address, and is not there.`);
    const slot = `0x${number('slot').toString(16)}`;
    const fn = number('function');
    return {
      bus: bus ?? `pci.${index}`,
      addr: fn === 0 ? slot : `${slot}.0x${fn.toString(16)}`,
      multifunction: address.attr('multifunction'),
    };
  }

  /**
   * A virtio device: its type for the transport that the address or the machine asks for, and the
   * entries that every virtio device may have.
   */
  virtio(
    stem: string,
    element: Element,
    pci: { readonly type?: string; readonly integrated?: boolean } = {},
  ): { readonly type: string; readonly entries: Entries } {
    const driver = element.child('driver');
    const common: Entries = {
      iommu_platform: driver?.attr('iommu'),
      ats: driver?.attr('ats'),
      packed: driver?.attr('packed'),
      'page-per-vq': driver?.attr('page_per_vq'),
    };
    const address = element.child('address');
    const kind = address?.attr('type');
    const transport =
      kind === 'ccw' ? 'ccw' : kind === 'virtio-mmio' ? 'mmio' : kind === 'pci' ? 'pci' : undefined;
    switch (transport ?? this.platform.transport) {
      case 'ccw': {
        const part = (name: string) => Number(address?.attr(name) ?? 0).toString(16);
        const given = kind === 'ccw' && address?.attr('devno') !== undefined;
        const devno = `${part('cssid')}.${part('ssid')}.${part('devno').padStart(4, '0')}`;
        return { type: `${stem}-ccw`, entries: { ...common, devno: given ? devno : undefined } };
      }
      case 'mmio':
        return { type: `${stem}-device`, entries: common };
      case 'pci': {
        const model = /-(non-)?transitional$/.exec(element.attr('model') ?? modelOf(element));
        return {
          type: pci.type ?? `${stem}-pci${model?.[0] ?? ''}`,
          entries: { ...common, ...this.pci(element, pci) },
        };
      }
    }
  }
}

/** Interfaces and videos say their model in an element. */
const modelOf = (element: Element): string => element.at('model', 'type') ?? '';
