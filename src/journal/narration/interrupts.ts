import { type Moment, queueKey } from '../fold/moment.ts';
import {
  type EventOf,
  INTERRUPT,
  INTERRUPT_STEPS,
  NONE,
  RULES,
  type Rule,
  waitedFor,
} from '../schema.ts';
import { deviceName, queueName, type Teller } from './narration-types.ts';
import { list } from './words.ts';

/** Why something was left out, as the end of a sentence. */
const BECAUSE: Readonly<Record<Rule, string>> = {
  always: 'nothing suppresses it',
  noNotify: 'the device set NO_NOTIFY in the used ring’s flags',
  noInterrupt: 'the driver set NO_INTERRUPT in the available ring’s flags',
  eventIdx: 'the other side asked to hear of a later index',
  notDriverOk: 'DRIVER_OK is not set',
  intxDisabled: 'the PCI Command register disables INTx',
  queueNotEnabled: 'the queue is not set up',
  notifyOnEmpty: 'the queue ran empty',
  status: 'its subchannel has status',
  adapter: 'an indicator was set',
  external: 'the hypervisor says so',
};

/** Interruptions of s390 by the rule that sent them: what they are, and where they are defined. */
const INTERRUPTIONS: Readonly<Partial<Record<Rule, readonly [name: string, section?: string]>>> = {
  status: ['I/O interruption', '4.3.3.1.1'],
  adapter: ['adapter I/O interruption', '4.3.3.1.2'],
  external: ['external interruption'],
};

/** Section of VIRTIO 1.4 behind a rule; the rest rest on the event's own. */
const RULE_SECTION: Readonly<Partial<Record<Rule, string>>> = {
  noNotify: '2.7.10',
  noInterrupt: '2.7.7',
  notDriverOk: '3.1.1',
  notifyOnEmpty: '6.3',
};

/** What stands in the place of flags in a packed queue: event suppression structures. */
const BECAUSE_PACKED: Readonly<Partial<Record<Rule, string>>> = {
  noNotify: 'the device’s event suppression says DISABLE',
  noInterrupt: 'the driver’s event suppression says DISABLE',
  eventIdx: 'the other side asked to hear of another descriptor',
};

function because(rule: Rule, packed: boolean): string {
  return (packed ? BECAUSE_PACKED[rule] : undefined) ?? BECAUSE[rule];
}

function sectionOf(rule: Rule, packed: boolean, otherwise: string): string {
  if (packed && BECAUSE_PACKED[rule]) return '2.8.10';
  return RULE_SECTION[rule] ?? otherwise;
}

function isPacked(before: Moment, dev: number, queue: number): boolean {
  return before.queues.get(queueKey(dev, queue))?.packed ?? false;
}

function ruleOf(code: number): Rule {
  return RULES[code] ?? 'always';
}

/**
 * Why a notification or an interrupt was left out or held back, as the end of a sentence, and the section of
 * VIRTIO 1.4 that it rests on, where it is one of this. `moment`, where known, tells a packed queue.
 */
export function reasonOf(
  event: EventOf<'notification'> | EventOf<'interrupt'>,
  moment: Moment | undefined,
): { readonly text: string; readonly section: string | undefined } {
  const rule = ruleOf(event.rule);
  if (event.kind === 'interrupt' && event.step === INTERRUPT.masked && rule === 'always')
    return { text: MASKED, section: '4.1.5.1.2' };
  const dev =
    event.kind === 'notification' && event.dev === NONE && moment
      ? ownerOf(moment, event.desc)
      : event.dev;
  const packed = moment !== undefined && isPacked(moment, dev, event.queue);
  const otherwise = event.kind === 'notification' ? '2.7.10' : '2.7.7';
  return {
    text: because(rule, packed),
    section: rule === 'intxDisabled' ? undefined : sectionOf(rule, packed, otherwise),
  };
}

/** Why the interrupt of a vector does not get through. */
const MASKED = 'it is masked, or has no vector';

/** Device whose queue has its descriptor area at `desc`, or `NONE`. */
export function ownerOf(before: Moment, desc: number): number {
  for (const queue of before.queues.values())
    if (queue.enabled && queue.desc === desc) return queue.dev;
  return NONE;
}

/** An available-buffer notification, sent or left out. */
export const tellNotification: Teller<'notification'> = ({ event, before, names }) => {
  const { queue, sent } = event;
  const dev = event.dev === NONE ? ownerOf(before, event.desc) : event.dev;
  const rule = ruleOf(event.rule);
  const at = { dev, queue };
  const where = queueName(names, dev, queue);
  const packed = isPacked(before, dev, queue);
  if (!sent) {
    return {
      title: 'Notification left out',
      text: `The driver does not notify ${where}: ${because(rule, packed)}.`,
      section: sectionOf(rule, packed, packed ? '2.8.10' : '2.7.10'),
      tone: 'notification',
      at,
    };
  }
  const text =
    rule === 'always'
      ? `The notification reaches ${where}: the device looks for available buffers.`
      : `The notification reaches ${where}, but ${BECAUSE[rule]}.`;
  return {
    title: `Notified: ${where}`,
    text,
    section: sectionOf(rule, packed, packed ? '2.8.21.2' : '2.7.13.4'),
    tone: 'notification',
    at,
  };
};

