import { type ByteSource, bytesSource } from '../../engine/backends/byte-source.ts';
import { Machine } from '../../engine/machine/machine.ts';
import { silentJournal } from '../../journal/writer.ts';
import type { Access, Space, Subject, Width } from './access.ts';

/** Words of interrupt inputs. */
const WORDS = 8;

/** `/dev/zero`: it never ends. */
const ZEROS: ByteSource = {
  length: Number.MAX_SAFE_INTEGER,
  read(_position, into) {
    into.fill(0);
    return into.length;
  },
};

/** Our machine of the same command line, in this thread: it has done everything when an access returns. */
export class OurMachine implements Subject {
  readonly #machine: Machine;
  readonly #levels = new Uint32Array(WORDS);
  #moves: string[] = [];

  /** `line`: QEMU's command line; `disk`: the image; every other file is `/dev/zero`. */
  constructor(line: string, disk: Uint8Array) {
    this.#machine = Machine.build(line, {
      journal: silentJournal(),
      allocateRam: (bytes) => new SharedArrayBuffer(bytes),
      openImage: (name) => (name === 'DISK' ? bytesSource(disk) : ZEROS),
      random: (into) => into.fill(0),
    });
    this.#machine.onInterrupt = () => this.#moved();
  }

  session(accesses: readonly Access[]): Promise<readonly string[]> {
    this.#machine.reset();
    this.#moves = [];
    return Promise.resolve(accesses.map((access) => this.#answer(access)));
  }

  #answer(access: Access): string {
    const { ram } = this.#machine;
    switch (access.op) {
      case 'read':
        return this.#read(access.space, access.address, access.width).toString(16);
      case 'write':
        this.#write(access.space, access.address, access.width, access.value);
        return '';
      case 'peek': {
        const at = ram.offsetOf(access.address, access.length);
        return Buffer.from(ram.u8.subarray(at, at + access.length)).toString('hex');
      }
      case 'clear': {
        const at = ram.offsetOf(access.address, access.length);
        ram.u8.fill(0, at, at + access.length);
        return '';
      }
      case 'poke':
        ram.u8.set(access.bytes, ram.offsetOf(access.address, access.bytes.length));
        return '';
      case 'settle':
        return this.#moves.splice(0).join(' ');
    }
  }

  /** No register is wider than four bytes: QEMU makes two accesses of eight. */
  #read(space: Space, address: number, width: Width): bigint {
    if (width !== 8) return BigInt(this.#machine.read(space, address, width));
    const low = BigInt(this.#machine.read(space, address, 4));
    return low + (BigInt(this.#machine.read(space, address + 4, 4)) << 32n);
  }

  #write(space: Space, address: number, width: Width, value: number): void {
    if (width !== 8) {
      this.#machine.write(space, address, width, value);
      return;
    }
    this.#machine.write(space, address, 4, value % 2 ** 32);
    this.#machine.write(space, address + 4, 4, Math.floor(value / 2 ** 32));
  }

  #moved(): void {
    for (let word = 0; word < WORDS; word++) {
      const before = this.#levels[word] ?? 0;
      const now = this.#machine.interruptWord(word);
      for (let n = 0; n < 32; n++)
        if (((now ^ before) >>> n) & 1)
          this.#moves.push(`${(now >>> n) & 1 ? 'raise' : 'lower'} ${32 * word + n}`);
      this.#levels[word] = now;
    }
  }
}
