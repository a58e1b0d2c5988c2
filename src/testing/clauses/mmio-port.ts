import type { Machine } from '../../engine/machine/machine.ts';
import type { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import { VIRTIO_MMIO, VIRTIO_MMIO_CONFIG } from '../../spec/virtio-mmio.ts';
import type { Port } from './port.ts';
import { Registers } from './registers.ts';

/** The last of the virt machine's 32 windows, where its first device goes. */
export const MMIO_WINDOW = 0x0a00_3e00;
const PAGE = 4096;

/** A device behind the last virtio-mmio window of the virt machine, version 1 or 2. */
export function mmioPort(
  name: 'mmio-v1' | 'mmio-v2',
  machine: Machine,
  device: VirtioDevice,
): Port {
  const legacy = name === 'mmio-v1';
  const window = new Registers(machine, 'memory', MMIO_WINDOW, VIRTIO_MMIO);
  const halves = (area: 'Desc' | 'Driver' | 'Device', address: number) => {
    window.write(`Queue${area}Low`, address >>> 0);
    window.write(`Queue${area}High`, Math.floor(address / 2 ** 32));
  };
  return {
    name,
    machine,
    device,
    legacy,
    bigEndian: false,
    resetsQueues: false,
    status: () => window.read('Status'),
    setStatus: (value) => window.write('Status', value),
    reset() {
      window.write('Status', 0);
      if (legacy) window.write('GuestPageSize', PAGE);
    },
    features() {
      window.write('DeviceFeaturesSel', 0);
      const low = BigInt(window.read('DeviceFeatures'));
      window.write('DeviceFeaturesSel', 1);
      return low | (BigInt(window.read('DeviceFeatures')) << 32n);
    },
    accept(features) {
      for (const which of [0, 1]) {
        window.write('DriverFeaturesSel', which);
        window.write('DriverFeatures', Number((features >> BigInt(32 * which)) & 0xffff_ffffn));
      }
    },
    config: (offset, length) => window.bytes(VIRTIO_MMIO_CONFIG + offset, length),
    writeConfig: (offset, value) =>
      machine.write('memory', MMIO_WINDOW + VIRTIO_MMIO_CONFIG + offset, 1, value),
    generation: () => (legacy ? undefined : window.read('ConfigGeneration')),
    queueMax(index) {
      window.write('QueueSel', index);
      return window.read('QueueNumMax');
    },
    setQueue(index, size, { desc, driver, device: used }) {
      window.write('QueueSel', index);
      window.write('QueueNum', size);
      if (legacy) {
        window.write('QueueAlign', PAGE);
        window.write('QueuePFN', desc / PAGE);
        return;
      }
      halves('Desc', desc);
      halves('Driver', driver);
      halves('Device', used);
      window.write('QueueReady', 1);
    },
    queueEnabled(index) {
      window.write('QueueSel', index);
      return window.read(legacy ? 'QueuePFN' : 'QueueReady') !== 0;
    },
    resetQueue() {
      throw new Error('QEMU has no register for it on this transport');
    },
    notify: (index) => window.write('QueueNotify', index),
    told() {
      const causes = window.read('InterruptStatus');
      window.write('InterruptACK', causes);
      return { used: (causes & 1) !== 0, config: (causes & 2) !== 0 };
    },
  };
}
