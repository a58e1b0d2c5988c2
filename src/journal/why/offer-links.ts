import { distance16, wrap16 } from '../../base/bits.ts';
import { VIOLATION_INDEX } from '../../spec/violations.ts';
import { STATUS } from '../../spec/virtio.ts';
import { slotOfPlace, wrapOfPlace } from '../fold/packed-state.ts';
import { queueName } from '../narration/narration-types.ts';
import { count } from '../narration/words.ts';
import { nothingToReceiveIn, notWritable } from './buffers.ts';
import type { Finding } from './chain.ts';
import { ending } from './interrupt-links.ts';
import type { Scene } from './scene.ts';
import { after } from './trace.ts';
import { toldByConfig } from './waits.ts';

/** By transport: how its devices are notified. */
const NOTIFYING = {
  pci: '4.1.5.2',
  mmio: '4.2.3.3',
  ccw: '4.3.3.2',
  's390-virtio': '2.9',
} as const;

/** Nothing that the driver has handed over is under way: what it prepared is what it waits for. */
function nothingUnderWay({ work, known, trace, guest }: Scene): boolean {
  const unseen =
    guest === 'halted' && (known?.pushed ?? 0) > 0 && after(trace.pushed, trace.descriptor);
  return work.pending === 0 && work.inFlight === 0 && !unseen;
}

/** That the script failed before it came to a step; '' where it did not. */
function failure({ guest, moment: { scriptError } }: Scene): string {
  if (guest !== 'failed') return '';
  const where = scriptError?.line ? ` at line ${scriptError.line}` : '';
  return ` The script failed${where} before it came to that.`;
}

/** Whether anything was ever handed over. */
function everOffered({ known, work }: Scene): boolean {
  return (known?.popped ?? 0) > 0 || work.pending > 0 || work.inFlight > 0;
}

/** The driver has described buffers. */
export function descriptors(scene: Scene): Finding {
  const wrong =
    notWritable(scene) ??
    nothingToReceiveIn(scene, (scene.known?.pushed ?? 0) === 0 || ending(scene) !== undefined);
  if (wrong) return wrong;
  const { work, packed, trace, queue, known, untouched, guest, status, names, dev } = scene;
  const section = packed ? '2.8.21.1' : '2.7.13.1';
  const event = trace.descriptor;
  if (everOffered(scene) || work.filling > 0 || work.staged > 0) {
    const filling = work.filling > 0 ? ` ${count(work.filling, 'descriptor')} written since.` : '';
    return {
      state: 'ok',
      text: everOffered(scene)
        ? `The driver has offered ${count((known?.popped ?? 0) + work.pending, 'chain')} so far.${filling}`
        : `The driver has written ${work.filling > 0 ? count(work.filling, 'descriptor') : 'descriptors'}.`,
      section,
      event,
    };
  }
  const idle = untouched && guest === 'halted' && (status & STATUS.DRIVER_OK) !== 0;
  if (idle && !toldByConfig(names.virtioId(dev)))
    return {
      state: 'broken',
      text: 'The guest sleeps, and no device has ever been given a buffer: there is nothing that an interrupt could come of.',
      section,
      advice: 'Describe a buffer in the queue, publish it, and notify the device.',
    };
  return { state: 'notYet', text: `Queue ${queue} has no buffers: none was described.`, section };
}

