import { hex } from '../../base/bits.ts';
import {
  type ConstantSet,
  constantOf,
  PCI_CAP_IDS,
  PCI_CAP_TYPES,
  PCI_COMMAND_BITS,
  PCI_STATUS_BITS,
} from '../../spec/constants.ts';
import { PCI_BAR, PCI_CAP, PCI_CONFIG, PCI_HEADER, PCI_VENDOR_VIRTIO } from '../../spec/pci.ts';
import { PCI_PORTS } from '../../spec/pci-ports.ts';
import { ECAM_FUNCTION_SIZE, REGION_INDEX } from '../../spec/regions.ts';
import { registerAt } from '../../spec/registers.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import {
  MODERN_PCI_ID_BASE,
  TRANSITIONAL_PCI_ID,
  VIRTIO_PCI_CAP,
  VIRTIO_PCI_CAP_LAYOUT,
} from '../../spec/virtio-pci.ts';
import { type RegisterMoment, registerKey } from '../fold/moment.ts';
import type { Narration, Target, Telling } from './narration-types.ts';
import { bytesText, count, list } from './words.ts';

type Access = Telling<'regRead' | 'regWrite'>;
/** What a configuration access comes down to. */
interface Said {
  readonly title: string;
  readonly text: string;
  readonly section?: string;
  readonly document?: string;
}

/** What is said of a header register; the title may be left to the rule for all. */
type HeaderSaid = Omit<Said, 'title'> & { readonly title?: string };

const PORTS = REGION_INDEX['pci-config-ports'];
const CONFIG = REGION_INDEX['pci-config'];
const MECHANISM = 'PCI 3.0 §3.2.2.3.2';
const HEADER = 'PCI 3.0 §6.1';
/** Bytes of the header that all functions have; capabilities lie behind it. */
const HEADER_BYTES = 0x40;
/** Most capabilities of a function: no list of more fits. */
const MOST_CAPABILITIES = 48;
const ENABLE = 0x8000_0000;
const ALL_ONES = 0xffff_ffff;

/** One access to the configuration space of a function. */
interface ConfigAccess {
  readonly write: boolean;
  /** Where the function is: bus << 16 | device << 11 | function << 8. */
  readonly place: number;
  readonly offset: number;
  readonly size: number;
  readonly value: number;
  /** What was last seen at an offset of the same function. */
  readonly seen: (offset: number) => RegisterMoment | undefined;
}

/** `00:02.0`, from bus << 16 | device << 11 | function << 8. */
function placeName(place: number): string {
  const two = (value: number) => value.toString(16).padStart(2, '0');
  const bus = (place >>> 16) & 0xff;
  return `${two(bus)}:${two((place >>> 11) & 31)}.${(place >>> 8) & 7}`;
}

/** An access to CONFIG_ADDRESS or CONFIG_DATA. */
export function tellPorts({ event, before }: Access, write: boolean): Narration {
  const { dev, region, offset, size, value } = event;
  const at: Target = { dev, region, offset };
  const registers = before.devices.get(dev)?.registers;
  if (offset < PCI_PORTS.CONFIG_DATA.offset) {
    const said = tellAddress(size, value, write);
    return { ...said, document: MECHANISM, tone: 'driver', at };
  }
  const selected = registers?.get(registerKey(PORTS, PCI_PORTS.CONFIG_ADDRESS.offset));
  if (selected?.size !== 4 || selected.value < ENABLE) {
    const title = write ? `CONFIG_DATA ← ${hex(value)}` : `CONFIG_DATA is ${hex(value)}`;
    const text = 'No configuration register is selected.';
    return { title, text, document: MECHANISM, tone: 'driver', at };
  }
  const place = selected.value & 0xff_ff00;
  const said = tellConfig({
    write,
    place,
    offset: (selected.value & 0xff) | (offset & 3),
    size,
    value,
    seen: (other) => registers?.get(registerKey(CONFIG, place | other)),
  });
  return { ...said, tone: 'driver', at };
}

/** An access to a function's configuration space that the journal gives in its decoded form. */
export function tellConfigSpace({ event, before }: Access, write: boolean): Narration {
  const { dev, region, offset, size, value, addr } = event;
  const registers = before.devices.get(dev)?.registers;
  const said = tellConfig({
    write,
    place: addr & 0xff_ff00,
    offset,
    size,
    value,
    seen: (other) => registers?.get(registerKey(CONFIG, other)),
  });
  return { ...said, tone: 'driver', at: { dev, region, offset } };
}

