import { hex } from '../../base/bits.ts';
import { VIRTIO_MEM_REQ, VIRTIO_MEM_RESP, VIRTIO_MEM_STATE } from '../../spec/mem.ts';
import { FieldReader, nameOf } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';

const SECTIONS: Readonly<Record<number, string>> = {
  [VIRTIO_MEM_REQ.PLUG]: '5.15.6.3',
  [VIRTIO_MEM_REQ.UNPLUG]: '5.15.6.4',
  [VIRTIO_MEM_REQ.UNPLUG_ALL]: '5.15.6.5',
  [VIRTIO_MEM_REQ.STATE]: '5.15.6.6',
};

/** Blocks to plug, to unplug or to ask about (VIRTIO 1.4 §5.15.6). */
export const decodeMem: RequestDecoder = (readable, writable) => {
  const driver = new FieldReader(readable);
  const type = driver.named('type', 2, 'What to do', VIRTIO_MEM_REQ);
  driver.reserved(6);
  if (type !== VIRTIO_MEM_REQ.UNPLUG_ALL) {
    driver.number('addr', 8, 'Guest-physical address of the first block', hex);
    driver.number('nb_blocks', 2, 'How many blocks');
  }
  driver.reserved(driver.left);
  const device = new FieldReader(writable);
  device.named('type', 2, 'How it went', VIRTIO_MEM_RESP);
  device.reserved(6);
  if (type === VIRTIO_MEM_REQ.STATE)
    device.named('state', 2, 'Of the whole range', VIRTIO_MEM_STATE);
  device.reserved(device.left);
  return {
    title: nameOf(VIRTIO_MEM_REQ, type) ?? 'unknown type',
    section: SECTIONS[type ?? -1] ?? '5.15.6',
    fields: [...driver.fields, ...device.fields],
  };
};

/** A request to make persistent memory durable (VIRTIO 1.4 §5.19.6). */
export const decodePmem: RequestDecoder = (readable, writable) => {
  const driver = new FieldReader(readable);
  driver.named('type', 4, 'What to do', { FLUSH: 0 });
  const device = new FieldReader(writable);
  device.number('ret', 4, '0: done', (ret) => String(ret | 0));
  return { title: 'FLUSH', section: '5.19.6', fields: [...driver.fields, ...device.fields] };
};
