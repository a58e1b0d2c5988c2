import { alignUp, TWO_32 } from '../../../base/bits.ts';
import { PCI_BAR, PCI_BRIDGE_CONFIG, PCI_CAP, PCI_CONFIG } from '../../../spec/pci.ts';
import type { ConfigCycles } from './config-cycles.ts';
import { findCapability, findReserve, type PciFunction } from './pci-functions.ts';

const KINDS = ['io', 'mem', 'pref'] as const;
/** What an address range is for: ports, memory, prefetchable memory. */
type Kind = (typeof KINDS)[number];

/** A BAR, or a bridge's window, that wants addresses; all in bytes. */
interface Claim {
  readonly owner: PciFunction;
  /** Index of the BAR, the ROM after the last; `window`: what is behind the bridge. */
  readonly what: number | 'window';
  readonly size: number;
  readonly align: number;
  readonly is64: boolean;
}

const LEAST_MEMORY = 4096;
const LEAST_WINDOW: Readonly<Record<Kind, number>> = {
  io: 0x1000,
  mem: 0x20_0000,
  pref: 0x20_0000,
};
/** Least ports that a root bus may use, and those it uses where they do not do. */
const PORTS = { base: 0xc000, size: 0x4000, larger: 0x1000, largerSize: 0x9000 };
/** Where memory of devices ends below 4 GiB: the interrupt controllers come next. */
const MEMORY_END = 0xfec0_0000;
const GIB = 2 ** 30;
const UNSET = 0xffff_ffff;

/** BARs of a bridge are two; of others six; then comes the ROM. */
const ROM = 6;
const EXPRESS_FLAGS = 2;
const EXPRESS_ROOT_PORT = 4;
const EXPRESS_DOWNSTREAM = 6;
const EXPRESS_TO_PCI = 7;
const EXPRESS_SLOT = 0x100;

/** Where memory of devices may begin, below 4 GiB and above, in bytes. */
export interface MemoryPlan {
  readonly start: number;
  readonly above: number;
}

/** Claims of one kind on one bus: largest alignment first, then largest size, then in order of discovery. */
class Claims {
  readonly list: Claim[] = [];
  base = 0;

  add(claim: Claim): void {
    const at = this.list.findIndex(
      ({ align, size }) => align < claim.align || (align === claim.align && size < claim.size),
    );
    this.list.splice(at < 0 ? this.list.length : at, 0, claim);
  }

  get sum(): number {
    return this.list.reduce((sum, { size }) => sum + size, 0);
  }

  get align(): number {
    return this.list[0]?.align ?? 1;
  }

  /** Takes out what can lie above 4 GiB. */
  split64(): Claims {
    const high = new Claims();
    for (const claim of this.list.filter(({ is64 }) => is64)) {
      this.list.splice(this.list.indexOf(claim), 1);
      high.list.push(claim);
    }
    return high;
  }
}

/**
 * Gives every BAR and every bridge's window addresses, by SeaBIOS's rules: largest first, windows as
 * large as what is behind them, at least so large that something can be plugged in. Returns false where
 * they do not fit.
 */
export function assignResources(
  config: ConfigCycles,
  functions: readonly PciFunction[],
  plan: MemoryPlan,
): boolean {
  const planner = new Planner(config, functions);
  return planner.run(plan);
}

class Planner {
  readonly #config: ConfigCycles;
  readonly #functions: readonly PciFunction[];
  readonly #buses: Record<Kind, Claims>[] = [];

  constructor(config: ConfigCycles, functions: readonly PciFunction[]) {
    this.#config = config;
    this.#functions = functions;
  }

