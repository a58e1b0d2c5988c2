import type { Act } from '../../journal/run-making.ts';
import type { HeldRun } from './held-run.ts';
import type { MachineRoom } from './machine-room.ts';
import { imagesOf, obstacleTo } from './making.ts';
import { Repeat, type RepeatPlan } from './repeat.ts';
import type { RunShelf } from './run-shelf.ts';
import type { Continued } from './session.ts';

/** A place of a run, and what is to be done to come there again. */
interface Way extends RepeatPlan {
  readonly at: number;
}

/**
 * "Continue from here": makes the machine of a run again, with the same seed and the images of then, does
 * with it what was done with the first one, at full speed, and lets it go on from there as a run of its own.
 */
export class Continuation {
  readonly #room: MachineRoom;
  readonly #runs: RunShelf;
  #repeat: Repeat | undefined;
  #aborted = false;

  constructor(room: MachineRoom, runs: RunShelf) {
    this.#room = room;
    this.#runs = runs;
  }

  /** Ends it on the way; the machine stays where it has come to. */
  abort(): void {
    this.#aborted = true;
    this.#repeat?.abort();
  }

  /** Comes to the cursor of `run`, with `source` as its last script. The live run is another one then, at rest. */
  async carryOut(run: HeldRun, source: string): Promise<Continued> {
    const at = recordedAt(run, run.control.cursor);
    const obstacle = await obstacleTo(run, this.#room.images);
    if (obstacle !== undefined) return refused(obstacle);
    const way = wayTo(run, at, source);
    const stands = run.machine !== undefined && at === run.store.length;
    if (stands && !way.untilDifference) return { kind: 'same', at };
    await this.#letGo(run);
    const first = await this.#again(run, way);
    if (typeof first === 'string') return refused(first);
    const { difference } = first.check;
    if (!difference || difference.at >= at) return this.#arrive(run, { kind: 'same', at });
    if (!way.untilDifference) return this.#arrive(run, { kind: 'differs', at: difference.at });
    if (first.check.actions > difference.actions) {
      // The guest has run on from where the new script does something else: once more, to that place.
      await this.#room.stopScript();
      this.#runs.dropLive();
      const exact = { ...wayTo(run, difference.at, source), ...difference, untilDifference: false };
      const second = await this.#again(run, exact);
      if (typeof second === 'string') return refused(second);
    }
    return this.#arrive(run, { kind: 'edited', at: difference.at });
  }

  /** The machine is about to go: what it did up to now stays as a run. */
  async #letGo(run: HeldRun): Promise<void> {
    const { live } = this.#runs;
    if (live) await this.#room.suspend(live);
    this.#runs.keepLive();
    this.#runs.makeRoom(run);
    await this.#room.stopScript();
  }

  /** Goes all the way on a machine that is made for it; answers why not, where that was not to be. */
  async #again(run: HeldRun, way: Way): Promise<Repeat | string> {
    const { commandLine, origin } = run;
    if (!origin) return 'The machine’s thread was replaced on the way';
    const { seed, images } = origin;
    const on = typeof images === 'number' ? images : await imagesOf(images, this.#room.images);
    if (typeof on === 'string') return on;
    const reply = await this.#room.build(commandLine, seed, on);
    if (reply.kind !== 'built')
      return 'message' in reply ? (reply.message ?? '') : 'The machine cannot be made again';
    const { memory, topology } = reply;
    const again = this.#runs.addLive({ commandLine, source: '', topologies: [topology], memory });
    this.#room.connect(again, reply, seed);
    again.machine?.gate.suspend();
    const repeat = new Repeat(again, run.store, async (doing) => {
      if (doing.kind !== 'script') await this.#room.perform(again, doing);
      else {
        await this.#room.launch(again, doing);
        again.control.begin({ kind: 'events', count: 0 });
      }
    });
    this.#repeat = repeat;
    if (this.#aborted) repeat.abort();
    if (await repeat.carryOut(way)) {
      repeat.check.end(way.at);
      return repeat;
    }
    again.machine?.gate.release();
    return 'Stopped on the way';
  }

  /** The machine stands where it should: it is a branch, and run control has it. */
  #arrive(run: HeldRun, came: Exclude<Continued, { kind: 'refused' }>): Continued {
    const { live } = this.#runs;
    if (!live) return refused('The machine is gone');
    live.branch = { of: run.id, at: came.at };
    live.machine?.gate.release();
    return came;
  }
}

function refused(message: string): Continued {
  return { kind: 'refused', message };
}

/** The newest place up to `at` of which it is known what happened: before a gap, where one is open. */
function recordedAt({ journal: { folder } }: HeldRun, at: number): number {
  let place = at;
  while (folder.momentAt(place).inGap) place--;
  return place;
}

/** What leads to the place `at` of a run, with `source` in the place of the script that runs there. */
function wayTo(run: HeldRun, at: number, source: string): Way {
  const acts = run.acts.filter((act) => act.at < at);
  const last = acts.findLast(({ doing }) => doing.kind === 'script');
  const edited = last?.doing.kind === 'script' && last.doing.source !== source;
  const { folder } = run.journal;
  const { actions } = folder.momentAt(at);
  const replaced = (act: Act): Act =>
    edited && act === last ? { ...act, doing: { ...last.doing, source } as Act['doing'] } : act;
  const { gaps } = folder;
  return { at, acts: acts.map(replaced), actions, gaps, untilDifference: edited === true };
}
