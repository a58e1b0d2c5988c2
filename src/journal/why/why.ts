import { sectionTitle } from '../../spec/sections.ts';
import { count, list } from '../narration/words.ts';
import {
  type Explanation,
  type Finding,
  LINKS,
  type Link,
  type LinkId,
  type Question,
  type Verdict,
} from './chain.ts';
import { faultAt, flawAt, linkOf } from './faults.ts';
import { awaited, consumed, delivered, ended, raised } from './interrupt-links.ts';
import { available, descriptors, notified, published } from './offer-links.ts';
import { type Scene, sceneOf } from './scene.ts';
import { completed, popped, used } from './service-links.ts';
import {
  acknowledged,
  alive,
  driverOk,
  features,
  found,
  queueReady,
  reach,
} from './setup-links.ts';
import { lineAt } from './trace.ts';

/** How each link is told; a rule that the driver broke there goes before. */
const TELLERS: { readonly [K in LinkId]: (scene: Scene) => Finding } = {
  found,
  acknowledged,
  features,
  queue: queueReady,
  driverOk,
  reach,
  alive,
  descriptors,
  available,
  published,
  notified,
  popped,
  completed,
  used,
  raised,
  delivered,
  awaited,
  ended,
  consumed,
};

const IDS = Object.keys(LINKS) as LinkId[];

/**
 * Why nothing happens in a queue: every link from the driver that finds its device to the buffers
 * that it takes back, and which is the first that is broken. A pure function of journal and fold; it
 * looks at `TRACE_EVENTS` events before the moment at most.
 */
export function explain(question: Question): Explanation {
  const scene = sceneOf(question);
  const links = IDS.map((id): Link => {
    const { event, ...finding } =
      faultOf(scene, id) ?? flawAt(scene, id, asSeen(scene, id, TELLERS[id](scene)));
    const line = event === undefined ? undefined : lineAt(question.store, event);
    return {
      id,
      name: LINKS[id],
      ...finding,
      sectionTitle: sectionTitle(finding.section) ?? '',
      ...(event !== undefined && { event }),
      ...(line !== undefined && { line }),
    };
  });
  return { verdict: verdictOf(scene, links), links };
}

/** Links whose events a gap leaves out; those before them are always recorded, or lie in memory. */
const UNRECORDED: ReadonlySet<LinkId> = new Set([
  ...(['notified', 'popped', 'raised', 'delivered', 'awaited', 'ended', 'consumed'] as const),
]);

/** What is missing since before a gap may have happened in it. */
function asSeen({ trace: { gap } }: Scene, id: LinkId, finding: Finding): Finding {
  const hidden = gap !== undefined && (finding.event ?? -1) < gap && UNRECORDED.has(id);
  if (!hidden || finding.state !== 'broken') return finding;
  const { section } = finding;
  return {
    state: 'notYet',
    text: `Not known: for a time that ended with event ${(gap + 1).toLocaleString('en')}, only samples were recorded. Run it at a speed at which everything is.`,
    section,
    event: gap,
  };
}

/** A stop is told where its cause is; over another queue's error this one stops at `alive`. */
function faultOf(scene: Scene, id: LinkId): Finding | undefined {
  return id === 'alive' ? undefined : faultAt(scene, id);
}

function verdictOf(scene: Scene, links: readonly Link[]): Verdict {
  const { guest, work, known, input, waitsFor, name, queue } = scene;
  const broken = links.filter(({ state }) => state === 'broken');
  // A device that stopped has a cause, which comes after it in the chain.
  const cause = scene.stopped && linkOf(scene.stopped.code);
  const told = broken.some(({ id }) => id === cause);
  const first = told ? broken.find(({ id }) => id !== 'alive') : broken[0];
  if (first) return { kind: 'broken', text: first.text, link: first.id };
  const at = (id: LinkId) => links.find((link) => link.id === id);
  if (guest === 'idle') return { kind: 'idle', text: 'Nothing has run yet.' };
  if (guest === 'running') {
    const next = work.inFlight > 0 ? at('completed')?.text : nextOf(links);
    return { kind: 'going', text: `The script runs.${next ? ` ${next}` : ''}` };
  }
  const held = work.inFlight + (input ? work.pending : 0);
  if (held > 0) return { kind: 'waiting', text: at('completed')?.text ?? '' };
  const returned = known?.pushed ?? 0;
  const through =
    returned === 0
      ? 'Nothing went through it.'
      : `${count(returned, 'chain')} went there and came back.`;
  const flaw = links.find(({ state }) => state === 'flawed');
  // What went wrong is what a person looks for.
  const but = flaw ? `${flaw.text} ` : '';
  if (guest === 'halted')
    return {
      kind: 'waiting',
      text: `${but}Queue ${queue} of ${name} holds nothing that the guest could wait for. ${through} The guest waits for input ${list((waitsFor ?? []).map(String), 8, 'or')}.`,
    };
  const rest = `and queue ${queue} of ${name} is at rest. ${through}`;
  if (guest === 'failed') {
    const line = scene.moment.scriptError?.line;
    const where = line ? ` at line ${line}` : '';
    return { kind: 'failed', text: `${but}The script has failed${where}, ${rest}` };
  }
  return { kind: flaw ? 'flawed' : 'done', text: `${but}The script has ended, ${rest}` };
}

/** What comes next, where nothing is wrong. */
function nextOf(links: readonly Link[]): string {
  const next = links.find(({ state }) => state === 'notYet');
  return next ? `${next.name}: not yet. ${next.text}` : '';
}
