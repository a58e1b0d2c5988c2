import { hex } from '../../base/bits.ts';
import { registerName } from '../../spec/regions.ts';
import { GAP } from '../schema.ts';
import { deviceName, type Narration, queueName, type Teller } from './narration-types.ts';
import { address, bytesText, count, list } from './words.ts';
import type { Write } from './writes.ts';

/** A time in which most events are not recorded begins, or ends, or something else is told on the way. */
export const tellGap: Teller<'gap'> = ({ event }) => {
  const { step, line, actions, events } = event;
  const tone = 'other';
  const at = line > 0 ? { line } : {};
  if (step === GAP.begin)
    return {
      title: 'Recording pauses',
      text: 'The guest runs on at full speed, and most of what it and the devices do is not recorded. Set-up, output and violations still are.',
      ...{ tone, at },
    };
  if (step === GAP.start)
    return {
      title: 'The beginning is forgotten',
      text: 'The page holds about a million events: this run was saved without the older ones. What they led to is told first.',
      ...{ tone, at },
    };
  if (step === GAP.at)
    return {
      title: `Line ${line}`,
      text: `The script is at line ${line} by now. What led there was not recorded.`,
      ...{ tone, at },
    };
  return {
    title: 'Recording goes on',
    text: `${count(events, 'event')} were left out, among them ${count(actions, 'action')} of the guest. Memory, queues and interrupts are shown as they are now.`,
    ...{ tone, at },
  };
};

/** What a queue did meanwhile. */
export const tellQueueState: Teller<'queueState'> = ({ event, names }) => {
  const { dev, queue, popped, pushed, sent, unsent, raised, quiet } = event;
  const told = [
    popped > 0 && `the device took ${count(popped, 'chain')}`,
    pushed > 0 && `it returned ${count(pushed, 'chain')}`,
    sent > 0 && `${count(sent, 'notification')} reached it`,
    unsent > 0 && `${count(unsent, 'notification')} did not`,
    raised > 0 && `it raised ${count(raised, 'interrupt')}`,
    quiet > 0 && `${count(quiet, 'interrupt')} were suppressed or masked`,
  ].filter((part) => part !== false);
  return {
    title: `${count(pushed, 'chain')} came back meanwhile`,
    text: `While nothing was recorded, in ${queueName(names, dev, queue)} ${list(told)}.`,
    tone: 'other',
    at: { dev, queue },
  };
};

/** Notifications that the driver left out meanwhile. */
export const tellUnsent: Teller<'unsent'> = ({ event, before }) => {
  const queue = [...before.queues.values()].find(
    ({ enabled, desc }) => enabled && desc === event.desc,
  );
  return {
    title: `${count(event.count, 'notification')} left out meanwhile`,
    text: `While nothing was recorded, the driver left out ${count(event.count, 'notification')} that the device did not ask for.`,
    section: '2.7.10',
    tone: 'other',
    at: queue ? { dev: queue.dev, queue: queue.queue } : {},
  };
};

/** How an interrupt input stands after a gap. */
export const tellInput: Teller<'input'> = ({ event }) => ({
  title: `Input ${event.line} is ${event.level ? 'asserted' : 'not asserted'} now`,
  text: `After what was not recorded, the device ${event.level ? 'asserts' : 'does not assert'} interrupt input ${event.line}.`,
  tone: 'other',
  at: { dev: event.dev },
});

/** How a register was accessed last in a gap. */
export const tellRegister: Teller<'register'> = ({ event, names }) => {
  const { dev, region, offset, value, write } = event;
  const name = registerName(region, offset) ?? `offset ${hex(offset)}`;
  return {
    title: `${name}: ${hex(value)} at last`,
    text: `While nothing was recorded, the guest ${write ? 'wrote' : 'read'} ${hex(value)} last ${write ? 'to' : 'from'} ${name} of ${deviceName(names, dev)}.`,
    tone: 'other',
    at: { dev },
  };
};

/** What lies in memory after a gap. */
export function tellMemoryNow({ addr, telling }: Write): Narration {
  const { event } = telling;
  const length = event.kind === 'dataWrite' ? event.length : event.size;
  return {
    title: `Memory at ${address(addr)} as it is now`,
    text: `Written to while nothing was recorded: ${bytesText(length)} from ${address(addr)} on are known again.`,
    tone: 'other',
    at: { addr, length },
  };
}
