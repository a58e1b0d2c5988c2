import { describe, expect, it } from 'vitest';
import { withDiskFile } from './disk-line.ts';

const DEFAULT =
  '-M pc -m 64 -drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-pci,id=disk0,drive=d0';

describe('withDiskFile', () => {
  it('changes the file of the first drive and nothing else', () => {
    expect(withDiskFile(DEFAULT, 'mine.iso')).toBe(DEFAULT.replace('hello.img', 'mine.iso'));
    const two = '-drive file=a,id=x  -drive file=b,id=y';
    expect(withDiskFile(two, 'c')).toBe('-drive file=c,id=x  -drive file=b,id=y');
  });

  it('doubles commas and quotes spaces, and finds its way back', () => {
    const line = withDiskFile(DEFAULT, "a, it's.img");
    expect(line).toContain(`-drive 'if=none,id=d0,file=a,, it'\\''s.img,format=raw' -device`);
    expect(withDiskFile(line, 'hello.img')).toBe(DEFAULT);
  });

  it('gives a drive without a file one', () => {
    expect(withDiskFile('-M pc -drive if=none,id=d0', 'x')).toBe(
      '-M pc -drive if=none,id=d0,file=x',
    );
  });

  it('gives a machine without a drive a disk', () => {
    expect(withDiskFile('-M pc', 'x.img')).toBe(
      '-M pc -drive if=none,id=d0,file=x.img,format=raw -device virtio-blk-pci,id=disk0,drive=d0',
    );
  });
});
