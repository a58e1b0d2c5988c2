import {
  VIOLATION_INDEX,
  VIOLATIONS,
  type ViolationCode,
  type ViolationInfo,
} from '../../spec/violations.ts';
import type { ViolationMoment } from '../fold/moment.ts';
import { violationText } from '../narration/lifecycle.ts';
import { NONE } from '../schema.ts';
import type { Finding, LinkId } from './chain.ts';
import type { Scene } from './scene.ts';

/** Link that a broken rule is about; those about chains and requests are `descriptors`. */
const LINK_OF: Readonly<Partial<Record<ViolationCode, LinkId>>> = {
  statusBitCleared: 'acknowledged',
  statusAfterFailed: 'acknowledged',
  statusStepMissing: 'acknowledged',
  featureNotOffered: 'features',
  version1NotAccepted: 'features',
  featuresTooLate: 'features',
  featureRequirement: 'features',
  ringOutsideRam: 'queue',
  ringMisaligned: 'queue',
  queueSizeNotPowerOfTwo: 'queue',
  queueSizeTooLarge: 'queue',
  queueEnableNotOne: 'queue',
  queueResetNotNegotiated: 'queue',
  packedAreaOutsideRam: 'queue',
  packedAreaMisaligned: 'queue',
  notifyBeforeDriverOk: 'driverOk',
  busMasterOff: 'reach',
  headOutOfRange: 'available',
  availIndexJump: 'published',
  packedOverrun: 'published',
  packedListIncomplete: 'published',
  notifyNoQueue: 'notified',
  notificationWithoutData: 'notified',
  notificationDataWrong: 'notified',
  availFlags: 'raised',
  packedEventFlags: 'raised',
};

/** Rules whose break leaves the driver waiting, though the device goes on. */
const TELLING: readonly ViolationCode[] = [
  'notifyBeforeDriverOk',
  'busMasterOff',
  'version1NotAccepted',
  'queueEnableNotOne',
];

/** Link that a violation is about. */
export function linkOf(code: number): LinkId {
  const info: ViolationInfo | undefined = VIOLATIONS[code];
  return LINK_OF[(info?.code ?? '') as ViolationCode] ?? 'descriptors';
}

/** What the driver did wrong at a link, and this queue suffers from; undefined where there is nothing. */
export function faultAt(scene: Scene, link: LinkId): Finding | undefined {
  const { stopped, queue, name } = scene;
  const blamed = (one: ViolationMoment) => one.queue === queue || one.queue === NONE;
  if (stopped && blamed(stopped) && linkOf(stopped.code) === link)
    return told(scene, stopped, `${name} stopped over it and works again after a reset only.`);
  // What took DRIVER_OK away is told where it did: notifications that follow are no mistake of their own.
  const off = scene.violations.some(({ code }) => code === VIOLATION_INDEX.busMasterOff);
  if (off && link === 'driverOk') return undefined;
  const found = scene.violations.findLast(
    (one) =>
      linkOf(one.code) === link &&
      blamed(one) &&
      TELLING.includes((VIOLATIONS[one.code]?.code ?? '') as ViolationCode),
  );
  return found && told(scene, found, '');
}

/** What the driver did wrong at a link, and the device went on all the same. */
export function flawAt(scene: Scene, link: LinkId, seen: Finding): Finding {
  if (seen.state === 'broken' || seen.state === 'flawed') return seen;
  const { queue } = scene;
  const found = scene.violations.findLast(
    (one) => linkOf(one.code) === link && (one.queue === queue || one.queue === NONE),
  );
  if (!found || found === scene.stopped) return seen;
  const { text, section, event } = told(scene, found, '');
  return { state: 'flawed', text: text, section, event };
}

function told(scene: Scene, one: ViolationMoment, more: string): Finding {
  const info: ViolationInfo | undefined = VIOLATIONS[one.code];
  return {
    state: 'broken',
    text: [violationText(one, scene.names), more].filter(Boolean).join(' '),
    section: info?.section ?? '2.1.2',
    event: one.event,
    ...(more && { advice: 'Mend what the driver wrote, then reset the device: status 0.' }),
  };
}