/** An access to a function's configuration space by its place in memory. */
export function tellEcam({ event, before }: Access, write: boolean): Narration {
  const { dev, region, offset, size, value } = event;
  const registers = before.devices.get(dev)?.registers;
  // Where the function is comes before the offset in it, as in the other forms, but 4 bits higher.
  const start = offset - (offset % ECAM_FUNCTION_SIZE);
  const said = tellConfig({
    write,
    place: (start / ECAM_FUNCTION_SIZE) * 256,
    offset: offset - start,
    size,
    value,
    seen: (other) => registers?.get(registerKey(region, start + other)),
  });
  return { ...said, tone: 'driver', at: { dev, region, offset } };
}

function tellAddress(size: number, value: number, write: boolean): Said {
  if (!write) {
    return {
      title: `CONFIG_ADDRESS is ${hex(value, 8)}`,
      text: 'Reads which register is selected.',
    };
  }
  if (size !== 4 || value < ENABLE) {
    const text = 'Selects nothing: only a whole word with its top bit set does.';
    return { title: `CONFIG_ADDRESS ← ${hex(value)}`, text };
  }
  const offset = value & 0xff;
  const name = nameOf(offset, 4) ?? `offset ${hex(offset, 2)}`;
  return {
    title: `CONFIG_ADDRESS ← ${hex(value, 8)}`,
    text: `Selects ${name} in the configuration space of ${placeName(value)}.`,
  };
}

function tellConfig(access: ConfigAccess): Said {
  const { write, offset, size, value, place } = access;
  const name = nameOf(offset, size);
  if (name === undefined) return tellCapability(access);
  const where = placeName(place);
  const shown = hex(value, size * 2);
  const title = write ? `${where} ${name} ← ${shown}` : `${where} ${name}: ${shown}`;
  const said = HEADER_SAYS[registerAt(PCI_CONFIG, offset)?.name ?? '']?.(access);
  if (said) return { title, ...said };
  return { title, text: `${docOf(offset)}.`, document: HEADER };
}

/**
 * Names of the header registers that an access covers; undefined behind the header and in its gaps.
 */
function nameOf(offset: number, size: number): string | undefined {
  if (offset >= HEADER_BYTES) return undefined;
  const names = Object.entries(PCI_CONFIG)
    .filter(([, at]) => at.offset < offset + size && offset < at.offset + at.width)
    .map(([name]) => name);
  return names.length === 0 ? undefined : list(names);
}

function docOf(offset: number): string {
  return registerAt(PCI_CONFIG, offset)?.register.doc ?? 'Reserved';
}

const vendor = (access: ConfigAccess): HeaderSaid => {
  const where = placeName(access.place);
  const id = access.value & 0xffff;
  if (id === 0xffff)
    return {
      title: `${where}: nothing`,
      text: `There is no function at ${where}.`,
      document: HEADER,
    };
  if (access.size < 4) {
    const text = id === PCI_VENDOR_VIRTIO ? 'The vendor of all virtio devices.' : 'A vendor.';
    return { text, section: '4.1.2' };
  }
  const device = access.value >>> 16;
  const ids = `${id.toString(16)}:${device.toString(16).padStart(4, '0')}`;
  const what = virtioWords(device);
  const title = `${where}: ${ids}`;
  return id === PCI_VENDOR_VIRTIO && what
    ? { title, text: `${where} holds ${what}.`, section: '4.1.2' }
    : { title, text: `${where} holds something other than a virtio device.`, document: HEADER };
};

/** What a PCI device ID of virtio's vendor says. */
function virtioWords(device: number): string | undefined {
  const name = (virtioId: number) =>
    Object.entries(VIRTIO_ID)
      .find(([, id]) => id === virtioId)?.[0]
      .toLowerCase() ?? `number ${virtioId}`;
  const old = Object.entries(TRANSITIONAL_PCI_ID).find(([, id]) => id === device);
  if (old) return `a virtio device, transitional, of kind ${name(Number(old[0]))}`;
  if (device > MODERN_PCI_ID_BASE && device < MODERN_PCI_ID_BASE + 0x40)
    return `a virtio device, modern only, of kind ${name(device - MODERN_PCI_ID_BASE)}`;
  return undefined;
}

