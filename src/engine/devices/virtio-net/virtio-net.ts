import { isPowerOfTwo } from '../../../base/bits.ts';
import { VIRTIO_NET_CONFIG as CONFIG, VIRTIO_NET_F as F, VIRTIO_NET_S } from '../../../spec/net.ts';
import { STATUS, VIRTIO_F, VIRTIO_ID } from '../../../spec/virtio.ts';
import { macText, type Nic, networkOf, showMac } from '../../backends/net.ts';
import { BOOT_INDEX } from '../../qdev/boot-index.ts';
import type { Standby } from '../../qdev/context.ts';
import { ConfigError } from '../../qom/errors.ts';
import type { State } from '../../qom/state.ts';
import type { TypeInfo } from '../../qom/type.ts';
import { packConfig } from '../../virtio/pack-config.ts';
import { featureMask, LEGACY_FEATURES, VirtioDevice } from '../../virtio/virtio-device.ts';
import type { VirtQueue } from '../../virtio/virtqueue/virtqueue.ts';
import { CONTROL_HEADER, type ControlTarget, control } from './control.ts';
import { FEATURE_OF, PROPERTIES } from './properties.ts';
import { QueuePair } from './queue-pair.ts';
import { ReceiveFilter } from './receive-filter.ts';
import { RSS_KEY_BYTES, RSS_TABLE_ENTRIES, type RssLimits } from './rss.ts';

/** Bounds of a data queue's size. */
const MIN_QUEUE_SIZE = 256;
const MAX_QUEUE_SIZE = 1024;
/** Most entries of a transmit queue whose back end lives in this process. */
const MAX_TX_QUEUE_SIZE = 256;
const CTRL_QUEUE_SIZE = 64;
/** Queues that a transport has room for. */
const MAX_QUEUES = 1024;
/** What the device can hash by: every type of VIRTIO 1.4 §5.1.9.4.3.1 with IPv4 and IPv6. */
const HASH_TYPES = 0x1ff;
const DUPLEX = { half: 0, full: 1 } as const;
/** `duplex` where the user says nothing (VIRTIO 1.4 §5.1.4). */
const DUPLEX_UNKNOWN = 0xff;

/** Features that need a back end that understands the packet header: none in this process does. */
const HEADER_FEATURES = maskOf(
  F.VIRTIO_NET_F_CSUM,
  F.VIRTIO_NET_F_HOST_TSO4,
  F.VIRTIO_NET_F_HOST_TSO6,
  F.VIRTIO_NET_F_HOST_ECN,
  F.VIRTIO_NET_F_GUEST_CSUM,
  F.VIRTIO_NET_F_GUEST_TSO4,
  F.VIRTIO_NET_F_GUEST_TSO6,
  F.VIRTIO_NET_F_GUEST_ECN,
  F.VIRTIO_NET_F_HASH_REPORT,
  F.VIRTIO_NET_F_GUEST_UFO,
  F.VIRTIO_NET_F_HOST_UFO,
);

/** The configuration space reaches to the last field that a feature speaks of. */
const FIELD_OF: readonly (readonly [features: bigint, field: keyof typeof CONFIG])[] = [
  [maskOf(F.VIRTIO_NET_F_RSS, F.VIRTIO_NET_F_HASH_REPORT), 'supported_hash_types'],
  [maskOf(F.VIRTIO_NET_F_SPEED_DUPLEX), 'duplex'],
  [maskOf(F.VIRTIO_NET_F_MTU), 'mtu'],
  [maskOf(F.VIRTIO_NET_F_MQ), 'max_virtqueue_pairs'],
  [maskOf(F.VIRTIO_NET_F_STATUS), 'status'],
];

function maskOf(...bits: readonly number[]): bigint {
  return bits.reduce((mask, bit) => mask | featureMask(bit), 0n);
}

