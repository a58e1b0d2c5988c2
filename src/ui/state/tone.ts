import { INTERRUPT, type JournalEvent } from '../../journal/schema.ts';
import { KVM_S390_VIRTIO } from '../../spec/kvm-virtio.ts';
import { NOTIFY_OFFSET, REGION_INDEX } from '../../spec/region-names.ts';
import { DIAG500_VIRTIO_CCW_NOTIFY } from '../../spec/virtio-ccw.ts';

/** The hue of an event, the same in every panel: see `styles/tokens.css`. */
export type Tone = 'driver' | 'device' | 'notify' | 'interrupt' | 'violation' | 'exit' | 'quiet';

/** The one hue of an event. Words and marks always say the same. */
export function toneOf(event: JournalEvent | undefined): Tone {
  switch (event?.kind) {
    case undefined:
    case 'scriptLine':
    case 'script':
    case 'plug':
    case 'dropped':
    case 'gap':
    case 'queueState':
    case 'unsent':
    case 'input':
    case 'register':
      return 'quiet';
    case 'violation':
      return 'violation';
    case 'notification':
      return event.sent ? 'notify' : 'quiet';
    case 'interrupt':
      return event.step === INTERRUPT.suppressed || event.step === INTERRUPT.masked
        ? 'quiet'
        : 'interrupt';
    case 'regRead':
    case 'regWrite':
      return isDoorbell(event) ? 'notify' : 'exit';
    case 'channel':
      return 'exit';
    case 'hypercall':
      return isNotifyingCall(event.subcode) ? 'notify' : 'exit';
    case 'log':
      return event.actor === 'driver' ? 'driver' : 'device';
    case 'vcpuWait':
      return event.step === 0 ? 'quiet' : 'interrupt';
    case 'status':
    case 'features':
    case 'queueConfig':
    case 'configChange':
    case 'reset':
    case 'chainPopped':
    case 'chainPushed':
    case 'backendRequest':
    case 'backendCompletion':
    case 'ccw':
    case 'channelStatus':
      return 'device';
    case 'memWrite':
    case 'dataWrite':
      if (event.actor === 'recorder') return 'quiet';
      return event.actor === 'driver' ? 'driver' : 'device';
  }
}

/** Whether a DIAGNOSE 500 notifies a device, of either machine of s390, rather than resets it or tells its status. */
export function isNotifyingCall(subcode: number): boolean {
  return subcode === DIAG500_VIRTIO_CCW_NOTIFY || subcode === KVM_S390_VIRTIO.NOTIFY;
}

/** Whether a register access is the driver's doorbell. */
export function isDoorbell(event: JournalEvent): boolean {
  if (event.kind !== 'regWrite') return false;
  return event.region === NOTIFY || NOTIFY_OFFSET.get(event.region) === event.offset;
}

/** Every register of it is a doorbell; in the others it is one of many. */
const NOTIFY = REGION_INDEX['virtio-pci-notify'];