  run(plan: MemoryPlan): boolean {
    for (const owner of this.#functions) this.#claimBars(owner);
    for (const bridge of this.#functions.filter((one) => one.bridge).reverse())
      this.#claimWindows(bridge);
    const root = this.#on(0);
    if (!placePorts(root.io)) return false;
    const high: Claims[] = [];
    if (!placeMemory(root, plan.start)) {
      high.push(root.mem.split64(), root.pref.split64());
      if (!placeMemory(root, plan.start)) return false;
    }
    let next = plan.above;
    for (const [index, claims] of high.entries()) {
      claims.base = alignUp(alignUp(next, claims.align), GIB);
      next = claims.base + claims.sum;
      this.#map(claims, index === 0 ? 'mem' : 'pref');
    }
    for (let bus = 0; bus < this.#buses.length; bus++)
      for (const kind of KINDS) this.#map(this.#on(bus)[kind], kind);
    return true;
  }

  #on(bus: number): Record<Kind, Claims> {
    for (let i = this.#buses.length; i <= bus; i++)
      this.#buses.push({ io: new Claims(), mem: new Claims(), pref: new Claims() });
    return this.#buses[bus] as Record<Kind, Claims>;
  }

  #claimBars(owner: PciFunction): void {
    const last = owner.bridge ? 2 : ROM;
    for (let index = 0; index < last; index++)
      if (this.#claimBar(owner, index, barOffset(owner, index))) index++;
    this.#claimBar(owner, ROM, barOffset(owner, ROM));
  }

  /** Returns whether the BAR takes two registers. */
  #claimBar(owner: PciFunction, index: number, offset: number): boolean {
    const config = this.#config;
    const old = config.read(owner.address, offset, 4);
    const io = index !== ROM && (old & PCI_BAR.IO) !== 0;
    const mask = index === ROM ? 0xffff_f800 : io ? 0xffff_fffc : 0xffff_fff0;
    const is64 = index !== ROM && !io && (old & PCI_BAR.MEM_64) !== 0;
    const probe = (at: number, before: number, ones: number) => {
      config.write(owner.address, at, 4, ones);
      const value = config.read(owner.address, at, 4);
      config.write(owner.address, at, 4, before);
      return value;
    };
    const low = (probe(offset, old, index === ROM ? mask : UNSET) & mask) >>> 0;
    let size = low === 0 ? 0 : (~low >>> 0) + 1;
    if (is64) {
      const upper = probe(offset + 4, config.read(owner.address, offset + 4, 4), UNSET);
      if (low === 0) size = upper === 0 ? 0 : TWO_32 * ((~upper >>> 0) + 1);
    }
    if (io && size > 0) size = lowestBit(low);
    if (size > 0) {
      const prefetch = index !== ROM && !io && (old & PCI_BAR.PREFETCH) !== 0;
      const kind = io ? 'io' : prefetch ? 'pref' : 'mem';
      const claimed = kind === 'io' ? size : Math.max(LEAST_MEMORY, size);
      this.#on(owner.bus)[kind].add({ owner, what: index, size: claimed, align: claimed, is64 });
    }
    return is64;
  }

  #claimWindows(bridge: PciFunction): void {
    const behind = this.#on(bridge.secondary);
    for (const kind of KINDS) {
      if (!this.#hasWindow(bridge, kind)) continue;
      const align = Math.max(LEAST_WINDOW[kind], behind[kind].align);
      const plug = this.#hotplug(bridge);
      let sum = behind[kind].sum;
      if (sum === 0 && plug !== undefined && !(plug === 'express' && kind === 'io')) sum = align;
      const size = alignUp(Math.max(sum, this.#reserved(bridge, kind)), align);
      const is64 = kind === 'pref' && behind.pref.list.every((claim) => claim.is64);
      this.#on(bridge.bus)[kind].add({ owner: bridge, what: 'window', size, align, is64 });
    }
  }

  #hasWindow({ address }: PciFunction, kind: Kind): boolean {
    if (kind === 'mem') return true;
    const { IOBase, PrefetchBase } = PCI_BRIDGE_CONFIG;
    const { offset } = kind === 'io' ? IOBase : PrefetchBase;
    this.#config.write(address, offset, 1, 0xff);
    return this.#config.read(address, offset, 1) !== 0;
  }

  /** How devices can be plugged in behind a bridge; undefined: not at all. */
  #hotplug({ address }: PciFunction): 'express' | 'shpc' | undefined {
    const express = findCapability(this.#config, address, PCI_CAP.EXPRESS);
    if (express !== 0) {
      const flags = this.#config.read(address, express + EXPRESS_FLAGS, 2);
      const type = (flags >> 4) & 0xf;
      const downstream = type === EXPRESS_ROOT_PORT || type === EXPRESS_DOWNSTREAM;
      if (downstream && flags & EXPRESS_SLOT) return 'express';
      if (type !== EXPRESS_TO_PCI) return undefined;
    }
    return findCapability(this.#config, address, PCI_CAP.SHPC) === 0 ? undefined : 'shpc';
  }

  /** Bytes that a bridge asks for. */
  #reserved({ address }: PciFunction, kind: Kind): number {
    const at = findReserve(this.#config, address);
    if (at === 0) return 0;
    const word = (offset: number) => this.#config.read(address, at + offset, 4);
    const wide = (offset: number) => {
      const [low, high] = [word(offset), word(offset + 4)];
      return low === UNSET && high === UNSET ? undefined : high * TWO_32 + low;
    };
    if (kind === 'io') return wide(8) ?? 0;
    const narrow = word(kind === 'mem' ? 16 : 20);
    const asked = narrow === UNSET ? 0 : narrow;
    return kind === 'mem' ? asked : (wide(24) ?? asked);
  }

  #map(claims: Claims, kind: Kind): void {
    for (const claim of claims.list) {
      const { base } = claims;
      claims.base += claim.size;
      if (claim.what === 'window') this.#openWindow(claim.owner, kind, base, claim.size);
      else this.#writeBar(claim, claim.what, base);
    }
  }

  #writeBar({ owner, is64 }: Claim, index: number, base: number): void {
    const offset = barOffset(owner, index);
    this.#config.write(owner.address, offset, 4, base % TWO_32);
    if (is64) this.#config.write(owner.address, offset + 4, 4, Math.floor(base / TWO_32));
  }

  #openWindow({ address, secondary }: PciFunction, kind: Kind, base: number, size: number): void {
    const config = this.#config;
    const last = base + size - 1;
    const register = PCI_BRIDGE_CONFIG;
    this.#on(secondary)[kind].base = base;
    if (kind === 'io') {
      config.write(address, register.IOBase.offset, 1, (base >> 8) & 0xff);
      config.write(address, register.IOLimit.offset, 1, (last >> 8) & 0xff);
      return;
    }
    const upper = (value: number) => Math.floor(value / 0x1_0000) & 0xffff;
    const [first, end] =
      kind === 'mem'
        ? [register.MemoryBase, register.MemoryLimit]
        : [register.PrefetchBase, register.PrefetchLimit];
    config.write(address, first.offset, 2, upper(base));
    config.write(address, end.offset, 2, upper(last));
    if (kind === 'mem') return;
    config.write(address, register.PrefetchBaseUpper.offset, 4, Math.floor(base / TWO_32));
    config.write(address, register.PrefetchLimitUpper.offset, 4, Math.floor(last / TWO_32));
  }
}

function barOffset({ bridge }: PciFunction, index: number): number {
  if (index < ROM) return PCI_CONFIG.BAR0.offset + 4 * index;
  return bridge ? PCI_BRIDGE_CONFIG.ExpansionROM.offset : PCI_CONFIG.ExpansionROM.offset;
}

function lowestBit(value: number): number {
  return (value & -value) >>> 0;
}

function placePorts(claims: Claims): boolean {
  const { sum } = claims;
  claims.base = sum < PORTS.size ? PORTS.base : PORTS.larger;
  return sum < PORTS.largerSize;
}

/** Prefetchable memory goes last, unless it needs the larger alignment. */
function placeMemory({ mem, pref }: Record<Kind, Claims>, start: number): boolean {
  const [first, last] = mem.align < pref.align ? [pref, mem] : [mem, pref];
  const down = (claims: Claims, end: number) =>
    Math.floor((end - claims.sum) / claims.align) * claims.align;
  last.base = down(last, MEMORY_END);
  first.base = down(first, last.base);
  return first.base >= start && first.base <= MEMORY_END;
}
