import { P9 } from '../../spec/9p.ts';
import { digits, FieldReader, nameOf, quoted } from './field-reader.ts';
import type { RequestDecoder } from './request.ts';

/** What follows the header of a message, in order: widths of numbers, or a text behind its length. */
type Layout = readonly (readonly [name: string, kind: 1 | 2 | 4 | 8 | 'text' | 'names' | 'data'])[];

const LAYOUTS: Readonly<Record<number, Layout>> = {
  [P9.TVERSION]: [
    ['msize', 4],
    ['version', 'text'],
  ],
  [P9.TATTACH]: [
    ['fid', 4],
    ['afid', 4],
    ['uname', 'text'],
    ['aname', 'text'],
    ['n_uname', 4],
  ],
  [P9.TWALK]: [
    ['fid', 4],
    ['newfid', 4],
    ['wnames', 'names'],
  ],
  [P9.TLOPEN]: [
    ['fid', 4],
    ['flags', 4],
  ],
  [P9.TLCREATE]: [
    ['fid', 4],
    ['name', 'text'],
    ['flags', 4],
    ['mode', 4],
    ['gid', 4],
  ],
  [P9.TMKDIR]: [
    ['dfid', 4],
    ['name', 'text'],
    ['mode', 4],
    ['gid', 4],
  ],
  [P9.TREAD]: [
    ['fid', 4],
    ['offset', 8],
    ['count', 4],
  ],
  [P9.TREADDIR]: [
    ['fid', 4],
    ['offset', 8],
    ['count', 4],
  ],
  [P9.TWRITE]: [
    ['fid', 4],
    ['offset', 8],
    ['count', 4],
    ['data', 'data'],
  ],
  [P9.TUNLINKAT]: [
    ['dfid', 4],
    ['name', 'text'],
    ['flags', 4],
  ],
  [P9.TGETATTR]: [
    ['fid', 4],
    ['request_mask', 8],
  ],
  [P9.TFLUSH]: [['oldtag', 2]],
  [P9.TCLUNK]: [['fid', 4]],
  [P9.TREMOVE]: [['fid', 4]],
  [P9.TFSYNC]: [['fid', 4]],
  [P9.TSTATFS]: [['fid', 4]],
  [P9.TREADLINK]: [['fid', 4]],
};

/** Most names of a walk that are told one by one. */
const MOST_NAMES = 16;

/** A message of 9P2000.L and the one that answers it. VIRTIO 1.4 gives the device a number, and no section. */
export const decode9p: RequestDecoder = (readable, writable) => {
  const driver = new FieldReader(readable);
  const type = header(driver);
  for (const [name, kind] of LAYOUTS[type ?? 0] ?? []) read(driver, name, kind);
  driver.data('data', 'More of the message');
  const device = new FieldReader(writable);
  const answer = header(device);
  if (answer === P9.RLERROR) device.number('ecode', 4, 'Error number of Linux');
  device.data('data', 'More of the answer');
  return {
    title: messageName(type) ?? 'unknown message',
    section: '5',
    fields: [...driver.fields, ...device.fields],
  };
};

/** Size, type and tag: what every message begins with. */
function header(reader: FieldReader): number | undefined {
  reader.number('size', 4, 'Bytes of the message');
  const type = reader.number('id', 1, 'Type of the message', (id) => messageName(id) ?? String(id));
  reader.number('tag', 2, 'Joins an answer to its question');
  return type;
}

/** A request's name, or an answer's, which has the next number. */
function messageName(type: number | undefined): string | undefined {
  if (type === undefined) return undefined;
  const own = nameOf(P9, type);
  if (own !== undefined) return own;
  const asked = nameOf(P9, type - 1);
  return asked?.startsWith('T') ? `R${asked.slice(1)}` : undefined;
}

function read(reader: FieldReader, name: string, kind: Layout[number][1]): void {
  if (kind === 'text') text(reader, name);
  else if (kind === 'names') {
    const names = reader.number('nwname', 2, 'Names that follow') ?? 0;
    for (let i = 0; i < Math.min(names, MOST_NAMES) && reader.left > 0; i++)
      text(reader, `wname[${i}]`);
  } else if (kind === 'data') reader.bytes(name, 'What to write', digits);
  else reader.number(name, kind, DOCS[name] ?? 'See 9P2000.L');
}

function text(reader: FieldReader, name: string): void {
  const length = reader.number(`${name} length`, 2, 'Bytes of the text') ?? 0;
  reader.bytes(name, DOCS[name] ?? 'A name', quoted, Math.min(length, reader.left));
}

const DOCS: Readonly<Record<string, string>> = {
  msize: 'Longest message that the client takes',
  version: 'Dialect of the protocol',
  fid: "The client's name for a file",
  newfid: "The client's name for the file that is found",
  dfid: "The client's name for a directory",
  afid: 'For authentication: none',
  uname: 'Name of the user',
  aname: 'Which tree',
  n_uname: 'Number of the user',
  offset: 'Where in the file',
  count: 'How many bytes',
  flags: "Linux's flags of open",
  mode: 'Permissions',
  oldtag: 'Request to give up',
};
