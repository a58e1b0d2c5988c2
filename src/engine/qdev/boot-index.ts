import { i32, type Property } from '../qom/property.ts';

/** Property `bootindex`: the device's place in the boot order, -1 for none. QEMU names no default for it. */
export const BOOT_INDEX: Property<number> = { ...i32(-1), hasDefault: false };
