import { distance16 } from '../../base/bits.ts';
import { PCI_COMMAND, PCI_CONFIG } from '../../spec/pci.ts';
import { VIRTIO_MSI_NO_VECTOR } from '../../spec/virtio-pci.ts';
import { PINS } from '../fold/moment.ts';
import { count, list } from '../narration/words.ts';
import { INTERRUPT } from '../schema.ts';
import type { Finding } from './chain.ts';
import { msixOf, vectorOf } from './place.ts';
import type { Scene } from './scene.ts';
import { after, TRACE_EVENTS } from './trace.ts';

/** By transport: how a device tells of used buffers, and how the driver answers. */
const TELLING = { pci: '4.1.5.3', mmio: '4.2.3.4', ccw: '4.3.3.1', 's390-virtio': '2.3' } as const;
const ANSWERING = {
  pci: '4.1.5.5',
  mmio: '4.2.3.4.1',
  ccw: '4.3.3.1',
  's390-virtio': '2.3',
} as const;

/** The guest sleeps, and nothing else of the machine could be what it sleeps for. */
function sleepsForThis({ guest, elsewhere, work, input }: Scene): boolean {
  const expects = work.inFlight > 0 || (input !== undefined && work.pending > 0);
  return guest === 'halted' && !elsewhere && !expects;
}

/** The newest interrupt step that the newest returned chain led to. */
function outcome({ trace }: Scene) {
  const { interrupt, pushed, reset } = trace;
  const newest = Math.max(pushed ?? -1, reset ?? -1);
  return interrupt && after(interrupt.event, newest) ? interrupt : undefined;
}

/** There were interrupts, and none is among what the journal still tells of. */
function unseen({ known, trace }: Scene): boolean {
  return (known?.interruptsRaised ?? 0) > 0 && trace.interrupt === undefined;
}

const UNSEEN = 'Not known: the newest interrupt is not among what was recorded.';

/** The device has interrupted, or left it out as it was told. */
export function raised(scene: Scene): Finding {
  const { trace, transport, known, name, packed, guest } = scene;
  const section = TELLING[transport ?? 's390-virtio'];
  if ((known?.pushed ?? 0) === 0)
    return { state: 'notYet', text: 'There is nothing to interrupt for.', section };
  const step = outcome(scene);
  if (step?.step === INTERRUPT.suppressed) {
    const lost = sleepsForThis(scene);
    const why = wantsInterrupt(scene);
    return {
      state: lost ? 'broken' : 'ok',
      text: lost
        ? `${name} has returned chains and sent no interrupt, as the driver wanted: ${why}. The guest sleeps all the same.`
        : `No interrupt was sent, as the driver wanted: ${why}.`,
      section: packed ? '2.8.10' : '2.7.7',
      ...(lost && {
        advice: 'Ask for interrupts again, and look at the used ring once more, before you wait.',
      }),
      event: step.event,
    };
  }
  if (step)
    return {
      state: 'ok',
      text: `${name} has interrupted ${count(known?.interruptsRaised ?? 0, 'time')} for this queue.`,
      section,
      event: step.event,
    };
  // It may lie further back than the trace goes; how many there were is known all the same.
  if (trace.pushed === undefined && (known?.interruptsRaised ?? 0) > 0)
    return {
      state: 'ok',
      text: `${name} has interrupted ${count(known?.interruptsRaised ?? 0, 'time')} for this queue.`,
      section,
    };
  const lost = guest === 'halted' && sleepsForThis(scene) && trace.pushed !== undefined;
  return {
    state: lost ? 'broken' : 'notYet',
    text: lost
      ? `${name} has returned ${count(known?.pushed ?? 0, 'chain')} and raised no interrupt.`
      : 'No interrupt was raised yet.',
    section,
    ...(lost && { advice: 'The device has no way to interrupt: see the links above, or poll.' }),
    event: trace.pushed,
  };
}

/** By what the driver says which interrupts it wants. */
function wantsInterrupt({ ring, eventIdx, packed }: Scene): string {
  if (!ring) return 'its wish is not known';
  if (packed) {
    const { view } = ring;
    const event = view.packed ? view.driverEvent : undefined;
    return event?.mode === 'DESC'
      ? `its event suppression waits for descriptor ${event.off}, wrap counter ${event.wrap}`
      : `its event suppression says ${event?.mode ?? 'DISABLE'}`;
  }
  return eventIdx
    ? `used_event is ${ring.usedEvent}, and the used index is ${ring.usedIdx}`
    : `the available ring’s flags ${ring.noInterrupt ? 'have' : 'had'} NO_INTERRUPT`;
}

