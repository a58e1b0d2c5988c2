import { Bus } from '../../qdev/bus.ts';
import type { DeviceContext } from '../../qdev/context.ts';
import type { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import type { State } from '../../qom/state.ts';
import type { ObjectInit } from '../../qom/type.ts';
import { ChannelSubsystem } from './channel-subsystem.ts';
import type { Facilities } from './channel-subsystem-call.ts';
import { type CssId, cssIdText, DEFAULT_CSSID, MAX_DEVNO, MAX_SSID } from './css-id.ts';
import type { IoInterruption } from './io-interruptions.ts';
import { type ChannelDevice, Subchannel } from './subchannel.ts';
import { type SubchannelName, schidWord } from './subchannel-name.ts';

/** Images of the channel subsystem: 0 to 254. */
const CSS_IMAGES = 255;
/** Numbers among which QEMU looks for the last subchannel of a set; where it finds none, all may be there. */
const SEARCHED = 0x2000;

function keyOf({ cssid, ssid }: Pick<CssId, 'cssid' | 'ssid'>): number {
  return cssid * (MAX_SSID + 1) + ssid;
}

/** Numbers from 0 that are in use; the lowest free one is found in constant time as long as none are given back. */
class NumberSet {
  readonly #used = new Set<number>();
  /** Everything below is in use. */
  #lowest = 0;

  add(number: number): void {
    this.#used.add(number);
  }

  delete(number: number): void {
    this.#used.delete(number);
    this.#lowest = Math.min(this.#lowest, number);
  }

  /** The lowest number that is not in use, or undefined where there is none. */
  free(): number | undefined {
    while (this.#used.has(this.#lowest)) this.#lowest++;
    return this.#lowest > MAX_DEVNO ? undefined : this.#lowest;
  }
}

/** Subchannels and device numbers of one subchannel set. */
class SubchannelSet {
  readonly devices = new Set<number>();
  readonly free = new NumberSet();
  readonly byNumber = new Map<number, Subchannel>();

  /** The last number that a program must look at. */
  get last(): number {
    let last = -1;
    for (const number of this.byNumber.keys())
      if (number > last && number < SEARCHED) last = number;
    return last < 0 ? SEARCHED : last;
  }
}

/** The virtual channel subsystem's bus: every device on it has a device number and a subchannel. */
export class CssBus extends Bus {
  /** What executes the program's instructions. */
  readonly subsystem: ChannelSubsystem;
  /** What the program has enabled; it is shown the first set of the default image anyway. */
  facilities: Facilities = { sets: false, images: false };
  readonly #sets = new Map<number, SubchannelSet>();
  readonly #holders = new Map<Device, Subchannel>();

  constructor(init: ObjectInit) {
    super(init);
    this.subsystem = new ChannelSubsystem(this, init.context as DeviceContext);
  }

  override saveState(): State {
    const { pending } = this.subsystem.interruptions;
    return { ...super.saveState(), facilities: this.facilities, pending };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.facilities = state.facilities as Facilities;
    this.subsystem.interruptions.loadPending(state.pending as IoInterruption[]);
  }

  /** Gives `device` a subchannel, and the device number that it wants or else the first free one. Throws RealizeError. */
  claim(device: Device & ChannelDevice, wanted: CssId | undefined): Subchannel {
    const id = wanted ?? this.#freeDevice();
    const set = this.#setOf(id);
    if (set.devices.has(id.devid)) throw new RealizeError(`Device ${cssIdText(id)} already exists`);
    const free = set.free.free();
    if (free === undefined) throw new RealizeError(`No free subchannel found for ${cssIdText(id)}`);
    const subchannel = new Subchannel(id, { ...id, devid: free }, device);
    set.devices.add(id.devid);
    set.free.add(free);
    set.byNumber.set(free, subchannel);
    this.#holders.set(device, subchannel);
    return subchannel;
  }

  override remove(device: Device): void {
    super.remove(device);
    this.vacate(device);
  }

  override vacate(device: Device): void {
    const held = this.#holders.get(device);
    if (!held) return;
    this.#holders.delete(device);
    const set = this.#setOf(held.device);
    set.devices.delete(held.device.devid);
    set.free.delete(held.subchannel.devid);
    set.byNumber.delete(held.subchannel.devid);
    this.subsystem.interruptions.withdraw(this.schidOf(held));
  }

  /** The subchannel that a program means, or undefined where it can see none. The default image need not be named. */
  visible({ cssid = DEFAULT_CSSID, ssid, number }: SubchannelName): Subchannel | undefined {
    const { sets, images } = this.facilities;
    if ((ssid !== 0 && !sets) || (cssid !== DEFAULT_CSSID && !images)) return undefined;
    return this.#sets.get(keyOf({ cssid, ssid }))?.byNumber.get(number);
  }

  /** Whether a subchannel that is not there lies before others, so that a program that scans goes on. */
  hasHole({ cssid = DEFAULT_CSSID, ssid, number }: SubchannelName): boolean {
    const set = this.#sets.get(keyOf({ cssid, ssid }));
    return set !== undefined && !set.byNumber.has(number) && number <= set.last;
  }

  /** The word by which the program knows a subchannel. */
  schidOf({ subchannel: { cssid, ssid, devid } }: Subchannel): number {
    return schidWord({ cssid: this.facilities.images ? cssid : undefined, ssid, number: devid });
  }

  override addressOf(device: Device): string {
    const held = this.#holders.get(device);
    return held ? cssIdText(held.device) : '';
  }

  #setOf(id: Pick<CssId, 'cssid' | 'ssid'>): SubchannelSet {
    const key = keyOf(id);
    let set = this.#sets.get(key);
    if (!set) {
      set = new SubchannelSet();
      this.#sets.set(key, set);
    }
    return set;
  }

  /** A number that is free, in the default image or in those after it: that of the first free subchannel, or the next. */
  #freeDevice(): CssId {
    for (let image = 0; image < CSS_IMAGES; image++)
      for (let ssid = 0; ssid <= MAX_SSID; ssid++) {
        const id = { cssid: (DEFAULT_CSSID + image) % CSS_IMAGES, ssid, devid: 0 };
        const set = this.#setOf(id);
        const first = set.free.free();
        if (first === undefined) continue;
        for (let round = 0; round <= MAX_DEVNO; round++) {
          // QEMU 7.2 never comes to the last number by itself.
          const devid = (first + round) % MAX_DEVNO;
          if (!set.devices.has(devid)) return { ...id, devid };
        }
      }
    throw new RealizeError('Virtual channel subsystem is full!');
  }
}
