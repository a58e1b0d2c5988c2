import { describe, expect, it } from 'vitest';
import { helloImage } from './hello-image.ts';

const sector = (image: Uint8Array, n: number) =>
  new TextDecoder('utf-8', { fatal: true })
    .decode(image.subarray(n * 512, (n + 1) * 512))
    .replace(/\0+$/, '');

describe('hello.img', () => {
  it('is 1 MiB, and always the same', () => {
    const image = helloImage();
    expect(image.length).toBe(1 << 20);
    expect(Buffer.from(image).equals(Buffer.from(helloImage()))).toBe(true);
  });

  it('says in every sector which one it is', () => {
    const image = helloImage();
    for (let n = 0; n < 2048; n++) {
      const text = sector(image, n);
      // It ends within its sector: a longer text would run into the next one.
      expect(text.length).toBeLessThan(512);
      expect(text).toMatch(/^[\x20-\x7e\n]+\n$/);
      if (n === 1) expect(text).toMatch(/^Hello from sector 1!/);
      else
        expect(
          text.startsWith(`This is sector ${n} of 2048: bytes ${n * 512} to ${n * 512 + 511} of`),
        ).toBe(true);
    }
  });
});
