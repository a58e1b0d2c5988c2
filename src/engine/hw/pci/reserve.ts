import { TWO_32 } from '../../../base/bits.ts';
import { PCI_CAP } from '../../../spec/pci.ts';
import { RealizeError } from '../../qom/errors.ts';
import { size, u32, type Values } from '../../qom/property.ts';
import type { PciDevice } from './pci-device.ts';

/** Value of a size that nobody gave: all 64 bits. */
export const UNSET = 2 ** 64;
const UNSET_32 = 0xffff_ffff;
const CAP_BYTES = 0x20;
/** Kind of vendor-specific capability: resources to reserve. */
const KIND_RESERVE = 1;

/** What firmware shall keep free behind a bridge, in bytes (buses: in numbers). */
export const RESERVE_PROPERTIES = {
  'bus-reserve': u32(UNSET_32),
  'io-reserve': size(UNSET),
  'mem-reserve': size(UNSET),
  'pref32-reserve': size(UNSET),
  'pref64-reserve': size(UNSET),
} as const;

/** Values of `RESERVE_PROPERTIES`. */
export type ReserveValues = Values<typeof RESERVE_PROPERTIES>;

/**
 * Adds the capability that asks firmware to keep resources free; none where nothing is asked for.
 * Throws RealizeError with QEMU's sentence.
 */
export function addReserve(device: PciDevice, values: ReserveValues): void {
  const buses = values['bus-reserve'];
  const [io, memory, prefetch32, prefetch64] = [
    values['io-reserve'],
    values['mem-reserve'],
    values['pref32-reserve'],
    values['pref64-reserve'],
  ];
  const refuse = (reason: string): never => {
    throw new RealizeError(`PCI resource reserve cap: ${reason}`);
  };
  if (buses === UNSET_32 && [io, memory, prefetch32, prefetch64].every((n) => n === UNSET)) return;
  if (prefetch32 !== UNSET && prefetch64 !== UNSET) refuse('PREF32 and PREF64 conflict');
  if (memory !== UNSET && memory >= TWO_32) refuse('mem-reserve must be less than 4G');
  if (prefetch32 !== UNSET && prefetch32 >= TWO_32) refuse('pref32-reserve  must be less than 4G');
  const { config } = device;
  const at = config.addCapability(PCI_CAP.VENDOR, CAP_BYTES);
  config.put(at + 2, 1, CAP_BYTES);
  config.put(at + 3, 1, KIND_RESERVE);
  config.put(at + 4, 4, buses);
  put64(device, at + 8, io);
  config.put(at + 16, 4, memory === UNSET ? UNSET_32 : memory);
  config.put(at + 20, 4, prefetch32 === UNSET ? UNSET_32 : prefetch32);
  put64(device, at + 24, prefetch64);
}

function put64({ config }: PciDevice, at: number, value: number): void {
  config.put(at, 4, value === UNSET ? UNSET_32 : value % TWO_32);
  config.put(at + 4, 4, value === UNSET ? UNSET_32 : Math.floor(value / TWO_32));
}
