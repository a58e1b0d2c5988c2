import type { IoHandler } from '../../memory/io-handler.ts';
import { GIC_FIRST_SPI, GICV2M } from '../../spec/platform.ts';
import type { Device } from '../qdev/device.ts';

/** Region of accesses that no register map names. */
const NO_REGION = 0xffff;

/** Delivery modes of a message that carry a vector (Intel SDM 3A §11.11.2). */
const FIXED = 0;
const LOWEST_PRIORITY = 1;
/** Least vector that a message may carry (Intel SDM 3A §11.5.2). */
const LEAST_VECTOR = 16;
/** Destinations, physical: the first CPU's controller, and every one. */
const FIRST_CPU = 0;
const ALL_CPUS = 0xff;
const LOGICAL = 0x4;

/**
 * Where messages reach x86 interrupt controllers: a write there latches the input of its vector, if
 * the only CPU that runs is meant (Intel SDM 3A §11.11.1).
 */
export function apicMessages({ dev, context }: Device): IoHandler {
  return {
    dev,
    region: NO_REGION,
    read: () => 0,
    write(offset, size, value) {
      const destination = (offset >>> 12) & 0xff;
      const reached =
        (offset & LOGICAL) !== 0 || destination === FIRST_CPU || destination === ALL_CPUS;
      const mode = (value >>> 8) & 7;
      const vector = value & 0xff;
      if (size !== 4 || !reached || vector < LEAST_VECTOR) return;
      if (mode === FIXED || mode === LOWEST_PRIORITY) context.latchInterrupt(vector);
    },
  };
}

/** A GICv2m frame, which turns messages into shared interrupts `base` to `base + count - 1`, an input each. */
export function gicv2mFrame({ dev, context }: Device, base: number, count: number): IoHandler {
  return {
    dev,
    region: NO_REGION,
    read: (offset) => (offset === GICV2M.MSI_TYPER ? ((base + GIC_FIRST_SPI) << 16) | count : 0),
    write(offset, _size, value) {
      const spi = (value & 0x3ff) - GIC_FIRST_SPI;
      if (offset === GICV2M.MSI_SETSPI_NS && spi >= base && spi < base + count)
        context.latchInterrupt(spi);
    },
  };
}