/** The interrupt reaches the interrupt controller. */
export function delivered(scene: Scene): Finding {
  const { transport, moment, name, config, dev } = scene;
  const section = TELLING[transport ?? 's390-virtio'];
  const step = outcome(scene);
  if (unseen(scene)) return { state: 'unknown', text: UNSEEN, section };
  if (!step || step.step === INTERRUPT.suppressed)
    return { state: 'notYet', text: 'No interrupt is under way.', section };
  const { event, line } = step;
  if (step.step === INTERRUPT.masked) {
    const lost = sleepsForThis(scene);
    const found = { state: lost ? 'broken' : 'ok', event } as const;
    const polls = lost ? '' : ' The driver does without it.';
    if (step.rule === 'intxDisabled') {
      const command = config?.(PCI_CONFIG.Command.offset, 2)?.value ?? PCI_COMMAND.INTX_DISABLE;
      return {
        ...found,
        text: `The interrupt of ${name} stops at its pin: Command, 0x${command.toString(16)}, has INTx disabled.${polls}`,
        section,
        ...(lost && { advice: 'Clear bit 10 of the Command register, or use MSI-X.' }),
      };
    }
    const msix = config && msixOf(config);
    const why =
      line === VIRTIO_MSI_NO_VECTOR
        ? 'the queue has no MSI-X vector'
        : msix?.masked
          ? `MSI-X masks all vectors of the function, ${line} among them`
          : vectorOf(moment, dev, line).masked
            ? `vector ${line} is masked in the MSI-X table`
            : `vector ${line} is masked, or not there`;
    return {
      ...found,
      text: `The interrupt of ${name} does not get through: ${why}.${polls}`,
      section: '4.1.5.1.2',
      ...(lost && {
        advice:
          line === VIRTIO_MSI_NO_VECTOR
            ? 'Write a vector to queue_msix_vector, and read it back.'
            : 'Clear the mask bit of the vector, or of the function.',
      }),
    };
  }
  if (step.step === INTERRUPT.message)
    return { state: 'ok', text: `The message of vector ${line} was sent.`, section, event };
  if (line >= PINS)
    return {
      state: sleepsForThis(scene) ? 'broken' : 'ok',
      text: `${name} is connected to no interrupt input.`,
      section,
      ...(sleepsForThis(scene) && { advice: 'Poll the used ring instead of waiting.' }),
      event,
    };
  return {
    state: 'ok',
    text: moment.asserted.includes(line)
      ? `Input ${line} is asserted.`
      : `Input ${line} was asserted, and is not any more.`,
    section,
    event,
  };
}

/** Input that the newest interrupt came by; undefined where that is not known. */
function inputOf(scene: Scene): number | undefined {
  const step = outcome(scene);
  if (step?.step === INTERRUPT.message) return vectorOf(scene.moment, scene.dev, step.line).input;
  return step?.step === INTERRUPT.raised ? step.line : undefined;
}

/** Event at which the newest interrupt was acknowledged. */
export function ending(scene: Scene): number | undefined {
  const { trace } = scene;
  const step = outcome(scene);
  const input = inputOf(scene);
  if (!step) return undefined;
  const taken = input === undefined ? undefined : trace.taken.get(input);
  const ended = Math.max(trace.lowered ?? -1, taken ?? -1);
  return ended > step.event ? ended : undefined;
}

/** When the guest saw the newest interrupt, as spans have it: the first of what `Sightings` counts. */
function sight(scene: Scene): number | undefined {
  const { causeRead, lowered, taken, wakes, woken } = scene.trace;
  const step = outcome(scene);
  const input = inputOf(scene);
  if (!step || input === undefined) return undefined;
  const woke = (wakes.get(input) ?? 0) > 0 ? woken : undefined;
  // The CPU takes any I/O interruption there is: whose it was shows by whose input falls.
  const io = step.rule === 'status' || step.rule === 'adapter';
  return (io ? [lowered] : [causeRead, lowered, taken.get(input), woke])
    .filter((event) => event !== undefined && event > step.event)
    .reduce((first, event) => Math.min(first ?? Infinity, event ?? Infinity), undefined);
}

/** The guest sleeps for the input that was raised, or does not sleep. */
export function awaited(scene: Scene): Finding {
  const { waitsFor, trace, name, transport } = scene;
  const section = ANSWERING[transport ?? 's390-virtio'];
  const input = inputOf(scene);
  if (!waitsFor)
    return {
      state: input === undefined ? 'notYet' : 'ok',
      text: 'The guest does not wait for an interrupt.',
      section,
    };
  const inputs =
    waitsFor.length === 0 ? 'no input' : `input ${list(waitsFor.map(String), 8, 'or')}`;
  const event = trace.halted;
  const pending = input !== undefined && ending(scene) === undefined;
  if (pending && !waitsFor.includes(input))
    return {
      state: 'broken',
      text: `The guest waits for ${inputs}, but ${name} interrupts by input ${input}.`,
      section,
      advice: `Wait for input ${input}.`,
      event,
    };
  if (waitsFor.length === 0)
    return {
      state: 'broken',
      text: 'The guest sleeps and waits for no input at all: nothing can wake it.',
      section,
      advice: 'Wait for the input of the device.',
      event,
    };
  return { state: 'ok', text: `The guest waits for ${inputs}.`, section, event };
}

