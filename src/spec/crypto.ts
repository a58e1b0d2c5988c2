import type { RegisterMap } from './registers.ts';

/** Device status bits of the crypto device (VIRTIO 1.4 §5.9.5). */
export const VIRTIO_CRYPTO_S = { HW_READY: 1 } as const;

/** Crypto services (VIRTIO 1.4 §5.9.4). */
export const VIRTIO_CRYPTO_SERVICE = {
  CIPHER: 0,
  HASH: 1,
  MAC: 2,
  AEAD: 3,
  AKCIPHER: 4,
} as const;

/** Algorithms that a back end may know, by service (VIRTIO 1.4 §5.9.4). */
export const VIRTIO_CRYPTO_ALGO = {
  CIPHER_AES_ECB: 2,
  CIPHER_AES_CBC: 3,
  CIPHER_AES_CTR: 4,
  CIPHER_AES_XTS: 13,
  HASH_SHA1: 2,
  AKCIPHER_RSA: 1,
} as const;

/** Device configuration layout (VIRTIO 1.4 §5.9.5). */
export const VIRTIO_CRYPTO_CONFIG = {
  status: { offset: 0, width: 4, access: 'R', doc: 'HW_READY' },
  max_dataqueues: { offset: 4, width: 4, access: 'R', doc: 'Data queues, 1 to 65535' },
  crypto_services: { offset: 8, width: 4, access: 'R', doc: 'Services, a bit each' },
  cipher_algo_l: { offset: 12, width: 4, access: 'R', doc: 'Ciphers 0 to 31' },
  cipher_algo_h: { offset: 16, width: 4, access: 'R', doc: 'Ciphers 32 to 63' },
  hash_algo: { offset: 20, width: 4, access: 'R', doc: 'Hashes' },
  mac_algo_l: { offset: 24, width: 4, access: 'R', doc: 'MACs 0 to 31' },
  mac_algo_h: { offset: 28, width: 4, access: 'R', doc: 'MACs 32 to 63' },
  aead_algo: { offset: 32, width: 4, access: 'R', doc: 'AEADs' },
  max_cipher_key_len: { offset: 36, width: 4, access: 'R', doc: 'Longest cipher key, in bytes' },
  max_auth_key_len: { offset: 40, width: 4, access: 'R', doc: 'Longest MAC key, in bytes' },
  akcipher_algo: { offset: 44, width: 4, access: 'R', doc: 'Asymmetric ciphers' },
  max_size: { offset: 48, width: 8, access: 'R', doc: 'Longest content of a request, in bytes' },
} as const satisfies RegisterMap;

/** Bytes of a control request, and of a data request, in front of keys and data (VIRTIO 1.4 §5.9.4). */
export const VIRTIO_CRYPTO_REQUEST = { control: 72, data: 72 } as const;
/** Bytes of the answer to a session's creation: number, status, padding. */
export const VIRTIO_CRYPTO_SESSION_INPUT = 16;
/** Operation codes: the service in the upper bits, what is to be done in the lower ones. */
export const VIRTIO_CRYPTO_OP = {
  CIPHER_ENCRYPT: 0x000,
  CIPHER_DECRYPT: 0x001,
  CIPHER_CREATE_SESSION: 0x002,
  CIPHER_DESTROY_SESSION: 0x003,
  HASH_DESTROY_SESSION: 0x103,
  MAC_DESTROY_SESSION: 0x203,
  AEAD_DESTROY_SESSION: 0x303,
  AKCIPHER_DESTROY_SESSION: 0x405,
} as const;
/** What a symmetric request is about. */
export const VIRTIO_CRYPTO_SYM_OP = { NONE: 0, CIPHER: 1, ALGORITHM_CHAINING: 2 } as const;
/** How a chain of algorithms hashes. */
export const VIRTIO_CRYPTO_HASH_MODE = { PLAIN: 1, AUTH: 2 } as const;
/** Status of a request. */
export const VIRTIO_CRYPTO_STATUS = { OK: 0, ERR: 1, BADMSG: 2, NOTSUPP: 3, INVSESS: 4 } as const;
