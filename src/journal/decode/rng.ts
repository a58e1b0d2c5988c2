import { count, FieldReader } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';

/** Entropy request: a buffer to fill (VIRTIO 1.4 §5.4.6). */
export const decodeRng: RequestDecoder = (_readable, writable) => {
  const device = new FieldReader(writable);
  device.data('data', 'Random bytes');
  return {
    title: count(writable.length, 'random byte'),
    section: '5.4.6',
    fields: device.fields,
  };
};
