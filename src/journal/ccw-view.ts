import { hex } from '../base/bits.ts';
import { featureNames, flagNames, STATUS_BITS } from '../spec/constants.ts';
import {
  VIRTIO_CCW_CMD,
  VIRTIO_CCW_SECTION,
  VIRTIO_FEATURE_DESC,
  VIRTIO_REV_INFO,
  VIRTIO_THININT_AREA,
  type VirtioCcwCommand,
  VQ_CONFIG_BLOCK,
  VQ_INFO_BLOCK,
  VQ_INFO_BLOCK_LEGACY,
  VQ_INFO_BLOCK_LEGACY_BYTES,
} from '../spec/virtio-ccw.ts';
import type { Moment } from './fold/moment.ts';
import { ringNumbers } from './fold/ring-numbers.ts';
import type { ReadableMemory } from './labels/label.ts';
import { address } from './narration/words.ts';
import type { EventStore } from './store.ts';

/** A field of what a channel command carried. */
export interface CcwField {
  readonly name: string;
  readonly value: string;
  readonly doc: string;
}

/** A channel command of virtio, with the block that it carried to the device or from it. */
export interface CcwCommand {
  readonly event: number;
  readonly name: VirtioCcwCommand;
  readonly section: string;
  /** Guest-physical address of the block, and its bytes. */
  readonly addr: number;
  readonly count: number;
  readonly fields: readonly CcwField[];
}

type Layout = Readonly<
  Record<string, { readonly offset: number; readonly width: number; readonly doc: string }>
>;

const ADDRESS: Layout = { address: { offset: 0, width: 8, doc: 'Address of the indicator bits' } };
const STATUS: Layout = { status: { offset: 0, width: 1, doc: 'Device status' } };
const LAYOUTS: Readonly<Record<VirtioCcwCommand, Layout>> = {
  SET_VQ: VQ_INFO_BLOCK,
  VDEV_RESET: {},
  SET_IND: ADDRESS,
  SET_CONF_IND: ADDRESS,
  SET_IND_ADAPTER: VIRTIO_THININT_AREA,
  READ_FEAT: VIRTIO_FEATURE_DESC,
  WRITE_FEAT: VIRTIO_FEATURE_DESC,
  READ_CONF: {},
  WRITE_CONF: {},
  WRITE_STATUS: STATUS,
  READ_VQ_CONF: VQ_CONFIG_BLOCK,
  SET_VIRTIO_REV: VIRTIO_REV_INFO,
  READ_STATUS: STATUS,
};
/** Commands whose block the device fills in: it lies in memory once the command is done. */
const READS: ReadonlySet<VirtioCcwCommand> = new Set([
  'READ_FEAT',
  'READ_CONF',
  'READ_VQ_CONF',
  'READ_STATUS',
]);
/** Events after a command within which the device has filled in its block. */
const SOON = 8;
const ADDRESS_FIELDS: ReadonlySet<string> = new Set([
  'address',
  'desc',
  'driver',
  'device',
  'queue',
  'summary_indicator',
  'indicator',
]);

/**
 * The channel command of event `event`, read from memory as it was then; undefined where that is none of virtio's.
 * `at`: count of events that are known, so that nothing of later ones shows.
 */
export function ccwCommand(
  store: EventStore,
  event: number,
  at: number,
  virtioId: number | undefined,
  momentAt: (at: number) => Moment,
): CcwCommand | undefined {
  if (store.kindAt(event) !== 'ccw') return undefined;
  const told = store.get(event);
  if (told.kind !== 'ccw') return undefined;
  const { command, cda: addr, count } = told;
  const names = Object.keys(VIRTIO_CCW_CMD) as VirtioCcwCommand[];
  const name = names.find((one) => VIRTIO_CCW_CMD[one] === command);
  if (!name) return undefined;
  const { memory } = momentAt(READS.has(name) ? doneAfter(store, event, at) : event);
  const legacy = name === 'SET_VQ' && count <= VQ_INFO_BLOCK_LEGACY_BYTES;
  const layout = legacy ? VQ_INFO_BLOCK_LEGACY : LAYOUTS[name];
  const fields = Object.entries(layout).flatMap(([field, { offset, width, doc }]) =>
    offset + width > count
      ? []
      : [{ name: field, value: fieldText(memory, addr, field, offset, width, virtioId), doc }],
  );
  return { event, name, section: VIRTIO_CCW_SECTION[name], addr, count, fields };
}

/** Count of events after which a command's data lie in memory: up to the next thing the subchannel says. */
function doneAfter(store: EventStore, event: number, at: number): number {
  const end = Math.min(event + SOON, at, store.length);
  for (let i = event + 1; i < end; i++) {
    const kind = store.kindAt(i);
    if (kind === 'ccw' || kind === 'channelStatus') return i;
  }
  return end;
}

function fieldText(
  memory: ReadableMemory,
  addr: number,
  field: string,
  offset: number,
  width: number,
  virtioId: number | undefined,
): string {
  const big = ringNumbers(memory, true);
  const where = addr + offset;
  if (field === 'status') return flagNames(STATUS_BITS, memory.u8(where)).join(' | ') || 'reset';
  if (field === 'features') {
    const value = memory.u32(where);
    const half = memory.u8(where + width);
    if (half > 1) return hex(value, 8);
    // Bits from 53 on are not kept apart by numbers.
    const bits = half === 0 ? value : (value & 0x1f_ffff) * 2 ** 32;
    return featureNames(virtioId, bits).join(' ') || 'none';
  }
  const value =
    width === 8
      ? big.u64(where)
      : width === 4
        ? big.u32(where)
        : width === 2
          ? big.u16(where)
          : memory.u8(where);
  return ADDRESS_FIELDS.has(field) ? address(value) : String(value);
}
