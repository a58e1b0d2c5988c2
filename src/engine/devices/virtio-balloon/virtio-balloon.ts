import { ACTOR } from '../../../journal/schema.ts';
import {
  VIRTIO_BALLOON_F as F,
  VIRTIO_BALLOON_CONFIG,
  VIRTIO_BALLOON_PAGE,
} from '../../../spec/balloon.ts';
import { VIRTIO_ID } from '../../../spec/virtio.ts';
import type { QObject } from '../../qom/object.ts';
import { bit, bool, link } from '../../qom/property.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueueElement } from '../../virtio/virtqueue/element.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { guestStats, type Polled, pollingInterval, Statistics } from './statistics.ts';

const QUEUE_SIZE = 128;
const HINT_QUEUE_SIZE = 1024;
const REPORTING_QUEUE_SIZE = 32;
const STATS_QUEUE = 2;
/** Bytes of a page's number in a request. */
const PAGE_NUMBER = 4;

const PROPERTIES = {
  'deflate-on-oom': bit(false),
  'free-page-hint': bit(false),
  'page-poison': bit(true),
  'free-page-reporting': bit(false),
  'qemu-4-0-config-size': bool(false),
  iothread: link<QObject>('iothread'),
} as const;

/** Properties that stand for a feature bit each. */
const FEATURES = {
  'deflate-on-oom': F.VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
  'free-page-hint': F.VIRTIO_BALLOON_F_FREE_PAGE_HINT,
  'page-poison': F.VIRTIO_BALLOON_F_PAGE_POISON,
  'free-page-reporting': F.VIRTIO_BALLOON_F_PAGE_REPORTING,
} as const;

/** Traditional memory balloon: the host asks the guest for pages back (VIRTIO 1.4 §5.5). */
export class VirtioBalloon extends VirtioDevice<typeof PROPERTIES> implements Polled {
  readonly deviceId = VIRTIO_ID.BALLOON;
  readonly deviceName = 'virtio-balloon';
  /** Pages that the host asks for; set by the monitor. */
  #wantedPages = 0;
  /** Pages that the guest says it gave; written by the driver. */
  #givenPages = 0;
  /** What the guest fills free pages with; written by the driver. */
  #poison = 0;

  readonly statistics = new Statistics();
  /** The chain with the guest's last numbers, which goes back when new ones are wanted. */
  #statsElement: VirtQueueElement | undefined;
  /** Number of the next request in the journal. */
  #requestId = 0;

  /** Bytes of memory that the guest has left. */
  get actualBytes(): number {
    return this.ram.size - this.#givenPages * VIRTIO_BALLOON_PAGE;
  }

  /** Asks the guest to shrink or grow to `bytes`, at most all of its memory. */
  askFor(bytes: number): void {
    const target = Math.min(bytes, this.ram.size);
    this.#wantedPages = Math.floor((this.ram.size - target) / VIRTIO_BALLOON_PAGE);
    this.notifyConfig();
  }

  override get configSize(): number {
    const { free_page_hint_cmd_id: hint, poison_val: poison } = VIRTIO_BALLOON_CONFIG;
    const { props } = this;
    if (props['qemu-4-0-config-size'] || props['page-poison']) return poison.offset + poison.width;
    return props['free-page-hint'] ? poison.offset : hint.offset;
  }

