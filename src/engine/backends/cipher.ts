import type { State } from '../qom/state.ts';
import { AES_BLOCK, Aes } from './aes.ts';

/** Ways to chain blocks. */
export type CipherMode = 'ecb' | 'cbc' | 'ctr' | 'xts';

/** A cipher with a key, and what it keeps from one request to the next: its vector goes on where it stopped. */
export class Cipher {
  readonly #mode: CipherMode;
  readonly #key: Uint8Array;
  readonly #aes: Aes;
  /** Encrypts the vector of XTS, with the second half of the key. */
  readonly #tweak: Aes | undefined;
  readonly #vector = new Uint8Array(AES_BLOCK);

  /** `key`: 16, 24 or 32 bytes; with XTS two of them in a row. */
  constructor(mode: CipherMode, key: Uint8Array) {
    this.#mode = mode;
    this.#key = key.slice();
    const half = key.length / 2;
    this.#aes = new Aes(mode === 'xts' ? key.subarray(0, half) : key);
    if (mode === 'xts') this.#tweak = new Aes(key.subarray(half));
  }

  /** The cipher that `saveState` told of. */
  static from({ mode, key, vector }: State): Cipher {
    const cipher = new Cipher(mode as CipherMode, key as Uint8Array);
    cipher.setVector(vector as Uint8Array);
    return cipher;
  }

  saveState(): State {
    return { mode: this.#mode, key: this.#key, vector: this.#vector };
  }

  /** Whether requests begin with a vector. */
  get hasVector(): boolean {
    return this.#mode !== 'ecb';
  }

  setVector(vector: Uint8Array): void {
    this.#vector.set(vector);
  }

  /** Encrypts or decrypts whole blocks; what comes out is as long. */
  apply(data: Uint8Array, encrypt: boolean): Uint8Array {
    const out = data.slice();
    const tweak = this.#vector.slice();
    this.#tweak?.encrypt(tweak);
    for (let at = 0; at < out.length; at += AES_BLOCK) {
      const block = out.subarray(at, at + AES_BLOCK);
      if (this.#mode === 'xts') {
        xor(block, tweak);
        this.#one(block, encrypt);
        xor(block, tweak);
        multiply(tweak);
      } else if (this.#mode === 'ctr') this.#counter(block);
      else if (this.#mode === 'cbc') this.#chain(block, encrypt);
      else this.#one(block, encrypt);
    }
    return out;
  }

  #one(block: Uint8Array, encrypt: boolean): void {
    if (encrypt) this.#aes.encrypt(block);
    else this.#aes.decrypt(block);
  }

  #chain(block: Uint8Array, encrypt: boolean): void {
    const before = block.slice();
    if (encrypt) xor(block, this.#vector);
    this.#one(block, encrypt);
    if (!encrypt) xor(block, this.#vector);
    this.#vector.set(encrypt ? block : before);
  }

  #counter(block: Uint8Array): void {
    const stream = this.#vector.slice();
    this.#aes.encrypt(stream);
    xor(block, stream);
    for (let i = AES_BLOCK - 1; i >= 0; i--) {
      this.#vector[i] = ((this.#vector[i] as number) + 1) & 0xff;
      if (this.#vector[i] !== 0) break;
    }
  }
}

function xor(block: Uint8Array, other: Uint8Array): void {
  for (let i = 0; i < AES_BLOCK; i++) block[i] = (block[i] as number) ^ (other[i] as number);
}

/** The tweak of the next block (IEEE 1619 2018 §5.2): doubled, its lowest byte first. */
function multiply(tweak: Uint8Array): void {
  const carry = (tweak[AES_BLOCK - 1] as number) >> 7;
  for (let i = AES_BLOCK - 1; i > 0; i--)
    tweak[i] = (((tweak[i] as number) << 1) | ((tweak[i - 1] as number) >> 7)) & 0xff;
  tweak[0] = (((tweak[0] as number) << 1) & 0xff) ^ (carry ? 0x87 : 0);
}
