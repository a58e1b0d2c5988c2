import {
  VIRTIO_BALLOON_F as F,
  VIRTIO_BALLOON_CONFIG,
  VIRTIO_BALLOON_PAGE,
} from '../../spec/balloon.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { ConfigError } from '../qom/errors.ts';
import type { QObject } from '../qom/object.ts';
import { bit, bool, custom, link, type Property } from '../qom/property.ts';
import type { TypeInfo } from '../qom/type.ts';
import { packConfig } from '../virtio/pack-config.ts';
import { featureMask, VirtioDevice } from '../virtio/virtio-device.ts';

const QUEUE_SIZE = 128;
const HINT_QUEUE_SIZE = 1024;
const REPORTING_QUEUE_SIZE = 32;
/** Most seconds of a polling interval. */
const MAX_INTERVAL = 2 ** 32 - 1;

const PROPERTIES = {
  'deflate-on-oom': bit(false),
  'free-page-hint': bit(false),
  'page-poison': bit(true),
  'free-page-reporting': bit(false),
  'qemu-4-0-config-size': bool(false),
  iothread: link<QObject>('iothread'),
} as const;

/** What the guest tells about its memory once it is asked. */
const STATS = [
  'stat-swap-in',
  'stat-swap-out',
  'stat-major-faults',
  'stat-minor-faults',
  'stat-free-memory',
  'stat-total-memory',
  'stat-available-memory',
  'stat-disk-caches',
  'stat-htlb-pgalloc',
  'stat-htlb-pgfail',
] as const;
/** A number that the guest did not tell. */
const UNTOLD = 2n ** 64n - 1n;

const guestStats: Property<unknown> = {
  ...custom<unknown>({
    type: 'guest statistics',
    default: undefined,
    parse: (text) => text,
    print: String,
  }),
  read: () => ({
    stats: Object.fromEntries(STATS.map((name) => [name, UNTOLD])),
    'last-update': 0,
  }),
};

/** Seconds between two questions; 0 for none. The guest's time stands still here, so none is ever asked. */
const pollingInterval = custom<number>({
  type: 'int',
  default: 0,
  parse(text, { name }) {
    if (!/^\s*[+-]?(?:\d+|0[xX][0-9a-fA-F]+)$/.test(text))
      throw new ConfigError(`Parameter '${name}' expects integer`);
    const seconds = Number(text);
    if (seconds < 0) throw new ConfigError('timer value must be greater than zero');
    if (seconds > MAX_INTERVAL) throw new ConfigError('timer value is too big');
    return seconds;
  },
  print: String,
});

/** Properties that stand for a feature bit each. */
const FEATURES = {
  'deflate-on-oom': F.VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
  'free-page-hint': F.VIRTIO_BALLOON_F_FREE_PAGE_HINT,
  'page-poison': F.VIRTIO_BALLOON_F_PAGE_POISON,
  'free-page-reporting': F.VIRTIO_BALLOON_F_PAGE_REPORTING,
} as const;

/** Traditional memory balloon: the host asks the guest for pages back (VIRTIO 1.4 §5.5). */
export class VirtioBalloon extends VirtioDevice<typeof PROPERTIES> {
  readonly deviceId = VIRTIO_ID.BALLOON;
  readonly deviceName = 'virtio-balloon';
  /** Pages that the host asks for; set by the monitor. */
  #wantedPages = 0;
  /** Pages that the guest says it gave; written by the driver. */
  #givenPages = 0;
  /** What the guest fills free pages with; written by the driver. */
  #poison = 0;

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
    this.addQueue('inflateq', QUEUE_SIZE, this.unprocessed);
    this.addQueue('deflateq', QUEUE_SIZE, this.unprocessed);
    this.addQueue('statsq', QUEUE_SIZE, this.unprocessed);
    if (props['free-page-hint']) this.addQueue('free_page_vq', HINT_QUEUE_SIZE, this.unprocessed);
    if (props['free-page-reporting'])
      this.addQueue('reporting_vq', REPORTING_QUEUE_SIZE, this.unprocessed);
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
    this.#givenPages = view.getUint32(actual.offset, true);
    // The value counts only where the driver said that it poisons (VIRTIO 1.4 §5.5.6.6).
    this.#poison =
      config.length > poison.offset && this.accepted(F.VIRTIO_BALLOON_F_PAGE_POISON)
        ? view.getUint32(poison.offset, true)
        : 0;
  }

  protected override resetDevice(): void {
    this.#poison = 0;
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