/** The head of the chain stands in the available ring. */
export function available(scene: Scene): Finding {
  const { work, packed, trace, settled } = scene;
  if (packed)
    return {
      state: 'notApplicable',
      text: 'A packed ring has no available ring: a descriptor’s own flags publish it.',
      section: '2.8.1',
    };
  const section = '2.7.13.2';
  if (work.staged > 0)
    return {
      state: 'ok',
      text: `${work.staged === 1 ? 'One head stands' : `${work.staged} heads stand`} in the available ring beyond its index.`,
      section,
      event: trace.availEntry,
    };
  if (work.filling > 0 && nothingUnderWay(scene))
    return {
      state: settled ? 'broken' : 'notYet',
      text: `${count(work.filling, 'descriptor')} written, but no entry of the available ring names the head: the device cannot find ${work.filling === 1 ? 'it' : 'them'}.${failure(scene)}`,
      section,
      ...(settled && {
        advice:
          'Put the number of the chain’s first descriptor into the next entry: queue.publish(head) does, or queue.offer(head) before queue.publish().',
      }),
      event: trace.descriptor,
    };
  if (everOffered(scene))
    return {
      state: 'ok',
      text: 'Every chain that was offered stands there.',
      section,
      event: trace.availEntry,
    };
  return { state: 'notYet', text: 'No entry was written.', section };
}

/** The available index, or the flags of a packed descriptor, hand the chain over. */
export function published(scene: Scene): Finding {
  const { work, packed, trace, settled, ring, known } = scene;
  if (packed) {
    const section = '2.8.21.1';
    if (work.filling > 0 && nothingUnderWay(scene)) {
      const slot = slotOfPlace(ring?.availIdx ?? 0);
      const wrap = wrapOfPlace(ring?.availIdx ?? 0);
      return {
        state: settled ? 'broken' : 'notYet',
        text: `${count(work.filling, 'descriptor')} written, but descriptor ${slot}, which the device comes to next, is not marked as available: AVAIL must be ${wrap} and USED ${1 - wrap}, as the driver’s wrap counter is ${wrap}.${failure(scene)}`,
        section,
        ...(settled && {
          advice: 'Write the flags of the chain’s first descriptor last, with both marks.',
        }),
        event: trace.descriptor,
      };
    }
    return everOffered(scene)
      ? {
          state: 'ok',
          text: 'What was offered is marked as available.',
          section,
          event: trace.descriptor,
        }
      : { state: 'notYet', text: 'No descriptor is marked as available.', section };
  }
  const section = '2.7.13.3';
  const idx = ring?.availIdx ?? 0;
  if (work.staged > 0 && nothingUnderWay(scene))
    return {
      state: settled ? 'broken' : 'notYet',
      text: `${work.staged === 1 ? 'One entry is' : `${work.staged} entries are`} in the available ring, but its index is ${idx} still: the device does not know.${failure(scene)}`,
      section,
      ...(settled && {
        advice: `Store ${wrap16(idx + work.staged)} as the available index, after a memory barrier: queue.publish().`,
      }),
      event: trace.availEntry,
    };
  return everOffered(scene)
    ? {
        state: 'ok',
        text: `The available index is ${idx}; the device has taken what is before ${known?.lastAvailIdx ?? 0}.`,
        section,
        event: trace.availIdx,
      }
    : { state: 'notYet', text: `The available index is ${idx}: nothing was published.`, section };
}

