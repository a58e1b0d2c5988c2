import type { StandIn } from '../advice/advice.ts';

/** Largest raw stand-in, in bytes: it is memory, and nothing is in it. */
const MOST_RAW = 64 * 2 ** 20;
const CLUSTER = 0x1_0000;
/** Bytes that one entry of a qcow2 L1 table stands for, at this cluster size. */
const L1_REACH = CLUSTER * (CLUSTER / 8);
/** Where an empty qcow2 image has its parts. */
const REFCOUNT_TABLE = CLUSTER;
const REFCOUNT_BLOCK = 2 * CLUSTER;
const L1_TABLE = 3 * CLUSTER;

/** Bytes of an image with nothing in it. A raw one is at most 64 MiB long. */
export function standInContent({ format, bytes }: StandIn): Uint8Array {
  return format === 'raw' ? new Uint8Array(Math.min(bytes, MOST_RAW)) : emptyQcow2(bytes);
}

/** An empty qcow2 image, version 2, as `qemu-img create` lays it out: header, refcounts, L1 table. */
function emptyQcow2(bytes: number): Uint8Array {
  const image = new Uint8Array(4 * CLUSTER);
  const view = new DataView(image.buffer);
  const l1Entries = Math.min(Math.max(1, Math.ceil(bytes / L1_REACH)), CLUSTER / 8);
  view.setUint32(0, 0x5146_49fb);
  view.setUint32(4, 2);
  view.setUint32(20, 16);
  view.setBigUint64(24, BigInt(bytes));
  view.setUint32(36, l1Entries);
  view.setBigUint64(40, BigInt(L1_TABLE));
  view.setBigUint64(48, BigInt(REFCOUNT_TABLE));
  view.setUint32(56, 1);
  view.setBigUint64(REFCOUNT_TABLE, BigInt(REFCOUNT_BLOCK));
  for (let cluster = 0; cluster < 4; cluster++) view.setUint16(REFCOUNT_BLOCK + 2 * cluster, 1);
  return image;
}
