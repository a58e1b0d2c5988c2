import { hex } from '../base/bits.ts';
import {
  constantOf,
  flagNames,
  PCI_CAP_IDS,
  PCI_CAP_TYPES,
  PCI_COMMAND_BITS,
  PCI_STATUS_BITS,
} from '../spec/constants.ts';
import {
  PCI_BAR,
  PCI_BRIDGE_CONFIG,
  PCI_CAP,
  PCI_CONFIG,
  PCI_HEADER,
  PCI_INTA,
  PCI_VENDOR_VIRTIO,
} from '../spec/pci.ts';
import { ECAM_FUNCTION_SIZE, REGION_INDEX } from '../spec/regions.ts';
import { VIRTIO_ID } from '../spec/virtio.ts';
import {
  MODERN_PCI_ID_BASE,
  MODERN_PCI_ID_LAST,
  TRANSITIONAL_PCI_ID,
  VIRTIO_PCI_CAP,
  VIRTIO_PCI_CAP_LAYOUT,
} from '../spec/virtio-pci.ts';
import type { RegisterMoment } from './fold/moment.ts';

/** Where a function sits: bus, device and function number. */
export interface PciPlace {
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

/** One field of a function's configuration space, as the guest last saw it. */
export interface ConfigField {
  readonly offset: number;
  /** Bytes. */
  readonly width: number;
  readonly name: string;
  readonly value: number;
  /** What the value says; '' where it says no more than its number. */
  readonly words: string;
  readonly doc: string;
  /** The newest access that showed any of it. */
  readonly register: RegisterMoment;
}

/** A capability of a function, or its header. */
export interface ConfigPart {
  /** `header`, `MSI-X capability`, `virtio capability: COMMON_CFG`. */
  readonly name: string;
  readonly offset: number;
  readonly source: string;
  readonly fields: readonly ConfigField[];
}

/** Bytes of configuration space that a guest has seen: value, and the access that showed it. */
type Seen = ReadonlyMap<number, { readonly byte: number; readonly register: RegisterMoment }>;

interface FieldInfo {
  readonly offset: number;
  readonly width: number;
  readonly name: string;
  readonly doc: string;
}

/** Bytes of a header; capabilities lie behind. */
const HEADER_BYTES = 0x40;
/** Most capabilities that are followed: a list may lead round in a circle. */
const MOST_CAPABILITIES = 48;

const PORTS = REGION_INDEX['pci-config'];
const ECAM = REGION_INDEX['pci-ecam'];

/**
 * Offset of a function's configuration space in a region: of `pci-config` behind ports, of `pci-ecam` in a window;
 * undefined for other regions.
 */
export function configBase(
  region: number,
  { bus, device, function: fn }: PciPlace,
): number | undefined {
  if (region === PORTS) return bus * 0x1_0000 + device * 0x800 + fn * 0x100;
  if (region === ECAM) return ((bus * 32 + device) * 8 + fn) * ECAM_FUNCTION_SIZE;
  return undefined;
}

/** Bytes of a function's configuration space in a region. */
function configBytes(region: number): number {
  return region === ECAM ? ECAM_FUNCTION_SIZE : 256;
}

/**
 * A function's configuration space as a guest has seen it: the header, then the capabilities in the order of their
 * list, as far as the guest walked it. `registers`: those of the host bridge at the cursor.
 */
export function pciConfigView(registers: Iterable<RegisterMoment>, place: PciPlace): ConfigPart[] {
  const seen = seenOf(registers, place);
  if (seen.size === 0) return [];
  const bridge = (byteAt(seen, PCI_CONFIG.HeaderType.offset) ?? 0) & PCI_HEADER.BRIDGE;
  const header = headerFields(bridge !== 0).flatMap(
    (info) => fieldOf(seen, info, headerWords) ?? [],
  );
  const parts: ConfigPart[] = [
    { name: 'header', offset: 0, source: 'PCI 3.0 §6.1', fields: header },
  ];
  const visited = new Set<number>();
  let start = (byteAt(seen, PCI_CONFIG.CapabilitiesPointer.offset) ?? 0) & 0xfc;
  while (start >= HEADER_BYTES && !visited.has(start) && visited.size < MOST_CAPABILITIES) {
    visited.add(start);
    const id = byteAt(seen, start);
    if (id === undefined) break;
    parts.push(capability(seen, start, id));
    start = (byteAt(seen, start + 1) ?? 0) & 0xfc;
  }
  return parts;
}

/** Whether the function's MSI-X is switched on, as far as the guest has seen; it moves the legacy configuration. */
export function msixEnabled(parts: readonly ConfigPart[]): boolean {
  const control = parts.flatMap(({ fields }) => fields).find(({ name }) => name === 'msix.Control');
  return ((control?.value ?? 0) & 0x8000) !== 0;
}

function seenOf(registers: Iterable<RegisterMoment>, place: PciPlace): Seen {
  const seen = new Map<number, { byte: number; register: RegisterMoment }>();
  for (const register of registers) {
    const base = configBase(register.region, place);
    if (base === undefined) continue;
    const at = register.offset - base;
    if (at < 0 || at >= configBytes(register.region)) continue;
    for (let i = 0; i < register.size; i++) {
      const known = seen.get(at + i);
      if (known && known.register.event > register.event) continue;
      seen.set(at + i, { byte: Math.floor(register.value / 2 ** (8 * i)) & 0xff, register });
    }
  }
  return seen;
}

function byteAt(seen: Seen, offset: number): number | undefined {
  return seen.get(offset)?.byte;
}

/** A field whose bytes were all seen. */
function fieldOf(
  seen: Seen,
  info: FieldInfo,
  words: (name: string, value: number, seen: Seen) => string,
): ConfigField | undefined {
  let value = 0;
  let newest: RegisterMoment | undefined;
  for (let i = info.width - 1; i >= 0; i--) {
    const known = seen.get(info.offset + i);
    if (!known) return undefined;
    value = value * 256 + known.byte;
    if (!newest || known.register.event > newest.event) newest = known.register;
  }
  return newest && { ...info, value, words: words(info.name, value, seen), register: newest };
}

function headerFields(bridge: boolean): FieldInfo[] {
  const type0 = Object.entries(PCI_CONFIG).map(([name, field]) => ({ name, ...field }));
  if (!bridge) return type0;
  const type1 = Object.entries(PCI_BRIDGE_CONFIG).map(([name, field]) => ({ name, ...field }));
  // What both have is up to the second BAR, the pointer to capabilities, and the interrupt's two bytes.
  const shared = type0.filter(
    ({ offset }) => offset < 0x18 || (offset >= 0x34 && offset < 0x38) || offset >= 0x3c,
  );
  return [...shared, ...type1].sort((a, b) => a.offset - b.offset);
}

function headerWords(name: string, value: number, seen: Seen): string {
  switch (name) {
    case 'VendorID':
      return value === PCI_VENDOR_VIRTIO ? 'virtio' : '';
    case 'DeviceID':
      return byteAt(seen, 0) === (PCI_VENDOR_VIRTIO & 0xff) ? virtioDevice(value) : '';
    case 'Command':
      return flagNames(PCI_COMMAND_BITS, value).join(' | ');
    case 'Status':
      return flagNames(PCI_STATUS_BITS, value).join(' | ');
    case 'RevisionID':
      return value === 0 ? 'a transitional or legacy device, where it is virtio' : '';
    case 'HeaderType':
      return [
        value & PCI_HEADER.BRIDGE ? 'bridge' : 'device',
        value & PCI_HEADER.MULTIFUNCTION && 'more functions',
      ]
        .filter(Boolean)
        .join(', ');
    case 'InterruptPin':
      return value === 0 ? 'none' : value <= 4 ? `INT${'ABCD'[value - PCI_INTA]}#` : '';
    default:
      return /^BAR\d$/.test(name) ? barWords(value) : '';
  }
}

function virtioDevice(id: number): string {
  const modern = id >= MODERN_PCI_ID_BASE && id <= MODERN_PCI_ID_LAST;
  const old = Object.entries(TRANSITIONAL_PCI_ID).find(([, pci]) => pci === id);
  const virtioId = modern ? id - MODERN_PCI_ID_BASE : old && Number(old[0]);
  const name = Object.entries(VIRTIO_ID).find(([, known]) => known === virtioId)?.[0];
  if (name === undefined) return '';
  return `${name.toLowerCase().replaceAll('_', ' ')}, ${modern ? 'modern' : 'transitional'}`;
}

function barWords(value: number): string {
  if (value & PCI_BAR.IO) return `ports from ${hex(value - (value & 3))}`;
  const kind = value & PCI_BAR.MEM_64 ? '64-bit memory' : 'memory';
  return value === 0
    ? ''
    : `${kind} from ${hex(value - (value & 15))}${value & PCI_BAR.PREFETCH ? ', prefetchable' : ''}`;
}

function capability(seen: Seen, start: number, id: number): ConfigPart {
  const known = constantOf(PCI_CAP_IDS, id);
  const layout = LAYOUTS[id] ?? [];
  const shared = [
    { offset: 0, width: 1, name: 'cap_vndr', doc: 'Kind of capability' },
    { offset: 1, width: 1, name: 'cap_next', doc: 'Offset of the next one; 0: none' },
  ];
  const type =
    id === PCI_CAP.VENDOR ? byteAt(seen, start + VIRTIO_PCI_CAP_LAYOUT.cfg_type) : undefined;
  const typeName = type === undefined ? undefined : constantOf(PCI_CAP_TYPES, type)?.name;
  const extra =
    type === VIRTIO_PCI_CAP.NOTIFY_CFG
      ? [NOTIFY_MULTIPLIER]
      : type === VIRTIO_PCI_CAP.PCI_CFG
        ? [PCI_CFG_DATA]
        : [];
  const fields = [...shared, ...layout, ...extra].flatMap(
    (info) => fieldOf(seen, { ...info, offset: start + info.offset }, capabilityWords) ?? [],
  );
  const name =
    typeName !== undefined
      ? `virtio capability: ${typeName}`
      : known
        ? `${known.name} capability: ${known.doc}`
        : `capability ${hex(id, 2)}`;
  return { name, offset: start, source: SOURCES[id] ?? 'PCI 3.0 §6.7', fields };
}

function capabilityWords(name: string, value: number): string {
  switch (name) {
    case 'cap_vndr':
      return constantOf(PCI_CAP_IDS, value)?.name ?? '';
    case 'cfg_type':
      return constantOf(PCI_CAP_TYPES, value)?.name ?? '';
    case 'msix.Control':
      return `${(value & 0x7ff) + 1} vectors, ${value & 0x8000 ? 'on' : 'off'}${value & 0x4000 ? ', all masked' : ''}`;
    case 'msix.Table':
    case 'msix.PBA':
      return `BAR ${value & 7}, from ${hex(value - (value & 7))}`;
    default:
      return '';
  }
}

const NOTIFY_MULTIPLIER: FieldInfo = {
  offset: VIRTIO_PCI_CAP_LAYOUT.extra,
  width: 4,
  name: 'notify_off_multiplier',
  doc: 'Bytes from one doorbell to the next',
};
const PCI_CFG_DATA: FieldInfo = {
  offset: VIRTIO_PCI_CAP_LAYOUT.extra,
  width: 4,
  name: 'pci_cfg_data',
  doc: 'Window on a BAR',
};

/** What follows the first two bytes, by capability ID. */
const LAYOUTS: Readonly<Record<number, readonly FieldInfo[]>> = {
  [PCI_CAP.VENDOR]: [
    {
      offset: VIRTIO_PCI_CAP_LAYOUT.cap_len,
      width: 1,
      name: 'cap_len',
      doc: 'Bytes of the capability',
    },
    {
      offset: VIRTIO_PCI_CAP_LAYOUT.cfg_type,
      width: 1,
      name: 'cfg_type',
      doc: 'Which structure it locates',
    },
    {
      offset: VIRTIO_PCI_CAP_LAYOUT.bar,
      width: 1,
      name: 'bar',
      doc: 'BAR in which the structure lies',
    },
    {
      offset: VIRTIO_PCI_CAP_LAYOUT.id,
      width: 1,
      name: 'id',
      doc: 'Tells several of one type apart',
    },
    {
      offset: VIRTIO_PCI_CAP_LAYOUT.offset,
      width: 4,
      name: 'offset',
      doc: 'Where the structure begins in the BAR',
    },
    {
      offset: VIRTIO_PCI_CAP_LAYOUT.length,
      width: 4,
      name: 'length',
      doc: 'Bytes of the structure',
    },
  ],
  [PCI_CAP.MSIX]: [
    { offset: 2, width: 2, name: 'msix.Control', doc: 'Size of the table, enable, mask of all' },
    { offset: 4, width: 4, name: 'msix.Table', doc: 'Where the table lies' },
    { offset: 8, width: 4, name: 'msix.PBA', doc: 'Where the pending bits lie' },
  ],
  [PCI_CAP.PM]: [
    { offset: 2, width: 2, name: 'pm.Capabilities', doc: 'What it can do' },
    { offset: 4, width: 2, name: 'pm.ControlStatus', doc: 'Power state' },
  ],
  [PCI_CAP.EXPRESS]: [
    { offset: 2, width: 2, name: 'exp.Capabilities', doc: 'Kind of port or endpoint' },
    { offset: 4, width: 4, name: 'exp.DeviceCapabilities', doc: 'What the device can do' },
    { offset: 8, width: 2, name: 'exp.DeviceControl', doc: 'What is switched on' },
    { offset: 10, width: 2, name: 'exp.DeviceStatus', doc: 'Errors' },
    { offset: 12, width: 4, name: 'exp.LinkCapabilities', doc: 'What the link can do' },
    { offset: 16, width: 2, name: 'exp.LinkControl', doc: 'What of the link is switched on' },
    { offset: 18, width: 2, name: 'exp.LinkStatus', doc: 'Speed and width' },
  ],
};
const SOURCES: Readonly<Record<number, string>> = {
  [PCI_CAP.VENDOR]: 'VIRTIO 1.4 §4.1.4',
  [PCI_CAP.MSIX]: 'PCI 3.0 §6.8.2',
};
