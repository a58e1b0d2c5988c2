/** Bytes of a block (FIPS 197 §3.1). */
export const AES_BLOCK = 16;

/** Doubles an element of the field that AES computes in. */
const double = (byte: number) => ((byte << 1) ^ (byte & 0x80 ? 0x11b : 0)) & 0xff;

/** The substitution box and its inverse: multiplicative inverses, each bit mixed with four others (FIPS 197 §5.1.1). */
const [SBOX, INVERSE_SBOX] = (() => {
  const box = new Uint8Array(256);
  const inverse = new Uint8Array(256);
  // p runs through all elements but zero as powers of 3; q is its inverse.
  let p = 1;
  let q = 1;
  do {
    p ^= double(p);
    q ^= q << 1;
    q ^= q << 2;
    q ^= q << 4;
    q &= 0xff;
    if (q & 0x80) q ^= 0x09;
    const spread = q | (q << 8);
    let mixed = q ^ 0x63;
    for (let turn = 1; turn <= 4; turn++) mixed ^= (spread >> (8 - turn)) & 0xff;
    box[p] = mixed;
    inverse[mixed] = p;
  } while (p !== 1);
  box[0] = 0x63;
  inverse[0x63] = 0;
  return [box, inverse];
})();

/** A block cipher with one key of 16, 24 or 32 bytes. */
export class Aes {
  readonly #keys: Uint8Array;
  readonly #rounds: number;

  constructor(key: Uint8Array) {
    this.#rounds = key.length / 4 + 6;
    this.#keys = expand(key, this.#rounds);
  }

  /** Encrypts a block in place. */
  encrypt(block: Uint8Array): void {
    this.#addKey(block, 0);
    for (let round = 1; round <= this.#rounds; round++) {
      for (let i = 0; i < AES_BLOCK; i++) block[i] = SBOX[block[i] as number] as number;
      shiftRows(block, 1);
      if (round < this.#rounds) mixColumns(block);
      this.#addKey(block, round);
    }
  }

  /** Decrypts a block in place. */
  decrypt(block: Uint8Array): void {
    for (let round = this.#rounds; round > 0; round--) {
      this.#addKey(block, round);
      // The inverse of mixing is mixing three times.
      if (round < this.#rounds) for (let i = 0; i < 3; i++) mixColumns(block);
      shiftRows(block, 3);
      for (let i = 0; i < AES_BLOCK; i++) block[i] = INVERSE_SBOX[block[i] as number] as number;
    }
    this.#addKey(block, 0);
  }

  #addKey(block: Uint8Array, round: number): void {
    const at = round * AES_BLOCK;
    for (let i = 0; i < AES_BLOCK; i++)
      block[i] = (block[i] as number) ^ (this.#keys[at + i] as number);
  }
}

/** Keys of all rounds (FIPS 197 §5.2). */
function expand(key: Uint8Array, rounds: number): Uint8Array {
  const keys = new Uint8Array((rounds + 1) * AES_BLOCK);
  keys.set(key);
  let constant = 1;
  for (let at = key.length; at < keys.length; at += 4) {
    let word = [...keys.subarray(at - 4, at)];
    if (at % key.length === 0) {
      word = [...word.slice(1), word[0] ?? 0].map((byte) => SBOX[byte] as number);
      word[0] = (word[0] ?? 0) ^ constant;
      constant = double(constant);
    } else if (key.length > 24 && at % key.length === 16)
      word = word.map((byte) => SBOX[byte] as number);
    word.forEach((byte, i) => {
      keys[at + i] = (keys[at + i - key.length] as number) ^ byte;
    });
  }
  return keys;
}

/** Turns row n of the block by n times `step` columns. */
function shiftRows(block: Uint8Array, step: number): void {
  const old = block.slice();
  for (let row = 1; row < 4; row++)
    for (let column = 0; column < 4; column++)
      block[4 * column + row] = old[4 * ((column + row * step) & 3) + row] as number;
}

function mixColumns(block: Uint8Array): void {
  for (let at = 0; at < AES_BLOCK; at += 4) {
    const column = [...block.subarray(at, at + 4)];
    const all = column.reduce((sum, byte) => sum ^ byte, 0);
    column.forEach((byte, i) => {
      block[at + i] = byte ^ all ^ double(byte ^ (column[(i + 1) & 3] as number));
    });
  }
}