/** How often the guest may be woken by an input that nobody quiets before that is a storm. */
const STORM = 3;

/** The driver has acknowledged the interrupt. */
export function ended(scene: Scene): Finding {
  const { transport, trace, moment, name } = scene;
  const section = ANSWERING[transport ?? 's390-virtio'];
  const step = outcome(scene);
  const input = inputOf(scene);
  if (unseen(scene)) return { state: 'unknown', text: UNSEEN, section };
  if (!step || input === undefined)
    return { state: 'notYet', text: 'There is no interrupt to acknowledge.', section };
  const end = ending(scene);
  if (end !== undefined)
    return {
      state: 'ok',
      text:
        trace.lowered === end
          ? `The driver has acknowledged the interrupt: input ${input} fell.`
          : `The CPU has taken the interrupt of input ${input}.`,
      section,
      event: end,
    };
  const wakes = trace.wakes.get(input) ?? 0;
  if (wakes >= STORM && moment.asserted.includes(input)) {
    // What lies further back than the trace goes was not counted.
    const most = step.event < moment.at - TRACE_EVENTS ? 'at least ' : '';
    return {
      state: 'broken',
      text: `Input ${input} has woken the guest ${most}${count(wakes, 'time')} and is asserted still: nobody has asked ${name} for the cause.`,
      section: transport === 'mmio' ? '4.2.3.4.1' : '4.1.4.5',
      advice:
        transport === 'mmio'
          ? 'Write the causes in InterruptStatus to InterruptACK.'
          : 'Read the ISR status: that lowers the input.',
      event: step.event,
    };
  }
  return {
    state: 'notYet',
    text: `The interrupt of input ${input} is not acknowledged yet.`,
    section,
    event: step.event,
  };
}

/** Whether the driver has the device interrupt for the very next buffer that it uses. */
function expectsNext({ ring, eventIdx }: Scene): boolean {
  if (!ring || !eventIdx) return false;
  const { view } = ring;
  if (!view.packed) return ring.usedEvent === ring.usedIdx;
  const { mode, off, wrap } = view.driverEvent;
  return mode === 'DESC' && off === view.nextUsed.slot && wrap === view.nextUsed.wrap;
}

/** The driver has taken back what was returned, as far as anybody can tell. */
export function consumed(scene: Scene): Finding {
  const { packed, eventIdx, ring, known, trace } = scene;
  const section = packed ? '2.8.22' : '2.7.14';
  const returned = known?.pushed ?? 0;
  if (returned === 0) return { state: 'notYet', text: 'There is nothing to take back.', section };
  if (!packed && eventIdx && ring && ending(scene) !== undefined && sleepsForThis(scene)) {
    const behind = distance16(ring.usedEvent, ring.usedIdx);
    if (behind > 0 && behind <= (known?.size ?? 0))
      return {
        state: 'broken',
        text: `The driver acknowledged the interrupt and sleeps again, but used_event is ${ring.usedEvent} and the used index ${ring.usedIdx}: ${count(behind, 'chain')} not taken back.`,
        section: '2.7.14',
        advice: 'After an interrupt, look at the used ring until it is empty, then wait.',
        event: trace.halted,
      };
  }
  const [lie, them] = returned === 1 ? ['lies', 'it'] : ['lie', 'them'];
  if (trace.reused !== undefined)
    return {
      state: 'ok',
      text: `The driver uses descriptors of the chain that came back last again: it has taken back ${returned === 1 ? 'the one' : `all ${returned}`} that came.`,
      section,
      event: trace.reused,
    };
  if (expectsNext(scene))
    return {
      state: 'ok',
      text: `The driver wants to hear of what the device uses next: it has taken back ${returned === 1 ? 'the one' : `all ${returned}`} that came.`,
      section,
      event: trace.pushed,
    };
  const seen = sight(scene);
  return {
    state: 'unknown',
    text: `${count(returned, 'chain')} ${lie} in the ring for the driver.${seen === undefined ? '' : ' The guest has seen the interrupt.'} Whether it has read ${them}, memory does not tell.`,
    section,
    event: seen ?? trace.pushed,
  };
}
