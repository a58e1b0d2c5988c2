import { describe, expect, it } from 'vitest';
import { DirectGuest } from '../testing/direct-guest.ts';

const DISK = '-drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-pci,drive=d0';

/** Every combination of what a driver can ask of its rings. */
const COMBINATIONS = ['split', 'packed'].flatMap((format) =>
  [false, true].flatMap((indirect) =>
    [false, true].map((eventIdx) => ({ packed: format === 'packed', indirect, eventIdx })),
  ),
);

/** Reads, writes and reads again, one request at a time and then many in flight, past every wrap. */
const script = (options: object): string => `
import { pci, virtio, VirtioBlk, log } from 'guest';
const disk = new VirtioBlk(
  virtio.open(pci.find({ vendor: 0x1af4 }).enable()),
  ${JSON.stringify(options)},
);
log(disk.features.names.join(' '));
log(disk.read(1)[0]);
for (let round = 0; round < 70; round++) {
  for (let i = 0; i < 9; i++) disk.startWrite(2 + i, 'round ' + round + ' sector ' + i);
  disk.submit();
  for (let i = 0; i < 9; i++) disk.next().bytes;
  for (let i = 0; i < 9; i++) disk.startRead(2 + i);
  disk.submit();
  for (let i = 0; i < 9; i++) {
    const request = disk.next();
    const text = String.fromCharCode(...request.bytes.subarray(0, 30)).split('\\0')[0];
    const wanted = 'round ' + round + ' sector ' + (request.sector - 2);
    if (text !== wanted) throw new Error(text + ' instead of ' + wanted);
  }
}
log(disk.getId().length, disk.queue.inFlight, disk.queue.free === disk.queue.size);
`;

describe('driver and device', () => {
  it.each(COMBINATIONS)('[2.7] [2.8] agree on the rings: %o', (options) => {
    const guest = new DirectGuest(`-M pc -m 64 ${DISK},packed=${options.packed ? 'on' : 'off'}`);
    const outcome = guest.run(script(options));
    expect(outcome).toEqual({ kind: 'ended' });
    const [features] = guest.output;
    expect(features?.includes('RING_PACKED')).toBe(options.packed);
    expect(features?.includes('INDIRECT_DESC')).toBe(options.indirect);
    expect(features?.includes('EVENT_IDX')).toBe(options.eventIdx);
    expect(guest.output.at(-1)).toBe('0 0 true');
    const events = guest.events();
    expect(events.filter(({ kind }) => kind === 'violation')).toEqual([]);
    expect(events.some((event) => event.kind === 'chainPopped')).toBe(true);
  });
});
