import { FieldReader, nameIn } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';

/** Types of Linux's input events. */
const EVENTS = { SYN: 0, KEY: 1, REL: 2, ABS: 3, MSC: 4, SW: 5, LED: 0x11, SND: 0x12, REP: 0x14 };

/** One event, from the device or, on the status queue, for it (VIRTIO 1.4 §5.8.6). */
export const decodeInput: RequestDecoder = (readable, writable, { queue }) => {
  const out = queue === 'statusq';
  const reader = new FieldReader(out ? readable : writable);
  reader.number('type', 2, 'Kind of event, as Linux has them', (type) => nameIn(EVENTS, type));
  reader.number('code', 2, 'Which key, axis or light');
  reader.number('value', 4, 'Pressed, released, moved: two’s complement', (value) =>
    String(value | 0),
  );
  reader.data('data', 'Room that an event does not need');
  return { title: out ? 'status' : 'room for an event', section: '5.8.6', fields: reader.fields };
};
