import type { BusNode, DeviceNode, MachineTopology } from '../../../protocol/topology.ts';
import type { DocumentOption, MachineDocument } from '../../document.ts';
import { entriesOf, optionIdOf } from '../../entries.ts';
import { type Element, element } from '../xml.ts';

/** A device where it sits. */
export interface Place {
  readonly node: DeviceNode;
  readonly bus: BusNode;
  /** The device that carries the bus; undefined for the main system bus. */
  readonly owner: DeviceNode | undefined;
}

/** Back ends that have an option of their own, by that option's name. */
const BACK_ENDS = ['drive', 'netdev', 'chardev', 'fsdev', 'object'] as const;
type BackEndOption = (typeof BACK_ENDS)[number];

/** A machine on its way to a domain: who sits where, what was said already, and what ids became. */
export class World {
  /** Devices in the order in which `info qtree` would meet them, a carrier before what it carries. */
  readonly places: readonly Place[];
  readonly doc: MachineDocument;
  /** New ids by `KIND old`, as `withReferences` takes them. */
  readonly renames = new Map<string, string>();
  readonly #notes = new Set<string>();
  /** Keys of options that elements speak for. */
  readonly #said = new Set<number>();
  readonly #backEnds = new Map<string, DocumentOption>();
  /** How many entries of the whole line name a back end. */
  readonly #uses = new Map<string, number>();
  readonly #pciIndex = new Map<string, number>();
  readonly #controllers = new Map<string, number>();
  readonly #targets = new Map<string, number>();
  /** Ids that devices have in the domain, by their path in the machine. */
  readonly #ids = new Map<string, string>();
  /** Whether virtio-mmio devices are left to the command line, since libvirt would order them otherwise. */
  readonly mmioVerbatim: boolean;

  constructor(doc: MachineDocument, topology: MachineTopology, mmioVerbatim = false) {
    this.doc = doc;
    this.mmioVerbatim = mmioVerbatim;
    this.places = placesOf(topology);
    for (const option of doc.options) {
      const id = optionIdOf(option);
      if (id !== undefined && BACK_ENDS.includes(option.name as BackEndOption))
        this.#backEnds.set(`${option.name} ${id}`, option);
      for (const { key, value } of entriesOf(option))
        if (key !== 'id') this.#uses.set(value, (this.#uses.get(value) ?? 0) + 1);
    }
    for (const place of this.places)
      for (const bus of place.node.buses)
        if (isPciBus(bus) && place.node.option === undefined) this.#noteRoot(bus);
  }

  get notes(): string[] {
    return [...this.#notes];
  }

  note(text: string): void {
    this.#notes.add(text);
  }

  /** The option that asked for a device. */
  optionOf(node: DeviceNode): DocumentOption | undefined {
    return node.option === undefined ? undefined : this.doc.options[node.option];
  }

  /** A back end that one device uses and nobody else; undefined where it is shared or not there. */
  backEnd(kind: BackEndOption, id: string): DocumentOption | undefined {
    return this.#uses.get(id) === 1 ? this.#backEnds.get(`${kind} ${id}`) : undefined;
  }

  /** Marks options as spoken for by an element. */
  say(...options: readonly (DocumentOption | undefined)[]): void {
    for (const option of options) if (option) this.#said.add(option.key);
  }

  said(option: DocumentOption): boolean {
    return this.#said.has(option.key);
  }

  /**
   * The alias of a device that had an id: none where libvirt would call it so anyway, else with the
   * prefix that libvirt asks of a person's own.
   */
  alias(node: DeviceNode, usual: string): Element | undefined {
    this.#ids.set(node.path, usual);
    if (node.id === '' || node.id === usual) return undefined;
    const name = node.id.startsWith('ua-') ? node.id : `ua-${node.id}`;
    this.#ids.set(node.path, name);
    if (name !== node.id) this.renames.set(`device ${node.id}`, name);
    return element('alias', { name });
  }

  /** The id that a device which an element speaks for has in the domain; undefined for all others. */
  idOf(node: DeviceNode): string | undefined {
    return this.#ids.get(node.path);
  }

  /** libvirt's number of a PCI bus; undefined for one that no controller speaks for. */
  pciIndex(bus: BusNode): number | undefined {
    return this.#pciIndex.get(bus.path);
  }

  /** Numbers the bus that a controller carries: as its id says where it is free, else the next one. */
  takePciIndex(node: DeviceNode, bus: BusNode): number {
    const taken = new Set(this.#pciIndex.values());
    const wanted = Number(/^pci\.([1-9]\d{0,2})$/.exec(node.id)?.[1] ?? 0);
    let index = wanted;
    if (index === 0 || taken.has(index)) for (index = 1; taken.has(index); ) index++;
    this.#pciIndex.set(bus.path, index);
    return index;
  }

  /** The next number of a kind of controller, remembered for the bus that it carries. */
  takeController(kind: string, bus: BusNode | undefined): number {
    const count = [...this.#controllers.keys()].filter((key) => key.startsWith(`${kind} `)).length;
    this.#controllers.set(`${kind} ${bus?.path ?? count}`, count);
    return count;
  }

  /** Number of the controller that carries a bus; undefined where none speaks for it. */
  controller(kind: string, bus: BusNode): number | undefined {
    return this.#controllers.get(`${kind} ${bus.path}`);
  }

  /** The next number of a kind of element: 0, 1, … */
  count(kind: string): number {
    const next = this.#targets.get(kind) ?? 0;
    this.#targets.set(kind, next + 1);
    return next;
  }

  /** The address of a device on PCI; undefined where its bus has no controller. */
  pciAddress({ node, bus }: Place, multifunction?: string): Element | undefined {
    const index = this.pciIndex(bus);
    const [, slot, fn] = /^([\da-f]{2})\.([0-7])$/.exec(node.address) ?? [];
    if (index === undefined || slot === undefined || fn === undefined) return undefined;
    return element('address', {
      type: 'pci',
      domain: '0x0000',
      bus: `0x${index.toString(16).padStart(2, '0')}`,
      slot: `0x${slot}`,
      function: `0x${fn}`,
      multifunction,
    });
  }

  #noteRoot(bus: BusNode): void {
    if (/^pci(?:e)?\.0$/.test(bus.name)) this.#pciIndex.set(bus.path, 0);
  }
}

const isPciBus = (bus: BusNode): boolean => bus.type === 'PCI' || bus.ancestors.includes('PCI');

function placesOf(topology: MachineTopology): Place[] {
  const places: Place[] = [];
  const walk = (bus: BusNode, owner: DeviceNode | undefined): void => {
    for (const node of bus.children) {
      places.push({ node, bus, owner });
      for (const below of node.buses) walk(below, node);
    }
  };
  walk(topology.root, undefined);
  return places;
}
