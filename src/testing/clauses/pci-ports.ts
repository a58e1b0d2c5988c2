import type { Machine } from '../../engine/machine/machine.ts';
import type { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { VIRTIO_PCI_COMMON, VIRTIO_PCI_ISR, VIRTIO_PCI_LEGACY } from '../../spec/virtio-pci.ts';
import type { Port } from './port.ts';
import { Registers } from './registers.ts';

/** Where the suite puts the function's BARs. */
export const PCI_PLACES = { legacy: 0xc000, msix: 0xfebf_0000, modern: 0xfe00_0000 } as const;
/** Offsets in the modern BAR: QEMU's layout. */
const ISR = 0x1000;
const DEVICE = 0x2000;
const NOTIFY = 0x3000;
/** Offset of the configuration space behind the legacy header, without MSI-X. */
const LEGACY_CONFIG = 20;
/** Device 4 of bus 0. */
const FUNCTION = 0x8000_0000 | (4 << 11);
const BUS_FRAME = 4096;

/** Reads configuration space of the function under test. */
export function pciConfigRead(machine: Machine, register: number, size: 1 | 2 | 4): number {
  machine.write('io', 0xcf8, 4, (FUNCTION | (register & 0xfc)) >>> 0);
  return machine.read('io', 0xcfc + (register & 3), size);
}

/** Writes configuration space of the function under test. */
export function pciConfigWrite(
  machine: Machine,
  register: number,
  size: 1 | 2 | 4,
  value: number,
): void {
  machine.write('io', 0xcf8, 4, (FUNCTION | (register & 0xfc)) >>> 0);
  machine.write('io', 0xcfc + (register & 3), size, value);
}

function enable(machine: Machine): void {
  pciConfigWrite(machine, 0x10, 4, PCI_PLACES.legacy);
  pciConfigWrite(machine, 0x14, 4, PCI_PLACES.msix);
  pciConfigWrite(machine, 0x20, 4, PCI_PLACES.modern);
  pciConfigWrite(machine, 0x24, 4, 0);
  pciConfigWrite(machine, 0x04, 2, 7);
}

function told(isr: number) {
  return { used: (isr & 1) !== 0, config: (isr & 2) !== 0 };
}

/** A modern function of device 4 on bus 0 of a pc. */
export function modernPciPort(machine: Machine, device: VirtioDevice): Port {
  enable(machine);
  const common = new Registers(machine, 'memory', PCI_PLACES.modern, VIRTIO_PCI_COMMON);
  const isr = new Registers(machine, 'memory', PCI_PLACES.modern + ISR, VIRTIO_PCI_ISR);
  const config = new Registers(machine, 'memory', PCI_PLACES.modern + DEVICE, {});
  const half = (value: number, which: 0 | 1) =>
    which === 0 ? value >>> 0 : Math.floor(value / 2 ** 32);
  return {
    name: 'pci-modern',
    machine,
    device,
    legacy: false,
    bigEndian: false,
    resetsQueues: true,
    status: () => common.read('device_status'),
    setStatus: (value) => common.write('device_status', value),
    reset: () => common.write('device_status', 0),
    features() {
      common.write('device_feature_select', 0);
      const low = BigInt(common.read('device_feature'));
      common.write('device_feature_select', 1);
      return low | (BigInt(common.read('device_feature')) << 32n);
    },
    accept(features) {
      for (const which of [0, 1]) {
        common.write('driver_feature_select', which);
        common.write('driver_feature', Number((features >> BigInt(32 * which)) & 0xffff_ffffn));
      }
    },
    config: (offset, length) => config.bytes(offset, length),
    generation: () => common.read('config_generation'),
    queueMax(index) {
      common.write('queue_select', index);
      return common.read('queue_size');
    },
    setQueue(index, size, { desc, driver, device: used }) {
      common.write('queue_select', index);
      common.write('queue_size', size);
      common.write('queue_desc_lo', half(desc, 0));
      common.write('queue_desc_hi', half(desc, 1));
      common.write('queue_driver_lo', half(driver, 0));
      common.write('queue_driver_hi', half(driver, 1));
      common.write('queue_device_lo', half(used, 0));
      common.write('queue_device_hi', half(used, 1));
      common.write('queue_enable', 1);
    },
    queueEnabled(index) {
      common.write('queue_select', index);
      return common.read('queue_enable') === 1;
    },
    resetQueue(index) {
      common.write('queue_select', index);
      common.write('queue_reset', 1);
    },
    notify: (index) => machine.write('memory', PCI_PLACES.modern + NOTIFY + 4 * index, 2, index),
    told: () => told(isr.read('isr_status')),
  };
}

/** A legacy function of device 4 on bus 0 of a pc, its MSI-X off. */
export function legacyPciPort(machine: Machine, device: VirtioDevice): Port {
  enable(machine);
  const header = new Registers(machine, 'io', PCI_PLACES.legacy, VIRTIO_PCI_LEGACY);
  return {
    name: 'pci-legacy',
    machine,
    device,
    legacy: true,
    bigEndian: false,
    resetsQueues: false,
    status: () => header.read('device_status'),
    setStatus: (value) => header.write('device_status', value),
    reset: () => header.write('device_status', 0),
    features: () => BigInt(header.read('device_features')),
    accept: (features) => header.write('driver_features', Number(features & 0xffff_ffffn)),
    config: (offset, length) => header.bytes(LEGACY_CONFIG + offset, length),
    writeConfig: (offset, value) =>
      machine.write('io', PCI_PLACES.legacy + LEGACY_CONFIG + offset, 1, value),
    generation: () => undefined,
    queueMax(index) {
      header.write('queue_select', index);
      return header.read('queue_size');
    },
    setQueue(index, _size, { desc }) {
      header.write('queue_select', index);
      header.write('queue_address', desc / BUS_FRAME);
    },
    queueEnabled(index) {
      header.write('queue_select', index);
      return header.read('queue_address') !== 0;
    },
    resetQueue() {
      throw new Error('a legacy device cannot reset one queue');
    },
    notify: (index) => header.write('queue_notify', index),
    told: () => told(header.read('isr_status')),
  };
}
