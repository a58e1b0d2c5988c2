/**
 * Channel I/O as a program on s390 sees it: instructions, the blocks of storage that they take and
 * give, and what the bits in them mean. Everything is big-endian. Source: z/Architecture Principles
 * of Operation (SA22-7832), chapters 14 to 17, and Common I/O-Device Commands (SA22-7204).
 */

/** Channel I/O instructions, by the number that `Machine.channel` knows them by. */
export const CHANNEL_OP = {
  /** START SUBCHANNEL; the operand is an ORB. */ ssch: 1,
  /** TEST SUBCHANNEL; stores an IRB. */ tsch: 2,
  /** STORE SUBCHANNEL; stores a SCHIB. */ stsch: 3,
  /** MODIFY SUBCHANNEL; the operand is a SCHIB. */ msch: 4,
  /** CLEAR SUBCHANNEL. */ csch: 5,
  /** HALT SUBCHANNEL. */ hsch: 6,
  /** RESUME SUBCHANNEL. */ rsch: 7,
  /** CANCEL SUBCHANNEL. */ xsch: 8,
  /** TEST PENDING INTERRUPTION; stores an I/O interruption code. */ tpi: 9,
  /** CHANNEL SUBSYSTEM CALL; the operand is a page with a command, behind which the response is stored. */ chsc: 10,
} as const;
export type ChannelOp = keyof typeof CHANNEL_OP;
/** Instructions by number; the unused ones are undefined. */
export const CHANNEL_OPS: readonly (ChannelOp | undefined)[] = [
  undefined,
  ...(Object.keys(CHANNEL_OP) as ChannelOp[]),
];

/** Program interruption codes: an instruction that ends with one answers its negative. */
export const PROGRAM_INTERRUPTION = {
  addressing: 0x05,
  specification: 0x06,
  operand: 0x15,
} as const;

/** Bits of the subsystem-identification word in general register 1. */
export const SCHID = {
  /** Number of the channel subsystem image, 8 bits; means something with `m` only. */ cssidShift: 24,
  /** The image is named. */ m: 1 << 19,
  /** Number of the subchannel set, 2 bits. */ ssidShift: 17,
  /** Always there in a valid word. */ one: 1 << 16,
  /** Bits that must be zero. */ reserved: 0x00f0_0000,
} as const;

/** Subchannel-information block: the path-management-control word, the subchannel status, measurement. */
export const SCHIB = {
  intparm: { offset: 0, width: 4, doc: 'Interruption parameter; set by the program' },
  flags: { offset: 4, width: 2, doc: 'Interruption subclass, enabled, device number valid' },
  devno: { offset: 6, width: 2, doc: 'Device number' },
  lpm: { offset: 8, width: 1, doc: 'Logical-path mask' },
  pnom: { offset: 9, width: 1, doc: 'Path-not-operational mask' },
  lpum: { offset: 10, width: 1, doc: 'Last-path-used mask' },
  pim: { offset: 11, width: 1, doc: 'Path-installed mask' },
  mbi: { offset: 12, width: 2, doc: 'Measurement-block index' },
  pom: { offset: 14, width: 1, doc: 'Path-operational mask' },
  pam: { offset: 15, width: 1, doc: 'Path-available mask' },
  chpid: { offset: 16, width: 1, doc: 'Channel-path identifier of the first of eight paths' },
  chars: { offset: 24, width: 4, doc: 'Concurrent sense, measurement' },
  scsw: { offset: 28, width: 4, doc: 'Subchannel-status word, 12 bytes' },
  mba: { offset: 40, width: 8, doc: 'Measurement-block address' },
} as const;
/** Bytes of a SCHIB. */
export const SCHIB_BYTES = 52;

/** Bits of `SCHIB.flags`. */
export const PMCW = {
  /** Interruption subclass, three bits. */ isc: 0x3800,
  iscShift: 11,
  /** The subchannel is enabled. */ ena: 0x0080,
  /** Limit mode. */ lm: 0x0060,
  /** Measurement mode. */ mme: 0x0018,
  /** Multipath mode. */ mp: 0x0004,
  /** Timing facility. */ tf: 0x0002,
  /** The device number is valid. */ dnv: 0x0001,
  /** Bits that must be zero. */ reserved: 0xc300,
} as const;

