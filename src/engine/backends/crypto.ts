import { VIRTIO_CRYPTO_ALGO, VIRTIO_CRYPTO_SERVICE } from '../../spec/crypto.ts';
import { ConfigError } from '../qom/errors.ts';
import { QObject } from '../qom/object.ts';
import { custom, u32 } from '../qom/property.ts';
import type { State } from '../qom/state.ts';
import type { ObjectInit, TypeRegistry } from '../qom/type.ts';
import type { Chardev } from './chardev.ts';
import { CryptoSessions } from './crypto-sessions.ts';

/** Longest keys that back ends take, in bytes. */
const MAX_CIPHER_KEY = 64;
const MAX_AUTH_KEY = 512;
/** Longest request of the built-in back end: what is left of a signed 64-bit size behind its header. */
const BUILTIN_MAX_SIZE = 2n ** 63n - 25n;

const mask = (...numbers: readonly number[]) => numbers.reduce((all, n) => all | (1 << n), 0);

/** What a back end can do, as the device's configuration space tells it. */
export interface CryptoAbilities {
  readonly services: number;
  readonly ciphers: number;
  readonly hashes: number;
  readonly asymmetric: number;
  /** Longest keys and longest request, in bytes. */
  readonly maxCipherKey: number;
  readonly maxAuthKey: number;
  readonly maxSize: bigint;
}

const NOTHING: CryptoAbilities = {
  services: 0,
  ciphers: 0,
  hashes: 0,
  asymmetric: 0,
  maxCipherKey: 0,
  maxAuthKey: 0,
  maxSize: 0n,
};

const SYMMETRIC: CryptoAbilities = {
  services: mask(
    VIRTIO_CRYPTO_SERVICE.CIPHER,
    VIRTIO_CRYPTO_SERVICE.HASH,
    VIRTIO_CRYPTO_SERVICE.MAC,
  ),
  ciphers: mask(VIRTIO_CRYPTO_ALGO.CIPHER_AES_CBC),
  hashes: mask(VIRTIO_CRYPTO_ALGO.HASH_SHA1),
  asymmetric: 0,
  maxCipherKey: MAX_CIPHER_KEY,
  maxAuthKey: MAX_AUTH_KEY,
  maxSize: 2n ** 64n - 1n,
};

/** Data queues of a back end: at least one. */
const queueCount = custom<number>({
  type: 'uint32',
  default: 1,
  parse(text, context) {
    const count = u32(1).parse(text, context);
    if (count === 0)
      throw new ConfigError(`Property '${context.type}.${context.name}' doesn't take value '0'`);
    return count;
  },
  print: String,
});

/** A character device by its id, which nobody else may use. */
const chardevName = custom<Chardev | undefined>({
  type: 'string',
  default: undefined,
  names: ['chardev'],
  parse(text, { resolve }) {
    const found = resolve(text, 'chardev') as Chardev | undefined;
    if (!found) throw new ConfigError(`Device '${text}' not found`);
    return found;
  },
  print: (value) => value?.id ?? '',
  toJson: (value) => value?.id ?? '',
});

/** Back end of a crypto device: says what can be done; at most one device uses it. */
export class CryptoBackend extends QObject {
  /** A device is linked to it. */
  used = false;

  /** Whether it must stay. */
  get inUse(): boolean {
    return this.used;
  }

  get queues(): number {
    return Number(this.values.queues ?? 1);
  }

  get abilities(): CryptoAbilities {
    return NOTHING;
  }

  /** Whether requests can be served now. */
  get ready(): boolean {
    return false;
  }

  /** The sessions of requests that are served here; undefined where another process has them. */
  readonly sessions: CryptoSessions | undefined;

  /** All properties are set. Throws ConfigError with QEMU's sentence. */
  complete(): void {}
}

/** In this process. */
class BuiltinCrypto extends CryptoBackend {
  override readonly sessions = new CryptoSessions();

  override get abilities(): CryptoAbilities {
    return {
      ...SYMMETRIC,
      services: SYMMETRIC.services | mask(VIRTIO_CRYPTO_SERVICE.AKCIPHER),
      asymmetric: mask(VIRTIO_CRYPTO_ALGO.AKCIPHER_RSA),
      maxSize: BUILTIN_MAX_SIZE,
    };
  }

  override get ready(): boolean {
    return true;
  }

  override saveState(): State {
    return { ...super.saveState(), sessions: this.sessions.saveState() };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.sessions.loadState(state.sessions as State);
  }

  override complete(): void {
    if (this.queues !== 1)
      throw new ConfigError('Only support one queue in cryptdov-builtin backend');
  }
}

/** In another process, behind a character device; not ready before its peer is there. */
class VhostUserCrypto extends CryptoBackend {
  override get abilities(): CryptoAbilities {
    return SYMMETRIC;
  }

  override complete(): void {
    const { chardev } = this.values as { chardev?: Chardev };
    chardev?.claim(this);
  }
}

/** Registers the back ends of crypto devices. */
export function registerCryptoBackends(registry: TypeRegistry): void {
  registry.register({
    name: 'cryptodev-backend',
    parent: 'object',
    properties: { queues: queueCount },
    create: (init: ObjectInit) => new CryptoBackend(init),
  });
  registry.register({
    name: 'cryptodev-backend-builtin',
    parent: 'cryptodev-backend',
    create: (init: ObjectInit) => new BuiltinCrypto(init),
  });
  registry.register({
    name: 'cryptodev-vhost-user',
    parent: 'cryptodev-backend',
    properties: { chardev: chardevName },
    create: (init: ObjectInit) => new VhostUserCrypto(init),
  });
}
