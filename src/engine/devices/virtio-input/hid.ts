import {
  type InputEvent,
  type InputHandler,
  type InputKind,
  inputOf,
} from '../../backends/input.ts';
import { KEY_CODES } from '../../backends/key-codes.ts';
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

/** Linux codes of the buttons, by QEMU's name; the wheel's are gears. */
const BUTTONS: Readonly<Record<string, number>> = {
  left: 0x110,
  right: 0x111,
  middle: 0x112,
  side: 0x113,
  extra: 0x114,
  'wheel-down': 0x150,
  'wheel-up': 0x151,
};
const BUTTON_CODES = Object.values(BUTTONS);
/** What a turn of the wheel moves its axis by. */
const WHEEL: Readonly<Record<string, number>> = { 'wheel-up': 1, 'wheel-down': -1 };
/** Num, caps and scroll lock. */
const LEDS = [0, 1, 2];

const ids = (product: number, version: number) =>
  idReport(BUS_VIRTUAL, VENDOR_QEMU, product, version);

/** A keyboard or pointer that the person at the host moves. */
abstract class HumanInput extends VirtioInput implements InputHandler {
  abstract readonly kinds: readonly InputKind[];

  protected override activeChanged(active: boolean): void {
    const router = inputOf(this.context);
    if (active) router.activate(this);
    else router.deactivate(this);
  }

  event(event: InputEvent): void {
    switch (event.kind) {
      case 'key': {
        const code = KEY_CODES.get(event.key);
        if (code !== undefined) this.add(EV.KEY, code, event.down ? 1 : 0);
        return;
      }
      case 'btn': {
        const turn = this.values['wheel-axis'] && event.down ? WHEEL[event.button] : undefined;
        const code = BUTTONS[event.button];
        if (turn !== undefined) this.add(EV.REL, REL.WHEEL, turn);
        else if (code !== undefined) this.add(EV.KEY, code, event.down ? 1 : 0);
        return;
      }
      case 'rel':
        this.add(EV.REL, event.axis === 'x' ? REL.X : REL.Y, event.value);
        return;
      case 'abs':
        this.add(EV.ABS, event.axis === 'x' ? ABS.X : ABS.Y, event.value);
    }
  }

  sync(): void {
    this.sendReport();
  }
}

class Keyboard extends HumanInput {
  readonly kinds = ['key'] as const;

  protected override describe(): readonly InputReport[] {
    return [
      nameReport('QEMU Virtio Keyboard'),
      ids(PRODUCT.keyboard, 1),
      bitsReport(EV.KEY, KEY_CODES.values()),
      bitsReport(EV.REP, []),
      bitsReport(EV.LED, LEDS),
    ];
  }
}

class Mouse extends HumanInput {
  readonly kinds = ['btn', 'rel'] as const;

  protected override describe(): readonly InputReport[] {
    return [
      nameReport('QEMU Virtio Mouse'),
      ids(PRODUCT.mouse, 2),
      bitsReport(EV.KEY, BUTTON_CODES),
      bitsReport(EV.REL, [REL.X, REL.Y, REL.WHEEL]),
    ];
  }
}

class Tablet extends HumanInput {
  readonly kinds = ['btn', 'abs'] as const;

  protected override describe(): readonly InputReport[] {
    return [
      nameReport('QEMU Virtio Tablet'),
      ids(PRODUCT.tablet, 2),
      bitsReport(EV.KEY, BUTTON_CODES),
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
