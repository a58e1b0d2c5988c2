import { PCI_CAP, PCI_EXT_CAP } from '../../../spec/pci.ts';
import type { ConfigSpace } from './config-space.ts';

/** What a function is to the fabric (PCIe 4.0 §7.5.3.2). */
export const EXPRESS_TYPE = {
  ENDPOINT: 0,
  ROOT_PORT: 4,
  UPSTREAM: 5,
  DOWNSTREAM: 6,
  PCI_BRIDGE: 7,
  ROOT_ENDPOINT: 9,
} as const;

/** Registers of the capability, offsets from its start (PCIe 4.0 §7.5.3). */
const DEV_CAP = 0x04;
const DEV_CTL = 0x08;
const DEV_STA = 0x0a;
const LNK_CAP = 0x0c;
const LNK_CTL = 0x10;
const LNK_STA = 0x12;
const SLT_CAP = 0x14;
const SLT_CTL = 0x18;
const SLT_STA = 0x1a;
const ROOT_CTL = 0x1c;
const ROOT_STA = 0x20;
const DEV_CAP2 = 0x24;
const DEV_CTL2 = 0x28;
const LNK_CAP2 = 0x2c;
const LNK_CTL2 = 0x30;
const CAP_BYTES = 0x3c;
const SHORT_CAP_BYTES = 0x14;

const VERSION = 2;
const SLOT_IMPLEMENTED = 0x100;
/** Role-based error reporting. */
const DEV_CAP_RBER = 0x8000;
const DEV_CAP_FLR = 0x1000_0000;
const DEV_CTL_FLR = 0x8000;
/** Correctable, non-fatal, fatal and unsupported: reporting, and what was detected. */
const ERRORS = 0xf;
/** Link: ASPM L0s, width in bits 4 to 9, speed in bits 0 to 3. */
const LNK_CAP_L0S = 0x400;
const LNK_CAP_ACTIVE_REPORTING = 0x10_0000;
const LNK_CAP_BANDWIDTH = 0x20_0000;
const LNK_STA_ACTIVE = 0x2000;
const WIDTH_1 = 1 << 4;
const SPEED_2_5 = 1;
const SPEED_5 = 2;
const SPEED_16 = 4;
const LINK_SPEED = 0x00f;
const LINK_WIDTH = 0x3f0;
const LINK = LINK_SPEED | LINK_WIDTH;
const LNK_CTL_CLOCK_SYNC = 0xc0;
/** Slot: attention button, power controller, indicators, hot-plug, interlock. */
const SLOT_BUTTON = 0x1;
const SLOT_POWER_CONTROLLER = 0x2;
const SLOT_INDICATORS = 0x18;
const SLOT_HOTPLUG = 0x60;
const SLOT_INTERLOCK = 0x2_0000;
const SLOT_NUMBER_SHIFT = 19;
const SLT_CTL_EVENTS = 0x39;
const SLT_CTL_ATTENTION = 0xc0;
const SLT_CTL_ATTENTION_OFF = 0xc0;
const SLT_CTL_POWER = 0x300;
const SLT_CTL_POWER_ON = 0x100;
const SLT_CTL_POWER_OFF = 0x300;
const SLT_CTL_POWER_CONTROLLER = 0x400;
const SLT_CTL_INTERLOCK = 0x800;
const SLT_CTL_POWER_BLINKS = 0x200;
const SLT_STA_BUTTON = 0x01;
const SLT_STA_CHANGED = 0x08;
const SLT_STA_COMPLETED = 0x10;
const SLT_STA_EVENTS = SLT_STA_BUTTON | SLT_STA_CHANGED | SLT_STA_COMPLETED;
const SLT_STA_PRESENCE = 0x40;
const SLT_STA_INTERLOCK = 0x80;
const ROOT_CTL_ERRORS = 0x7;
const ROOT_STA_PME = 0x1_0000;
/** End-end TLP prefixes and extended format. */
const DEV_CAP2_PREFIXES = 0x30_0000;
const DEV_CTL2_PREFIXES = 0x8000;
const ARI_FORWARDING = 0x20;

/** What is uncorrectable, and which of it is fatal (PCIe 4.0 §7.8.4). */
const AER_UNCORRECTABLE = 0x03ff_f030;
const AER_FATAL = 0x0046_2030;
const AER_CORRECTABLE = 0xf1c1;
const AER_CORRECTABLE_MASKED = 0xe000;
const AER_CAP_ECRC = 0xa0;
const AER_CAP_ECRC_ENABLE = 0x140;
const AER_CAP_MULTIPLE = 0x200;
const AER_CAP_MULTIPLE_ENABLE = 0x400;
/** Bytes of the error reporting capability. */
export const AER_BYTES = 0x48;
/** Offset of the first extended capability. */
export const FIRST_EXTENDED = 0x100;