/** Bits of `SCHIB.chars`. */
export const PMCW_CHARS = {
  /** Format of the measurement block. */ mbfc: 0x4,
  /** Extended measurement words. */ xmwme: 0x2,
  /** Concurrent sense: sense data come with the status. */ csense: 0x1,
  /** Bits that must be zero. */ reserved: 0xff1f_fff8,
} as const;

/** Operation-request block of START SUBCHANNEL. */
export const ORB = {
  intparm: { offset: 0, width: 4, doc: 'Interruption parameter' },
  ctrl0: { offset: 4, width: 2, doc: 'Key, suspend, format of the CCWs, format of the IDAWs' },
  lpm: { offset: 6, width: 1, doc: 'Logical-path mask' },
  ctrl1: { offset: 7, width: 1, doc: 'Incorrect-length suppression, modified IDAWs' },
  cpa: { offset: 8, width: 4, doc: 'Address of the channel program' },
} as const;
/** Bytes of an ORB. */
export const ORB_BYTES = 32;

/** Bits of `ORB.ctrl0` and `ORB.ctrl1`. */
export const ORB_BITS = {
  /** The program may be suspended. */ suspend: 0x0800,
  /** CCWs are of format 1. */ format1: 0x0080,
  /** IDAWs have 64 bits. */ ida64: 0x0002,
  /** 64-bit IDAWs are of 2 KiB blocks. */ ida2k: 0x0001,
  reserved0: 0x0004,
  /** Modified IDAWs, which the machine does not have. */ midaw: 0x40,
  reserved1: 0x3e,
} as const;

/** Channel-command word of format 1. Format 0 has the command, 24 bits of address, flags, and the count. */
export const CCW = {
  command: { offset: 0, width: 1, doc: 'Command' },
  flags: { offset: 1, width: 1, doc: 'Chaining, length checks, skip, suspend' },
  count: { offset: 2, width: 2, doc: 'Bytes of the data' },
  cda: { offset: 4, width: 4, doc: 'Address of the data, or of IDAWs' },
} as const;
/** Bytes of a CCW. */
export const CCW_BYTES = 8;

/** Flags of a CCW. */
export const CCW_FLAG = {
  /** Chain data. */ CD: 0x80,
  /** Chain command. */ CC: 0x40,
  /** Suppress length indication. */ SLI: 0x20,
  /** Skip: store nothing. */ SKIP: 0x10,
  /** Program-controlled interruption. */ PCI: 0x08,
  /** The address is that of a list of IDAWs. */ IDA: 0x04,
  /** Suspend before this command. */ SUSPEND: 0x02,
  /** Modified IDAWs. */ MIDA: 0x01,
} as const;

/** Commands that every device of the virtual channel subsystem knows (VIRTIO 1.4 §4.3.1). */
export const CCW_CMD = { NOOP: 0x03, BASIC_SENSE: 0x04, TIC: 0x08, SENSE_ID: 0xe4 } as const;

/** Answer of SENSE ID. */
export const SENSE_ID = {
  reserved: { offset: 0, width: 1, doc: '0xff' },
  cuType: { offset: 1, width: 2, doc: 'Type of the control unit' },
  cuModel: { offset: 3, width: 1, doc: 'Model of the control unit' },
  devType: { offset: 4, width: 2, doc: 'Type of the device' },
  devModel: { offset: 6, width: 1, doc: 'Model of the device' },
} as const;
/** Most bytes that SENSE ID stores. */
export const SENSE_ID_BYTES = 256;
/** Bytes of sense data. */
export const SENSE_BYTES = 32;
/** First byte of sense data: why a unit check was presented. */
export const SENSE = { commandReject: 0x80, interventionRequired: 0x40 } as const;

/** Subchannel-status word, as it stands in a SCHIB and at the start of an IRB. */
export const SCSW = {
  flags: { offset: 0, width: 2, doc: 'Key, deferred condition code, format of the CCWs' },
  ctrl: { offset: 2, width: 2, doc: 'Functions, activity, status' },
  cpa: { offset: 4, width: 4, doc: 'Address behind the last CCW that was used' },
  dstat: { offset: 8, width: 1, doc: 'Device status' },
  cstat: { offset: 9, width: 1, doc: 'Subchannel status' },
  count: { offset: 10, width: 2, doc: 'Residual count' },
} as const;