/** The device was told that there is something. */
export function notified(scene: Scene): Finding {
  const { work, trace, transport, packed, settled, known, name, names, dev, input, queue } = scene;
  const section = NOTIFYING[transport ?? 's390-virtio'];
  const publication = packed ? trace.descriptor : (trace.availIdx ?? trace.descriptor);
  const told = after(trace.notified, publication);
  if (work.pending === 0) {
    // The event may lie further back than the trace goes; the count does not.
    if (trace.notified !== undefined || (known?.notificationsSent ?? 0) > 0)
      return {
        state: 'ok',
        text: `The device was notified ${count(known?.notificationsSent ?? 0, 'time')}; nothing waits to be looked at.`,
        section,
        event: trace.notified,
      };
    return { state: 'notYet', text: 'There is nothing to notify the device of.', section };
  }
  const waiting = `${count(work.pending, 'chain')} ${work.pending === 1 ? 'waits' : 'wait'} to be looked at`;
  if (told)
    return {
      state: 'ok',
      text: `${waiting}; the device was notified.`,
      section,
      event: trace.notified,
    };
  if (input)
    return {
      state: 'ok',
      text: `${waiting}; the device looks when it has something to put there, notified or not.`,
      section,
      event: trace.notified,
    };
  const wants = wantsNotification(scene);
  if (after(trace.leftOut, publication)) {
    const rule = packed ? '2.8.10' : '2.7.10';
    return {
      state: settled ? 'broken' : 'notYet',
      text: `${waiting}, and the driver left the notification out: ${wants.why}.${wants.wanted ? ' That was a mistake.' : ''}`,
      section: rule,
      ...(settled && {
        advice: wants.wanted
          ? 'Look at the device’s wish after the index is stored, with a barrier in between.'
          : 'Nothing wakes a device that asks for no notification and does not look: reset it.',
      }),
      event: trace.leftOut,
    };
  }
  if (!settled)
    return {
      state: 'notYet',
      text: `${waiting}; no notification was sent yet.`,
      section,
      event: publication,
    };
  const { elsewhere, refusedCall } = trace;
  if (after(elsewhere?.event, publication) && elsewhere)
    return {
      state: 'broken',
      text: `${waiting}, but the driver notified ${queueName(names, dev, elsewhere.queue)} instead of queue ${queue}.`,
      section,
      advice: `Write ${queue}, this queue’s number, when you notify.`,
      event: elsewhere.event,
    };
  const absent = scene.violations.findLast(
    ({ code, event }) => code === NO_QUEUE && after(event, publication),
  );
  if (absent)
    return {
      state: 'broken',
      text: `${waiting}, but the driver notified queue ${absent.value} instead of queue ${queue}; ${name} has no such queue.`,
      section: '2.9',
      advice: `Write ${queue}, this queue’s number, when you notify.`,
      event: absent.event,
    };
  if (after(refusedCall, publication))
    return {
      state: 'broken',
      text: `${waiting}, but the hypervisor refused the call that was to notify the device: no such device or queue.`,
      section,
      advice: 'Name the device’s subchannel, or its ring, and the queue’s number.',
      event: refusedCall,
    };
  return {
    state: 'broken',
    text: `${waiting}, and the driver has sent no notification: ${wants.why}. A device does not poll its rings.${failure(scene)}`,
    section: packed ? '2.8.21.2' : '2.7.13.4',
    advice: 'Notify the device after publishing: queue.notify().',
    event: publication,
  };
}

const NO_QUEUE = VIOLATION_INDEX.notifyNoQueue;

/** Whether the device wants to be notified of what was published, and by what it says so. */
function wantsNotification({ ring, eventIdx, packed, known, work }: Scene): {
  readonly wanted: boolean;
  readonly why: string;
} {
  if (!ring) return { wanted: true, why: 'nothing suppresses it' };
  if (packed) {
    if (ring.noNotify) return { wanted: false, why: 'the device’s event suppression says DISABLE' };
    const { view } = ring;
    const event = view.packed ? view.deviceEvent : undefined;
    return event?.mode === 'DESC'
      ? {
          wanted: true,
          why: `the device asked to hear of descriptor ${event.off}, wrap counter ${event.wrap}`,
        }
      : { wanted: true, why: 'the device’s event suppression says ENABLE' };
  }
  if (!eventIdx)
    return ring.noNotify
      ? { wanted: false, why: 'NO_NOTIFY is set in the used ring’s flags' }
      : { wanted: true, why: 'the used ring’s flags are 0, so that the device wants it' };
  const { availEvent, availIdx } = ring;
  const old = wrap16(availIdx - work.pending);
  const wanted = distance16(availEvent + 1, availIdx) < distance16(old, availIdx);
  return {
    wanted,
    why: `avail_event is ${availEvent}, the available index went from ${old} to ${availIdx}, and the device has looked at what is before ${known?.lastAvailIdx ?? 0}`,
  };
}
