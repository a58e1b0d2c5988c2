import { utf8Encode } from '../../../base/utf8.ts';
import { P9_HEADER } from '../../../spec/9p.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import { fsdevName, fsdevsOf } from '../../backends/fs.ts';
import { optionalStr } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { NineServer } from './server.ts';
import { ShortRequest } from './wire.ts';

const QUEUE_SIZE = 128;
/** Longest mount tag, in bytes. */
const MAX_TAG = 31;
/** Bytes of an answer that tells an error. */
const ERROR_BYTES = P9_HEADER + 4;
/** Bytes of the tag's length in front of the tag. */
const TAG_LENGTH_BYTES = 2;
/** The device has a mount tag: its one feature. */
const VIRTIO_9P_MOUNT_TAG = 0;

const PROPERTIES = { mount_tag: optionalStr(), fsdev: fsdevName() } as const;

/** A directory of the host's, by the 9P protocol; its device ID is VIRTIO's, its layout Linux's. */
class Virtio9p extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID['9P'];
  readonly deviceName = 'virtio-9p';

  #server: NineServer | undefined;
  /** Requests that wait until they are flushed, by tag. */
  readonly #waiting = new Map<number, VirtQueueElement>();
  /** Number of the next request in the journal. */
  #requestId = 0;

  get #tag(): Uint8Array {
    return utf8Encode(this.props.mount_tag ?? '');
  }

  override get configSize(): number {
    return TAG_LENGTH_BYTES + this.#tag.length;
  }

  protected override realizeDevice(): void {
    const { mount_tag: tag, fsdev: id } = this.props;
    this.addQueue('requests', QUEUE_SIZE, (vq) => this.#requests(vq));
    const fsdevs = fsdevsOf(this.context);
    const fsdev = id === undefined ? undefined : fsdevs.find(id);
    if (!fsdev) this.fail(`9pfs device couldn't find fsdev with the id = ${id ?? 'NULL'}`);
    if (tag === undefined) this.fail(`fsdev with id ${fsdev.id} needs mount_tag arguments`);
    const length = this.#tag.length;
    if (length > MAX_TAG)
      this.fail(`mount tag '${tag}' (${length} bytes) is longer than maximum (${MAX_TAG} bytes)`);
    const report = (message: string) => this.context.report(message);
    this.#server = new NineServer(fsdevs.open(fsdev), fsdev.readOnly, report);
  }

  protected override resetDevice(): void {
    this.#waiting.clear();
    this.#server?.reset();
  }

  override saveState(): State {
    const { vq } = this.queues[0] ?? {};
    const waiting = [...this.#waiting].map(([tag, element]) => [tag, vq?.saveElement(element)]);
    return {
      ...super.saveState(),
      server: this.#server?.saveState(),
      waiting,
      requestId: this.#requestId,
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    const { vq } = this.queues[0] ?? {};
    if (state.server) this.#server?.loadState(state.server as State);
    for (const [tag, saved] of state.waiting as [number, State][])
      if (vq) this.#waiting.set(tag, vq.loadElement(saved));
    this.#requestId = state.requestId as number;
  }

  /** Hands messages to the server, one a chain. */
  #requests(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      const message = this.#serve(vq, element);
      if (message === undefined) continue;
      this.violate(vq.index, 'ninepRequest', element.head, element.readableLength, message);
      vq.discard(element);
      return;
    }
  }

  /** Answers one request; what is wrong with its chain, in QEMU's words, where it breaks the device. */
  #serve(vq: VirtQueue, element: VirtQueueElement): string | undefined {
    if (element.writableLength < P9_HEADER)
      return 'The guest sent a VirtFS request without space for the reply';
    const request = new Uint8Array(element.readableLength);
    element.read(0, request);
    if (request.length < P9_HEADER)
      return `The guest sent a malformed VirtFS request: header size is ${request.length}, should be ${P9_HEADER}`;
    const tag = new DataView(request.buffer).getUint16(5, true);
    let answer: Uint8Array | undefined;
    try {
      this.#giveUp(vq, NineServer.flushed(request));
      answer = this.#atServer(vq.index, request);
    } catch (error) {
      if (!(error instanceof ShortRequest)) throw error;
      return `Failed to decode VirtFS request type ${request[4]}`;
    }
    if (answer) return this.#reply(vq, element, request, answer);
    this.#waiting.set(tag, element);
    return undefined;
  }

  /** Returns a chain with its answer; or what QEMU says where that does not fit. */
  #reply(
    vq: VirtQueue,
    element: VirtQueueElement,
    request: Uint8Array,
    answer: Uint8Array,
  ): string | undefined {
    const room = element.writableLength;
    const needed = NineServer.room(request, answer);
    if (needed > answer.length && needed > room)
      return `VirtFS reply type ${answer[4]} needs ${needed} bytes, buffer has ${room}`;
    if (answer.length > room) {
      const message = `Failed to encode VirtFS reply type ${(request[4] ?? 0) + 1}`;
      // Then QEMU tries to answer with an error.
      if (room < ERROR_BYTES) this.context.report(message);
      return message;
    }
    this.#return(vq, element, answer);
    return undefined;
  }

  #atServer(queue: number, request: Uint8Array): Uint8Array | undefined {
    const { journal, dev } = this;
    const id = this.#requestId++;
    if (journal.on) journal.backendRequest(dev, queue, 'file', id, 0, request.length);
    const answer = this.#server?.answer(request);
    if (journal.on && answer) journal.backendCompletion(dev, queue, 'file', id, 0, answer.length);
    return answer;
  }

  /** A request that waits is given up: it goes back without an answer. */
  #giveUp(vq: VirtQueue, tag: number | undefined): void {
    const element = tag === undefined ? undefined : this.#waiting.get(tag);
    if (tag === undefined || !element) return;
    this.#waiting.delete(tag);
    this.#return(vq, element, new Uint8Array(0));
  }

  #return(vq: VirtQueue, element: VirtQueueElement, answer: Uint8Array): void {
    vq.push(element, element.write(answer));
    vq.notify();
  }

  protected override offerFeatures(common: bigint): bigint {
    return common | featureMask(VIRTIO_9P_MOUNT_TAG);
  }

  override readConfig(): Uint8Array {
    const tag = this.#tag;
    return Uint8Array.of(tag.length & 0xff, tag.length >> 8, ...tag);
  }
}

/** The type of the 9P device. */
export const VIRTIO_9P_TYPE: TypeInfo = {
  name: 'virtio-9p-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  create: (init) => new Virtio9p(init),
};
