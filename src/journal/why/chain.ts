import type { Moment } from '../fold/moment.ts';
import type { Names } from '../narration/narration-types.ts';
import type { EventStore } from '../store.ts';
import type { MachineTopology } from '../topology.ts';

/** What a link of the chain can be. */
export type LinkState =
  /** It has happened, as it should. */
  | 'ok'
  /** It has happened, and the driver made a mistake there that did not stop it. */
  | 'flawed'
  /** It should have happened, and did not, or went wrong: nothing comes through here. */
  | 'broken'
  /** It has not happened, and nobody has waited for it in vain. */
  | 'notYet'
  /** This transport, this ring format or this driver does without it. */
  | 'notApplicable'
  /** It may have happened: nothing that the journal has tells of it. */
  | 'unknown';

/** The links, in the order in which cause leads to effect: what each is called. */
export const LINKS = {
  found: 'Driver found the device',
  acknowledged: 'ACKNOWLEDGE and DRIVER set',
  features: 'Features agreed on',
  queue: 'Queue set up and enabled',
  driverOk: 'DRIVER_OK set',
  reach: 'Device may reach the guest',
  alive: 'Device at work',
  descriptors: 'Descriptors written',
  available: 'Head in the available ring',
  published: 'Buffers published',
  notified: 'Device notified',
  popped: 'Device took the buffers',
  completed: 'Request completed',
  used: 'Used buffers published',
  raised: 'Interrupt raised',
  delivered: 'Interrupt gets through',
  awaited: 'Guest waits for this interrupt',
  ended: 'Interrupt acknowledged',
  consumed: 'Used buffers taken back',
} as const;
export type LinkId = keyof typeof LINKS;

/** One link between a kick and its interrupt. */
export interface Link {
  readonly id: LinkId;
  readonly name: string;
  readonly state: LinkState;
  /** One sentence, or two, with the figures. */
  readonly text: string;
  /** What to do about it; of broken links only. */
  readonly advice?: string;
  /** Section of VIRTIO 1.4 that it rests on, and its title. */
  readonly section: string;
  readonly sectionTitle: string;
  /** Number of the event that shows it, where one is held. */
  readonly event?: number;
  /** Line of the script that ran then, where one did. */
  readonly line?: number;
}

/** What a link says of itself; the rest is known by its name. */
export interface Finding {
  readonly state: LinkState;
  readonly text: string;
  readonly section: string;
  readonly advice?: string;
  readonly event?: number | undefined;
}

/** What the whole chain comes down to. */
export interface Verdict {
  readonly kind: /** Something is wrong: `link` names it. */
    | 'broken'
    /** Nothing is wrong: all wait for somebody outside. */
    | 'waiting'
    /** The run goes on. */
    | 'going'
    /** All that was asked for is done. */
    | 'done'
    /** All that was asked for is done, and the driver made a mistake on the way: the text names it. */
    | 'flawed'
    /** The script failed, and nothing else is wrong. */
    | 'failed'
    /** Nothing has run yet. */
    | 'idle';
  /** One sentence, or two. */
  readonly text: string;
  /** The first broken link. */
  readonly link?: LinkId;
}

/** Why nothing happens, or that something does. */
export interface Explanation {
  readonly verdict: Verdict;
  /** All of `LINKS`, in their order. */
  readonly links: readonly Link[];
}

/** What is asked about: one queue of one virtio device at one moment of a journal. */
export interface Question {
  readonly store: EventStore;
  /** The fold at the cursor. */
  readonly moment: Moment;
  readonly topology: MachineTopology | undefined;
  /** Number of the virtio device. */
  readonly dev: number;
  readonly queue: number;
  readonly names: Names;
}
