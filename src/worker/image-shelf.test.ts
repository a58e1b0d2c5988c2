import { beforeEach, describe, expect, it } from 'vitest';
import type { FileContent } from '../protocol/messages.ts';
import { type Files, ImageShelf } from './image-shelf.ts';

const LENGTH = 3 * 65536 + 1000;
const original = Uint8Array.from({ length: LENGTH }, (_, i) => i % 251);

/** Bytes read of files, to tell that a file is not read as a whole. */
let read: number;
const files: Files = {
  source: (content) => ({
    length: content.size,
    read(position, into) {
      const part = original.subarray(position, position + into.length);
      read += part.length;
      into.set(part);
      return part.length;
    },
  }),
  join: (parts) => new Blob(parts as (Blob | Uint8Array<ArrayBuffer>)[]) as FileContent,
};

let shelf: ImageShelf;
beforeEach(() => {
  read = 0;
  shelf = new ImageShelf(files);
  shelf.add({ name: 'bytes.img', content: original });
  shelf.add({ name: 'file.img', content: new Blob([original]) });
});

const bytesOf = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await (shelf.content(name) as Blob).arrayBuffer());

describe.each(['bytes.img', 'file.img'])('%s', (name) => {
  it('holds what the guest wrote, across pieces and at the end', async () => {
    const image = shelf.open(name)!;
    const expected = original.slice();
    for (const [position, length] of [
      [65536 - 5, 10],
      [LENGTH - 512, 512],
    ] as const) {
      const bytes = new Uint8Array(length).fill(0xee);
      image.write(position, bytes);
      expected.set(bytes, position);
    }
    expect(await bytesOf(name)).toEqual(expected);
    expect(shelf.open(name)).toBe(image);
    const facts = shelf.facts().find((fact) => fact.name === name);
    expect(facts).toEqual({ name, bytes: LENGTH, changedBytes: 3 * 65536 });
  });

  it('is as it was after a restore', async () => {
    shelf.open(name)!.write(100, new Uint8Array(10));
    shelf.restore(name);
    expect(await bytesOf(name)).toEqual(original);
    expect(shelf.facts().every((fact) => fact.changedBytes === 0)).toBe(true);
  });

  it('reads as many bytes as there are', () => {
    const into = new Uint8Array(100);
    expect(shelf.open(name)!.read(LENGTH - 30, into)).toBe(30);
    expect([...into.subarray(28, 32)]).toEqual([...original.subarray(LENGTH - 2), 0, 0]);
  });
});

it('does not read a file that the guest has not touched', async () => {
  await bytesOf('file.img');
  expect(read).toBe(0);
  shelf.open('file.img')!.read(0, new Uint8Array(512));
  expect(read).toBe(512);
});

it('forgets what was written when an image is replaced', async () => {
  shelf.open('bytes.img')!.write(0, new Uint8Array(16));
  shelf.add({ name: 'bytes.img', content: original });
  expect(await bytesOf('bytes.img')).toEqual(original);
});

it('knows no other images', () => {
  expect(shelf.open('other.img')).toBeUndefined();
  expect(shelf.content('other.img')).toBeUndefined();
  expect(() => shelf.restore('other.img')).not.toThrow();
});

describe('a frozen shelf', () => {
  it('gives back what guests had written, whatever they wrote since, as often as is wanted', async () => {
    const image = shelf.open('bytes.img')!;
    image.write(10, Uint8Array.of(1, 2, 3));
    image.write(65536 * 2, Uint8Array.of(9));
    const then = await bytesOf('bytes.img');
    const facts = shelf.facts();
    const frozen = shelf.freeze();
    for (let round = 0; round < 3; round++) {
      image.write(11, Uint8Array.of(7, round));
      image.write(65536, new Uint8Array(65536).fill(round));
      if (round === 1) image.restore();
      if (round === 2) image.resize(1000);
      expect(await bytesOf('bytes.img')).not.toEqual(then);
      shelf.thaw(frozen);
      expect(await bytesOf('bytes.img')).toEqual(then);
      expect(shelf.facts()).toEqual(facts);
    }
  });

  it('has the image that was there then, and leaves others alone', async () => {
    const then = await bytesOf('bytes.img');
    const frozen = shelf.freeze();
    shelf.add({ name: 'bytes.img', content: new Uint8Array(100) });
    shelf.add({ name: 'new.img', content: new Uint8Array(50) });
    shelf.thaw(frozen);
    expect(await bytesOf('bytes.img')).toEqual(then);
    expect((await bytesOf('new.img')).length).toBe(50);
  });
});
