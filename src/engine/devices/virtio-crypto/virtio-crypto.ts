import {
  VIRTIO_CRYPTO_HASH_MODE as HASH_MODE,
  VIRTIO_CRYPTO_OP as OP,
  VIRTIO_CRYPTO_REQUEST as REQUEST,
  VIRTIO_CRYPTO_STATUS as S,
  VIRTIO_CRYPTO_SYM_OP as SYM,
  VIRTIO_CRYPTO_CONFIG,
  VIRTIO_CRYPTO_S,
  VIRTIO_CRYPTO_SESSION_INPUT,
} from '../../../spec/crypto.ts';
import type { ViolationCode } from '../../../spec/violations.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import type { CryptoBackend } from '../../backends/crypto.ts';
import { link } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';

const QUEUE_SIZE = 1024;
/** Queues that a transport has room for. */
const MAX_QUEUES = 1024;

const PROPERTIES = { cryptodev: link<CryptoBackend>('cryptodev-backend') } as const;

const DESTROYS: readonly number[] = [
  OP.CIPHER_DESTROY_SESSION,
  OP.HASH_DESTROY_SESSION,
  OP.MAC_DESTROY_SESSION,
  OP.AEAD_DESTROY_SESSION,
  OP.AKCIPHER_DESTROY_SESSION,
];
/** Where a request's fields begin behind its header, and the kind of a symmetric one. */
const CONTROL = { body: 16, kind: 64 } as const;
const DATA = { session: 8, body: 24, kind: 64 } as const;

/** What became of a data request: its status, and what it produced. */
interface Outcome {
  readonly status: number;
  readonly data?: Uint8Array;
}

/** Why a request breaks the device, in QEMU's words. */
type Broken = string;

