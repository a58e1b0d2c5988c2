import { expect, test } from 'vitest';
import { Aes } from './aes.ts';
import { Cipher } from './cipher.ts';

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'hex'));
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');
const KEYS = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const PLAIN = '00112233445566778899aabbccddeeff';

// FIPS 197, appendix C.
test.each([
  [16, '69c4e0d86a7b0430d8cdb78070b4c55a'],
  [24, 'dda97ca4864cdfe06eaf70a0ec0d7191'],
  [32, '8ea2b7ca516745bfeafc49904b496089'],
])('AES with a key of %d bytes', (length, expected) => {
  const aes = new Aes(bytes(KEYS).subarray(0, length));
  const block = bytes(PLAIN);
  aes.encrypt(block);
  expect(hex(block)).toBe(expected);
  aes.decrypt(block);
  expect(hex(block)).toBe(PLAIN);
});

// NIST SP 800-38A, appendix F.2.1 and F.5.1.
test.each([
  [
    'cbc',
    '000102030405060708090a0b0c0d0e0f',
    '7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2',
  ],
  [
    'ctr',
    'f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff',
    '874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff',
  ],
] as const)('%s: a request goes on where the last one stopped', (mode, vector, expected) => {
  const cipher = new Cipher(mode, bytes('2b7e151628aed2a6abf7158809cf4f3c'));
  cipher.setVector(bytes(vector));
  const first = cipher.apply(bytes('6bc1bee22e409f96e93d7e117393172a'), true);
  const second = cipher.apply(bytes('ae2d8a571e03ac9c9eb76fac45af8e51'), true);
  expect(hex(first) + hex(second)).toBe(expected);
});

// IEEE 1619-2018, appendix B, vector 2.
test('xts encrypts with a tweak', () => {
  const cipher = new Cipher('xts', bytes('11'.repeat(16) + '22'.repeat(16)));
  cipher.setVector(bytes('3333333333'.padEnd(32, '0')));
  const out = cipher.apply(bytes('44'.repeat(32)), true);
  expect(hex(out)).toBe('c454185e6a16936e39334038acef838bfb186fff7480adc4289382ecd6d394f0');
  expect(hex(cipher.apply(out, false))).toBe('44'.repeat(32));
});
