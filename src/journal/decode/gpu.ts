import { hex } from '../../base/bits.ts';
import {
  VIRTIO_GPU_CMD,
  VIRTIO_GPU_EDID,
  VIRTIO_GPU_FLAG_FENCE,
  VIRTIO_GPU_RESP,
} from '../../spec/gpu.ts';
import { FieldReader, flagsIn, nameOf } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';

/** What follows the header of a command, in order. */
type Layout = (reader: FieldReader) => void;

const u32 =
  (name: string, doc: string): Layout =>
  (reader) => {
    reader.number(name, 4, doc);
  };
const u64 =
  (name: string, doc: string): Layout =>
  (reader) => {
    reader.number(name, 8, doc, hex);
  };
const padding: Layout = (reader) => reader.reserved(4);
const rectangle: Layout = (reader) => {
  for (const name of ['x', 'y', 'width', 'height']) reader.number(name, 4, 'Rectangle, in pixels');
};
const resource = u32('resource_id', 'Which resource');
const cursor: readonly Layout[] = [
  u32('scanout_id', 'Which display'),
  u32('x', 'Where the pointer is'),
  u32('y', 'Where the pointer is'),
  padding,
  resource,
  u32('hot_x', 'The point of the picture that points'),
  u32('hot_y', 'The point of the picture that points'),
  padding,
];
const backing: Layout = (reader) => {
  resource(reader);
  const entries = reader.number('nr_entries', 4, 'Pieces of guest memory that follow') ?? 0;
  for (let i = 0; i < Math.min(entries, 8) && reader.left > 0; i++) {
    reader.number('addr', 8, 'Guest-physical address of a piece', hex);
    reader.number('length', 4, 'Its bytes');
    reader.reserved(4);
  }
};

const CMD = VIRTIO_GPU_CMD;
const LAYOUTS: Readonly<Record<number, readonly Layout[]>> = {
  [CMD.RESOURCE_CREATE_2D]: [
    resource,
    u32('format', 'Of the pixels'),
    u32('width', 'In pixels'),
    u32('height', 'In pixels'),
  ],
  [CMD.RESOURCE_UNREF]: [resource, padding],
  [CMD.SET_SCANOUT]: [rectangle, u32('scanout_id', 'Which display'), resource],
  [CMD.RESOURCE_FLUSH]: [rectangle, resource, padding],
  [CMD.TRANSFER_TO_HOST_2D]: [rectangle, u64('offset', 'Into the backing'), resource, padding],
  [CMD.RESOURCE_ATTACH_BACKING]: [backing],
  [CMD.RESOURCE_DETACH_BACKING]: [resource, padding],
  [CMD.GET_EDID]: [u32('scanout', 'Which display'), padding],
  [CMD.UPDATE_CURSOR]: cursor,
  [CMD.MOVE_CURSOR]: cursor,
};

const ANSWERS: Readonly<Record<number, readonly Layout[]>> = {
  [VIRTIO_GPU_RESP.OK_DISPLAY_INFO]: [
    (reader) => {
      while (reader.left >= 24 && reader.fields.length < 24) {
        rectangle(reader);
        reader.number('enabled', 4, 'Whether somebody looks at it');
        reader.number('flags', 4, 'None are defined');
      }
    },
  ],
  [VIRTIO_GPU_RESP.OK_EDID]: [
    u32('size', 'Bytes of the EDID'),
    padding,
    (reader) =>
      reader.data('edid', 'What the display can do', Math.min(reader.left, VIRTIO_GPU_EDID.edid)),
  ],
};

/** A command and its response, both behind the same header (VIRTIO 1.4 §5.7.6.7). */
export const decodeGpu: RequestDecoder = (readable, writable, { queue }) => {
  const driver = new FieldReader(readable);
  const command = header(driver, CMD);
  for (const field of LAYOUTS[command ?? 0] ?? []) field(driver);
  driver.data('data', 'More of the command');
  const device = new FieldReader(writable);
  if (writable.length > 0) {
    const response = header(device, VIRTIO_GPU_RESP);
    for (const field of ANSWERS[response ?? 0] ?? []) field(device);
    device.data('data', 'More of the response');
  }
  return {
    title: nameOf(CMD, command) ?? 'unknown command',
    section: queue === 'cursorq' ? '5.7.6.10' : '5.7.6.8',
    fields: [...driver.fields, ...device.fields],
  };
};

function header(reader: FieldReader, names: Readonly<Record<string, number>>): number | undefined {
  const type = reader.named('type', 4, 'Which command, or how it went', names);
  const fence = { FENCE: VIRTIO_GPU_FLAG_FENCE };
  reader.number('flags', 4, 'FENCE: answer when it is done', (flags) => flagsIn(fence, flags));
  reader.number('fence_id', 8, 'Names the fence');
  reader.number('ctx_id', 4, 'Rendering context, for 3D');
  reader.number('ring_idx', 1, 'Timeline of the context');
  reader.reserved(3);
  return type;
}
