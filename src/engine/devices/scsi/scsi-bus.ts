import { Bus } from '../../qdev/bus.ts';
import { Device } from '../../qdev/device.ts';
import { ConfigError } from '../../qom/errors.ts';
import { u32 } from '../../qom/property.ts';
import type { TypeRegistry } from '../../qom/type.ts';

/** `scsi-id` and `lun` that stand for "the first that is free". */
const ANY = 0xffff_ffff;

const PROPERTIES = { channel: u32(0), 'scsi-id': u32(ANY), lun: u32(ANY) } as const;

/** A device on a SCSI bus: one logical unit of a target. */
export abstract class ScsiDevice<P = unknown> extends Device<P & typeof PROPERTIES> {
  /** Channel, target and logical unit; fixed once plugged in. */
  get address(): readonly [channel: number, target: number, lun: number] {
    const { values } = this;
    return [values.channel as number, values['scsi-id'] as number, values.lun as number];
  }
}

/** A SCSI bus; whoever carries it says how far its addresses go. */
export class ScsiBus extends Bus {
  maxChannel = 0;
  maxTarget = 255;
  maxLun = 16383;

  override addressOf(device: Device): string {
    return device instanceof ScsiDevice ? device.address.join(':') : '';
  }

  override add(device: Device): void {
    if (device instanceof ScsiDevice) this.#settle(device);
    super.add(device);
  }

  #settle(device: ScsiDevice): void {
    const [channel, target, lun] = device.address;
    if (channel > this.maxChannel) throw new ConfigError(`bad scsi channel id: ${channel}`);
    if (target !== ANY && target > this.maxTarget)
      throw new ConfigError(`bad scsi device id: ${target | 0}`);
    if (lun !== ANY && lun > this.maxLun) throw new ConfigError(`bad scsi device lun: ${lun | 0}`);
    if (target === ANY) {
      const wanted = lun === ANY ? 0 : lun;
      const free = this.#first(this.maxTarget, (id) => !this.#at(channel, id, wanted));
      if (free === undefined) throw new ConfigError('no free target');
      device.values['scsi-id'] = free;
      device.values.lun = wanted;
    } else if (lun === ANY) {
      const free = this.#first(this.maxLun, (unit) => !this.#at(channel, target, unit));
      if (free === undefined) throw new ConfigError('no free lun');
      device.values.lun = free;
    } else {
      const holder = this.#at(channel, target, lun);
      if (holder) throw new ConfigError(`lun already used by '${holder.id || '(null)'}'`);
    }
  }

  #first(last: number, free: (n: number) => boolean): number | undefined {
    for (let n = 0; n <= last; n++) if (free(n)) return n;
    return undefined;
  }

  #at(channel: number, target: number, lun: number): Device | undefined {
    return this.devices.find(
      (device) =>
        device instanceof ScsiDevice &&
        device.address[0] === channel &&
        device.address[1] === target &&
        device.address[2] === lun,
    );
  }
}

/** Registers the SCSI bus and the abstract device on it. */
export function registerScsiBus(registry: TypeRegistry): void {
  registry.register({ name: 'SCSI', parent: 'bus', create: (init) => new ScsiBus(init) });
  registry.register({
    name: 'scsi-device',
    parent: 'device',
    abstract: true,
    bus: 'SCSI',
    properties: PROPERTIES,
  });
}