/** A link as a slot's port has it. */
export interface Link {
  /** Gigatransfers a second, as its code: 1 for 2.5, 2 for 5, 3 for 8, 4 for 16. */
  readonly speed: number;
  /** Lanes. */
  readonly width: number;
}

/** The PCI Express capability of one function, with what hangs on it (PCIe 4.0 §7.5.3). */
export class ExpressCapability {
  /** Offset in configuration space. */
  readonly at: number;
  readonly #config: ConfigSpace;
  #aer = 0;

  /**
   * Adds the capability, and room for extended ones. `port`: number of the port, in the link's
   * register; `version`: of the capability, 1 for the short one of an endpoint.
   */
  constructor(
    config: ConfigSpace,
    type: number,
    port: number,
    place?: number,
    version: 1 | 2 = VERSION,
  ) {
    config.extend();
    this.#config = config;
    const bytes = version === 1 ? SHORT_CAP_BYTES : CAP_BYTES;
    this.at = config.addCapability(PCI_CAP.EXPRESS, bytes, place);
    this.#put(0x02, 2, version | (type << 4));
    this.#put(DEV_CAP, 4, DEV_CAP_RBER);
    this.#put(LNK_CAP, 4, ((port << 24) | LNK_CAP_L0S | WIDTH_1 | SPEED_2_5) >>> 0);
    this.#put(LNK_STA, 2, WIDTH_1 | SPEED_2_5);
    if (version === 1) return;
    this.#put(DEV_CAP2, 4, DEV_CAP2_PREFIXES);
    this.#allow(DEV_CTL2, 2, DEV_CTL2_PREFIXES);
  }

