/** Name by which a command line finds the image, where no file of that name exists. */
export const HELLO_IMAGE_NAME = 'hello.img';

const SECTOR = 512;
const SECTORS = 2048;

/** What sector 1 says: the first thing that a visitor's driver reads. */
const WELCOME = [
  'Hello from sector 1! Your driver has just read this from a disk.',
  '',
  'virtio is an agreement on how a virtual machine talks to its devices. Nobody',
  'pretends to be hardware of the past: driver and device share memory instead.',
  'The driver describes a buffer, puts it into a ring and rings a doorbell; the',
  'device fills the buffer, puts it into another ring and interrupts. Disks,',
  'networks, consoles and clocks all work that way, with the same three tables.',
];

/** One remark for each of the other sectors, in turn. */
const REMARKS = [
  'A queue never copies data: it only says where the data is.',
  'The driver owns a buffer again once its head is in the used ring, not before.',
  'Indices of a ring run on and wrap at 65536; their place in the ring is a remainder.',
  'Whatever is marked WRITE is written by the device and read by the driver.',
  'A device may finish requests in another order than it got them.',
  'The length in the used ring counts what the device wrote, and nothing else.',
  'Features are agreed on once, before the first buffer, and hold until a reset.',
  'Addresses in descriptors are guest-physical: page tables mean nothing to a device.',
  'A status byte that still holds the value of the driver was never written.',
  'Sectors have 512 bytes in every request, whatever the block size of the disk.',
  'Publishing an index is the moment at which everything before it must be visible.',
];

/** A disk image of 1 MiB in which every sector is readable text about itself. Always the same bytes. */
export function helloImage(): Uint8Array {
  const image = new Uint8Array(SECTORS * SECTOR);
  for (let sector = 0; sector < SECTORS; sector++) {
    const text = sector === 1 ? WELCOME.join('\n') : page(sector);
    image.set(ascii(`${text}\n`), sector * SECTOR);
  }
  return image;
}

function page(sector: number): string {
  const first = sector * SECTOR;
  const place = `bytes ${first} to ${first + SECTOR - 1} of the disk`;
  return `This is sector ${sector} of ${SECTORS}: ${place}.\n${REMARKS[sector % REMARKS.length]}`;
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}
