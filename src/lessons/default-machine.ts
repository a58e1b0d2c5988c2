/** The machine that a new visitor finds: one disk, `hello.img`. */
export const DEFAULT_COMMAND_LINE =
  '-M pc -m 64 -drive if=none,id=d0,file=hello.img,format=raw -device virtio-blk-pci,id=disk0,drive=d0';