const bar = (access: ConfigAccess): HeaderSaid => {
  const { write, value, offset, size, seen } = access;
  const last = seen(offset);
  const text = 'A piece of a base address.';
  if (size !== 4 || offset % 4 !== 0) return { text, document: HEADER };
  if (write && value === ALL_ONES)
    return {
      text: 'Asks which address bits the device leaves alone: how big the BAR is.',
      document: SIZING,
    };
  // The low bits of a whole base address cannot be written, so it never reads as all ones.
  const upper = isUpperHalf(access) || (last?.write === false && last.value === ALL_ONES);
  if (write)
    return {
      text: upper
        ? 'The upper half of a 64-bit base address.'
        : `The device is to answer from ${hex((value & ~15) >>> 0, 8)} on.`,
      document: SIZING,
    };
  if (upper) return { text: 'The upper half of a 64-bit base address.', document: SIZING };
  const io = (value & PCI_BAR.IO) !== 0;
  const kind = io
    ? 'I/O ports'
    : `memory${value & PCI_BAR.MEM_64 ? ', 64-bit' : ''}${value & PCI_BAR.PREFETCH ? ', prefetchable' : ''}`;
  if (last?.write && last.value === ALL_ONES && value !== 0) {
    const bytes = (~(value & (io ? ~3 : ~15)) + 1) >>> 0;
    return { text: `The BAR is ${bytesText(bytes)} of ${kind}.`, document: SIZING };
  }
  const used = value === 0 ? 'No BAR, or none that has an address' : `The BAR is in ${kind}`;
  return { text: `${used}.`, document: SIZING };
};
const SIZING = 'PCI 3.0 §6.2.5.1';

/** Whether the BAR before this one is 64 bits wide, so that this is its upper half. */
function isUpperHalf({ offset, seen }: ConfigAccess): boolean {
  let wide = false;
  for (let at = PCI_CONFIG.BAR0.offset; at < offset; at += 4) {
    const below = seen(at)?.value ?? 0;
    wide = !wide && (below & PCI_BAR.IO) === 0 && (below & PCI_BAR.MEM_64) !== 0;
  }
  return wide;
}

/** What the bits of a 16-bit register mean, of those that have a name here. */
function meanings(set: ConstantSet, value: number): string {
  const found = set.entries.filter((bit) => value & bit.value);
  return list(found.map(({ name, doc }) => `${doc} (${name})`)) || 'nothing';
}

/** What is said of header registers; of the rest, its line in the table. */
const HEADER_SAYS: Readonly<Record<string, (access: ConfigAccess) => HeaderSaid>> = {
  VendorID: vendor,
  Command: ({ write, value }) => ({
    text: `${write ? 'Switches on' : 'Switched on'}: ${meanings(PCI_COMMAND_BITS, value)}.`,
    document: 'PCI 3.0 §6.2.2',
  }),
  Status: ({ value }) => ({
    text: `Says: ${meanings(PCI_STATUS_BITS, value)}.`,
    document: 'PCI 3.0 §6.2.3',
  }),
  HeaderType: ({ value }) => ({
    text: `${value & PCI_HEADER.BRIDGE ? 'A bridge' : 'A function of its own'}, ${value & PCI_HEADER.MULTIFUNCTION ? 'one of several in its slot' : 'alone in its slot'}.`,
    document: HEADER,
  }),
  InterruptPin: ({ value }) => ({
    text:
      value >= 1 && value <= 4
        ? `It interrupts by its pin INT${'ABCD'[value - 1]}#.`
        : 'It has no interrupt pin.',
    document: HEADER,
  }),
  InterruptLine: ({ value, write }) => ({
    text: write
      ? `Notes that the pin arrives on input ${value}: a note for drivers, the device does not read it.`
      : `Somebody has noted that the pin arrives on input ${value}.`,
    document: HEADER,
  }),
  CapabilitiesPointer: ({ value }) => ({
    text: `The list of capabilities begins at ${hex(value & 0xfc, 2)}.`,
    section: '4.1.4',
  }),
  BAR0: bar,
  BAR1: bar,
  BAR2: bar,
  BAR3: bar,
  BAR4: bar,
  BAR5: bar,
};

/**
 * A byte of the configuration space as the guest has seen it, this access included; undefined where
 * it has not.
 */
function byteAt(access: ConfigAccess, offset: number): number | undefined {
  const { write, value, size } = access;
  const within = offset - access.offset;
  if (!write && within >= 0 && within < size) return Math.floor(value / 2 ** (8 * within)) & 0xff;
  for (let start = offset; start > offset - 4; start--) {
    const known = access.seen(start);
    if (known && start + known.size > offset)
      return Math.floor(known.value / 2 ** (8 * (offset - start))) & 0xff;
  }
  return undefined;
}

