import type { Moment } from '../../../journal/fold/moment.ts';
import { ownerOf, reasonOf } from '../../../journal/narration/interrupts.ts';
import { violationText } from '../../../journal/narration/lifecycle.ts';
import {
  type EventOf,
  INTERRUPT,
  type JournalEvent,
  NONE,
  RULES,
} from '../../../journal/schema.ts';
import { VIOLATIONS } from '../../../spec/violations.ts';
import { namesOf } from '../../state/names.ts';
import { type Tone, toneOf } from '../../state/tone.ts';
import { GUEST, type MachineGraph, RAM } from '../graph.ts';
import {
  exitTarget,
  fromGuest,
  nodeOf,
  nodeOfVirtio,
  toBackEnd,
  toMemory,
  transportOf,
} from './ways.ts';

/**
 * How something travels, which is how its line is drawn: `exit` leaves the guest through the mailbox and is
 * served by the machine, `memory` is an access to shared memory, `signal` is an interrupt, `backend` goes to
 * a back end or comes from it.
 */
export type Carrier = 'exit' | 'memory' | 'signal' | 'backend';

/** What travels, or what happened where nothing did: the form of its mark. */
export type Form =
  | 'doorbell'
  | 'register'
  | 'store'
  | 'dma'
  | 'line'
  | 'message'
  | 'data'
  | 'stopped'
  | 'violation'
  | 'still';

/** Where an event happened in the picture: one node, or the way along which it travelled. */
export interface Route {
  /** Node ids, in the direction of travel; at least one. */
  readonly stops: readonly string[];
  /** Where it would have gone from the last stop, which is where it was stopped; else empty. */
  readonly beyond: readonly string[];
  readonly tone: Tone;
  /** Undefined where nothing was to travel. */
  readonly carrier: Carrier | undefined;
  readonly form: Form;
  /** What travels, in one or two words; of what was stopped and of a violation, why. */
  readonly label: string;
}

/** What the events before tell about one: the device at work, and the state of the machine. */
export interface RouteContext {
  /** Number of the device behind an access to memory that names none, where it is known. */
  readonly device?: number | undefined;
  readonly moment?: Moment | undefined;
}

/** The route of an event; undefined where it has no place in the picture. */
export function routeOf(
  event: JournalEvent | undefined,
  graph: MachineGraph,
  context: RouteContext = {},
): Route | undefined {
  if (!event) return undefined;
  const tone = toneOf(event);
  const way = (stops: readonly string[], carrier: Carrier, form: Form, label: string): Route => ({
    stops,
    beyond: [],
    tone,
    carrier: stops.length > 1 ? carrier : undefined,
    form,
    label,
  });
  const still = (stop: string | undefined, label = '', form: Form = 'still'): Route | undefined =>
    stop === undefined
      ? undefined
      : { stops: [stop], beyond: [], tone, carrier: undefined, form, label };

  switch (event.kind) {
    case 'regRead':
    case 'regWrite': {
      const stops = fromGuest(graph, exitTarget(graph, event.dev, event.region));
      if (tone === 'notify') return way(stops, 'exit', 'doorbell', 'doorbell');
      return way(stops, 'exit', 'register', event.kind === 'regRead' ? 'read' : 'write');
    }
    case 'channel':
    case 'hypercall': {
      const stops = fromGuest(graph, nodeOfVirtio(graph, event.dev));
      if (tone === 'notify') return way(stops, 'exit', 'doorbell', 'doorbell');
      return way(stops, 'exit', 'register', event.kind === 'channel' ? 'instruction' : 'hypercall');
    }
    case 'ccw': {
      const stops = toMemory(graph, nodeOfVirtio(graph, event.dev)).toReversed();
      return way(stops, 'memory', 'dma', 'command');
    }
    case 'notification':
      return notificationRoute(event, graph, tone, context.moment);
    case 'interrupt':
      return interruptRoute(event, graph, tone, context.moment);
    case 'memWrite':
    case 'dataWrite':
      if (event.actor === 'driver') return way([GUEST, RAM], 'memory', 'store', 'store');
      if (event.actor === 'user') return still(RAM, 'edited');
      if (event.actor === 'recorder') return undefined;
      return way(toMemory(graph, ownOf(graph, context.device)), 'memory', 'dma', 'DMA write');
    case 'chainPopped': {
      const stops = toMemory(graph, nodeOfVirtio(graph, event.dev)).toReversed();
      return way(stops, 'memory', 'dma', 'DMA read');
    }
    case 'chainPushed':
      return still(nodeOfVirtio(graph, event.dev), 'returned');
    case 'backendRequest':
      return way(toBackEnd(graph, event.dev), 'backend', 'data', 'request');
    case 'backendCompletion':
      return way(toBackEnd(graph, event.dev).toReversed(), 'backend', 'data', 'completion');
    case 'violation':
      return still(nodeOfVirtio(graph, event.dev) ?? GUEST, brokenRule(event, graph), 'violation');
    case 'status':
    case 'features':
    case 'queueConfig':
    case 'configChange':
    case 'reset':
    case 'channelStatus':
      return still(nodeOfVirtio(graph, event.dev));
    case 'plug':
      return still(nodeOf(graph, event.dev));
    case 'scriptLine':
    case 'script':
    case 'vcpuWait':
      return still(GUEST);
    case 'log':
      return still(event.actor === 'driver' ? GUEST : undefined);
    case 'dropped':
    case 'gap':
    case 'queueState':
    case 'unsent':
    case 'input':
    case 'register':
      return undefined;
  }
}