/** Network device (VIRTIO 1.4 §5.1). */
export class VirtioNet extends VirtioDevice<typeof PROPERTIES> implements Standby, ControlTarget {
  readonly deviceId = VIRTIO_ID.NET;
  readonly deviceName = 'virtio-net';
  override readonly legacyFeatures = LEGACY_FEATURES | featureMask(F.VIRTIO_NET_F_GSO);
  readonly filter = new ReceiveFilter();
  /** Queue pairs in use; the driver's, up to `pairLimit`. */
  activePairs = 1;
  readonly #queuePairs: QueuePair[] = [];
  /** What the properties ask for; fixed when realized. */
  #wanted = 0n;
  #configSize: number = CONFIG.mac.width;
  #nic: Nic | undefined;
  /** Address in use: the property's after a reset, then what the driver writes. */
  readonly #mac = new Uint8Array(CONFIG.mac.width);
  /** The device that this one stands in for, once it was asked for. */
  #primary: { readonly id: string; readonly plug: () => void } | undefined;
  /** Whether a driver has asked for the primary. */
  #wantsPrimary = false;
  /** What `status` says about the link. */
  linkUp = true;
  /** The driver is asked to announce itself, until it says that it did (VIRTIO 1.4 §5.1.9.5.4). */
  #announcing = false;
  /** Number of the next packet in the journal. */
  #packetId = 0;
  /** Pairs of a receive and a transmit queue. */
  #pairs = 1;

  override get configSize(): number {
    return this.#configSize;
  }

