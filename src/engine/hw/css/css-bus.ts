import { Bus } from '../../qdev/bus.ts';
import type { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import { type CssId, cssIdText, DEFAULT_CSSID, MAX_DEVNO, MAX_SSID } from './css-id.ts';

/** Images of the channel subsystem: 0 to 254. */
const CSS_IMAGES = 255;

/** A subchannel: how a guest reaches one device. */
export interface Subchannel {
  /** The device's number. */
  readonly device: CssId;
  /** The subchannel's own. */
  readonly subchannel: CssId;
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
interface SubchannelSet {
  readonly devices: Set<number>;
  readonly subchannels: NumberSet;
}

/** The virtual channel subsystem's bus: every device on it has a device number and a subchannel. */
export class CssBus extends Bus {
  readonly #sets = new Map<number, SubchannelSet>();
  readonly #holders = new Map<Device, Subchannel>();

  /** Gives `device` a subchannel, and the device number that it wants or else the first free one. Throws RealizeError. */
  claim(device: Device, wanted: CssId | undefined): Subchannel {
    const id = wanted ?? this.#freeDevice();
    const set = this.#setOf(id);
    if (set.devices.has(id.devid)) throw new RealizeError(`Device ${cssIdText(id)} already exists`);
    const free = set.subchannels.free();
    if (free === undefined) throw new RealizeError(`No free subchannel found for ${cssIdText(id)}`);
    const subchannel: Subchannel = { device: id, subchannel: { ...id, devid: free } };
    set.devices.add(id.devid);
    set.subchannels.add(free);
    this.#holders.set(device, subchannel);
    return subchannel;
  }

  override remove(device: Device): void {
    super.remove(device);
    const held = this.#holders.get(device);
    if (!held) return;
    this.#holders.delete(device);
    const set = this.#setOf(held.device);
    set.devices.delete(held.device.devid);
    set.subchannels.delete(held.subchannel.devid);
  }

  override addressOf(device: Device): string {
    const held = this.#holders.get(device);
    return held ? cssIdText(held.device) : '';
  }

  #setOf({ cssid, ssid }: CssId): SubchannelSet {
    const key = cssid * (MAX_SSID + 1) + ssid;
    let set = this.#sets.get(key);
    if (!set) {
      set = { devices: new Set(), subchannels: new NumberSet() };
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
        const first = set.subchannels.free();
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
