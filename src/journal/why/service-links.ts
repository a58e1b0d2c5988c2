import { count } from '../narration/words.ts';
import type { DeviceNode } from '../topology.ts';
import { readNowhere } from './buffers.ts';
import type { Finding } from './chain.ts';
import type { Scene } from './scene.ts';
import { after } from './trace.ts';

/** The device has taken what was published. */
export function popped(scene: Scene): Finding {
  const { work, packed, known, trace, settled, stopped, name, input } = scene;
  const section = packed ? '2.8.12' : '2.7.13';
  const event = trace.popped;
  const taken = known?.popped ?? 0;
  if (work.pending === 0)
    return taken > 0
      ? {
          state: 'ok',
          text: `The device has taken ${taken === 1 ? 'the one chain' : `all ${taken} chains`}.`,
          section,
          event,
        }
      : { state: 'notYet', text: 'The device has taken nothing: nothing was published.', section };
  if (input)
    return {
      state: 'notYet',
      text: `${count(work.pending, input.buffers)} at hand: the device takes one when it has ${input.what}.`,
      section: input.section,
      event,
    };
  const stuck =
    settled && !stopped && after(trace.notified, packed ? trace.descriptor : trace.availIdx);
  return {
    state: stuck ? 'broken' : 'notYet',
    text: stuck
      ? `${name} was notified and has not taken ${count(work.pending, 'chain')}${trace.notifiedRule === 'always' ? '' : ': the queue was not enabled'}.`
      : `${count(work.pending, 'chain')} published and not taken yet.`,
    section,
    ...(stuck && { advice: 'See what the links above say: the device may not work at all.' }),
    event: trace.notified,
  };
}

/** The back end has done what was asked. */
export function completed(scene: Scene): Finding {
  const { work, known, trace, name, input, guest } = scene;
  const section = input?.section ?? '2.6';
  const held = work.inFlight + (input ? work.pending : 0);
  if (held === 0) {
    const returned = known?.pushed ?? 0;
    const hint = returned > 0 ? readNowhere(scene) : undefined;
    if (hint) return { state: 'flawed', text: hint, section: '5.2.6', event: trace.pushed };
    return returned > 0
      ? {
          state: 'ok',
          text: `${name} has completed all that it took.`,
          section,
          event: trace.pushed,
        }
      : { state: 'notYet', text: 'No request is with the device.', section };
  }
  if (input) {
    const orphan = input.from !== undefined && !hasBackEnd(scene, input.from);
    if (orphan && guest === 'halted')
      return {
        state: 'broken',
        text: `${name} holds ${count(held, input.buffers)} and waits for ${input.what}, but no ${input.from} is connected to it: none can come.`,
        section,
        advice: `Give the device a ${input.from} on the command line.`,
        event: trace.popped,
      };
    return {
      state: 'notYet',
      text: `${name} holds ${count(held, input.buffers)} and waits for ${input.what}.`,
      section,
      event: trace.popped,
    };
  }
  const asked = after(trace.asked, trace.answered);
  return {
    state: 'notYet',
    text: asked
      ? `${name} works on ${count(held, 'chain')}: its back end has not answered.`
      : `${name} holds ${count(held, 'chain')} and has not returned ${held === 1 ? 'it' : 'them'}.`,
    section,
    event: asked ? trace.asked : trace.popped,
  };
}

/** Whether a back end of a kind stands behind the device, its transport, or what is plugged into it. */
function hasBackEnd({ place }: Scene, kind: string): boolean {
  if (!place) return true;
  const has = (node: DeviceNode): boolean =>
    node.backends.some((one) => one.kind === kind) ||
    node.buses.some((bus) => bus.children.some(has));
  const transport = place.above.at(-1);
  return has(place.node) || (transport?.backends.some((one) => one.kind === kind) ?? false);
}

/** The device has published what it used. */
export function used(scene: Scene): Finding {
  const { work, packed, known, trace, ring, settled } = scene;
  const section = packed ? '2.8.22' : '2.7.14';
  if (work.usedStaged > 0)
    return {
      state: settled ? 'broken' : 'notYet',
      text: `The device wrote ${count(work.usedStaged, 'used entrie').replace('1 used entrie', '1 used entry')} and left the used index at ${ring?.usedIdx ?? 0}.`,
      section: '2.7.8.2',
      ...(settled && { advice: 'The device must store the used index after the entry.' }),
      event: trace.usedEntry,
    };
  const returned = known?.pushed ?? 0;
  if (returned === 0) return { state: 'notYet', text: 'The device has returned nothing.', section };
  return {
    state: 'ok',
    text: packed
      ? `${count(returned, 'chain')} returned so far.`
      : `${count(returned, 'chain')} returned so far: the used index is ${ring?.usedIdx ?? 0}.`,
    section,
    event: trace.pushed,
  };
}