  protected override realizeDevice(): void {
    const { props } = this;
    this.#wanted = this.#wantedFeatures();
    const last = FIELD_OF.find(([features]) => features & this.#wanted)?.[1] ?? 'mac';
    this.#configSize = CONFIG[last].offset + CONFIG[last].width;
    const bounds = `must be a power of 2 between ${MIN_QUEUE_SIZE} and ${MAX_QUEUE_SIZE}`;
    if (!fits(props.rx_queue_size))
      this.fail(`Invalid rx_queue_size (= ${props.rx_queue_size}), ${bounds}.`);
    if (!fits(props.tx_queue_size))
      this.fail(`Invalid tx_queue_size (= ${props.tx_queue_size}), ${bounds}`);
    this.#pairs = Math.max(props.netdev.length, 1);
    if (this.#pairs * 2 + 1 > MAX_QUEUES)
      this.fail(
        `Invalid number of queue pairs (= ${this.#pairs}), must be a positive integer less than ${(MAX_QUEUES - 1) / 2}.`,
      );
    if (!['timer', 'bh'].includes(props.tx ?? 'bh'))
      this.context.report(
        `warning: virtio-net: Unknown option tx=${props.tx}, valid options: "timer" "bh"\nDefaulting to "bh"`,
      );
    const vhost = props.netdev[0]?.kind === 'vhost-user';
    const txSize = vhost ? props.tx_queue_size : Math.min(props.tx_queue_size, MAX_TX_QUEUE_SIZE);
    this.values.tx_queue_size = txSize;
    for (let pair = 1; pair <= this.#pairs; pair++) {
      this.addQueue(`receiveq${pair}`, props.rx_queue_size, () =>
        this.#queuePairs[pair - 1]?.receiveNotified(),
      );
      this.addQueue(`transmitq${pair}`, txSize, (vq) =>
        this.#queuePairs[pair - 1]?.transmitNotified(vq),
      );
    }
    this.addQueue('controlq', CTRL_QUEUE_SIZE, (vq) => this.#control(vq));
    // A transport that made the device lends it its name.
    const known = this.maker ?? this;
    const nic = networkOf(this.context).addNic({
      model: known.type.name,
      id: known.id,
      peers: props.netdev,
      mac: Uint8Array.from(props.mac),
    });
    this.#nic = nic;
    if (this.#pairName !== '') this.context.standbys.set(this.#pairName, this);
    nic.clients.forEach((client, index) => {
      client.onLink = () => this.#linkChanged();
      this.#queuePairs.push(new QueuePair(this, index, client));
    });
    nic.onRunState = () => this.#restart(this.status);
    nic.onAnnounce = () => this.#announce();
    this.values.mac = Uint8Array.from(nic.mac);
    this.#mac.set(nic.mac);
  }

  override unrealize(): void {
    super.unrealize();
    this.context.standbys.delete(this.#pairName);
    // Its own address goes back, not the one that a driver wrote.
    this.#setMac(this.props.mac);
    if (this.#nic) networkOf(this.context).removeNic(this.#nic);
    this.#nic = undefined;
  }

  #wantedFeatures(): bigint {
    const { props } = this;
    let wanted = featureMask(F.VIRTIO_NET_F_MAC);
    for (const [name, feature] of Object.entries(FEATURE_OF))
      if (this.values[name]) wanted |= featureMask(feature);
    if (props.host_mtu > 0) wanted |= featureMask(F.VIRTIO_NET_F_MTU);
    if (props.duplex !== undefined && !Object.hasOwn(DUPLEX, props.duplex))
      this.fail("'duplex' must be 'half' or 'full'");
    if (props.speed < -1) this.fail("'speed' must be between 0 and INT_MAX");
    if (props.duplex !== undefined || props.speed >= 0)
      wanted |= featureMask(F.VIRTIO_NET_F_SPEED_DUPLEX);
    if (props.failover) wanted |= featureMask(F.VIRTIO_NET_F_STANDBY);
    return wanted;
  }

  protected override offerFeatures(common: bigint): bigint {
    return (common | this.#wanted) & ~HEADER_FEATURES;
  }

  override readConfig(): Uint8Array {
    const { props } = this;
    const offers = (feature: number) => (this.deviceFeatures & featureMask(feature)) !== 0n;
    return packConfig(
      CONFIG,
      {
        mac: this.#mac,
        status:
          (this.linkUp ? VIRTIO_NET_S.LINK_UP : 0) | (this.#announcing ? VIRTIO_NET_S.ANNOUNCE : 0),
        max_virtqueue_pairs: this.#pairs,
        mtu: props.host_mtu,
        speed: props.speed,
        duplex: DUPLEX[props.duplex as keyof typeof DUPLEX] ?? DUPLEX_UNKNOWN,
        rss_max_key_size: RSS_KEY_BYTES,
        rss_max_indirection_table_length: offers(F.VIRTIO_NET_F_RSS) ? RSS_TABLE_ENTRIES : 1,
        supported_hash_types: HASH_TYPES,
      },
      this.configSize,
    );
  }

  /** A legacy driver sets its address through the configuration (VIRTIO 1.4 §5.1.4.3). */
  override writeConfig(config: Uint8Array): void {
    if (this.accepted(VIRTIO_F.VIRTIO_F_VERSION_1)) return;
    if (this.accepted(F.VIRTIO_NET_F_CTRL_MAC_ADDR)) return;
    this.#setMac(config.subarray(0, CONFIG.mac.width));
  }

  protected override resetDevice(): void {
    this.#setMac(this.props.mac);
    this.filter.reset();
    this.activePairs = 1;
    this.#announcing = false;
    for (const pair of this.#queuePairs) pair.reset();
  }

  override saveState(): State {
    return {
      ...super.saveState(),
      mac: this.#mac,
      activePairs: this.activePairs,
      linkUp: this.linkUp,
      announcing: this.#announcing,
      packetId: this.#packetId,
      filter: this.filter.saveState(),
      queuePairs: this.#queuePairs.map((pair) => pair.saveState()),
    };
  }

  override loadState(state: State): void {
    super.loadState(state);
    this.#setMac(state.mac as Uint8Array);
    this.activePairs = state.activePairs as number;
    this.linkUp = state.linkUp as boolean;
    this.#announcing = state.announcing as boolean;
    this.#packetId = state.packetId as number;
    this.filter.loadState(state.filter as State);
    for (const [i, saved] of (state.queuePairs as State[]).entries())
      this.#queuePairs[i]?.loadState(saved);
  }

  protected override statusChanging(status: number): void {
    this.#restart(status);
  }

  /** Tells the queue pairs what `status`, the link and the machine let them do. */
  #restart(status: number): void {
    const driverOk = (status & STATUS.DRIVER_OK) !== 0;
    const started = driverOk && this.linkUp && this.running;
    this.#queuePairs.forEach((pair, index) => {
      const used = index < this.activePairs;
      pair.statusChanged(used && started, used && driverOk);
    });
  }

  /** Whether the machine runs: packets wait while it does not. */
  get running(): boolean {
    return networkOf(this.context).running;
  }

  get littleEndian(): boolean {
    return !this.bigEndian;
  }

  get pairLimit(): number {
    return this.rss.multiqueue ? this.#pairs : 1;
  }

  get rss(): RssLimits {
    const steering = this.accepted(F.VIRTIO_NET_F_RSS);
    return {
      multiqueue: steering || this.accepted(F.VIRTIO_NET_F_MQ),
      steering,
      hashReport: this.accepted(F.VIRTIO_NET_F_HASH_REPORT),
      maxPairs: this.#pairs,
      activePairs: this.activePairs,
    };
  }

  setAddress(mac: Uint8Array): void {
    this.#setMac(mac);
  }

  announced(): boolean {
    const pending = this.#announcing;
    this.#announcing = false;
    return pending;
  }

  /** What `query-rx-filter` tells of it, and its name in the network. */
  filterFacts(): { readonly name: string } {
    const name = this.#nic?.name ?? '';
    return { name, 'main-mac': macText(this.#mac), ...this.filter.facts() } as { name: string };
  }

  /** Whether a packet is for this device. */
  passesFilter(packet: Uint8Array): boolean {
    return this.filter.passes(packet, this.#mac);
  }

  /** Records a packet that went to the network, or came from there. */
  journalPacket(op: 'send' | 'receive', queue: number, length: number): void {
    const { journal, dev } = this;
    if (!journal.on) return;
    const id = this.#packetId++;
    journal.backendRequest(dev, queue, op, id, 0, length);
    journal.backendCompletion(dev, queue, op, id, 0, length);
  }

  /** The host wants the guest to make itself known to the network. */
  #announce(): void {
    if (!this.accepted(F.VIRTIO_NET_F_GUEST_ANNOUNCE) || !this.accepted(F.VIRTIO_NET_F_CTRL_VQ))
      return;
    this.#announcing = true;
    this.notifyConfig();
  }

  /** Carries out control commands (VIRTIO 1.4 §5.1.9.5). */
  #control(vq: VirtQueue): void {
    for (let element = vq.pop(); element; element = vq.pop()) {
      if (element.writableLength < 1 || element.readableLength < CONTROL_HEADER) {
        const message = 'virtio-net ctrl missing headers';
        this.violate(vq.index, 'controlTooShort', element.head, element.readableLength, message);
        vq.discard(element);
        return;
      }
      const request = new Uint8Array(element.readableLength);
      element.read(0, request);
      vq.push(element, element.write(Uint8Array.of(control(this, request))));
      vq.notify();
    }
  }

  /** Name by which a primary means this standby; '' where it is none: only an id of the transport's counts. */
  get #pairName(): string {
    return this.props.failover ? (this.maker?.id ?? '') : '';
  }

  keepsBack(id: string, plug: () => void): boolean {
    if (this.#primary && this.#primary.id !== id)
      throw new ConfigError(
        `Cannot attach more than one primary device to '${this.#pairName}': '${this.#primary.id}' and '${id}'`,
      );
    this.#primary = { id, plug };
    return !this.#wantsPrimary;
  }

  /** A driver that knows of pairs gets the primary beside its standby (VIRTIO 1.4 §5.1.3). */
  protected override driverChose(): void {
    this.filter.filterVlans(this.accepted(F.VIRTIO_NET_F_CTRL_VLAN));
    if (this.accepted(F.VIRTIO_NET_F_STANDBY)) this.pair();
  }

  pair(): void {
    if (this.#wantsPrimary) return;
    this.#wantsPrimary = true;
    this.context.emit('FAILOVER_NEGOTIATED', { 'device-id': this.#pairName });
    try {
      this.#primary?.plug();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.context.report(`warning: ${error.message}`);
    }
  }

  #linkChanged(): void {
    const up = !this.#nic?.clients[0]?.linkDown;
    if (up === this.linkUp) return;
    this.linkUp = up;
    this.notifyConfig();
    this.#restart(this.status);
  }

  #setMac(mac: Uint8Array): void {
    this.#mac.set(mac);
    if (!this.#nic) return;
    this.#nic.mac.set(mac);
    showMac(this.#nic);
  }
}

function fits(size: number): boolean {
  return size >= MIN_QUEUE_SIZE && size <= MAX_QUEUE_SIZE && isPowerOfTwo(size);
}

/** The type of the network device. */
export const VIRTIO_NET_TYPE: TypeInfo = {
  name: 'virtio-net-device',
  parent: 'virtio-device',
  properties: PROPERTIES,
  instanceProperties: { bootindex: BOOT_INDEX },
  create: (init) => new VirtioNet(init),
};
