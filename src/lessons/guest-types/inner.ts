/** The inner types of module 'guest', for an editor. Generated; its test tells how. */
export const GUEST_INNER = `// Types of the module 'guest', generated from the sources of the guest library.
declare module 'guest' {
  /** One function of a PCI device: a configuration space with a name like \`00:02.0\`. */
  interface PciFunction {
    /** Bus, slot and function number. */
    readonly at: PciAddress;
    /** Vendor ID: 0x1af4 for virtio. */
    readonly vendorId: number;
    /** Device ID: 0x1040 + the virtio device ID, or 0x1000 and up where the device is transitional. */
    readonly deviceId: number;
    /** Place on the bus as lspci prints it: \`00:02.0\`. */
    get address(): string;
    /** Class and sub-class in one number, as \`0x0100\`: a SCSI mass-storage controller. */
    get classCode(): number;
    /** Whether the device in the slot has further functions (PCI 3.0 §6.2.1). */
    get multifunction(): boolean;
    /** Whether it is a bridge, with a bus behind it (PCI 3.0 §6.2.1). */
    get isBridge(): boolean;
    /** The bridge that its bus is behind; undefined on the root bus. */
    get bridge(): PciFunction | undefined;
    /** Reads 8 bits of configuration space. */
    config8(offset: number): number;
    /** Reads 16 bits of configuration space. */
    config16(offset: number): number;
    /** Reads 32 bits of configuration space. */
    config32(offset: number): number;
    /** Writes 1, 2 or 4 bytes of configuration space. */
    writeConfig(offset: number, size: AccessSize, value: number): void;
    /** The capability list: virtio structures, MSI-X and others. Read once; a function does not change it. */
    capabilities(): readonly PciCapability[];
    /**
     * What a firmware does: gives every BAR an address, routes the interrupt pin, and turns on
     * decoding and bus mastering (without it the device cannot read the rings). Returns the function.
     */
    enable(): this;
    /** The BARs, once \`enable\` has placed them. */
    get bars(): readonly PciBar[];
    /** Platform interrupt input that the pin arrives on, or -1 where the function has no pin. */
    get interruptInput(): number;
    toString(): string;
  }
  /** What \`PciBus.find\` looks for; what is left out matches everything. */
  interface PciQuery {
    /** Vendor ID: 0x1af4 for virtio. */
    readonly vendor?: number;
    /** Device ID, or several that will do. */
    readonly device?: number | readonly number[];
    /** Class and sub-class, as \`0x0100\`. */
    readonly classCode?: number;
  }
  /** A virtio device that was found, whatever bus it is on, and not opened yet. */
  interface VirtioCandidate {
    /** Virtio device ID (VIRTIO 1.4 §5). */
    readonly deviceId: number;
    readonly kind: VirtioBusKind;
    /** Where it was found, in words. */
    readonly place: string;
    /** On PCI: its function. */
    readonly function?: PciFunction;
    /** Makes the device ready to be reached. Throws where it does not have what \`options\` ask for. */
    open(options?: OpenOptions): VirtioTransport;
  }
  /** How the guest looks for devices on one kind of bus. */
  interface Discovery {
    readonly kind: VirtioBusKind;
    /** How the guest knows that the machine has such a bus, and where. */
    readonly told: string;
    /** Looks at one place after another. */
    steps(): Iterable<DiscoveryStep>;
  }
  /** The modern PCI transport: registers in BARs, found through capabilities (VIRTIO 1.4 §4.1). */
  interface VirtioPci extends VirtioPciTransport {
    /** Reads a register of the common configuration by its name (VIRTIO 1.4 §4.1.4.3). */
    readRegister(name: CommonRegister): number;
    /** Writes a register of the common configuration by its name, right or wrong. */
    writeRegister(name: CommonRegister, value: number): void;
    get status(): number;
    set status(value: number);
    get queueCount(): number;
    get configGeneration(): number;
    readConfig(offset: number, size: AccessSize): number;
    writeConfig(offset: number, size: AccessSize, value: number): void;
    notify(index: number, next?: number): void;
    /** Takes a queue from the device (VIRTIO 1.4 §2.6.1). Throws where the device does not do it. */
    resetQueue(index: number): void;
    toString(): string;
  }
  /** A class of drivers: what device it is for, and how it takes one over. */
  interface VirtioDriverClass<D> {
    /** Virtio device ID that it is for. */
    readonly deviceId: number;
    new (transport: VirtioTransport, options?: DriverOptions): D;
  }
  /** How a device is to be opened. */
  interface OpenOptions {
    /** Uses the interface from before VIRTIO 1 where the device has both (VIRTIO 1.4 §4.1.3). */
    readonly legacy?: boolean;
    /** PCI: interrupts by messages, a vector for the configuration and one a queue, and not by the pin. */
    readonly msix?: boolean;
    /** Channel I/O: how the device tells of used buffers; adapter indicators where left out, if it has them. */
    readonly indicators?: IndicatorKind;
  }
  /** Features that a driver can use and does not ask for of its own accord. */
  interface DriverOptions {
    /** VIRTIO_F_RING_PACKED (VIRTIO 1.4 §2.8). */
    readonly packed?: boolean;
    /** VIRTIO_F_INDIRECT_DESC: requests go into tables of their own (VIRTIO 1.4 §2.7.5.3). */
    readonly indirect?: boolean;
    /** VIRTIO_F_EVENT_IDX (VIRTIO 1.4 §2.7.7). */
    readonly eventIdx?: boolean;
    /** VIRTIO_F_IN_ORDER (VIRTIO 1.4 §2.7.9). */
    readonly inOrder?: boolean;
    /** VIRTIO_F_NOTIFICATION_DATA (VIRTIO 1.4 §2.9). */
    readonly notificationData?: boolean;
    /** VIRTIO_F_RING_RESET (VIRTIO 1.4 §2.6.1). */
    readonly ringReset?: boolean;
    /** Other features, by bit. */
    readonly features?: readonly number[];
  }
  /**
   * Memory that the device can reach: a guest-physical range with typed access. Offsets are bytes
   * from its start, values are little-endian as virtio wants them (VIRTIO 1.4 §1.4), or big-endian where
   * it was allocated so for a legacy device. Every write is recorded in the journal; an offset beyond the
   * end throws RangeError.
   */
  interface DmaBuffer {
    /** Guest-physical address. */
    readonly addr: number;
    /** Bytes. */
    readonly length: number;
    /** Reads the byte at \`offset\`. */
    u8(offset: number): number;
    /** Writes the byte at \`offset\`; returns the buffer, to go on writing. */
    u8(offset: number, value: number): this;
    /** Reads 16 bits at \`offset\`. */
    u16(offset: number): number;
    /** Writes 16 bits at \`offset\`; returns the buffer. */
    u16(offset: number, value: number): this;
    /** Reads 32 bits at \`offset\`. */
    u32(offset: number): number;
    /** Writes 32 bits at \`offset\`; returns the buffer. */
    u32(offset: number, value: number): this;
    /** Reads 64 bits at \`offset\`; throws RangeError where the value is 2^53 or more. */
    u64(offset: number): number;
    /** Writes 64 bits at \`offset\`: an integer below 2^53. Returns the buffer. */
    u64(offset: number, value: number | bigint): this;
    /** A copy of \`length\` bytes from \`offset\` on. */
    bytes(offset?: number, length?: number): Uint8Array;
    /** The text that starts at \`offset\`, up to a zero byte or \`length\` bytes, as UTF-8. */
    text(offset?: number, length?: number): string;
    /** Copies bytes, or a text as UTF-8, to \`offset\`; returns the buffer. */
    write(content: ArrayLike<number> | string, offset?: number): this;
    /** Sets every byte to \`value\`; returns the buffer. */
    fill(value: number): this;
    /** A part of this buffer that shares its memory. */
    part(offset: number, length?: number): DmaBuffer;
    toString(): string;
  }
  /** A piece of guest-physical memory, as a descriptor names it. */
  interface MemoryRange {
    /** Guest-physical address. */
    readonly addr: number;
    /** Bytes. */
    readonly length: number;
  }
  /**
   * What all drivers have in common: the order in which a device is taken over
   * (VIRTIO 1.4 §3.1.1). A driver sets its queues up in \`start\` and calls \`ready\`.
   */
  interface VirtioDriver {
    /** The device as the driver reaches it. */
    readonly transport: VirtioTransport;
    /** The features that driver and device agreed on. */
    readonly features: FeatureSet;
  }
  /**
   * The driver's end of a virtqueue, whatever its ring format. All that the driver must remember is
   * kept in shadows of its own: the device may write anything to the rings without confusing it.
   *
   * The steps of a request: \`add\` makes a chain of descriptors, \`publish\` makes it available, \`notify\`
   * rings the doorbell, \`wait\` (or \`pop\`) takes what the device has used.
   */
  interface VirtQueue {
    /** Number of the queue. */
    readonly index: number;
    /** Entries. */
    readonly size: number;
    /** Guest-physical address of the descriptor table, or of the descriptor ring. */
    readonly desc: number;
    /** Guest-physical address of the available ring, or of the driver's event suppression structure. */
    readonly avail: number;
    /** Guest-physical address of the used ring, or of the device's event suppression structure. */
    readonly used: number;
    /** Bytes that the device wrote into the chain that \`popUsed\` returned last. */
    usedLength: number;
    /** Descriptors that are free. */
    get free(): number;
    /**
     * Where the chain that is offered next goes: an entry of the available ring, or the descriptor of
     * a packed ring at which the device will look.
     */
    get next(): number;
    /** Chains that the device owns: offered, and not taken back yet. */
    get inFlight(): number;
    /**
     * Makes a chain with one descriptor for each piece of memory (VIRTIO 1.4 §2.7.13.1). Returns its
     * head: the number by which the device will return it. The device knows nothing of it before
     * \`publish\`. Throws where too few descriptors are free.
     */
    add(buffers: QueueBuffers): number;
    /** As \`add\`, for a chain that was put together before; -1 where too few descriptors are free. */
    addChain(chain: Chain): number;
    /**
     * The fast way for a buffer of one piece: \`flags\` is 0 for a readable one, \`VIRTQ_DESC_F_WRITE\`
     * for a writable one. Returns the head, -1 where no descriptor is free.
     */
    add1(addr: number, len: number, flags: number): number;
    /**
     * \`add1\` and \`offer\` in one, for drivers with many small requests. Returns the head, -1 where no
     * descriptor is free.
     */
    post1(addr: number, len: number, flags: number): number;
    /**
     * Puts a chain behind those that were offered before it (VIRTIO 1.4 §2.7.13.2). The device does
     * not see it before \`publish\`. Throws where no chain begins there.
     */
    offer(head: number): void;
    /**
     * Makes every chain that was offered available (VIRTIO 1.4 §2.7.13.3). With \`head\`, offers that
     * chain first.
     */
    publish(head?: number): void;
    /**
     * Rings the doorbell, unless the device has said that it needs none
     * (VIRTIO 1.4 §2.7.13.4). Returns whether it rang.
     */
    notify(): boolean;
    /**
     * Takes back the next chain that the device has used: its head, and its length in
     * \`usedLength\`; -1 where there is none (VIRTIO 1.4 §2.7.14). Throws \`DeviceError\` where the
     * device returned what it cannot.
     */
    popUsed(): number;
    /** Takes back the next used chain, if there is one. */
    pop(): UsedBuffer | undefined;
    /**
     * Takes back the next used chain; sleeps until the device interrupts where there is none yet.
     * Pending interrupts are acknowledged first, as an interrupt handler would.
     */
    wait(): UsedBuffer;
    /** Tells the device that it need not (true) or shall (false) interrupt when it uses a chain. */
    suppressInterrupts(suppress: boolean): void;
    /**
     * Writes descriptor \`index\` as it stands, right or wrong; it is yours from now on, \`add\` will
     * not use it. \`publish\` it when it is the head of a chain.
     */
    setDescriptor(index: number, descriptor: Descriptor): void;
    /**
     * Takes the queue from the device (VIRTIO 1.4 §2.6.1) and returns the heads of the chains that
     * it had: their memory is the driver's again. This object is of no more use; the transport's
     * \`queue\` sets the queue up anew.
     */
    reset(): number[];
  }
  /**
   * A virtio device as its driver reaches it: the same steps on every bus (VIRTIO 1.4 §3.1.1).
   * Each access is one that the device sees.
   */
  interface VirtioTransport {
    /** Virtio device ID: 2 is a block device (VIRTIO 1.4 §5). */
    readonly deviceId: number;
    /** Interrupt inputs that the device raises; none where it has no way to interrupt. */
    readonly interruptInputs: readonly number[];
    /** The interrupt input that the device raises first of all, or -1 where it has none. */
    get interruptInput(): number;
    /**
     * Whether this is the interface from before VIRTIO 1: without FEATURES_OK, and rings in one
     * piece (VIRTIO 1.4 §1.3.1).
     */
    get legacy(): boolean;
    /** Memory for a driver's buffers, which hold numbers in the device's byte order. */
    get dma(): DmaAllocator;
    /** Device status field, as bits \`ACKNOWLEDGE\`, \`DRIVER\`, … (VIRTIO 1.4 §2.1). Read from the device each time. */
    get status(): number;
    set status(value: number);
    /** Count of queues that the device has. */
    get queueCount(): number;
    /** Reads 1, 2 or 4 bytes of the device's own configuration (VIRTIO 1.4 §2.5). */
    readConfig(offset: number, size: AccessSize): number;
    /** Writes 1, 2 or 4 bytes of the device's own configuration. */
    writeConfig(offset: number, size: AccessSize, value: number): void;
    /** Changes whenever the configuration may have changed (VIRTIO 1.4 §2.5.1); 0 for ever on a legacy device. */
    get configGeneration(): number;
    /**
     * Rings the doorbell of queue \`index\`, whatever the device says it needs. \`next\` goes along with
     * VIRTIO_F_NOTIFICATION_DATA (VIRTIO 1.4 §2.9).
     */
    notify(index: number, next?: number): void;
    /** Resets the device, and waits until it has: all queues and features are forgotten. */
    reset(): void;
    /** The features that the device offers (VIRTIO 1.4 §2.2). */
    deviceFeatures(): FeatureSet;
    /**
     * Tells the device which features the driver accepts. They hold once \`FEATURES_OK\` is set and
     * has been read back.
     */
    acceptFeatures(features: FeatureSet | readonly number[]): FeatureSet;
    /**
     * The whole negotiation: takes the wanted features that are offered, sets \`FEATURES_OK\` and
     * reads it back. Returns what was agreed on. Throws where the device refuses, or is no legacy device
     * and cannot do \`VIRTIO_F_VERSION_1\`.
     */
    negotiate(wanted: readonly number[]): FeatureSet;
    /**
     * Sets queue \`index\` up, in the ring format that was agreed on: allocates its rings, tells the
     * device where they are and enables it (VIRTIO 1.4 §4.1.5.1.3). Throws where the device has no
     * such queue or allows no such size.
     */
    queue(index: number, options?: QueueOptions): VirtQueue;
    /** Calls \`listener\` whenever the device has said that its configuration changed (VIRTIO 1.4 §2.5). */
    onConfigChange(listener: () => void): void;
    /** Reads one field of the device's configuration whole, even one that takes two accesses. */
    config({ offset, width }: Pick<Register, 'offset' | 'width'>): number;
    /**
     * What \`read\` makes of several accesses to the configuration, while it did not change in between:
     * by its generation (VIRTIO 1.4 §2.5.3), or on a legacy device by reading twice (VIRTIO 1.4 §2.5.4).
     */
    stableConfig<T>(read: () => T): T;
    /** Acknowledges an interrupt of the device that is pending, if any. Throws \`DeviceError\` where it gave up. */
    pollInterrupt(): void;
    /** Sleeps until the device interrupts, and acknowledges it. Throws \`DeviceError\` where it gave up. */
    waitForInterrupt(): void;
  }
  /** One request under way: 16 bytes of header, the data, one byte of status (VIRTIO 1.4 §5.2.6). */
  interface BlkRequest {
    /** \`VIRTIO_BLK_T_IN\`, \`VIRTIO_BLK_T_OUT\`, … */
    readonly type: number;
    /** First sector. */
    readonly sector: number;
    /** Whether the device has answered. */
    get done(): boolean;
    /** What was read; empty for other requests. Throws \`BlkError\` where the device failed. */
    get bytes(): Uint8Array;
    toString(): string;
  }
  /** Where a function sits: bus 0 to 255, slot 0 to 31, function 0 to 7. */
  interface PciAddress {
    readonly bus: number;
    readonly slot: number;
    readonly fn: number;
  }
  /** Width of a bus access, in bytes. */
  type AccessSize = 1 | 2 | 4;
  /** One entry of a function's capability list (PCI 3.0 §6.7). */
  interface PciCapability {
    /** Capability ID. */
    readonly id: number;
    /** Offset in configuration space. */
    readonly at: number;
    /** What the ID means. */
    get name(): string;
    toString(): string;
  }
  /** One base address register, placed. */
  interface PciBar {
    /** Number of the register, 0 to 5; a 64-bit BAR takes the next one too. */
    readonly index: number;
    readonly space: BusSpace;
    /** First address or port. */
    readonly addr: number;
    /** Bytes, a power of two. */
    readonly size: number;
    /** Whether it holds a 64-bit address. */
    readonly is64: boolean;
  }
  /** Ways in which a machine can have virtio devices. */
  type VirtioBusKind = 'pci' | 'mmio' | 'ccw' | 's390';
  /** One place that was looked at in search of devices. */
  interface DiscoveryStep {
    /** A function, a window of registers, a subchannel, a descriptor. */
    readonly place: string;
    /** What the guest asked there, and what it was answered. */
    readonly finding: string;
    /** The device, where that was one of virtio. */
    readonly device?: VirtioCandidate;
  }
  /** What both interfaces of a virtio PCI function have in common: the function, and its interrupts. */
  interface VirtioPciTransport extends VirtioTransport {
    /** The PCI function. */
    readonly function: PciFunction;
    /** Whether interrupts come as messages (MSI-X). */
    get usesMessages(): boolean;
  }
  /** Name of a register of the common configuration structure. */
  type CommonRegister = "num_queues" | "device_feature_select" | "device_feature" | "driver_feature_select" | "driver_feature" | "config_msix_vector" | "device_status" | "config_generation" | "queue_select" | "queue_size" | "queue_msix_vector" | "queue_enable" | "queue_notify_off" | "queue_desc_lo" | "queue_desc_hi" | "queue_driver_lo" | "queue_driver_hi" | "queue_device_lo" | "queue_device_hi" | "queue_notif_config_data" | "queue_reset";
  /** How the device tells of used buffers: classic indicators, or those of adapter interruptions. */
  type IndicatorKind = 'classic' | 'adapter';
  /** A set of feature bits, 0 to 63 (VIRTIO 1.4 §2.2). Never changes. */
  interface FeatureSet {
    /** Bits 0 to 31. */
    readonly lo: number;
    /** Bits 32 to 63. */
    readonly hi: number;
    /** Whether the set has feature \`bit\`. */
    has(bit: number): boolean;
    /** The features that are in both sets. */
    and(other: FeatureSet): FeatureSet;
    /** The features of this set that are not in \`other\`. */
    without(other: FeatureSet): FeatureSet;
    /** Bit numbers, ascending. */
    get bits(): number[];
    /** Names of the features, ascending by bit; \`bit 40\` where a bit has none. */
    get names(): string[];
    toString(): string;
  }
  /** Memory that one request needs. */
  interface QueueBuffers {
    /** What the device reads, in order. */
    readonly readable?: readonly MemoryRange[];
    /** What the device writes, in order, after what it reads. */
    readonly writable?: readonly MemoryRange[];
    /**
     * Puts the descriptors into a table of their own, so that the ring needs but one of them
     * (VIRTIO 1.4 §2.7.5.3). The table is freed when the device has used the chain.
     */
    readonly indirect?: boolean;
  }
  /** A chain that the device has returned. */
  interface UsedBuffer {
    /** What \`add\` returned for the chain, or the head that was published. */
    readonly head: number;
    /** Bytes that the device wrote. */
    readonly length: number;
  }
  /** The fields of a descriptor (VIRTIO 1.4 §2.7.5, VIRTIO 1.4 §2.8.13). */
  interface Descriptor {
    /** Guest-physical address. */
    readonly addr: number;
    /** Bytes. */
    readonly len: number;
    /** \`VIRTQ_DESC_F_NEXT\`, \`VIRTQ_DESC_F_WRITE\`; 0 where left out. */
    readonly flags?: number;
    /** Split ring: the descriptor that continues the chain, with NEXT. */
    readonly next?: number;
    /** Packed ring: the buffer's ID; the descriptor's own number where left out. */
    readonly id?: number;
  }
  /** How a queue is to be set up. */
  interface QueueOptions {
    /**
     * Entries, a power of two unless the queue is packed; the most that the device allows where left
     * out. Many a legacy device does not let the driver choose.
     */
    readonly size?: number;
  }
  /** Address spaces that a guest instruction can reach. */
  type BusSpace = "memory" | "io";
}
`;
