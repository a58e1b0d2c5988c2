/** What WebAssembly counts memory in, in bytes. */
const PAGE = 65536;
/** Pages of a memory with 32-bit addresses. */
const MAX_PAGES = 65536;

/**
 * The buffer of a shared WebAssembly memory of at least `bytes` bytes, zeroed, so that a driver
 * compiled to WebAssembly can be given the very same memory. Throws RangeError where that much
 * cannot be had.
 */
export function wasmMemory(bytes: number): SharedArrayBuffer {
  const pages = Math.ceil(bytes / PAGE);
  if (!(pages <= MAX_PAGES)) throw new RangeError(`${bytes} bytes of RAM are more than 4 GiB`);
  const { buffer } = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  // The type of `buffer` does not know about `shared`.
  return buffer as unknown as SharedArrayBuffer;
}
