import { VIRTIO_CRYPTO_ALGO as ALGO, VIRTIO_CRYPTO_STATUS as S } from '../../spec/crypto.ts';
import type { State } from '../qom/state.ts';
import { AES_BLOCK } from './aes.ts';
import { Cipher, type CipherMode } from './cipher.ts';

/** Most sessions at a time. */
const MAX_SESSIONS = 256;

const MODES: Readonly<Record<number, CipherMode>> = {
  [ALGO.CIPHER_AES_ECB]: 'ecb',
  [ALGO.CIPHER_AES_CBC]: 'cbc',
  [ALGO.CIPHER_AES_CTR]: 'ctr',
  [ALGO.CIPHER_AES_XTS]: 'xts',
};

/** Lengths of keys, in bytes, by whether there are two of them. */
const KEYS = { single: [16, 24, 32], double: [32, 64] } as const;

/** What a session does: a cipher, and the direction that it was made for. */
interface Session {
  readonly cipher: Cipher;
  readonly encrypts: boolean;
}

/** A session in a snapshot. */
interface SavedSession {
  readonly id: number;
  readonly encrypts: boolean;
  readonly cipher: State;
}

/** A request that failed: its status, and what QEMU prints about it. */
export interface CryptoFault {
  readonly status: number;
  readonly message: string;
}

const fault = (message: string, status: number = S.ERR): CryptoFault => ({ status, message });

/** Ciphers of the built-in back end, by session. QEMU has triple DES besides, and RSA. */
export class CryptoSessions {
  readonly #sessions = new Map<number, Session>();

  saveState(): State {
    return {
      sessions: [...this.#sessions].map(([id, { cipher, encrypts }]) => ({
        id,
        encrypts,
        cipher: cipher.saveState(),
      })),
    };
  }

  loadState(state: State): void {
    this.#sessions.clear();
    for (const { id, encrypts, cipher } of state.sessions as SavedSession[])
      this.#sessions.set(id, { cipher: Cipher.from(cipher), encrypts });
  }

  /** Makes a session; its number, the lowest that is free, or why not. */
  create(algorithm: number, key: Uint8Array, encrypts: boolean): number | CryptoFault {
    const id = this.#freeId();
    if (id === undefined) return fault(`Total number of sessions created exceeds ${MAX_SESSIONS}`);
    const mode = MODES[algorithm];
    if (!mode) return fault(`Unsupported cipher alg :${algorithm}`);
    const wrong = keyFault(mode, key.length);
    if (wrong !== undefined) return fault(wrong);
    this.#sessions.set(id, { cipher: new Cipher(mode, key), encrypts });
    return id;
  }

  /** Ends a session; false where there is none. */
  destroy(id: number): boolean {
    return this.#sessions.delete(id);
  }

  /** Encrypts or decrypts, as the session was made for; or why not. */
  apply(id: number, vector: Uint8Array, data: Uint8Array): Uint8Array | CryptoFault {
    const session = this.#sessions.get(id);
    if (!session) return fault(`Cannot find a valid session id: ${id}`, S.INVSESS);
    const { cipher, encrypts } = session;
    if (vector.length > 0) {
      if (!cipher.hasVector) return fault('Setting IV is not supported');
      if (vector.length !== AES_BLOCK)
        return fault(`Expected IV size ${AES_BLOCK} not ${vector.length}`);
      cipher.setVector(vector);
    }
    if (data.length % AES_BLOCK !== 0)
      return fault(`Length ${data.length} must be a multiple of block size ${AES_BLOCK}`);
    return cipher.apply(data, encrypts);
  }

  #freeId(): number | undefined {
    for (let id = 0; id < MAX_SESSIONS; id++) if (!this.#sessions.has(id)) return id;
    return undefined;
  }
}

/** What is wrong with a key's length, or undefined. */
function keyFault(mode: CipherMode, length: number): string | undefined {
  const known: readonly number[] = [...KEYS.single, ...KEYS.double];
  const lengths: readonly number[] = mode === 'xts' ? KEYS.double : KEYS.single;
  if (lengths.includes(length)) return undefined;
  // A length that some other mode takes is found out by the cipher itself.
  if (mode === 'xts' && known.includes(length))
    return `Cipher key length ${length} should be ${2 * length}`;
  return `Unsupported key length :${length}`;
}
