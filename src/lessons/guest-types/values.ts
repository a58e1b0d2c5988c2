/** The values of module 'guest', for an editor. Generated; its test tells how. */
export const GUEST_VALUES = `// Types of the module 'guest', generated from the sources of the guest library.
declare module 'guest' {
  /** The PCI bus: finds functions, and enables them. */
  const pci: PciBus;
  /** The virtio devices of this machine, whatever bus they are on. */
  const virtio: VirtioBus;
  /** Memory for rings and buffers. */
  const dma: DmaAllocator;
  /** All of the guest's memory, by guest-physical address. */
  const ram: GuestMemory;
  /** I/O ports. */
  const io: PortIo;
  /** Device registers in the memory address space. */
  const mmio: Mmio;
  /** Interrupt inputs. */
  const irq: InterruptInputs;
  /** Prints to the console. */
  const log: Log;
  /** A number in base 16, \`0x\` first, with at least \`digits\` digits. */
  function hex(value: number, digits?: number): string;
  /** Bytes in base 16 and as text, sixteen in a line; \`address\` is what the first line counts from. */
  function hexdump(content: Uint8Array, address?: number): string;
  /** Bytes as text, UTF-8, up to the first zero byte. */
  function text(content: Uint8Array): string;
  /** Bytes of a sector, the unit of a block device. */
  const VIRTIO_BLK_SECTOR = 512;
  /** Fields of the block device's configuration, for \`transport.config\` (VIRTIO 1.4 §5.2.4). */
  const VIRTIO_BLK_CONFIG: {
    /** Size, in 512-byte sectors. */
    readonly capacity: Register;
    /** Largest segment, with SIZE_MAX. */
    readonly size_max: Register;
    /** Most segments of a request, with SEG_MAX. */
    readonly seg_max: Register;
    /** Geometry, with GEOMETRY. */
    readonly cylinders: Register;
    /** Geometry, with GEOMETRY. */
    readonly heads: Register;
    /** Geometry, with GEOMETRY. */
    readonly sectors: Register;
    /** Block size, with BLK_SIZE. */
    readonly blk_size: Register;
    /** log2 of logical blocks in a physical one. */
    readonly physical_block_exp: Register;
    /** Offset of the first aligned logical block. */
    readonly alignment_offset: Register;
    /** Smallest good transfer, in blocks. */
    readonly min_io_size: Register;
    /** Best transfer, in blocks. */
    readonly opt_io_size: Register;
    /** 1: writeback cache, with CONFIG_WCE. */
    readonly writeback: Register;
    /** Padding. */
    readonly unused0: Register;
    /** Request queues, with MQ. */
    readonly num_queues: Register;
    /** With DISCARD. */
    readonly max_discard_sectors: Register;
    /** With DISCARD. */
    readonly max_discard_seg: Register;
    /** With DISCARD. */
    readonly discard_sector_alignment: Register;
    /** With WRITE_ZEROES. */
    readonly max_write_zeroes_sectors: Register;
    /** With WRITE_ZEROES. */
    readonly max_write_zeroes_seg: Register;
    /** With WRITE_ZEROES. */
    readonly write_zeroes_may_unmap: Register;
  };
}

/** Prints as \`log\` does. */
declare const console: import('guest').Console;
`;
