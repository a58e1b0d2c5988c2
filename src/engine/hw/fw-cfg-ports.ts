import type { IoHandler } from '../../memory/io-handler.ts';
import { FW_CFG_ITEM as ITEM, FW_CFG_PORTS as PORTS } from '../../spec/fw-cfg.ts';
import { REGION_INDEX } from '../../spec/regions.ts';
import type { Device } from '../qdev/device.ts';

/** Ports and DMA: both ways to the items are there. */
const INTERFACES = 3;

/** The machine's answers to firmware: its RAM and CPUs. Files with tables are not there; other items are empty. */
function itemsOf({ context, parent }: Device): ReadonlyMap<number, Uint8Array> {
  const { maxcpus = context.cpus } = (parent?.values.smp ?? {}) as { maxcpus?: number };
  const { ramRegion, cpus } = context;
  return new Map([
    [ITEM.SIGNATURE, Uint8Array.from('QEMU', (letter) => letter.charCodeAt(0))],
    [ITEM.ID, little(INTERFACES, 4)],
    [ITEM.RAM_SIZE, little(ramRegion?.size ?? 0, 8)],
    [ITEM.NB_CPUS, little(cpus, 2)],
    [ITEM.MAX_CPUS, little(maxcpus, 2)],
  ]);
}

function little(value: number, bytes: number): Uint8Array {
  const all = new Uint8Array(8);
  new DataView(all.buffer).setBigUint64(0, BigInt(value), true);
  return all.subarray(0, bytes);
}

/** The ports by which firmware asks `device` about its machine. */
export function fwCfgPorts(device: Device): IoHandler {
  let item: Uint8Array = new Uint8Array(0);
  let next = 0;
  return {
    // Read for each event: a device has its number only when it is realized.
    get dev() {
      return device.dev;
    },
    region: REGION_INDEX['fw-cfg-ports'],
    read: (offset, size) => (offset === PORTS.Data.offset && size === 1 ? (item[next++] ?? 0) : 0),
    write(offset, size, value) {
      if (offset !== PORTS.Selector.offset || size !== PORTS.Selector.width) return;
      item = itemsOf(device).get(value) ?? new Uint8Array(0);
      next = 0;
    },
  };
}
