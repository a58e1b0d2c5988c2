import { P9_ATTRIBUTES, P9_IO_HEADER } from '../../../spec/9p.ts';
import type { FileFacts } from '../../backends/files.ts';
import type { Writer } from './wire.ts';

/** Longest name in a directory. */
const MAX_NAME = 255;

/** Answer to GETATTR: what is known, then all of it; times have no fraction. */
export function getAttributes(write: Writer, facts: FileFacts, ioUnit: number): void {
  const { mode, uid, gid, nlink, size, blocks, atime, mtime, ctime } = facts;
  write.u64(P9_ATTRIBUTES).qid(facts).u32(mode).u32(uid).u32(gid).u64(nlink).u64(0).u64(size);
  write.u64(ioUnit).u64(blocks);
  for (const time of [atime, mtime, ctime]) write.u64(Math.floor(time)).u64(0);
  // Time of birth, generation and version of the data: not known.
  for (let i = 0; i < 4; i++) write.u64(0);
}

/** Answer to STATFS; nobody knows how much room the host has. */
export function statFs(write: Writer, blockSize: number, messageSize: number): void {
  const factor = Math.floor((messageSize - P9_IO_HEADER) / blockSize) || 1;
  write.u32(0).u32(blockSize * factor);
  for (let i = 0; i < 6; i++) write.u64(0);
  write.u32(MAX_NAME);
}