/** Bits of `SCSW.flags`. */
export const SCSW_FLAG = {
  /** Extended-status-word format. */ eswf: 0x0400,
  /** Deferred condition code, two bits. */ cc: 0x0300,
  /** CCWs were of format 1. */ format1: 0x0080,
  /** Extended control: the ECW has something. */ ectl: 0x0002,
  /** Path not operational. */ pno: 0x0001,
} as const;

/** Bits of `SCSW.ctrl`: functions (FC), activity (AC) and status (SC). */
export const SCSW_CTRL = {
  functions: 0x7000,
  start: 0x4000,
  halt: 0x2000,
  clear: 0x1000,
  resumePending: 0x0800,
  startPending: 0x0400,
  haltPending: 0x0200,
  clearPending: 0x0100,
  subchannelActive: 0x0080,
  deviceActive: 0x0040,
  suspended: 0x0020,
  status: 0x001f,
  alert: 0x0010,
  intermediate: 0x0008,
  primary: 0x0004,
  secondary: 0x0002,
  pending: 0x0001,
} as const;

/** Bits of the device status. */
export const DSTAT = {
  attention: 0x80,
  statusModifier: 0x40,
  controlUnitEnd: 0x20,
  busy: 0x10,
  channelEnd: 0x08,
  deviceEnd: 0x04,
  unitCheck: 0x02,
  unitException: 0x01,
} as const;

/** Bits of the subchannel status. */
export const CSTAT = {
  programControlled: 0x80,
  incorrectLength: 0x40,
  programCheck: 0x20,
  protectionCheck: 0x10,
  dataCheck: 0x08,
  controlCheck: 0x04,
  interfaceCheck: 0x02,
  chainingCheck: 0x01,
} as const;

/** Interruption-response block: the SCSW, then these. */
export const IRB = {
  esw0: { offset: 12, width: 4, doc: 'Extended status: subchannel logout' },
  erw: { offset: 16, width: 4, doc: 'Extended-report word' },
  ecw: { offset: 32, width: 4, doc: 'Extended control: sense data, 32 bytes' },
} as const;
/** Bytes of an IRB without extended measurement. */
export const IRB_BYTES = 64;

/** Command block of CHANNEL SUBSYSTEM CALL, and the response behind it. */
export const CHSC = {
  length: { offset: 0, width: 2, doc: 'Bytes of the command block' },
  command: { offset: 2, width: 2, doc: 'Command' },
  parameter: { offset: 4, width: 4, doc: 'Format, images, operation' },
  parameter1: { offset: 8, width: 4, doc: 'More of the command' },
  parameter2: { offset: 12, width: 4, doc: 'More of the command' },
} as const;
/** Bytes of a command block, at least; of a response without data; and of the page that both are in. */
export const CHSC_BYTES = { command: 16, response: 8, page: 4096 } as const;

/** Commands of CHANNEL SUBSYSTEM CALL. */
export const CHSC_CMD = {
  /** Store event information. */ SEI: 0x000e,
  /** Store channel-subsystem characteristics. */ SCSC: 0x0010,
  /** Set domain attributes: enables a facility. */ SDA: 0x0031,
} as const;

/** Facilities that SDA enables. */
export const CHSC_FACILITY = {
  /** Images of the channel subsystem other than the default one. */ images: 0x0,
  /** Subchannel sets other than 0. */ sets: 0x2,
} as const;

/** Response codes. */
export const CHSC_RESPONSE = {
  done: 0x0001,
  invalid: 0x0003,
  notProvided: 0x0004,
  nothing: 0x0005,
  format: 0x0007,
} as const;

/** Bits of the interruption-identification word. */
export const INTERRUPTION_WORD = {
  /** An adapter, not a subchannel. */ adapter: 0x8000_0000,
  iscShift: 27,
} as const;

/** Where interruptions store what they are about, real addresses. */
export const LOWCORE = {
  externalParameter: 0x80,
  externalCpu: 0x84,
  externalCode: 0x86,
  subsystemId: 0xb8,
  ioParameter: 0xbc,
  ioWord: 0xc0,
  externalParameter64: 0x11b8,
} as const;

/** Interrupt inputs of an s390 machine: what is pending. */
export const S390_INPUT = { io: 0, external: 1 } as const;
