const MODELS =
  `a64fx arm1026 arm1136 arm1136-r2 arm1176 arm11mpcore arm926 arm946 cortex-a15 cortex-a35
  cortex-a53 cortex-a57 cortex-a7 cortex-a72 cortex-a76 cortex-a8 cortex-a9 cortex-m0 cortex-m3 cortex-m33
  cortex-m4 cortex-m55 cortex-m7 cortex-r5 cortex-r5f max neoverse-n1 pxa250 pxa255 pxa260 pxa261 pxa262
  pxa270-a0 pxa270-a1 pxa270 pxa270-b0 pxa270-b1 pxa270-c0 pxa270-c5 sa1100 sa1110 ti925t`.split(
    /\s+/,
  );

/** Those that the machine `virt` takes. */
const VIRT_MODELS =
  `a64fx cortex-a15 cortex-a35 cortex-a53 cortex-a57 cortex-a7 cortex-a72 cortex-a76 max
  neoverse-n1`.split(/\s+/);

/** Whether `-cpu` takes `name`: one of QEMU's ARM models. */
export function isArmCpuModel(name: string): boolean {
  return MODELS.includes(name);
}

/** Whether the machine `virt` takes a model. */
export function fitsVirt(name: string): boolean {
  return VIRT_MODELS.includes(name);
}

/** Whether a model that `virt` takes has 64-bit registers. */
export function is64Bit(name: string): boolean {
  return name !== 'cortex-a15' && name !== 'cortex-a7';
}
