import { hex } from '../../base/bits.ts';
import type { EventBreakpoint } from '../../journal/breakpoints.ts';
import { deviceName, type Names, queueName } from '../../journal/narration/narration-types.ts';
import { REGIONS, registerName } from '../../spec/regions.ts';

/** What a breakpoint waits for, as the end of a sentence that begins with "Stop when" or "Stopped:". */
export function breakpointWords(what: EventBreakpoint, names: Names, tense: 'waits' | 'met') {
  const met = tense === 'met';
  switch (what.kind) {
    case 'used':
    case 'available': {
      const of = queueName(names, what.dev, what.queue);
      return `the ${what.kind} index of ${of} ${met ? 'changed' : 'changes'}`;
    }
    case 'notification': {
      const how =
        what.sent === undefined ? '' : what.sent ? 'sent ' : 'suppressed (not sent, by a rule) ';
      const verb =
        what.sent === undefined ? (met ? 'came up ' : 'comes up ') : met ? 'was ' : 'is ';
      return `an available buffer notification ${verb}${how}for ${place(what, names)}`;
    }
    case 'interrupt': {
      const { outcome } = what;
      const verb = met ? 'was' : 'is';
      return outcome === undefined
        ? `an interrupt of ${place(what, names)} ${verb} raised, suppressed or masked`
        : `an interrupt of ${place(what, names)} ${verb} ${outcome}`;
    }
    case 'violation':
      return `${place(what, names)} ${met ? 'found' : 'finds'} a rule of the specification broken`;
    case 'status':
      return `the device status of ${place(what, names)} ${met ? 'changed' : 'changes'}`;
    case 'register': {
      const verb = what.write === undefined ? 'read or written' : what.write ? 'written' : 'read';
      return `${registerWords(what, names)} ${met ? 'was' : 'is'} ${verb}`;
    }
    case 'memory': {
      const where =
        what.length === 1
          ? `the byte at ${hex(what.addr)}`
          : `any of the ${what.length} bytes from ${hex(what.addr)}`;
      return `${where} ${met ? 'was' : 'is'} written`;
    }
    case 'console':
      return what.text
        ? `the script ${met ? 'printed' : 'prints'} a line with “${what.text}”`
        : `the script ${met ? 'printed' : 'prints'} a line`;
  }
}

/** A register by the name that it has in the specification. */
export function registerWords(
  { dev, region, offset }: Extract<EventBreakpoint, { kind: 'register' }>,
  names: Names,
): string {
  const { name: regionName } = REGIONS[region] ?? { name: `region ${region}` };
  const name = registerName(region, offset, names.virtioId(dev));
  const which = name
    ? `${name} (${regionName} + ${hex(offset)})`
    : `${regionName} + ${hex(offset)}`;
  return `${which} of ${deviceName(names, dev)}`;
}

function place({ dev, queue }: { dev?: number; queue?: number }, names: Names): string {
  if (dev === undefined) return 'any device';
  return queue === undefined ? deviceName(names, dev) : queueName(names, dev, queue);
}
