/** Bytes of an EDID: the base block and one extension. */
export const EDID_BYTES = 256;
const BLOCK = 128;
const DESCRIPTOR = 18;
/** Where things lie in the base block. */
const AT = { size: 21, established: 35, standard: 38, descriptors: 54 } as const;
/** Resolution where nobody says (the base block needs one). */
const DEFAULT_SIZE = { width: 1280, height: 800 } as const;
/** Pictures a second that the timing stands for, and dots an inch. */
const REFRESH = 75;
const DPI = 100;

/** Header, vendor `RHT`, model and date, digital input of 8 bits, gamma 2.2, and the colours of sRGB. */
const HEAD = '00ffffffffffff004914341200000000' + '2a180104a500007806ee91a3544c9926' + '0f5054';
/** Established timings: 640x480, 800x600 and 1024x768. */
const ESTABLISHED = '210800';
/** 2048x1152, 1920x1080, 1920x1200, 1600x1200, 1680x1050, 1440x900, 1280x1024, 1280x960. */
const STANDARD = 'e1c0d1c0d100a940b300950081808140';
/** More timings: 1280x768 to 1920x1440. */
const MORE_TIMINGS = '000000f7000a00408200282000000000'.padEnd(2 * DESCRIPTOR, '0');
/** 50 to 125 Hz, 30 to 160 kHz. */
const RANGES = '000000fd00327d1ea0ff010a202020202020';
/** `QEMU Monitor`. */
const NAME = '000000fc0051454d55204d6f6e69746f720a';
/** Extension of consumer displays: six video modes, 5120x2160 among them. */
const EXTENSION = '02030b00467d656059' + '1f61';
const DUMMY = '00000010';

function put(into: Uint8Array, at: number, hex: string): void {
  for (let i = 0; i < hex.length; i += 2)
    into[at + i / 2] = Number.parseInt(hex.slice(i, i + 2), 16);
}

/** What a monitor of that size tells about itself; the timing is made up, as QEMU's. */
export function makeEdid(size: { readonly width: number; readonly height: number }): Uint8Array {
  const width = size.width || DEFAULT_SIZE.width;
  const height = size.height || DEFAULT_SIZE.height;
  const bytes = new Uint8Array(EDID_BYTES);
  const millimetres = (pixels: number) => Math.floor(Math.floor((pixels * 254) / 10) / DPI);
  put(bytes, 0, HEAD);
  bytes[AT.size] = millimetres(width) / 10;
  bytes[AT.size + 1] = millimetres(height) / 10;
  put(bytes, AT.established, ESTABLISHED);
  put(bytes, AT.standard, STANDARD);
  bytes.set(timing(width, height, millimetres(width), millimetres(height)), AT.descriptors);
  [MORE_TIMINGS, RANGES, NAME].forEach((descriptor, i) => {
    put(bytes, AT.descriptors + (i + 1) * DESCRIPTOR, descriptor);
  });
  bytes[BLOCK - 2] = 1;
  put(bytes, BLOCK, EXTENSION);
  const first = BLOCK + EXTENSION.length / 2;
  for (let at = first; at + DESCRIPTOR < EDID_BYTES; at += DESCRIPTOR) put(bytes, at, DUMMY);
  for (const start of [0, BLOCK]) {
    const sum = bytes.subarray(start, start + BLOCK - 1).reduce((all, byte) => all + byte, 0);
    bytes[start + BLOCK - 1] = -sum & 0xff;
  }
  return bytes;
}

/** The preferred timing, as an EDID describes it in detail. */
function timing(width: number, height: number, widthMm: number, heightMm: number): Uint8Array {
  const share = (pixels: number, thousandths: number) => Math.floor((pixels * thousandths) / 1000);
  const x = { front: share(width, 250), sync: share(width, 30), blank: share(width, 350) };
  const y = { front: share(height, 5), sync: share(height, 5), blank: share(height, 35) };
  const clock = Math.floor((REFRESH * (width + x.blank) * (height + y.blank)) / 10_000);
  const high = (one: number, other: number) => ((one & 0xf00) >> 4) | ((other & 0xf00) >> 8);
  const bytes = new Uint8Array(DESCRIPTOR);
  bytes.set([clock & 0xff, (clock >> 8) & 0xff]);
  bytes.set([width & 0xff, x.blank & 0xff, high(width, x.blank)], 2);
  bytes.set([height & 0xff, y.blank & 0xff, high(height, y.blank)], 5);
  bytes.set([x.front & 0xff, x.sync & 0xff, ((y.front & 15) << 4) | (y.sync & 15)], 8);
  bytes[11] =
    ((x.front & 0x300) >> 2) |
    ((x.sync & 0x300) >> 4) |
    ((y.front & 0x30) >> 2) |
    ((y.sync & 0x30) >> 4);
  bytes.set([widthMm & 0xff, heightMm & 0xff, high(widthMm, heightMm)], 12);
  bytes[17] = 0x18;
  return bytes;
}
