/** The types of module 'guest', for an editor. Generated; its test tells how. */
export const GUEST_TYPES = `// Types of the module 'guest', generated from the sources of the guest library.
declare module 'guest' {
  /**
   * The PCI buses of the machine: the root bus, and those behind bridges, which get their numbers as they
   * are found. Configuration space is read as far as a search has to go, once.
   */
  interface PciBus {
    /** Every function, bus by bus, in the order of slots. */
    functions(): PciFunction[];
    /** The first function that matches. Throws where there is none. */
    find(query: PciQuery): PciFunction;
    /** Every function that matches, bus by bus. */
    findAll(query: PciQuery): PciFunction[];
  }
  /** The guest's virtio bus: finds devices on the machine's buses, and matches them with drivers. */
  interface VirtioBus {
    /** Every virtio device of the machine, in the order of its buses. */
    devices(): VirtioCandidate[];
    /**
     * The first device with a virtio device ID (VIRTIO 1.4 §5); \`nth\` counts them from 0. Looks no further
     * than it has to. Throws where there is none.
     */
    find(deviceId: number, nth?: number): VirtioCandidate;
    /** The discoveries of all kinds of buses, to be watched step by step: also of those that this machine has not. */
    discoveries(): readonly Discovery[];
    /** The modern transport of an enabled PCI function. Throws where it is not a modern virtio device. */
    open(fn: PciFunction): VirtioPci;
    /**
     * Finds a device that \`driver\` is for and lets it take the device over, ready for use.
     * \`nth\` counts the machine's devices of that kind from 0. Throws where there is none. \`options\`: how
     * to open it, and which features the driver shall ask for.
     */
    probe<D>(driver: VirtioDriverClass<D>, nth?: number, options?: OpenOptions & DriverOptions): D;
  }
  /**
   * Hands out guest-physical memory for rings and buffers: first fit on a list of free ranges
   * that is kept in the order of addresses. Memory comes zeroed.
   */
  interface DmaAllocator {
    /** The same memory, with buffers that hold big-endian numbers: what legacy devices of such guests use. */
    get bigEndian(): DmaAllocator;
    /**
     * \`length\` zeroed bytes, aligned to \`align\` (a power of two, in bytes).
     * Throws RangeError where no free range is large enough.
     */
    alloc(length: number, align?: number): DmaBuffer;
    /** Gives the memory of a buffer back. Throws where it was not allocated here, or was freed before. */
    free(buffer: MemoryRange): void;
    /** Bytes that are free, in all pieces together. */
    get available(): number;
  }
  /**
   * Guest RAM as the guest writes it: every write is paced and recorded while the journal is on.
   * Addresses are guest-physical; an access outside RAM throws \`GuestMemoryFault\` (a bug of the
   * script: real hardware would raise a machine check).
   */
  interface GuestMemory {
    /** The byte at \`addr\`. */
    read8(addr: number): number;
    /** 16-bit little-endian value; any alignment. */
    read16(addr: number): number;
    /** 32-bit little-endian value; any alignment. */
    read32(addr: number): number;
    /** 64-bit little-endian value; throws RangeError from 2^53 on. */
    read64(addr: number): number;
    /** Writes a byte. */
    write8(addr: number, value: number): void;
    /** 16-bit little-endian write. */
    write16(addr: number, value: number): void;
    /** 32-bit little-endian write. */
    write32(addr: number, value: number): void;
    /** 64-bit little-endian write of a safe integer. */
    write64(addr: number, value: number): void;
    /** What a bus read of an address finds in RAM, of 1, 2 or 4 bytes; undefined where there is none. It is no action. */
    found(addr: number, size: number): number | undefined;
    /** A copy of \`length\` bytes. */
    readBytes(addr: number, length: number): Uint8Array;
    /** Copies \`bytes\` to \`addr\`. */
    writeBytes(addr: number, bytes: Uint8Array): void;
    /** Sets \`length\` bytes to \`value\`. */
    fill(addr: number, length: number, value: number): void;
  }
  /**
   * I/O ports, by the names of the instructions that reach them on x86; elsewhere through the window of
   * the PCI host bridge. Each call is one access.
   */
  interface PortIo {
    /** Reads a byte; 0xff where nothing answers. */
    inb(port: number): number;
    /** Reads 16 bits. */
    inw(port: number): number;
    /** Reads 32 bits. */
    inl(port: number): number;
    /** Writes a byte. */
    outb(port: number, value: number): void;
    /** Writes 16 bits. */
    outw(port: number, value: number): void;
    /** Writes 32 bits. */
    outl(port: number, value: number): void;
  }
  /** Device registers in the memory address space (for RAM, see \`ram\`). Each call is one access. */
  interface Mmio {
    /** Reads a byte; all ones where nothing answers. */
    read8(addr: number): number;
    /** Reads 16 bits. */
    read16(addr: number): number;
    /** Reads 32 bits. */
    read32(addr: number): number;
    /** Writes a byte. */
    write8(addr: number, value: number): void;
    /** Writes 16 bits. */
    write16(addr: number, value: number): void;
    /** Writes 32 bits. */
    write32(addr: number, value: number): void;
  }
  /** Interrupt inputs: on a PC those of its I/O APIC, and from 32 on the vectors that messages raise. */
  interface InterruptInputs {
    /** Numbers of the inputs that are asserted now, ascending. */
    asserted(): number[];
    /** Sleeps until one of \`wanted\` is asserted; returns those that are. Nothing is acknowledged. */
    wait(...wanted: number[]): number[];
    /** Takes what \`input\` has latched, as a CPU does with a message or an interruption; a line stays as it is. */
    take(input: number): void;
  }
  /** Prints to the console panel. */
  interface Log {
    /** Prints values in one line, separated by spaces; numbers in base 10 (see \`hex\`). */
    (...values: unknown[]): void;
    /** Prints a warning. */
    warn(...values: unknown[]): void;
    /** Prints an error; the script goes on. */
    error(...values: unknown[]): void;
  }
  /**
   * A buffer in the making: the pieces of guest memory that one descriptor chain will name, those
   * that the device reads before those that it writes (VIRTIO 1.4 §2.7.4.2). Made once and used
   * again, it costs no memory per request.
   */
  class Chain {
    /** Guest-physical addresses of the pieces. */
    readonly addr: Float64Array;
    /** Bytes of the pieces. */
    readonly len: Uint32Array;
    /** How many pieces there are. */
    count: number;
    /** How many of them, from the first on, the device may only read. */
    readableCount: number;
    /** \`capacity\`: the most pieces that it can hold. */
    constructor(capacity: number);
    /** Forgets all pieces; returns the chain. */
    clear(): this;
    /** Appends a piece that the device reads. Throws after a writable one, and where the chain is full. */
    readable({ addr, length }: MemoryRange): this;
    /** Appends a piece that the device writes. Throws where the chain is full. */
    writable({ addr, length }: MemoryRange): this;
  }
  /**
   * Driver of the block device (VIRTIO 1.4 §5.2): whole requests (\`read\`, \`write\`, \`flush\`,
   * \`getId\`), or several in flight: \`start…\`, \`submit\`, then \`next\` as the device finishes them.
   */
  class VirtioBlk {
    static readonly deviceId: 2;
    /** \`requestq1\` (VIRTIO 1.4 §5.2.2). */
    readonly queue: VirtQueue;
    /** Takes the device over. \`options\`: features to ask for. */
    constructor(transport: VirtioTransport, options?: DriverOptions);
    /** Size of the disk, in sectors of 512 bytes, as the device has told it last (VIRTIO 1.4 §5.2.4). */
    get capacity(): number;
    /** Whether the device refuses to write (VIRTIO 1.4 §5.2.3). */
    get readOnly(): boolean;
    /** Reads \`count\` sectors. Throws \`BlkError\` where the device fails. */
    read(sector: number, count?: number): Uint8Array;
    /** Writes whole sectors; a text is padded with zeros. Throws \`BlkError\` where the device fails. */
    write(sector: number, content: Uint8Array | string): void;
    /** Makes everything that was written so far permanent. Throws \`BlkError\` where the device fails. */
    flush(): void;
    /** The serial number that the device goes by, at most 20 characters. */
    getId(): string;
    /** Prepares the reading of \`count\` sectors; the device sees it at \`submit\`. */
    startRead(sector: number, count?: number): BlkRequest;
    /** Prepares the writing of whole sectors; the device sees it at \`submit\`. */
    startWrite(sector: number, content: Uint8Array | string): BlkRequest;
    /** Makes all prepared requests available, and notifies the device once. */
    submit(): void;
    /** Waits for whichever request the device finishes next: not always in the order of submission. */
    next(): BlkRequest;
  }
  interface VirtioBlk extends VirtioDriver {}
  /** Driver of the entropy device: one queue of buffers that come back random (VIRTIO 1.4 §5.4). */
  class VirtioRng {
    static readonly deviceId: 4;
    /** \`requestq\`, the only queue (VIRTIO 1.4 §5.4.2). */
    readonly queue: VirtQueue;
    /** Takes the device over. \`options\`: features to ask for. */
    constructor(transport: VirtioTransport, options?: DriverOptions);
    /** Random bytes: at least one, at most \`length\`; a device may give fewer than asked for. */
    read(length: number): Uint8Array;
  }
  interface VirtioRng extends VirtioDriver {}
  /** The device answered a request with a status other than OK. */
  class BlkError extends Error {
    readonly name = "BlkError";
    /** The status byte: \`VIRTIO_BLK_S_IOERR\`, \`VIRTIO_BLK_S_UNSUPP\`. */
    readonly status: number;
  }
  /** The device did what no device may do, or gave up: the queue cannot be used before a reset. */
  class DeviceError extends Error {
    readonly name = "DeviceError";
  }
  /** One register of a map. Offsets and widths in bytes. */
  interface Register {
    readonly offset: number;
    readonly width: 1 | 2 | 4 | 6 | 8;
    readonly access: 'R' | 'W' | 'RW';
    readonly doc: string;
  }
  /** What a script's \`console\` can do. */
  interface Console {
    log(...values: unknown[]): void;
    info(...values: unknown[]): void;
    debug(...values: unknown[]): void;
    warn(...values: unknown[]): void;
    error(...values: unknown[]): void;
  }
}
`;