const NOTIFICATION = 'a used buffer notification';

/**
 * What an interrupt says of a queue: it has used buffers, as far as any came back. A device may notify without
 * (VIRTIO 1.4 §2.7.7.2), and what a gap left out may have been a return.
 */
function usedWords(before: Moment, dev: number, queue: number): string {
  const known = before.queues.get(queueKey(dev, queue));
  if (known && known.pushed > 0) return `queue ${queue} has used buffers`;
  const notification = `${NOTIFICATION} of queue ${queue}`;
  const uncertain = !known || before.unrecorded > 0 || before.dropped > 0;
  return uncertain ? notification : `${notification}, which has used no buffer yet`;
}

/** One step of an interrupt. */
export const tellInterrupt: Teller<'interrupt'> = ({ event, before, names }) => {
  const { dev, queue, line } = event;
  const packed = isPacked(before, dev, queue);
  const rule = ruleOf(event.rule);
  const step = INTERRUPT_STEPS[event.step] ?? 'raised';
  const name = deviceName(names, dev);
  const config = queue === NONE;
  const cause = config ? 'its configuration changed' : usedWords(before, dev, queue);
  const at = config ? { dev } : { dev, queue };
  const mmio = names.transport?.(dev) === 'mmio';
  const section = mmio ? '4.2.3.4' : config ? '4.1.5.4' : '4.1.5.3';
  const tone = 'interrupt';
  const [interruption, defined] = INTERRUPTIONS[rule] ?? [];
  if (interruption !== undefined) {
    const told = { ...(defined !== undefined && { section: defined }), tone, at } as const;
    if (step === 'lowered')
      return {
        ...told,
        title: 'Interruption gone',
        text: `The ${interruption} of ${name} is taken, or no longer wanted.`,
      };
    const why = config ? BECAUSE[rule] : cause;
    return {
      ...told,
      title: `Pending: ${interruption}`,
      text: `An ${interruption} of ${name} waits for the CPU: ${why}.`,
    };
  }
  switch (step) {
    case 'raised': {
      const text = `${name} raises input ${line}: ${cause}.`;
      return { title: `Interrupt: input ${line} raised`, text, section, tone, at };
    }
    case 'lowered': {
      const why = mmio ? 'acknowledged all causes' : 'read its ISR status';
      const text = `${name} lowers input ${line}: the driver has ${why}, or reset it.`;
      const ends = mmio ? '4.2.3.4.1' : '4.1.4.5';
      return { title: `Input ${line} lowered`, text, section: ends, tone, at };
    }
    case 'message': {
      const text = `${name} sends the message of MSI-X vector ${line}: ${cause}.`;
      return { title: `Interrupt: vector ${line}`, text, section, tone, at };
    }
    case 'taken': {
      const text = `The CPU takes what input ${line} had latched.`;
      return { title: `Interrupt ${line} taken`, text, tone, at: {} };
    }
    case 'suppressed': {
      const reason = because(rule, packed);
      const text = cause.startsWith(NOTIFICATION)
        ? `${name} sends no interrupt for ${cause}: ${reason}.`
        : `${cause[0]?.toUpperCase()}${cause.slice(1)}, but ${name} sends no interrupt: ${reason}.`;
      return {
        title: 'Interrupt left out',
        text,
        section: sectionOf(rule, packed, '2.7.7'),
        tone,
        at,
      };
    }
    case 'masked': {
      const why = rule === 'always' ? MASKED : BECAUSE[rule];
      const text = `The interrupt of ${name} does not get through: ${why}.`;
      return { title: 'Interrupt masked', text, section: '4.1.5.1.2', tone, at };
    }
  }
};

/** The vCPU halts or goes on. */
export const tellWait: Teller<'vcpuWait'> = ({ event }) => {
  if (event.step === 0) {
    return {
      title: 'vCPU halts',
      text: `The guest has nothing to do before ${inputs(waitedFor(event))} is raised.`,
      tone: 'other',
      at: {},
    };
  }
  const text = `Raised: input ${event.input}.`;
  return { title: 'vCPU goes on', text, tone: 'interrupt', at: {} };
};

/** `input 11`, `input 3 or 11`. */
function inputs(numbers: readonly number[]): string {
  return numbers.length === 0 ? 'no input' : `input ${list(numbers.map(String), 8, 'or')}`;
}
