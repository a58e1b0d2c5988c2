import { assert } from '../../../base/assert.ts';
import { MemoryRegion } from '../../../memory/memory-region.ts';
import { BlockBackend } from '../../backends/block.ts';
import { takeDrive } from '../../devices/block/conf.ts';
import { drive } from '../../devices/block/properties.ts';
import type { SysBusType } from '../../hw/sysbus-platform.ts';
import type { Device } from '../../qdev/device.ts';
import { RealizeError } from '../../qom/errors.ts';
import { bit, bool, str, u8, u16, u32, u64 } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';

/** Takes the drive that holds a flash chip's bytes. Throws RealizeError. */
function takeMedium(chip: Device, medium: BlockBackend, bytes: number): void {
  takeDrive(chip, medium, { sharesWrites: false, writes: !medium.options.readOnly }, () => {
    if (medium.length !== bytes)
      throw new RealizeError(
        `device requires ${bytes} bytes, block backend provides ${medium.length} bytes`,
      );
  });
}

/** What a machine with a device tree has on its board, whatever the CPU; needs `fw_cfg`. */
export const BOARD_TYPES: readonly SysBusType[] = [
  {
    name: 'cfi.pflash01',
    parent: 'sys-bus-device',
    properties: {
      drive,
      'num-blocks': u32(0),
      'sector-length': u64(0n),
      width: u8(0),
      'device-width': u8(0),
      'max-device-width': u8(0),
      'big-endian': bit(false),
      secure: bit(false),
      id0: u16(0),
      id1: u16(0),
      id2: u16(0),
      id3: u16(0),
      name: str(),
      'old-multiple-chip-handling': bool(false),
    },
    furnish(device) {
      const { name } = device.values;
      const bytes = Number(device.values['num-blocks']) * Number(device.values['sector-length']);
      assert(typeof name === 'string', 'a flash chip without a name');
      const { drive: medium } = device.values;
      if (medium instanceof BlockBackend) takeMedium(device, medium, bytes);
      device.addMmio(MemoryRegion.memory('romd', name, bytes));
    },
  },
  {
    name: 'fw_cfg_mem',
    parent: 'fw_cfg',
    properties: { data_width: u32(0xffff_ffff), dma_enabled: bool(true) },
    furnish(device) {
      device.addMmio(MemoryRegion.io('fwcfg.ctl', 2));
      device.addMmio(MemoryRegion.io('fwcfg.data', Number(device.values.data_width)));
      device.addMmio(MemoryRegion.io('fwcfg.dma', 8));
    },
  },
  {
    name: 'platform-bus-device',
    parent: 'sys-bus-device',
    properties: { num_irqs: u32(0), mmio_size: u32(0) },
    furnish(device) {
      device.gpios.push(`gpio-out "sysbus-irq" ${device.values.num_irqs}`);
      device.addMmio(MemoryRegion.container('platform bus', Number(device.values.mmio_size)));
    },
  },
];

/** The abstract firmware configuration device, as it stands above `fw_cfg_mem`. */
export const FW_CFG_TYPE: TypeInfo = {
  name: 'fw_cfg',
  parent: 'sys-bus-device',
  abstract: true,
  properties: { 'x-file-slots': u16(32), 'acpi-mr-restore': bool(true) },
};
