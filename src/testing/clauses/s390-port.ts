import type { Machine } from '../../engine/machine/machine.ts';
import type { VirtioDevice } from '../../engine/virtio/virtio-device.ts';
import {
  KVM_DEVICE_DESC,
  KVM_DEVICE_DESC_BYTES,
  KVM_FEATURE_BYTES,
  KVM_S390_VIRTIO,
  KVM_VQCONFIG,
  KVM_VQCONFIG_BYTES,
  VIRTIO_PARAM,
} from '../../spec/kvm-virtio.ts';
import type { Port } from './port.ts';
import { Bytes } from './ring.ts';

/** The page above 32 MiB of RAM. */
const PAGE = 32 << 20;
/** Where an external interruption stores what it is about. */
const LOWCORE_PARAMETER = 0x80;
const EXTERNAL = 1;

/** The only device of the machine that was there before channel devices. */
export function s390Port(machine: Machine, device: VirtioDevice): Port {
  const bytes = new Bytes(machine.ram, true);
  const little = new Bytes(machine.ram);
  const queues = bytes.bytes(PAGE + KVM_DEVICE_DESC.num_vq.offset, 1)[0] ?? 0;
  const features = PAGE + KVM_DEVICE_DESC_BYTES + queues * KVM_VQCONFIG_BYTES;
  const queue = (index: number, field: keyof typeof KVM_VQCONFIG) =>
    PAGE + KVM_DEVICE_DESC_BYTES + index * KVM_VQCONFIG_BYTES + KVM_VQCONFIG[field].offset;
  const ringOf = (index: number) => bytes.get32(queue(index, 'address') + 4);
  return {
    name: 's390-virtio',
    machine,
    device,
    legacy: true,
    bigEndian: true,
    resetsQueues: false,
    ringAddress: ringOf,
    status: () => bytes.bytes(PAGE + KVM_DEVICE_DESC.status.offset, 1)[0] ?? -1,
    setStatus(value) {
      bytes.put(PAGE + KVM_DEVICE_DESC.status.offset, Uint8Array.of(value));
      machine.hypercall(KVM_S390_VIRTIO.SET_STATUS, PAGE, 0, 0);
    },
    reset: () => void machine.hypercall(KVM_S390_VIRTIO.RESET, PAGE, 0, 0),
    features: () => BigInt(little.get32(features)),
    accept: (accepted) =>
      little.set32(features + KVM_FEATURE_BYTES, Number(accepted & 0xffff_ffffn)),
    config: (offset, length) => bytes.bytes(features + 2 * KVM_FEATURE_BYTES + offset, length),
    generation: () => undefined,
    queueMax: (index) => (index < queues ? bytes.get16(queue(index, 'num')) : 0),
    setQueue() {},
    queueEnabled: () => undefined,
    resetQueue() {
      throw new Error('there is no hypercall for it');
    },
    notify: (index) => void machine.hypercall(KVM_S390_VIRTIO.NOTIFY, ringOf(index), 0, 0),
    told() {
      const found = { used: false, config: false };
      while ((machine.interruptWord(0) >>> EXTERNAL) & 1) {
        machine.takeInterrupt(EXTERNAL);
        const parameter = bytes.get32(LOWCORE_PARAMETER);
        if (parameter === VIRTIO_PARAM.VRING_INTERRUPT) found.used = true;
        if (parameter === VIRTIO_PARAM.CONFIG_CHANGED) found.config = true;
      }
      return found;
    },
  };
}
