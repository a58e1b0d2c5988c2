import { SPLIT } from '../../../spec/virtio.ts';
import {
  CLASSIC_INDICATOR_BITS,
  VIRTIO_CCW_CMD,
  VIRTIO_CCW_MAX_QUEUES,
  VIRTIO_FEATURE_DESC,
  VIRTIO_FEATURE_DESC_BYTES,
  VIRTIO_REV_INFO,
  VIRTIO_REV_INFO_BYTES,
  VIRTIO_THININT_AREA,
  VIRTIO_THININT_AREA_BYTES,
  VQ_CONFIG_BLOCK,
  VQ_CONFIG_BLOCK_BYTES,
  VQ_INFO_BLOCK,
  VQ_INFO_BLOCK_BYTES,
  VQ_INFO_BLOCK_LEGACY,
  VQ_INFO_BLOCK_LEGACY_BYTES,
} from '../../../spec/virtio-ccw.ts';
import { VIRTIO_MSI_NO_VECTOR } from '../../../spec/virtio-pci.ts';
import { checksLength } from '../../hw/css/channel-program.ts';
import type { Ccw, DataStream } from '../../hw/css/data-stream.ts';
import { readAddress, viewOf } from '../../hw/css/storage.ts';
import type { Ending, Subchannel } from '../../hw/css/subchannel.ts';
import { LEGACY_FEATURES } from '../../virtio/virtio-device.ts';
import type { VirtioCcw } from './virtio-ccw.ts';

/** Alignment of a legacy used ring, the only one that QEMU takes. */
const LEGACY_ALIGN = 4096;
/** Most interruption subclasses. */
const SUBCLASSES = 8;
const WORD = 0xffff_ffffn;

/** One command: how many bytes it moves, and what it does once they can be had. */
interface Command {
  /** Bytes that the program must have room for; exactly that many where lengths are checked. Absent: the command looks itself. */
  bytes?(transport: VirtioCcw): number;
  run(call: Call): Ending;
}

/** What a command works with. */
interface Call {
  readonly transport: VirtioCcw;
  readonly ccw: Ccw;
  readonly data: DataStream;
  readonly subchannel: Subchannel;
}

const COMMANDS: Readonly<Record<keyof typeof VIRTIO_CCW_CMD, Command>> = {
  SET_VIRTIO_REV: { run: setRevision },
  VDEV_RESET: {
    run({ transport }) {
      transport.resetDevice('driver');
      return 'done';
    },
  },
  READ_FEAT: { bytes: () => VIRTIO_FEATURE_DESC_BYTES, run: readFeatures },
  WRITE_FEAT: { bytes: () => VIRTIO_FEATURE_DESC_BYTES, run: writeFeatures },
  READ_CONF: { run: readConfig },
  WRITE_CONF: { run: writeConfig },
  READ_STATUS: { bytes: () => 1, run: readStatus },
  WRITE_STATUS: { bytes: () => 1, run: writeStatus },
  READ_VQ_CONF: { bytes: () => VQ_CONFIG_BLOCK_BYTES, run: readQueueSize },
  SET_VQ: {
    bytes: ({ revision }) => (revision ? VQ_INFO_BLOCK_BYTES : VQ_INFO_BLOCK_LEGACY_BYTES),
    run: (call) => (call.transport.revision ? setQueue(call) : setLegacyQueue(call)),
  },
  SET_IND: { bytes: () => 8, run: setIndicators },
  SET_CONF_IND: { bytes: () => 8, run: setConfigIndicators },
  SET_IND_ADAPTER: { bytes: () => VIRTIO_THININT_AREA_BYTES, run: setAdapterIndicators },
};

const BY_CODE: ReadonlyMap<number, Command> = new Map(
  Object.entries(VIRTIO_CCW_CMD).map(([name, code]) => [
    code,
    COMMANDS[name as keyof typeof COMMANDS],
  ]),
);

/** Carries out a channel command of virtio (VIRTIO 1.4 §4.3.1.1). */
export function carryOut(
  transport: VirtioCcw,
  ccw: Ccw,
  data: DataStream,
  subchannel: Subchannel,
): Ending {
  const command = BY_CODE.get(ccw.command);
  // Whatever a device does not know it rejects (VIRTIO 1.4 §4.3.1.3).
  if (!command) return 'reject';
  const bytes = command.bytes?.(transport);
  if (bytes !== undefined && (checksLength(ccw) ? ccw.count !== bytes : ccw.count < bytes))
    return 'programCheck';
  return command.run({ transport, ccw, data, subchannel });
}

/** Ends a command that has moved `bytes`; false: they could not be moved. */
function moved({ ccw, subchannel }: Call, done: boolean, bytes: number): Ending {
  if (!done) return 'programCheck';
  subchannel.residual = ccw.count - bytes;
  return 'done';
}

/** What the program has for the command, as numbers; undefined where it cannot be had. */
function fetch({ ccw, data }: Call, bytes: number): DataView | undefined {
  const block = ccw.cda === 0 ? undefined : data.read(bytes);
  return block && viewOf(block);
}

