import { bitsOf, featureBit } from '../../spec/constants.ts';
import { type FeatureEffect, featureEffect } from '../../spec/feature-effects.ts';
import { FEATURE_REQUIREMENTS } from '../../spec/feature-requirements.ts';
import { STATUS, VIRTIO_F } from '../../spec/virtio.ts';
import { deviceChapter } from './chapters.ts';

/** How far the two sides have come about a feature. */
export type FeatureState =
  /** The driver has not chosen yet. */
  'offered' | 'accepted' | 'not accepted' | 'accepted, not offered';

/** A feature bit that the device offers or the driver accepted. */
export interface FeatureBit {
  readonly bit: number;
  /** The specification's name; undefined where the device type's list has none. */
  readonly name: string | undefined;
  /** What it means in a few words, where it has a name. */
  readonly doc: string | undefined;
  readonly state: FeatureState;
  /** Section of VIRTIO 1.4 that it rests on, where one is known. */
  readonly section: string | undefined;
  /** What follows from it for this driver, once it has chosen. */
  readonly follows: string | undefined;
  /** Names of features of which one must be accepted too, and none is. */
  readonly lacks: readonly string[];
}

/** What is known of a device's features at a moment. */
interface Known {
  readonly offered: number;
  readonly accepted: number;
  readonly status: number;
}

/** Every bit that is offered or accepted, by number, with its name for the device type. */
export function featureBits(deviceId: number, { offered, accepted, status }: Known): FeatureBit[] {
  const offers = new Set(bitsOf(offered));
  const accepts = new Set(bitsOf(accepted));
  // A legacy driver has no FEATURES_OK to say that it is done.
  const chosen = (status & (STATUS.FEATURES_OK | STATUS.DRIVER_OK)) !== 0;
  const all = [...new Set([...offers, ...accepts])].sort((a, b) => a - b);
  return all.map((bit) => {
    const known = featureBit(deviceId, bit);
    const effect = featureEffect(deviceId, bit);
    const state = stateOf(offers.has(bit), accepts.has(bit), chosen);
    const section = effect?.section ?? sectionOf(deviceId, bit, known?.name);
    const lacks = state === 'accepted' ? lacking(deviceId, bit, accepts) : [];
    return {
      ...{ bit, name: known?.name, doc: known?.doc, state, section, lacks },
      follows: followsFrom(state, effect, known?.doc),
    };
  });
}

function stateOf(offered: boolean, accepted: boolean, chosen: boolean): FeatureState {
  if (accepted) return offered ? 'accepted' : 'accepted, not offered';
  return chosen ? 'not accepted' : 'offered';
}

function sectionOf(deviceId: number, bit: number, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (Object.values(VIRTIO_F).some((common) => common === bit)) return '6';
  const chapter = deviceChapter(deviceId);
  return chapter && `${chapter}.3`;
}

function followsFrom(
  state: FeatureState,
  effect: FeatureEffect | undefined,
  doc: string | undefined,
): string | undefined {
  if (state === 'offered') return undefined;
  if (state === 'accepted, not offered')
    return 'A driver must not accept what is not offered: the device need not stand by it.';
  if (effect) return effect[state === 'accepted' ? 'accepted' : 'refused'];
  if (doc === undefined) return undefined;
  return state === 'accepted' ? `For it holds: ${doc}.` : `It goes without: ${doc}.`;
}

/** Names of the features of which the driver should have accepted one with `bit` (VIRTIO 1.4 §2.2.1). */
function lacking(deviceId: number, bit: number, accepts: ReadonlySet<number>): string[] {
  return (FEATURE_REQUIREMENTS[deviceId] ?? [])
    .filter(({ feature, oneOf }) => feature === bit && !oneOf.some((one) => accepts.has(one)))
    .flatMap(({ oneOf }) => oneOf.map((one) => featureBit(deviceId, one)?.name ?? `bit ${one}`));
}
