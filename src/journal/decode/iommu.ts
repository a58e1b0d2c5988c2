import { hex } from '../../base/bits.ts';
import {
  VIRTIO_IOMMU_ATTACH_F_BYPASS,
  VIRTIO_IOMMU_S,
  VIRTIO_IOMMU_T,
  VIRTIO_IOMMU_TAIL,
} from '../../spec/iommu.ts';
import { FieldReader, flagsIn, nameOf } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

const { ATTACH, DETACH, MAP, UNMAP, PROBE } = VIRTIO_IOMMU_T;
const MAP_FLAGS = { READ: 1, WRITE: 2, MMIO: 4 } as const;
const FAULT_REASONS = { UNKNOWN: 0, DOMAIN: 1, MAPPING: 2 } as const;
const FAULT_FLAGS = { READ: 1, WRITE: 2, EXEC: 4, ADDRESS: 0x100 } as const;
const SECTIONS: Readonly<Record<number, string>> = {
  [ATTACH]: '5.13.6.3',
  [DETACH]: '5.13.6.4',
  [MAP]: '5.13.6.5',
  [UNMAP]: '5.13.6.6',
  [PROBE]: '5.13.6.7',
};

/** A request with head and tail, or room for a fault, by the queue (VIRTIO 1.4 §5.13.6). */
export const decodeIommu: RequestDecoder = (readable, writable, { queue }) =>
  queue === 'eventq' ? fault(writable) : request(readable, writable);

function request(readable: Side, writable: Side) {
  const driver = new FieldReader(readable);
  const type = driver.named('type', 1, 'What to do', VIRTIO_IOMMU_T) ?? 0;
  driver.reserved(3);
  if (type !== PROBE && type in SECTIONS) driver.number('domain', 4, 'Which address space');
  if (type === ATTACH || type === DETACH || type === PROBE)
    driver.number('endpoint', 4, 'Which device');
  if (type === ATTACH)
    driver.number('flags', 4, 'BYPASS: everything passes', (flags) =>
      flagsIn({ BYPASS: VIRTIO_IOMMU_ATTACH_F_BYPASS }, flags),
    );
  if (type === MAP || type === UNMAP) {
    driver.number('virt_start', 8, 'First address that the device uses', hex);
    driver.number('virt_end', 8, 'Last address that the device uses', hex);
  }
  if (type === MAP) {
    driver.number('phys_start', 8, 'Guest-physical address behind the first', hex);
    driver.number('flags', 4, 'What the device may do', (flags) => flagsIn(MAP_FLAGS, flags));
  }
  driver.reserved(driver.left);
  const device = new FieldReader(writable);
  const room = writable.length - VIRTIO_IOMMU_TAIL;
  if (room > 0) device.data('properties', 'What is special about the endpoint', room);
  device.named('status', 1, 'How it went', VIRTIO_IOMMU_S);
  device.reserved(3);
  return {
    title: nameOf(VIRTIO_IOMMU_T, type) ?? `unknown type ${type}`,
    section: SECTIONS[type] ?? '5.13.6',
    fields: [...driver.fields, ...device.fields],
  };
}

function fault(writable: Side) {
  const device = new FieldReader(writable);
  device.named('reason', 1, 'Why an access did not pass', FAULT_REASONS);
  device.reserved(3);
  device.number('flags', 4, 'What was tried', (flags) => flagsIn(FAULT_FLAGS, flags));
  device.number('endpoint', 4, 'Which device');
  device.reserved(4);
  device.number('address', 8, 'Where', hex);
  return { title: 'room for a fault', section: '5.13.6.9', fields: device.fields };
}
