import type { JournalWriter } from '../../journal/writer.ts';
import type { Connect, SocketAddress } from '../backends/byte-link.ts';
import type { ByteSource } from '../backends/byte-source.ts';
import type { SharedFiles } from '../backends/files.ts';
import type { FileKind } from '../backends/fs.ts';
import type { TypeRegistry } from '../qom/type.ts';

/** All that the engine needs of the program it is embedded in. Injected, so that a run is repeatable. */
export interface Host {
  /** Buffer for guest RAM of `bytes` bytes, zeroed. Throws RangeError where that much cannot be had. */
  allocateRam(bytes: number): SharedArrayBuffer;
  /** The image that `file=` names, or undefined where there is none. */
  openImage(name: string): ByteSource | undefined;
  /** What a name stands for; absent where the host has images and nothing else. */
  fileKind?(name: string): FileKind | undefined;
  /**
   * Why a socket cannot be connected or opened, in QEMU's words; undefined where it can. Absent where the host
   * has no sockets: then nobody is at the other end of any but the monitors'.
   */
  socketFault?(address: SocketAddress): string | undefined;
  /** Opens a connection; absent where the host has no sockets. */
  readonly connect?: Connect;
  /** Ends the program; absent where the machine is no program of its own. */
  quit?(): void;
  /** The files in a directory, for a guest to share; absent where the host has no directories. */
  sharedFiles?(directory: string): SharedFiles;
  /** Fills with random bytes. */
  random(into: Uint8Array): void;
  /** Adds device types of the embedder's own, after QEMU's. */
  registerTypes?(registry: TypeRegistry): void;
  /** Where the machine records. */
  readonly journal: JournalWriter;
}
