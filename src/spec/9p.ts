/** Bytes of a message's size, type and tag. */
export const P9_HEADER = 7;
/** Smallest message size that a client may ask for, and what a message has besides the data that it carries. */
export const P9_MIN_MESSAGE = 4096;
export const P9_IO_HEADER = 24;
/** Most names of a walk. */
export const P9_MAX_WALK = 16;
/** The dialect that the server speaks: Linux's. */
export const P9_VERSION = '9P2000.L';

/** Types of requests; a response's is one more. */
export const P9 = {
  RLERROR: 7,
  TSTATFS: 8,
  TLOPEN: 12,
  TLCREATE: 14,
  TSYMLINK: 16,
  TRENAME: 20,
  TREADLINK: 22,
  TGETATTR: 24,
  TSETATTR: 26,
  TREADDIR: 40,
  TFSYNC: 50,
  TLINK: 70,
  TMKDIR: 72,
  TRENAMEAT: 74,
  TUNLINKAT: 76,
  TVERSION: 100,
  TATTACH: 104,
  TFLUSH: 108,
  TWALK: 110,
  TREAD: 116,
  TWRITE: 118,
  TCLUNK: 120,
  TREMOVE: 122,
} as const;

/** Kinds of files in a QID. */
export const P9_QID = { directory: 0x80, symlink: 0x02, file: 0x00 } as const;
/** Bytes of a QID: kind, version and path. */
export const P9_QID_BYTES = 13;
/** Attributes that an answer to GETATTR holds, and those that SETATTR may change. */
export const P9_ATTRIBUTES = 0x7ff;
export const P9_SET = { mode: 1, size: 8 } as const;
/** Flag of UNLINKAT: a directory goes. */
export const P9_REMOVE_DIRECTORY = 0x200;
/** Flags of LOPEN that change the file: WRONLY, RDWR, TRUNC and APPEND. */
export const P9_WRITES = 0x3 | 0x200 | 0x400;
export const P9_TRUNCATE = 0x200;