  get type(): number {
    return (this.#get(0x02, 2) >> 4) & 0xf;
  }

  /** Lets a driver switch on error messages, and clear what was detected. */
  reportErrors(): void {
    this.#allow(DEV_CTL, 2, ERRORS);
    this.#clearable(DEV_STA, 2, ERRORS);
  }

  /** Lets a driver reset the function. */
  offerFunctionReset(): void {
    this.#put(DEV_CAP, 4, this.#get(DEV_CAP, 4) + DEV_CAP_FLR);
    this.#allow(DEV_CTL, 2, this.#allowed(DEV_CTL) | DEV_CTL_FLR);
  }

  /** Lets a driver set the clock bits of the link. */
  allowClockControl(): void {
    this.#allow(LNK_CTL, 2, LNK_CTL_CLOCK_SYNC);
  }

  /** Whether a write of the guest to `offset` asks for a function reset; takes the request. */
  takeFunctionReset(offset: number, size: number): boolean {
    const at = this.at + DEV_CTL;
    if (offset >= at + 2 || offset + size <= at) return false;
    const control = this.#get(DEV_CTL, 2);
    if (!(control & DEV_CTL_FLR)) return false;
    this.#put(DEV_CTL, 2, control & ~DEV_CTL_FLR);
    return true;
  }

  /** Forwards requests to functions above 7. */
  forwardAri(): void {
    this.#put(DEV_CAP2, 4, DEV_CAP2_PREFIXES | ARI_FORWARDING);
    this.#allow(DEV_CTL2, 2, DEV_CTL2_PREFIXES | ARI_FORWARDING);
  }

  /** The registers of a root port. */
  addRoot(): void {
    this.#allow(ROOT_CTL, 2, ROOT_CTL_ERRORS);
    this.#clearable(ROOT_STA, 4, ROOT_STA_PME);
  }

  /** The registers of a port that has a slot. */
  addSlot(slot: { number: number; link: Link; hotplug: boolean; power: boolean }): void {
    const { number, link, hotplug, power } = slot;
    this.#put(0x02, 2, this.#get(0x02, 2) | SLOT_IMPLEMENTED);
    const parts = SLOT_BUTTON | SLOT_INDICATORS | SLOT_INTERLOCK;
    this.#put(
      SLT_CAP,
      4,
      ((number << SLOT_NUMBER_SHIFT) |
        parts |
        (hotplug ? SLOT_HOTPLUG : 0) |
        (power ? SLOT_POWER_CONTROLLER : 0)) >>>
        0,
    );
    this.#put(SLT_CTL, 2, SLT_CTL_POWER_OFF | SLT_CTL_ATTENTION_OFF);
    this.#allow(
      SLT_CTL,
      2,
      SLT_CTL_POWER |
        SLT_CTL_ATTENTION |
        SLT_CTL_EVENTS |
        SLT_CTL_INTERLOCK |
        (power ? SLT_CTL_POWER_CONTROLLER : 0),
    );
    this.#clearable(SLT_STA, 2, SLT_STA_EVENTS);
    this.#setLink(link);
  }

  #setLink({ speed, width }: Link): void {
    const old = this.#get(LNK_CAP, 4);
    let cap = old - (old & 0x3ff) + ((width << 4) | speed);
    if (width > 1 || speed > SPEED_2_5) cap += LNK_CAP_BANDWIDTH;
    if (speed > SPEED_2_5) {
      cap += LNK_CAP_ACTIVE_REPORTING;
      this.#put(LNK_CTL2, 2, speed);
    }
    this.#put(LNK_CAP, 4, cap);
    if (speed > SPEED_5) this.#put(LNK_CAP2, 4, speed >= SPEED_16 ? 0x1e : 0xe);
  }

  /** A device came into the slot, or left it. `link`: whether its link's state is told too. */
  setPresence(present: boolean, link: boolean): void {
    const change = (at: number, bit: number) =>
      this.#config.change16(at, present ? 0 : bit, present ? bit : 0);
    change(this.at + SLT_STA, SLT_STA_PRESENCE);
    if (!present) this.#config.change16(this.at + SLT_STA, 0, SLT_STA_CHANGED);
    if (link || this.#get(LNK_CAP, 4) & LNK_CAP_ACTIVE_REPORTING)
      change(this.at + LNK_STA, LNK_STA_ACTIVE);
  }

  /** Whether the slot says that something is in it. */
  get present(): boolean {
    return (this.#get(SLT_STA, 2) & SLT_STA_PRESENCE) !== 0;
  }

  /** Whether the guest has switched off the slot's power and its indicator. */
  get slotOff(): boolean {
    const control = this.#get(SLT_CTL, 2);
    return (
      (control & SLT_CTL_POWER) === SLT_CTL_POWER_OFF && (control & SLT_CTL_POWER_CONTROLLER) !== 0
    );
  }

  /** Whether the guest is about to switch the slot: its power indicator blinks. */
  get slotBusy(): boolean {
    return (this.#get(SLT_CTL, 2) & SLT_CTL_POWER) === SLT_CTL_POWER_BLINKS;
  }

  /** Tells the guest that somebody wants the device in or out; `changed` says that it is there already. */
  pressButton(changed: boolean): void {
    this.#config.change16(this.at + SLT_STA, 0, SLT_STA_BUTTON | (changed ? SLT_STA_CHANGED : 0));
  }

  /** Whether an access reaches the link's status. */
  touchesLinkStatus(offset: number, size: number): boolean {
    return offset < this.at + LNK_STA + 2 && offset + size > this.at + LNK_STA;
  }

  /** Speed and width of the link: what the port and the device behind can both do, or all that the port can. */
  syncLink(device: ExpressCapability | undefined): void {
    const most = this.#get(LNK_CAP, 2) & LINK;
    const other = device ? device.#get(LNK_STA, 2) & LINK : most;
    const width = Math.min(most & LINK_WIDTH, other & LINK_WIDTH) || WIDTH_1;
    const speed = Math.min(most & LINK_SPEED, other & LINK_SPEED) || SPEED_2_5;
    this.#config.change16(this.at + LNK_STA, LINK, width | speed);
  }

  /** Whether a write of the guest's reached the slot's control; a written interlock toggles at once. */
  slotWritten(offset: number, size: number): boolean {
    const at = this.at + SLT_CTL;
    if (offset >= at + 2 || offset + size <= at) return false;
    if (this.#get(SLT_CTL, 2) & SLT_CTL_INTERLOCK) {
      this.#config.change16(at, SLT_CTL_INTERLOCK, 0);
      this.#put(SLT_STA, 2, this.#get(SLT_STA, 2) ^ SLT_STA_INTERLOCK);
    }
    return true;
  }

  /** A command to the slot is done. */
  completeCommand(): void {
    this.#config.change16(this.at + SLT_STA, 0, SLT_STA_COMPLETED);
  }

  /** The slot's registers after a reset. */
  resetSlot(occupied: boolean, power: boolean): void {
    this.#config.change16(
      this.at + SLT_CTL,
      SLT_CTL_INTERLOCK |
        SLT_CTL_POWER |
        SLT_CTL_ATTENTION |
        SLT_CTL_EVENTS |
        SLT_CTL_POWER_CONTROLLER,
      SLT_CTL_ATTENTION_OFF |
        (!power ? 0 : occupied ? SLT_CTL_POWER_ON : SLT_CTL_POWER_CONTROLLER | SLT_CTL_POWER_OFF),
    );
    this.#config.change16(this.at + SLT_STA, SLT_STA_INTERLOCK | SLT_STA_EVENTS, 0);
  }

  /** Registers of devices and links after a reset. */
  reset(): void {
    this.#config.change16(this.at + DEV_CTL, ERRORS, 0);
    this.#config.change16(this.at + LNK_CTL, LNK_CTL_CLOCK_SYNC, 0);
  }

  /** Root control after a reset. */
  resetRoot(): void {
    this.#put(ROOT_CTL, 2, 0);
    if (this.#aer !== 0) this.#config.put(this.#aer + 0x2c, 4, 0);
  }

  /** Adds advanced error reporting at `at` (PCIe 4.0 §7.8.4). */
  addErrorReporting(at: number, version: number): void {
    const { type } = this;
    const config = this.#config;
    this.#aer = at;
    config.addExtendedCapability(PCI_EXT_CAP.AER, version, at, AER_BYTES);
    config.clearByOnes(at + 0x04, 4, AER_UNCORRECTABLE);
    config.put(at + 0x0c, 4, AER_FATAL);
    config.allowWrites(at + 0x0c, 4, AER_UNCORRECTABLE);
    config.clearByOnes(at + 0x10, 4, AER_CORRECTABLE);
    config.put(at + 0x14, 4, AER_CORRECTABLE_MASKED);
    config.allowWrites(at + 0x14, 4, AER_CORRECTABLE);
    const logsMany =
      type === EXPRESS_TYPE.ROOT_PORT ||
      type === EXPRESS_TYPE.UPSTREAM ||
      type === EXPRESS_TYPE.DOWNSTREAM;
    config.put(at + 0x18, 4, AER_CAP_ECRC | (logsMany ? AER_CAP_MULTIPLE : 0));
    config.allowWrites(
      at + 0x18,
      4,
      AER_CAP_ECRC_ENABLE | (logsMany ? AER_CAP_MULTIPLE_ENABLE : 0),
    );
    if (type !== EXPRESS_TYPE.ROOT_PORT) return;
    config.allowWrites(at + 0x2c, 4, ROOT_CTL_ERRORS);
    config.clearByOnes(at + 0x30, 4, 0x7f);
  }

  /** Adds address translation services at `at` (PCIe 4.0 §10.5.1). */
  addAddressTranslation(at: number, pageAligned: boolean): void {
    this.#config.addExtendedCapability(PCI_EXT_CAP.ATS, 1, at, 8);
    this.#config.put(at + 4, 2, pageAligned ? 0x20 : 0);
    this.#config.allowWrites(at + 6, 2, 0x800f);
  }

  /** Adds a serial number of 64 bits at `at`, least significant byte first (PCIe 4.0 §7.9.3). */
  addSerialNumber(at: number, bytes: readonly number[]): void {
    this.#config.addExtendedCapability(PCI_EXT_CAP.SERIAL, 1, at, 12);
    this.#config.bytes.set(bytes, at + 4);
  }

  /** Adds access control services at `at` (PCIe 4.0 §7.7.8). */
  addAccessControl(at: number): void {
    this.#config.addExtendedCapability(PCI_EXT_CAP.ACS, 1, at, 8);
    this.#config.put(at + 4, 2, 0x5f);
    this.#config.allowWrites(at + 6, 2, 0x5f);
  }

  #get(register: number, size: number): number {
    return this.#config.get(this.at + register, size);
  }

  #put(register: number, size: number, value: number): void {
    this.#config.put(this.at + register, size, value);
  }

  #allow(register: number, size: number, mask: number): void {
    this.#config.allowWrites(this.at + register, size, mask);
  }

  #allowed(register: number): number {
    const at = this.at + register;
    return (this.#config.writable[at] ?? 0) | ((this.#config.writable[at + 1] ?? 0) << 8);
  }

  #clearable(register: number, size: number, mask: number): void {
    this.#config.clearByOnes(this.at + register, size, mask);
  }
}