/** Crypto device: ciphers, hashes and signatures for the guest (VIRTIO 1.4 §5.9). */
class VirtioCrypto extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.CRYPTO;
  readonly deviceName = 'virtio-crypto';
  /** Number of the next request in the journal. */
  #requestId = 0;

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
      this.addQueue(`dataq${i + 1}`, QUEUE_SIZE, (vq) => this.#data(vq));
    this.addQueue('controlq', QUEUE_SIZE, (vq) => this.#control(vq));
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

  override saveState(): State {
    return { ...super.saveState(), requestId: this.#requestId };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#requestId = state.requestId as number;
  }

  #break(vq: VirtQueue, element: VirtQueueElement, message: Broken): void {
    const code: ViolationCode = 'cryptoRequest';
    this.violate(vq.index, code, element.head, element.readableLength, message);
    vq.discard(element);
  }

  /** Makes and ends sessions (VIRTIO 1.4 §5.9). */
  #control(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const bytes = new Uint8Array(element.readableLength);
      element.read(0, bytes);
      let answer: Uint8Array | Broken;
      if (element.readableCount < 1 || element.writableCount < 1)
        answer = 'virtio-crypto ctrl missing headers';
      else if (bytes.length < REQUEST.control) answer = 'virtio-crypto request ctrl_hdr too short';
      else answer = this.#controlAnswer(bytes);
      if (typeof answer !== 'string' && element.writableLength < answer.length)
        answer = `virtio-crypto ${answer.length === 1 ? 'status' : 'input'} incorrect`;
      if (typeof answer === 'string') {
        this.#break(vq, element, answer);
        return;
      }
      vq.push(element, element.write(answer));
      vq.notify();
    }
  }

  #controlAnswer(request: Uint8Array): Uint8Array | Broken {
    const view = new DataView(request.buffer);
    const opcode = view.getUint32(0, true);
    const { sessions } = this.props.cryptodev ?? {};
    if (DESTROYS.includes(opcode)) {
      const id = Number(view.getBigUint64(CONTROL.body, true));
      return Uint8Array.of(sessions?.destroy(id) ? S.OK : S.ERR);
    }
    if (opcode === OP.CIPHER_CREATE_SESSION) return this.#createSession(request, view);
    this.context.report(`virtio-crypto unsupported ctrl opcode: ${opcode}`);
    return sessionInput(S.NOTSUPP);
  }

  #createSession(request: Uint8Array, view: DataView): Uint8Array | Broken {
    const refuse = (message: string, status: number) => {
      this.context.report(message);
      return sessionInput(status);
    };
    const kind = view.getUint32(CONTROL.kind, true);
    if (kind !== SYM.CIPHER && kind !== SYM.ALGORITHM_CHAINING)
      return refuse('unsupported cipher op_type: VIRTIO_CRYPTO_SYM_OP_NONE', S.NOTSUPP);
    // In a chain, its order and how it hashes stand in front of the cipher.
    const at = CONTROL.body + (kind === SYM.CIPHER ? 0 : 8);
    const [algorithm, keyLength, direction] = [0, 4, 8].map((i) => view.getUint32(at + i, true));
    const { cryptodev: back } = this.props;
    if ((keyLength ?? 0) > (back?.abilities.maxCipherKey ?? 0))
      return refuse(`virtio-crypto length of cipher key is too big: ${keyLength}`, S.ERR);
    const key = request.subarray(REQUEST.control, REQUEST.control + (keyLength ?? 0));
    if (key.length !== keyLength) return 'virtio-crypto cipher key incorrect';
    if (kind === SYM.ALGORITHM_CHAINING) {
      const mode = view.getUint32(CONTROL.body + 4, true);
      if (mode !== HASH_MODE.PLAIN && mode !== HASH_MODE.AUTH)
        return refuse('unsupported hash mode', S.NOTSUPP);
      return refuse(`Unsupported optype :${kind}`, S.ERR);
    }
    const made = back?.sessions?.create(algorithm ?? 0, key, direction === 1);
    if (typeof made === 'number') return sessionInput(S.OK, made);
    return made ? refuse(made.message, made.status) : sessionInput(S.ERR);
  }

  /** Encrypts and decrypts (VIRTIO 1.4 §5.9). */
  #data(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const outcome = this.#dataOutcome(vq.index, element);
      if (typeof outcome === 'string') {
        this.#break(vq, element, outcome);
        return;
      }
      const { status, data = NOTHING } = outcome;
      const room = element.writableLength - 1;
      if (data.length > room) {
        this.#break(vq, element, 'virtio-crypto dest data incorrect');
        return;
      }
      element.write(data);
      element.write(Uint8Array.of(status), room);
      vq.push(element, element.writableLength);
      vq.notify();
    }
  }

  #dataOutcome(queue: number, element: VirtQueueElement): Outcome | Broken {
    if (element.readableCount < 1 || element.writableCount < 1)
      return 'virtio-crypto dataq missing headers';
    const request = new Uint8Array(element.readableLength);
    element.read(0, request);
    if (request.length < REQUEST.data) return 'virtio-crypto request outhdr too short';
    const view = new DataView(request.buffer);
    const opcode = view.getUint32(0, true);
    if (opcode === OP.CIPHER_ENCRYPT || opcode === OP.CIPHER_DECRYPT)
      return this.#cipher(queue, request, view);
    this.context.report(`virtio-crypto unsupported dataq opcode: ${opcode}`);
    return { status: S.NOTSUPP };
  }

  #cipher(queue: number, request: Uint8Array, view: DataView): Outcome | Broken {
    const kind = view.getUint32(DATA.kind, true);
    if (kind !== SYM.CIPHER && kind !== SYM.ALGORITHM_CHAINING) {
      this.context.report('virtio-crypto unsupported cipher type');
      return { status: S.NOTSUPP };
    }
    const field = (at: number) => view.getUint32(DATA.body + at, true);
    const [vectorLength, sourceLength, targetLength] = [field(0), field(4), field(8)];
    const extra = kind === SYM.ALGORITHM_CHAINING ? field(28) : 0;
    if (sourceLength !== targetLength) return 'sym request src len is different from dst len';
    const vectorEnd = REQUEST.data + vectorLength;
    const sourceAt = vectorEnd + extra;
    const vector = request.subarray(REQUEST.data, vectorEnd);
    const source = request.subarray(sourceAt, sourceAt + sourceLength);
    if (vector.length !== vectorLength) return 'virtio-crypto iv incorrect';
    if (sourceAt > request.length) return 'virtio-crypto additional auth data incorrect';
    if (source.length !== sourceLength) return 'virtio-crypto source data incorrect';
    if (kind === SYM.ALGORITHM_CHAINING) {
      this.context.report('Algorithm chain is unsupported for cryptdoev-builtin');
      return { status: S.NOTSUPP };
    }
    return this.#atBackend(queue, Number(view.getBigUint64(DATA.session, true)), vector, source);
  }

  #atBackend(queue: number, session: number, vector: Uint8Array, source: Uint8Array): Outcome {
    const { journal, dev } = this;
    const id = this.#requestId++;
    if (journal.on) journal.backendRequest(dev, queue, 'compute', id, 0, source.length);
    const data = this.props.cryptodev?.sessions?.apply(session, vector, source);
    const failed = data instanceof Uint8Array ? undefined : data;
    const status = data instanceof Uint8Array ? S.OK : (failed?.status ?? S.ERR);
    if (failed) this.context.report(failed.message);
    if (journal.on) journal.backendCompletion(dev, queue, 'compute', id, status, source.length);
    return data instanceof Uint8Array ? { status, data } : { status };
  }
}

const NOTHING = new Uint8Array(0);

/** Answer to a session's creation. */
function sessionInput(status: number, id = 0): Uint8Array {
  const bytes = new Uint8Array(VIRTIO_CRYPTO_SESSION_INPUT);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(id), true);
  view.setUint32(8, status, true);
  return bytes;
}

/** The type of the crypto device. */
export const VIRTIO_CRYPTO_TYPE: TypeInfo = {
  name: 'virtio-crypto-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new VirtioCrypto(init),
};
