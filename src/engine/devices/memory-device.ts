import type { MemoryBackend } from '../backends/memory.ts';

/** A device whose memory lies in the guest's address space, where the machine finds it a place. */
export interface MemoryDevice {
  /** Its memory. Throws RealizeError where none is set. */
  deviceMemory(): MemoryBackend;
  /** Multiple of bytes at which it must lie, beside what the memory itself asks for; 0 for none. */
  readonly alignment: number;
  /** Guest-physical address: what the user asked for, 0 for any, then what the machine chose. */
  memoryAddress: bigint;
}

/** Whether a device has memory for the guest's address space. */
export function isMemoryDevice(device: object): device is MemoryDevice {
  return 'deviceMemory' in device;
}
