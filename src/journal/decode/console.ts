import { VIRTIO_CONSOLE_CONTROL, VIRTIO_CONSOLE_EVENT } from '../../spec/console.ts';
import { count, FieldReader, nameOf, quoted } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';
import type { Side } from './side.ts';

/** Characters of one port, or a control message, by the queue (VIRTIO 1.4 §5.3.6). */
export const decodeConsole: RequestDecoder = (readable, writable, { queue }) => {
  const out = queue.includes('transmitq');
  const side = out ? readable : writable;
  if (queue.startsWith('control')) return control(side, out);
  const reader = new FieldReader(side);
  reader.bytes('data', out ? 'Characters to print' : 'Characters that were typed', quoted);
  const title = out
    ? `print ${count(side.length, 'character')}`
    : `room for ${count(side.length, 'character')}`;
  return { title, section: '5.3.6', fields: reader.fields };
};

function control(side: Side, out: boolean) {
  const reader = new FieldReader(side);
  const { id, event, value } = VIRTIO_CONSOLE_CONTROL;
  reader.number('id', id.width, id.doc);
  const what = reader.named('event', event.width, event.doc, VIRTIO_CONSOLE_EVENT);
  reader.number('value', value.width, value.doc);
  if (what === VIRTIO_CONSOLE_EVENT.PORT_NAME) reader.bytes('name', "The port's name", quoted);
  else reader.data('data', 'Room that the message does not need');
  const name = nameOf(VIRTIO_CONSOLE_EVENT, what);
  const title = out ? (name ?? 'unknown message') : 'room for a control message';
  return { title, section: '5.3.6.2', fields: reader.fields };
}