  protected override realizeDevice(): void {
    const { props, context } = this;
    if (context.sole.has('balloon')) this.fail('Only one balloon device is supported');
    if (props['free-page-hint'] && !props.iothread)
      this.fail("'free-page-hint' requires 'iothread' to be set");
    context.sole.set('balloon', this);
    this.addQueue('inflateq', QUEUE_SIZE, (vq) => this.#pages(vq, 'inflate'));
    this.addQueue('deflateq', QUEUE_SIZE, (vq) => this.#pages(vq, 'deflate'));
    this.addQueue('statsq', QUEUE_SIZE, (vq) => this.#takeStatistics(vq));
    if (props['free-page-hint'])
      this.addQueue('free_page_vq', HINT_QUEUE_SIZE, (vq) => this.#hints(vq));
    if (props['free-page-reporting'])
      this.addQueue('reporting_vq', REPORTING_QUEUE_SIZE, (vq) => this.#reports(vq));
  }

  override unrealize(): void {
    super.unrealize();
    this.context.sole.delete('balloon');
  }

  protected override offerFeatures(common: bigint): bigint {
    let features = common | featureMask(F.VIRTIO_BALLOON_F_STATS_VQ);
    for (const [name, feature] of Object.entries(FEATURES))
      if (this.values[name]) features |= featureMask(feature);
    return features;
  }

  override readConfig(): Uint8Array {
    return packConfig(
      VIRTIO_BALLOON_CONFIG,
      { num_pages: this.#wantedPages, actual: this.#givenPages, poison_val: this.#poison },
      this.configSize,
    );
  }

  override writeConfig(config: Uint8Array): void {
    const view = new DataView(config.buffer, config.byteOffset, config.byteLength);
    const { actual, poison_val: poison } = VIRTIO_BALLOON_CONFIG;
    const given = view.getUint32(actual.offset, true);
    if (given !== this.#givenPages) {
      this.#givenPages = given;
      this.context.emit('BALLOON_CHANGE', { actual: this.actualBytes });
    }
    // The value counts only where the driver said that it poisons (VIRTIO 1.4 §5.5.6.6).
    this.#poison =
      config.length > poison.offset && this.accepted(F.VIRTIO_BALLOON_F_PAGE_POISON)
        ? view.getUint32(poison.offset, true)
        : 0;
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      wantedPages: this.#wantedPages,
      givenPages: this.#givenPages,
      poison: this.#poison,
      requestId: this.#requestId,
      told: this.statistics.saveState(),
      statsElement:
        this.#statsElement && this.queues[STATS_QUEUE]?.vq.saveElement(this.#statsElement),
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#wantedPages = state.wantedPages as number;
    this.#givenPages = state.givenPages as number;
    this.#poison = state.poison as number;
    this.#requestId = state.requestId as number;
    this.statistics.loadState(state.told as State);
    const statsElement = state.statsElement as State | undefined;
    this.#statsElement = statsElement && this.queues[STATS_QUEUE]?.vq.loadElement(statsElement);
  }

  protected override resetDevice(): void {
    this.#poison = 0;
    const vq = this.queues[STATS_QUEUE]?.vq;
    if (this.#statsElement) vq?.unpop(this.#statsElement);
    this.#statsElement = undefined;
  }

  /** Takes pages back that the guest gives, or lets it have them again (VIRTIO 1.4 §5.5.6). */
  #pages(vq: VirtQueue, op: 'inflate' | 'deflate'): void {
    // A driver may name a page any number of times: what is gone already costs nothing again.
    const moved = new Set<number>();
    for (let element = vq.pop(); element; element = vq.pop()) {
      const bytes = new Uint8Array(element.readableLength);
      element.read(0, bytes);
      const view = new DataView(bytes.buffer);
      for (let at = 0; at + PAGE_NUMBER <= bytes.length; at += PAGE_NUMBER) {
        const address = view.getUint32(at, !this.bigEndian) * VIRTIO_BALLOON_PAGE;
        const offset = this.ram.offsetOf(address, VIRTIO_BALLOON_PAGE);
        // Where the guest has no memory there is nothing to take.
        if (offset < 0 || moved.has(offset)) continue;
        moved.add(offset);
        this.#move(vq.index, op, address, offset);
      }
      vq.push(element, 0);
      vq.notify();
    }
  }

  #move(queue: number, op: 'inflate' | 'deflate', address: number, offset: number): void {
    const { journal, dev } = this;
    const id = this.#requestId++;
    if (journal.on) journal.backendRequest(dev, queue, op, id, address, VIRTIO_BALLOON_PAGE);
    if (op === 'inflate') this.#forget(address, offset, VIRTIO_BALLOON_PAGE);
    if (journal.on) journal.backendCompletion(dev, queue, op, id, 0, VIRTIO_BALLOON_PAGE);
  }

  /** The host takes memory: what comes in its place is zero. */
  #forget(address: number, offset: number, length: number): void {
    const { u8 } = this.ram;
    if (this.journal.on) {
      const before = u8.slice(offset, offset + length);
      this.journal.bytesWritten(ACTOR.device, address, before, new Uint8Array(length));
    }
    u8.fill(0, offset, offset + length);
  }

  /** The guest's numbers: their chain stays here until new ones are wanted (VIRTIO 1.4 §5.5.6.3). */
  #takeStatistics(vq: VirtQueue): void {
    const element = vq.pop();
    if (!element) return;
    if (this.#statsElement) {
      vq.push(this.#statsElement, 0);
      vq.notify();
    }
    this.#statsElement = element;
    const bytes = new Uint8Array(element.readableLength);
    element.read(0, bytes);
    this.statistics.read(bytes, !this.bigEndian);
  }

  /** Asks the guest for its numbers: it gets the chain with the last ones back. */
  askForStatistics(): void {
    const vq = this.queues[STATS_QUEUE]?.vq;
    const element = this.#statsElement;
    if (!vq || !element || !this.accepted(F.VIRTIO_BALLOON_F_STATS_VQ)) return;
    this.#statsElement = undefined;
    vq.push(element, 0);
    vq.notify();
  }

  /** Hints at free pages, which only a migration asks for: they go back as they are. */
  #hints(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      if (element.readableCount > 0 && element.readableLength < PAGE_NUMBER) {
        const message = 'received an incorrect cmd id';
        this.violate(vq.index, 'hintTooShort', element.head, element.readableLength, message);
        vq.discard(element);
        return;
      }
      vq.push(element, 1);
      vq.notify();
    }
  }

  /** Free pages that the guest reports: the host takes them where it need not keep what is in them (VIRTIO 1.4 §5.5.6.7). */
  #reports(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      if (this.#poison === 0) element.write(new Uint8Array(element.writableLength));
      vq.push(element, 0);
      vq.notify();
    }
  }
}

/** The type of the balloon. */
export const VIRTIO_BALLOON_TYPE: TypeInfo = {
  name: 'virtio-balloon-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  instanceProperties: {
    'guest-stats': guestStats,
    'guest-stats-polling-interval': pollingInterval,
  },
  create: (init) => new VirtioBalloon(init),
};
