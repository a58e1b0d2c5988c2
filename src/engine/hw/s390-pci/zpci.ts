import type { MemoryRegion } from '../../../memory/memory-region.ts';
import { Device } from '../../qdev/device.ts';
import { bool, custom, u16, u32 } from '../../qom/property.ts';
import type { PciDevice } from '../pci/pci-device.ts';

/** Most numbers that a guest and the machine can call functions by. */
const MAX_UID = 0xffff;
const MAX_FID = 0xffff_ffff;

const fidNumber = u32(0);

/** Function number; undefined where the machine is to choose. */
const fid = custom<number | undefined>({
  type: 'zpci_fid',
  default: undefined,
  parse: (text, context) => fidNumber.parse(text, context),
  print: (value) => fidNumber.print(value ?? 0),
  toJson: (value) => value ?? 0,
});

/** Id of the function; undefined where none is set, which is not the same as an empty one. */
const target = custom<string | undefined>({
  type: 'str',
  default: undefined,
  parse: (text) => text,
  print: (value) => `"${value ?? ''}"`,
  toJson: (value) => value ?? '',
});

/** Properties of zpci, in QEMU's order. */
export const ZPCI_PROPERTIES = {
  uid: u16(0),
  fid,
  target,
  interpret: bool(true),
  'forwarding-assist': bool(true),
} as const;

/** What s390x knows about one PCI function beside what every machine knows: the two numbers a guest finds it by. */
export class ZpciDevice extends Device<typeof ZPCI_PROPERTIES> {
  /** The function that it stands for; set when that is plugged in. */
  func: PciDevice | undefined;
  /** Where the function's message interrupts go; there as long as `func`. */
  notify: MemoryRegion | undefined;
  /** The guest was asked to let go of the function. */
  asked = false;

  override realize(): void {
    const others = (this.parentBus?.devices ?? []).filter(
      (device): device is ZpciDevice => device instanceof ZpciDevice && device.realized,
    );
    const { uid, target } = this.props;
    if (target === undefined) this.fail('target must be defined');
    if (others.some((other) => other.props.target === target))
      this.fail(`target ${target} already has an associated zpci device`);
    const uids = new Set(others.map((other) => other.props.uid));
    if (uid === 0)
      this.values.uid = free(uids, 1, MAX_UID) ?? this.fail('no free uid could be found');
    else if (uids.has(uid)) this.fail(`uid ${uid} already in use`);
    const fids = new Set(others.map((other) => other.props.fid ?? 0));
    if (this.props.fid === undefined)
      this.values.fid = free(fids, 0, MAX_FID) ?? this.fail('no free fid could be found');
    else if (fids.has(this.props.fid)) this.fail(`fid ${this.props.fid} already in use`);
  }
}

/** The first number that is not taken, or undefined where there is none. */
function free(taken: ReadonlySet<number>, first: number, last: number): number | undefined {
  for (let number = first; number <= last; number++) if (!taken.has(number)) return number;
  return undefined;
}