/** VIRTIO 1.4 §4.3.2.1: a revision is chosen once. */
function setRevision(call: Call): Ending {
  const { transport, ccw } = call;
  if (ccw.count < VIRTIO_REV_INFO_BYTES) return 'programCheck';
  const info = fetch(call, VIRTIO_REV_INFO_BYTES);
  if (!info) return 'programCheck';
  const revision = info.getUint16(VIRTIO_REV_INFO.revision.offset);
  const length = VIRTIO_REV_INFO_BYTES + info.getUint16(VIRTIO_REV_INFO.length.offset);
  if (ccw.count < length || (checksLength(ccw) && ccw.count > length)) return 'programCheck';
  if (transport.revision !== undefined || revision > transport.props.max_revision) return 'reject';
  if (transport.modernOnly && revision === 0) return 'reject';
  transport.revision = revision;
  return 'done';
}

/** VIRTIO 1.4 §4.3.2.4: the driver names a word of features, the device stores it. */
function readFeatures(call: Call): Ending {
  const { transport, data } = call;
  const block = fetch(call, VIRTIO_FEATURE_DESC_BYTES);
  if (!block) return 'programCheck';
  const word = offeredWord(transport, block.getUint8(VIRTIO_FEATURE_DESC.index.offset));
  const answer = new Uint8Array(VIRTIO_FEATURE_DESC.features.width);
  viewOf(answer).setUint32(0, word, true);
  data.rewind();
  return moved(call, data.write(answer), VIRTIO_FEATURE_DESC_BYTES);
}

function offeredWord({ vdev, revision }: VirtioCcw, index: number): number {
  const modern = (revision ?? 0) >= 1;
  if (index > (modern ? 1 : 0)) return 0;
  const offered = modern ? vdev.deviceFeatures & ~LEGACY_FEATURES : vdev.deviceFeatures;
  return Number((offered >> BigInt(32 * index)) & WORD);
}

function writeFeatures(call: Call): Ending {
  const { transport } = call;
  const block = fetch(call, VIRTIO_FEATURE_DESC_BYTES);
  if (!block) return 'programCheck';
  const word = BigInt(block.getUint32(VIRTIO_FEATURE_DESC.features.offset, true));
  const index = block.getUint8(VIRTIO_FEATURE_DESC.index.offset);
  const { vdev, revision } = transport;
  // Bits beyond those that the device has are nobody's, and bits beyond 31 none of a legacy driver's.
  if (index <= ((revision ?? 0) >= 1 ? 1 : 0)) {
    const shift = BigInt(32 * index);
    vdev.setDriverFeatures((vdev.driverFeatures & ~(WORD << shift)) | (word << shift));
  }
  return moved(call, true, VIRTIO_FEATURE_DESC_BYTES);
}

/** VIRTIO 1.4 §4.3.2.5: the configuration space from its start. */
function readConfig({ transport, ccw, data, subchannel }: Call): Ending {
  const { vdev } = transport;
  if ((checksLength(ccw) && ccw.count > vdev.configSize) || ccw.cda === 0) return 'programCheck';
  const length = Math.min(ccw.count, vdev.configSize);
  const config = vdev.inDriverOrder(vdev.readConfig());
  if (data.write(config.subarray(0, length))) return 'done';
  // QEMU 7.2 sets the residual count only where it could not store.
  subchannel.residual = ccw.count - length;
  return 'programCheck';
}

function writeConfig(call: Call): Ending {
  const { transport, ccw } = call;
  const { vdev } = transport;
  if (checksLength(ccw) && ccw.count > vdev.configSize) return 'programCheck';
  const length = Math.min(ccw.count, vdev.configSize);
  const block = fetch(call, length);
  if (!block) return 'programCheck';
  const config = vdev.inDriverOrder(vdev.readConfig());
  config.set(new Uint8Array(block.buffer));
  vdev.writeConfig(vdev.inDriverOrder(config));
  return moved(call, true, length);
}

/** VIRTIO 1.4 §4.3.2.3; QEMU answers at every revision. */
function readStatus(call: Call): Ending {
  const { transport, ccw, data } = call;
  if (ccw.cda === 0) return 'programCheck';
  return moved(call, data.write(Uint8Array.of(transport.vdev.status)), 1);
}

/** A status that the device does not take stays what it was, and the command is rejected (VIRTIO 1.4 §4.3.2.3.2). */
function writeStatus(call: Call): Ending {
  const { vdev } = call.transport;
  const value = fetch(call, 1)?.getUint8(0);
  if (value === undefined) return 'programCheck';
  if (value === 0) call.transport.resetDevice('driver');
  else {
    const old = vdev.status;
    vdev.setStatus(value);
    if (vdev.status === old && value !== old) return 'reject';
  }
  return moved(call, true, 1);
}