function notificationRoute(
  event: EventOf<'notification'>,
  graph: MachineGraph,
  tone: Tone,
  moment: Moment | undefined,
): Route {
  const dev = event.dev === NONE && moment ? ownerOf(moment, event.desc) : event.dev;
  const stops = fromGuest(graph, nodeOfVirtio(graph, dev));
  if (event.sent)
    return { stops, beyond: [], tone, carrier: 'exit', form: 'doorbell', label: 'doorbell' };
  return {
    stops: [GUEST],
    beyond: stops,
    tone,
    carrier: undefined,
    form: 'stopped',
    label: `no doorbell: ${why(event, moment)}`,
  };
}

function interruptRoute(
  event: EventOf<'interrupt'>,
  graph: MachineGraph,
  tone: Tone,
  moment: Moment | undefined,
): Route | undefined {
  const { step } = event;
  const still = { beyond: [], tone, carrier: undefined, form: 'still' } as const;
  if (step === INTERRUPT.taken) return { ...still, stops: [GUEST], label: 'interrupt taken' };
  const from = nodeOfVirtio(graph, event.dev);
  if (from === undefined) return undefined;
  const up = fromGuest(graph, from).toReversed();
  switch (step) {
    case INTERRUPT.lowered:
      return { ...still, stops: [from], label: 'line lowered' };
    case INTERRUPT.raised:
    case INTERRUPT.message: {
      const [form, label] = signalOf(event);
      return { stops: up, beyond: [], tone, carrier: 'signal', form, label };
    }
    default: {
      // What the driver asked for keeps the device from sending; a mask is the transport's.
      const at = step === INTERRUPT.masked ? up.indexOf(transportOf(graph, from)) : 0;
      return {
        stops: up.slice(0, at + 1),
        beyond: up.slice(at),
        tone,
        carrier: at > 0 ? 'signal' : undefined,
        form: 'stopped',
        label: `no interrupt: ${why(event, moment)}`,
      };
    }
  }
}

/** A line that stays raised, or a message that is sent once: MSI-X, or an interruption of s390. */
function signalOf({ step, rule }: EventOf<'interrupt'>): [form: 'line' | 'message', label: string] {
  switch (RULES[rule]) {
    case 'status':
      return ['message', 'I/O interruption'];
    case 'adapter':
      return ['message', 'adapter interruption'];
    case 'external':
      return ['message', 'external interruption'];
    default:
      return step === INTERRUPT.message ? ['message', 'message'] : ['line', 'interrupt line'];
  }
}

function why(event: EventOf<'notification'> | EventOf<'interrupt'>, moment: Moment | undefined) {
  const { text, section } = reasonOf(event, moment);
  return section === undefined ? text : `${text} (§${section})`;
}

function ownOf(graph: MachineGraph, dev: number | undefined): string | undefined {
  return dev === undefined ? undefined : nodeOfVirtio(graph, dev);
}

function brokenRule(event: EventOf<'violation'>, graph: MachineGraph): string {
  const text = violationText(event, namesOf(graph.topology));
  const section: string | undefined = VIOLATIONS[event.code]?.section;
  return section === undefined ? text : `${text} (§${section})`;
}
