/**
 * What a guest is told about its machine before it looks for devices. A real one is told by a device
 * tree (Arm, RISC-V), by ACPI tables (MCFG, _CRS, _PRT) or the words `virtio_mmio.device=` on its
 * command line (microvm), by SCLP (s390), or is built to know it (a PC's ports). The board fills it in.
 */
export interface Platform {
  /** The PCI host bridge; absent where there is none. */
  readonly pci?: PciPlatform;
  /** Register windows in which a virtio device may sit, in the order in which a guest is told of them. */
  readonly virtioMmio: readonly MmioSlot[];
  /** Where devices send messages that interrupt; absent where nothing takes any. */
  readonly messages?: MessagePlatform;
  /** Whether the CPUs have channel instructions, and there is a channel subsystem behind them. */
  readonly channelIo?: boolean;
  /** The page above the guest's own memory in which s390-virtio describes its devices; absent elsewhere. */
  readonly devicePage?: number;
  /** Whether the CPUs are big-endian, which devices without VIRTIO 1 follow. */
  readonly bigEndian?: boolean;
}

/** A range of addresses, in bytes. */
export interface AddressWindow {
  readonly base: number;
  readonly size: number;
}

/** One window of virtio-mmio registers. */
export interface MmioSlot extends AddressWindow {
  /** Interrupt input that it raises. */
  readonly input: number;
}

/** A PCI host bridge as a guest knows it. */
export interface PciPlatform {
  /** Window in which all configuration space lies (ECAM); absent: behind ports 0xcf8 and 0xcfc. */
  readonly ecam?: AddressWindow;
  /** Addresses below 4 GiB for BARs. */
  readonly memory: AddressWindow;
  /** I/O ports for BARs; absent where the CPUs reach none. */
  readonly ports?: AddressWindow;
  /** Guest-physical address of port 0; absent where ports have instructions of their own. */
  readonly portsAt?: number;
  /** How the four wires of the root bus reach interrupt inputs. */
  readonly routing: PciRouting;
}

/**
 * Ways from a root bus's interrupt wires to inputs: through the router of a PIIX3, which the guest
 * programs; by the fixed wiring of an ICH9; or one input a wire from `first` on.
 */
export type PciRouting = 'piix3' | 'ich9' | { readonly first: number };

/** What turns messages into interrupts: the CPUs' own controllers, or a GICv2m frame at an address. */
export type MessagePlatform = 'apic' | { readonly gicv2m: number };

/** What firmware leaves to PCI on a PC. */
export const PC_PCI: PciPlatform = {
  memory: { base: 0xe000_0000, size: 0x1ec0_0000 },
  ports: { base: 0xc000, size: 0x4000 },
  routing: 'piix3',
};

/** Registers of a GICv2m frame (Arm SBSA, appendix E): which interrupts it raises, and the doorbell that raises them. */
export const GICV2M = { MSI_TYPER: 0x008, MSI_SETSPI_NS: 0x040 } as const;
/** First interrupt number of devices on Arm, interrupt input 0: a CPU's own come before. */
export const GIC_FIRST_SPI = 32;