/** VIRTIO 1.4 §4.3.2.2: how many entries a queue may have; none where there is no such queue. */
function readQueueSize(call: Call): Ending {
  const { transport, data } = call;
  const { index, max_queue_size } = VQ_CONFIG_BLOCK;
  const block = fetch(call, index.width);
  if (!block || block.getUint16(0) >= VIRTIO_CCW_MAX_QUEUES) return 'programCheck';
  const answer = new Uint8Array(max_queue_size.width);
  viewOf(answer).setUint16(0, transport.vdev.queues[block.getUint16(0)]?.vq.size ?? 0);
  return moved(call, data.write(answer), VQ_CONFIG_BLOCK_BYTES);
}

/** VIRTIO 1.4 §4.3.2.2: where the three areas of a queue are, and how many entries it has. */
function setQueue(call: Call): Ending {
  const { transport, subchannel } = call;
  const block = fetch(call, VQ_INFO_BLOCK_BYTES);
  if (!block) return 'programCheck';
  const index = block.getUint16(VQ_INFO_BLOCK.index.offset);
  const size = block.getUint16(VQ_INFO_BLOCK.size.offset);
  const desc = readAddress(block, VQ_INFO_BLOCK.desc.offset);
  const addresses = {
    desc,
    driver: readAddress(block, VQ_INFO_BLOCK.driver.offset),
    device: readAddress(block, VQ_INFO_BLOCK.device.offset),
  };
  subchannel.residual = 0;
  if (index >= VIRTIO_CCW_MAX_QUEUES) return 'programCheck';
  const { vdev } = transport;
  if (desc !== 0 && size > (vdev.queues[index]?.vq.maxSize ?? 0)) return 'programCheck';
  if (desc !== 0) vdev.setQueueSize(index, size);
  return place(transport, index, addresses);
}

/** VIRTIO 1.4 §4.3.2.2.2: the same at revision 0, where a queue is one piece. */
function setLegacyQueue(call: Call): Ending {
  const { transport, subchannel } = call;
  const block = fetch(call, VQ_INFO_BLOCK_LEGACY_BYTES);
  if (!block) return 'programCheck';
  const index = block.getUint16(VQ_INFO_BLOCK_LEGACY.index.offset);
  const size = block.getUint16(VQ_INFO_BLOCK_LEGACY.size.offset);
  const align = block.getUint32(VQ_INFO_BLOCK_LEGACY.align.offset);
  const desc = readAddress(block, VQ_INFO_BLOCK_LEGACY.queue.offset);
  subchannel.residual = 0;
  if (index >= VIRTIO_CCW_MAX_QUEUES || (desc !== 0 && align !== LEGACY_ALIGN))
    return 'programCheck';
  const entries = transport.vdev.queues[index]?.vq.size ?? 0;
  if (desc !== 0 && entries > size) return 'programCheck';
  const driver = desc + SPLIT.descTable(entries);
  const device = Math.ceil((driver + SPLIT.usedEvent(entries)) / align) * align;
  return place(transport, index, { desc, driver, device });
}

/** Takes a queue into use, or back where it has no address; from then on changes of the configuration are told. */
function place(
  { vdev }: VirtioCcw,
  index: number,
  addresses: { desc: number; driver: number; device: number },
): Ending {
  const queue = vdev.queues[index];
  if (queue) {
    vdev.enableQueue(index, addresses);
    queue.vector = addresses.desc === 0 ? VIRTIO_MSI_NO_VECTOR : index;
  }
  vdev.configVector = VIRTIO_CCW_MAX_QUEUES;
  return 'done';
}

/** VIRTIO 1.4 §4.3.2.6.1: not after those of adapter interruptions. */
function setIndicators(call: Call): Ending {
  const { indicators, vdev } = call.transport;
  if (indicators.adapter || vdev.queues.length > CLASSIC_INDICATOR_BITS) return 'reject';
  const block = fetch(call, 8);
  if (!block) return 'programCheck';
  indicators.classic = readAddress(block, 0);
  return moved(call, true, 8);
}

function setConfigIndicators(call: Call): Ending {
  const block = fetch(call, 8);
  if (!block) return 'programCheck';
  call.transport.indicators.config = readAddress(block, 0);
  return moved(call, true, 8);
}

/** VIRTIO 1.4 §4.3.2.6.3: not after classic ones. */
function setAdapterIndicators(call: Call): Ending {
  const { indicators } = call.transport;
  if (call.ccw.cda === 0) return 'programCheck';
  if (indicators.classic !== undefined) return 'reject';
  const block = fetch(call, VIRTIO_THININT_AREA_BYTES);
  if (!block) return 'programCheck';
  const isc = block.getUint8(VIRTIO_THININT_AREA.isc.offset);
  if (isc >= SUBCLASSES) return 'reject';
  indicators.adapter = {
    summary: readAddress(block, VIRTIO_THININT_AREA.summary_indicator.offset),
    area: readAddress(block, VIRTIO_THININT_AREA.indicator.offset),
    bit: readAddress(block, VIRTIO_THININT_AREA.bit_nr.offset),
    isc,
  };
  return moved(call, true, VIRTIO_THININT_AREA_BYTES);
}
