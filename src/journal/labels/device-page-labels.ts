import { bitsOf, featureNames, flagNames, STATUS_BITS } from '../../spec/constants.ts';
import {
  KVM_DEVICE_DESC,
  KVM_DEVICE_DESC_BYTES,
  KVM_PAGE_BYTES,
  KVM_VQCONFIG,
  KVM_VQCONFIG_BYTES,
} from '../../spec/kvm-virtio.ts';
import { DEVICE_CONFIG } from '../../spec/regions.ts';
import { VIRTIO_ID } from '../../spec/virtio.ts';
import { ringNumbers } from '../fold/ring-numbers.ts';
import { address } from '../narration/words.ts';
import type { Label, ReadableMemory } from './label.ts';

const DOCUMENT = 'Linux 4.4 kvm_virtio.h';

/** One device's descriptor in the page of the s390-virtio machine. */
export interface DevicePageEntry {
  readonly addr: number;
  /** Bytes. */
  readonly length: number;
  readonly virtioId: number;
  readonly labels: readonly Label[];
}

/**
 * The device descriptors in the page at `page`, in order, up to one of type 0. `devs`: numbers of the
 * devices in that order.
 */
export function devicePage(
  memory: ReadableMemory,
  page: number,
  devs: readonly number[],
): readonly DevicePageEntry[] {
  const found: DevicePageEntry[] = [];
  const end = page + KVM_PAGE_BYTES;
  for (let addr = page; addr + KVM_DEVICE_DESC_BYTES <= end; ) {
    const head = (field: keyof typeof KVM_DEVICE_DESC) =>
      memory.u8(addr + KVM_DEVICE_DESC[field].offset);
    const virtioId = head('type');
    if (virtioId === 0) break;
    const [queues, featureBytes, configBytes] = [
      head('num_vq'),
      head('feature_len'),
      head('config_len'),
    ];
    const length =
      KVM_DEVICE_DESC_BYTES + KVM_VQCONFIG_BYTES * queues + 2 * featureBytes + configBytes;
    if (addr + length > end) break;
    const labels = labelsOf(
      memory,
      addr,
      { virtioId, queues, featureBytes, configBytes },
      devs[found.length],
    );
    found.push({ addr, length, virtioId, labels });
    addr += length;
  }
  return found;
}

interface Shape {
  readonly virtioId: number;
  readonly queues: number;
  readonly featureBytes: number;
  readonly configBytes: number;
}

function labelsOf(
  memory: ReadableMemory,
  addr: number,
  { virtioId, queues, featureBytes, configBytes }: Shape,
  dev: number | undefined,
): Label[] {
  const big = ringNumbers(memory, true);
  const labels: Label[] = [];
  const add = (
    ...[at, width, field, value, doc, owner, more]: [
      number,
      number,
      string,
      string,
      string,
      Label['owner'],
      { readonly queue?: number; readonly target?: number }?,
    ]
  ) =>
    labels.push({
      ...{ start: addr + at, end: addr + at + width, kind: 'devicePage' },
      structure: 'device descriptor',
      ...{ field, value, doc, owner, section: undefined, document: DOCUMENT, dev },
      queue: more?.queue,
      ...(more?.target !== undefined && { target: more.target }),
    });
  for (const [name, { offset, width, doc }] of Object.entries(KVM_DEVICE_DESC)) {
    const value = memory.u8(addr + offset);
    const words =
      name === 'type'
        ? `${value}, ${deviceName(value)}`
        : name === 'status'
          ? flagNames(STATUS_BITS, value).join(' | ') || '0'
          : String(value);
    add(offset, width, name, words, doc, name === 'status' ? 'driver' : 'device');
  }
  for (let queue = 0; queue < queues; queue++) {
    const at = KVM_DEVICE_DESC_BYTES + KVM_VQCONFIG_BYTES * queue;
    for (const [name, { offset, width, doc }] of Object.entries(KVM_VQCONFIG)) {
      const where = addr + at + offset;
      const value = width === 8 ? big.u64(where) : big.u16(where);
      const shown = name === 'address' ? address(value) : String(value);
      const target = name === 'address' ? { target: value } : {};
      add(
        at + offset,
        width,
        `vqconfig[${queue}].${name}`,
        shown,
        doc,
        name === 'token' ? 'driver' : 'device',
        { queue, ...target },
      );
    }
  }
  const features = KVM_DEVICE_DESC_BYTES + KVM_VQCONFIG_BYTES * queues;
  for (const [i, whose] of (['device', 'driver'] as const).entries()) {
    const at = features + featureBytes * i;
    const bits: number[] = [];
    for (let byte = 0; byte < featureBytes; byte++)
      for (const bit of bitsOf(memory.u8(addr + at + byte))) bits.push(8 * byte + bit);
    const names = bits.flatMap((bit) => featureNames(virtioId, 2 ** bit));
    const doc =
      whose === 'device' ? 'Features that the device offers' : 'Features that the driver accepts';
    add(at, featureBytes, `${whose} features`, names.join(' ') || 'none', doc, whose);
  }
  const config = features + 2 * featureBytes;
  let done = 0;
  for (const [name, { offset, width, doc }] of Object.entries(DEVICE_CONFIG[virtioId] ?? {})) {
    if (offset + width > configBytes || offset < done) continue;
    const bytes = Array.from({ length: width }, (_, i) => memory.u8(addr + config + offset + i));
    add(config + offset, width, name, hexNumber(bytes), doc, 'device');
    done = offset + width;
  }
  return labels.filter(({ start, end }) => start < end);
}

/** A big-endian number of any width, as legacy devices of these machines have them. */
function hexNumber(bytes: readonly number[]): string {
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `0x${digits.replace(/^0+(?=.)/, '')}`;
}

function deviceName(virtioId: number): string {
  const found = Object.entries(VIRTIO_ID).find(([, id]) => id === virtioId);
  return found ? found[0].toLowerCase().replaceAll('_', ' ') : 'unknown';
}
