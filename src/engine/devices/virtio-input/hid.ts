import { bool, str, u32 } from '../../qom/property.ts';
import type { TypeInfo } from '../../qom/type.ts';
import {
  ABS,
  axisReport,
  bitsReport,
  EV,
  type InputReport,
  idReport,
  nameReport,
  REL,
} from './reports.ts';
import { VirtioInput } from './virtio-input.ts';

const HID_PROPERTIES = { display: str(), head: u32(0) } as const;
/** QEMU declares it for pointers; both of its settings describe the wheel in the same words. */
const POINTER_PROPERTIES = { 'wheel-axis': bool(true) } as const;

/** Bus type "virtual", and QEMU's vendor number. */
const BUS_VIRTUAL = 0x06;
const VENDOR_QEMU = 0x0627;
const PRODUCT = { keyboard: 1, mouse: 2, tablet: 3 } as const;
/** Largest coordinate of a tablet. */
const AXIS_MAX = 0x7fff;

/** Linux codes of the keys that QEMU knows, first and last of each run. */
const KEYS: readonly (readonly [first: number, last: number])[] = [
  [1, 83],
  [86, 89],
  [91, 94],
  [96, 111],
  [113, 117],
  [119, 119],
  [121, 140],
  [142, 143],
  [155, 159],
  [163, 166],
  [172, 173],
  [226, 226],
];
/** Linux codes of the buttons: left, right, middle, side, extra, and the wheel as gears. */
const BUTTONS = [0x110, 0x111, 0x112, 0x113, 0x114, 0x150, 0x151];
/** Num, caps and scroll lock. */
const LEDS = [0, 1, 2];

function* keyCodes(): Iterable<number> {
  for (const [first, last] of KEYS) for (let code = first; code <= last; code++) yield code;
}

const ids = (product: number, version: number) =>
  idReport(BUS_VIRTUAL, VENDOR_QEMU, product, version);

class Keyboard extends VirtioInput {
  protected override describe(): readonly InputReport[] {
    return [
      nameReport('QEMU Virtio Keyboard'),
      ids(PRODUCT.keyboard, 1),
      bitsReport(EV.KEY, keyCodes()),
      bitsReport(EV.REP, []),
      bitsReport(EV.LED, LEDS),
    ];
  }
}

class Mouse extends VirtioInput {
  protected override describe(): readonly InputReport[] {
    return [
      nameReport('QEMU Virtio Mouse'),
      ids(PRODUCT.mouse, 2),
      bitsReport(EV.KEY, BUTTONS),
      bitsReport(EV.REL, [REL.X, REL.Y, REL.WHEEL]),
    ];
  }
}

class Tablet extends VirtioInput {
  protected override describe(): readonly InputReport[] {
    return [
      nameReport('QEMU Virtio Tablet'),
      ids(PRODUCT.tablet, 2),
      bitsReport(EV.KEY, BUTTONS),
      bitsReport(EV.REL, [REL.WHEEL]),
      bitsReport(EV.ABS, [ABS.X, ABS.Y]),
      axisReport(ABS.X, 0, AXIS_MAX),
      axisReport(ABS.Y, 0, AXIS_MAX),
    ];
  }
}

/** The types of keyboards and pointers, parents first. */
export const VIRTIO_HID_TYPES: readonly TypeInfo[] = [
  {
    name: 'virtio-input-hid-device',
    parent: 'virtio-input-device',
    abstract: true,
    properties: HID_PROPERTIES,
  },
  {
    name: 'virtio-keyboard-device',
    parent: 'virtio-input-hid-device',
    create: (init) => new Keyboard(init),
  },
  {
    name: 'virtio-mouse-device',
    parent: 'virtio-input-hid-device',
    properties: POINTER_PROPERTIES,
    create: (init) => new Mouse(init),
  },
  {
    name: 'virtio-tablet-device',
    parent: 'virtio-input-hid-device',
    properties: POINTER_PROPERTIES,
    create: (init) => new Tablet(init),
  },
];