/** The capability that covers an offset, as far as the guest has walked the list. */
function capabilityAt(access: ConfigAccess): { start: number; id: number } | undefined {
  let best: { start: number; id: number } | undefined;
  let start = (byteAt(access, PCI_CONFIG.CapabilitiesPointer.offset) ?? 0) & 0xfc;
  for (let i = 0; i < MOST_CAPABILITIES && start >= HEADER_BYTES; i++) {
    const id = byteAt(access, start);
    if (id !== undefined && start <= access.offset && start > (best?.start ?? 0))
      best = { start, id };
    start = (byteAt(access, start + 1) ?? 0) & 0xfc;
  }
  return best;
}

function tellCapability(access: ConfigAccess): Said {
  const { write, offset, size, value, place } = access;
  const where = placeName(place);
  const shown = hex(value, size * 2);
  const found = capabilityAt(access);
  if (!found) {
    const text = `${count(size, 'byte')} of the configuration space of ${where}.`;
    const title = `${where} ${hex(offset, 2)}${write ? ' ←' : ':'} ${shown}`;
    return { title, text, document: HEADER };
  }
  const { start, id } = found;
  const within = offset - start;
  const kind = constantOf(PCI_CAP_IDS, id)?.doc ?? `ID ${hex(id, 2)}`;
  if (id !== PCI_CAP.VENDOR || within >= VIRTIO_PCI_CAP_LAYOUT.extra + 4)
    return {
      title: `${where} ${kind}: ${shown}`,
      text: `The capability at ${hex(start, 2)} is for ${kind}${nextText(access, start, within)}.`,
      document: 'PCI 3.0 §6.7',
    };
  const type = byteAt(access, start + VIRTIO_PCI_CAP_LAYOUT.cfg_type);
  const about = type === undefined ? undefined : constantOf(PCI_CAP_TYPES, type);
  const fields = Object.entries(VIRTIO_PCI_CAP_LAYOUT).filter(
    ([, at]) => at >= within && at < within + size,
  );
  const said = fields.map(([name, at]) =>
    FIELD_SAYS[name]?.(fieldValue(access, start + at, at), type),
  );
  const name = about?.name ?? 'vendor-specific';
  const extra = EXTRA[type ?? 0] ?? 'extra';
  const named =
    fields.map(([field]) => (field === 'extra' ? extra : field)).join(', ') || hex(offset, 2);
  return {
    title: `${where} ${name} ${named}: ${shown}`,
    text: `The capability at ${hex(start, 2)} is for ${about?.doc ?? 'something of the vendor’s'}. ${said.filter(Boolean).join(' ')}`.trim(),
    section: '4.1.4',
  };
}

/** Name of what follows the fields that all virtio capabilities have, by `cfg_type`. */
const EXTRA: Readonly<Record<number, string>> = {
  [VIRTIO_PCI_CAP.NOTIFY_CFG]: 'notify_off_multiplier',
  [VIRTIO_PCI_CAP.PCI_CFG]: 'pci_cfg_data',
};

/** What fields of a virtio capability say, by name; those that say nothing new are left out. */
const FIELD_SAYS: Readonly<Record<string, (value: number, type: number | undefined) => string>> = {
  cap_next: (value) =>
    value === 0 ? 'It is the last one.' : `The next one is at ${hex(value & 0xfc, 2)}.`,
  bar: (value) => `It lies in BAR ${value}.`,
  offset: (value) => `It begins ${hex(value)} bytes into its BAR.`,
  length: (value) => `It is ${bytesText(value)} long.`,
  extra: (value, type) =>
    type === VIRTIO_PCI_CAP.NOTIFY_CFG
      ? `Doorbells are ${value} bytes apart.`
      : `What follows its fields is ${hex(value)}.`,
};

/** A field of a capability; the last three are four bytes wide, the others one. */
function fieldValue(access: ConfigAccess, at: number, field: number): number {
  let value = 0;
  for (let i = field >= VIRTIO_PCI_CAP_LAYOUT.offset ? 3 : 0; i >= 0; i--)
    value = value * 256 + (byteAt(access, at + i) ?? 0);
  return value;
}

function nextText(access: ConfigAccess, start: number, within: number): string {
  if (within > 1 || within + access.size < 2) return '';
  const next = (byteAt(access, start + 1) ?? 0) & 0xfc;
  return next === 0 ? ', the last one' : `, the next one at ${hex(next, 2)}`;
}
