import { VIRTIO_CRYPTO_CONFIG, VIRTIO_CRYPTO_S } from '../../spec/crypto.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import type { CryptoBackend } from '../backends/crypto.ts';
import { link } from '../qom/property.ts';
import type { TypeInfo } from '../qom/type.ts';
import { packConfig } from '../virtio/pack-config.ts';
import { VirtioDevice } from '../virtio/virtio-device.ts';

const QUEUE_SIZE = 1024;
/** Queues that a transport has room for. */
const MAX_QUEUES = 1024;

const PROPERTIES = { cryptodev: link<CryptoBackend>('cryptodev-backend') } as const;

/** Crypto device: ciphers, hashes and signatures for the guest (VIRTIO 1.4 §5.9). */
class VirtioCrypto extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.CRYPTO;
  readonly deviceName = 'virtio-crypto';

  override get configSize(): number {
    return VIRTIO_CRYPTO_CONFIG.max_size.offset + VIRTIO_CRYPTO_CONFIG.max_size.width;
  }

  protected override realizeDevice(): void {
    const { cryptodev: back } = this.props;
    if (!back) this.fail("'cryptodev' parameter expects a valid object");
    if (back.used) this.fail(`can't use already used cryptodev backend: ${back.name}`);
    if (back.queues + 1 > MAX_QUEUES)
      this.fail(
        `Invalid number of queues (= ${back.queues}), must be a positive integer less than ${MAX_QUEUES}.`,
      );
    for (let i = 0; i < back.queues; i++)
      this.addQueue(`dataq${i + 1}`, QUEUE_SIZE, this.unprocessed);
    this.addQueue('controlq', QUEUE_SIZE, this.unprocessed);
    back.used = true;
  }

  override unrealize(): void {
    super.unrealize();
    if (this.props.cryptodev) this.props.cryptodev.used = false;
  }

  override readConfig(): Uint8Array {
    const { cryptodev: back } = this.props;
    const { services, ciphers, hashes, asymmetric, maxCipherKey, maxAuthKey, maxSize } =
      back?.abilities ?? {};
    return packConfig(
      VIRTIO_CRYPTO_CONFIG,
      {
        status: back?.ready ? VIRTIO_CRYPTO_S.HW_READY : 0,
        max_dataqueues: back?.queues ?? 0,
        crypto_services: services ?? 0,
        cipher_algo_l: ciphers ?? 0,
        hash_algo: hashes ?? 0,
        max_cipher_key_len: maxCipherKey ?? 0,
        max_auth_key_len: maxAuthKey ?? 0,
        akcipher_algo: asymmetric ?? 0,
        max_size: maxSize ?? 0n,
      },
      this.configSize,
    );
  }
}

/** The type of the crypto device. */
export const VIRTIO_CRYPTO_TYPE: TypeInfo = {
  name: 'virtio-crypto-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioCrypto(init),
};
