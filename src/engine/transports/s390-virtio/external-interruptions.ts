import { LOWCORE, S390_INPUT } from '../../../spec/channel-io.ts';
import { KVM_EXT_INTERRUPTION } from '../../../spec/kvm-virtio.ts';
import { type Storage, viewOf } from '../../hw/css/storage.ts';
import type { DeviceContext } from '../../qdev/context.ts';

/** An external interruption of the host's. */
export interface ExternalInterruption {
  /** What it is about, of `VIRTIO_PARAM`. */
  readonly parameter: number;
  /** A queue's token, or an address: 64 bits. */
  readonly token: bigint;
  /** Device and queue that journal events name. */
  readonly dev: number;
  readonly queue: number;
}

/** External interruptions that wait for a CPU, oldest first; those that say the same wait once. */
export class ExternalInterruptions {
  readonly #context: DeviceContext;
  readonly #storage: Storage;
  readonly #pending: ExternalInterruption[] = [];

  constructor(context: DeviceContext, storage: Storage) {
    this.#context = context;
    this.#storage = storage;
  }

  /** Those that wait, oldest first. */
  get pending(): readonly ExternalInterruption[] {
    return this.#pending;
  }

  /** Puts those of a snapshot back: whoever loads it knows the input. */
  loadPending(pending: readonly ExternalInterruption[]): void {
    this.#pending.splice(0, Number.POSITIVE_INFINITY, ...pending);
  }

  /** Makes an interruption pending. */
  post(interruption: ExternalInterruption): void {
    const { parameter, token } = interruption;
    if (this.#pending.some((other) => other.parameter === parameter && other.token === token))
      return;
    this.#pending.push(interruption);
    this.#record('raised', interruption);
    this.#update();
  }

  /** The CPU takes the oldest: what it is about is stored in low core. */
  take(): void {
    const first = this.#pending.shift();
    if (!first) return;
    if (!this.#pending.some(({ dev }) => dev === first.dev)) this.#record('lowered', first);
    const bytes = new Uint8Array(8);
    const view = viewOf(bytes);
    view.setUint32(0, first.parameter);
    view.setUint16(LOWCORE.externalCpu - LOWCORE.externalParameter, KVM_EXT_INTERRUPTION.subcode);
    view.setUint16(LOWCORE.externalCode - LOWCORE.externalParameter, KVM_EXT_INTERRUPTION.code);
    this.#storage.store(LOWCORE.externalParameter, bytes);
    const token = new Uint8Array(8);
    viewOf(token).setBigUint64(0, first.token);
    this.#storage.store(LOWCORE.externalParameter64, token);
    this.#update();
  }

  /** Forgets all. */
  reset(): void {
    for (const gone of this.#pending.splice(0)) this.#record('lowered', gone);
    this.#update();
  }

  #record(step: 'raised' | 'lowered', { dev, queue }: ExternalInterruption): void {
    const { journal } = this.#context;
    if (journal.on) journal.interrupt(dev, queue, step, S390_INPUT.external, 'external');
  }

  #update(): void {
    this.#context.setInterrupt(S390_INPUT.external, this.#pending.length > 0);
  }
}
