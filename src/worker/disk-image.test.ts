import { expect, it } from 'vitest';
import { bytesSource } from '../engine/backends/byte-source.ts';
import { Machine } from '../engine/machine/machine.ts';
import { runScript } from '../guest/script/run.ts';
import { silentJournal } from '../journal/writer.ts';
import { DirectHal } from './direct-hal.ts';
import { DiskImage } from './disk-image.ts';

const COMMAND_LINE =
  '-M pc -m 16 -drive if=none,id=d0,file=disk.img,format=raw -device virtio-blk-pci,id=disk0,drive=d0';

/** Runs a script on a machine that is built for it; returns what it printed. */
function run(disk: DiskImage, source: string): string[] {
  const printed: string[] = [];
  const machine = Machine.build(COMMAND_LINE, {
    allocateRam: (bytes) => new SharedArrayBuffer(bytes),
    openImage: () => disk,
    random: () => {},
    journal: silentJournal(),
  });
  const hal = new DirectHal(machine, { print: (_level, text) => printed.push(text) });
  expect(runScript(source, hal)).toEqual({ kind: 'ended' });
  return printed;
}

it('keeps what a guest wrote for the next machine, and leaves the image alone', () => {
  const bytes = new Uint8Array(8192).fill(0x61);
  const disk = new DiskImage(bytesSource(bytes));
  const head = `import { virtio, VirtioBlk, log } from 'guest';
const disk = virtio.probe(VirtioBlk);`;
  run(disk, `${head} disk.write(3, new Uint8Array(512).fill(0x62)); disk.flush();`);
  const read = `${head} log(disk.read(2)[511], disk.read(3)[0], disk.read(3)[511], disk.read(4)[0]);`;
  expect(run(disk, read)).toEqual(['97 98 98 97']);
  expect(bytes.every((byte) => byte === 0x61)).toBe(true);
  disk.restore();
  expect(run(disk, read)).toEqual(['97 97 97 97']);
});
